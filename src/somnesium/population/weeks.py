"""A person's week as events: nights, light, meals, caffeine, alcohol, exercise, stress, doses.

Everyone lives the same week over and over, from Monday midnight, in one clock time without clock
changes or travel. The rules are those of `simulation.inputs` for a document; here they are compiled
for many people, in minutes of the week. A test holds the two together.
"""

from datetime import date
from functools import cache
from typing import NamedTuple

import numpy as np
from numba import njit, prange

from somnesium.body.assembly import Inputs, State
from somnesium.engine import compiled  # noqa: F401 - sets the cache folder first
from somnesium.engine.channels import ADD, LIGHTS_OUT, RISE, SET
from somnesium.engine.lanes import leaf_index
from somnesium.engine.schedule import Events, merge
from somnesium.errors import InvalidInput
from somnesium.person.checked import CheckedPlan
from somnesium.person.diet import DEFAULT_MEALS
from somnesium.person.document import read_document
from somnesium.person.habits import MELANOPIC_RATIOS, Habits
from somnesium.person.regimen import Dose, Regimen
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
from somnesium.population.people import People
from somnesium.quantity import MAGNESIUM_MOLAR_MASS
from somnesium.simulation.gains import dissolved_share
from somnesium.simulation.inputs import Timeline, dose_events

_MONDAY = date(2026, 1, 5)
_WEEK, _DAY = 10080, 1440
_MOST = 256
_LIGHT = SET + leaf_index(Inputs, "light")
_STRESS = SET + leaf_index(Inputs, "stress")
_EXERCISE = SET + leaf_index(Inputs, "exercise")
_DRINKING = SET + leaf_index(Inputs, "drinking")
_CAFFEINE = ADD + leaf_index(State, "caffeine.gut")
_SWALLOWED = ADD + leaf_index(State, "gut.swallowed")
_LED, _SCREEN = MELANOPIC_RATIOS["led"], MELANOPIC_RATIOS["screen"]
_MEAL_AT = np.array([round(60.0 * at) for at, _ in DEFAULT_MEALS])
_MEAL_SHARE = np.array([share for _, share in DEFAULT_MEALS])
_BY_DAY = INDOOR_LUX * _LED
_EXERCISE_RANK = tuple(EXERCISE_ORDER.index(day) for day in range(7))
_DRINKING_RANK = tuple(DRINKING_ORDER.index(day) for day in range(7))
_CHANNELS = 512
"""More than there are channels: a minute of the week and a channel make one sorting key."""


class Weeks(NamedTuple):
    """The weeks of people: person k's events are `begins[k]` to `begins[k + 1]` of the others.

    Time in hours from Monday 00:00, [0, 168), channel as in `engine.channels`, value; sorted by
    time, channel and value within each person. The chance arousal of a night is not among them.
    """

    begins: np.ndarray
    time: np.ndarray
    channel: np.ndarray
    value: np.ndarray


def weeks_of(people: People, plan: CheckedPlan | None) -> Weeks:
    """Everyone's week, with `plan` beside what they take anyway.

    Raises `InvalidInput` for a plan that is not the same in every week.
    """
    args = _people(pattern_of(people)), Events(*_own_supplement()), plan_week(plan)
    counts = _count(*args)
    begins = np.concatenate([[0], np.cumsum(counts)])
    weeks = Weeks(
        begins=begins,
        time=np.empty(begins[-1]),
        channel=np.empty(begins[-1], np.int64),
        value=np.empty(begins[-1]),
    )
    _fill(*args, *weeks)
    return weeks


@cache
def _calendar() -> Timeline:
    """A time line in universal time whose first day is a Monday."""
    return Timeline(read_document({"bedtime": "23:00", "rise": "07:00"}, Habits), _MONDAY)


def _week_of_doses(taken: tuple[Dose, ...]) -> Events:
    """Events of a week's doses, in hours of the week, as much dissolving as is typical."""
    line = _calendar()
    found = dose_events(line, taken, dissolved_share)
    hours = ((round(60.0 * (time - line.begin)) % _WEEK) / 60.0 for time, _, _ in found)
    return merge([(at, *event[1:]) for at, event in zip(hours, found, strict=True)])


@cache
def _own_supplement() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A week of one milligram a day of people's own supplement: time, channel, value."""
    daily = (Dose(d, SUPPLEMENT_AT, "magnesium", 1.0, SUPPLEMENT_FORM, True) for d in range(7))
    return tuple(_week_of_doses(tuple(daily)))  # type: ignore[return-value]


def require_same_weeks(regimen: Regimen) -> None:
    """Raise `InvalidInput` for a regimen that is not the same in every week."""
    for k, intake in enumerate(regimen.intakes):
        for field, plain in (("start_day", 1), ("end_day", None), ("missed_days", ())):
            given = getattr(intake, field)
            if given != plain:
                fix = "a population lives the same week over and over: remove it"
                raise InvalidInput.field(f"regimen.intakes[{k}].{field}", given, str(plain), fix)


