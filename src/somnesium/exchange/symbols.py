"""The equations of the body read on SymPy symbols: the same source, nothing retyped.

SymPy is kept from simplifying, so that an expression has the shape of its source, and what one
equation shares with another (serum, deficit, clock phase) is found in both and given its name.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from types import ModuleType
from typing import Any, NamedTuple, TypeVar, get_type_hints

from somnesium.body.assembly import (
    Body,
    Exposure,
    Fixed,
    Inputs,
    Slow,
    State,
    derivative,
    exposure,
    fix,
    slow,
)
from somnesium.body.melatonin import melatonin_dose
from somnesium.body.readouts import Signals, drive, signals
from somnesium.body.stages import Drive, Rates, Stages, asleep, stage_derivative, transition_rates
from somnesium.body.stimulants import caffeine_block
from somnesium.errors import MissingPart
from somnesium.exchange.quantities import PREFIXES, Slept, identifier

Kind = TypeVar("Kind", bound=tuple)
Expr = Any
"""A SymPy expression; the library is optional, so its type has no name here."""


class Equations(NamedTuple):
    """The whole deterministic body as expressions of symbols, by dotted name."""

    constants: dict[str, Expr]
    """What follows from parameters alone."""
    named: dict[str, Expr]
    """What follows from state, inputs and parameters; each uses only those before it."""
    rates: dict[str, Expr]
    """Change per hour of every state, stage probability and sum of the night."""


def _sympy() -> ModuleType:
    return MissingPart.load("sympy", "exchange", "SBML and Antimony need SymPy")


def _is_tuple(of: object) -> bool:
    return isinstance(of, type) and issubclass(of, tuple)


def symbolic(kind: type[Kind], prefix: str | None = None) -> Kind:
    """A NamedTuple of `kind` with a symbol in every leaf, named as in an exported file."""
    before = PREFIXES[kind] if prefix is None else prefix
    symbol = _sympy().Symbol
    parts = {
        field: symbolic(hint, f"{before}{field}.")
        if _is_tuple(hint)
        else symbol(identifier(before + field))
        for field, hint in get_type_hints(kind).items()
    }
    return kind(**parts)


def leaves(value: Any, prefix: str) -> dict[str, Any]:  # noqa: ANN401 - any NamedTuple
    """The leaves of a NamedTuple by dotted name."""
    parts: dict[str, Any] = {}
    for field, part in zip(value._fields, value, strict=True):
        nested = isinstance(part, tuple)
        parts |= leaves(part, f"{prefix}{field}.") if nested else {prefix + field: part}
    return parts


def _size(expression: Expr) -> int:
    return 1 + sum(_size(part) for part in expression.args)


def _named(candidates: dict[str, Expr]) -> dict[str, Expr]:
    """Candidates that are more than a symbol, the smaller first, each using those before it."""
    symbol = _sympy().Symbol
    known: dict[Expr, Expr] = {}
    out: dict[str, Expr] = {}
    for name, expression in sorted(candidates.items(), key=lambda item: _size(item[1])):
        if expression.args and expression not in known:
            out[name] = expression.xreplace(known)
            known[expression] = symbol(identifier(name))
    return out


def _sums(p: Stages) -> Slept:
    """Change per hour [1] of the sums of the night."""
    return Slept(latency=p.waiting, awake_after_onset=p.wake, duration=asleep(p))


def equations() -> Equations:
    """Read `fix`, `derivative`, `drive`, `signals` and the stage chain on symbols.

    Raises `MissingPart` without SymPy.
    """
    sympy = _sympy()
    with sympy.evaluate(False):
        state, p, inputs = symbolic(State), symbolic(Stages), symbolic(Inputs)
        body, fixed = symbolic(Body), symbolic(Fixed)
        drives, rates = symbolic(Drive), symbolic(Rates)
        signal_values = signals(state, p, inputs, body, fixed)
        candidates = {
            "asleep": asleep(p),
            "caffeine_block": caffeine_block(state.caffeine, body.caffeine),
            **dict(zip(Signals._fields, signal_values, strict=True)),
            **leaves(exposure(inputs, body), PREFIXES[Exposure]),
            **leaves(slow(state, body, fixed), PREFIXES[Slow]),
        }
        named = _named(candidates)
        known = {candidates[name]: sympy.Symbol(identifier(name)) for name in named}
        driven = leaves(drive(state, inputs, body, fixed), PREFIXES[Drive])
        named |= {name: expression.xreplace(known) for name, expression in driven.items()}
        paced = leaves(transition_rates(drives, body.chain), PREFIXES[Rates])
        changes = leaves(derivative(state, p, inputs, body, fixed), PREFIXES[State])
        changes |= leaves(stage_derivative(p, rates), PREFIXES[Stages])
        changes |= leaves(_sums(p), PREFIXES[Slept])
        changes = {name: expression.xreplace(known) for name, expression in changes.items()}
        shared = _shared(chain(paced.values(), changes.values()))
        links = {part: sympy.Symbol(name) for name, part in shared.items()}
        paced = {name: expression.xreplace(links) for name, expression in paced.items()}
        return Equations(
            constants=leaves(fix(body), PREFIXES[Fixed]),
            named=named | shared | paced,
            rates={name: expression.xreplace(links) for name, expression in changes.items()},
        )


def _shared(expressions: Iterable[Expr]) -> dict[str, Expr]:
    """Exponentials that stand in several places, by a name for each."""
    exponential = _sympy().exp
    parts = (part for expression in expressions for part in _walk(expression))
    counts = Counter(part for part in parts if part.func == exponential)
    several = [part for part, count in counts.items() if count > 1]
    return {f"shared_{k}": part for k, part in enumerate(several, start=1)}


def _walk(expression: Expr) -> Iterator[Expr]:
    yield expression
    yield from chain.from_iterable(_walk(part) for part in expression.args)


def melatonin_of_dose(amount: str) -> Expr:
    """What a dose named `amount` [pmol] adds to `melatonin.gut` [pmol/L]."""
    sympy = _sympy()
    with sympy.evaluate(False):
        return melatonin_dose(sympy.Symbol(amount), symbolic(Body).pineal)


def formula(expression: Expr) -> str:
    """An expression as infix text; every number in it is dimensionless, and says so."""
    if expression.is_Symbol:
        return expression.name
    if expression.is_Number:
        return f"({float(expression)!r} dimensionless)"
    parts = [formula(part) for part in expression.args]
    if expression.is_Add:
        return "(" + " + ".join(parts) + ")"
    if expression.is_Mul:
        return _product(expression)
    if expression.is_Pow:
        exponent = expression.args[1]
        if exponent == -1:
            return f"((1.0 dimensionless) / {parts[0]})"
        if exponent.is_Rational and 2 * exponent == 1:
            return f"sqrt({parts[0]})"
        return f"({parts[0]}^{parts[1]})"
    called = expression.func.__name__
    name = {"log": "ln", "Abs": "abs"}.get(called, called)
    return f"{name}({', '.join(parts)})"


def _product(expression: Expr) -> str:
    """A product with its reciprocals as divisions and -1 as a sign."""
    over, under, sign = [], [], ""
    for part in expression.args:
        if part == -1:
            sign = "" if sign else "-"
        elif part.is_Pow and part.args[1] == -1:
            under.append(formula(part.args[0]))
        else:
            over.append(formula(part))
    text = " * ".join(over) or "(1.0 dimensionless)"
    return f"({sign}{''.join([text, *(f' / {part}' for part in under)])})"
