"""Do small trials tell another story? Egger's and Begg's tests, and trim and fill.

With fewer than ten trials none of them can tell chance from bias (sterne2011).
"""

import math
from typing import NamedTuple

import numpy as np
from scipy import stats

from somnesium.answers.evidence.heterogeneity import (
    Method,
    between_trials,
    design_of_means,
    weighted_fit,
)
from somnesium.answers.evidence.pooling import pool
from somnesium.answers.evidence.studies import Studies
from somnesium.person.document import Document, Number, Whole

ENOUGH = 10
"""Trials below which a test of small-study effects says little (sterne2011)."""

LEAST = 3
"""Trials below which there is no test at all."""

_MOST_ROUNDS = 100


class Asymmetry(NamedTuple):
    """Egger's test within a random-effects regression on the standard error (egger1997).

    `slope` is the change of the effect per unit of standard error; `limit` the effect at a standard
    error of zero, with its standard error. `reliable` is false under ten trials.
    """

    slope: float
    slope_se: float
    z: float
    p: float
    limit: float
    limit_se: float
    reliable: bool


class Test(Document):
    """A test of small-study effects: Egger's slope with its z, or Begg's rank correlation."""

    __test__ = False

    estimate: Number
    statistic: Number | None
    p: Number


class TrimAndFill(Document):
    """Studies that seem to be missing on one side, and the mean with them filled in.

    By the estimator L0 (duval2000): a thought experiment, not a correction.
    """

    missing: Whole
    side: str
    estimate: Number
    se: Number
    tau2: Number


def asymmetry(studies: Studies, method: Method = "REML") -> Asymmetry | None:
    """Egger's test; None under three trials, or where all standard errors are the same.

    Raises `NotConverged` if a likelihood does not settle.
    """
    if studies.k < LEAST or not _varied(studies):
        return None
    design = np.column_stack([np.ones(studies.k), np.sqrt(studies.vi)])
    tau2 = between_trials(studies, method, design).tau2
    fit = weighted_fit(studies.yi, 1.0 / (studies.vi + tau2), design)
    limit_se, slope_se = (math.sqrt(fit.covariance[i, i]) for i in (0, 1))
    slope = float(fit.coefficients[1])
    return Asymmetry(
        slope,
        slope_se,
        slope / slope_se,
        float(2 * stats.norm.sf(abs(slope / slope_se))),
        float(fit.coefficients[0]),
        limit_se,
        studies.k >= ENOUGH,
    )


def begg(studies: Studies) -> Test | None:
    """Rank correlation of effect and variance (begg1994); None as of `asymmetry`."""
    if studies.k < LEAST or not _varied(studies):
        return None
    weights = 1.0 / studies.vi
    fit = weighted_fit(studies.yi, weights, design_of_means(studies.k))
    left = (studies.yi - fit.coefficients[0]) / np.sqrt(studies.vi - 1.0 / np.sum(weights))
    tau, p = (float(value) for value in tuple(stats.kendalltau(left, studies.vi)))
    return Test(estimate=tau, statistic=None, p=p) if math.isfinite(tau) else None


def _varied(studies: Studies) -> bool:
    """Whether the standard errors differ by more than rounding."""
    return float(np.ptp(studies.vi)) > 1e-9 * float(np.max(studies.vi))


def trim_and_fill(studies: Studies, method: Method = "DL") -> TrimAndFill | None:
    """Trials that seem to be missing, and the mean were they there; None under three trials.

    The side is that on which Egger's regression by the same method finds too few small trials.
    """
    if studies.k < LEAST or not _varied(studies):
        return None
    egger = asymmetry(studies, method)
    side = "right" if egger is not None and egger.slope < 0 else "left"
    sign = -1.0 if side == "right" else 1.0
    order = np.argsort(sign * studies.yi, kind="stable")
    turned = Studies(
        tuple(studies.names[i] for i in order), sign * studies.yi[order], studies.vi[order]
    )
    missing, centre = _missing(turned, method)
    whole = turned
    if missing:
        names = tuple(f"{name} (filled)" for name in turned.names[-missing:])
        whole = Studies(
            turned.names + names,
            np.concatenate([turned.yi, 2 * centre - turned.yi[-missing:]]),
            np.concatenate([turned.vi, turned.vi[-missing:]]),
        )
    pooled = pool(whole, method, "z")
    tau2 = 0.0 if pooled.between is None else pooled.between.tau2
    estimate, se = sign * pooled.estimate, pooled.z.se
    return TrimAndFill(missing=missing, side=side, estimate=estimate, se=se, tau2=tau2)


def _missing(turned: Studies, method: Method) -> tuple[int, float]:
    """How many small effects are missing below, by L0, and the centre without their mirror images.

    `turned` is in order of effect; the trimmed ones are the last.
    """
    k, missing, centre = turned.k, 0, 0.0
    for _ in range(_MOST_ROUNDS):
        centre = pool(turned.only(range(k - missing)), method, "z").estimate
        away = turned.yi - centre
        ranks = stats.rankdata(np.abs(away)) * np.sign(away)
        above = float(np.sum(ranks[ranks > 0]))
        estimate = min(max(0, round((4 * above - k * (k + 1)) / (2 * k - 1))), k - 1)
        if estimate == missing:
            break
        missing = estimate
    return missing, centre
