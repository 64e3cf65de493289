"""The later items of a CENT 2015 report: results, discussion, and what else is asked."""

import numpy as np

from somnesium import say
from somnesium.questions.experiment.analyse import AnalysisAnswer
from somnesium.questions.experiment.cent_words import (
    Item,
    absent,
    filled,
    not_applicable,
    or_absent,
)
from somnesium.questions.experiment.ran import Ran


def _arms(answer: AnalysisAnswer) -> str:
    """Nights and periods analysed of each arm."""
    out = []
    for on, name in ((True, "the plan"), (False, answer.comparison)):
        own = [one for one in answer.series if one.on_plan is on]
        read = [one for one in own if any(value is not None for value in one.values)]
        periods = len({one.period for one in read})
        out.append(f"{name}: {len(read)} of {len(own)} nights in {periods} periods")
    return "; ".join(out) + "."


def _each_period(answer: AnalysisAnswer) -> str:
    """Mean reading of each period by the first instrument."""
    out = []
    for number in sorted({one.period for one in answer.series}):
        own = [one for one in answer.series if one.period == number]
        read = [one.values[0] for one in own if one.values[0] is not None]
        name = "plan" if own[0].on_plan else answer.comparison
        mean = f"{say.number(float(np.mean(read)))} {answer.unit}" if read else "no reading"
        out.append(f"{number + 1} ({name}) {mean}, {len(read)} nights")
    return f"Means by {answer.instruments[0].instrument}: " + "; ".join(out) + "."


def _person_told(ran: Ran, answer: AnalysisAnswer) -> str | None:
    """Who it was, as far as a store knows."""
    if ran.kept is None:
        return None
    person = ran.kept.preregistered["question"]["person"]
    told = [
        f"{name} {person[name]}"
        for name in ("age", "sex", "mass_kg", "height_cm")
        if person.get(name) is not None
    ]
    usual = f"{answer.label} without the plan {say.number(answer.baseline)} {answer.unit}"
    return ", ".join([*told, usual]) + "."


def _other(answer: AnalysisAnswer) -> str:
    """Other analyses in one line each."""
    varied = "; ".join(
        f"{one.what}: {say.estimate(one.mean, one.interval95, 1)}"
        for one in answer.sensitivity
        if one.mean is not None and one.interval95 is not None
    )
    beliefs = "; ".join(
        f"{one.prior}: {say.number(one.mean, 1)}, {one.verdict}" for one in answer.beliefs
    )
    failed = [one.about for one in answer.checks if not one.passed]
    return (
        f"Priors: {beliefs}. Randomisation test p = {say.number(answer.randomisation_p, 3)} (least "
        f"{say.number(answer.randomisation_least, 3)}). Correlation of a night with the one before "
        f"{say.number(answer.persistence, 2)}. Changed choices: {varied}. Checks that failed: "
        f"{', '.join(failed) or 'none'}."
    )


def _ledger(ran: Ran) -> str:
    """What became of imported rows."""
    if ran.kept is None or not ran.kept.ledger:
        return ""
    told = ", ".join(f"{count} {name}" for name, count in ran.kept.ledger.items())
    return f" Rows of the imports used: {told}."


def results(ran: Ran, answer: AnalysisAnswer) -> tuple[Item, ...]:
    """Periods, dates, effect, other analyses, harms."""
    part, alone = "Results", answer.beliefs[0]
    low, high = alone.interval95
    series = "One person."
    ended = (
        "As planned."
        if ran.finished
        else (
            f"After {answer.nights} of {answer.planned_nights} nights it is not over, or was "
            "stopped."
        )
    )
    return (
        filled(
            "13a.1",
            part,
            "periods completed, in which order",
            f"{answer.periods} of {len(ran.allocation.periods)} periods have nights, in the "
            f"order {''.join(ran.allocation.periods)}. Nights missing: "
            f"{answer.nights - answer.measured}.{_ledger(ran)}",
        ),
        not_applicable("13a.2", part, "persons enrolled and analysed", series),
        not_applicable("13b", part, "persons lost", series),
        filled("14a", part, "dates", f"{answer.series[0].evening} to {answer.series[-1].evening}."),
        filled("14b", part, "whether it ended early, and why", ended),
        or_absent(
            "15",
            part,
            "who the person was",
            _person_told(ran, answer),
            "age, sex and state of health at the start",
        ),
        filled("16", part, "periods analysed of each kind", _arms(answer)),
        filled("17a.1", part, "results of each period, with a figure", _each_period(answer)),
        filled(
            "17a.2",
            part,
            "size of the effect, and how sure",
            f"{say.number(alone.mean, 1)} {answer.unit} (95 % interval "
            f"{say.span((low, high), 1)}).",
        ),
        not_applicable("17b", part, "absolute and relative effect", "The outcome is an amount."),
        filled("18", part, "other analyses", _other(answer)),
        absent("19", part, "harms of each", "what was felt on the plan and on its comparison"),
    )


def closing(ran: Ran, answer: AnalysisAnswer) -> tuple[Item, ...]:
    """Discussion, and registration, protocol, money."""
    part, other, kept = "Discussion", "Other", ran.kept
    limits = " ".join(answer.notes)
    if ran.blinding == "open":
        limits += " It was open, so hope is part of the effect."
    sealed = "" if kept is None else f" (only its preregistration's SHA-256, {kept.hash})"
    return (
        filled("20", part, "limits", limits.strip() or "None was found by the checks."),
        filled("21", part, "for whom it holds", "For this person, in a life like that one."),
        filled(
            "22",
            part,
            "what it means",
            f"{answer.why} Verdict: {answer.verdict}. Beside it: "
            + "; ".join(f"{one.prior} would say {one.verdict}" for one in answer.beliefs[1:])
            + ".",
        ),
        absent("23", other, "registration", f"a registry and number{sealed}"),
        or_absent(
            "24",
            other,
            "where the protocol is",
            kept and f"In the store and the kit, as preregistration {kept.hash[:12]}.",
            "a protocol written before the start",
        ),
        absent("25", other, "money and support", "who paid, and for what"),
    )
