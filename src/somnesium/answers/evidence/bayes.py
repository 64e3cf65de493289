"""Random effects by Bayes: a prior on how much trials differ, and quadrature instead of sampling.

Given tau, the standard deviation between trials, the mean effect is normal (its prior is flat), so
only tau is integrated over numerically: by the trapezoidal rule in log tau, which is exact to
rounding for densities that vanish at both ends. Everything else is a mixture of normals
(rover2020).
"""

import math
from typing import Literal, NamedTuple

import numpy as np
from scipy import optimize, special, stats

from somnesium import say
from somnesium.answers.evidence.studies import Studies
from somnesium.person.document import Document, Number

PriorKind = Literal["half_normal", "half_cauchy", "log_normal", "log_t", "shrinkage"]
"""Shapes of prior: of tau (half_normal, half_cauchy, shrinkage) or of tau² (log_normal, log_t)."""

Outcome = Literal["rated", "marker", "events"]
"""What was measured, as far as reviews differ in it: rated outcomes, biomarkers, or events."""

_BELOW, _ABOVE, _STEP = 80.0, 60.0, 0.0125
_BLOCK = 1_000_000
_COCHRANE = {"rated": (-2.76, 2.58), "marker": (-3.41, 2.83), "events": (-2.70, 1.52)}
"""Location and scale of log tau² found in Cochrane reviews, a drug against placebo: standardised
differences of rated outcomes and biomarkers (rhodes2015, table 3), log odds ratios of subjective
events (turner2015, table IV)."""
_RHODES_DF = 5


class Prior(NamedTuple):
    """A prior of the heterogeneity: `name` for people, `kind`, its two numbers, and its source.

    `location` is unused by half-normal, half-Cauchy and shrinkage priors; `scale` is in the unit of
    tau there, and in log units of tau² for the other two.
    """

    name: str
    kind: PriorKind
    location: float
    scale: float
    source: str


class BayesEffect(Document):
    """Mean effect and spread between trials under one prior; intervals are credible, equal-tailed.

    The `median` stands for the mean effect, whose own mean is infinite under some priors with few
    trials. `prediction95` is of a next trial's true effect, `chance_below_zero` of the mean,
    `next_below_zero` of that next effect.
    """

    prior: str
    source: str
    median: Number
    interval95: tuple[Number, Number]
    prediction95: tuple[Number, Number]
    chance_below_zero: Number
    next_below_zero: Number
    tau_median: Number
    tau_interval95: tuple[Number, Number]


def half_normal(scale: float, source: str = "rover2021") -> Prior:
    """tau as a normal number of standard deviation `scale` without its sign."""
    return Prior(f"half-normal({say.typed(scale, 3)})", "half_normal", 0.0, scale, source)


def half_cauchy(scale: float, source: str = "gelman2006") -> Prior:
    """tau as a Cauchy number of this `scale` without its sign: very large values stay possible."""
    return Prior(f"half-Cauchy({say.typed(scale, 3)})", "half_cauchy", 0.0, scale, source)


def log_normal(location: float, scale: float, source: str = "turner2015") -> Prior:
    """tau² log-normal, as found in Cochrane reviews of events (turner2015)."""
    return Prior(
        f"log-normal({say.typed(location, 3)}, {say.typed(scale, 3)})",
        "log_normal",
        location,
        scale,
        source,
    )


def log_t(location: float, scale: float, source: str = "rhodes2015") -> Prior:
    """Logarithm of tau² as t with five degrees of freedom (rhodes2015)."""
    return Prior(
        f"log-t({say.typed(location, 3)}, {say.typed(scale, 3)})", "log_t", location, scale, source
    )


def shrinkage(studies: Studies) -> Prior:
    """A prior that takes its scale from the trials' own errors, so that it needs no unit.

    Density s/(s + tau)², s² the harmonic mean of the variances (dumouchel1995).
    """
    scale = math.sqrt(studies.k / float(np.sum(1.0 / studies.vi)))
    return Prior(f"shrinkage({say.typed(scale, 3)})", "shrinkage", 0.0, scale, "dumouchel1995")


def priors_for(studies: Studies, sd: float | None, outcome: Outcome = "rated") -> tuple[Prior, ...]:
    """Priors to compare, the main one first.

    `sd` is the standard deviation between people in the unit of the differences: 1 for
    standardised differences and log ratios. With it come half-normals and a half-Cauchy in its
    halves and wholes, and what Cochrane reviews of such outcomes found, a drug against placebo.
    None leaves the shrinkage prior alone.
    """
    if sd is None:
        return (shrinkage(studies),)
    location, scale = _COCHRANE[outcome]
    location += 2 * math.log(sd)
    reviews = log_normal(location, scale) if outcome == "events" else log_t(location, scale)
    return (
        half_normal(0.5 * sd),
        half_normal(sd),
        half_cauchy(0.5 * sd),
        reviews,
        shrinkage(studies),
    )


