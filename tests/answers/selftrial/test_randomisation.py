"""The randomisation test against counting by hand, and under no effect."""

import numpy as np
import pytest

from somnesium.answers.selftrial.randomisation import Pairs, randomisation_test
from somnesium.answers.selftrial.terms import Choices
from somnesium.errors import InvalidInput

from .samples import series


def test_pairs_hold_each_arm_once():
    scheme = Pairs(56, 7)
    dealt = scheme(np.random.default_rng(0))
    by_period = [set(dealt[scheme.periods() == k]) for k in range(8)]
    assert all(len(one) == 1 for one in by_period)
    firsts = [one.pop() for one in by_period]
    assert all(a + b == 1.0 for a, b in zip(firsts[::2], firsts[1::2], strict=True))


def test_the_least_p_value_is_that_of_all_allocations():
    found = randomisation_test(series(56, 7, effect=-200.0), Choices(), Pairs(56, 7), 1)
    assert found.allocations == 16
    assert found.p == pytest.approx(2 / 16)
    assert found.least == pytest.approx(2 / 16)


def test_p_values_are_level_under_no_effect():
    found = [
        randomisation_test(series(40, 4, seed=k), Choices(), Pairs(40, 4), k, 199).p
        for k in range(200)
    ]
    assert np.mean(np.array(found) <= 0.0625) <= 0.11
    assert np.mean(found) == pytest.approx(0.5, abs=0.1)


def test_too_few_draws_are_refused():
    with pytest.raises(InvalidInput, match="draws"):
        randomisation_test(series(), Choices(), Pairs(56, 4), 1, 5)
