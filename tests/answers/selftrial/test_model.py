"""Exact marginalisation: what must not change an effect does not, and shapes hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from somnesium.answers.selftrial.model import fit, marginal
from somnesium.answers.selftrial.noise import GRID, Noise, covariance
from somnesium.answers.selftrial.terms import Choices, terms

from .samples import plain_terms, series

ROWS = terms(series(28, 4), Choices())
DESIGN = marginal(ROWS)


def test_probabilities_of_the_noises_add_to_one():
    found = fit(DESIGN, np.column_stack([ROWS.readings, ROWS.readings[::-1]]))
    assert found.probability.shape == (len(GRID), 2)
    assert found.probability.sum(axis=0) == pytest.approx([1.0, 1.0])


@settings(max_examples=30, deadline=None)
@given(
    level=st.floats(-1e3, 1e3),
    slope=st.floats(-1e3, 1e3),
    effect=st.floats(-100, 100),
    factor=st.floats(0.01, 100.0),
)
def test_level_and_trend_drop_out_and_an_effect_adds(level, slope, effect, factor):
    moved = ROWS.columns @ np.array([effect, level, slope])
    plain = fit(DESIGN, ROWS.readings)
    other = fit(DESIGN, factor * ROWS.readings + moved)
    assert other.centre[0] == pytest.approx(factor * plain.centre[0] + effect, abs=1e-5)
    assert other.spread[0] == pytest.approx(factor * plain.spread[0], rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("noise", GRID)
def test_covariances_are_of_variance_one_and_positive(noise):
    cover = covariance(noise, plain_terms(np.zeros(20), np.ones((20, 1))))
    assert np.diag(cover) == pytest.approx(np.full(20, 1.0 + 1e-6))
    assert np.linalg.eigvalsh(cover).min() > 0.0


def test_persistent_nights_are_recognised():
    rows = plain_terms(np.zeros(300), np.column_stack([np.arange(300) % 8 < 4, np.ones(300)]) * 1.0)
    lower = np.linalg.cholesky(covariance(Noise(0.6, 0.0), rows))
    drawn = lower @ np.random.default_rng(0).standard_normal((300, 1))
    found = fit(marginal(rows), drawn)
    assert GRID[int(found.probability[:, 0].argmax())].persistence in (0.6, 0.75)