def log_density(prior: Prior, tau: np.ndarray) -> np.ndarray:
    """Logarithm of the prior density of tau (array, above zero)."""
    scale, location = prior.scale, prior.location
    if prior.kind == "half_normal":
        return stats.halfnorm.logpdf(tau, scale=scale)
    if prior.kind == "half_cauchy":
        return stats.halfcauchy.logpdf(tau, scale=scale)
    if prior.kind == "shrinkage":
        return math.log(scale) - 2.0 * np.log(scale + tau)
    z = (2.0 * np.log(tau) - location) / scale
    inner = stats.norm.logpdf(z) if prior.kind == "log_normal" else stats.t.logpdf(z, _RHODES_DF)
    return inner - math.log(scale) + math.log(2.0) - np.log(tau)


def tau_grid(studies: Studies, prior: Prior) -> np.ndarray:
    """Values of tau, even in their logarithm, that hold all of any posterior worth naming."""
    centre = 0.5 * float(np.mean(np.log(studies.vi)))
    middle = prior.location / 2 if prior.kind in ("log_normal", "log_t") else math.log(prior.scale)
    low, high = min(centre, middle) - _BELOW, max(centre, middle) + _ABOVE
    return np.exp(np.arange(low, high, _STEP))


class _Mixture(NamedTuple):
    """Normals with `weights`, `means` and `sds` (arrays of one length)."""

    weights: np.ndarray
    means: np.ndarray
    sds: np.ndarray

    def below(self, x: float) -> float:
        return float(np.sum(self.weights * special.ndtr((x - self.means) / self.sds)))

    def quantile(self, share: float) -> float:
        ends = self.means + special.ndtri(share) * self.sds
        low, high = float(np.min(ends)), float(np.max(ends))
        if self.below(low) >= share:
            return low
        if self.below(high) <= share:
            return high
        zero = optimize.root_scalar(
            lambda x: self.below(x) - share,
            bracket=(low, high),
            method="brentq",
            xtol=1e-13 * float(np.min(self.sds)),
            maxiter=1000,
        )
        return float(zero.root)

    def interval(self) -> tuple[float, float]:
        return self.quantile(0.025), self.quantile(0.975)


def _by_tau(studies: Studies, tau: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each tau: log-likelihood without the mean, the mean, and its precision."""
    likelihood, means, total = (np.empty(len(tau)) for _ in range(3))
    rows = max(1, _BLOCK // studies.k)
    for first in range(0, len(tau), rows):
        here = slice(first, first + rows)
        spread = studies.vi[None, :] + tau[here, None] ** 2
        weights = 1.0 / spread
        total[here] = weights.sum(axis=1)
        means[here] = (weights @ studies.yi) / total[here]
        squares = (weights * (studies.yi[None, :] - means[here, None]) ** 2).sum(axis=1)
        likelihood[here] = -0.5 * (np.log(spread).sum(axis=1) + np.log(total[here]) + squares)
    return likelihood, means, total


class TauPosterior(NamedTuple):
    """Values of tau, the `share` of its posterior at each, and the mean and precision of the
    effect given it (arrays of one length)."""

    tau: np.ndarray
    share: np.ndarray
    means: np.ndarray
    precision: np.ndarray


def tau_posterior(studies: Studies, prior: Prior) -> TauPosterior:
    """The posterior of tau on its grid; shares add up to 1."""
    tau = tau_grid(studies, prior)
    likelihood, means, precision = _by_tau(studies, tau)
    log_post = log_density(prior, tau) + likelihood
    log_post += np.log(tau)
    share = np.exp(log_post - np.max(log_post))
    return TauPosterior(tau, share / share.sum(), means, precision)


def posterior(studies: Studies, prior: Prior) -> BayesEffect:
    """What is known of the mean effect and tau under one prior; works from one study up."""
    whole = tau_posterior(studies, prior)
    tau, share, means, precision = (column[whole.share > 1e-18] for column in whole)
    mean = _Mixture(share, means, 1.0 / np.sqrt(precision))
    ahead = _Mixture(share, means, np.sqrt(1.0 / precision + tau**2))
    low, middle, high = (_step_quantile(tau, share, at) for at in (0.025, 0.5, 0.975))
    return BayesEffect(
        prior=prior.name,
        source=prior.source,
        median=mean.quantile(0.5),
        interval95=mean.interval(),
        prediction95=ahead.interval(),
        chance_below_zero=mean.below(0.0),
        next_below_zero=ahead.below(0.0),
        tau_median=middle,
        tau_interval95=(low, high),
    )


def _step_quantile(tau: np.ndarray, share: np.ndarray, at: float) -> float:
    """Quantile of tau: each grid value stands for the log-interval around it."""
    until = np.cumsum(share) - 0.5 * share
    return float(np.exp(np.interp(at, until, np.log(tau))))
