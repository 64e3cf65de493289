"""Weeks in which some things differ from day to day and the others are the same every day.

A lever is one thing that makes one night of a person unlike the next. Held, it is spread evenly
over the week: the same bedtimes every night, a seventh of the week's drinks every evening, the
mean of meals, cups, light and stress. Work days, free days, evenings with alcohol and days with
exercise are those of `population.pattern`; meals, cups, evening light and stress differ from one
day of the week to the next by a log-normal factor of mean one on top of that.
"""

from typing import NamedTuple

import numpy as np

from somnesium.answers.intake.requirements import LifeStage
from somnesium.answers.intake.usual import day_to_day
from somnesium.body.assembly import Inputs, State
from somnesium.engine.channels import ADD, SET
from somnesium.engine.lanes import leaf_index
from somnesium.engine.randomness import normals
from somnesium.person.diet import DEFAULT_MEALS
from somnesium.population.covariates import COVARIATES
from somnesium.population.drawing import minute
from somnesium.population.pattern import FREE_EVENINGS, FREE_MORNINGS, STRESS
from somnesium.population.people import People
from somnesium.population.weeks import Weeks, weeks_of
from somnesium.quantity import MAGNESIUM_MOLAR_MASS

CHANCE = "chance"
"""The lever of the nights' chance arousal."""
LEVERS: dict[str, str] = {
    "magnesium": "magnesium eaten",
    "light": "light in the evening",
    "caffeine": "caffeine",
    "alcohol": "alcohol",
    "stress": "stress",
    "schedule": "bedtimes of work and free nights",
    "exercise": "exercise",
    CHANCE: "chance, and what else differs",
}
"""What differs between nights, in order, in words."""

_FACTORS = ("magnesium", "light", "caffeine", "stress")
_DAYS = 12
"""Purpose of the random numbers of days."""
_LIGHT_SIGMA = 0.5
"""Log-normal spread of evening light from day to day (judgement#evening-light-day-to-day)."""
_CAFFEINE_SIGMA = 0.4
"""Log-normal spread of the amount of caffeine from day to day (judgement#caffeine-day-to-day)."""
_STRESS_SIGMA = 0.4
"""Log-normal spread of stress between working days (judgement#stress-day-to-day)."""
_MOST_CV = 1.0
"""Greatest coefficient of variation of magnesium eaten (judgement#small-eaters)."""

_LIGHT = SET + leaf_index(Inputs, "light")
_STRESS = SET + leaf_index(Inputs, "stress")
_CAFFEINE = ADD + leaf_index(State, "caffeine.gut")
_SWALLOWED = ADD + leaf_index(State, "gut.swallowed")
_DAWN, _DUSK = 5.0, 19.0
"""Clock hours between which light is that of the day, as in `population.weeks`."""
_CALMING = ((STRESS[0], 1.0), (STRESS[1], 0.5), (STRESS[1] + 1, 0.25), (STRESS[1] + 2, 0.0))
"""Clock hours and shares of the day's stress, as in `population.weeks`."""


class _More(NamedTuple):
    """Events to add: (people, events) of time in the week, channel, value."""

    time: np.ndarray
    channel: int
    value: np.ndarray


def _sigmas(people: People) -> np.ndarray:
    """Log-normal spread of each factor from day to day: (factors, people)."""
    sexes = COVARIATES["sex"].names
    stages = [
        day_to_day(LifeStage(max(float(age), 19.0), sexes[int(sex)])).sd_mg
        for age, sex in zip(people.age, people.sex, strict=True)
    ]
    cv = np.minimum(np.array(stages) / people.food_mg, _MOST_CV)
    others = [np.full(len(cv), s) for s in (_LIGHT_SIGMA, _CAFFEINE_SIGMA, _STRESS_SIGMA)]
    return np.stack([np.sqrt(np.log1p(cv**2)), *others])


def factors_of(people: People, seed: int) -> dict[str, np.ndarray]:
    """Factors of mean one on each day of the week, Monday first: (people, 7) by lever."""
    z = normals(seed, people.person, _DAYS, 0, 7 * len(_FACTORS))
    z = np.clip(z, -3.0, 3.0).reshape(len(people.person), len(_FACTORS), 7)
    return {
        name: np.exp(sigma[:, None] * z[:, k] - 0.5 * sigma[:, None] ** 2)
        for k, (name, sigma) in enumerate(zip(_FACTORS, _sigmas(people), strict=True))
    }


