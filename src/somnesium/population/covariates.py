"""The covariates of a virtual person: their order, units, allowed ranges and words.

Numbers have a range, counts are whole; grades are whole numbers from 0 that stand for words; flags
are true or false. Clock hours of bedtimes pass midnight: 25.5 is 01:30.
"""

from typing import Literal, NamedTuple

import numpy as np

from somnesium.errors import InvalidInput
from somnesium.person.document import near_miss


class Covariate(NamedTuple):
    """What a covariate is. `log`: its spread is log-normal; `names` are the words of a grade."""

    kind: Literal["number", "count", "grade", "flag"]
    unit: str
    meaning: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    names: tuple[str, ...] = ()


def _number(unit: str, meaning: str, low: float, high: float, log: bool = False) -> Covariate:
    return Covariate("number", unit, meaning, low, high, log)


def _count(unit: str, meaning: str, high: float) -> Covariate:
    return Covariate("count", unit, meaning, 0.0, high)


def _grade(meaning: str, *names: str) -> Covariate:
    return Covariate("grade", "–", meaning, 0.0, len(names) - 1.0, names=names)


def _flag(meaning: str) -> Covariate:
    return Covariate("flag", "–", meaning)


COVARIATES: dict[str, Covariate] = {
    "age": _number("y", "age", 18, 90),
    "sex": _grade("sex", "female", "male"),
    "mass_kg": _number("kg", "body mass", 35, 250, log=True),
    "height_cm": _number("cm", "height", 130, 215),
    "egfr": _number("mL/min/1.73 m²", "kidney filtration", 5, 160),
    "diabetes": _grade("diabetes", "none", "prediabetes", "type_2", "type_1"),
    "gut_disease": _flag("inflammatory bowel or coeliac disease"),
    "bowel_resection": _flag("part of the bowel removed"),
    "bariatric_surgery": _flag("bariatric surgery"),
    "chronic_diarrhoea": _flag("loose stools as a rule"),
    "alcohol_use_disorder": _flag("moderate or severe alcohol use disorder"),
    "smoker": _flag("smokes cigarettes"),
    "ppi": _flag("takes a proton pump inhibitor"),
    "thiazide": _flag("takes a thiazide"),
    "potassium_sparing": _flag("takes a potassium-sparing diuretic"),
    "wasting_medicine": _flag("takes a medicine that makes the kidney lose magnesium"),
    "insomnia": _grade("insomnia", "none", "mild", "moderate", "severe"),
    "chronotype_hours": _number("h", "body clock later (+) than average", -4, 4),
    "stress": _number("1", "stress of working hours", 0, 1),
    "food_mg": _number("mg/d", "usual magnesium from food", 20, 1500, log=True),
    "supplement_mg": _number("mg/d", "own magnesium supplement", 0, 1000, log=True),
    "bed_work": _number("h", "lights-out before work days", 19, 29.9),
    "rise_work": _number("h", "rise on work days", 0, 16),
    "bed_free": _number("h", "lights-out before free days", 19, 29.9),
    "rise_free": _number("h", "rise on free days", 0, 16),
    "caffeine_mg": _number("mg/d", "caffeine", 0, 1000, log=True),
    "caffeine_cups": _count("1/d", "cups it is drunk in", 6),
    "caffeine_last": _number("h", "last cup", 4, 23),
    "alcohol_days": _count("1/week", "evenings with alcohol", 7),
    "alcohol_drinks": _number("1", "US standard drinks on such an evening", 0, 20, log=True),
    "exercise_days": _count("1/week", "days with exercise", 7),
    "exercise_minutes": _number("min", "exercise on such a day", 10, 180, log=True),
    "evening_lux": _number("lux", "room light from 19:00 (photopic)", 1, 1000, log=True),
    "screen_hours": _number("h", "before a screen until lights-out", 0, 4),
}
"""Every covariate by name, in the order of the columns of `People`."""

WORDS: dict[str, tuple[str, ...]] = {
    "world": ("without", "with"),
    **{name: what.names for name, what in COVARIATES.items() if what.kind == "grade"},
}
"""Words of the columns that hold words, as their place in this order."""

Table = dict[str, np.ndarray]
"""Columns of equal length by name; unknown numbers are NaN."""


def covariate(name: str, field: str) -> Covariate:
    """A covariate by name, or `InvalidInput` naming the `field` and the nearest name."""
    if name not in COVARIATES:
        raise InvalidInput.field(
            field, name, "a covariate: " + ", ".join(COVARIATES), near_miss(name, COVARIATES)
        )
    return COVARIATES[name]
