"""Groups of people that summaries are told for: by age, sex and insomnia."""

from collections.abc import Iterator
from itertools import product

import numpy as np
import pyarrow as pa

from somnesium.population.covariates import COVARIATES

AGE_BANDS = ((18, 29), (30, 39), (40, 49), (50, 59), (60, 69), (70, 120))
"""First and last whole year of each age band; younger people count to the first."""
SEXES = COVARIATES["sex"].names
"""Sexes, in order."""
INSOMNIA = COVARIATES["insomnia"].names
"""Grades of insomnia, in order."""

CELLS = len(AGE_BANDS) * len(SEXES) * len(INSOMNIA)
"""Number of disjoint cells."""

GROUPINGS = ((), ("sex",), ("age",), ("age", "sex"), ("insomnia",))
"""By what people are grouped: everyone, and by each of these together."""


def cells_of(persons: pa.Table) -> np.ndarray:
    """The cell of each person (n, int64), from the columns `age`, `sex` and `insomnia`."""
    begins = np.array([band[0] for band in AGE_BANDS[1:]])
    age = np.searchsorted(begins, persons["age"].to_numpy(), "right")
    return (age * len(SEXES) + _grade(persons["sex"])) * len(INSOMNIA) + _grade(persons["insomnia"])


def _grade(column: pa.ChunkedArray) -> np.ndarray:
    """Numbers of a column of words, as `covariates` numbers them."""
    return column.combine_chunks().indices.to_numpy().astype(np.int64)


def groups() -> Iterator[tuple[dict[str, str], np.ndarray]]:
    """Every group: what its people have in common, and its cells (booleans, CELLS)."""
    ages = [f"{first}-{last}" if last < 100 else f"{first}+" for first, last in AGE_BANDS]
    values = {"age": ages, "sex": list(SEXES), "insomnia": list(INSOMNIA)}
    cells = [dict(zip(values, found, strict=True)) for found in product(*values.values())]
    for grouping in GROUPINGS:
        for chosen in product(*(values[name] for name in grouping)):
            wanted = dict(zip(grouping, chosen, strict=True))
            yield wanted, np.array([wanted.items() <= cell.items() for cell in cells])