def _mean_week(work: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Mean over the seven nights of a week, on the whole minute."""
    share = len(FREE_EVENINGS) / 7.0
    return minute((1.0 - share) * work + share * free)


def _steady(people: People, on: dict[str, np.ndarray]) -> People:
    """People whose bedtimes, drinks and exercise are the same every day where not `on`."""
    bed = _mean_week(people.bed_work, people.bed_free)
    rise = _mean_week(people.rise_work, people.rise_free)
    changed = {
        "bed_work": (on["schedule"], bed),
        "bed_free": (on["schedule"], bed),
        "rise_work": (on["schedule"], rise),
        "rise_free": (on["schedule"], rise),
        "alcohol_drinks": (on["alcohol"], people.alcohol_drinks * people.alcohol_days / 7.0),
        "alcohol_days": (on["alcohol"], np.where(people.alcohol_days > 0, 7, 0)),
        "exercise_minutes": (
            on["exercise"],
            np.maximum(np.rint(people.exercise_minutes * people.exercise_days / 7.0), 1.0),
        ),
        "exercise_days": (on["exercise"], np.where(people.exercise_days > 0, 7, 0)),
    }
    columns = {
        name: np.where(vary, getattr(people, name), even) for name, (vary, even) in changed.items()
    }
    nothing = np.zeros(len(people.person))
    return people._replace(**columns, food_mg=nothing, stress=nothing)


def varied_weeks(
    people: People, on: dict[str, np.ndarray], factors: dict[str, np.ndarray]
) -> Weeks:
    """Weeks in which each person's levers differ between days where `on` (people,) says so."""
    daily = {name: np.where(on[name][:, None], factors[name], 1.0) for name in _FACTORS}
    weeks = _scaled(weeks_of(_steady(people, on), None), daily)
    return _with(weeks, [_meals(people, daily["magnesium"]), _stress(people, on["stress"], daily)])


def _scaled(weeks: Weeks, daily: dict[str, np.ndarray]) -> Weeks:
    """Cups and evening light times the factors of their days."""
    who = np.repeat(np.arange(len(weeks.begins) - 1), np.diff(weeks.begins))
    clock, value = weeks.time % 24.0, weeks.value.copy()
    evening = (weeks.channel == _LIGHT) & ((clock >= _DUSK) | (clock < _DAWN))
    for name, here, begins in (
        ("light", evening, _DAWN),
        ("caffeine", weeks.channel == _CAFFEINE, 0.0),
    ):
        day = np.floor((weeks.time[here] - begins) / 24.0).astype(np.int64) % 7
        value[here] *= daily[name][who[here], day]
    return weeks._replace(value=value)


def _meals(people: People, daily: np.ndarray) -> _More:
    """The magnesium of every meal of the week."""
    at, share = (np.array(column) for column in zip(*DEFAULT_MEALS, strict=True))
    mmol = people.food_mg / MAGNESIUM_MOLAR_MASS
    time = (24.0 * np.arange(7)[:, None] + at).reshape(-1)
    value = mmol[:, None, None] * daily[:, :, None] * share
    return _More(
        np.broadcast_to(time, (len(mmol), len(time))), _SWALLOWED, value.reshape(len(mmol), -1)
    )


def _stress(people: People, on: np.ndarray, daily: dict[str, np.ndarray]) -> _More:
    """The stress of working days, or as much every day; never above one."""
    work = (~np.isin(np.arange(7), FREE_MORNINGS)).astype(float)
    level = np.where(on[:, None], work, work.mean()) * daily["stress"] * people.stress[:, None]
    at, share = (np.array(column, float) for column in zip(*_CALMING, strict=True))
    time = (24.0 * np.arange(7)[:, None] + at).reshape(-1)
    value = np.minimum(level, 1.0)[:, :, None] * share
    return _More(
        np.broadcast_to(time, (len(level), len(time))), _STRESS, value.reshape(len(level), -1)
    )


def _with(weeks: Weeks, more: list[_More]) -> Weeks:
    """Weeks with further events, sorted."""
    people = len(weeks.begins) - 1
    who = [np.repeat(np.arange(people), np.diff(weeks.begins))]
    who += [np.repeat(np.arange(people), one.time.shape[1]) for one in more]
    time = np.concatenate([weeks.time, *(one.time.reshape(-1) for one in more)])
    channel = np.concatenate(
        [weeks.channel, *(np.full(one.time.size, one.channel) for one in more)]
    )
    value = np.concatenate([weeks.value, *(one.value.reshape(-1) for one in more)])
    person = np.concatenate(who)
    order = np.lexsort((value, channel, time, person))
    added = sum(one.time.shape[1] for one in more)
    begins = weeks.begins + added * np.arange(people + 1)
    return Weeks(begins, time[order], channel[order], value[order])
