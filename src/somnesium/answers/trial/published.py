"""Published trials as designs: their people, arms, weeks and instruments, as far as printed.

What a paper does not print is read from `data/calibration/designs.toml`, so that the trial is the
one that calibration lives; of trials that do not stand there, it is put in by rules that stand
here, each a judgement. A trial that cannot be lived by our body says why.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from somnesium.answers.calibration.designs import designs
from somnesium.answers.evidence.table import Arm, Evidence, Trial
from somnesium.answers.trial.design import Trial as Design
from somnesium.answers.trial.measures import DEFAULT_NIGHTS, MEASURES
from somnesium.errors import InvalidInput
from somnesium.person.document import read_document
from somnesium.person.supplements import find_form

_TIMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "bedtime": ("22:00",),
        "evening": ("20:00",),
        "morning": ("08:00",),
        "dinner": ("19:00",),
        "breakfast": ("08:00",),
    }
)
"""Clock times of the words for one dose a day (judgement#usual-hours)."""
_BY_NUMBER: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {
        1: ("20:00",),
        2: ("08:00", "20:00"),
        3: ("08:00", "13:00", "20:00"),
        4: ("08:00", "13:00", "18:00", "22:00"),
    }
)
"""Clock times by number of doses (judgement#usual-hours)."""
_CO_INGREDIENTS: Mapping[str, str] = MappingProxyType(
    {
        "melatonin": "melatonin",
        "glycine": "glycine",
        "theanine": "theanine",
        "zinc": "zinc",
        "tryptophan": "tryptophan",
        "ashwagandha": "ashwagandha",
        "b6": "vitamin_b6",
        "pyridoxine": "vitamin_b6",
    }
)
_LOW_INTAKE = [60.0, 240.0]
"""Magnesium from food, mg a day, of people said to eat little (judgement#below-the-EAR)."""
_LOW_SERUM = 0.75
"""Mean serum [mmol/L] below which people were chosen for it (judgement#hypomagnesaemia)."""
_DEFICIENT = 0.68
"""Mean serum [mmol/L] of people called deficient without a figure (judgement#at-most-0.74)."""
_HALF_RANGE = 0.06
_LEAST_PEOPLE = 4
_USUAL_FORM = "citrate"
_USUAL_PEOPLE = 60
"""People where no number is printed (judgement#usual-trial)."""


def _refuse(trial: str, why: str) -> InvalidInput:
    """Why a published trial cannot be lived by our body."""
    allowed = "weeks, a control, a dose, and an outcome that our body has"
    return InvalidInput.field(f"trial {trial}", why, allowed)


def design_of(
    evidence: Evidence, name: str, endpoints: Sequence[str] = (), seed: int = 1
) -> Design:
    """A published trial as a design, its magnesium arm against its control.

    `endpoints` keep those measures only, in that order; all that our body has if empty. Raises
    `InvalidInput` with the reason if it cannot be lived.
    """
    trial = evidence.trial(name)
    if trial is None:
        raise _refuse(name, "not in the evidence table")
    if trial.design not in ("parallel", "crossover"):
        raise _refuse(name, f"a {trial.design}")
    if not trial.weeks:
        raise _refuse(name, "no weeks, or a single dose")
    people = trial.n_randomised or trial.n_analysed or _USUAL_PEOPLE
    if people < _LEAST_PEOPLE:
        raise _refuse(name, f"{people} people")
    known = _lived_as(name)
    table = {
        "name": trial.title_words,
        "design": "crossover" if trial.design == "crossover" else "parallel",
        "people": people,
        "weeks": known.get("weeks", max(1, round(trial.weeks))),
        "washout_weeks": round(trial.washout_weeks or 0) if trial.design == "crossover" else 0,
        "blinding": trial.blinding if trial.blinding in ("double", "single", "open") else "double",
        "volunteers": known["volunteers"] if "volunteers" in known else _volunteers(trial),
        "arms": _arms(evidence, trial, known),
        "endpoints": _endpoints(evidence, name, endpoints),
        "loss": {"dropout": _dropout(trial)},
        "seed": seed,
    }
    return read_document(table, Design)


def _lived_as(name: str) -> Mapping[str, Any]:
    """How calibration lives a trial, empty if it does not."""
    for one in designs():
        if one.trial == name and one.kind == "weeks":
            return one.row
    return MappingProxyType({})


def assumed_of(evidence: Evidence, name: str) -> tuple[str, ...]:
    """What had to be put in for a published trial to be lived, in words."""
    trial = evidence.trial(name)
    arms = [
        arm
        for arm in evidence.arms
        if arm.trial == name and arm.kind in ("magnesium", "combination")
    ]
    missing = {
        f"{_USUAL_PEOPLE} people": trial is None or not (trial.n_randomised or trial.n_analysed),
        f"form {_USUAL_FORM}": any(not arm.form for arm in arms),
        "one dose a day": any(not arm.doses_per_day for arm in arms),
        "clock times": any(not arm.timing for arm in arms),
        "a tenth lost": trial is None or not (trial.n_randomised and trial.n_analysed),
        "ages of all adults": trial is None or (trial.age_low is None and trial.age_mean is None),
    }
    return tuple(what for what, is_missing in missing.items() if is_missing)


