"""The few functions of equations: as exact as said, and the same however they are read."""

import math

import numpy as np
import pytest
import sympy
from numba import njit

from somnesium import maths
from somnesium.engine import compiled  # noqa: F401 - sets the cache folder first

OPTIONS = {"fastmath": maths.FASTMATH, "error_model": "numpy", "cache": True}


@njit(**OPTIONS)
def _one(which, x, out):
    for k in range(len(x)):
        if which == 0:
            out[k] = maths.exp(x[k])
        elif which == 1:
            out[k] = maths.log(x[k])
        elif which == 2:
            out[k] = maths.sqrt(x[k])
        elif which == 3:
            out[k] = maths.sigmoid(x[k])
        elif which == 4:
            out[k] = maths.tanh(x[k])
        else:
            out[k] = maths.floor(x[k])


@njit(**OPTIONS)
def _two(which, x, y, out):
    for k in range(len(x)):
        if which == 0:
            out[k] = maths.power(x[k], y[k])
        elif which == 1:
            out[k] = maths.softplus(x[k], y[k])
        else:
            out[k] = maths.hill(x[k], y[k])


@njit(**OPTIONS)
def _turn(a, b, out):
    for k in range(len(a)):
        p, q = maths.direction(a[k]), maths.direction(b[k])
        back, twice = maths.rotate_back(p, q), maths.double(p)
        out[0, k], out[1, k] = p.cos, p.sin
        out[2, k] = maths.cos_between(p, q)
        out[3, k], out[4, k] = back.cos, back.sin
        out[5, k], out[6, k] = twice.cos, twice.sin


ONE = ("exp", "log", "sqrt", "sigmoid", "tanh", "floor")
TWO = ("power", "softplus", "hill")


def compiled_one(name, x, precision=float):
    x = np.atleast_1d(np.asarray(x, precision))
    out = np.empty_like(x)
    _one(ONE.index(name), x, out)
    return out


def compiled_two(name, x, y, precision=float):
    x, y = np.broadcast_arrays(np.asarray(x, precision), np.asarray(y, precision))
    x, y = np.ascontiguousarray(np.atleast_1d(x)), np.ascontiguousarray(np.atleast_1d(y))
    out = np.empty_like(x)
    _two(TWO.index(name), x, y, out)
    return out


def grid(low, high, count=200_001):
    """Even, and a little uneven so that no value is special."""
    return np.linspace(low, high, count) + np.random.default_rng(1).uniform(0, 1e-6, count)


def relative_error(found, exact):
    return float(np.max(np.abs((found - exact) / exact)))


def test_exp_is_within_a_unit_in_the_last_place():
    x = np.concatenate([grid(-699.9, 699.9), grid(-1, 1), grid(-1e-8, 1e-8, 1001)])
    found, exact = compiled_one("exp", x), np.exp(x.astype(np.longdouble))
    assert relative_error(found, exact) < 3e-16
    assert np.max(np.abs(found - exact) / np.spacing(exact.astype(float))) < 1.0
    assert compiled_one("exp", 0.0)[0] == 1.0


def test_log_is_within_its_stated_error():
    x = np.concatenate([np.exp(grid(-700, 700)), grid(0.5, 2), 1.0 + grid(-1e-8, 1e-8, 1000)])
    exact = np.log(x.astype(np.longdouble))
    assert relative_error(compiled_one("log", x)[exact != 0], exact[exact != 0]) < 5e-16
    assert compiled_one("log", 1.0)[0] == 0.0


def test_log_at_the_smallest_and_largest_numbers():
    tiny, large = np.finfo(float).tiny, np.finfo(float).max
    assert compiled_one("log", tiny)[0] == pytest.approx(math.log(tiny), rel=1e-15)
    assert compiled_one("log", large)[0] == pytest.approx(math.log(large), rel=1e-15)
    assert -710.0 < compiled_one("log", 0.0)[0] < -708.0


def test_exp_is_held_at_its_limits():
    for x in (700.0, 700.5, 1e9, 1e308):
        for side in (1.0, -1.0):
            at_limit = math.exp(side * 700.0)
            assert maths.exp(side * x) == at_limit
            assert compiled_one("exp", side * x)[0] == pytest.approx(at_limit, rel=3e-16)
            assert math.isfinite(at_limit)
            assert at_limit > 0.0


def test_sqrt_is_exact():
    x = np.concatenate([grid(0, 1e6), [0.0, 4.0, 1e-300, 1e300]])
    assert np.array_equal(compiled_one("sqrt", x), np.sqrt(x))


def test_sigmoid():
    x = grid(-699, 699)
    exact = 1.0 / (1.0 + np.exp(-x.astype(np.longdouble)))
    assert relative_error(compiled_one("sigmoid", x), exact) < 6e-16
    assert maths.sigmoid(0.0) == 0.5
    assert maths.sigmoid(1e6) == 1.0
    assert 0.0 < maths.sigmoid(-1e6) < 1e-300


