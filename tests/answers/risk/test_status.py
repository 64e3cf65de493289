"""Probabilities and their intervals, against sums done by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.answers.risk.people import crowd

from somnesium.answers.risk.status import DEFINITIONS, LEAST_SHORTFALL, probability, spread_of
from somnesium.sources import exists

BY_KEY = {one.key: one for one in DEFINITIONS}


def test_definitions_at_their_borders():
    tissue = np.array([1.0 - LEAST_SHORTFALL - 1e-9, 1.0 - LEAST_SHORTFALL + 1e-9, 1.1, 1.2])
    people = crowd(np.array([0.749, 0.75, 0.85, 1.06]), tissue)
    assert BY_KEY["serum_below_0.75"].met(people).tolist() == [True, False, False, False]
    assert BY_KEY["serum_below_0.85"].met(people).tolist() == [True, True, False, False]
    assert BY_KEY["stores_low"].met(people).tolist() == [True, False, False, False]
    assert BY_KEY["serum_above_1.05"].met(people).tolist() == [False, False, False, True]
    assert all(exists(key) for one in DEFINITIONS for key in one.sources)


def test_the_interval_holds_both_people_and_doubts():
    met = np.array([True, True, True, True, False, False, False, False])
    people = crowd(np.ones(8), np.ones(8), doubts=2)
    found = probability(met, np.full(8, 0.125), people)
    assert found.mean == pytest.approx(0.5)
    assert found.interval90 == (0.0, 1.0)


def test_one_person_in_many_doubts_is_still_one_person():
    met = np.tile([True, False, False, False], 50)
    people = crowd(np.ones(200), np.ones(200), doubts=50)
    found = probability(met, np.full(200, 1 / 200), people)
    n, z2 = 4, 1.645**2
    middle = (0.25 + z2 / (2 * n)) / (1 + z2 / n)
    side = 1.645 * (0.25 * 0.75 / n + z2 / (4 * n * n)) ** 0.5 / (1 + z2 / n)
    assert found.interval90 == pytest.approx((max(0.0, middle - side), middle + side))


def test_weights_count():
    people = crowd(np.ones(4), np.ones(4))
    met = np.array([True, False, False, False])
    found = probability(met, np.array([0.7, 0.1, 0.1, 0.1]), people)
    assert found.mean == pytest.approx(0.7)


def test_a_spread_is_a_weighted_mean_and_the_middle_of_the_people():
    values = np.arange(101.0)
    found = spread_of(values, np.full(101, 1 / 101), "mmol/L", ("iom1997",))
    assert found.mean == pytest.approx(50.0)
    assert found.interval90 == pytest.approx((5.0, 95.0), abs=1.0)
    heavy = np.where(values == 7.0, 1.0, 0.0)
    one = spread_of(values, heavy, "1", ("iom1997",))
    assert (one.mean, *one.interval90) == (7.0, 7.0, 7.0)


@given(st.lists(st.tuples(st.booleans(), st.floats(0.01, 1.0)), min_size=2, max_size=30))
def test_a_probability_lies_within_its_interval(people):
    share = np.array([weight for _, weight in people])
    met = np.array([is_met for is_met, _ in people])
    drawn = crowd(np.ones(len(people)), np.ones(len(people)))
    found = probability(met, share / share.sum(), drawn)
    assert 0.0 <= found.interval90[0] <= found.mean + 1e-9
    assert found.mean - 1e-9 <= found.interval90[1] <= 1.0
