"""How a trial performs: many times over with fresh people, until the error is small enough."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from somnesium import say
from somnesium.answers.trial.analysis import Fit, analyse, singly
from somnesium.answers.trial.conduct import conduct
from somnesium.answers.trial.design import Trial
from somnesium.answers.trial.people import most_replicates
from somnesium.engine.run import Precision
from somnesium.errors import InvalidInput
from somnesium.person.document import Document, Number

_AT_ONCE = 4000
"""People lived together, for memory's sake."""
_LEAST = 100
"""Replicates before a run may stop early."""

Progress = Callable[[int, int, float], None]
"""Told replicates done, replicates asked for, and the power so far."""


class Run(NamedTuple):
    """The fits of a trial lived many times: of the primary endpoint, one a replicate.

    `alone` is the share of people who reach significance by themselves in a series of N-of-1,
    else NaN; `screened` people looked at; `early` whether the target error ended it.
    """

    fits: tuple[Fit, ...]
    others: tuple[tuple[Fit, ...], ...]
    alone: float
    screened: int
    early: bool


def share_error(share: float, count: int) -> float:
    """Monte-Carlo standard error of a share of `count`, never zero (agresti1998).

    Two successes and two failures are added, so that a power of 0 or 1 has an error as well.
    """
    middle = (share * count + 2.0) / (count + 4.0)
    return float(np.sqrt(middle * (1.0 - middle) / (count + 4.0)))


def _batches(trial: Trial, replicates: int) -> Iterator[tuple[int, int]]:
    """First replicate and number of replicates lived together, whatever was asked for."""
    many = max(1, _AT_ONCE // trial.people)
    for first in range(0, replicates, many):
        yield first, min(many, replicates - first)


def power_of(fits: tuple[Fit, ...], alpha: float) -> float:
    """Share of replicates with p below alpha; failed fits count as not significant."""
    return float(np.mean([fit.p < alpha for fit in fits])) if fits else float("nan")


def replicated(
    trial: Trial,
    replicates: int,
    target_error: float | None = None,
    progress: Progress | None = None,
    precision: Precision = "float32",
) -> Run:
    """Live and analyse a trial `replicates` times, fewer once the power is known well enough.

    `target_error` is the Monte-Carlo standard error of the power at which to stop, looked at after
    each batch from 100 replicates on. Raises `InvalidInput` for more than there are numbers for.
    """
    most = most_replicates(trial)
    if not 1 <= replicates <= most:
        raise InvalidInput.field(
            "replicates", replicates, f"1 to {say.count(most)} of so many people"
        )
    if target_error is not None and not 1e-4 <= target_error < 0.5:
        raise InvalidInput.field("target error", target_error, "0.0001 to 0.5")
    fits: list[tuple[Fit, ...]] = [() for _ in trial.endpoints]
    alone, screened, early = [], 0, False
    for first, count in _batches(trial, replicates):
        records = conduct(trial, first, count, precision)
        for k in range(len(fits)):
            fits[k] += analyse(trial, records, k)
        if trial.design == "n_of_1":
            alone.append(singly(trial, records).ravel())
        screened += records.screened
        done = len(fits[0])
        power = power_of(fits[0], trial.analysis.alpha)
        if progress is not None:
            progress(done, replicates, power)
        small = target_error is not None and share_error(power, done) <= target_error
        if small and done >= _LEAST and done < replicates:
            early = True
            break
    single = np.concatenate(alone) if alone else np.empty(0)
    single = single[np.isfinite(single)]
    share = float(np.mean(single < trial.analysis.alpha)) if len(single) else float("nan")
    return Run(fits[0], tuple(fits[1:]), share, screened, early)


class Estimated(Document):
    """A figure of performance and its Monte-Carlo standard error; nothing where there is none."""

    value: Number | None
    error: Number | None


class Performance(Document):
    """How an endpoint's estimator did over the replicates (morris2019), in the endpoint's unit.

    `power` counts failed fits as not significant; the others leave them out. `truth` is the
    estimand; `coverage` how often the interval held it; `exaggeration` the mean size of
    significant estimates over the truth, `wrong_sign` their share with the other sign.
    """

    endpoint: str
    unit: str
    truth: Estimated
    replicates: int
    failed: int
    failures: dict[str, int]
    power: Estimated
    mean: Estimated
    bias: Estimated
    empirical_se: Estimated
    model_se: Estimated
    coverage: Estimated
    exaggeration: Number | None
    wrong_sign: Number | None
    middle95: tuple[Number, Number] | None


def _mean(values: np.ndarray) -> Estimated:
    """A mean over replicates, and its error."""
    if not len(values):
        return Estimated(value=None, error=None)
    error = float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else None
    return Estimated(value=float(values.mean()), error=error)


def _share(hits: np.ndarray) -> Estimated:
    """A share of replicates, and its error."""
    if not len(hits):
        return Estimated(value=None, error=None)
    share = float(hits.mean())
    return Estimated(value=share, error=share_error(share, len(hits)))


def performance(
    label: str, unit: str, fits: tuple[Fit, ...], alpha: float, truth: float, truth_error: float
) -> Performance:
    """Figures of performance of the fits of an endpoint whose estimand is `truth`."""
    good = [fit for fit in fits if not fit.failed]
    estimate = np.array([fit.estimate for fit in good])
    error = np.array([fit.se for fit in good])
    held = np.array([fit.low <= truth <= fit.high for fit in good])
    hit = np.array([fit.p < alpha for fit in good], bool)
    spread = Estimated(value=None, error=None)
    if len(good) > 1:
        sd = float(estimate.std(ddof=1))
        spread = Estimated(value=sd, error=sd / float(np.sqrt(2.0 * (len(good) - 1))))
    mean = _mean(estimate)
    bias = mean
    if mean.value is not None:
        bias = Estimated(value=mean.value - truth, error=mean.error)
    found = estimate[hit] if good else estimate
    middle = None
    if good:
        low, high = np.quantile(estimate, [0.025, 0.975])
        middle = (float(low), float(high))
    real = abs(truth) > 1e-9 and len(found) > 0
    return Performance(
        endpoint=label,
        unit=unit,
        truth=Estimated(value=truth, error=truth_error),
        replicates=len(fits),
        failed=len(fits) - len(good),
        failures=dict(Counter(fit.failed for fit in fits if fit.failed)),
        power=_share(np.array([fit.p < alpha for fit in fits])),
        mean=mean,
        bias=bias,
        empirical_se=spread,
        model_se=_mean(error),
        coverage=_share(held),
        exaggeration=float(np.mean(np.abs(found)) / abs(truth)) if real else None,
        wrong_sign=float(np.mean(found * truth < 0.0)) if real else None,
        middle95=middle,
    )
