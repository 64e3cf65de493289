"""What a lint says of a row, and how finely a number was printed."""

from decimal import Decimal
from typing import Literal, NamedTuple

from somnesium.answers.evidence.measures import MEASURES
from somnesium.answers.evidence.table import Contrast, Endpoint, Row

Severity = Literal["refuse", "flag"]
"""`refuse`: the number is impossible. `flag`: it is odd, kept, and should be looked at."""


class Lint(NamedTuple):
    """Something wrong or odd in a row: which trial, row and column, how bad, why, and who says."""

    trial: str
    row: str
    field: str
    severity: Severity
    reason: str
    source: str


def lint(row: Row, field: str, severity: Severity, reason: str, source: str) -> Lint:
    """A finding about a column of a row."""
    return Lint(row.trial, row.where, field, severity, reason, source)


def printed_factor(row: Endpoint | Contrast) -> float:
    """What turned the printed unit into that of the endpoint."""
    if getattr(row, "measure", "md") != "md":
        return 1.0
    measure = MEASURES[row.endpoint]
    return measure.units.get(row.printed.get("unit", row.unit), 1.0)


def half_step(row: Endpoint | Contrast, field: str) -> float:
    """Half a unit of the last digit printed, in the unit of the row; 0 if nothing is known."""
    text = row.printed.get(field, "").lstrip("<≤ ").replace("−", "-")
    if not text:
        return 0.0
    factor = 1.0 if field == "p" else printed_factor(row)
    return 0.5 * 10.0 ** int(Decimal(text).as_tuple().exponent) * factor
