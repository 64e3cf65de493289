"""How much trials differ beyond chance: between-trial variance by nine methods, I² and H².

Every method works with a design matrix, so that the same code serves pooling (a column of ones)
and meta-regression. Nothing is larger than the number of columns squared. viechtbauer2005,
veroniki2016.
"""

import math
from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from scipy import optimize, stats

from somnesium.answers.evidence.studies import Studies
from somnesium.errors import NotConverged

Method = Literal["REML", "DL", "PM", "ML", "EB", "SJ", "HE", "HS", "FE"]
"""How the variance between trials is estimated: restricted and plain maximum likelihood (REML, ML),
DerSimonian–Laird (DL), Paule–Mandel (PM) and its equal, empirical Bayes (EB), Sidik–Jonkman (SJ),
Hedges (HE), Hunter–Schmidt (HS), and the common-effect model (FE), which sets it to zero."""

_STEPS = 1000
_CLOSE, _LONGEST = 1e-12, 20.0


class Fit(NamedTuple):
    """Weighted least squares: coefficients (p), their covariance (p × p), weighted squares left."""

    coefficients: np.ndarray
    covariance: np.ndarray
    squares: float


class Between(NamedTuple):
    """Variance between trials `tau2` (the unit squared), its standard error; I² [%], H²; Cochran's
    Q with degrees of freedom and p."""

    tau2: float
    tau2_se: float | None
    i2: float
    h2: float
    q: float
    q_df: int
    q_p: float


def design_of_means(k: int) -> np.ndarray:
    """The design of a plain mean: a column of k ones (k × 1)."""
    return np.ones((k, 1))


def weighted_fit(y: np.ndarray, weights: np.ndarray, design: np.ndarray) -> Fit:
    """Weighted least squares of `y` (k) on `design` (k × p)."""
    information = design.T @ (weights[:, None] * design)
    covariance = np.linalg.inv(information)
    coefficients = covariance @ (design.T @ (weights * y))
    left = y - design @ coefficients
    return Fit(coefficients, covariance, float(np.sum(weights * left**2)))


def _trace(weights: np.ndarray, design: np.ndarray, inside: np.ndarray, power: int = 1) -> float:
    """Trace of (P D)^power, P the matrix of weighted residuals and D = diag(`inside`).

    `power` is 1 or 2; P = W − W X (XᵀWX)⁻¹ XᵀW is never built.
    """
    covariance = np.linalg.inv(design.T @ (weights[:, None] * design))

    def moment(m: int) -> np.ndarray:
        return covariance @ (design.T @ ((weights ** (m + 1) * inside**m)[:, None] * design))

    if power == 1:
        return float(np.sum(weights * inside) - np.trace(moment(1)))
    once = moment(1)
    return float(np.sum((weights * inside) ** 2) - 2 * np.trace(moment(2)) + np.trace(once @ once))


def typical_variance(vi: np.ndarray, design: np.ndarray) -> float:
    """The "typical" sampling variance that I² compares the variance between trials with."""
    k, p = design.shape
    weights = 1.0 / vi
    return (k - p) / _trace(weights, design, np.ones(k))


def _dersimonian_laird(y: np.ndarray, v: np.ndarray, x: np.ndarray) -> tuple[float, float]:
    k, p = x.shape
    ones = np.ones(k)
    trace, square = _trace(1 / v, x, ones), _trace(1 / v, x, ones, 2)
    tau2 = max(0.0, (weighted_fit(y, 1 / v, x).squares - (k - p)) / trace)
    spread = 2 * (k - p) + 4 * tau2 * trace + 2 * tau2**2 * square
    return tau2, math.sqrt(spread) / trace


def _hunter_schmidt(y: np.ndarray, v: np.ndarray, x: np.ndarray) -> tuple[float, float]:
    k, p = x.shape
    ones, total = np.ones(k), float(np.sum(1 / v))
    trace, square = _trace(1 / v, x, ones), _trace(1 / v, x, ones, 2)
    tau2 = max(0.0, (weighted_fit(y, 1 / v, x).squares - k) / total)
    spread = 2 * (k - p) + 4 * tau2 * trace + 2 * tau2**2 * square
    return tau2, math.sqrt(spread) / total


def _hedges(y: np.ndarray, v: np.ndarray, x: np.ndarray) -> tuple[float, float]:
    k, p = x.shape
    ones = np.ones(k)
    once, twice = _trace(ones, x, v), _trace(ones, x, v, 2)
    tau2 = max(0.0, (weighted_fit(y, ones, x).squares - once) / (k - p))
    spread = 2 * twice + 4 * tau2 * once + 2 * tau2**2 * (k - p)
    return tau2, math.sqrt(spread) / (k - p)


