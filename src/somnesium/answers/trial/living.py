"""People through their weeks in the numbers of the engine that hold for each of them.

Weeks are lived in float32, which is quicker and far finer than any instrument. In about one of
two hundred thousand people an exponential then overflows; they, and nobody else, live that week
again in float64. So what is said of a person depends on that person alone.
"""

from collections.abc import Sequence

import numpy as np

from somnesium.engine.channels import Lanes
from somnesium.engine.run import WEEK, Precision, copy_lanes, run_weeks
from somnesium.engine.schedule import Events
from somnesium.errors import NotConverged
from somnesium.population.lives import BEGIN
from somnesium.population.weeks import Weeks
from somnesium.simulation.worlds import UNREST_SD


def lanes_of(lanes: Lanes, kept: np.ndarray) -> Lanes:
    """The lanes of some people (indices or booleans)."""
    return Lanes(*(np.ascontiguousarray(part[..., kept]) for part in lanes))


def weeks_of_some(weeks: Weeks, kept: np.ndarray) -> Weeks:
    """The weeks of some people (indices in order, or booleans)."""
    counts = np.diff(weeks.begins)
    chosen = np.zeros(len(counts), bool)
    chosen[kept] = True
    events = np.repeat(chosen, counts)
    begins = np.concatenate([[0], np.cumsum(counts[chosen])])
    return Weeks(begins, *(column[events] for column in weeks[1:]))


def live_weeks(
    lanes: Lanes,
    person: np.ndarray,
    bodies: np.ndarray,
    weeks: Weeks,
    until: int,
    seed: int,
    precision: Precision,
) -> np.ndarray:
    """Rows of lanes run on (changed in place) to the end of week `until`, counted from day 1.

    Raises `NotConverged` if a body leaves its range in float64 too.
    """
    start = copy_lanes(lanes) if precision == "float32" else lanes
    try:
        return _run(lanes, person, bodies, weeks, until, seed, precision)
    except NotConverged:
        if precision == "float64":
            raise
    people = len(person)
    if people == 1:
        _put(lanes, start, np.array([0]))
        return _run(lanes, person, bodies, weeks, until, seed, "float64")
    # Whoever overflowed is found by halving; everyone begins the week again.
    rows = []
    for half in np.array_split(np.arange(people), 2):
        own = lanes_of(start, half)
        rows.append(
            live_weeks(
                own,
                person[half],
                bodies[:, half],
                weeks_of_some(weeks, half),
                until,
                seed,
                precision,
            )
        )
        _put(lanes, own, half)
    return side_by_side(rows)


def _put(lanes: Lanes, some: Lanes, where: np.ndarray) -> None:
    """Put the lanes of some people in their places."""
    for part, own in zip(lanes, some, strict=True):
        part[..., where] = own


def side_by_side(rows: Sequence[np.ndarray]) -> np.ndarray:
    """Rows (nights, fields, people) of groups as those of all, NaN where one has fewer nights."""
    nights = max(len(part) for part in rows)
    return np.concatenate(
        [
            np.pad(part, ((0, nights - len(part)), (0, 0), (0, 0)), constant_values=np.nan)
            for part in rows
        ],
        axis=2,
    )


def _run(
    lanes: Lanes,
    person: np.ndarray,
    bodies: np.ndarray,
    weeks: Weeks,
    until: int,
    seed: int,
    precision: Precision,
) -> np.ndarray:
    return run_weeks(
        lanes,
        bodies,
        weeks.begins,
        Events(weeks.time, weeks.channel, weeks.value),
        BEGIN + WEEK * until,
        people=person,
        seed=seed,
        unrest=UNREST_SD,
        precision=precision,
    ).rows
