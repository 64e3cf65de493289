"""The weeks of people in a trial: their own, with the doses of their arm that they take."""

from datetime import date
from functools import cache

import numpy as np
from numba import njit, prange

from somnesium.engine import compiled  # noqa: F401 - sets the cache folder first
from somnesium.engine.randomness import uniform
from somnesium.engine.run import WEEK
from somnesium.engine.schedule import Events, merge
from somnesium.person.checked import CheckedPlan
from somnesium.person.document import read_document
from somnesium.person.habits import Habits
from somnesium.population.weeks import Weeks
from somnesium.simulation.gains import dissolved_share
from somnesium.simulation.inputs import Timeline, dose_events

DOSES = 22
"""Purpose of the random numbers by which doses are missed; the week stands for the night."""
NOTHING = -1
"""In place of an arm's number where nothing is taken."""
_MONDAY = date(2026, 1, 5)


@cache
def _calendar() -> Timeline:
    """A time line in universal time whose first day is a Monday."""
    return Timeline(read_document({"bedtime": "23:00", "rise": "07:00"}, Habits), _MONDAY)


def arm_week(plan: CheckedPlan, oxide: float | None = None) -> Events:
    """A week of a plan's doses as events, in hours from Monday midnight.

    `oxide` is a factor on the share of oxide that dissolves; the centre of our knowledge if None.
    """
    line = _calendar()

    def share(form: str) -> float:
        return dissolved_share(form, oxide=oxide)

    found = dose_events(line, plan.taken.within(7), share)
    # On whole minutes of the week, as a population's weeks are.
    hours = (round(60.0 * (event[0] - line.begin)) / 60.0 % WEEK for event in found)
    return merge([(at, *event[1:]) for at, event in zip(hours, found, strict=True)])


def with_doses(
    own: Weeks,
    arms: tuple[Events, ...],
    arm: np.ndarray,
    person: np.ndarray,
    taken: float,
    week: int,
    seed: int,
) -> Weeks:
    """People's weeks with the doses of their `arm` (number, or `NOTHING`) among their own events.

    Each dose is taken with chance `taken`, by keyed numbers of the `person` and `week`; what is
    swallowed at the same minute is one dose.
    """
    starts = np.cumsum([0, *(len(one.time) for one in arms)])
    plan = Events(*(np.concatenate(column) for column in zip(*arms, strict=True)))
    lengths = np.append(np.diff(starts), 0)[arm]
    room = np.concatenate([[0], np.cumsum(np.diff(own.begins) + lengths)])
    time, value = np.empty(room[-1]), np.empty(room[-1])
    channel = np.empty(room[-1], np.int64)
    used = np.empty(len(arm), np.int64)
    _merge(
        own.begins,
        own.time,
        own.channel,
        own.value,
        starts,
        *plan,
        arm,
        person,
        taken,
        week,
        seed,
        room,
        time,
        channel,
        value,
        used,
    )
    if np.all(used == np.diff(room)):
        return Weeks(room, time, channel, value)
    kept = np.arange(room[-1]) < np.repeat(room[:-1] + used, np.diff(room))
    return Weeks(np.concatenate([[0], np.cumsum(used)]), time[kept], channel[kept], value[kept])


@njit(cache=True)
def _before(t0, c0, v0, t1, c1, v1):
    """Whether an event comes before another: by time, channel and value."""
    if t0 != t1:
        return t0 < t1
    if c0 != c1:
        return c0 < c1
    return v0 <= v1


@njit(cache=True, parallel=True)
def _merge(
    begins,
    own_time,
    own_channel,
    own_value,
    starts,
    times,
    channels,
    values,
    arm,
    person,
    taken,
    week,
    seed,
    room,
    time,
    channel,
    value,
    used,
):
    """Merge each person's own events with the doses taken, both sorted; `used` events each."""
    for i in prange(len(arm)):
        a, a_end = begins[i], begins[i + 1]
        b = b_end = np.int64(0)
        if arm[i] >= 0:
            b, b_end = starts[arm[i]], starts[arm[i] + 1]
        n = room[i]
        while a < a_end or b < b_end:
            if b < b_end and taken < 1.0:
                minute = round(60.0 * times[b])
                if uniform(seed, person[i], DOSES, week, minute) >= taken:
                    b += 1
                    continue
            if b == b_end or (
                a < a_end
                and _before(
                    own_time[a], own_channel[a], own_value[a], times[b], channels[b], values[b]
                )
            ):
                time[n], channel[n], value[n] = own_time[a], own_channel[a], own_value[a]
                a += 1
            else:
                time[n], channel[n], value[n] = times[b], channels[b], values[b]
                b += 1
            n += 1
        used[i] = n - room[i]