def plan_week(plan: CheckedPlan | None) -> Events:
    """A week of a plan's doses as events, or `InvalidInput` if its weeks differ."""
    if plan is None:
        return _week_of_doses(())
    require_same_weeks(plan.regimen)
    first = plan.taken.first_weekday
    week = (dose._replace(day=(first + dose.day) % 7) for dose in plan.taken.within(7))
    return _week_of_doses(tuple(week))


# --- compiled: one person's week in a buffer ------------------------------------------------------


class _People(NamedTuple):
    """The pattern in whole minutes, as the compiled code reads it."""

    night: np.ndarray
    """Lights-out and rise of the seven evenings, minutes from Monday 00:00 (people, 7, 2)."""
    before: np.ndarray
    """Minutes before a screen until lights-out."""
    light: np.ndarray
    """Melanopic light in the evening and before a screen (people, 2)."""
    cups: np.ndarray
    """Minutes of cups on work and free days (people, 2, 6)."""
    exercise: np.ndarray
    drinking: np.ndarray
    """First minute and length of exercise and of drinking (people, 2)."""
    rate: np.ndarray
    """Alcohol while drinking, g/h."""
    meals: np.ndarray
    """Magnesium of the meals, mmol (people, meals)."""
    stress: np.ndarray
    exercise_days: np.ndarray
    drinking_days: np.ndarray
    cup_count: np.ndarray
    cup_mg: np.ndarray
    supplement_mg: np.ndarray


def _minutes(hours: np.ndarray) -> np.ndarray:
    return np.rint(60.0 * hours).astype(np.int64)


def _people(p: Pattern) -> _People:
    """The pattern in whole minutes."""
    free = np.isin(np.arange(7), FREE_EVENINGS)
    bed = np.where(free, p.bed_free[:, None], p.bed_work[:, None])
    rise = np.where(free, p.rise_free[:, None], p.rise_work[:, None]) + 24.0
    night = _minutes(np.stack([bed, rise], axis=2)) + _DAY * np.arange(7)[None, :, None]
    exercise = np.full(len(p.stress), round(60.0 * EXERCISE_AT))
    return _People(
        night=night,
        before=_minutes(p.screen_hours),
        light=np.stack([p.evening_lux * _LED, p.screen_lux * _SCREEN], axis=1),
        cups=cup_times(p),
        exercise=np.stack([exercise, np.rint(p.exercise_minutes).astype(np.int64)], axis=1),
        drinking=np.stack([_minutes(p.drinking_at), _minutes(p.drinking_hours)], axis=1),
        rate=p.drinking_grams / p.drinking_hours,
        meals=_MEAL_SHARE * p.food_mg[:, None] / MAGNESIUM_MOLAR_MASS,
        stress=p.stress,
        exercise_days=p.exercise_days,
        drinking_days=p.drinking_days,
        cup_count=p.cups,
        cup_mg=p.cup_mg,
        supplement_mg=p.supplement_mg,
    )


@njit(cache=True)
def _put(keys, values, n, minute, channel, value):  # noqa: ANN001, ANN202 - numba types them
    """Write an event, folded into the week; returns the number of events."""
    if minute >= _WEEK:
        minute -= _WEEK
    keys[n] = minute * _CHANNELS + channel
    values[n] = value
    return n + 1


@njit(cache=True)
def _light_at(minute, bed, next_bed, before, light):  # noqa: ANN001, ANN202
    """Melanopic light out of bed [lux], between the lights-outs of two evenings."""
    if bed - before <= minute < bed or next_bed - before <= minute < next_bed:
        return light[1]
    return _BY_DAY if 300 <= minute % _DAY < 1140 else light[0]


@njit(cache=True)
def _put_light(bed, rise, next_bed, before, light, start, keys, values, n):  # noqa: ANN001, ANN202
    """Changes of light out of bed, on the day that begins at minute `start`."""
    edges = (start, start + 300, start + 1140, bed - before, bed, next_bed - before, next_bed)
    last, at = -1.0, start - 1
    while True:
        soonest = start + _DAY
        for edge in edges:
            if at < edge < soonest:
                soonest = edge
        at = soonest
        if at == start + _DAY:
            return n
        lux = _light_at(at, bed, next_bed, before, light)
        # At rise the light is set anyway.
        if lux != last and not bed <= at <= rise and at < next_bed:
            n = _put(keys, values, n, at, _LIGHT, lux)
        last = lux


