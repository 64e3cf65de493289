"""Many people's self-trials pooled from their summaries alone: one effect and one error each."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import ndtr

from somnesium.errors import InvalidInput

_POINTS = 200
_EFFECTS = 801


class Summary(NamedTuple):
    """One person's result: the effect and its standard error in the measure's unit. No nights."""

    effect: float
    error: float


class Person(NamedTuple):
    """One person's effect after the others were heard: mean and 95 % credible interval."""

    mean: float
    interval: tuple[float, float]


class Pooled(NamedTuple):
    """The pooled effects.

    `mean` and `mean_error` of the average person, with its 95 % credible `interval`; `between`,
    the spread of true effects (posterior median) with its interval; `prediction`, 95 % interval
    for the next person; `above_zero`, the probability that that effect is above 0;
    `reml`, `reml_mean` and `reml_error`: the spread by restricted maximum likelihood and the mean
    and its standard error at it.
    """

    mean: float
    mean_error: float
    interval: tuple[float, float]
    between: float
    between_interval: tuple[float, float]
    prediction: tuple[float, float]
    above_zero: float
    persons: tuple[Person, ...]
    reml: float
    reml_mean: float
    reml_error: float


def _restricted(
    spread: float | np.ndarray, effects: np.ndarray, errors: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log restricted likelihood, mean and its variance at each spread between persons."""
    weight = 1.0 / (np.square(np.atleast_1d(spread))[:, None] + np.square(errors))
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


def _checked(summaries: Sequence[Summary]) -> tuple[np.ndarray, np.ndarray]:
    """Effects and errors as arrays, refused where they are no summaries."""
    if len(summaries) < 2:
        raise InvalidInput.field("summaries", len(summaries), "two persons or more")
    effects, errors = np.array(summaries, float).T
    if not (np.isfinite(effects).all() and np.isfinite(errors).all() and (errors > 0.0).all()):
        raise InvalidInput.field("summaries", "", "finite effects with errors above 0")
    return effects, errors


def _pair(values: np.ndarray, mass: np.ndarray) -> tuple[float, float]:
    """The middle 95 % of a distribution on points."""
    low, high = _quantiles(values, mass, (0.025, 0.975))
    return float(low), float(high)


def _person(
    effect: float,
    error: float,
    spreads: np.ndarray,
    means: np.ndarray,
    variances: np.ndarray,
    mass: np.ndarray,
) -> Person:
    """One person's effect, drawn to the others as far as persons are alike."""
    own = np.square(spreads) / (np.square(spreads) + error**2)
    centre = own * effect + (1.0 - own) * means
    sd = np.sqrt(own * error**2 + np.square(1.0 - own) * variances)
    return Person(float(mass @ centre), _pair(*_mixture(centre, np.maximum(sd, 1e-9), mass)))


def pooled(summaries: Sequence[Summary], expected_between: float) -> Pooled:
    """Pool summaries. `expected_between` scales a half-normal prior of the spread of true effects.

    The mean has a flat prior and integrates exactly; the spread is summed over a grid. Errors are
    taken as known, so persons with very few nights are trusted a little too much.
    """
    effects, errors = _checked(summaries)
    if not expected_between > 0.0:
        raise InvalidInput.field("expected_between", expected_between, "above 0")
    spreads = expected_between * np.linspace(0.0, 6.0, _POINTS)
    log_weight, means, variances = _restricted(spreads, effects, errors)
    log_weight = log_weight - 0.5 * np.square(spreads / expected_between)
    mass = np.exp(log_weight - log_weight.max())
    mass /= mass.sum()
    average = _mixture(means, np.sqrt(variances), mass)
    after = _mixture(means, np.sqrt(variances + np.square(spreads)), mass)
    between = _quantiles(spreads, mass, (0.025, 0.5, 0.975))
    mean = float(mass @ means)
    most = 10.0 * (np.ptp(effects) + errors.max())
    reml = float(
        minimize_scalar(
            lambda s: -_restricted(s, effects, errors)[0][0],
            bounds=(0.0, most),
            method="bounded",
            options={"xatol": 1e-10 * most},
        ).x  # type: ignore[union-attr]
    )
    _, reml_mean, reml_variance = _restricted(reml, effects, errors)
    return Pooled(
        mean=mean,
        mean_error=float(np.sqrt(mass @ (variances + np.square(means - mean)))),
        interval=_pair(*average),
        between=float(between[1]),
        between_interval=(float(between[0]), float(between[2])),
        prediction=_pair(*after),
        above_zero=float(after[1][after[0] > 0.0].sum() / after[1].sum()),
        persons=tuple(
            _person(e, s, spreads, means, variances, mass)
            for e, s in zip(effects, errors, strict=True)
        ),
        reml=reml,
        reml_mean=float(reml_mean[0]),
        reml_error=float(np.sqrt(reml_variance[0])),
    )
