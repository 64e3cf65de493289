"""Figures of an analysed experiment, drawn only from the answer: nights, and what they say."""

from pathlib import Path
from typing import Any

import altair as alt

from somnesium.questions.experiment.analyse import AnalysisAnswer
from somnesium.surfaces.figures.charts import INK, WITH, styled, write_charts

_WIDTH = 640
_GREY = "#ecebe6"


def _styled(chart: Any, answer: AnalysisAnswer, title: str, subtitle: str) -> Any:  # noqa: ANN401
    """A figure of measured nights in the one theme."""
    foot = f"Somnesium {answer.model_version} · measured nights · not medical advice"
    return styled(chart, title, subtitle, foot, 640)


def nights_chart(answer: AnalysisAnswer) -> Any:  # noqa: ANN401
    """Every reading over the nights; shaded: periods on the plan; lines: means of periods."""
    numbered = list(enumerate(answer.series, 1))
    points = [
        {"night": k, "value": value, "instrument": reading.instrument}
        for k, one in numbered
        for reading, value in zip(answer.instruments, one.values, strict=True)
        if value is not None
    ]
    periods = []
    for number in sorted({one.period for one in answer.series}):
        own = [(k, one) for k, one in numbered if one.period == number]
        read = [one.values[0] for _, one in own if one.values[0] is not None]
        periods.append(
            {
                "from": own[0][0] - 0.5,
                "to": own[-1][0] + 0.5,
                "on": own[0][1].on_plan,
                "mean": sum(read) / len(read) if read else None,
            }
        )
    scale = alt.Scale(domain=[0.5, len(answer.series) + 0.5], nice=False)
    shade = alt.Chart(alt.Data(values=[p for p in periods if p["on"]])).mark_rect(color="#e9ecf3")
    means = alt.Chart(alt.Data(values=[p for p in periods if p["mean"] is not None]))
    base = alt.Chart(alt.Data(values=points))
    chart = alt.layer(
        shade.encode(x=alt.X("from:Q", title="night", scale=scale), x2="to:Q"),
        base.mark_point(filled=True, size=34, opacity=0.85).encode(
            x=alt.X("night:Q", scale=scale),
            y=alt.Y("value:Q", title=f"{answer.label}, {answer.unit}"),
            color=alt.Color("instrument:N", scale=alt.Scale(range=[WITH, "#b5546c", "#7a9a5b"])),
        ),
        means.mark_rule(color=INK, strokeWidth=1.5).encode(
            x=alt.X("from:Q", scale=scale), x2="to:Q", y="mean:Q"
        ),
    ).properties(width=_WIDTH - 40, height=240)
    return _styled(
        chart,
        answer,
        f"{len(answer.series)} nights",
        f"Shaded: on the plan; lines: means of each period by {answer.instruments[0].instrument}",
    )


def effect_chart(answer: AnalysisAnswer) -> Any:  # noqa: ANN401
    """The effect under each prior, with what is too small to care about shaded."""
    rows = [
        {"prior": one.prior, "mean": one.mean, "low": one.interval95[0], "high": one.interval95[1]}
        for one in answer.beliefs
    ]
    y = alt.Y("prior:N", sort=None, title=None, axis=alt.Axis(labelLimit=200, labelFontSize=12))
    base = alt.Chart(alt.Data(values=rows)).encode(y=y)
    x = alt.X("low:Q", title=f"change of {answer.label}, {answer.unit}")
    small = [{"a": -answer.worthwhile, "b": answer.worthwhile}]
    chart = alt.layer(
        alt.Chart(alt.Data(values=small)).mark_rect(color=_GREY).encode(x="a:Q", x2="b:Q"),
        alt.Chart(alt.Data(values=[{"z": 0}])).mark_rule(color="#c9c8c2").encode(x="z:Q"),
        base.mark_rule(color=WITH, strokeWidth=3).encode(x=x, x2="high:Q"),
        base.mark_point(color=WITH, filled=True, size=90, opacity=1).encode(x="mean:Q"),
    ).properties(width=_WIDTH - 200, height=130)
    return _styled(
        chart,
        answer,
        answer.summary[0],
        "Dots: mean; lines: 95 in 100; grey: smaller than you would care about",
    )


FIGURES = {"nights": nights_chart, "effect": effect_chart}
"""Every figure of an analysis by its file name."""


def save_analysis_figures(answer: AnalysisAnswer, folder: Path) -> tuple[Path, ...]:
    """Write every figure as PNG and SVG; `InvalidInput` if the folder cannot be written to."""
    return write_charts({name: figure(answer) for name, figure in FIGURES.items()}, folder)
