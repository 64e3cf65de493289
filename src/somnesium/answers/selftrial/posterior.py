"""What to believe of the effect: the nights' likelihood times what was believed before."""

from typing import NamedTuple

import numpy as np
from scipy.stats import t as student

from somnesium.answers.selftrial.calibration import Likelihood

_POINTS = 20001


class Prior(NamedTuple):
    """A normal belief about the effect on the model's scale, and whose it is."""

    name: str
    mean: float
    sd: float


class Posterior(NamedTuple):
    """A distribution of the effect: `values` in rising order, each with its `mass`."""

    values: np.ndarray
    mass: np.ndarray

    @property
    def mean(self) -> float:
        """Posterior mean."""
        return float(self.values @ self.mass)

    @property
    def sd(self) -> float:
        """Posterior standard deviation."""
        return float(np.sqrt(np.square(self.values - self.mean) @ self.mass))

    def quantile(self, level: float) -> float:
        """The value below which `level` of the mass lies."""
        middle = np.cumsum(self.mass) - 0.5 * self.mass
        return float(np.interp(level, middle, self.values))

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """The equal-tailed credible interval."""
        tail = 0.5 * (1.0 - level)
        return self.quantile(tail), self.quantile(1.0 - tail)

    def above(self, value: float) -> float:
        """Probability that the effect is greater than `value`."""
        middle = np.cumsum(self.mass) - 0.5 * self.mass
        return float(1.0 - np.interp(value, self.values, middle, left=0.0, right=1.0))

    def within(self, low: float, high: float) -> float:
        """Probability that the effect lies between `low` and `high`."""
        return self.above(low) - self.above(high)


def posterior(likelihood: Likelihood, prior: Prior | None = None) -> Posterior:
    """Likelihood times prior; without a prior, the likelihood itself.

    The prior's own range is laid out as well as the likelihood's, so that either may be the
    narrower one. The error of a probability is below 1e-3.
    """
    levels = (np.arange(_POINTS) + 0.5) / _POINTS
    spots = likelihood.centre + likelihood.scale * student.ppf(levels, likelihood.freedom)
    if prior is None:
        return Posterior(spots, np.full(_POINTS, 1.0 / _POINTS))
    near = prior.mean + prior.sd * np.linspace(-8.0, 8.0, 2001)
    values = np.unique(np.concatenate([spots[::10], near]))
    far = (values - likelihood.centre) / likelihood.scale
    log_density = student.logpdf(far, likelihood.freedom)
    log_density -= 0.5 * np.square((values - prior.mean) / prior.sd)
    mass = np.exp(log_density - log_density.max()) * np.gradient(values)
    return Posterior(values, mass / mass.sum())
