"""Many people lived: the outcomes of their nights, without a plan and by how much it changes them.

People live their own week for eight weeks, and again with the plan, from the same settled state
and with the same chance (`population.lives`). What is said of a person is the mean over the last
nights of the run; between nights, each night by itself.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from somnesium.answers.attribution.inputs import Doubts, bodies_at, people_at
from somnesium.engine.tally import NightRow
from somnesium.nights.instruments import isi
from somnesium.person.checked import CheckedPlan
from somnesium.population.lives import BEGIN, live, settle
from somnesium.population.weeks import weeks_of


class Outcome(NamedTuple):
    """An outcome of nights: label, unit."""

    label: str
    unit: str


OUTCOMES: dict[str, Outcome] = {
    "latency": Outcome("time to fall asleep", "min"),
    "duration": Outcome("sleep", "min"),
    "awake_after_onset": Outcome("awake after first falling asleep", "min"),
    "efficiency": Outcome("share of the time in bed asleep", "%"),
    "slow_wave": Outcome("deep sleep (N3)", "min"),
    "isi": Outcome("insomnia severity index, 0–28", "points"),
}
"""Outcomes whose variance is shared out, in order."""

PLAN_DAYS = 56
"""Days of a plan (definition#eight-weeks)."""
_USUAL, _LAST = 28, 14
"""Last nights that are averaged: of usual sleep, and of a change as in `answers.effect`."""
_EVENING = 6.0
"""Clock hour before which a lights-out counts to the evening before, as in `nights.night`."""
_AT_ONCE = 1024

Report = Callable[[int], None]
"""Told how many more lives have been lived."""


def nightly(rows: np.ndarray, first: int, days: int) -> np.ndarray:
    """Outcomes of the nights of days `first` to `first + days - 1` (days from 1).

    `rows` (nights, fields of NightRow, people); gives (days, outcomes, people), NaN for a night
    that was not lived.
    """
    of = {name: rows[:, k] for k, name in enumerate(NightRow._fields)}
    evening = np.floor((of["lights_out"] - BEGIN - _EVENING) / 24.0) + 1.0 - first
    wanted = (evening >= 0.0) & (evening < days) & (of["nap"] < 0.5)
    asleep = of["n1"] + of["n2"] + of["n3"] + of["rem"]
    latency, awake = 60.0 * of["latency"], 60.0 * of["awake_after_onset"]
    found = (
        latency,
        60.0 * asleep,
        awake,
        100.0 * asleep / (of["rise"] - of["lights_out"]),
        60.0 * of["n3"],
        np.asarray(isi(latency, awake, of["load"])),
    )
    night, person = np.nonzero(wanted)
    out = np.full((days, len(OUTCOMES), rows.shape[2]), np.nan)
    day = evening[night, person].astype(np.int64)
    for k, values in enumerate(found):
        out[day, k, person] = values[night, person]
    return out


def outcomes_at(
    points: np.ndarray, doubts: Doubts, seed: int, plan: CheckedPlan, report: Report
) -> np.ndarray:
    """Outcomes of people at `points` (inputs, people): (2, outcomes, people).

    First the mean of usual nights, then the change on the plan. `doubts` holds one draw a person.
    """
    out = np.empty((2, len(OUTCOMES), points.shape[1]))
    for part in _parts(points.shape[1]):
        doubt = Doubts(doubts.factor[:, part], doubts.size[part])
        people = people_at(points[:, part])
        bodies = bodies_at(points[:, part], people, doubt)
        own = weeks_of(people, None)
        settled = settle(people.person, bodies, own)
        plain = live(settled, own, PLAN_DAYS, seed)
        taken = live(settled, weeks_of(people, plan), PLAN_DAYS, seed)
        last = PLAN_DAYS - _LAST + 1
        out[0, :, part] = np.nanmean(nightly(plain, PLAN_DAYS - _USUAL + 1, _USUAL), axis=0)
        change = nightly(taken, last, _LAST) - nightly(plain, last, _LAST)
        out[1, :, part] = np.nanmean(change, axis=0)
        report(len(people.person))
    return out


def _parts(people: int) -> Iterator[slice]:
    """People in parts that are lived together."""
    for begin in range(0, people, _AT_ONCE):
        yield slice(begin, min(begin + _AT_ONCE, people))
