"""How fast a plan comes and goes in this person: serum, tissue, and the night itself.

People like the person live without the plan, take it for eight weeks, and stop; the difference
from those without it is followed night by night, in the same people.
"""

from typing import NamedTuple

import numpy as np

from somnesium.answers.effect import nightly
from somnesium.answers.selftrial.design.question import Measure
from somnesium.person.checked import CheckedPlan
from somnesium.person.document import Document, Number
from somnesium.person.taken import ALL, NOTHING
from somnesium.simulation.worlds import Worlds, live_worlds

TAKEN, STOPPED = 56, 84
"""Nights on the plan, and nights followed after the last dose."""
_PEOPLE = 64
_NEARLY = 0.1
"""Share of the difference that counts as gone (judgement#carry-over-tenth)."""
_LEAST = {"latency": 0.1, "duration": 0.1, "awake_after_onset": 0.1, "efficiency": 0.02}
"""Mean effects below this [min, %] have no course to speak of (judgement#carry-over-tenth)."""


class Course(Document):
    """How one quantity follows the plan.

    `difference` is the mean with minus without in the last week of taking. `arrives` is the night
    of taking from which nine tenths of it stay; `leaves` the nights after the last dose until
    less than a tenth is left, and `leaves_late` the same where it takes longest of our doubts.
    `half_life` is the nights in which half of it is gone after the last dose. None: not within
    the nights followed, or no difference to speak of. `first_night` is the share that the first
    night brings. The week's waves are smoothed out, over seven nights.
    """

    label: str
    unit: str
    difference: Number
    arrives: int | None
    leaves: int | None
    leaves_late: int | None
    half_life: Number | None
    first_night: Number | None


class Kinetics(Document):
    """Courses of serum, tissue and the measure, and what people like this one gain.

    `gain` is the mean change of the measure in the last two weeks of taking, `gain90` its 90 %
    prediction interval for one person, and `gain_sd` its spread; `chance` is the share of people
    like this one who gain at least the smallest change worth having.
    """

    serum: Course
    tissue: Course
    night: Course
    gain: Number
    gain90: tuple[Number, Number]
    gain_sd: Number
    chance: Number
    people: int


class _Difference(NamedTuple):
    """Mean difference of every night, (nights), and of each doubt, (nights, doubts)."""

    mean: np.ndarray
    doubts: np.ndarray


def _difference(worlds: Worlds, name: str) -> _Difference:
    change = nightly(worlds, "stopped", name) - nightly(worlds, "without", name)
    doubt = worlds.draws.doubt
    columns = [change[:, doubt == k].mean(axis=1) for k in np.unique(doubt)]
    return _Difference(change.mean(axis=1), np.stack(columns, axis=1))


def _smooth(values: np.ndarray) -> np.ndarray:
    """Means over the seven nights around each night, fewer at the ends."""
    around = np.ones(7)
    count = np.convolve(np.ones_like(values), around, "same")
    return np.convolve(values, around, "same") / count


def _half_life(share: np.ndarray) -> float | None:
    """Nights in which half of it is gone, by a straight line between the nights around it."""
    below = np.flatnonzero(share <= 0.5)
    if not len(below) or below[0] == 0:
        return None if not len(below) else 0.5
    k = int(below[0])
    return float(k - (0.5 - share[k]) / (share[k - 1] - share[k]))


def _last_above(values: np.ndarray, size: float) -> int | None:
    """Entries until `values` stay at or below `size`; None if they do not."""
    above = np.flatnonzero(np.abs(values) > size)
    if not len(above):
        return 0
    return None if above[-1] == len(values) - 1 else int(above[-1]) + 1


def _course(label: str, unit: str, change: _Difference, least: float) -> Course:
    """The course of a difference."""
    on, off = _smooth(change.mean[:TAKEN]), _smooth(change.mean[TAKEN:])
    full = float(change.mean[TAKEN - 7 : TAKEN].mean())
    arrives = leaves = leaves_late = half_life = first_night = None
    if abs(full) >= least:
        until = _last_above(np.minimum(on / full - 1.0, 0.0), _NEARLY)
        arrives = None if until is None else until + 1
        leaves = _last_above(off, _NEARLY * abs(full))
        late = []
        for column in change.doubts.T:
            size = abs(float(column[TAKEN - 7 : TAKEN].mean()))
            if size >= least:
                late.append(_last_above(_smooth(column[TAKEN:]), _NEARLY * size))
        known = [nights for nights in late if nights is not None]
        leaves_late = max(known, default=None) if len(known) == len(late) else None
        half_life = _half_life(off / full)
        first_night = float(change.mean[0] / full)
    return Course(
        label=label,
        unit=unit,
        difference=full,
        arrives=arrives,
        leaves=leaves,
        leaves_late=leaves_late,
        half_life=half_life,
        first_night=first_night,
    )


def kinetics(plan: CheckedPlan, measure: Measure, worthwhile: float, better: int) -> Kinetics:
    """Simulate taking and stopping a plan in people like its person."""
    parts = {"without": NOTHING, "stopped": ALL._replace(days=TAKEN)}
    worlds = live_worlds(plan, parts, TAKEN + STOPPED, _PEOPLE)
    night = _difference(worlds, measure)
    change = nightly(worlds, "stopped", measure) - nightly(worlds, "without", measure)
    gain = change[TAKEN - 14 : TAKEN].mean(axis=0)
    low, high = (float(v) for v in np.quantile(gain, [0.05, 0.95]))
    unit = "%" if measure == "efficiency" else "min"
    return Kinetics(
        serum=_course("magnesium in blood", "mmol/L", _difference(worlds, "serum_magnesium"), 1e-4),
        tissue=_course("magnesium in tissue", "%", _difference(worlds, "tissue_magnesium"), 0.01),
        night=_course("the night", unit, night, _LEAST[measure]),
        gain=float(gain.mean()),
        gain90=(low, high),
        gain_sd=float(gain.std(ddof=1)),
        chance=float(np.mean(better * gain >= worthwhile)),
        people=len(gain),
    )
