"""The only functions an equation may call, and the one decorator, `@equation`.

An equation is a pure, scalar, branch-free function of numbers. The same source is read on plain
floats, on `pint` quantities (the dimension test), on SymPy symbols (exports), and is compiled for
the lanes of the engine. In compiled code `exp` and `log` are our own polynomials, because a call
into a mathematics library keeps a compiler from filling the vector units; their error is below
1 unit in the last place of `exp` and 5e-16 relative of `log` (tests/test_maths.py).
"""

import math
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple, TypeVar

import numpy as np
from llvmlite import ir
from numba import njit
from numba.core import types
from numba.extending import intrinsic, overload

from somnesium.literals import holds_float32, narrowed
from somnesium.quantity import Real, Var

Equation = TypeVar("Equation", bound=Callable[..., Any])
FASTMATH = {"contract", "nsz", "arcp", "nnan", "ninf"}
"""What the compiler may assume: no NaN, no infinity, no signed zero; it may fuse, reciprocate."""
COMPILE: Any = {"forceinline": True, "fastmath": FASTMATH, "error_model": "numpy"}
"""Options with which every equation is compiled."""
_LIMIT = 700.0  # exp(±700) is still a normal float64


def equation(function: Equation) -> Equation:
    """Mark a pure scalar function as one that the engine compiles. Python still calls it as is."""
    copies: list[Any] = []

    def choose(*of: Any) -> Any:  # noqa: ANN401 - types of the arguments, to the source to compile
        if not any(holds_float32(kind) for kind in of):
            return function
        if not copies:
            copies.append(narrowed(function))
        return copies[0]

    overload(function, jit_options=COMPILE, strict=False)(choose)
    return function


def _apply(name: str, x: Any) -> Any:  # noqa: ANN401 - a float, a quantity or a symbol
    if isinstance(x, (float, int)):
        return getattr(math, name)(x)
    if hasattr(x, "free_symbols"):
        import sympy

        return getattr(sympy, name)(x)
    return getattr(np, name)(x)


def exp(x: Real) -> Real:
    """e to the power x; x dimensionless, held within ±700."""
    return _apply("exp", min(max(x, -_LIMIT), _LIMIT) if isinstance(x, float) else x)


def log(x: Real) -> Real:
    """Natural logarithm of a positive, dimensionless x."""
    return _apply("log", x)


def sqrt(x: Real) -> Real:
    """Square root of a non-negative x, of any unit."""
    return _apply("sqrt", x)


def power(x: Real, exponent: Real) -> Real:
    """x to any exponent; x dimensionless and non-negative; 0 to a positive exponent is 0."""
    return x**exponent


def _integer(of: Any) -> Any:  # noqa: ANN401
    """The integer as wide as a float."""
    return types.int32 if of == types.float32 else types.int64


def _build_bits(_context, x):  # noqa: ANN001, ANN202
    def build(_c, builder, _s, args):  # noqa: ANN001, ANN202
        return builder.bitcast(args[0], ir.IntType(x.bitwidth))

    return _integer(x)(x), build


def _build_from_bits(_context, x):  # noqa: ANN001, ANN202
    of = types.float32 if x == types.int32 else types.float64

    def build(_c, builder, _s, args):  # noqa: ANN001, ANN202
        return builder.bitcast(args[0], ir.FloatType() if x == types.int32 else ir.DoubleType())

    return of(x), build


_bits: Any = intrinsic(_build_bits)
_from_bits: Any = intrinsic(_build_from_bits)
_ROUND = 6755399441055744.0  # 1.5 · 2^52: adding it rounds to a whole number in the low bits
_ROUND32 = 12582912.0  # 1.5 · 2^23, the same for float32
_23 = np.int32(23)
_ROOT_HALF32 = np.int32(0x3F3504F3)
_ROUND32_BITS = np.int32(0x4B400000)


@njit(**COMPILE)
def _exp(x: Real) -> Real:
    """2^k · e^r with k = round(x / ln 2), |r| ≤ ln 2 / 2, Taylor to r^13."""
    x = min(max(x, -700.0), 700.0)
    shifted = x * 1.4426950408889634 + _ROUND
    whole = shifted - _ROUND
    r = x - whole * 0.6931471803691238
    r = r - whole * 1.9082149292705877e-10
    p = 1.0 / 6227020800
    p = p * r + 1.0 / 479001600
    p = p * r + 1.0 / 39916800
    p = p * r + 1.0 / 3628800
    p = p * r + 1.0 / 362880
    p = p * r + 1.0 / 40320
    p = p * r + 1.0 / 5040
    p = p * r + 1.0 / 720
    p = p * r + 1.0 / 120
    p = p * r + 1.0 / 24
    p = p * r + 1.0 / 6
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return _from_bits(_bits(p) + (_bits(shifted) << 52))


@equation
def _exp32(x: Real) -> Real:
    """The same in float32, Taylor to r^7."""
    x = min(max(x, -86.0), 86.0)
    shifted = x * 1.4426950408889634 + _ROUND32
    whole = shifted - _ROUND32
    r = x - whole * 0.693145751953125
    r = r - whole * 1.428606765330187e-06
    p = 0.00019841269841269841
    p = p * r + 0.001388888888888889
    p = p * r + 0.008333333333333333
    p = p * r + 0.041666666666666664
    p = p * r + 0.16666666666666666
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return _from_bits(np.int32(_bits(p) + np.int32(_bits(shifted) << _23)))