def _dropout(trial: Trial) -> float:
    """Share lost, by those randomised and analysed; the usual tenth where it is not printed."""
    if not trial.n_randomised or not trial.n_analysed:
        return 0.10
    return max(0.0, 1.0 - trial.n_analysed / trial.n_randomised)


def _volunteers(trial: Trial) -> dict[str, Any]:
    """Who was in it, by what is printed and by the words for their sleep and magnesium."""
    words = f"{trial.population} {trial.baseline_status}".casefold()
    filters: dict[str, Any] = {}
    low = max(18.0, trial.age_low or 18.0)
    high = min(90.0, trial.age_high or 90.0)
    if low < high:
        filters["age"] = [low, high]
    if "insomnia" in words:
        filters["insomnia"] = ["moderate", "severe"]
    elif re.search(r"poor sleep|sleep complaint|dissatisfied|sleep problem", words):
        filters["insomnia"] = ["mild", "moderate", "severe"]
    elif "healthy" in words:
        filters["insomnia"] = ["none"]
    if re.search(r"low (dietary |magnesium |usual )*intake|intake (below|under|<)", words):
        filters["food_mg"] = _LOW_INTAKE
    if re.search(r"type 2 diab|t2d", words):
        filters["diabetes"] = ["type_2"]
    found: dict[str, Any] = {"filters": filters}
    if trial.female_share is not None:
        found["female_share"] = trial.female_share
    if trial.age_mean and trial.age_sd and low < trial.age_mean < high:
        found["spreads"] = {"age": {"mean": float(trial.age_mean), "sd": float(trial.age_sd)}}
    middle = trial.baseline_serum
    if middle is None and "deficient" in words:
        middle = _DEFICIENT
    if middle is not None and middle < _LOW_SERUM:
        found["measured"] = {"serum": [middle - _HALF_RANGE, middle + _HALF_RANGE]}
    return found


def _arms(evidence: Evidence, trial: Trial, known: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Its arms that can be lived: magnesium, blends with it, and controls."""
    found = []
    for arm in evidence.arms:
        if arm.trial != trial.trial:
            continue
        if arm.kind in ("magnesium", "combination"):
            found.append({"name": arm.arm, "regimen": _regimen(arm, known)})
        elif arm.kind in ("placebo", "no_treatment"):
            kind = "placebo" if arm.kind == "placebo" else "nothing"
            found.append({"name": arm.arm, "kind": kind})
    if not any("regimen" in arm for arm in found):
        raise _refuse(trial.trial, "no arm that takes magnesium")
    if not any("kind" in arm for arm in found):
        raise _refuse(trial.trial, "no arm without magnesium")
    return found


def _regimen(arm: Arm, known: Mapping[str, Any]) -> dict[str, Any]:
    """What an arm takes, a week at a time."""
    if not arm.elemental_mg:
        raise _refuse(arm.trial, f"no dose printed for arm {arm.arm}")
    form = find_form(arm.form or _USUAL_FORM).key
    number = max(1, round(arm.doses_per_day or 1))
    words = arm.timing.casefold().replace("_", " ")
    times: Sequence[str] = _BY_NUMBER.get(number, _BY_NUMBER[4])
    if number == 1:
        times = next((hours for word, hours in _TIMES.items() if word in words), times)
    times = known.get("times", times)
    parts = [
        {
            "substance": "magnesium",
            "amount_mg": float(arm.elemental_mg) / len(times),
            "form": form,
            "mass_is": "elemental",
        }
    ]
    for word, amount in re.findall(r"([a-z0-9]+)[^\d;,]*?([\d.]+) ?mg", arm.other.casefold()):
        if word in _CO_INGREDIENTS:
            parts.append(
                {"substance": _CO_INGREDIENTS[word], "amount_mg": float(amount) / len(times)}
            )
    product = {"name": f"{form} of arm {arm.arm}", "ingredients": parts}
    with_food = known.get("with_food", "meal" in words or "food" in words)
    return {"intakes": [{"product": product, "times": list(times), "with_food": with_food}]}


def _endpoints(evidence: Evidence, name: str, wanted: Sequence[str]) -> list[dict[str, str]]:
    """What it measured that our body has, each measure and instrument once."""
    rows = [*evidence.endpoints, *evidence.contrasts]
    seen = dict.fromkeys(
        (row.endpoint, row.instrument)
        for row in rows
        if row.trial == name
        and row.endpoint in MEASURES
        and row.instrument in DEFAULT_NIGHTS
        and row.instrument in MEASURES[row.endpoint].instruments
    )
    kept = [pair for pair in seen if not wanted or pair[0] in wanted]
    if wanted:
        kept.sort(key=lambda pair: list(wanted).index(pair[0]))
    if not kept:
        raise _refuse(name, "no outcome that our body has")
    return [{"measure": measure, "instrument": by} for measure, by in kept[:12]]