@njit(cache=True)
def _put_night(p, i, day, keys, values, n):  # noqa: ANN001, ANN202
    """The night that ends on a day, the one that begins on its evening, and the light between."""
    before, light = p.before[i], p.light[i]
    back = _WEEK if day == 0 else 0
    bed, rise = p.night[i, day - 1, 0] - back, p.night[i, day - 1, 1] - back
    next_bed = p.night[i, day, 0]
    n = _put(keys, values, n, rise, RISE, 0.0)
    n = _put(keys, values, n, rise, _LIGHT, _light_at(rise, bed, next_bed, before, light))
    n = _put_light(bed, rise, next_bed, before, light, day * _DAY, keys, values, n)
    n = _put(keys, values, n, next_bed, LIGHTS_OUT, 0.0)
    return _put(keys, values, n, next_bed, _LIGHT, 0.0)


@njit(cache=True)
def _put_day(p, i, day, keys, values, n):  # noqa: ANN001, ANN202
    """Meals, caffeine, stress, exercise, alcohol of a day."""
    start = day * _DAY
    for k in range(len(_MEAL_AT)):
        if p.meals[i, k] > 0.0:
            n = _put(keys, values, n, start + _MEAL_AT[k], _SWALLOWED, p.meals[i, k])
    free = day in FREE_MORNINGS
    for k in range(p.cup_count[i]):
        at = p.cups[i, 1 if free else 0, k]
        n = _put(keys, values, n, start + at, _CAFFEINE, p.cup_mg[i])
    stress = p.stress[i]
    if stress > 0.0 and not free:
        end = start + 60 * STRESS[1]
        n = _put(keys, values, n, start + 60 * STRESS[0], _STRESS, stress)
        n = _put(keys, values, n, end, _STRESS, 0.5 * stress)
        n = _put(keys, values, n, end + 60, _STRESS, 0.25 * stress)
        n = _put(keys, values, n, end + 120, _STRESS, 0.0)
    if _EXERCISE_RANK[day] < p.exercise_days[i]:
        begin = start + p.exercise[i, 0]
        n = _put(keys, values, n, begin, _EXERCISE, INTENSITY)
        n = _put(keys, values, n, begin + p.exercise[i, 1], _EXERCISE, 0.0)
    if _DRINKING_RANK[day] < p.drinking_days[i]:
        begin = start + p.drinking[i, 0]
        n = _put(keys, values, n, begin, _DRINKING, p.rate[i])
        n = _put(keys, values, n, begin + p.drinking[i, 1], _DRINKING, 0.0)
    return n


@njit(cache=True)
def _put_doses(doses, day, scale, keys, values, n):  # noqa: ANN001, ANN202
    """The doses of a day, `scale` times as large."""
    for k in range(len(doses.time)):
        if 24.0 * day <= doses.time[k] < 24.0 * (day + 1):
            at = np.int64(round(60.0 * doses.time[k]))
            n = _put(keys, values, n, at, doses.channel[k], doses.value[k] * scale)
    return n


@njit(cache=True)
def _put_week(p, i, own, regimen, keys, values):  # noqa: ANN001, ANN202
    """Everything of one person's week, day by day; returns the number of events."""
    n = 0
    for day in range(7):
        n = _put_night(p, i, day, keys, values, n)
        n = _put_day(p, i, day, keys, values, n)
        if p.supplement_mg[i] > 0.0:
            n = _put_doses(own, day, p.supplement_mg[i], keys, values, n)
        n = _put_doses(regimen, day, 1.0, keys, values, n)
    return n


@njit(cache=True)
def _sort(keys, values, n):  # noqa: ANN001, ANN202
    """Sort events in place by time, channel and value."""
    for a in range(1, n):
        key, value = keys[a], values[a]
        b = a
        while b > 0 and (keys[b - 1] > key or (keys[b - 1] == key and values[b - 1] > value)):
            keys[b], values[b] = keys[b - 1], values[b - 1]
            b -= 1
        keys[b], values[b] = key, value


@njit(cache=True, parallel=True)
def _count(p, own, regimen):  # noqa: ANN001, ANN202
    """Number of events of each person."""
    counts = np.empty(len(p.before), np.int64)
    for i in prange(len(p.before)):
        keys = np.empty(_MOST + len(regimen.time), np.int64)
        values = np.empty(len(keys))
        counts[i] = _put_week(p, np.int64(i), own, regimen, keys, values)
    return counts


@njit(cache=True, parallel=True)
def _fill(p, own, regimen, begins, time, channel, value):  # noqa: ANN001, ANN202
    """Write everyone's events, sorted."""
    for i in prange(len(p.before)):
        keys = np.empty(_MOST + len(regimen.time), np.int64)
        values = np.empty(len(keys))
        n = _put_week(p, np.int64(i), own, regimen, keys, values)
        _sort(keys, values, n)
        start = begins[i]
        for k in range(n):
            time[start + k] = (keys[k] // _CHANNELS) / 60.0
            channel[start + k] = keys[k] % _CHANNELS
            value[start + k] = values[k]