def _sidik_jonkman(y: np.ndarray, v: np.ndarray, x: np.ndarray) -> tuple[float, float]:
    k, p = x.shape
    first = float(np.sum((y - np.mean(y)) ** 2) / k)
    if first <= 0.0:
        return 0.0, 0.0
    weights = 1 / (v + first)
    tau2 = first * weighted_fit(y, weights, x).squares / (k - p)
    ones = np.ones(k)
    twice, square = _trace(weights, x, v, 2), _trace(weights, x, ones, 2)
    # tr(P V P), by P (V + first) P = P.
    middle = _trace(weights, x, ones) - first * square
    spread = 2 * twice + 4 * tau2 * middle + 2 * tau2**2 * square
    return tau2, first * math.sqrt(spread) / (k - p)


def _paule_mandel(y: np.ndarray, v: np.ndarray, x: np.ndarray) -> tuple[float, float]:
    k, p = x.shape

    def left(tau2: float) -> float:
        return weighted_fit(y, 1 / (v + tau2), x).squares - (k - p)

    tau2 = _root(left, y, v)
    return tau2, math.sqrt(2 * k**2 / (k - p)) / float(np.sum(1 / (v + tau2)))


def _root(left: Callable[[float], float], y: np.ndarray, v: np.ndarray) -> float:
    """Where a falling function of tau² passes zero; 0 if it is already below at 0."""
    if left(0.0) <= 0.0:
        return 0.0
    high = float(np.var(y) + np.max(v))
    for _ in range(200):
        if left(high) < 0.0:
            break
        high *= 2.0
    bracket = (0.0, high)
    zero = optimize.root_scalar(left, bracket=bracket, method="brentq", xtol=1e-14 * high)
    return float(zero.root)


def _score(
    y: np.ndarray, v: np.ndarray, x: np.ndarray, tau2: float, restricted: bool
) -> tuple[float, float]:
    """Fisher's step in tau² and the information (per half) at `tau2`."""
    weights = 1 / (v + tau2)
    fit = weighted_fit(y, weights, x)
    squares = float(np.sum((weights * (y - x @ fit.coefficients)) ** 2))
    if restricted:
        ones = np.ones(len(y))
        trace, square = _trace(weights, x, ones), _trace(weights, x, ones, 2)
    else:
        trace, square = float(np.sum(weights)), float(np.sum(weights**2))
    return (squares - trace) / square, square


def _likelihood(
    y: np.ndarray, v: np.ndarray, x: np.ndarray, restricted: bool
) -> tuple[float, float]:
    """Fisher scoring from the Hedges estimate; a secant through two steps where they shrink."""
    least = float(np.min(v))
    tau2 = _hedges(y, v, x)[0]
    before: tuple[float, float] | None = None
    for _ in range(_STEPS):
        step, square = _score(y, v, x, tau2, restricted)
        moved = max(0.0, tau2 + step)
        if before is not None and before[0] != tau2:
            slope = (step - before[1]) / (tau2 - before[0])
            longer = tau2 - step / slope if slope < 0.0 else moved
            if longer >= 0.0 and abs(longer - tau2) <= _LONGEST * abs(step):
                moved = longer
        if abs(moved - tau2) <= _CLOSE * (tau2 + least):
            return moved, math.sqrt(2.0 / square)
        before, tau2 = (tau2, step), moved
    raise NotConverged(
        f"the likelihood of tau² has not settled after {_STEPS} steps: "
        "use --method DL or PM for this table"
    )


def between_trials(studies: Studies, method: Method, design: np.ndarray) -> Between:
    """Variance between trials by one method, with I², H² and Cochran's Q.

    `design` is k × p with k > p. Raises `NotConverged` if a likelihood does not settle.
    """
    y, v = studies.yi, studies.vi
    k, p = design.shape
    q = weighted_fit(y, 1 / v, design).squares
    q_p = float(stats.chi2.sf(q, k - p))
    if method == "FE":
        i2 = max(0.0, 100 * (q - (k - p)) / q) if q > 0 else 0.0
        return Between(0.0, None, i2, q / (k - p), q, k - p, q_p)
    if method in ("REML", "ML"):
        tau2, se = _likelihood(y, v, design, method == "REML")
    else:
        estimate = {
            "DL": _dersimonian_laird,
            "HS": _hunter_schmidt,
            "HE": _hedges,
            "SJ": _sidik_jonkman,
            "PM": _paule_mandel,
            "EB": _paule_mandel,
        }[method]
        tau2, se = estimate(y, v, design)
    within = typical_variance(v, design)
    return Between(tau2, se, 100 * tau2 / (tau2 + within), 1 + tau2 / within, q, k - p, q_p)


def q_profile(studies: Studies, level: float = 0.95) -> tuple[float, float]:
    """Confidence interval of tau² by the Q-profile (viechtbauer2007), ends cut off at 0."""
    k = studies.k
    design = design_of_means(k)

    def end(chance: float) -> float:
        target = float(stats.chi2.ppf(chance, k - 1))

        def left(tau2: float) -> float:
            return weighted_fit(studies.yi, 1 / (studies.vi + tau2), design).squares - target

        return _root(left, studies.yi, studies.vi)

    return end(0.5 + level / 2), end(0.5 - level / 2)
