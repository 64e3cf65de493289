"""What a benchmark is, and how its outcome is told."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from somnesium.person.document import Document, Number


class Check(NamedTuple):
    """One simulated number held against the range in which it is accepted."""

    quantity: str
    value: float
    low: float
    high: float
    unit: str = ""


Experiment = Callable[[], tuple[Check, ...]]
"""Lives what a benchmark asks for and measures it."""
Experiments = Mapping[str, Experiment]
"""Experiments by the number of their benchmark."""


class Benchmark(Document):
    """A published finding to be reproduced: a row of `benchmarks.toml`.

    `kind`: `fitted` if a parameter was fitted to this row, `predicted` if none was, `design` for
    a property we demand rather than a published number. `limits` says in words what a pass does
    not show.
    """

    id: str
    phenomenon: str
    published: str
    sources: tuple[str, ...]
    kind: str
    limits: str


class CheckRow(Document):
    """A simulated number and the range in which it is accepted; null where it is no number."""

    quantity: str
    simulated: Number | None
    low: Number
    high: Number
    unit: str
    passed: bool


class BenchmarkRow(Benchmark):
    """One benchmark as it came out."""

    checks: tuple[CheckRow, ...]
    passed: bool


def outcome_of(benchmark: Benchmark, checks: tuple[Check, ...]) -> BenchmarkRow:
    """A benchmark with what its experiment measured; it passes if every number is in range."""
    rows = tuple(
        CheckRow(
            quantity=check.quantity,
            simulated=float(check.value) if abs(check.value) < float("inf") else None,
            low=check.low,
            high=check.high,
            unit=check.unit,
            passed=bool(check.low <= check.value <= check.high),
        )
        for check in checks
    )
    passed = bool(rows) and all(row.passed for row in rows)
    return BenchmarkRow(**dict(benchmark), checks=rows, passed=passed)
