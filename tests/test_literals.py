"""One source, two precisions: a number written in an equation is as wide as its arguments."""

import inspect
import re
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple, get_type_hints

import numpy as np
import pytest
from numba import njit, types

import somnesium.body
from somnesium import maths
from somnesium.engine import chain, tally
from somnesium.literals import holds_float32, narrowed
from somnesium.maths import equation

OPTIONS = {"fastmath": maths.FASTMATH, "error_model": "numpy"}
SCALE = 0.3


class Pair(NamedTuple):
    left: float
    right: float


@equation
def _line(x):
    return 1.1 * x + 0.1


@equation
def _scaled(x):
    return SCALE * x - -0.7


@equation
def _branching(x):
    return 0.1 if x > 0.2 else x * 0.3


@equation
def _nested(pair):
    return Pair(left=_line(pair.right) + 0.1, right=SCALE)


@equation
def _counted(x, k):
    return 0.1 * x, k + 1


@equation
def _two(x, y):
    return 0.1 * x + y


def calling(function):
    """A compiled caller, which leaves precision to the equation."""

    @njit(**OPTIONS)
    def call(*given):
        return function(*given)

    return call


def widths(of):
    """The number types of a type's leaves."""
    return set().union(*map(widths, of)) if isinstance(of, types.BaseTuple) else {of}


def returned(call):
    """Number types of what a function compiled once returns."""
    (signature,) = call.nopython_signatures
    return widths(signature.return_type)


@pytest.mark.parametrize("function", [_line, _scaled, _branching])
def test_float32_stays_float32(function):
    call = calling(function)
    for x in (0.9, 0.1, -3.7):
        assert call(np.float32(x)) == pytest.approx(function(x), rel=3e-7)
    assert returned(call) == {types.float32}


@pytest.mark.parametrize("function", [_line, _scaled, _branching])
def test_float64_is_left_as_it_was(function):
    """To the last bit what numba makes of the function without any of this."""
    call, plain = calling(function), njit(**OPTIONS)(function)
    for x in np.linspace(-3, 3, 101):
        assert call(x) == plain(x)
    assert returned(call) == {types.float64}


def test_one_call_after_the_other_changes_neither():
    call = calling(_line)
    wide = call(0.9)
    narrow = call(np.float32(0.9))
    assert call(0.9) == wide == calling(_line)(0.9)
    assert call(np.float32(0.9)) == narrow != wide
    assert [s.return_type for s in call.nopython_signatures] == [types.float64, types.float32]


def test_tuples_and_the_equations_within():
    call = calling(_nested)
    found = call(Pair(np.float32(1.0), np.float32(2.0)))
    assert found == pytest.approx((2.4, 0.3), rel=3e-7)
    assert returned(call) == {types.float32}


def test_a_whole_number_stays_whole():
    call = calling(_counted)
    assert call(np.float32(2.0), 2) == (pytest.approx(0.2, rel=1e-7), 3)
    assert returned(call) == {types.float32, types.int64}


def test_one_wide_argument_widens():
    call = calling(_two)
    assert call(np.float32(2.0), 1.0) == pytest.approx(1.2, rel=1e-7)
    assert returned(call) == {types.float64}


def test_python_is_untouched():
    assert _line(2.0) == 1.1 * 2.0 + 0.1
    assert type(_scaled(2.0)) is float


def test_a_narrowed_copy_by_hand():
    copy = narrowed(_scaled)
    assert copy is not _scaled
    assert type(copy(np.float32(2.0))) is np.float32
    assert copy(np.float32(2.0)) == np.float32(0.3) * np.float32(2.0) + np.float32(0.7)
    assert (copy.__name__, copy.__module__) == (_scaled.__name__, __name__)
    with pytest.raises(TypeError, match="plain function"):
        narrowed(len)


def test_what_holds_float32():
    pair = types.NamedTuple([types.float32, types.float64], Pair)
    assert holds_float32(types.float32)
    assert holds_float32(pair)
    assert holds_float32(types.Tuple([types.int64, pair]))
    assert not holds_float32(types.float64)
    assert not holds_float32(types.Tuple([types.int64, types.float64]))


def numbers(hint, kind):
    """A number or a tuple of numbers of one kind: parameters at their defaults, the rest ½."""
    if not (isinstance(hint, type) and issubclass(hint, tuple)):
        return kind(0.5)
    hints, usual = get_type_hints(hint), hint._field_defaults
    return hint(
        *(
            kind(usual[field] or 0.5)
            if isinstance(usual.get(field), float)
            else numbers(hints[field], kind)
            for field in hint._fields
        )
    )


def leaves(value):
    """The numbers of a tuple of tuples."""
    return [x for part in value for x in leaves(part)] if isinstance(value, tuple) else [value]


def equations():
    """Every equation of the body, the chain and the tally."""
    names = [f"somnesium.body.{module.name}" for module in iter_modules(somnesium.body.__path__)]
    for content in (*map(import_module, names), chain, tally):
        for name, function in inspect.getmembers(content, inspect.isfunction):
            if function.__module__ == content.__name__ and not name.startswith("_"):
                yield pytest.param(function, id=f"{content.__name__.split('.')[-1]}.{name}")


@pytest.mark.parametrize("function", list(equations()))
def test_every_equation_can_be_computed_in_float32(function):
    """No float64 comes out of it, and none is reckoned with inside: an integer among the factors,
    or a number out of an array, would bring one in."""
    hints = get_type_hints(function)
    hints.pop("return")
    call = calling(function)
    found = call(*(numbers(hint, np.float32) for hint in hints.values()))
    exact = function(*(numbers(hint, float) for hint in hints.values()))
    np.testing.assert_allclose(leaves(found), leaves(exact), rtol=1e-5, atol=1e-5)
    assert returned(call) == {types.float32}
    listing = call.inspect_llvm(call.signatures[0])
    assert not re.findall(r"= f(?:add|sub|mul|div|cmp)\b.*\bdouble\b", listing)
