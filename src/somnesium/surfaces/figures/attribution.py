"""The figure of the attribution: whose the variance of sleep is, magnesium in colour."""

from pathlib import Path
from typing import Any

import altair as alt

from somnesium.questions.attribution.attribution import SCOPES, AttributionAnswer, Variance
from somnesium.surfaces.figures.charts import INK, WITH, styled, write_charts

_WIDTH, _STEP = 480, 19


def _rows(variance: Variance) -> list[dict]:
    return [
        {
            "input": one.label,
            "share": 100.0 * one.share,
            "low": 100.0 * one.interval90[0],
            "high": 100.0 * one.interval90[1],
            "magnesium": one.input.startswith("magnesium"),
        }
        for one in variance.shares
    ]


def _panel(variance: Variance) -> Any:  # noqa: ANN401 - an Altair chart
    """Bars with intervals for one scope, the largest first."""
    base = alt.Chart(alt.Data(values=_rows(variance)))
    y = alt.Y(
        "input:N",
        sort=alt.SortField("share", order="descending"),
        title=None,
        axis=alt.Axis(labelLimit=330, domain=False, ticks=False),
    )
    colour = alt.condition("datum.magnesium", alt.value(WITH), alt.value("#c4c8cf"))
    x = alt.X("share:Q", title="share of the variance, %", scale=alt.Scale(domainMax=100))
    bars = base.mark_bar(height=11).encode(x=x, y=y, color=colour)
    whisker = base.mark_rule(color=INK, strokeWidth=1.2).encode(x="low:Q", x2="high:Q", y=y)
    title = alt.TitleParams(
        SCOPES[variance.scope], anchor="start", fontSize=12, fontWeight="normal", color=INK
    )
    return (bars + whisker).properties(
        width=_WIDTH, height=_STEP * len(variance.shares), title=title
    )


def attribution_chart(answer: AttributionAnswer, outcome: str = "duration") -> Any:  # noqa: ANN401
    """Shares of the variance of one outcome in the three scopes: an Altair chart."""
    panels = [_panel(v) for v in answer.variances if v.outcome == outcome]
    label = next(v.label for v in answer.variances if v.outcome == outcome)
    foot = [
        f"Bars: shares of the variance ({label}). Lines: 90 %, chance and our doubts together.",
        f"Somnesium {answer.model_version} · simulated, not measured · {answer.command}",
    ]
    title = "How big a part does magnesium play?"
    return styled(alt.vconcat(*panels, spacing=16), title, answer.headline, foot, _WIDTH)


def save_figure(answer: AttributionAnswer, folder: Path) -> tuple[Path, ...]:
    """Write `attribution.png` and `.svg`; `InvalidInput` if the folder cannot be written to."""
    return write_charts({"attribution": attribution_chart(answer)}, folder)
