"""Co-ingredients: in, out, and no further."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.body.calmatives import Calmatives, CalmativeState, calmative_derivative

CALMATIVES = Calmatives(
    absorption=1.5,
    elimination=0.5,
    onset_gain=0.35,
    staying_gain=0.7,
    adaptation=1 / 480,
    load_gain=0.35,
    cortisol_gain=0.1,
)
doses = st.floats(0, 1)


def test_by_hand():
    found = calmative_derivative(CalmativeState(0.4, 0.2, 0.6, 0.1, 0.96), CALMATIVES)
    assert found == pytest.approx((-0.6, 0.6 - 0.1, -0.9, 0.9 - 0.05, -0.002), rel=1e-12)


def test_nothing_taken_nothing_changes():
    assert calmative_derivative(CalmativeState(0.0, 0.0, 0.0, 0.0, 0.0), CALMATIVES) == (0.0,) * 5


@given(doses, doses, doses, doses, doses)
def test_what_is_absorbed_leaves_only_by_elimination(a, b, c, d, e):
    found = calmative_derivative(CalmativeState(a, b, c, d, e), CALMATIVES)
    assert found.onset_gut + found.onset == pytest.approx(-0.5 * b, abs=1e-12)
    assert found.staying_gut + found.staying == pytest.approx(-0.5 * d, abs=1e-12)
    assert found.adaptogen <= 0.0


def test_a_daily_adaptogen_settles_near_its_share():
    """A dose of share d enters as 24 h · k · d, and the level settles at d."""
    level, h = 0.0, 1.0
    for hour in range(24 * 150):
        if hour % 24 == 0:
            level += 0.8 * 24 / 480
        state = CalmativeState(0.0, 0.0, 0.0, 0.0, level)
        level += h * calmative_derivative(state, CALMATIVES).adaptogen
    assert level == pytest.approx(0.8, abs=0.03)
