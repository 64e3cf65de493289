"""A trial's records judged as was fixed beforehand: one estimate, its interval and p value.

Every method compares two arms at the last visit or over all periods; a fit that cannot be made,
or does not converge, says so and is never left out in silence.
"""

from typing import NamedTuple

import numpy as np
from scipy.stats import t as student

from somnesium.answers.trial.conduct import Records
from somnesium.answers.trial.design import Trial
from somnesium.answers.trial.mixed import fit_intercepts

_ALIKE = 1e-12


class Fit(NamedTuple):
    """Arm minus versus in the endpoint's unit, or why there is none.

    Estimate, standard error, degrees of freedom, two-sided p, interval at 1 - alpha, people
    analysed; `failed` is empty if all went well. Numbers of a failed fit are NaN.
    """

    estimate: float
    se: float
    df: float
    p: float
    low: float
    high: float
    people: int
    failed: str = ""


class _Data(NamedTuple):
    """One endpoint of one replicate: (people) and (visits, people)."""

    sequence: np.ndarray
    arm: np.ndarray
    baseline: np.ndarray
    post: np.ndarray


def _none(why: str, people: int = 0) -> Fit:
    nan = float("nan")
    return Fit(nan, nan, nan, nan, nan, nan, people, why)


def _fit(estimate: float, se: float, df: float, people: int, alpha: float) -> Fit:
    """A fit from an estimate and its error by Student's t."""
    if not (np.isfinite(estimate) and np.isfinite(se) and se > _ALIKE and df > 0):
        return _none("no spread left to judge by", people)
    p = 2.0 * float(student.sf(abs(estimate) / se, df))
    half = float(student.ppf(1.0 - alpha / 2.0, df)) * se
    return Fit(estimate, se, df, p, estimate - half, estimate + half, people)