@njit(**COMPILE)
def _log(x: Real) -> Real:
    """k ln 2 + 2 artanh((m - 1) / (m + 1)) with x = 2^k m, m in [√½, √2]; log 0 is about -709."""
    bits = _bits(x)
    k = (bits - 0x3FE6A09E667F3BCD) >> 52
    m = _from_bits(bits - (k << 52))
    whole = _from_bits(k + 0x4338000000000000) - _ROUND
    f = (m - 1.0) / (m + 1.0)
    s = f * f
    p = 2.0 / 21
    p = p * s + 2.0 / 19
    p = p * s + 2.0 / 17
    p = p * s + 2.0 / 15
    p = p * s + 2.0 / 13
    p = p * s + 2.0 / 11
    p = p * s + 2.0 / 9
    p = p * s + 2.0 / 7
    p = p * s + 2.0 / 5
    p = p * s + 2.0 / 3
    p = p * s + 2.0
    return whole * 0.6931471805599453 + f * p


@equation
def _log32(x: Real) -> Real:
    """The same in float32; log 0 is about -88."""
    bits = _bits(x)
    k = np.int32(np.int32(bits - _ROOT_HALF32) >> _23)
    m = _from_bits(np.int32(bits - np.int32(k << _23)))
    whole = _from_bits(np.int32(k + _ROUND32_BITS)) - _ROUND32
    f = (m - 1.0) / (m + 1.0)
    s = f * f
    p = s * 0.2222222222222222 + 0.2857142857142857
    p = p * s + 0.4
    p = p * s + 0.6666666666666666
    p = p * s + 2.0
    return whole * 0.6931471805599453 + f * p


@overload(exp, jit_options=COMPILE)
def _compiled_exp(x):  # noqa: ANN001, ANN202
    if x == types.float32:
        return lambda x: _exp32(x)
    return lambda x: _exp(x)


@overload(log, jit_options=COMPILE)
def _compiled_log(x):  # noqa: ANN001, ANN202
    if x == types.float32:
        return lambda x: _log32(x)
    return lambda x: _log(x)


def floor(x: Real) -> Real:
    """The whole number at or below x, as a float."""
    return float(math.floor(x))


@overload(floor, target="cpu", jit_options=COMPILE)
def _floor_in_lanes(x):  # noqa: ANN001, ANN202
    return lambda x: np.floor(x)


@overload(floor, target="cuda", jit_options=COMPILE)
def _floor_on_a_gpu(x):  # noqa: ANN001, ANN202
    return lambda x: float(math.floor(x))


@overload(sqrt, jit_options=COMPILE)
def _compiled_sqrt(x):  # noqa: ANN001, ANN202
    return lambda x: math.sqrt(x)


@overload(power, jit_options=COMPILE)
def _compiled_power(x, exponent):  # noqa: ANN001, ANN202
    return lambda x, exponent: exp(exponent * log(x))


@equation
def sigmoid(x: Real) -> Real:
    """1 / (1 + e^-x), from 0 to 1."""
    return 1.0 / (1.0 + exp(-x))


@equation
def tanh(x: Real) -> Real:
    """Hyperbolic tangent, from -1 to 1."""
    return 1.0 - 2.0 / (1.0 + exp(2.0 * x))


@equation
def softplus(x: Real, width: Real) -> Real:
    """Smooth max(0, x): width · ln(1 + e^(x / width)); x and width of one unit."""
    size = abs(x)  # so that the exponential is never held at its limit
    return 0.5 * (x + size) + width * log(1.0 + exp(-size / width))


@equation
def hill(x: Real, half: Real) -> Real:
    """x / (half + x): 0 at 0, ½ at `half`, towards 1; x and half of one unit."""
    return x / (half + x)


class Direction(NamedTuple):
    """An angle, held as its cosine and sine."""

    cos: Annotated[Real, Var("1", "cosine")]
    sin: Annotated[Real, Var("1", "sine")]


def _cosine(angle: Real) -> Real:
    return _apply("cos", angle)


def _sine(angle: Real) -> Real:
    return _apply("sin", angle)


@overload(_cosine, jit_options=COMPILE)
def _compiled_cosine(angle):  # noqa: ANN001, ANN202
    return lambda angle: math.cos(angle)


@overload(_sine, jit_options=COMPILE)
def _compiled_sine(angle):  # noqa: ANN001, ANN202
    return lambda angle: math.sin(angle)


@equation
def direction(angle: Real) -> Direction:
    """The direction of an angle in radians. Costly: once per person, not once per step."""
    return Direction(cos=_cosine(angle), sin=_sine(angle))


@equation
def cos_between(a: Direction, b: Direction) -> Real:
    """Cosine of the angle between two directions."""
    return a.cos * b.cos + a.sin * b.sin


@equation
def rotate_back(a: Direction, by: Direction) -> Direction:
    """The direction a - by."""
    return Direction(cos=a.cos * by.cos + a.sin * by.sin, sin=a.sin * by.cos - a.cos * by.sin)


@equation
def double(a: Direction) -> Direction:
    """The direction 2 a."""
    return Direction(cos=a.cos * a.cos - a.sin * a.sin, sin=2.0 * a.sin * a.cos)
