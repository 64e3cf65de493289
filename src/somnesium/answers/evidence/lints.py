"""Lints of the evidence table: what cannot be is refused, what is odd is kept and flagged."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from somnesium.answers.evidence.checks_tests import statistic_lints
from somnesium.answers.evidence.checks_trials import trial_lints
from somnesium.answers.evidence.checks_values import value_lints
from somnesium.answers.evidence.finding import Lint
from somnesium.answers.evidence.reading import joined, packaged, read_trials
from somnesium.answers.evidence.table import Evidence
from somnesium.errors import InvalidInput


class Reviewed(NamedTuple):
    """The evidence table and what the lints say of it; none of them refuses."""

    evidence: Evidence
    lints: tuple[Lint, ...]

    def of(self, trial: str) -> tuple[Lint, ...]:
        """What is said of one trial."""
        return tuple(each for each in self.lints if each.trial == trial)


def lints(evidence: Evidence) -> tuple[Lint, ...]:
    """Every finding, refusals first, then in the order of the table."""
    every = (*value_lints(evidence), *statistic_lints(evidence), *trial_lints(evidence))
    return tuple(sorted(dict.fromkeys(every), key=lambda each: each.severity != "refuse"))


@cache
def _packaged_review() -> Reviewed:
    """Our own table and its lints; a test holds that none refuses."""
    evidence = packaged()
    return Reviewed(evidence, lints(evidence))


def reviewed(trials: Path | str | None = None) -> Reviewed:
    """Our evidence table, with the user's trials added if a path is given, and its lints.

    Raises `InvalidInput` naming row, column and reason where a number cannot be.
    """
    if trials is None:
        return _packaged_review()
    known = packaged()
    evidence = joined(known, read_trials(trials, known))
    findings = lints(evidence)
    if refused := [each for each in findings if each.severity == "refuse"]:
        first, more = refused[0], len(refused) - 1
        row = next(
            each
            for each in evidence.rows()
            if (each.trial, each.where) == (first.trial, first.row) and hasattr(each, first.field)
        )
        value = row.printed.get(first.field, getattr(row, first.field))
        fix = f"{more} more rows are refused too" if more else "correct the row or leave it out"
        where = f"{first.row} ({first.trial}), {first.field}"
        raise InvalidInput.field(where, value, first.reason, fix)
    return Reviewed(evidence, findings)
