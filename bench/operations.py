"""Floating-point operations of a step, counted by running the equations on counting numbers.

Every distinct operation that leads to a result is counted once: a compiler computes repeated
expressions once and drops what nothing needs. An addition, multiplication, division, comparison
and root count as one; an exponential and a logarithm as the operations of our own polynomials.
"""

from collections.abc import Iterable, Iterator
from typing import Any, get_type_hints

from somnesium.body.assembly import Body, Exposure, Fixed, Inputs, Slow, State, change, slow
from somnesium.body.readouts import drive_at, signals_at
from somnesium.body.stages import Stages, transition_rates
from somnesium.engine.chain import chain_over
from somnesium.engine.lanes import advance
from somnesium.engine.tally import DayTally, NightTally, add_day, add_night

COSTS = {"float64": {"exp": 33, "log": 28}, "float32": {"exp": 21, "log": 16}}
"""Operations in `maths._exp`, `_log`, `_exp32` and `_log32`; all else costs one."""


class Counting:
    """A number that remembers how it came about; equal histories are one number."""

    def __init__(self, known: dict[tuple, "Counting"], what: str, parts: tuple = ()) -> None:
        """Hold the operation and what it was done to."""
        self.known, self.what, self.parts = known, what, parts

    def then(self, what: str, *others: Any) -> "Counting":
        """The number that an operation makes of this one and others, plain numbers too."""
        parts = (self, *others)
        key = (what, *(id(p) if isinstance(p, Counting) else p for p in parts))
        if what in ("+", "*"):
            key = (what, *sorted(key[1:], key=repr))
        return self.known.setdefault(key, Counting(self.known, what, parts))

    def __bool__(self) -> bool:
        """Comparisons come out true; both ways cost the same."""
        return True

    def __add__(self, other: Any) -> "Counting":
        return self.then("+", other)

    def __mul__(self, other: Any) -> "Counting":
        return self.then("*", other)

    def __sub__(self, other: Any) -> "Counting":
        return self.then("-", other)

    def __rsub__(self, other: Any) -> "Counting":
        return self.then("r-", other)

    def __truediv__(self, other: Any) -> "Counting":
        return self.then("/", other)

    def __rtruediv__(self, other: Any) -> "Counting":
        return self.then("r/", other)

    def __pow__(self, other: Any) -> "Counting":
        return (self.log() * other).exp()

    def __abs__(self) -> "Counting":
        return self.then("abs")

    def __neg__(self) -> "Counting":
        return self.then("neg")

    def __lt__(self, other: Any) -> "Counting":
        return self.then("<", other)

    def exp(self) -> "Counting":
        """Called by numpy, to which `maths.exp` turns."""
        return self.then("exp")

    def log(self) -> "Counting":
        """The same for the logarithm."""
        return self.then("log")

    def sqrt(self) -> "Counting":
        """The same for the root."""
        return self.then("sqrt")

    __radd__, __rmul__ = __add__, __mul__
    __le__ = __gt__ = __ge__ = __and__ = __rand__ = __lt__


def counting(kind: type, known: dict, name: str) -> Any:
    """A NamedTuple of `kind` of counting numbers."""
    parts = {
        field: counting(hint, known, f"{name}.{field}")
        if isinstance(hint, type) and issubclass(hint, tuple)
        else Counting(known, "given")
        for field, hint in get_type_hints(kind).items()
    }
    return kind(**parts)


def _flat(values: Iterable) -> Iterator[Any]:
    for value in values:
        if isinstance(value, tuple):
            yield from _flat(value)
        else:
            yield value


def operations(results: Iterable, precision: str = "float64") -> int:
    """Operations that lead to `results`, tuples of tuples of counting numbers."""
    costs = COSTS[precision] | {"given": 0, "neg": 0}
    waiting = [r for r in _flat(results) if isinstance(r, Counting)]
    seen: dict[int, Counting] = {}
    while waiting:
        number = waiting.pop()
        if id(number) not in seen:
            seen[id(number)] = number
            waiting += [part for part in number.parts if isinstance(part, Counting)]
    return sum(costs.get(number.what, 1) for number in seen.values())


def step_operations(precision: str = "float64") -> tuple[int, int]:
    """Operations of one step of the engine out of bed, and of one in bed.

    The same functions in the same order as in `engine.steps`; the marks that choose between
    two numbers (dim-light onset, temperature minimum) count as one operation each.
    """
    known: dict[tuple, Counting] = {}
    s, p, u = (counting(kind, known, "") for kind in (State, Stages, Inputs))
    b, f, e = (counting(kind, known, "") for kind in (Body, Fixed, Exposure))
    before, day = counting(Slow, known, ""), counting(DayTally, known, "")
    night, mean = counting(NightTally, known, ""), counting(Stages, known, "")
    step, half, middle_time = (Counting(known, "given") for _ in range(3))
    middle = advance(s, half, change(s, p, u, e, before, b, f))
    costly = slow(middle, b, f)
    lying = advance(s, step, d := change(middle, mean, u, e, costly, b, f))
    marks = add_day(day, lying, d, middle, b, middle_time, step)
    awake = operations((middle, costly, lying, marks), precision)
    rates = transition_rates(drive_at(middle, u, costly, b, f), b.chain)
    moved = chain_over(p, rates, step)
    end = advance(s, step, d := change(middle, moved.mean, u, e, costly, b, f))
    marks = add_day(day, end, d, middle, b, middle_time, step)
    seen = signals_at(middle, moved.mean, u, costly, b, f)
    sums = add_night(night, moved.mean, rates, seen, step)
    return awake, operations((middle, costly, moved, end, marks, sums), precision)
