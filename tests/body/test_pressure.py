"""The homeostat: rates by hand, its bounds, and strain that finds its rest."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.body.pressure import Pressure, PressureState, pressure_derivative, rated_sleepiness

PRESSURE = Pressure(
    rise=1 / 18,
    fall=1 / 4,
    exercise_gain=0.5,
    strain_gain=0.24,
    strain_wake=0.7,
    strain_loss=1 / 168,
    sleepiness_base=0.3,
    sleepiness_pressure=8.0,
    sleepiness_clock=1.2,
    sleepiness_inertia=2.0,
)
shares = st.floats(0, 1)


def test_awake_by_hand():
    found = pressure_derivative(PressureState(0.4, 0.4, 0.0), 1.0, 0.0, 0.0, PRESSURE)
    assert found == pytest.approx((0.6 / 18, 0.0, 0.24 * 0.3), rel=1e-12)


def test_asleep_by_hand():
    found = pressure_derivative(PressureState(0.4, 0.1, 1.68), 0.0, 1.0, 0.0, PRESSURE)
    assert found == pytest.approx((-0.1, 0.05, -0.24 * 0.7 - 0.01), rel=1e-12)


def test_half_asleep_and_exercising_by_hand():
    found = pressure_derivative(PressureState(0.4, 0.4, 0.0), 0.5, 0.0, 1.0, PRESSURE)
    assert found.level == pytest.approx(0.5 * 0.6 * 1.5 / 18 - 0.5 * 0.4 / 4, rel=1e-12)


def test_it_rises_exponentially_to_one():
    level = 0.3
    for _ in range(1600):
        state = PressureState(level, 0.0, 0.0)
        level += 0.01 * pressure_derivative(state, 1.0, 0.0, 0.0, PRESSURE).level
    assert level == pytest.approx(1 - 0.7 * math.exp(-16 / 18), rel=1e-3)


@given(shares, shares, shares)
def test_it_stays_between_nought_and_one(wake, in_bed, exercise):
    low = pressure_derivative(PressureState(0.0, 0.0, 0.0), wake, in_bed, exercise, PRESSURE)
    high = pressure_derivative(PressureState(1.0, 1.0, 0.0), wake, in_bed, exercise, PRESSURE)
    assert low.level >= 0.0
    assert low.waiting >= 0.0
    assert high.level <= 0.0
    assert high.waiting == 0.0


@given(shares, shares, shares)
def test_waking_raises_it(level, wake, exercise):
    state = PressureState(level, level, 0.0)
    less = pressure_derivative(state, wake / 2, 1.0, exercise, PRESSURE)
    more = pressure_derivative(state, wake, 1.0, exercise, PRESSURE)
    assert more.level >= less.level
    assert more.strain >= less.strain


def test_out_of_bed_nobody_waits():
    found = pressure_derivative(PressureState(0.4, 0.4, 0.0), 1.0, 0.0, 0.0, PRESSURE)
    assert found.waiting == 0.0


def test_strain_rests_at_usual_sleep():
    found = pressure_derivative(PressureState(0.4, 0.4, 0.0), 0.7, 0.0, 0.0, PRESSURE)
    assert found.strain == 0.0


def test_sleepiness_by_hand():
    state = PressureState(0.5, 0.5, 0.4)
    assert rated_sleepiness(state, 0.5, 0.25, PRESSURE) == pytest.approx(
        0.3 + 4.0 - 0.6 + 0.5 + 0.4, rel=1e-12
    )
    assert rated_sleepiness(PressureState(0.0, 0.0, 0.0), 0.0, 0.0, PRESSURE) == 0.3


@given(shares, st.floats(-1.25, 1.25), shares, st.floats(0.01, 0.5))
def test_what_makes_sleepy(level, drive, inertia, more):
    state = PressureState(level, level, 0.0)
    now = rated_sleepiness(state, drive, inertia, PRESSURE)
    assert rated_sleepiness(state._replace(level=level + more), drive, inertia, PRESSURE) > now
    assert rated_sleepiness(state, drive + more, inertia, PRESSURE) < now
    assert rated_sleepiness(state, drive, inertia + more, PRESSURE) > now