def test_tanh():
    x = grid(-30, 30)
    assert np.max(np.abs(compiled_one("tanh", x) - np.tanh(x))) < 4e-16
    assert maths.tanh(0.0) == 0.0
    assert compiled_one("tanh", [0.0, 1e6, -1e6]).tolist() == [0.0, 1.0, -1.0]


def test_softplus():
    x = grid(-2, 2)
    for width in (0.01, 0.03, 1.0):
        exact = width * np.logaddexp(0.0, x / width)
        assert np.max(np.abs(compiled_two("softplus", x, width) - exact)) < 2e-15
    assert maths.softplus(0.0, 0.03) == pytest.approx(0.03 * math.log(2), rel=1e-15)
    assert maths.softplus(1.0, 0.01) == pytest.approx(1.0, rel=1e-15)
    assert maths.softplus(-1.0, 0.01) == pytest.approx(0.0, abs=1e-15)


@pytest.mark.parametrize("precision", [np.float64, np.float32])
def test_softplus_far_from_the_bend(precision):
    """Where e^(x / width) would be beyond any number."""
    x = np.array([20.0, -20.0, 1e4, -1e4, 0.0], precision)
    found = compiled_two("softplus", x, 0.01, precision)
    assert found[:4].tolist() == [20.0, 0.0, 1e4, 0.0]
    assert found[4] == pytest.approx(0.01 * math.log(2), rel=1e-6)
    assert maths.softplus(20.0, 0.01) == 20.0
    assert maths.softplus(-20.0, 0.01) == pytest.approx(0.0, abs=1e-300)


def test_power():
    rng = np.random.default_rng(2)
    x, p = np.exp(rng.uniform(-9, 9, 50_000)), rng.uniform(0.05, 3, 50_000)
    exact = x.astype(np.longdouble) ** p
    assert relative_error(compiled_two("power", x, p), exact) < 1e-14
    assert np.all(compiled_two("power", np.ones(3), [0.13, 0.82, 2.38]) == 1.0)


@pytest.mark.parametrize("exponent", [0.13, 0.82, 1.0, 1.64, 2.38])
def test_zero_to_a_positive_power_is_nothing(exponent):
    assert maths.power(0.0, exponent) == 0.0
    assert 0.0 <= compiled_two("power", 0.0, exponent)[0] < 1e-39


def test_hill():
    assert maths.hill(0.0, 3.0) == 0.0
    assert maths.hill(3.0, 3.0) == 0.5
    assert maths.hill(9.0, 3.0) == 0.75
    assert compiled_two("hill", [0.0, 3.0, 9.0], 3.0).tolist() == [0.0, 0.5, 0.75]


def narrow(x):
    """The nearest float32, and the same numbers at full precision."""
    x = np.asarray(x, np.float32)
    return x, x.astype(np.longdouble)


def test_exp_in_float32_is_within_a_unit_in_the_last_place():
    x, wide = narrow(np.concatenate([grid(-85.9, 85.9), grid(-1, 1), grid(-1e-4, 1e-4, 1001)]))
    found, exact = compiled_one("exp", x, np.float32), np.exp(wide)
    assert found.dtype == np.float32
    assert relative_error(found, exact) < 8e-8
    assert np.max(np.abs(found - exact) / np.spacing(exact.astype(np.float32))) < 1.0
    assert compiled_one("exp", 0.0, np.float32)[0] == 1.0


def test_exp_in_float32_is_held_at_its_limits():
    for x in (86.0, 86.5, 1e9, 3e38):
        for side in (1.0, -1.0):
            found = float(compiled_one("exp", side * x, np.float32)[0])
            assert found == pytest.approx(math.exp(side * 86.0), rel=1e-7)
            assert abs(math.log(found)) < 86.1


def test_log_in_float32():
    x, wide = narrow(
        np.concatenate([np.exp(grid(-86, 86)), grid(0.5, 2), 1.0 + grid(-1e-3, 1e-3, 20_001)])
    )
    found, exact = compiled_one("log", x, np.float32), np.log(wide)
    assert relative_error(found[exact != 0], exact[exact != 0]) < 2.4e-7
    assert compiled_one("log", 1.0, np.float32)[0] == 0.0
    for edge in (np.finfo(np.float32).tiny, np.finfo(np.float32).max):
        assert compiled_one("log", edge, np.float32)[0] == pytest.approx(math.log(edge), rel=1e-7)
    assert -89.0 < compiled_one("log", 0.0, np.float32)[0] < -87.0


def test_the_others_in_float32():
    x, wide = narrow(grid(-85, 85))
    sigmoid = compiled_one("sigmoid", x, np.float32)
    assert relative_error(sigmoid, 1.0 / (1.0 + np.exp(-wide))) < 2e-7
    x, wide = narrow(grid(-30, 30))
    assert np.max(np.abs(compiled_one("tanh", x, np.float32) - np.tanh(wide))) < 2.4e-7
    x, _ = narrow([0.0, 4.0, 2.0, 1e-30, 1e30])
    assert np.array_equal(compiled_one("sqrt", x, np.float32), np.sqrt(x))
    x, wide = narrow(grid(-2, 2))
    for width in (0.01, 0.03, 1.0):
        w, wide_w = narrow(width)
        exact = wide_w * np.logaddexp(0.0, wide / wide_w)
        assert np.max(np.abs(compiled_two("softplus", x, w, np.float32) - exact)) < 2.4e-7
    half = compiled_two("hill", [0.0, 3.0, 9.0], 3.0, np.float32)
    assert half.tolist() == [0.0, 0.5, 0.75]


