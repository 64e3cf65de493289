"""Tuples in columns: what goes in comes out, in compiled code as well."""

from typing import NamedTuple

import numpy as np
import pytest
from numba import njit

from somnesium.body.assembly import Body, Inputs, Phases, State, phases
from somnesium.body.stages import Rates, Stages
from somnesium.simulation import compiled  # noqa: F401 - sets the cache folder first
from somnesium.simulation.lanes import (
    TILE,
    advance,
    column,
    gather,
    leaf_index,
    leaf_names,
    pack,
    scatter,
)
from somnesium.simulation.tally import NightRow, Tally


class Pair(NamedTuple):
    left: float
    right: float


class Nest(NamedTuple):
    first: float
    pair: Pair
    last: float


NEST = Nest(1.0, Pair(2.0, 3.0), 4.0)


@njit(cache=True)
def _copy(like, source, target):
    for lane in range(source.shape[1]):
        scatter(gather(like, source, lane), target, lane)


@njit(cache=True)
def _copy_tile(like, source, target):
    for lane in range(TILE):
        scatter(gather(like, source, lane), target, lane)


@njit(cache=True)
def _advance(like, source, slope, step, target):
    for lane in range(source.shape[1]):
        moved = advance(gather(like, source, lane), step, gather(like, slope, lane))
        scatter(moved, target, lane)


@njit(cache=True)
def _swap(source, target):
    for lane in range(source.shape[1]):
        n = gather(NEST, source, lane)
        swapped = Nest(first=n.last, pair=Pair(left=n.pair.right, right=n.pair.left), last=n.first)
        scatter(swapped, target, lane)


def numbers(rows, columns, seed=0):
    return np.random.default_rng(seed).normal(size=(rows, columns))


def test_names_are_in_order_of_declaration():
    assert leaf_names(Nest) == ("first", "pair.left", "pair.right", "last")
    assert leaf_index(Nest, "pair.right") == 2
    with pytest.raises(ValueError, match="not in tuple"):
        leaf_index(Nest, "pair.middle")


@pytest.mark.parametrize("kind", [State, Body, Inputs, Phases, Stages, Rates, Tally, NightRow])
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


def test_gather_and_scatter_carry_every_leaf():
    state = numbers(len(leaf_names(State)), 7)
    target = np.full_like(state, np.nan)
    _copy(column(state, State, 0), state, target)
    assert np.array_equal(state, target)


def test_a_flat_tile_is_the_same_as_a_wide_one():
    state = numbers(len(leaf_names(State)), TILE)
    target = np.full(state.size, np.nan)
    _copy_tile(column(state, State, 0), state.ravel(), target)
    assert np.array_equal(target.reshape(state.shape), state)


def test_leaves_keep_their_names_in_compiled_code():
    source = numbers(4, 3)
    target = np.empty_like(source)
    _swap(source, target)
    assert np.array_equal(target, source[[3, 2, 1, 0]])


def test_advance():
    state, slope = numbers(len(leaf_names(State)), 3), numbers(len(leaf_names(State)), 3, 1)
    target = np.empty_like(state)
    _advance(column(state, State, 0), state, slope, 0.25, target)
    np.testing.assert_allclose(target, state + 0.25 * slope, rtol=1e-14, atol=1e-15)
    _advance(column(state, State, 0), state, slope, 0.0, target)
    assert np.array_equal(target, state)


def test_phases_are_a_tuple_of_the_right_leaves():
    found = phases(Body())
    assert column(pack([found], Phases), Phases, 0) == found
