"""Changes of habit that are not magnesium, each as changed `Habits`, where they change anything."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from somnesium.answers.plan.day import earliest_bed
from somnesium.person.habits import WEEKDAYS, Exercise, Habits, Light, WeekTimes, night_window
from somnesium.person.person import Person
from somnesium.quantity import clock_hours, clock_text

_DIM_LUX = 10.0
_DIM_HOURS, _CALM_HOURS, _CAFFEINE_HOURS, _EXERCISE_HOURS = 2.0, 3.0, 10.0, 6.0
_WEEKLY_EXERCISE = 150.0
_LESS_IN_BED, _LEAST_IN_BED = 0.75, 6.0
_NOT_SHORTER = ("epilepsy", "bipolar_disorder", "sleepwalking", "sleep_apnoea")


def _clock(hours: float) -> str:
    return clock_text((round(4.0 * hours) / 4.0) % 24.0)


def _screens_off(habits: Habits) -> Habits | None:
    """Dim lamps from two hours before the earliest bedtime to the latest."""
    begin = earliest_bed(habits) - _DIM_HOURS
    end = max(night_window(habits, day)[0] for day in range(7))
    if end - begin >= 24.0 or (habits.evening_lux <= _DIM_LUX and not habits.light):
        return None
    dim = Light.model_validate(
        {"from": _clock(begin), "to": _clock(end), "lux": _DIM_LUX, "source": "incandescent"}
    )
    return habits.model_copy(update={"light": (*habits.light, dim)})


def _caffeine_earlier(habits: Habits) -> Habits | None:
    """Caffeine of the ten hours before bed goes to ten hours before bed."""
    bed = earliest_bed(habits)
    moved = tuple(
        one.model_copy(update={"at": _clock(bed - _CAFFEINE_HOURS)})
        if (bed - clock_hours(one.at)) % 24.0 < _CAFFEINE_HOURS and one.amount_mg > 0.0
        else one
        for one in habits.caffeine
    )
    return None if moved == habits.caffeine else habits.model_copy(update={"caffeine": moved})


def _caffeine_less(habits: Habits) -> Habits | None:
    """Half of every serving."""
    if sum(one.amount_mg for one in habits.caffeine) == 0.0:
        return None
    half = tuple(
        one.model_copy(update={"servings": one.servings / 2.0})
        if one.mg is None
        else one.model_copy(update={"mg": one.mg / 2.0})
        for one in habits.caffeine
    )
    return habits.model_copy(update={"caffeine": half})


def _no_alcohol(habits: Habits) -> Habits | None:
    drunk = sum(one.amount_g for one in habits.alcohol)
    return habits.model_copy(update={"alcohol": ()}) if drunk > 0.0 else None


def _exercise(habits: Habits) -> Habits | None:
    """Half an hour on weekdays, unless 150 minutes a week are done."""
    if sum(one.minutes * len(one.days) for one in habits.exercise) >= _WEEKLY_EXERCISE:
        return None
    at = _clock(earliest_bed(habits) - _EXERCISE_HOURS)
    more = Exercise(at=at, minutes=30.0, intensity=0.55, days=WEEKDAYS[:5])
    return habits.model_copy(update={"exercise": (*habits.exercise, more)})


def _regular_times(habits: Habits) -> Habits | None:
    """The week's mean bedtime and rise on every day, where they vary by more than half an hour."""
    windows = [night_window(habits, day) for day in range(7)]
    spreads = [max(side) - min(side) for side in zip(*windows, strict=True)]
    if max(spreads) <= 0.5 or max(spreads) > 6.0:
        return None
    bed, rise = (WeekTimes(default=_clock(sum(side) / 7.0)) for side in zip(*windows, strict=True))
    return habits.model_copy(update={"bedtime": bed, "rise": rise})


def _wind_down(habits: Habits) -> Habits | None:
    """Half the stress of stretches that reach into the last three hours before bed."""
    bed = earliest_bed(habits)
    calm = tuple(
        one.model_copy(update={"level": one.level / 2.0})
        if (bed - clock_hours(one.to)) % 24.0 < _CALM_HOURS and one.level > 0.0
        else one
        for one in habits.stress
    )
    return None if calm == habits.stress else habits.model_copy(update={"stress": calm})


def _shorter_bed(habits: Habits) -> Habits | None:
    """Later to bed by three quarters of an hour, never less than six hours in bed."""
    windows = [night_window(habits, day) for day in range(7)]
    if min(rise - bed for bed, rise in windows) - _LESS_IN_BED < _LEAST_IN_BED:
        return None
    later = [bed + _LESS_IN_BED for bed, _ in windows]
    if any((bed >= 30.0) != (new >= 30.0) for (bed, _), new in zip(windows, later, strict=True)):
        return None
    times = {day: _clock(new) for day, new in zip(WEEKDAYS, later, strict=True)}
    return habits.model_copy(update={"bedtime": WeekTimes.model_validate(times)})


CHANGES: Mapping[str, Callable[[Habits], Habits | None]] = MappingProxyType(
    {
        "screens_off": _screens_off,
        "caffeine_earlier": _caffeine_earlier,
        "caffeine_less": _caffeine_less,
        "no_alcohol": _no_alcohol,
        "exercise": _exercise,
        "regular_times": _regular_times,
        "wind_down": _wind_down,
        "shorter_bed": _shorter_bed,
    }
)
"""Each change of habit by its key in `plan.toml`; None where it would change nothing."""


def habit_changes(person: Person, habits: Habits) -> dict[str, Habits]:
    """The habits after each change that applies to this person.

    Less time in bed is a part of a treatment (trauer2015): it is told only to people with
    insomnia, and not where lost sleep is dangerous (judgement#shorter-bed).
    """
    found = {key: changed for key, change in CHANGES.items() if (changed := change(habits))}
    troubled = person.insomnia != "none" or (person.isi or 0) >= 8
    if not troubled or any(one in person.conditions for one in _NOT_SHORTER):
        found.pop("shorter_bed", None)
    return found
