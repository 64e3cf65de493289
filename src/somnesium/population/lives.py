"""Many people through their weeks: settled once in their own life, then every world in turn.

A person's week repeats every 168 h from a Monday midnight. Everyone is settled for `LEAD` days in
the life they lead, the slow states hastened as in `inputs.life_events`; then each world starts
from that state with the same random numbers. What is said of one person depends on that person
alone: not on who runs beside them, nor on how many threads there are.
"""

from typing import NamedTuple

import numba
import numpy as np

from somnesium.engine.channels import RISE, SETTLE, Lanes
from somnesium.engine.run import Device, Precision, copy_lanes, run_weeks, start_lanes
from somnesium.engine.schedule import Events
from somnesium.errors import InvalidInput
from somnesium.population.weeks import Weeks
from somnesium.simulation.inputs import _HASTE, _SETTLED, LEAD
from somnesium.simulation.worlds import UNREST_SD

BEGIN = 24.0 * LEAD
"""Hours from the start of a run to the midnight, of a Monday, at which day 1 begins."""
_RISE_TO_TROUGH = 3.0
"""Temperature minimum before rise, to start from [h] (judgement#settled-away-in-28-days)."""


class Settled(NamedTuple):
    """People at the beginning of day 1: numbers (int64), bodies (leaves, people), and lanes."""

    person: np.ndarray
    bodies: np.ndarray
    lanes: Lanes


def most_threads() -> int:
    """Threads the engine can use on this machine."""
    return int(numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]


def use_threads(threads: int | None) -> None:
    """Let the engine use so many threads, all there are if None; or raise `InvalidInput`."""
    most = most_threads()
    if threads is not None and not 1 <= threads <= most:
        raise InvalidInput.field("jobs", threads, f"1 to {most}, the cores of this machine")
    numba.set_num_threads(most if threads is None else threads)


def settle(
    person: np.ndarray,
    bodies: np.ndarray,
    weeks: Weeks,
    precision: Precision = "float64",
    device: Device = "cpu",
) -> Settled:
    """Settle people (numbers `person`, bodies (leaves, people)) in their weeks."""
    troughs = _troughs(weeks, len(person))
    lanes = start_lanes(bodies, 0.0, 4.0)
    for trough in np.unique(troughs):
        who = troughs == trough
        lanes.state[:, who] = start_lanes(bodies[:, who], 0.0, float(trough)).state
    settled = Settled(person, bodies, lanes)
    _run(settled, _hastened(weeks), 24.0 * _SETTLED, 0, 0.0, precision, device)
    _run(settled, weeks, BEGIN, 0, 0.0, precision, device)
    return settled


def live(
    settled: Settled,
    weeks: Weeks,
    days: int,
    seed: int,
    precision: Precision = "float64",
    device: Device = "cpu",
) -> np.ndarray:
    """The nights of `days` days in these weeks: rows (nights, fields of NightRow, people).

    The settled people are left as they are. Rows not filled are NaN; the night before day 1 and
    what begins after the last day are rows too. `seed` is of the nights' chance arousal.
    """
    again = settled._replace(lanes=copy_lanes(settled.lanes))
    return _run(again, weeks, BEGIN + 24.0 * (days + 1), seed, UNREST_SD, precision, device)


def _troughs(weeks: Weeks, people: int) -> np.ndarray:
    """Whole clock hour at which each person's temperature minimum is put at the start."""
    who = np.repeat(np.arange(people), np.diff(weeks.begins))
    rise = weeks.channel == RISE
    # A mean of clock times is taken on the circle.
    angle = weeks.time[rise] * (2.0 * np.pi / 24.0)
    x = np.bincount(who[rise], np.cos(angle), people)
    y = np.bincount(who[rise], np.sin(angle), people)
    mean = np.arctan2(y, x) * (24.0 / (2.0 * np.pi))
    return np.rint(mean - _RISE_TO_TROUGH) % 24.0


def _hastened(weeks: Weeks) -> Weeks:
    """The weeks with slow states hastened to their rest every day, at six in the evening."""
    people = len(weeks.begins) - 1
    daily = 24.0 * np.arange(1, 8) - 6.0
    who = np.concatenate(
        [np.repeat(np.arange(people), np.diff(weeks.begins)), np.repeat(np.arange(people), 7)]
    )
    time = np.concatenate([weeks.time, np.tile(daily, people)])
    channel = np.concatenate([weeks.channel, np.full(7 * people, SETTLE)])
    value = np.concatenate([weeks.value, np.full(7 * people, _HASTE)])
    order = np.lexsort((value, channel, time, who))
    begins = weeks.begins + 7 * np.arange(people + 1)
    return Weeks(begins, time[order], channel[order], value[order])


def _run(
    people: Settled,
    weeks: Weeks,
    until: float,
    seed: int,
    unrest: float,
    precision: Precision,
    device: Device,
) -> np.ndarray:
    """Run people (their lanes are changed) to `until` [h], their weeks over and over; the rows."""
    return run_weeks(
        people.lanes,
        people.bodies,
        weeks.begins,
        Events(weeks.time, weeks.channel, weeks.value),
        until,
        people=people.person,
        seed=seed,
        unrest=unrest,
        precision=precision,
        device=device,
    ).rows
