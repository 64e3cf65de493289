"""Volunteers: drawn, settled in their own lives, and let in by what the instruments say."""

from typing import NamedTuple

import numpy as np

from somnesium.answers.trial.design import Trial
from somnesium.answers.trial.living import lanes_of, live_weeks, side_by_side, weeks_of_some
from somnesium.answers.trial.measures import Endpoint, read, screening, true_means
from somnesium.answers.trial.readings import noisy
from somnesium.engine.channels import Lanes
from somnesium.engine.run import Precision
from somnesium.errors import InvalidInput
from somnesium.population.lives import settle
from somnesium.population.people import People, bodies_of, draw_people
from somnesium.population.weeks import Weeks, weeks_of

MOST_SCREENED = 200
"""People looked at for each one sought before entry is called impossible."""
_NUMBERS = 2**32
"""Numbers that people can have: one word of the random numbers' key."""


class Enrolled(NamedTuple):
    """People at the end of their first week, one column each, replicate by replicate.

    Numbers (people), bodies (leaves, people), their own weeks, lanes, that week's rows
    (nights, fields, people), and how many were looked at.
    """

    person: np.ndarray
    bodies: np.ndarray
    own: Weeks
    lanes: Lanes
    rows: np.ndarray
    screened: int


def _stride(trial: Trial) -> int:
    """Numbers of people set apart for each replicate."""
    return trial.people * (MOST_SCREENED if trial.volunteers.measured else 1)


def most_replicates(trial: Trial) -> int:
    """Replicates for which there are numbers of people."""
    return _NUMBERS // _stride(trial)


def _first_week(people: People, trial: Trial, precision: Precision) -> Enrolled:
    """People drawn, settled in float64, and through their first week."""
    bodies, own = bodies_of(people, trial.seed), weeks_of(people, None)
    lanes = settle(people.person, bodies, own).lanes
    rows = live_weeks(lanes, people.person, bodies, own, 1, trial.seed, precision)
    return Enrolled(people.person, bodies, own, lanes, rows, len(people.person))


def _admitted(found: Enrolled, trial: Trial) -> np.ndarray:
    """Whether the instruments let each in, by the readings that are kept as the baseline."""
    passed = np.ones(len(found.person), bool)
    for k, (name, (low, high)) in enumerate(trial.volunteers.measured.items()):
        one = screening(name, trial.endpoints)
        number = _number(one, trial.endpoints, k)
        nights = one.nights or 7
        if one in trial.endpoints:
            nights = trial.nights[trial.endpoints.index(one)]
        reading = read(true_means(found.rows, found.bodies, nights), name, one.instrument)
        reading = noisy(reading, one, nights, found.person, 0, trial.seed, number)
        passed &= (reading >= low) & (reading <= high)
    return passed


def _number(one: Endpoint, endpoints: tuple[Endpoint, ...], other: int) -> int:
    """Which random number a screening reading uses: the endpoint's own, or one after them."""
    return endpoints.index(one) if one in endpoints else len(endpoints) + other


def enrol(trial: Trial, first: int, count: int, precision: Precision = "float32") -> Enrolled:
    """The people of the replicates `first` to `first` + `count` - 1, `trial.people` of each.

    Fresh people for every replicate. Raises `InvalidInput` if hardly anyone is let in.
    """
    stride = _stride(trial)
    spec = trial.volunteers.spec(trial.people, trial.seed)
    if not trial.volunteers.measured:
        people = draw_people(spec, first * stride, count * stride)
        return _first_week(people, trial, precision)
    parts: list[list[Enrolled]] = [[] for _ in range(count)]
    short, tried, screened = list(range(count)), 0, 0
    while short:
        if tried >= stride:
            allowed = f"ranges that at least one in {MOST_SCREENED} volunteers meets"
            raise InvalidInput.field(
                "volunteers.measured", trial.volunteers.measured, allowed, "widen them"
            )
        drawn = [draw_people(spec, (first + r) * stride + tried, trial.people) for r in short]
        whole = _first_week(
            People(*map(np.concatenate, zip(*drawn, strict=True))), trial, precision
        )
        passed = _admitted(whole, trial).reshape(len(short), trial.people)
        screened, tried = screened + whole.screened, tried + trial.people
        for row, r in enumerate(short):
            has = sum(len(part.person) for part in parts[r])
            kept = row * trial.people + np.flatnonzero(passed[row])[: trial.people - has]
            parts[r].append(_subset(whole, kept))
        short = [r for r in short if sum(len(part.person) for part in parts[r]) < trial.people]
    return _joined([part for replicate in parts for part in replicate], screened)


def _subset(whole: Enrolled, kept: np.ndarray) -> Enrolled:
    """Some of the people."""
    own, lanes = weeks_of_some(whole.own, kept), lanes_of(whole.lanes, kept)
    return Enrolled(whole.person[kept], whole.bodies[:, kept], own, lanes, whole.rows[..., kept], 0)


def _joined(parts: list[Enrolled], screened: int) -> Enrolled:
    """People side by side."""
    counts = np.concatenate([np.diff(part.own.begins) for part in parts])
    events = zip(*(part.own[1:] for part in parts), strict=True)
    lanes = zip(*(part.lanes for part in parts), strict=True)
    return Enrolled(
        person=np.concatenate([part.person for part in parts]),
        bodies=np.concatenate([part.bodies for part in parts], axis=1),
        own=Weeks(np.concatenate([[0], np.cumsum(counts)]), *map(np.concatenate, events)),
        lanes=Lanes(*(np.ascontiguousarray(np.concatenate(one, axis=-1)) for one in lanes)),
        rows=side_by_side([part.rows for part in parts]),
        screened=screened,
    )
