"""Tuples in columns: what goes in comes out, in compiled code as well."""

from typing import NamedTuple

import numpy as np
import pytest
from numba import njit

from somnesium.body.assembly import Body, Fixed, Inputs, State, fix
from somnesium.body.stages import Rates, Stages
from somnesium.engine import compiled  # noqa: F401 - sets the cache folder first
from somnesium.engine.lanes import (
    advance,
    column,
    gather,
    leaf_index,
    leaf_names,
    pack,
    pointer,
    put,
    scatter,
    template,
    width,
)
from somnesium.engine.tally import NightRow, Tally


class Pair(NamedTuple):
    left: float
    right: float


class Nest(NamedTuple):
    first: float
    pair: Pair
    last: float


NEST = Nest(1.0, Pair(2.0, 3.0), 4.0)


@njit(cache=True)
def _copy(like, source, target, source_first, target_first):
    for lane in range(source.shape[1]):
        scatter(gather(like, source, source_first, lane), target, target_first, lane)


@njit(cache=True)
def _copy_tile(like, source, target, source_first, target_first):
    s, t = pointer(source), pointer(target)
    for lane in range(width(s)):
        scatter(gather(like, s, source_first, lane), t, target_first, lane)
    return source[0] + target[0]  # keeps them alive


@njit(cache=True)
def _put(like, source, target, start, stride):
    for lane in range(source.shape[1]):
        put(gather(like, source, 0, lane), pointer(target), start + lane, stride)
    return target[0]


@njit(cache=True)
def _widths(array):
    return width(array), width(pointer(array))


@njit(cache=True)
def _advance(like, source, slope, step, target):
    for lane in range(source.shape[1]):
        moved = advance(gather(like, source, 0, lane), step[0], gather(like, slope, 0, lane))
        scatter(moved, target, 0, lane)


@njit(cache=True)
def _swap(source, target):
    for lane in range(source.shape[1]):
        n = gather(NEST, source, 0, lane)
        swapped = Nest(first=n.last, pair=Pair(left=n.pair.right, right=n.pair.left), last=n.first)
        scatter(swapped, target, 0, lane)


def numbers(rows, columns, seed=0):
    return np.random.default_rng(seed).normal(size=(rows, columns))


def test_names_are_in_order_of_declaration():
    assert leaf_names(Nest) == ("first", "pair.left", "pair.right", "last")
    assert leaf_index(Nest, "pair.right") == 2
    with pytest.raises(ValueError, match="not in tuple"):
        leaf_index(Nest, "pair.middle")


@pytest.mark.parametrize("kind", [State, Body, Inputs, Fixed, Stages, Rates, Tally, NightRow])
def test_pack_and_column_are_inverse(kind):
    array = numbers(len(leaf_names(kind)), 5)
    assert np.array_equal(pack([column(array, kind, k) for k in range(5)], kind), array)
    assert isinstance(column(array, kind, 2), kind)


def test_pack_keeps_a_body():
    assert column(pack([Body()], Body), Body, 0) == Body()
    assert pack([], Body).shape == (len(leaf_names(Body)), 0)


def test_column_by_name():
    array = pack([Body()], Body)
    array[leaf_index(Body, "kidney.threshold"), 0] = 0.123
    assert column(array, Body, 0).kidney.threshold == 0.123


both = pytest.mark.parametrize("precision", [np.float64, np.float32])
ways = pytest.mark.parametrize(
    "way", [lambda f: f, lambda f: f.py_func], ids=["compiled", "plain Python"]
)
COUNT = len(leaf_names(State))


@ways
@both
def test_gather_and_scatter_carry_every_leaf(precision, way):
    state = numbers(COUNT, 7).astype(precision)
    target = np.full_like(state, np.nan)
    way(_copy)(template(State), state, target, 0, 0)
    assert np.array_equal(state, target)


@ways
@pytest.mark.parametrize(("source_first", "target_first"), [(0, 3), (4, 0), (2, 5)])
def test_a_tuple_begins_at_its_first_row(source_first, target_first, way):
    source = numbers(COUNT + 9, 5)
    target = np.full_like(source, np.nan)
    way(_copy)(template(State), source, target, source_first, target_first)
    expected = np.full_like(source, np.nan)
    expected[target_first : target_first + COUNT] = source[source_first : source_first + COUNT]
    assert np.array_equal(target, expected, equal_nan=True)


@pytest.mark.parametrize("source_kind", [np.float64, np.float32])
@pytest.mark.parametrize("target_kind", [np.float64, np.float32])
def test_scatter_turns_numbers_into_those_of_the_array(source_kind, target_kind):
    source = numbers(COUNT, 6).astype(source_kind)
    target = np.full((COUNT, 6), np.nan, target_kind)
    _copy(template(State), source, target, 0, 0)
    assert np.array_equal(target, source.astype(target_kind))


@pytest.mark.parametrize(("precision", "lanes"), [(np.float64, 8), (np.float32, 16)])
def test_a_tile_is_one_vector_wide(precision, lanes):
    array = np.zeros(3, precision)
    assert _widths(array) == (lanes, lanes)
    assert lanes * array.itemsize == 512 // 8
    assert _widths.py_func(array) == (1, 1)


@ways
@both
@pytest.mark.parametrize(("source_first", "target_first"), [(0, 0), (0, 3), (4, 0)])
def test_a_flat_tile_is_the_same_as_a_wide_one(precision, source_first, target_first, way):
    lanes = way(_widths)(np.zeros(0, precision))[0]
    source = numbers(COUNT + 4, lanes).astype(precision)
    target, expected = np.full((2, *source.shape), np.nan, precision)
    way(_copy_tile)(template(State), source.ravel(), target.reshape(-1), source_first, target_first)
    _copy(template(State), source, expected, source_first, target_first)
    assert np.array_equal(target, expected, equal_nan=True)
    kept = np.arange(target_first, target_first + COUNT)
    assert np.array_equal(target[kept], source[source_first : source_first + COUNT])
    assert np.isnan(np.delete(target, kept, axis=0)).all()


@ways
@both
@pytest.mark.parametrize("target_kind", [np.float64, np.float32])
def test_put_writes_at_a_stride(precision, target_kind, way):
    """As a night's row is written: (nights, leaves, persons), here night 1 of persons 2 to 4."""
    source = numbers(4, 3).astype(precision)
    rows = np.full((2, 4, 7), np.nan, target_kind)
    way(_put)(NEST, source, rows.reshape(-1), 4 * 7 + 2, 7)
    expected = np.full_like(rows, np.nan)
    expected[1, :, 2:5] = source.astype(target_kind)
    assert np.array_equal(rows, expected, equal_nan=True)


@ways
def test_leaves_keep_their_names(way):
    source = numbers(4, 3)
    target = np.empty_like(source)
    way(_swap)(source, target)
    assert np.array_equal(target, source[[3, 2, 1, 0]])


@ways
@both
def test_advance(precision, way):
    state, slope = (numbers(COUNT, 3, seed).astype(precision) for seed in (0, 1))
    target = np.empty_like(state)
    way(_advance)(template(State), state, slope, np.array([0.3], precision), target)
    exact = state.astype(np.longdouble) + np.longdouble(precision(0.3)) * slope
    error = np.abs(target - exact) / (np.abs(state) + 0.3 * np.abs(slope))
    assert error.max() < np.finfo(precision).eps
    way(_advance)(template(State), state, slope, np.zeros(1, precision), target)
    assert np.array_equal(target, state)


def test_what_is_fixed_is_a_tuple_of_the_right_leaves():
    found = fix(Body())
    assert column(pack([found], Fixed), Fixed, 0) == found
