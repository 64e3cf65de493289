"""The document of a population: how many people, who they are, for how long."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, NamedTuple, Self

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.person.document import Document, Number, Whole, refuse, refuse_as
from somnesium.population.covariates import Covariate, covariate
from somnesium.population.drawing import Known, MeanSd
from somnesium.population.table import WEIGHT, numbers_of, read_columns, words_of


class Spread(Document):
    """Mean and standard deviation that replace the margin of a covariate, in its unit.

    Normal, or log-normal where the margin is; truncated to the covariate's range, so the mean of
    the people drawn lies a little inside of it.
    """

    mean: Number
    sd: Number


class Bounds(NamedTuple):
    """What a filter lets through: numbers from `low` to `high`, or any of `values`."""

    low: float = -math.inf
    high: float = math.inf
    values: tuple[float, ...] = ()

    def admit(self, column: np.ndarray) -> np.ndarray:
        """Whether each value passes (booleans)."""
        if self.values:
            return np.isin(column, self.values)
        return (column >= self.low) & (column <= self.high)


@dataclass(frozen=True, eq=False)
class Given:
    """The user's table as arrays: values by covariate (NaN is missing), weights, rows that pass.

    Not a tuple, because documents compare what is kept with them, and arrays do not compare.
    """

    values: dict[str, np.ndarray]
    weight: np.ndarray
    rows: np.ndarray


def _bounds(name: str, given: Any) -> Bounds:  # noqa: ANN401 - whatever the document says
    """A filter checked, or `InvalidInput`."""
    what = covariate(name, "filters")
    if what.kind in ("grade", "flag"):
        several = isinstance(given, list | tuple) and not given
        if several:
            raise InvalidInput.field(name, given, "at least one of " + ", ".join(what.names))
        words = words_of(name, given, what)
        codes = (what.names.index(word) if isinstance(word, str) else word for word in words)
        return Bounds(values=tuple(float(code) for code in codes))
    allowed = f"[low, high] within {say.typed(what.low)} to {say.typed(what.high)} {what.unit}"
    numbers = isinstance(given, list | tuple) and len(given) == 2
    if not numbers or not all(type(x) in (int, float) and math.isfinite(x) for x in given):
        raise InvalidInput.field(name, given, allowed)
    low, high = given
    if low > high:
        raise InvalidInput.field(name, list(given), allowed, "the range is upside down: swap them")
    if high < what.low or low > what.high:
        raise InvalidInput.field(name, list(given), allowed, "nobody lies in this range")
    return Bounds(float(low), float(high))


def _filters(given: object) -> object:
    """Refuse filters that are unknown or empty, as they stand in the document."""
    if not isinstance(given, Mapping):
        raise refuse("a table of covariates, such as { age = [60, 90] }")
    try:
        for name, value in given.items():
            _bounds(str(name), value)
    except InvalidInput as error:
        raise refuse_as(error) from None
    return dict(given)


def _check_spread(name: str, spread: Spread) -> None:
    """Refuse a mean outside of its range, or no spread at all."""
    what: Covariate = covariate(name, "spreads")
    if what.kind != "number":
        fix = "choose such people by filters instead"
        raise InvalidInput.field(name, what.kind, "a covariate that is a number", fix)
    low = max(what.low, 1e-6) if what.log else what.low
    if not low <= spread.mean <= what.high:
        raise InvalidInput.field(
            f"{name}.mean",
            spread.mean,
            f"from {say.typed(low)} to {say.typed(what.high)} {what.unit}",
        )
    most = what.high - what.low
    if not 0.0 < spread.sd <= most:
        fix = "a standard deviation is above zero"
        raise InvalidInput.field(f"{name}.sd", spread.sd, f"above 0, up to {say.typed(most)}", fix)


def _spreads(given: object) -> object:
    """Refuse unknown covariates and impossible spreads."""
    if not isinstance(given, Mapping):
        raise refuse("a table, such as { age = { mean = 65, sd = 8 } }")
    try:
        for name, value in given.items():
            spread = value if isinstance(value, Spread) else None
            if isinstance(value, Mapping) and set(value) == {"mean", "sd"}:
                numbers = [value["mean"], value["sd"]]
                if all(type(x) in (int, float) and math.isfinite(x) for x in numbers):
                    spread = Spread(mean=float(numbers[0]), sd=float(numbers[1]))
            covariate(str(name), "spreads")
            if spread is None:
                raise InvalidInput.field(str(name), value, "{ mean = …, sd = … }, two numbers")
            _check_spread(str(name), spread)
    except InvalidInput as error:
        raise refuse_as(error) from None
    return dict(given)


class PopulationSpec(Document):
    """A population: adults of the United States unless said otherwise.

    `filters` keep people by their covariates; `spreads` replace margins by mean and SD; `table`
    names people of your own (a .csv or .parquet file, or columns), whose missing cells are drawn.
    With a table, person k is row k; more people than rows begin again at the first row, with
    other bodies and other missing cells. A column `weight` is carried; `weights_sum`, if given, is
    what its weights must sum to.
    """

    name: str = Field(default="", max_length=200)
    people: Whole = Field(default=1000, ge=1, le=100_000_000, description="virtual people")
    days: Whole = Field(default=56, ge=7, le=366, description="days to simulate")
    seed: Whole = Field(default=1, ge=0, le=2**32 - 1, description="seed of the random numbers")
    filters: Annotated[dict[str, Any], BeforeValidator(_filters)] = Field(
        default={}, description="covariates and what is kept: [low, high], words, true or false"
    )
    spreads: Annotated[dict[str, Spread], BeforeValidator(_spreads)] = Field(
        default={}, description="mean and SD in place of the margin of a covariate"
    )
    table: dict[str, tuple[Any, ...]] | None = Field(
        default=None, description="people of your own: a file, columns or rows"
    )
    weights_sum: Number | None = Field(default=None, gt=0, description="sum of the weights")

    @model_validator(mode="before")
    @classmethod
    def _read_table(cls, document: Any) -> Any:  # noqa: ANN401 - before validation
        """Read the table; `people` is the number of its rows unless said otherwise."""
        if not isinstance(document, Mapping) or document.get("table") is None:
            return document
        try:
            table = read_columns(document["table"])
        except InvalidInput as error:
            raise refuse_as(error) from None
        rows = len(next(iter(table.values())))
        return {"people": rows, **document, "table": table}

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        """Refuse weights that do not sum, and a table of which no row passes the filters."""
        weights = None if self.table is None else self.table.get(WEIGHT)
        if self.weights_sum is not None:
            if weights is None:
                raise refuse("nothing without a weight column", "", "weights_sum", self.weights_sum)
            total = math.fsum(w or 0.0 for w in weights)
            if abs(total - self.weights_sum) > 1e-6 * self.weights_sum:
                allowed = f"{say.figures(total, 10)}, the sum of the weights"
                raise refuse(allowed, "correct one of them", "weights_sum", self.weights_sum)
        if self.table is not None and not len(self.given.rows):
            fix = "widen the filters"
            raise refuse("filters that some row of the table passes", fix, "filters", self.filters)
        return self

    @cached_property
    def bounds(self) -> dict[str, Bounds]:
        """The filters by covariate."""
        return {name: _bounds(name, value) for name, value in self.filters.items()}

    @cached_property
    def given(self) -> Given:
        """The table as arrays; no values and one row of weight 1 without a table."""
        if self.table is None:
            return Given({}, np.ones(1), np.zeros(1, np.int64))
        arrays = {name: numbers_of(name, cells) for name, cells in self.table.items()}
        weight = arrays.pop(WEIGHT, np.ones(len(next(iter(arrays.values()), ()))))
        passing = np.ones(len(weight), bool)
        for name, bounds in self.bounds.items():
            if name in arrays:
                passing &= np.isnan(arrays[name]) | bounds.admit(arrays[name])
        return Given(arrays, weight, np.flatnonzero(passing))

    def known(self, row: np.ndarray) -> Known:
        """What is known of people whose rows of the table these are."""
        values = {name: column[row] for name, column in self.given.values.items()}
        return Known(values, {n: MeanSd(s.mean, s.sd) for n, s in self.spreads.items()})
