"""Cortisol: the daily humps, the moment of rising, what stress adds, and its clearance."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.body.cortisol import (
    Adrenal,
    CortisolState,
    cortisol_derivative,
    daily_drive,
    inertia,
)
from somnesium.maths import direction

ADRENAL = Adrenal(
    early_drive=200.0,
    early_peak=1.0,
    early_width=2.5,
    late_drive=120.0,
    late_peak=8.0,
    late_width=1.0,
    awakening=500.0,
    stress_gain=150.0,
    exercise_share=0.5,
    night_waking=14.0,
    magnesium_gain=4.0,
    clearance=0.6,
    inertia_loss=1 / 0.4,
)
shares = st.floats(0, 1)


def test_daily_drive_by_hand():
    early, late = direction(0.0), direction(math.pi / 2)
    # at the early peak: 200 + 120 e^-1; at the late one: 200 e^-2.5 + 120
    assert daily_drive(early, early, late, ADRENAL) == pytest.approx(
        200 + 120 * 0.36787944, rel=1e-8
    )
    assert daily_drive(late, early, late, ADRENAL) == pytest.approx(
        200 * 0.0820849986 + 120, rel=1e-8
    )


@given(st.floats(-10, 10))
def test_daily_drive_stays_between_its_extremes(angle):
    found = daily_drive(direction(angle), direction(0.3), direction(2.0), ADRENAL)
    assert 200 * math.exp(-5) + 120 * math.exp(-2) <= found <= 320


def test_inertia():
    assert inertia(0.0, 0.0) == 1.0
    assert inertia(0.0, 1.0) == 0.0
    assert inertia(1.0, 0.0) == 0.0
    assert inertia(0.25, 0.0) == 0.75


def test_derivative_by_hand():
    found = cortisol_derivative(
        CortisolState(300.0, 0.2), 50.0, 0.0, 0.5, 0.4, 0.1, 0.05, 0.1, ADRENAL
    )
    made = 50 + 500 * 0.8 + 150 * (0.5 + 0.5 * 0.4) + 14 * 0.1  # 556.4
    assert made == pytest.approx(556.4)
    assert found.plasma == pytest.approx(made * 1.2 * 0.9 - 180, rel=1e-12)
    assert found.risen == pytest.approx(0.8 / 0.4, rel=1e-12)


def test_at_rest_it_only_clears():
    found = cortisol_derivative(
        CortisolState(100.0, 1.0), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, ADRENAL
    )
    assert found == pytest.approx((-60.0, 0.0), abs=1e-12)


def test_in_bed_there_is_no_awakening_response():
    found = cortisol_derivative(
        CortisolState(0.0, 0.0), 50.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, ADRENAL
    )
    assert found == (50.0, 0.0)


@given(st.floats(0, 400), shares, shares, shares, st.floats(0, 0.1), shares)
def test_what_raises_and_lowers_it(drive, stress, exercise, awake, deficit, calming):
    def slope(**changes):
        now = {
            "drive": drive,
            "in_bed": 0.0,
            "stress": stress,
            "exercise": exercise,
            "awake_in_bed": awake,
            "deficit": deficit,
            "calming": calming,
        } | changes
        return cortisol_derivative(CortisolState(100.0, 0.5), adrenal=ADRENAL, **now).plasma

    here = slope()
    for name, value in (("stress", stress), ("exercise", exercise), ("awake_in_bed", awake)):
        assert slope(**{name: value + 0.5}) >= here
    assert slope(deficit=deficit + 0.05) >= here
    assert slope(calming=calming / 2) >= here
