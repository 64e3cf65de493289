"""Does the model reproduce what was published? Runs the benchmarks and tells how they came out."""

from collections.abc import Iterator, Sequence

from somnesium.answers.qualification import (
    clocks,
    dynamics,
    habits,
    kinetics,
    magnesium,
    norms,
    numerics,
)
from somnesium.answers.qualification.benchmark import Benchmark, BenchmarkRow, outcome_of
from somnesium.errors import InvalidInput
from somnesium.person.document import Document, read_document
from somnesium.questions.version import model_version
from somnesium.sources import packaged_toml

_EXPERIMENTS = {
    name: experiment
    for module in (norms, dynamics, numerics, habits, clocks, kinetics, magnesium)
    for name, experiment in module.EXPERIMENTS.items()
}


def benchmarks() -> tuple[Benchmark, ...]:
    """All benchmarks in the order of their numbers."""
    rows = packaged_toml("benchmarks.toml").items()
    return tuple(read_document({"id": name, **row}, Benchmark) for name, row in rows)


def attempt(benchmark: Benchmark) -> BenchmarkRow:
    """Run the experiment of a benchmark."""
    return outcome_of(benchmark, _EXPERIMENTS[benchmark.id]())


def qualify(ids: Sequence[str] = ()) -> Iterator[tuple[int, int, BenchmarkRow]]:
    """Attempt the benchmarks named, or all; yields (how many done, of how many, outcome)."""
    known = {benchmark.id: benchmark for benchmark in benchmarks()}
    for name in ids:
        if name not in known:
            raise InvalidInput.field("benchmark", name, ", ".join(known))
    chosen = [known[name] for name in ids] if ids else list(known.values())
    for done, benchmark in enumerate(chosen, start=1):
        yield done, len(chosen), attempt(benchmark)


class Qualification(Document):
    """All benchmarks attempted."""

    model_version: str
    attempted: int
    reproduced: int
    benchmarks: tuple[BenchmarkRow, ...]


def qualification_document(outcomes: Sequence[BenchmarkRow]) -> Qualification:
    """The outcomes together, counted."""
    return Qualification(
        model_version=model_version(),
        attempted=len(outcomes),
        reproduced=sum(row.passed for row in outcomes),
        benchmarks=tuple(outcomes),
    )
