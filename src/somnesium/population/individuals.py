"""One virtual person pulled out again: the documents, and the numbers they are simulated with."""

import math
from typing import Any, NamedTuple

import numpy as np

from somnesium.body.assembly import Body
from somnesium.engine.lanes import column
from somnesium.errors import InvalidInput
from somnesium.person.checked import CheckedPlan
from somnesium.person.document import read_document
from somnesium.person.habits import WEEKDAYS
from somnesium.person.request import Request
from somnesium.population.covariates import COVARIATES
from somnesium.population.pattern import (
    DRINKING_ORDER,
    EXERCISE_AT,
    EXERCISE_ORDER,
    FREE_EVENINGS,
    FREE_MORNINGS,
    INDOOR_LUX,
    INTENSITY,
    STRESS,
    SUPPLEMENT_AT,
    SUPPLEMENT_FORM,
    Pattern,
    cup_times,
    pattern_of,
)
from somnesium.population.people import People, bodies_of, draw_people
from somnesium.population.spec import PopulationSpec
from somnesium.population.weeks import Weeks, weeks_of
from somnesium.quantity import clock_text

_MEDICINES = {
    "ppi": "omeprazole",
    "thiazide": "hydrochlorothiazide",
    "potassium_sparing": "spironolactone",
    "wasting_medicine": "tacrolimus",
}
"""A medicine that stands for each class."""
_CONDITIONS = (
    "gut_disease",
    "bowel_resection",
    "bariatric_surgery",
    "chronic_diarrhoea",
    "alcohol_use_disorder",
)
_DIABETES = ((), ("prediabetes",), ("diabetes_type_2",), ("diabetes_type_1",))
_WORK_EVENINGS = tuple(day for day in range(7) if day not in FREE_EVENINGS)
_WORK_MORNINGS = tuple(day for day in range(7) if day not in FREE_MORNINGS)


class Individual(NamedTuple):
    """One person of a population: documents, covariates, own body, and own week.

    The request's regimen holds what they take of their own accord, and then the plan. A forecast
    of the request draws new people like this one; to live the very nights of the population, run
    `body` under `week`.
    """

    request: Request
    people: People
    body: Body
    week: Weeks


def individual(spec: PopulationSpec, person: int, plan: CheckedPlan | None = None) -> Individual:
    """Pull a person out of a population, with a plan or without; person 0 is the first."""
    if not 0 <= person < spec.people:
        raise InvalidInput.field("person", person, f"0 to {spec.people - 1}")
    people = draw_people(spec, person, 1)
    return Individual(
        request=_request(spec, people, plan),
        people=people,
        body=column(bodies_of(people, spec.seed), Body, 0),
        week=weeks_of(people, plan),
    )


def request_of(spec: PopulationSpec, person: int, plan: CheckedPlan | None = None) -> Request:
    """The documents of one person of a population, as a request of their own.

    It begins on a Monday in universal time; covariates, body and week are those of the population.
    """
    return individual(spec, person, plan).request


def _request(spec: PopulationSpec, people: People, plan: CheckedPlan | None) -> Request:
    """The documents of the one person in `people`."""
    own = float(people.supplement_mg[0])
    intakes: list[Any] = [] if plan is None else list(plan.regimen.intakes)
    if own > 0.0:
        supplement = {
            "form": SUPPLEMENT_FORM,
            "magnesium_mg": own,
            "mass_is": "elemental",
            "times": [clock_text(SUPPLEMENT_AT)],
            "with_food": True,
        }
        intakes.insert(0, supplement)
    document = {
        "name": f"Virtual person {people.person[0]}",
        "person": _person(people),
        "habits": _habits(pattern_of(people)),
        "diet": {"magnesium_mg_per_day": float(people.food_mg[0])},
        "regimen": {"name": "" if plan is None else plan.regimen.name, "intakes": intakes},
        "days": spec.days,
        "seed": spec.seed,
    }
    return read_document(document, Request)


def _person(people: People) -> dict[str, Any]:
    """Who: the covariates as a document."""
    one = {name: column[0].item() for name, column in people._asdict().items()}
    same = ("age", "mass_kg", "height_cm", "egfr", "chronotype_hours", "smoker")
    return {name: one[name] for name in same} | {
        "name": f"Virtual person {one['person']}",
        "sex": COVARIATES["sex"].names[one["sex"]],
        "conditions": [name for name in _CONDITIONS if one[name]] + [*_DIABETES[one["diabetes"]]],
        "medicines": [name for key, name in _MEDICINES.items() if one[key]],
        "insomnia": COVARIATES["insomnia"].names[one["insomnia"]],
    }


def _days(numbers: tuple[int, ...]) -> list[str]:
    """Keys of weekdays, counted modulo 7."""
    return [WEEKDAYS[number % 7] for number in numbers]


def _habits(p: Pattern) -> dict[str, Any]:
    """How they live, as a document."""
    free = _days(FREE_EVENINGS)
    bed = {"default": float(p.bed_work[0])} | dict.fromkeys(free, float(p.bed_free[0]))
    rise = {"default": float(p.rise_work[0])} | dict.fromkeys(free, float(p.rise_free[0]))
    habits: dict[str, Any] = {
        "bedtime": {day: clock_text(at) for day, at in bed.items()},
        "rise": {day: clock_text(at) for day, at in rise.items()},
        "indoor_lux": INDOOR_LUX,
        "evening_lux": float(p.evening_lux[0]),
        "light": _light(p),
        "caffeine": _caffeine(p),
    }
    if p.stress[0] > 0.0:
        begin, end = (clock_text(hour) for hour in STRESS)
        level = float(p.stress[0])
        days = _days(_WORK_MORNINGS)
        habits["stress"] = [{"from": begin, "to": end, "level": level, "days": days}]
    if p.exercise_days[0]:
        habits["exercise"] = [
            {
                "at": clock_text(EXERCISE_AT),
                "minutes": float(np.rint(p.exercise_minutes[0])),
                "intensity": INTENSITY,
                "days": _days(EXERCISE_ORDER[: p.exercise_days[0]]),
            }
        ]
    if p.drinking_days[0]:
        habits["alcohol"] = [
            {
                "at": clock_text(p.drinking_at[0]),
                "grams": float(p.drinking_grams[0]),
                "over_hours": float(p.drinking_hours[0]),
                "days": _days(DRINKING_ORDER[: p.drinking_days[0]]),
            }
        ]
    return habits


def _light(p: Pattern) -> list[dict[str, Any]]:
    """A screen until lights-out; on the next date where that begins after midnight."""
    found = []
    hours = float(p.screen_hours[0])
    pairs = ((p.bed_work[0], _WORK_EVENINGS), (p.bed_free[0], FREE_EVENINGS))
    for bed, evenings in pairs if hours > 0.0 else ():
        begin = round(60.0 * (bed - hours)) / 60.0
        found.append(
            {
                "from": clock_text(begin),
                "to": clock_text(bed),
                "lux": float(p.screen_lux[0]),
                "source": "screen",
                "days": _days(tuple(day + math.floor(begin / 24.0) for day in evenings)),
            }
        )
    return found


def _caffeine(p: Pattern) -> list[dict[str, Any]]:
    """Cups on work days and on free days."""
    times = cup_times(p)[0, :, : p.cups[0]]
    kinds = zip(times, (_WORK_MORNINGS, FREE_MORNINGS), strict=True)
    return [
        {"at": clock_text(minutes / 60.0), "mg": float(p.cup_mg[0]), "days": _days(days)}
        for row, days in kinds
        for minutes in row
    ]
