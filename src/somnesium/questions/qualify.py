"""Run the benchmarks, and tell the outcomes as a document."""

from collections.abc import Iterator, Sequence

from somnesium.answers.qualification.benchmark import Benchmark, Outcome, attempt
from somnesium.errors import InvalidInput
from somnesium.person.document import Document, Number
from somnesium.questions.version import model_version


def benchmarks() -> tuple[Benchmark, ...]:
    """All benchmarks in the order of their numbers."""
    from somnesium.answers.qualification import (
        clocks,
        dynamics,
        habits,
        kinetics,
        magnesium,
        norms,
        numerics,
    )

    modules = (norms, dynamics, numerics, habits, clocks, kinetics, magnesium)
    found = [one for module in modules for one in module.BENCHMARKS]
    return tuple(sorted(found, key=lambda b: (b.id[0], int(b.id[1:]))))


def qualify(ids: Sequence[str] = ()) -> Iterator[tuple[int, int, Outcome]]:
    """Attempt the benchmarks named, or all; yields (how many done, of how many, outcome)."""
    known = {b.id: b for b in benchmarks()}
    for name in ids:
        if name not in known:
            raise InvalidInput.field("benchmark", name, ", ".join(known))
    chosen = [known[name] for name in ids] if ids else list(known.values())
    for done, benchmark in enumerate(chosen, start=1):
        yield done, len(chosen), attempt(benchmark)


class CheckRow(Document):
    """A simulated number and the range in which it is accepted."""

    quantity: str
    simulated: Number | None
    low: Number
    high: Number
    unit: str
    passed: bool


class BenchmarkRow(Document):
    """One benchmark as it came out."""

    id: str
    phenomenon: str
    published: str
    sources: tuple[str, ...]
    kind: str
    limits: str
    checks: tuple[CheckRow, ...]
    passed: bool


class Qualification(Document):
    """All benchmarks attempted."""

    model_version: str
    attempted: int
    reproduced: int
    benchmarks: tuple[BenchmarkRow, ...]


def qualification_document(outcomes: Sequence[Outcome]) -> Qualification:
    """The outcomes as a document; a simulated number that is not one is null."""
    rows = []
    for outcome in outcomes:
        b = outcome.benchmark
        checks = tuple(
            CheckRow(
                quantity=c.quantity,
                simulated=float(c.value) if abs(c.value) < float("inf") else None,
                low=c.low,
                high=c.high,
                unit=c.unit,
                passed=bool(c.passed),
            )
            for c in outcome.checks
        )
        rows.append(
            BenchmarkRow(
                id=b.id,
                phenomenon=b.phenomenon,
                published=b.published,
                sources=b.sources,
                kind=b.kind,
                limits=b.limits,
                checks=checks,
                passed=bool(outcome.passed),
            )
        )
    return Qualification(
        model_version=model_version(),
        attempted=len(rows),
        reproduced=sum(row.passed for row in rows),
        benchmarks=tuple(rows),
    )
