"""What became of each row of a file: accepted, partial or rejected, with a reason."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from somnesium.errors import SomnesiumError

Verdict = Literal["accepted", "partial", "rejected"]
"""Whole in a night; in a night that lacks something; in none."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What became of `rows` rows at one place of a file; `evening` is the night they are in."""

    where: str
    rows: int
    verdict: Verdict
    reason: str
    evening: date | None


class Ledger(NamedTuple):
    """Every row read, once. `rows` counts what was read; the entries add up to it."""

    rows: int
    entries: tuple[LedgerEntry, ...]

    @property
    def counts(self) -> dict[Verdict, int]:
        """Rows by verdict; every verdict is there."""
        counts: dict[Verdict, int] = {"accepted": 0, "partial": 0, "rejected": 0}
        for entry in self.entries:
            counts[entry.verdict] += entry.rows
        return counts

    @property
    def reasons(self) -> dict[str, int]:
        """Rows by reason, the most frequent first; entries without a reason are left out."""
        reasons: Counter[str] = Counter()
        for entry in self.entries:
            if entry.reason:
                reasons[entry.reason] += entry.rows
        return dict(reasons.most_common())


def balanced(rows: int, entries: Iterable[LedgerEntry]) -> Ledger:
    """A ledger whose entries add up to `rows`; anything else is an error of ours, and is raised."""
    ledger = Ledger(rows, tuple(entries))
    if any(entry.rows < 0 for entry in ledger.entries) or sum(ledger.counts.values()) != rows:
        entered = sum(ledger.counts.values())
        raise SomnesiumError(f"the ledger does not balance: {rows} rows read, {entered} told")
    return ledger
