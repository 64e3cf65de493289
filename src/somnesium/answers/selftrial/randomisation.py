"""The randomisation test: would chance have dealt an allocation that looks as good?

Under no effect the nights would have been the same whatever was allocated. So the estimate is
taken again under allocations drawn as the sealed one was drawn; the p value is the share that
look at least as good. It needs no model of the noise. With few periods it cannot be small.
"""

from typing import NamedTuple

import numpy as np

from somnesium.answers.selftrial.data import Series
from somnesium.answers.selftrial.exposure import exposure
from somnesium.answers.selftrial.noise import Noise
from somnesium.answers.selftrial.terms import Choices, Terms, terms
from somnesium.errors import InvalidInput

_DRAWS = 1999
_WORKING = Noise(0.3, 0.0)
_SAME = 1e-9


class Pairs(NamedTuple):
    """The usual scheme: periods of `length` nights in pairs, which of a pair first being a coin."""

    nights: int
    length: int

    def __call__(self, random: np.random.Generator) -> np.ndarray:
        """One allocation of 0 and 1, (nights,)."""
        pairs = -(-self.nights // (2 * self.length))
        first = random.integers(0, 2, pairs)
        both = np.stack([first, 1 - first], axis=1).ravel()
        return np.repeat(both, self.length)[: self.nights].astype(float)

    def periods(self) -> np.ndarray:
        """Number of the period of each night, (nights,)."""
        return np.arange(self.nights) // self.length


class Randomisation(NamedTuple):
    """Two-sided p value, the smallest it could have been, and how many allocations it rests on."""

    p: float
    least: float
    allocations: int


def estimates(rows: Terms, exposures: np.ndarray, readings: np.ndarray) -> np.ndarray:
    """Effects under other exposures (allocations, rows) of readings (rows, histories).

    By least squares at persistence 0.3 beside the other columns: (allocations, histories), NaN
    where an exposure cannot be told from the other columns. The test holds whatever the true
    persistence is; only its power depends on it.
    """
    distance = np.abs(rows.night[:, None] - rows.night[None, :])
    inverse = np.linalg.inv(
        _WORKING.persistence**distance + np.diag(rows.error) + 1e-3 * (distance == 0)
    )
    others = rows.columns[:, 1:]
    taken_out = inverse @ others @ np.linalg.solve(others.T @ inverse @ others, others.T @ inverse)
    left = exposures @ (inverse - taken_out)
    weight = (left * exposures).sum(axis=1)
    apart = weight > 1e-6 * np.maximum((exposures @ inverse * exposures).sum(axis=1), 1e-12)
    return (left @ readings) / np.where(apart, weight, np.nan)[:, None]


def randomisation_test(
    series: Series, choices: Choices, redraw: Pairs, seed: int, draws: int = _DRAWS
) -> Randomisation:
    """The test by `draws` allocations, each of which is counted once if they repeat.

    `choices.taken` is ignored: what was taken may follow from how the nights went, what was
    allocated cannot.
    """
    if draws < 19:
        raise InvalidInput.field("draws", draws, "19 or more")
    random = np.random.Generator(np.random.Philox(key=seed))
    dealt = np.unique([redraw(random) for _ in range(draws)] + [series.assigned], axis=0)
    rows = terms(series, choices._replace(taken=False))
    exposures = np.array([exposure(allocation, choices.carry) for allocation in dealt])[
        :, rows.night
    ]
    reach = np.abs(estimates(rows, exposures, rows.readings[:, None])[:, 0])
    sealed = int(np.flatnonzero((dealt == series.assigned).all(axis=1))[0])
    reach, mine = reach[np.isfinite(reach)], reach[sealed]
    p = float((reach >= mine - _SAME * (1.0 + mine)).mean())
    least = float((reach >= reach.max() * (1.0 - _SAME)).mean())
    return Randomisation(p, least, len(reach))