def two_sample(first: np.ndarray, second: np.ndarray, alpha: float) -> Fit:
    """Difference of means by Student's t with a common variance; NaN are left out."""
    a, b = first[np.isfinite(first)], second[np.isfinite(second)]
    people = len(a) + len(b)
    if min(len(a), len(b)) < 2:
        return _none("fewer than two people in an arm", people)
    df = people - 2
    pooled = ((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / df
    se = float(np.sqrt(pooled * (1.0 / len(a) + 1.0 / len(b))))
    return _fit(float(a.mean() - b.mean()), se, df, people, alpha)


def one_sample(values: np.ndarray, alpha: float) -> Fit:
    """Mean against zero by Student's t; NaN are left out."""
    kept = values[np.isfinite(values)]
    if len(kept) < 2:
        return _none("fewer than two people with both arms", len(kept))
    se = float(kept.std(ddof=1) / np.sqrt(len(kept)))
    return _fit(float(kept.mean()), se, len(kept) - 1, len(kept), alpha)


def _ancova(data: _Data, arm: int, versus: int, alpha: float) -> Fit:
    """Least squares of the last visit on the arm and the baseline, of those who have both."""
    group = data.arm[-1]
    kept = np.isin(group, (arm, versus)) & np.isfinite(data.post[-1]) & np.isfinite(data.baseline)
    taken = (group[kept] == arm).astype(float)
    people = int(kept.sum())
    if min(taken.sum(), people - taken.sum()) < 2 or people < 4:
        return _none("fewer than two people in an arm", people)
    base = data.baseline[kept] - data.baseline[kept].mean()
    design = np.column_stack([np.ones(people), taken, base])
    if np.linalg.matrix_rank(design) < 3:
        return _none("the baseline does not differ between people", people)
    inverse = np.linalg.inv(design.T @ design)
    effects = inverse @ design.T @ data.post[-1][kept]
    left = data.post[-1][kept] - design @ effects
    df = people - 3
    variance = float(left @ left) / df
    return _fit(float(effects[1]), float(np.sqrt(variance * inverse[1, 1])), df, people, alpha)


def _mixed_parallel(data: _Data, arm: int, versus: int, alpha: float) -> Fit:
    """Random intercepts; the baseline is an outcome whose mean the arms share by randomisation.

    Fixed effects: a mean of each visit, and arm by visit after the baseline; everyone counts who
    was measured at all. Degrees of freedom: observations less people less fixed effects plus one.
    """
    visits = len(data.post)
    group = data.arm[-1]
    outcome = np.concatenate([data.baseline[None], data.post])
    kept = np.isfinite(outcome) & np.isin(group, (arm, versus))
    visit, person = np.nonzero(kept)
    taken = group[person] == arm
    moment = visit[:, None] == np.arange(visits + 1)
    design = np.column_stack([moment, moment[:, 1:] & taken[:, None]]).astype(float)
    count = len(np.unique(person))
    last = kept[-1]
    if min((last & (group == arm)).sum(), (last & (group == versus)).sum()) < 2:
        return _none("fewer than two people in an arm", count)
    return _mixed(outcome[kept], design, person, design.shape[1] - 1, count, alpha)


def _mixed_periods(data: _Data, arm: int, versus: int, alpha: float) -> Fit:
    """Random intercepts of people who live every arm; fixed effects of periods and of arms."""
    kept = np.isfinite(data.post)
    period, person = np.nonzero(kept)
    group = data.arm[kept]
    others = [k for k in np.unique(data.arm) if k != versus]
    if arm not in others or versus not in group:
        return _none("an arm that nobody finished", len(np.unique(person)))
    periods = period[:, None] == np.arange(len(data.post))
    design = np.column_stack([periods, *(group == k for k in others)]).astype(float)
    column = len(data.post) + others.index(arm)
    return _mixed(data.post[kept], design, person, column, len(np.unique(person)), alpha)


def _mixed(
    outcome: np.ndarray,
    design: np.ndarray,
    person: np.ndarray,
    column: int,
    people: int,
    alpha: float,
) -> Fit:
    try:
        found = fit_intercepts(outcome, design, person)
    except np.linalg.LinAlgError as error:
        return _none(str(error), people)
    if not found.converged:
        return _none("the variance between people did not converge", people)
    df = len(outcome) - people - design.shape[1] + 1
    se = float(np.sqrt(found.covariance[column, column]))
    return _fit(float(found.effects[column]), se, df, people, alpha)


def _arm_means(data: _Data, arm: int) -> np.ndarray:
    """Mean of each person over their periods of an arm, NaN if one is missing."""
    of = data.arm == arm
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(of, data.post, 0.0).sum(axis=0) / of.sum(axis=0)


def _paired(data: _Data, arm: int, versus: int, alpha: float) -> Fit:
    """Each person's own difference, against zero."""
    return one_sample(_arm_means(data, arm) - _arm_means(data, versus), alpha)


def _period(data: _Data, arm: int, versus: int, alpha: float) -> Fit:
    """Half the difference of period differences between the two orders, rid of a period's own
    effect (hills1979)."""
    half = 0.5 * (data.post[0] - data.post[1])
    return two_sample(half[data.arm[0] == arm], half[data.arm[0] == versus], alpha)


_METHODS = {
    "ancova": _ancova,
    "change": lambda d, a, v, alpha: two_sample(
        (d.post[-1] - d.baseline)[d.arm[-1] == a], (d.post[-1] - d.baseline)[d.arm[-1] == v], alpha
    ),
    "t_test": lambda d, a, v, alpha: two_sample(
        d.post[-1][d.arm[-1] == a], d.post[-1][d.arm[-1] == v], alpha
    ),
    "paired": _paired,
    "period": _period,
}


def _one(records: Records, endpoint: int, replicate: int) -> _Data:
    """One endpoint of one replicate."""
    return _Data(
        records.sequence[replicate],
        records.arm[:, replicate],
        records.baseline[endpoint, replicate],
        records.post[:, endpoint, replicate],
    )


def analyse(trial: Trial, records: Records, endpoint: int = 0) -> tuple[Fit, ...]:
    """The fit of every replicate for one endpoint, by the trial's own method."""
    method = _METHODS.get(trial.method)
    if method is None:
        method = _mixed_parallel if trial.design == "parallel" else _mixed_periods
    alpha = trial.analysis.alpha
    return tuple(
        method(_one(records, endpoint, k), trial.arm, trial.versus, alpha)
        for k in range(records.baseline.shape[1])
    )


def singly(trial: Trial, records: Records, endpoint: int = 0) -> np.ndarray:
    """P values (replicates, people) of each person alone, by their pairs of periods (N-of-1).

    NaN where a pair is missing, or where there is but one pair.
    """
    post, arm = records.post[:, endpoint], records.arm
    sign = np.where(arm == trial.arm, 1.0, -1.0)
    pairs = (sign * post).reshape(trial.cycles, 2, *post.shape[1:]).sum(axis=1)
    if trial.cycles < 2:
        return np.full(post.shape[1:], np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = pairs.mean(axis=0) / (pairs.std(axis=0, ddof=1) / np.sqrt(trial.cycles))
    return 2.0 * student.sf(np.abs(ratio), trial.cycles - 1)
