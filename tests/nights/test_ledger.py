"""The ledger: counts by verdict, reasons, and no row lost."""

import pytest

from somnesium.errors import SomnesiumError
from somnesium.nights.ledger import LedgerEntry, balanced

ENTRIES = (
    LedgerEntry("row 1", 1, "accepted", "", None),
    LedgerEntry("row 2", 1, "partial", "no duration", None),
    LedgerEntry("rows 3 to 5", 3, "rejected", "twice", None),
)


def test_counts_and_reasons():
    ledger = balanced(5, ENTRIES)
    assert ledger.counts == {"accepted": 1, "partial": 1, "rejected": 3}
    assert list(ledger.reasons.items()) == [("twice", 3), ("no duration", 1)]


@pytest.mark.parametrize("rows", [4, 6])
def test_a_ledger_that_does_not_balance_is_our_error(rows):
    with pytest.raises(SomnesiumError, match="does not balance"):
        balanced(rows, ENTRIES)
