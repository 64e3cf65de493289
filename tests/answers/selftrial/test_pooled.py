"""Pooling from summaries: alike people are drawn together, unlike ones left apart."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from somnesium.answers.selftrial.pooled import pooled, restricted
from somnesium.errors import InvalidInput


def test_one_effect_for_all_is_the_weighted_mean():
    found = pooled([(-5.0, 2.0), (-5.0, 4.0), (-5.0, 3.0)], 5.0)
    assert found.mean == pytest.approx(-5.0)
    spreads, errors = np.array([0.0, 0.1, 3.0]), np.array([2.0, 4.0, 3.0])
    likelihood, mean, variance = restricted(spreads, np.full(3, -5.0), errors)
    assert likelihood.argmax() == 0
    assert mean == pytest.approx(np.full(3, -5.0))
    assert variance[0] ** 0.5 == pytest.approx((1 / 4 + 1 / 16 + 1 / 9) ** -0.5, rel=1e-3)


def test_a_vague_person_borrows_from_the_others():
    found = pooled([(-8.0, 1.0)] * 6 + [(12.0, 20.0)], 3.0)
    assert found.persons[-1].mean < 0.0
    low, high = found.persons[-1].interval95
    assert low < -8.0 < high


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(0.5, 20)), min_size=2, max_size=12))
def test_intervals_hold_their_means_and_the_next_person_is_less_sure(rows):
    found = pooled(rows, 6.0)
    assert found.interval[0] <= found.mean <= found.interval[1]
    assert found.prediction[0] <= found.interval[0]
    assert found.prediction[1] >= found.interval[1]
    assert 0.0 <= found.above_zero <= 1.0


def test_intervals_of_the_mean_hold_it_in_nineteen_of_twenty():
    random = np.random.default_rng(5)
    held = []
    for _ in range(200):
        errors = random.uniform(3.0, 12.0, 8)
        effects = -4.0 + 6.0 * random.standard_normal(8) + errors * random.standard_normal(8)
        low, high = pooled(list(zip(effects, errors, strict=True)), 6.0).interval
        held.append(low < -4.0 < high)
    assert 0.91 <= np.mean(held) <= 0.995


def test_nonsense_is_refused():
    with pytest.raises(InvalidInput, match="two persons"):
        pooled([(1.0, 1.0)], 5.0)
    with pytest.raises(InvalidInput, match="errors above 0"):
        pooled([(1.0, 0.0), (1.0, 1.0)], 5.0)
    with pytest.raises(InvalidInput, match="expected_between"):
        pooled([(1.0, 1.0), (1.0, 1.0)], 0.0)
