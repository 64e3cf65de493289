"""How covariates become a week: what is done at which clock time.

The compiled weeks and the documents of one person are both made from this, so that they agree.
Shift work, naps and travel are left out.
"""

from typing import NamedTuple

import numpy as np

from somnesium.person.habits import GRAMS_PER_DRINK, INTENSITIES, MELANOPIC_RATIOS, Habits
from somnesium.population.drawing import minute
from somnesium.population.people import People

FREE_EVENINGS = (4, 5)
"""Evenings before free days: Friday and Saturday (definition#work-week)."""
FREE_MORNINGS = (5, 6)
"""Free days: Saturday and Sunday."""
STRESS = (9, 17)
"""Clock hours between which working days are stressful (judgement#working-hours)."""
EXERCISE_AT = 17.5
"""Clock hour at which exercise begins (judgement#after-work)."""
EXERCISE_ORDER = (0, 2, 4, 5, 1, 3, 6)
"""Weekdays that exercise is put on, the first days first (judgement#exercise-days)."""
DRINKING_ORDER = (5, 4, 6, 3, 2, 1, 0)
"""Weekdays that drinking is put on, the first days first (judgement#drinking-days)."""
SUPPLEMENT_AT = 8.0
"""Clock hour of a person's own supplement, with breakfast (judgement#with-breakfast)."""
SUPPLEMENT_FORM = "oxide"
"""Form of magnesium in most multivitamins (judgement#multivitamins)."""
INDOOR_LUX = float(Habits.model_fields["indoor_lux"].default)
"""Photopic light by day."""
INTENSITY = INTENSITIES["moderate"]
"""Intensity of exercise."""

_SCREEN_LUX = 30.0
"""Light of a screen at the eye, photopic lux (chang2015#about-30-lux)."""
_BEFORE_BED = 4.0
"""Hours before lights-out that drinking begins (judgement#evening-drinks)."""
_FIRST_CUP = 0.75
"""Hours after rise of the first cup (judgement#first-cup)."""
_LAST_MINUTE = 24.0 - 1.0 / 60.0


class Pattern(NamedTuple):
    """The week of each person in clock hours and amounts, one entry a person."""

    bed_work: np.ndarray
    rise_work: np.ndarray
    bed_free: np.ndarray
    rise_free: np.ndarray
    evening_lux: np.ndarray
    screen_lux: np.ndarray
    """Photopic lux of the kind of a screen: the room and the screen together."""
    screen_hours: np.ndarray
    stress: np.ndarray
    exercise_days: np.ndarray
    exercise_minutes: np.ndarray
    drinking_days: np.ndarray
    drinking_at: np.ndarray
    drinking_hours: np.ndarray
    drinking_grams: np.ndarray
    cups: np.ndarray
    cup_mg: np.ndarray
    cup_first: np.ndarray
    cup_last: np.ndarray
    cup_shift: np.ndarray
    """Hours by which cups are later on free days."""
    food_mg: np.ndarray
    supplement_mg: np.ndarray


def pattern_of(people: People) -> Pattern:
    """The week of each person. Clock times are on whole minutes."""
    drinks = people.alcohol_drinks
    room = MELANOPIC_RATIOS["led"] / MELANOPIC_RATIOS["screen"]
    first = np.clip(people.rise_work + _FIRST_CUP, 0.0, _LAST_MINUTE)
    return Pattern(
        bed_work=people.bed_work,
        rise_work=people.rise_work,
        bed_free=people.bed_free,
        rise_free=people.rise_free,
        evening_lux=people.evening_lux,
        screen_lux=people.evening_lux * room + _SCREEN_LUX,
        screen_hours=people.screen_hours,
        stress=people.stress,
        exercise_days=people.exercise_days.astype(np.int64),
        exercise_minutes=people.exercise_minutes,
        drinking_days=np.where(drinks > 0.0, people.alcohol_days, 0).astype(np.int64),
        drinking_at=minute(np.minimum(people.bed_work - _BEFORE_BED, _LAST_MINUTE)),
        drinking_hours=np.clip(drinks, 1.0, 5.0),
        drinking_grams=drinks * GRAMS_PER_DRINK,
        cups=people.caffeine_cups.astype(np.int64),
        cup_mg=people.caffeine_mg / np.maximum(people.caffeine_cups, 1),
        cup_first=minute(first),
        cup_last=minute(np.maximum(first, people.caffeine_last)),
        cup_shift=minute(people.rise_free - people.rise_work),
        food_mg=people.food_mg,
        supplement_mg=people.supplement_mg,
    )


def cup_times(pattern: Pattern) -> np.ndarray:
    """Clock minutes of up to six cups on work and free days: int64 (people, 2, 6).

    Spread evenly from the first to the last; only the first `cups` of each person count.
    """
    number = np.arange(6)
    gaps = np.maximum(pattern.cups - 1, 1)
    first, last = 60.0 * pattern.cup_first, 60.0 * pattern.cup_last
    work = first[:, None] + ((last - first) / gaps)[:, None] * number
    free = work + 60.0 * pattern.cup_shift[:, None]
    both = np.rint(np.stack([work, free], axis=1)).astype(np.int64)
    return np.clip(both, 0, 1439)
