"""Figures of a report: the library's own definitions, without their titles, and the nights kept."""

from typing import TYPE_CHECKING, Any, NamedTuple

from somnesium.surfaces.figures.charts import WITH, styled

if TYPE_CHECKING:
    from somnesium.questions.experiment.analyse import AnalysisAnswer
    from somnesium.questions.forecast.answer import ForecastAnswer
    from somnesium.questions.report.stored import NightsTold

FONT = "Libertinus Serif"
"""The font of a report; the figures' words are set in it too."""
_WIDTH = 640
_COLOURS = (WITH, "#b5546c", "#7a9a5b", "#c28b2c", "#6b5b95", "#4c8c8a", "#8a8f98", "#23262b")


class Figure(NamedTuple):
    """A figure: its SVG, what it shows in words, and its caption."""

    svg: str
    alt: str
    caption: str


def _bare(chart: Any, width: int, height: int) -> str:  # noqa: ANN401
    """A chart's SVG without the title and footer of the theme; the report has its own."""
    import vl_convert

    whole = chart.to_dict(validate=False)
    drawn = whole["vconcat"][0] if "vconcat" in whole else whole
    kept = {key: whole[key] for key in ("$schema", "config", "datasets") if key in whole}
    kept["config"] = {**kept.get("config", {}), "font": FONT}
    kept |= drawn | {"width": width, "height": height, "padding": 2, "background": None}
    return vl_convert.vegalite_to_svg(kept)


def effects_figure(answer: "ForecastAnswer") -> Figure:
    """Changes of the night with their intervals."""
    from somnesium.surfaces.figures.forecast import effects_chart

    return Figure(
        _bare(effects_chart(answer), _WIDTH - 230, 92),
        "Changes of the night with the plan, in minutes, with intervals; the numbers are in the "
        "table beside it.",
        "Simulated, minutes. Dot: average; thick: how sure we are of it; thin: 9 of 10 such "
        "people.",
    )


def recorded_chart(found: "NightsTold") -> Any:  # noqa: ANN401
    """Sleep of every night kept, by recorder; evenings without a point are missing."""
    import altair as alt

    names = [f"{one.instrument} {one.device}".strip().replace("_", " ") for one in found.recorders]
    points = [
        {
            "evening": one.evening.isoformat(),
            "hours": one.duration / 60.0,
            "recorder": names[one.recorder],
        }
        for one in found.series
    ]
    span, shown = [found.first.isoformat(), found.last.isoformat()], alt.Scale(domain=names)
    colours = alt.Scale(domain=names, range=_COLOURS[: len(names)])
    chart = (
        alt.Chart(alt.Data(values=points))
        .mark_point(filled=True, size=40, opacity=0.9)
        .encode(
            x=alt.X(
                "evening:T",
                title=None,
                scale=alt.Scale(domain=span),
                axis=alt.Axis(format="%d %b", tickCount=8),
            ),
            y=alt.Y(
                "hours:Q", title="sleep, h", scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=4)
            ),
            color=alt.Color("recorder:N", scale=colours, title=None),
            shape=alt.Shape("recorder:N", scale=shown, title=None),
        )
    )
    foot = "measured nights · not medical advice"
    return styled(chart, "Your nights", "Sleep of each evening by recorder", foot, _WIDTH)


def recorded_figure(found: "NightsTold") -> Figure:
    """The nights kept, as a small figure."""
    return Figure(
        _bare(recorded_chart(found), _WIDTH - 170, 84),
        "Hours of sleep of each evening by recorder; means and missing nights are in the table.",
        "Measured: sleep of each evening by recorder. An evening without a point is missing.",
    )


def analysis_figures(answer: "AnalysisAnswer") -> tuple[Figure, ...]:
    """Nights by period, and the effect under each prior."""
    from somnesium.surfaces.figures.analysis import effect_chart, nights_chart

    first = answer.instruments[0].instrument
    return (
        Figure(
            _bare(nights_chart(answer), _WIDTH - 40, 220),
            f"Readings of {answer.label} night by night, with the periods on the plan shaded; "
            "means of each period are told in item 17a.1.",
            f"{answer.label[:1].upper()}{answer.label[1:]} of {len(answer.series)} nights. "
            f"Shaded: on the plan; lines: means of each period by {first}.",
        ),
        Figure(
            _bare(effect_chart(answer), _WIDTH - 200, 100),
            f"Change of {answer.label} under each prior with its interval; the numbers are in "
            "items 17a.2 and 18.",
            f"Change of {answer.label}, {answer.unit}. Dots: mean; lines: 95 in 100; grey: "
            "smaller than was said to matter.",
        ),
    )
