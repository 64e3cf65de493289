"""How many sleep short or badly: virtual people beside Americans, by sex and age.

Prevalence is an output: nobody's sleep is set, only when they lie down and get up. The American
figures are what people told interviewers of NHANES 2009-2012: their usual sleep on work days in
whole hours, and whether they had told a doctor of trouble sleeping. What people tell is not what
is measured: on average 0.8 h more, and it follows measured sleep weakly (lauderdale2008). So each
outcome is given twice, of the hours `slept` and of the hours `told` by that published relation.

Trouble of virtual people is to lie awake long before falling asleep (lichstein2003): not the
question NHANES asked. Waking later is left out, because a recording counts many minutes awake that
a good sleeper never tells of.
"""

import csv
import io
import math
from functools import cache
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import ndtr

from somnesium.population.covariates import WORDS, Table
from somnesium.sources import packaged_text

_SLOW_NIGHTS = 3.0 / 7.0
"""Share of slow nights from which someone has trouble: three a week (lichstein2003)."""
_Z = 1.959963984540054
"""Standard normal quantile of a 95 % interval."""
_MEASURED, _TOLD, _SLOPE = 6.0, 6.8, 34.0 / 60.0
"""Mean hours measured and told, and hours told more for an hour measured (lauderdale2008)."""
_TOLD_SD = 1.17
"""Spread of the hours told about that line, from a correlation of 0.47 (lauderdale2008) where
measured sleep differs by 1.1 h between people (judgement#as-between-virtual-people)."""

OUTCOMES = {
    "short": ("p_lt7", "less than 7 h on work nights, in whole hours"),
    "very_short": ("p_le5", "5 h or less on work nights, in whole hours"),
    "long": ("p_ge9", "9 h or more on work nights, in whole hours"),
    "trouble": ("sleep_trouble", "over 30 min to fall asleep on 3 nights a week or more"),
}
"""Outcome: column of the American table, and what it means here."""
_WHOLE_HOURS = {"short": (-math.inf, 6.5), "very_short": (-math.inf, 5.5), "long": (8.5, math.inf)}
"""Hours that people round into each outcome."""


class Prevalence(NamedTuple):
    """An outcome among people of one sex and age, with a 95 % interval, and the American figure.

    `of` is `slept` or `told`. The interval is of drawing people (Wilson, of the effective number
    behind the weights); NaN where nobody is of that kind. `reported` is of `reporters` interviewed.
    """

    outcome: str
    of: Literal["slept", "told"]
    sex: str
    ages: str
    people: int
    share: float
    low: float
    high: float
    reported: float
    reporters: int


@cache
def _reported() -> tuple[dict[str, str], ...]:
    """The rows of the American table."""
    return tuple(csv.DictReader(io.StringIO(packaged_text("population/nhanes.csv"))))


def prevalence(persons: Table, world: str = "without") -> list[Prevalence]:
    """Every outcome in a world, by sex and age band of the American table.

    `persons` has the columns of `persons/`; those who slept no night before work are left out.
    """
    hours, slow = f"work_night_hours_{world}", f"slow_nights_{world}"
    names = ("sex", "age", "weight", hours, slow)
    known = {name: persons[name][np.isfinite(persons[hours])] for name in names}
    age = known["age"]
    chances = _chances(known[hours], known[slow])
    rows = []
    for row in _reported():
        first, last = (int(age) for age in row["age"].split("-"))
        oldest = math.inf if last == 80 else last + 1  # ages are top-coded at 80
        here = (known["sex"] == WORDS["sex"].index(row["sex"])) & (age >= first) & (age < oldest)
        ages = f"{first}+" if math.isinf(oldest) else row["age"]
        for (outcome, of), chance in chances.items():
            share, low, high = _wilson(chance[here], known["weight"][here])
            reported = float(row[OUTCOMES[outcome][0]])
            number = int(here.sum())
            rows.append(
                Prevalence(
                    outcome, of, row["sex"], ages, number, share, low, high, reported, int(row["n"])
                )
            )
    return rows


def _chances(
    hours: np.ndarray, slow: np.ndarray
) -> dict[tuple[str, Literal["slept", "told"]], np.ndarray]:
    """Whether each person has each outcome, or with what chance they tell so."""
    told = _TOLD + _SLOPE * (hours - _MEASURED)
    chances: dict[tuple[str, Literal["slept", "told"]], np.ndarray] = {}
    for outcome, (low, high) in _WHOLE_HOURS.items():
        chances[outcome, "slept"] = ((hours >= low) & (hours < high)).astype(float)
        chances[outcome, "told"] = ndtr((high - told) / _TOLD_SD) - ndtr((low - told) / _TOLD_SD)
    chances["trouble", "slept"] = (slow >= _SLOW_NIGHTS).astype(float)
    return chances


def _wilson(chance: np.ndarray, weight: np.ndarray) -> tuple[float, float, float]:
    """A weighted share and its 95 % Wilson interval; NaN of nobody."""
    total = float(weight.sum())
    if not total > 0.0:
        return math.nan, math.nan, math.nan
    share = float(weight @ chance) / total
    number = total**2 / float(weight @ weight)
    middle = (share + _Z**2 / (2.0 * number)) / (1.0 + _Z**2 / number)
    spread = math.sqrt(share * (1.0 - share) / number + _Z**2 / (4.0 * number**2))
    half = _Z * spread / (1.0 + _Z**2 / number)
    return share, max(middle - half, 0.0), min(middle + half, 1.0)
