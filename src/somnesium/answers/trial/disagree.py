"""Why trials disagree: the same body, with the same gains, through each published design.

If magnesium did exactly what the model says, what would each trial have found? Where designs are
small or people replete, one truth looks like success here and failure there.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from somnesium.answers.evidence.table import Contrast, Evidence
from somnesium.answers.trial.analysis import Fit
from somnesium.answers.trial.design import Trial
from somnesium.answers.trial.expected import expected, prepare
from somnesium.answers.trial.measures import MEASURES, Endpoint
from somnesium.answers.trial.power import power_of, replicated, share_error
from somnesium.answers.trial.published import assumed_of, design_of
from somnesium.errors import InvalidInput

_TRUTH_PEOPLE = 256


class Disagreement(NamedTuple):
    """One endpoint of one published trial: what it had to find by the model, and what it found.

    `role` is that of the evidence table; `describe` may have something that our body lacks.
    `expected` is the mean difference by the body; `low` and `high` hold 95 % of the simulated
    estimates; `chance` of p below 0.05 with its Monte-Carlo `error`; `failed` fits. Published
    figures are None where they are not printed; `printed_p` is the p value as printed. `as_far`
    is the share of simulated estimates at least as far from their middle as the published one.
    """

    trial: str
    role: str
    endpoint: str
    unit: str
    people: int
    replicates: int
    expected: float
    low: float
    high: float
    chance: float
    error: float
    failed: int
    published: float | None
    published_low: float | None
    published_high: float | None
    printed_p: str
    as_far: float | None
    assumed: tuple[str, ...]


class Left(NamedTuple):
    """A trial that was not lived, and why."""

    trial: str
    why: str


def lived_names(evidence: Evidence) -> tuple[str, ...]:
    """Trials of the table that are not syntheses, in its order."""
    return tuple(row.trial for row in evidence.trials if row.design != "synthesis")


def disagreements(
    evidence: Evidence, replicates: int = 200, seed: int = 1, names: tuple[str, ...] = ()
) -> Iterator[tuple[Disagreement, ...] | Left]:
    """Each published trial lived `replicates` times; what it had to find, or why it was left."""
    for name in names or lived_names(evidence):
        try:
            design = design_of(evidence, name, seed=seed)
            run = replicated(design, replicates)
        except InvalidInput as error:
            yield Left(name, str(error))
            continue
        truth = expected(prepare(design, _TRUTH_PEOPLE, seed), seed=seed)
        assumed = assumed_of(evidence, name)
        yield tuple(
            _row(evidence, name, design, k, fits, float(truth.difference[k]), assumed)
            for k, fits in enumerate((run.fits, *run.others))
        )


def _row(
    evidence: Evidence,
    name: str,
    design: Trial,
    endpoint: int,
    fits: tuple[Fit, ...],
    truth: float,
    assumed: tuple[str, ...],
) -> Disagreement:
    one = design.endpoints[endpoint]
    good = np.array([fit.estimate for fit in fits if not fit.failed])
    low, high = np.quantile(good, [0.025, 0.975]) if len(good) else (np.nan, np.nan)
    chance = power_of(fits, design.analysis.alpha)
    found = _published(evidence, name, design, one)
    estimate = found.estimate if found is not None and found.measure == "md" else None
    if estimate is None:
        estimate = _of_arms(evidence, name, design, one)
    as_far = None
    if estimate is not None and len(good):
        middle = float(np.median(good))
        as_far = float(np.mean(np.abs(good - middle) >= abs(estimate - middle)))
    role = next(row.role for row in evidence.trials if row.trial == name)
    return Disagreement(
        trial=name,
        role=role,
        endpoint=one.label,
        unit=MEASURES[one.measure].unit,
        people=design.people,
        replicates=len(fits),
        expected=truth,
        low=float(low),
        high=float(high),
        chance=chance,
        error=share_error(chance, len(fits)),
        failed=sum(bool(fit.failed) for fit in fits),
        published=estimate,
        published_low=None if found is None else found.low,
        published_high=None if found is None else found.high,
        printed_p="" if found is None else str(found.printed.get("p", found.p or "")),
        as_far=as_far,
        assumed=assumed,
    )


def _published(evidence: Evidence, name: str, design: Trial, one: Endpoint) -> Contrast | None:
    """The published difference between the arms compared, if there is one."""
    arm, versus = design.arms[design.arm].name, design.arms[design.versus].name
    for row in evidence.contrasts:
        same = (row.trial, row.arm, row.versus) == (name, arm, versus)
        if same and (row.endpoint, row.instrument) == (one.measure, one.instrument):
            return row
    return None


def _of_arms(evidence: Evidence, name: str, design: Trial, one: Endpoint) -> float | None:
    """The difference of the arms' own changes, or of their means afterwards, where printed."""
    found = []
    for arm in (design.arms[design.arm].name, design.arms[design.versus].name):
        rows = [
            row
            for row in evidence.endpoints
            if (row.trial, row.arm, row.endpoint, row.instrument)
            == (name, arm, one.measure, one.instrument)
        ]
        if not rows:
            return None
        last = max(rows, key=lambda row: row.weeks or 0.0)
        change = last.change_mean
        if change is None and last.post_mean is not None and last.baseline_mean is not None:
            change = last.post_mean - last.baseline_mean
        found.append((change, last.post_mean))
    for of_arm, of_versus in zip(*found, strict=True):
        if of_arm is not None and of_versus is not None:
            return of_arm - of_versus
    return None
