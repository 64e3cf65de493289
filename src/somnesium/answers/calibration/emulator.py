"""What the body predicts for every observation, as a polynomial of the gains.

The engine is run at a few hundred points of the gains; a full quadratic in their standard normals
is fitted to each prediction by least squares. Its own error is measured at points it has not
seen, and enters the likelihood, so that the posterior never trusts it further than it holds.
"""

from itertools import combinations_with_replacement
from typing import NamedTuple

import numpy as np
from scipy.stats import norm, qmc

from somnesium.simulation.gains import GAINS

REACH = 2.6
"""Standard deviations to each side of the prior within which the body is run."""


class Emulator(NamedTuple):
    """Coefficients (terms, observations) and the error of each prediction (observations,)."""

    coefficients: np.ndarray
    error: np.ndarray


def design_points(count: int, seed: int) -> np.ndarray:
    """Where the body is run: standard normals (count, gains), spread evenly (scrambled Sobol).

    `count` should be a power of two.
    """
    unit = qmc.Sobol(len(GAINS), rng=np.random.default_rng(seed)).random(count)
    edge = norm.cdf(REACH)
    return norm.ppf((1.0 - edge) + unit * (2.0 * edge - 1.0))


def terms_of(gains: int) -> list[tuple[int, ...]]:
    """Which gains are multiplied in each term: none, each, every pair."""
    pairs = combinations_with_replacement(range(gains), 2)
    return [(), *((k,) for k in range(gains)), *pairs]


def _terms(z: np.ndarray) -> np.ndarray:
    """1, every gain, every product of two: (points, terms)."""
    products = [np.prod(z[..., list(term)], axis=-1) for term in terms_of(z.shape[-1])]
    return np.stack(products, axis=-1)


def fit_emulator(
    z: np.ndarray, found: np.ndarray, fresh_z: np.ndarray, fresh: np.ndarray
) -> Emulator:
    """Fit to `found` (points, observations) at `z`; the error is taken at fresh points."""
    coefficients = np.linalg.lstsq(_terms(z), found, rcond=None)[0]
    residual = fresh - _terms(fresh_z) @ coefficients
    return Emulator(coefficients, np.sqrt(np.mean(residual**2, axis=0)))


def predict(emulator: Emulator, z: np.ndarray) -> np.ndarray:
    """Predictions (…, observations) at standard normals (…, gains)."""
    return _terms(np.clip(z, -REACH - 1.0, REACH + 1.0)) @ emulator.coefficients
