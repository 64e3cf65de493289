"""What a benchmark is, and how an outcome is told."""

from collections.abc import Callable
from typing import Literal, NamedTuple


class Check(NamedTuple):
    """One simulated number held against the range in which it is accepted."""

    quantity: str
    value: float
    low: float
    high: float
    unit: str = ""

    @property
    def passed(self) -> bool:
        """Whether the value lies in the range; a number that is not one does not."""
        return self.low <= self.value <= self.high


class Benchmark(NamedTuple):
    """A published finding and the experiment that tries to reproduce it.

    `kind`: `fitted` if a parameter was fitted to this row, `predicted` if none was, `design` for
    a property we demand rather than a published number. `limits` says in words what a pass does
    not show.
    """

    id: str
    phenomenon: str
    published: str
    sources: tuple[str, ...]
    kind: Literal["fitted", "predicted", "design"]
    experiment: Callable[[], tuple[Check, ...]]
    limits: str = ""


class Outcome(NamedTuple):
    """A benchmark and what came out."""

    benchmark: Benchmark
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return bool(self.checks) and all(check.passed for check in self.checks)


def attempt(benchmark: Benchmark) -> Outcome:
    """Run the experiment."""
    return Outcome(benchmark, benchmark.experiment())