def test_power_in_float32():
    """An error of the logarithm grows with its size, here up to 27."""
    rng = np.random.default_rng(2)
    x, wide = narrow(np.exp(rng.uniform(-9, 9, 50_000)))
    p, exponent = narrow(rng.uniform(0.05, 3, 50_000))
    assert relative_error(compiled_two("power", x, p, np.float32), wide**exponent) < 4e-6
    assert np.all(compiled_two("power", np.ones(3), [0.13, 0.82, 2.38], np.float32) == 1.0)
    nothing = compiled_two("power", 0.0, [0.13, 0.82, 2.38], np.float32)
    assert np.all((nothing >= 0.0) & (nothing < 2e-5))


@pytest.mark.parametrize("precision", [np.float64, np.float32])
def test_floor(precision):
    x = np.concatenate([grid(-50, 50, 2001), [0.0, 3.0, -3.0, 2.999999, -1e-6]]).astype(precision)
    found = compiled_one("floor", x, precision)
    assert np.array_equal(found, np.floor(x))
    assert found.tolist() == [maths.floor(float(v)) for v in x]
    assert type(maths.floor(2.5)) is float


@pytest.mark.parametrize("name", ONE)
def test_python_and_compiled_agree_in_one_argument(name):
    x = grid(1e-3, 40, 2001) if name in ("log", "sqrt") else grid(-40, 40, 2001)
    found = np.array([getattr(maths, name)(float(v)) for v in x])
    np.testing.assert_allclose(compiled_one(name, x), found, rtol=1e-15, atol=4e-16)


@pytest.mark.parametrize("name", TWO)
def test_python_and_compiled_agree_in_two_arguments(name):
    rng = np.random.default_rng(3)
    x, y = rng.uniform(0.01, 5, 2000), rng.uniform(0.05, 3, 2000)
    found = np.array([getattr(maths, name)(float(a), float(b)) for a, b in zip(x, y, strict=True)])
    np.testing.assert_allclose(compiled_two(name, x, y), found, rtol=5e-15)


def test_directions():
    rng = np.random.default_rng(4)
    a, b = rng.uniform(-20, 20, (2, 500))
    out = np.empty((7, 500))
    _turn(a, b, out)
    exact = np.array(
        [
            np.cos(a),
            np.sin(a),
            np.cos(a - b),
            np.cos(a - b),
            np.sin(a - b),
            np.cos(2 * a),
            np.sin(2 * a),
        ]
    )
    np.testing.assert_allclose(out, exact, atol=5e-15)
    for k in range(20):
        p, q = maths.direction(float(a[k])), maths.direction(float(b[k]))
        assert maths.cos_between(p, q) == pytest.approx(math.cos(a[k] - b[k]), abs=5e-15)
        assert maths.rotate_back(p, q) == pytest.approx(
            (math.cos(a[k] - b[k]), math.sin(a[k] - b[k])), abs=5e-15
        )
        assert maths.double(p) == pytest.approx((math.cos(2 * a[k]), math.sin(2 * a[k])), abs=5e-15)


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "sigmoid", "tanh"])
def test_a_symbol_passes_through(name):
    x = sympy.Symbol("x", positive=True)
    read = getattr(maths, name)(x)
    assert read.free_symbols == {x}
    for value in (0.2, 1.0, 3.5):
        assert float(read.subs(x, value)) == pytest.approx(getattr(maths, name)(value), rel=1e-12)


@pytest.mark.parametrize("name", ["power", "softplus", "hill"])
def test_two_symbols_pass_through(name):
    x, y = sympy.symbols("x y", positive=True)
    read = getattr(maths, name)(x, y)
    assert read.free_symbols == {x, y}
    found = float(read.subs({x: 0.7, y: 1.3}))
    assert found == pytest.approx(getattr(maths, name)(0.7, 1.3), rel=1e-12)


def test_symbolic_directions():
    a, b = sympy.symbols("a b", real=True)
    p, q = maths.direction(a), maths.direction(b)
    assert sympy.simplify(maths.cos_between(p, q) - sympy.cos(a - b)) == 0
    assert sympy.simplify(maths.rotate_back(p, q).sin - sympy.sin(a - b)) == 0
    assert sympy.simplify(maths.double(p).cos - sympy.cos(2 * a)) == 0


def test_symbolic_derivative_of_softplus_is_the_sigmoid():
    x = sympy.Symbol("x", real=True)
    difference = sympy.diff(maths.softplus(x, 1.0), x) - maths.sigmoid(x)
    assert abs(float(difference.subs(x, 0.37))) < 1e-14
