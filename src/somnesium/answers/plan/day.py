"""The hours in which a person is awake every day, and the moments a pill can hang on."""

import math

from somnesium.person.diet import Diet
from somnesium.person.habits import Habits, night_window
from somnesium.quantity import clock_hours, clock_text

_QUARTERS = 96


def awake_quarters(habits: Habits) -> tuple[float, ...]:
    """Quarter hours [h after midnight] at which the person is up on all seven days, in order."""
    asleep = set()
    for day in range(7):
        bed, rise = night_window(habits, day)
        asleep |= {q % _QUARTERS for q in range(int(bed * 4), math.ceil(rise * 4))}
    return tuple(q / 4.0 for q in range(_QUARTERS) if q not in asleep)


def waking_window(habits: Habits) -> tuple[str, str] | None:
    """First and last clock time of the longest stretch awake on all days; None without one."""
    free = {round(4 * hour) for hour in awake_quarters(habits)}
    if len(free) == _QUARTERS or not free:
        return None if not free else ("00:00", "23:45")
    best = (0, 0)
    for begin in (q for q in free if (q - 1) % _QUARTERS not in free):
        length = 0
        while (begin + length) % _QUARTERS in free:
            length += 1
        best = max(best, (length, begin))
    length, begin = best
    return clock_text(begin / 4.0), clock_text(((begin + length - 1) % _QUARTERS) / 4.0)


def earliest_bed(habits: Habits) -> float:
    """Lights-out of the evening on which it is earliest, local h (may pass 24)."""
    return min(night_window(habits, day)[0] for day in range(7))


def _quarter(hours: float) -> float:
    return (round(4.0 * hours) / 4.0) % 24.0


def anchors(habits: Habits, diet: Diet) -> dict[str, float]:
    """Clock time [h] of breakfast, dinner, and an hour before bed, on quarter hours.

    Meals are the person's first after rising and last before bed, where stated; else half an hour
    after the latest rise and four hours before the earliest bedtime (judgement#plan-grid).
    """
    bed = earliest_bed(habits)
    rise = max(night_window(habits, day)[1] for day in range(7)) % 24.0
    since = sorted((clock_hours(meal.at) - rise) % 24.0 for meal in diet.meals)
    day = (bed - rise) % 24.0
    eaten = [hours for hours in since if hours <= day - 1.0]
    first, last = (eaten[0], eaten[-1]) if eaten else (0.5, max(0.5, day - 4.0))
    return {
        "breakfast": _quarter(rise + first),
        "dinner": _quarter(rise + last),
        "bed": _quarter(bed - 1.0),
    }
