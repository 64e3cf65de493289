"""One number from many trials: the mean effect, its interval, and where the next trial may lie."""

import math
from contextlib import suppress
from typing import Literal, NamedTuple

import numpy as np
from scipy import stats

from somnesium.answers.evidence.heterogeneity import (
    Between,
    Method,
    between_trials,
    design_of_means,
    weighted_fit,
)
from somnesium.answers.evidence.studies import Studies
from somnesium.errors import NotConverged
from somnesium.person.document import Document, Number

IntervalKind = Literal["hk", "z"]
"""How the interval of the mean is made: Knapp–Hartung's with t of k − 1 degrees of freedom
(knapp2003), or the plain normal one."""

MOST_LEFT_OUT = 200
"""Studies above which none is left out in turn: one hardly counts, and it takes seconds."""


class Mean(NamedTuple):
    """A mean effect with standard error, interval, test and prediction, made in one way.

    `df` is None for the normal distribution. `interval` is a 95 % confidence interval of the mean;
    `prediction` holds the true effect of a next trial like these in 95 of 100 cases, None where
    nothing can be known of it.
    """

    kind: IntervalKind
    se: float
    df: int | None
    statistic: float
    p: float
    interval: tuple[float, float]
    prediction: tuple[float, float] | None
    prediction_method: str


class Pooled(NamedTuple):
    """`k` studies pooled by `method`: the mean `estimate` and both of its intervals.

    `between` is None for a single study. `hk` is None where it cannot be had: one study, the
    common-effect model, or differences that are all the same. `used` is the interval asked for, or
    `z` in its place.
    """

    k: int
    method: Method
    estimate: float
    between: Between | None
    z: Mean
    hk: Mean | None
    wanted: IntervalKind

    @property
    def used(self) -> Mean:
        """The interval asked for, or the normal one where that cannot be had."""
        return self.hk if self.wanted == "hk" and self.hk is not None else self.z


class WithoutOne(Document):
    """The pool without one study; None where the estimate did not settle."""

    study: str
    estimate: Number | None
    interval95: tuple[Number, Number] | None
    tau2: Number | None


_NOTHING = 1e-7
_HOW = {
    "hk": "t with k − 1 degrees of freedom, Knapp–Hartung standard error, plus tau2",
    "z": "normal, plus tau2",
}


def mean_of(
    estimate: float, se: float, tau2: float | None, kind: IntervalKind, df: int | None
) -> Mean:
    """Test, interval and prediction of a mean with standard error `se`, above 0.

    `tau2` None means that nothing is known of what a next trial may find.
    """
    spread = stats.norm() if df is None else stats.t(df)
    reach = float(spread.ppf(0.975))
    statistic = estimate / se
    prediction = None
    if tau2 is not None:
        wide = reach * math.sqrt(se**2 + tau2)
        prediction = (estimate - wide, estimate + wide)
    return Mean(
        kind=kind,
        se=se,
        df=df,
        statistic=statistic,
        p=float(2 * spread.sf(abs(statistic))),
        interval=(estimate - reach * se, estimate + reach * se),
        prediction=prediction,
        prediction_method=_HOW[kind] if tau2 is not None else "none",
    )


def pool(studies: Studies, method: Method = "REML", interval: IntervalKind = "hk") -> Pooled:
    """Pool studies; the unit is that of `yi`.

    One study is passed on as it is: there is no variance between trials to be estimated, and no
    prediction. Raises `NotConverged` if a likelihood does not settle.
    """
    k = studies.k
    if k == 1:
        estimate = float(studies.yi[0])
        z = mean_of(estimate, math.sqrt(float(studies.vi[0])), None, "z", None)
        return Pooled(1, method, estimate, None, z, None, interval)
    design = design_of_means(k)
    between = between_trials(studies, method, design)
    fit = weighted_fit(studies.yi, 1.0 / (studies.vi + between.tau2), design)
    estimate, variance = float(fit.coefficients[0]), float(fit.covariance[0, 0])
    common = method == "FE"
    tau2 = None if common else between.tau2
    z = mean_of(estimate, math.sqrt(variance), tau2, "z", None)
    hk = None
    se = math.sqrt(variance * fit.squares / (k - 1))
    if not common and se > _NOTHING * math.sqrt(variance):
        hk = mean_of(estimate, se, tau2, "hk", k - 1)
    return Pooled(k, method, estimate, between, z, hk, interval)


def shares(studies: Studies, pooled: Pooled) -> np.ndarray:
    """Share of each study in the mean, which add up to 1 (array of k)."""
    tau2 = 0.0 if pooled.between is None else pooled.between.tau2
    weights = 1.0 / (studies.vi + tau2)
    return weights / np.sum(weights)


def leave_one_out(
    studies: Studies, method: Method = "REML", interval: IntervalKind = "hk"
) -> tuple[WithoutOne, ...]:
    """The pool without each study in turn; nothing of fewer than 2 or more than `MOST_LEFT_OUT`."""
    if not 2 <= studies.k <= MOST_LEFT_OUT:
        return ()
    pools = []
    for index, name in enumerate(studies.names):
        estimate = ends = tau2 = None
        with suppress(NotConverged):
            rest = pool(studies.without(index), method, interval)
            estimate, ends = rest.estimate, rest.used.interval
            tau2 = None if rest.between is None else rest.between.tau2
        pools.append(WithoutOne(study=name, estimate=estimate, interval95=ends, tau2=tau2))
    return tuple(pools)
