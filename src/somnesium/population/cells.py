"""Groups of people in summaries: by age, sex and insomnia."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from somnesium.population.covariates import WORDS, Table

AGE_BANDS = ((18, 29), (30, 39), (40, 49), (50, 59), (60, 69), (70, 120))
"""First and last whole year of each age band; younger people count to the first."""
SEXES = WORDS["sex"]
"""Sexes, in order."""
INSOMNIA = WORDS["insomnia"]
"""Grades of insomnia, in order."""

CELLS = len(AGE_BANDS) * len(SEXES) * len(INSOMNIA)
"""Number of disjoint cells."""

GROUPINGS = ((), ("sex",), ("age",), ("age", "sex"), ("insomnia",))
"""By what people are grouped: everyone, and by each of these together."""


def cells_of(persons: Table) -> np.ndarray:
    """The cell of each person (n, int64), from the columns `age`, `sex` and `insomnia`."""
    begins = np.array([band[0] for band in AGE_BANDS[1:]])
    age = np.searchsorted(begins, persons["age"], "right")
    return (age * len(SEXES) + persons["sex"]) * len(INSOMNIA) + persons["insomnia"]


def groups() -> Iterator[tuple[dict[str, str], np.ndarray]]:
    """Every group: what its people have in common, and its cells (booleans, CELLS)."""
    ages = [f"{first}-{last}" if last < 100 else f"{first}+" for first, last in AGE_BANDS]
    values = {"age": ages, "sex": list(SEXES), "insomnia": list(INSOMNIA)}
    cells = [dict(zip(values, cell, strict=True)) for cell in product(*values.values())]
    for grouping in GROUPINGS:
        for chosen in product(*(values[name] for name in grouping)):
            wanted = dict(zip(grouping, chosen, strict=True))
            yield wanted, np.array([wanted.items() <= cell.items() for cell in cells])
