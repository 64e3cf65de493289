"""Figures of a forecast, drawn only from the answer: one definition for PNG, SVG and pages."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import altair as alt

from somnesium.answers.effect import Effect
from somnesium.questions.forecast.answer import ForecastAnswer
from somnesium.questions.forecast.words import change
from somnesium.surfaces.figures.charts import WITH, WITHOUT, styled, write_charts

_STAGE_COLOURS = {
    "awake": "#e8c07d",
    "REM": "#b5546c",
    "N1": "#bcd2e8",
    "N2": "#7fa3cc",
    "N3": "#2b4c7e",
}
_WORLDS = alt.Scale(domain=["with the plan", "without"], range=[WITH, WITHOUT])
_NAMES = {"with": "with the plan", "without": "without"}
_WIDTH = 640


def _styled(chart: Any, answer: ForecastAnswer, title: str, subtitle: str) -> Any:  # noqa: ANN401
    """The theme, with a footer that says what made the figure."""
    foot = f"Somnesium {answer.model_version} · simulated, not measured · not medical advice"
    return styled(chart, title, subtitle, foot, _WIDTH)


def _clock_axis(first: float, title: str | None = None) -> alt.Axis:
    """Hours labelled as clock times."""
    values = [first + 3.0 * k for k in range(9)]
    label = "format(datum.value % 24, '02d') + ':00'"
    return alt.Axis(values=values, labelExpr=label, title=title)


_SIGNALS = (
    ("melatonin", "melatonin, pmol/L"),
    ("cortisol", "cortisol, nmol/L"),
    ("vagal", "resting nerves (vagal tone)"),
    ("sympathetic", "alert nerves (sympathetic)"),
    ("pressure", "sleep pressure, 0–1"),
    ("serum", "blood magnesium, mmol/L"),
)


def _legend(shown: bool) -> alt.Legend | None:
    """The legend of the two worlds, once a figure."""
    return alt.Legend(symbolType="stroke", symbolOpacity=1.0, symbolSize=300) if shown else None


def _signal_rows(answer: ForecastAnswer, name: str) -> list[dict]:
    return [
        {"hour": hour, "value": value, "world": _NAMES[world]}
        for world, signals in answer.curves.worlds.items()
        if world in _NAMES
        for hour, value in zip(answer.curves.hours, signals[name], strict=True)
    ]


def _bed_rows(answer: ForecastAnswer) -> list[dict]:
    """Where the time in bed begins and ends."""
    beds = next(iter(answer.curves.worlds.values()))["in_bed"]
    hours = answer.curves.hours
    rows: list[dict] = []
    for k, inside in enumerate(beds):
        if inside > 0.5 and (k == 0 or beds[k - 1] <= 0.5):
            rows.append({"from": hours[k], "to": hours[-1]})
        if inside <= 0.5 and k > 0 and beds[k - 1] > 0.5:
            rows[-1]["to"] = hours[k]
    return rows


def day_and_night(answer: ForecastAnswer) -> Any:  # noqa: ANN401
    """The last day and night: hormones, the two nervous systems, pressure, magnesium, stages."""
    first = answer.curves.hours[0]
    scale = alt.Scale(domain=[first, first + 24], nice=False, zero=False)
    x = alt.X("hour:Q", axis=_clock_axis(first), scale=scale)
    bed = (
        alt.Chart(alt.Data(values=_bed_rows(answer)))
        .mark_rect(color="#e9ecf3", clip=True)
        .encode(x=alt.X("from:Q", title=None, axis=_clock_axis(first), scale=scale), x2="to:Q")
    )
    panels = []
    for name, title in _SIGNALS:
        line = (
            alt.Chart(alt.Data(values=_signal_rows(answer, name)))
            .mark_line(strokeWidth=2, clip=True)
            .encode(
                x=x,
                y=alt.Y(
                    "value:Q", title=None, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=4)
                ),
                color=alt.Color("world:N", scale=_WORLDS, legend=_legend(name == "melatonin")),
                strokeDash=alt.condition(
                    "datum.world == 'without'", alt.value([5, 3]), alt.value([1, 0])
                ),
            )
        )
        panels.append(
            alt.layer(bed, line).properties(
                width=_WIDTH / 2 - 30,
                height=105,
                title=alt.TitleParams(title, anchor="start", fontSize=12, fontWeight="normal"),
            )
        )
    rows = [alt.hconcat(*panels[k : k + 2], spacing=30) for k in (0, 2, 4)]
    chart = alt.vconcat(*rows, _stage_area(answer), spacing=12).resolve_scale(color="independent")
    return _styled(
        chart,
        answer,
        "A day and a night in the body",
        "The last day of the forecast, a typical person like you; shaded: in bed",
    )


def _stage_area(answer: ForecastAnswer) -> Any:  # noqa: ANN401
    """Chance of each stage through the time in bed, with the plan."""
    signals = answer.curves.worlds.get("with") or next(iter(answer.curves.worlds.values()))
    rows = [
        {"hour": hour, "stage": label, "chance": 100.0 * signals[name][k], "order": order}
        for k, hour in enumerate(answer.curves.hours)
        if signals["in_bed"][k] > 0.5
        for order, (label, name) in enumerate(
            (("N3", "n3"), ("N2", "n2"), ("N1", "n1"), ("REM", "rem"), ("awake", "awake"))
        )
    ]
    first = answer.curves.hours[0]
    scale = alt.Scale(domain=list(_STAGE_COLOURS), range=list(_STAGE_COLOURS.values()))
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_area()
        .encode(
            x=alt.X(
                "hour:Q",
                axis=_clock_axis(first),
                scale=alt.Scale(domain=[first, first + 24], nice=False),
            ),
            y=alt.Y("chance:Q", stack=True, title=None, scale=alt.Scale(domain=[0, 100])),
            color=alt.Color("stage:N", scale=scale, legend=alt.Legend(orient="right")),
            order="order:Q",
        )
        .properties(
            width=_WIDTH - 70,
            height=110,
            title=alt.TitleParams(
                "chance of each stage with the plan, %",
                anchor="start",
                fontSize=12,
                fontWeight="normal",
            ),
        )
    )


_DEPTH = ("awake", "REM", "N1", "N2", "N3")


def _bout_rows(answer: ForecastAnswer, world: str) -> list[dict]:
    """Bouts as hours after lights-out, with where each ends."""
    found = next(h for h in answer.hypnograms if h.world == world)
    ends = (*found.minutes[1:], found.length)
    return [
        {"begin": begin / 60.0, "end": end / 60.0, "stage": stage}
        for begin, end, stage in zip(found.minutes, ends, found.stages, strict=True)
    ]


def hypnogram(answer: ForecastAnswer) -> Any:  # noqa: ANN401
    """One drawn night with the plan and the same night without."""
    y = alt.Y("stage:N", sort=list(_DEPTH), title=None, scale=alt.Scale(domain=list(_DEPTH)))
    panels = []
    for world in ("with", "without"):
        data = alt.Data(values=_bout_rows(answer, world))
        hours = next(h.length for h in answer.hypnograms if h.world == world) / 60.0
        x = alt.X(
            "begin:Q",
            title="hours after lights-out" if world == "without" else None,
            axis=alt.Axis(tickMinStep=1),
            scale=alt.Scale(domain=[0, hours], nice=False),
        )
        steps = (
            alt.Chart(data)
            .mark_line(interpolate="step-after", strokeWidth=1.2)
            .encode(x=x, y=y, color=alt.value("#b9bcc2"), order="begin:Q")
        )
        scale = alt.Scale(domain=list(_STAGE_COLOURS), range=list(_STAGE_COLOURS.values()))
        bars = (
            alt.Chart(data)
            .mark_rule(strokeWidth=7)
            .encode(x=x, x2="end:Q", y=y, color=alt.Color("stage:N", scale=scale, legend=None))
        )
        panels.append(
            alt.layer(steps, bars).properties(
                width=_WIDTH - 40,
                height=120,
                title=alt.TitleParams(
                    _NAMES[world], anchor="start", fontSize=12, fontWeight="normal"
                ),
            )
        )
    return _styled(
        alt.vconcat(*panels, spacing=14),
        answer,
        "One night out of many possible ones",
        "Drawn by chance, the same chance in both; your nights will differ from these",
    )


def _course_panel(answer: ForecastAnswer, name: str, title: str, band: tuple | None = None) -> Any:  # noqa: ANN401
    """Nights of one measure: means with the middle 90 % of people."""
    course = answer.courses[name]
    rows = [
        {"night": k + 1, "mean": m, "low": low, "high": high, "world": _NAMES[world]}
        for world, values in course.worlds.items()
        if world in _NAMES
        for k, (m, low, high) in enumerate(
            zip(values["mean"], values["low"], values["high"], strict=True)
        )
    ]
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X(
            "night:Q",
            title="night",
            axis=alt.Axis(values=list(range(7, answer.days + 1, 7))),
            scale=alt.Scale(domain=[1, answer.days], nice=False),
        ),
        color=alt.Color("world:N", scale=_WORLDS, legend=_legend(True)),
    )
    layers = [
        base.mark_area(opacity=0.13).encode(
            y=alt.Y("low:Q", title=None, scale=alt.Scale(zero=False)), y2="high:Q"
        ),
        base.mark_line(strokeWidth=2).encode(
            y=alt.Y("mean:Q", title=None, scale=alt.Scale(zero=False))
        ),
    ]
    if band is not None:
        usual = alt.Chart(alt.Data(values=[{"a": band[0], "b": band[1]}]))
        layers.insert(0, usual.mark_rect(color="#e7efe4").encode(y="a:Q", y2="b:Q"))
    return alt.layer(*layers).properties(
        width=_WIDTH / 2 - 30,
        height=150,
        title=alt.TitleParams(title, anchor="start", fontSize=12, fontWeight="normal"),
    )


def changes(effects: Mapping[str, Effect]) -> bool:
    """Whether anything changes at all; nothing does if nothing is taken."""
    return any(one.mean or any(one.interval90) for one in effects.values())


def _sentence(effects: Mapping[str, Effect]) -> str:
    if not changes(effects):
        return "Your nights as you live now"
    return f"Time to fall asleep {change(effects['latency'])}, sleep {change(effects['duration'])}"


def eight_weeks(answer: ForecastAnswer) -> Any:  # noqa: ANN401
    """Nights over the weeks, with bands."""
    a = _course_panel(answer, "duration", "sleep, min")
    b = _course_panel(answer, "latency", "time to fall asleep, min")
    c = _course_panel(answer, "awake_after_onset", "awake in the night, min")
    d = _course_panel(answer, "slow_wave", "deep sleep, min")
    chart = alt.vconcat(alt.hconcat(a, b, spacing=30), alt.hconcat(c, d, spacing=30), spacing=14)
    return _styled(
        chart,
        answer,
        _sentence(answer.effects),
        f"Expected nights 1 to {answer.days}; bands hold 9 of 10 people like you",
    )


def stores(answer: ForecastAnswer) -> Any:  # noqa: ANN401
    """Magnesium in blood, tissue and urine over the weeks."""
    a = _course_panel(
        answer, "serum_magnesium", "blood, mmol/L (green: laboratory range)", (0.75, 0.955)
    )
    b = _course_panel(answer, "tissue_magnesium", "soft tissue, % of replete")
    c = _course_panel(answer, "urine_magnesium", "urine, mmol a day")
    chart = alt.vconcat(alt.hconcat(a, b, spacing=30), c, spacing=14)
    title = f"Blood magnesium {change(answer.effects['serum_magnesium'], 3)}"
    return _styled(
        chart,
        answer,
        title if changes(answer.effects) else "Your magnesium as you live now",
        f"Nights 1 to {answer.days}; bands hold 9 of 10 people like you; range lowenstein1986",
    )


_ON_NIGHTS = ("latency", "awake_after_onset", "duration", "slow_wave")


def effects_chart(answer: ForecastAnswer) -> Any:  # noqa: ANN401
    """Changes of the night with their intervals."""
    rows = [
        {
            "label": effect.label,
            "mean": effect.mean,
            "low": effect.interval90[0],
            "high": effect.interval90[1],
            "least": effect.mean_interval90[0],
            "most": effect.mean_interval90[1],
        }
        for effect in (answer.effects[name] for name in _ON_NIGHTS)
    ]
    y = alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=260, labelFontSize=12))
    base = alt.Chart(alt.Data(values=rows)).encode(y=y)
    zero = alt.Chart(alt.Data(values=[{"z": 0}])).mark_rule(color="#c9c8c2").encode(x="z:Q")
    x = alt.X("low:Q", title="change, minutes", axis=alt.Axis(tickCount=7))
    chart = alt.layer(
        zero,
        base.mark_rule(color=WITH, strokeWidth=2).encode(x=x, x2="high:Q"),
        base.mark_rule(color=WITH, strokeWidth=8, opacity=0.35).encode(x="least:Q", x2="most:Q"),
        base.mark_point(color=WITH, filled=True, size=90, opacity=1).encode(x="mean:Q"),
    ).properties(width=_WIDTH - 230, height=170)
    return _styled(
        chart,
        answer,
        "What the plan changes in your nights",
        "Dot: average; thick: how sure we are of it; thin: 9 of 10 people like you",
    )


FIGURES = {
    "effects": effects_chart,
    "eight_weeks": eight_weeks,
    "day_and_night": day_and_night,
    "hypnogram": hypnogram,
    "stores": stores,
}
"""Every figure of a forecast by its file name."""


def save_figures(answer: ForecastAnswer, folder: Path) -> tuple[Path, ...]:
    """Write every figure as PNG and SVG; `InvalidInput` if the folder cannot be written to."""
    return write_charts({name: figure(answer) for name, figure in FIGURES.items()}, folder)
