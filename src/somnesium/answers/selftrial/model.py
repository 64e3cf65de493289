"""The Bayesian model of nights: everything linear is integrated exactly, the noise by quadrature.

Readings are Gaussian around columns · coefficients with covariance variance · V(noise). The
coefficients have flat priors and the variance 1/variance, so both integrate in closed form and
leave a Student t for the effect at each noise of the grid; the grid is summed. `marginal` does
what depends on the design alone; `fit` then takes any number of histories at once.
"""

from typing import NamedTuple

import numpy as np

from somnesium.answers.selftrial.noise import GRID, Noise, covariance
from somnesium.answers.selftrial.terms import Terms


class Marginal(NamedTuple):
    """What the design says at each noise of `grid`; the effect is that of column 0.

    `residual` (noises, rows, rows) whitens readings and takes the columns out; `weights`
    (noises, columns, rows) gives the coefficients; `scale` (noises,) the variance of the effect
    over that of a night; `constant` (noises,) the log marginal likelihood without its residual
    sum of squares; `width` (noises,) the log variance of the effect over the typical variance of
    all that is left, which no change of units moves.
    """

    grid: tuple[Noise, ...]
    residual: np.ndarray
    weights: np.ndarray
    scale: np.ndarray
    constant: np.ndarray
    width: np.ndarray
    freedom: int


class Fit(NamedTuple):
    """Posterior of the effect under flat priors, one entry a history.

    `centre` and `spread` are its mean and standard deviation; `width` the posterior mean of the
    marginal's width; `probability` (noises, histories) of each noise; `sd` the standard deviation
    of a night.
    """

    centre: np.ndarray
    spread: np.ndarray
    width: np.ndarray
    probability: np.ndarray
    sd: np.ndarray


def marginal(terms: Terms, grid: tuple[Noise, ...] = GRID) -> Marginal:
    """All that the model needs to know of a design, at each noise."""
    rows, columns = terms.columns.shape
    freedom = rows - columns
    by_noise = []
    for noise in grid:
        lower = np.linalg.cholesky(covariance(noise, terms))
        whiten = np.linalg.inv(lower)
        white = whiten @ terms.columns
        information = white.T @ white
        inverse = np.linalg.inv(information)
        weights = inverse @ white.T @ whiten
        log_volume = 2.0 * np.log(np.diag(lower)).sum() + np.linalg.slogdet(information)[1]
        width = np.log(inverse[0, 0]) - log_volume / freedom
        by_noise.append(
            (whiten - white @ weights, weights, inverse[0, 0], -0.5 * log_volume, width)
        )
    residual, weights, scale, constant, width = map(np.array, zip(*by_noise, strict=True))
    return Marginal(grid, residual, weights, scale, constant, width, freedom)


def mean_noise(design: Marginal, fitted: Fit) -> Noise:
    """The noise in the middle of what the nights say of it."""
    persistence, fleeting = fitted.probability[:, 0] @ np.array(design.grid)
    return Noise(float(persistence), float(fleeting))


def left_over(terms: Terms, design: Marginal, fitted: Fit) -> tuple[np.ndarray, Noise]:
    """What the fit leaves unexplained under the most probable noise, (rows,), and that noise."""
    best = int(fitted.probability[:, 0].argmax())
    left = terms.readings - terms.columns @ (design.weights[best] @ terms.readings)
    return left, design.grid[best]


def fit(design: Marginal, readings: np.ndarray) -> Fit:
    """The posterior of the effect for readings (rows,) or (rows, histories)."""
    table = readings[:, None] if readings.ndim == 1 else readings
    squares = np.stack([np.square(white @ table).sum(axis=0) for white in design.residual])
    squares = np.maximum(squares, np.finfo(float).tiny)
    log_weight = design.constant[:, None] - 0.5 * design.freedom * np.log(squares)
    probability = np.exp(log_weight - log_weight.max(axis=0))
    probability /= probability.sum(axis=0)
    effects = design.weights[:, 0] @ table
    variance = squares / design.freedom
    errors = np.sqrt(variance * design.scale[:, None])
    centre = (probability * effects).sum(axis=0)
    heavier = design.freedom / (design.freedom - 2.0)
    square = (probability * (heavier * errors**2 + (effects - centre) ** 2)).sum(axis=0)
    return Fit(
        centre=centre,
        spread=np.sqrt(square),
        width=(probability * design.width[:, None]).sum(axis=0),
        probability=probability,
        sd=np.sqrt((probability * variance).sum(axis=0)),
    )
