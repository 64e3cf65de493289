"""The second page of a doctor's report in words: the plan, the clock, nights, experiment."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from somnesium import say
from somnesium.surfaces.paper.letters import clipped, printable
from somnesium.surfaces.paper.words import NAME, TEXT, plain

if TYPE_CHECKING:
    from somnesium.questions.forecast.answer import ForecastAnswer, Source
    from somnesium.questions.report.plan import Apart, Taken
    from somnesium.questions.report.report import ReportAnswer
    from somnesium.questions.report.stored import ExperimentTold, NightsTold

DIGITS = {"mmol/L": 3, "mmol/d": 1, "%": 1, "points": 1, "beats/min": 1, "ms": 1}
"""Digits after the point, by unit; none of other units."""

_EFFECTS = (
    "duration",
    "latency",
    "awake_after_onset",
    "slow_wave",
    "isi",
    "serum_magnesium",
    "urine_magnesium",
)
_MOST_TIMES = 6


def _times(times: Sequence[str]) -> str:
    """Clock times; very many are counted."""
    more = len(times) - _MOST_TIMES
    return ", ".join(times[:_MOST_TIMES]) + (f" and {more} more" if more > 0 else "")


def _amount(one: "Taken") -> str:
    """How much; of magnesium the element and the compound, told apart."""
    if one.compound_mg is None:
        return f"{_mg(one.amount_mg)} {plain(one.substance)}"
    label = "elemental" if one.stated_as == "elemental" else "the compound"
    return (
        f"{_mg(one.amount_mg)} elemental magnesium, in {_mg(one.compound_mg)} of the compound "
        f"(label: {label})"
    )


def _mg(amount: float) -> str:
    return f"{say.number(amount) if amount >= 100 else f'{say.figures(amount, 3)}'} mg"


def _taken(one: "Taken") -> list[str]:
    when = _times(one.times) + (", with food" if one.with_food else "")
    form = "" if one.form is None or one.form in one.name else f", {plain(one.form)}"
    return [clipped(one.name, NAME) + form, _amount(one), when, clipped(one.days, NAME)]


def _apart(one: "Apart") -> list[str]:
    at = f" at {_times(one.times)}" if one.times else ""
    what = say.listed(plain(name) for name in one.substances)
    hours = (
        f"{say.figures(one.hours_before)} h before or {say.figures(one.hours_after)} h after {what}"
    )
    state = one.state
    if one.hours_apart is not None:
        state += f": {say.figures(one.hours_apart, 2)} h"
    return [clipped(one.medicine, NAME) + at, hours, state, clipped(one.why, TEXT)]


def _plan(answer: "ReportAnswer") -> dict[str, Any]:
    """What is taken, what must be apart, and the day by the clock."""
    day = [f"{one.time} {clipped(one.what, NAME)}" for one in answer.day]
    moves = (one.text.replace("We moved", "Suggested: move", 1) for one in answer.mended.moves)
    said = [*moves, *answer.mended.unsolved]
    return {
        "name": clipped(answer.request.regimen.name, NAME),
        "head": ["What", "How much at a time", "When", "Days"],
        "rows": [_taken(one) for one in answer.taken],
        "apart_head": ["Medicine", "To be taken at least", "In this plan", "Why"],
        "apart": [_apart(one) for one in answer.apart],
        "day": day if any(one.kind == "medicine" for one in answer.day) else [],
        "moves": [clipped(one, TEXT) for one in said],
        "no_forecast": answer.no_forecast or "",
    }


def _forecast(found: "ForecastAnswer") -> dict[str, Any]:
    """Changes with intervals, who would notice, side effects."""
    rows = []
    for effect in (found.effects[name] for name in _EFFECTS):
        digits = DIGITS.get(effect.unit, 0)
        rows.append(
            [
                f"{effect.label[:1].upper()}{effect.label[1:]}, {effect.unit}",
                say.number(effect.without, digits),
                say.number(effect.with_plan, digits),
                say.number(effect.mean, digits, sign=True),
                say.span(effect.interval90, digits, sign=True),
            ]
        )
    low, high = found.noticed.interval90
    noticed = (
        f"{say.number(100 * found.noticed.share)} in 100 such people would notice "
        f"({say.span((100 * low, 100 * high))}): {found.noticed.rule}."
    )
    return {
        "about": f"{found.days} days, {found.people} virtual people like this one; mean of the "
        "last 14 nights, with the plan minus without.",
        "head": ["", "without", "with", "change", "9 of 10 such people"],
        "rows": rows,
        "noticed": noticed,
        "side": [one.text for one in found.side_effects],
    }


def _nights(found: "NightsTold") -> dict[str, Any]:
    """Means by recorder, with how many nights they rest on."""
    rows = []
    for one in found.recorders:
        name = plain(one.instrument)
        name += f" ({clipped(one.device, 30)})" if one.device else ""
        means = {mean.measure: mean for mean in one.means}
        cells = []
        for measure in ("duration", "latency", "awake_after_onset", "efficiency"):
            mean = means.get(measure)
            cells.append("not told" if mean is None else _mean(mean))
        rows.append([printable(name), f"{one.nights} of {found.evenings}", *cells])
    return {
        "about": f"Evenings {found.first} to {found.last}. Mean ± standard deviation between "
        "nights (nights that tell it). Missing nights are not filled in.",
        "head": [
            "Recorder",
            "nights",
            "sleep, min",
            "to fall asleep, min",
            "awake later, min",
            "efficiency, %",
        ],
        "rows": rows,
    }


def _mean(one: Any) -> str:  # noqa: ANN401
    spread = "" if one.sd is None else f" ± {say.number(one.sd)}"
    return f"{say.number(one.mean)}{spread} ({one.nights})"


def _experiment(found: "ExperimentTold") -> dict[str, Any]:
    """How far it is, or what it found."""
    blind = "blinded, in capsules" if found.blinding == "capsules" else "open, so hope counts too"
    title = clipped(found.name or found.plan, NAME)
    lines = [
        f"{title}: {clipped(found.plan, NAME)}, {found.label}; {blind}; {found.first} to "
        f"{found.last}, {found.nights_over} of {found.planned} nights over."
    ]
    answer = found.analysis
    if answer is None:
        return {"lines": [*lines, clipped(found.why_not, TEXT)]}
    alone, digits = answer.beliefs[0], 0 if answer.unit == "min" else 1
    lines += [
        f"Verdict: {answer.verdict}. {clipped(answer.why, TEXT)}",
        f"Effect of the plan on {answer.label}: "
        f"{say.estimate(alone.mean, alone.interval95, digits, sign=True)} {answer.unit} against "
        f"{clipped(answer.comparison, NAME)} (95 % credible interval, from the nights alone; "
        f"{answer.measured} of {answer.nights} nights read). Any gain: {say.chance(alone.better)}; "
        f"{say.figures(answer.worthwhile)} {answer.unit} or more: {say.chance(alone.enough)}.",
    ]
    failed = [one.about for one in answer.checks if not one.passed]
    if failed:
        lines.append(f"Checks of the analysis that failed: {', '.join(failed)}.")
    return {"lines": lines}


def citations(sources: "Sequence[Source]") -> list[list[str]]:
    """Published sources, each once: key and citation. Our own judgements carry their key."""
    found: dict[str, str] = {}
    for one in sources:
        head = one.key.split("#")[0]
        if head not in ("judgement", "fitted", "definition"):
            tail = f" doi:{one.doi}" if one.doi else ""
            found.setdefault(head, clipped(one.citation + tail, TEXT))
    return [[key, text] for key, text in found.items()]


def back_page(answer: "ReportAnswer") -> dict[str, Any]:
    """Everything of the second page but the figures, as texts."""
    return {
        "plan": _plan(answer),
        "forecast": None if answer.forecast is None else _forecast(answer.forecast),
        "nights": None if answer.nights is None else _nights(answer.nights),
        "experiment": None if answer.experiment is None else _experiment(answer.experiment),
        "sources": citations(answer.sources),
    }
