"""Virtual people: drawn by number, the same whoever is drawn beside them."""

from typing import NamedTuple

import numpy as np
from numba import njit, prange

from somnesium import say
from somnesium.engine import compiled  # noqa: F401 - sets the cache folder first
from somnesium.engine.randomness import normal
from somnesium.errors import InvalidInput
from somnesium.population.covariates import COVARIATES
from somnesium.population.drawing import SCORES, draw_covariates
from somnesium.population.spec import PopulationSpec
from somnesium.simulation.individual import Traits, spread_bodies, typical_bodies

PEOPLE = 10
"""Purpose of the random numbers that people are drawn with; the attempt stands for the night."""
_ATTEMPTS = 100_000
"""Most times a person is drawn until the filters let them through."""
_AT_ONCE = 4096


class People(NamedTuple):
    """People, one entry each in every column; units and codes in `covariates.COVARIATES`."""

    person: np.ndarray
    """Number of the person (int64), from 0."""
    weight: np.ndarray
    """How many people each stands for, relative to the others; 1 without a table."""
    age: np.ndarray
    sex: np.ndarray
    mass_kg: np.ndarray
    height_cm: np.ndarray
    egfr: np.ndarray
    diabetes: np.ndarray
    gut_disease: np.ndarray
    bowel_resection: np.ndarray
    bariatric_surgery: np.ndarray
    chronic_diarrhoea: np.ndarray
    alcohol_use_disorder: np.ndarray
    smoker: np.ndarray
    ppi: np.ndarray
    thiazide: np.ndarray
    potassium_sparing: np.ndarray
    wasting_medicine: np.ndarray
    insomnia: np.ndarray
    chronotype_hours: np.ndarray
    stress: np.ndarray
    food_mg: np.ndarray
    supplement_mg: np.ndarray
    bed_work: np.ndarray
    rise_work: np.ndarray
    bed_free: np.ndarray
    rise_free: np.ndarray
    caffeine_mg: np.ndarray
    caffeine_cups: np.ndarray
    caffeine_last: np.ndarray
    alcohol_days: np.ndarray
    alcohol_drinks: np.ndarray
    exercise_days: np.ndarray
    exercise_minutes: np.ndarray
    evening_lux: np.ndarray
    screen_hours: np.ndarray


@njit(cache=True, parallel=True)
def _scores(seed, people, attempts, count):  # noqa: ANN001, ANN202 - numba types them
    """Standard normals (count, people), keyed by person and attempt."""
    out = np.empty((count, len(people)))
    for i in prange(len(people)):
        for k in range(count):
            out[k, i] = normal(seed, people[i], PEOPLE, attempts[i], k)
    return out


def draw_people(spec: PopulationSpec, first: int, count: int) -> People:
    """The people `first` to `first` + `count` - 1 of a population.

    Someone whom the filters do not let through is drawn again, by the next attempt of their own;
    so person k is the same whatever else is drawn. Raises `InvalidInput` if nobody passes.
    """
    person = np.arange(first, first + count)
    rows = spec.given.rows[person % len(spec.given.rows)]
    found: dict[str, np.ndarray] = {}
    waiting = np.arange(count)
    attempt = tried = 0
    while len(waiting) or not found:
        times = 1 if attempt == 0 else max(1, _AT_ONCE // max(len(waiting), 1))
        attempts = np.tile(np.arange(attempt, attempt + times), len(waiting))
        who = np.repeat(waiting, times)
        drawn = _candidates(spec, person[who], rows[who], attempts)
        passed = np.ones(len(who), bool)
        for name, bounds in spec.bounds.items():
            passed &= bounds.admit(drawn[name])
        at = np.flatnonzero(passed)
        lucky, earliest = np.unique(who[at], return_index=True)
        for name, column in drawn.items():
            into = found.setdefault(name, np.zeros(count, column.dtype))
            into[lucky] = column[at[earliest]]
        waiting = np.setdiff1d(waiting, lucky)
        attempt, tried = attempt + times, tried + len(who)
        nobody = len(waiting) == count and tried >= _ATTEMPTS
        if len(waiting) and (nobody or attempt >= _ATTEMPTS):
            allowed = f"filters that at least one in {say.count(_ATTEMPTS)} people passes"
            raise InvalidInput.field("filters", spec.filters, allowed, "widen them")
    return People(person=person, weight=spec.given.weight[rows], **found)


def _candidates(
    spec: PopulationSpec, person: np.ndarray, row: np.ndarray, attempts: np.ndarray
) -> dict[str, np.ndarray]:
    """One draw of each person by the attempt that stands beside them."""
    scores = _scores(spec.seed, person, attempts, len(SCORES))
    return draw_covariates(spec.known(row), dict(zip(SCORES, scores, strict=True)))


def traits_of_people(people: People) -> Traits:
    """What people's typical bodies depend on."""
    names = COVARIATES["diabetes"].names
    none = np.zeros(len(people.person), bool)
    same = {name: getattr(people, name) for name in Traits._fields if name in COVARIATES}
    return Traits(
        **same
        | {
            "female": people.sex == 0,
            "diabetes": people.diabetes >= names.index("type_2"),
            "prediabetes": people.diabetes == names.index("prediabetes"),
            "light_sensitivity": np.zeros(len(people.person), np.int64),
            "pregnant": none,
        }
    )


def bodies_of(people: People, seed: int) -> np.ndarray:
    """Everyone's own body: float64 (leaves of Body, people).

    The typical body of someone with these covariates, by `individualise`, times the person's own
    differences, by `draw_bodies`.
    """
    return spread_bodies(typical_bodies(traits_of_people(people)), people.person, seed)
