"""A mixed model with one random intercept a person, by restricted maximum likelihood."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize_scalar

_EDGE = 1.0 - 1e-5
"""Share of variance between people above which a fit has not converged."""


class MixedFit(NamedTuple):
    """Fixed effects, their covariance, the share of variance between people, and convergence."""

    effects: np.ndarray
    covariance: np.ndarray
    share: float
    converged: bool


class _Sums(NamedTuple):
    """What the likelihood needs of the data: products, and sums within each person."""

    inner: np.ndarray
    within: np.ndarray
    size: np.ndarray
    observations: int
    columns: int


def _weighted(sums: _Sums, ratio: float) -> np.ndarray:
    """Products of columns, weighted by the inverse covariance, at a ratio of variances."""
    weight = ratio / (1.0 + ratio * sums.size)
    return sums.inner - (sums.within * weight[:, None]).T @ sums.within


def _solved(sums: _Sums, share: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Effects, inverse of the weighted design, and residual variance at a share."""
    joint = _weighted(sums, share / (1.0 - share))
    design, cross, own = joint[:-1, :-1], joint[:-1, -1], joint[-1, -1]
    inverse = np.linalg.inv(design)
    effects = inverse @ cross
    left = float(own - cross @ effects)
    return effects, inverse, left / (sums.observations - sums.columns)


def _deviance(share: float, sums: _Sums) -> float:
    """Twice the negative restricted log-likelihood, but for a constant."""
    ratio = share / (1.0 - share)
    _, inverse, variance = _solved(sums, share)
    if variance <= 0.0:
        return np.inf
    return float(
        (sums.observations - sums.columns) * np.log(variance)
        + np.log1p(ratio * sums.size).sum()
        - np.linalg.slogdet(inverse)[1]
    )


def fit_intercepts(outcome: np.ndarray, design: np.ndarray, person: np.ndarray) -> MixedFit:
    """Fit outcome (observations) = design (observations, columns) · effects + intercept + error.

    `person` (observations) says whose each is. Raises `numpy.linalg.LinAlgError` if the columns
    cannot be told apart.
    """
    rows, columns = design.shape
    if rows <= columns or np.linalg.matrix_rank(design) < columns:
        raise np.linalg.LinAlgError("the columns cannot be told apart")
    joint = np.column_stack([design, outcome])
    _, number, size = np.unique(person, return_inverse=True, return_counts=True)
    within = np.zeros((len(size), columns + 1))
    np.add.at(within, number, joint)
    sums = _Sums(joint.T @ joint, within, size, rows, columns)
    found = minimize_scalar(
        _deviance, args=(sums,), bounds=(0.0, 1.0 - 1e-9), method="bounded", options={"xatol": 1e-7}
    )
    share = float(found.x)  # type: ignore[attr-defined]
    if _deviance(0.0, sums) <= float(found.fun):  # type: ignore[attr-defined]
        share = 0.0
    effects, inverse, variance = _solved(sums, share)
    good = bool(found.success) and share < _EDGE and variance > 0.0  # type: ignore[attr-defined]
    return MixedFit(effects, variance * inverse, share, good)
