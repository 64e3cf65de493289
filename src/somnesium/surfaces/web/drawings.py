"""Figures of the library as SVG inside a page, and the numbers behind each as a table."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup, escape

from somnesium import say
from somnesium.quantity import clock_text
from somnesium.surfaces.web.narrow import narrow

if TYPE_CHECKING:
    from somnesium.questions.forecast.answer import ForecastAnswer

FIGURE_WORDS = {
    "effects": "What changes in your nights",
    "day_and_night": "A day and a night in your body",
    "hypnogram": "One possible night",
    "eight_weeks": "Your nights over the weeks",
    "stores": "Magnesium in blood, tissue and urine",
}
"""The figures of a forecast in words, in the order they are shown."""


class Table(NamedTuple):
    """Numbers behind a figure, as texts."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Drawing(NamedTuple):
    """A figure for a page."""

    name: str
    title: str
    picture: Markup
    table: Table


def svg(chart: Any, name: str, title: str, screen: str = "") -> Markup:  # noqa: ANN401
    """A chart as SVG that can stand beside others in one page, with a title that is read out.

    Laid out for a `screen`, `wide` or `narrow`; if it is not known, for both, and the stylesheet
    shows the one that fits.
    """
    spec = chart.to_dict(validate=False)
    if screen:
        shown = narrow(spec) if screen == "narrow" else spec
        return _inline(shown, f"{name}-{screen}", title, screen)
    both = (
        _inline(spec, f"{name}-wide", title, "wide on-wide"),
        _inline(narrow(spec), f"{name}-narrow", title, "narrow on-narrow"),
    )
    return Markup("").join(both)


def _inline(spec: dict[str, Any], name: str, title: str, classes: str) -> Markup:
    import vl_convert

    text = vl_convert.vegalite_to_svg(spec)
    # Names inside a drawing must differ from those of the others on the page.
    text = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", text)
    label = f'<svg role="img" aria-label="{escape(title)}" '
    text = text.replace('class="marks"', f'class="marks {classes}"', 1)
    return Markup(text.replace("<svg ", label, 1))  # noqa: S704 - drawn by us


def _effects(answer: "ForecastAnswer") -> Table:
    head = ("measure", "without", "with the plan", "change", "9 of 10 people like you")
    names = ("latency", "awake_after_onset", "duration", "slow_wave")
    rows = []
    for one in (answer.effects[name] for name in names):
        low, high = one.interval90
        between = say.span((low, high), 1)
        rows.append(
            (
                f"{one.label}, {one.unit}",
                say.number(one.without, 1),
                say.number(one.with_plan, 1),
                say.number(one.mean, 1),
                between,
            )
        )
    return Table(head, tuple(rows))


_SIGNALS = ("melatonin", "cortisol", "vagal", "sympathetic", "pressure", "serum")


def _day(answer: "ForecastAnswer") -> Table:
    """Every hour with the plan."""
    signals = answer.curves.worlds["with"]
    head = ("time", *(f"{name} [{answer.curves.units.get(name, '1')}]" for name in _SIGNALS))
    rows = [
        (clock_text(hour), *(say.number(signals[name][k], 3) for name in _SIGNALS))
        for k, hour in enumerate(answer.curves.hours)
        if k % 4 == 0
    ]
    return Table(head, tuple(rows))


def _bouts(answer: "ForecastAnswer") -> Table:
    rows = [
        ("with the plan" if one.world == "with" else "without", say.number(minute, 1), stage)
        for one in answer.hypnograms
        for minute, stage in zip(one.minutes, one.stages, strict=True)
        if one.world in ("with", "without")
    ]
    return Table(("night", "minutes after lights-out", "stage"), tuple(rows))


def _weeks(*names: str) -> Callable[["ForecastAnswer"], Table]:
    """Means at the end of every week, with and without the plan."""

    def table(answer: "ForecastAnswer") -> Table:
        head = ["night"]
        for name in names:
            words = name.replace("_", " ")
            head += [f"{words}, with", f"{words}, without"]
        nights = [*range(6, answer.days, 7)]
        rows = [
            (
                str(k + 1),
                *(
                    say.number(answer.courses[name].worlds[world]["mean"][k], 2)
                    for name in names
                    for world in ("with", "without")
                ),
            )
            for k in nights
        ]
        return Table(tuple(head), tuple(rows))

    return table


_TABLES: dict[str, Callable[["ForecastAnswer"], Table]] = {
    "effects": _effects,
    "day_and_night": _day,
    "hypnogram": _bouts,
    "eight_weeks": _weeks("duration", "latency", "awake_after_onset", "slow_wave"),
    "stores": _weeks("serum_magnesium", "tissue_magnesium", "urine_magnesium"),
}


def drawing(answer: "ForecastAnswer", name: str, screen: str = "wide") -> Drawing:
    """One figure of a forecast, laid out for a screen, with its table."""
    from somnesium.surfaces.figures.forecast import FIGURES

    title = FIGURE_WORDS[name]
    picture = svg(FIGURES[name](answer), name, title, screen)
    return Drawing(name, title, picture, _TABLES[name](answer))
