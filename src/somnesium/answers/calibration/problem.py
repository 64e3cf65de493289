"""The whole problem: every design lived at every point, and what was published beside it."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from somnesium.answers.calibration.acute import live_acute
from somnesium.answers.calibration.designs import (
    Comparison,
    Design,
    comparisons,
    designs,
    scale_of,
    trial_document,
)
from somnesium.answers.calibration.lived import Progress, live_trial
from somnesium.answers.calibration.posterior import Observed
from somnesium.answers.evidence.table import Evidence
from somnesium.simulation.gains import from_normal

HIGH_RISK = 2.0
"""How much wider the discrepancy of a trial at high risk of bias is (judgement#risk-of-bias)."""


class Asked(NamedTuple):
    """Designs in one role and what each is compared by, in one order."""

    designs: tuple[Design, ...]
    comparisons: tuple[tuple[Comparison, ...], ...]

    @property
    def rows(self) -> tuple[Comparison, ...]:
        """Every comparison, in order."""
        return tuple(one for group in self.comparisons for one in group)


def asked_of(table: Evidence, *roles: str, numbers: bool = False) -> Asked:
    """The designs whose trials have one of these roles; with `numbers` only what can be fitted."""
    named = {row.trial for row in table.with_role(*roles)}
    chosen = [design for design in designs() if design.trial in named]
    groups = [comparisons(design, table) for design in chosen]
    if numbers:
        groups = [tuple(one for one in group if one.error is not None) for group in groups]
    kept = [(design, group) for design, group in zip(chosen, groups, strict=True) if group]
    return Asked(tuple(one[0] for one in kept), tuple(one[1] for one in kept))


def observed(rows: Sequence[Comparison]) -> Observed:
    """What was published, for the posterior; every row must have a number and an error."""
    wide = [HIGH_RISK if one.high_risk else 1.0 for one in rows]
    return Observed(
        value=np.array([one.value for one in rows], float),
        error=np.array([one.error for one in rows], float),
        scale=np.array([scale_of(one.measure) for one in rows]) * np.array(wide),
    )


def live_all(
    asked: Asked,
    table: Evidence,
    z: np.ndarray,
    *,
    people: int,
    seed: int,
    model: str,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> np.ndarray:
    """Every comparison at each point `z` (points, gains) of the gains: (points, comparisons)."""
    columns = []
    for design, rows in zip(asked.designs, asked.comparisons, strict=True):
        if design.kind == "acute":
            columns.append(live_acute(design, table, rows, from_normal(z)))
            continue
        trial = trial_document(design, table)
        baseline, post = live_trial(
            trial, z, people=people, seed=seed, model=model, folder=folder, progress=progress
        )
        arms = [arm.name for arm in trial.arms]
        read = [(one.measure, one.instrument) for one in trial.endpoints]
        for one in rows:
            at = read.index((one.measure, one.by))
            change = post[:, arms.index(one.arm), at] - post[:, arms.index(one.versus), at]
            percent = 100.0 / baseline[:, at] if one.percent else 1.0
            columns.append((change * percent)[:, None])
    return np.concatenate(columns, axis=1)
