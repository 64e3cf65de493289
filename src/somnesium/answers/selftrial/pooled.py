"""Many people's self-trials pooled from their summaries alone: one effect and one error each."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from somnesium.errors import InvalidInput
from somnesium.person.document import Document, Number

_POINTS = 200
_EFFECTS = 801


class PersonEffect(Document):
    """One person's effect, before and after the others were heard [min, %]."""

    effect: Number
    error: Number
    mean: Number
    interval95: tuple[Number, Number]


class Pooled(NamedTuple):
    """The pooled effects.

    `mean` of the average person, with its 95 % credible `interval`; `between`, the spread of true
    effects (posterior median) with its interval; `prediction`, 95 % interval for the next person;
    `above_zero`, the probability that that effect is above 0.
    """

    mean: float
    interval: tuple[float, float]
    between: float
    between_interval: tuple[float, float]
    prediction: tuple[float, float]
    above_zero: float
    persons: tuple[PersonEffect, ...]


def restricted(
    spread: np.ndarray, effects: np.ndarray, errors: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log restricted likelihood, mean and its variance at each spread between persons."""
    weight = 1.0 / (np.square(spread)[:, None] + np.square(errors))
    total = weight.sum(axis=1)
    mean = weight @ effects / total
    squares = (weight * np.square(effects - mean[:, None])).sum(axis=1)
    return 0.5 * (np.log(weight).sum(axis=1) - np.log(total) - squares), mean, 1.0 / total


def _quantiles(values: np.ndarray, mass: np.ndarray, levels: Sequence[float]) -> np.ndarray:
    """Quantiles of a distribution on points."""
    middle = np.cumsum(mass) - 0.5 * mass
    return np.interp(levels, middle / mass.sum(), values)


def _mixture(means: np.ndarray, sds: np.ndarray, mass: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A mixture of normals as values and their mass."""
    low, high = (means - 8.0 * sds).min(), (means + 8.0 * sds).max()
    edges = np.linspace(low, high, _EFFECTS + 1)
    below = mass @ ndtr((edges[None, :] - means[:, None]) / sds[:, None])
    return 0.5 * (edges[1:] + edges[:-1]), np.diff(below)


def _pair(values: np.ndarray, mass: np.ndarray) -> tuple[float, float]:
    """The middle 95 % of a distribution on points."""
    low, high = _quantiles(values, mass, (0.025, 0.975))
    return float(low), float(high)


def pooled(summaries: Sequence[tuple[float, float]], expected_between: float) -> Pooled:
    """Pool effects with their standard errors. `expected_between` scales a half-normal prior.

    The prior is of the spread of true effects, which is summed over a grid; the mean has a flat
    prior and integrates exactly. Errors are taken as known, so persons with very few nights are
    trusted a little too much.
    """
    if len(summaries) < 2:
        raise InvalidInput.field("summaries", len(summaries), "two persons or more")
    effects, errors = np.array(summaries, float).T
    if not (np.isfinite(effects).all() and np.isfinite(errors).all() and (errors > 0.0).all()):
        raise InvalidInput.field("summaries", "", "finite effects with errors above 0")
    if not expected_between > 0.0:
        raise InvalidInput.field("expected_between", expected_between, "above 0")
    spreads = expected_between * np.linspace(0.0, 6.0, _POINTS)
    log_weight, means, variances = restricted(spreads, effects, errors)
    log_weight = log_weight - 0.5 * np.square(spreads / expected_between)
    mass = np.exp(log_weight - log_weight.max())
    mass /= mass.sum()
    average = _mixture(means, np.sqrt(variances), mass)
    after = _mixture(means, np.sqrt(variances + np.square(spreads)), mass)
    between = _quantiles(spreads, mass, (0.025, 0.5, 0.975))
    persons = []
    for effect, error in zip(effects, errors, strict=True):
        # Drawn to the others as far as persons are alike.
        weight = np.square(spreads) / (np.square(spreads) + error**2)
        centre = weight * effect + (1.0 - weight) * means
        sd = np.sqrt(weight * error**2 + np.square(1.0 - weight) * variances)
        interval = _pair(*_mixture(centre, np.maximum(sd, 1e-9), mass))
        shrunk = float(mass @ centre)
        persons.append(PersonEffect(effect=effect, error=error, mean=shrunk, interval95=interval))
    return Pooled(
        mean=float(mass @ means),
        interval=_pair(*average),
        between=float(between[1]),
        between_interval=(float(between[0]), float(between[2])),
        prediction=_pair(*after),
        above_zero=float(after[1][after[0] > 0.0].sum() / after[1].sum()),
        persons=tuple(persons),
    )
