"""How much a person's nights differ by chance, and how one resembles the next.

Nights are a mean, a trend and AR(1) noise. Spread and correlation are not known exactly from a
few weeks, so draws of both are used: flat priors for mean, trend and correlation, a flat prior
for the logarithm of the spread.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from somnesium.answers.selftrial.design.question import Scale

ENOUGH = 14
"""Own nights from which a spread is known (judgement#own-nights)."""
_GRID = np.linspace(-0.3, 0.9, 49)
"""Correlations between one night and the next that are looked at."""
_DRAWS = 200
_USUAL = (0.2, 0.1)
"""Correlation of nights and our doubt about it, without own nights (judgement#night-ar)."""
_PEOPLE_CV = 0.35
"""How people differ in the spread of their nights (judgement#night-sd-people)."""


class Spread(NamedTuple):
    """Draws of the spread `sd` of single nights and of the correlation `phi` of neighbours.

    `nights` is how many own nights are behind them: 0 if they are those of people in general.
    """

    sd: np.ndarray
    phi: np.ndarray
    nights: int
    source: str


def correlation_of(at: np.ndarray, phi: float) -> np.ndarray:
    """Correlation matrix of AR(1) noise at the nights `at`, whatever is missing between."""
    apart = np.abs(at[:, None] - at[None, :])
    return np.where(apart == 0, 1.0, np.sign(phi) ** apart * np.abs(phi) ** apart)


def _likelihood(x: np.ndarray, y: np.ndarray, at: np.ndarray, phi: float) -> tuple[float, float]:
    """Log marginal likelihood at a correlation, and the sum of squares that is left."""
    factor = np.linalg.cholesky(correlation_of(at, phi))
    a, b = np.linalg.solve(factor, x), np.linalg.solve(factor, y)
    normal = a.T @ a
    left = float(b @ b - b @ a @ np.linalg.solve(normal, a.T @ b))
    free = len(y) - x.shape[1]
    log = -np.log(np.diag(factor)).sum() - 0.5 * np.linalg.slogdet(normal)[1]
    return float(log - 0.5 * free * np.log(left)), left


def spread_of(nights: Sequence[float | None], seed: int) -> Spread | None:
    """The spread of own nights, None of which is a missing one; None if there are too few."""
    at = np.array([k for k, value in enumerate(nights) if value is not None], float)
    y = np.array([value for value in nights if value is not None], float)
    if len(y) < ENOUGH or np.ptp(y) == 0.0:
        return None
    x = np.stack([np.ones_like(at), (at - at.mean()) / max(np.ptp(at), 1.0)], axis=1)
    log, squares = np.array([_likelihood(x, y, at, float(phi)) for phi in _GRID]).T
    weight = np.exp(log - log.max())
    random = np.random.Generator(np.random.Philox(key=seed))
    drawn = random.choice(len(_GRID), size=_DRAWS, p=weight / weight.sum())
    sd = np.sqrt(squares[drawn] / random.chisquare(len(y) - x.shape[1], _DRAWS))
    return Spread(sd, _GRID[drawn], len(y), "own nights")


def usual_spread(scale: Scale, seed: int) -> Spread:
    """The spread of people's nights in general, where there are too few of one's own."""
    random = np.random.Generator(np.random.Philox(key=seed))
    sd = scale.night_sd * np.exp(_PEOPLE_CV * random.standard_normal(_DRAWS))
    phi = np.clip(_USUAL[0] + _USUAL[1] * random.standard_normal(_DRAWS), -0.3, 0.9)
    return Spread(sd, phi, 0, scale.sd_source)
