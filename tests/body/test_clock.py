"""The clock: hand-computed values, the dark, and the period it keeps when left alone."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.body.clock import (
    Clock,
    ClockState,
    activity_gain,
    clock_derivative,
    clock_direction,
    frequency,
    photic_rate,
    shifting_melatonin,
)

TURN = math.pi / 12
CLOCK = Clock(
    period=24.2,
    day=24.0,
    period_correction=0.99729,
    stiffness=0.13,
    photic_gain=0.6,
    photic_period=0.55,
    photic_share=1 / 3,
    contrast=0.4,
    bleaching=6.0,
    recovery=0.42,
    bright=9500.0,
    dim=100.0,
    melanopic_ratio=0.5,
    eyelid=0.03,
    activity=0.03,
    usual_wake=2 / 3,
    activity_slope=10.0,
    trough_delay=0.97,
    melatonin_x=0.04,
    melatonin_y=0.54,
    melatonin_gain=0.02,
    melatonin_half=861.0,
    melatonin_width=50.0,
    hour_angle=TURN,
)
coordinates = st.floats(-1.2, 1.2)


def slope(state, rate=0.0, wake=1.0, active=0.0, shift=0.0, clock=CLOCK):
    """The pacemaker's slope; what is not named drives it not at all."""
    return clock_derivative(state, rate, wake, active, shift, frequency(clock), clock)


def test_photic_rate_by_hand():
    # 500 melanopic lux are 1000 photopic: 6 √(1000/9500) · 1000/1100
    assert photic_rate(500.0, CLOCK) == pytest.approx(6 * 0.324442842 * 0.909090909, rel=1e-8)


def test_photic_rate_in_the_dark_and_in_the_sun():
    assert photic_rate(0.0, CLOCK) == 0.0
    # four times very bright light uses receptors twice as fast
    assert photic_rate(4e8, CLOCK) == pytest.approx(2 * photic_rate(1e8, CLOCK), rel=1e-5)


@given(st.floats(0, 1e5), st.floats(1e-3, 1e4))
def test_more_light_uses_more(light, more):
    assert photic_rate(light + more, CLOCK) > photic_rate(light, CLOCK)


def test_direction_by_hand():
    found = clock_direction(ClockState(x=0.3, y=0.4, used=0.0))
    assert found == pytest.approx((0.8, 0.6), rel=1e-15)


@given(st.floats(0, 2 * math.pi), st.floats(0.01, 3))
def test_direction_knows_no_amplitude(angle, radius):
    found = clock_direction(ClockState(radius * math.sin(angle), radius * math.cos(angle), 0.0))
    assert found == pytest.approx((math.cos(angle), math.sin(angle)), abs=1e-12)


def activity(x, wake):
    """What being awake adds to the slope of x at a share awake, dimensionless."""
    gain = activity_gain(x, CLOCK)
    found = slope(ClockState(x, 0.3, 0.2), wake=wake, active=gain)
    without = slope(ClockState(x, 0.3, 0.2), wake=wake)
    assert found._replace(x=0.0) == without._replace(x=0.0)
    return (found.x - without.x) / TURN


def test_activity_gain_by_hand():
    # x = 0: tanh is 0
    assert activity_gain(0.0, CLOCK) == pytest.approx(0.03, rel=1e-12)
    assert activity_gain(0.1, CLOCK) == pytest.approx(0.03 * (1 - 0.761594156), rel=1e-8)
    assert activity_gain(-0.1, CLOCK) == pytest.approx(0.03 * (1 + 0.761594156), rel=1e-8)


def test_activity_by_hand():
    # x = 0: activity · (wake - 2/3)
    assert activity(0.0, 1.0) == pytest.approx(0.01, rel=1e-12)
    assert activity(0.0, 0.0) == pytest.approx(-0.02, rel=1e-12)
    assert activity(0.1, 1.0) == pytest.approx(0.01 * (1 - 0.761594156), rel=1e-8)


def test_activity_counts_only_in_one_half_of_the_cycle():
    assert activity(1.0, 1.0) == pytest.approx(0.0, abs=1e-9)
    assert activity(-1.0, 1.0) == pytest.approx(0.02, rel=1e-6)
    assert activity(-1.0, 2 / 3) == 0.0


def test_frequency_by_hand():
    # once in 25 h of a 24-h day: 0.96² = 0.9216
    assert frequency(CLOCK._replace(period=25.0, period_correction=1.0)) == pytest.approx(
        0.9216, rel=1e-12
    )
    assert frequency(CLOCK._replace(period=24.0, period_correction=0.5)) == pytest.approx(
        4.0, rel=1e-12
    )
    assert frequency(CLOCK) == pytest.approx(0.98889, rel=1e-4)


def test_shifting_melatonin_by_hand():
    assert shifting_melatonin(861.0, CLOCK) == pytest.approx(0.01)
    # one width above: 0.02 / (1 + e^-1)
    assert shifting_melatonin(911.0, CLOCK) == pytest.approx(0.02 / 1.367879441, rel=1e-9)


def test_own_melatonin_hardly_reaches_the_clock():
    assert shifting_melatonin(0.0, CLOCK) < 1e-9
    assert shifting_melatonin(350.0, CLOCK) < 1e-6
    assert shifting_melatonin(1e6, CLOCK) == pytest.approx(0.02, rel=1e-12)


@given(st.floats(0, 3000), st.floats(0.01, 500))
def test_more_melatonin_never_shifts_less(plasma, more):
    assert shifting_melatonin(plasma + more, CLOCK) >= shifting_melatonin(plasma, CLOCK)


def test_derivative_in_the_dark_by_hand():
    found = slope(ClockState(1.0, 0.0, 0.5))
    # 1/3 + 4/3 - 256/105 = -27/35
    assert found.x == pytest.approx(TURN * 0.13 * -27 / 35, rel=1e-12)
    assert found.y == pytest.approx(-TURN * (24 / (0.99729 * 24.2)) ** 2, rel=1e-12)
    assert found.used == pytest.approx(-0.21, rel=1e-12)


def test_derivative_in_light_by_hand():
    state = ClockState(0.5, -0.5, 0.2)
    gain, shift = activity_gain(0.5, CLOCK), shifting_melatonin(861.0, CLOCK)
    found = slope(state, photic_rate(500.0, CLOCK), 1.0, gain, shift)
    rate = 6 * math.sqrt(1000 / 9500) / 1.1  # 1.7697
    drive = 0.6 * rate * 0.8 * (1 - 0.2) * (1 + 0.2)
    limit = 0.5 / 3 + 4 * 0.125 / 3 - 256 * 0.0078125 / 105
    move = 0.03 * (1 / 3) * (1 - math.tanh(5.0))
    pull = (24 / (0.99729 * 24.2)) ** 2
    assert found.x == pytest.approx(
        TURN * (-0.5 + 0.13 * limit + drive + move - 0.04 * 0.01), rel=1e-12
    )
    assert found.y == pytest.approx(
        TURN * (-0.5 * drive / 3 - 0.5 * (pull + 0.55 * drive) - 0.54 * 0.01), rel=1e-12
    )
    assert found.used == pytest.approx(rate * 0.8 - 0.42 * 0.2, rel=1e-12)


@given(coordinates, coordinates, st.floats(0, 1e5), st.floats(0, 1))
def test_the_used_share_stays_a_share(x, y, light, wake):
    rate = photic_rate(light, CLOCK)
    assert slope(ClockState(x, y, 0.0), rate, wake).used >= 0.0
    assert slope(ClockState(x, y, 1.0), rate, wake).used < 0.0


@pytest.mark.parametrize("period", [23.8, 24.2, 24.6])
def test_in_the_dark_it_keeps_its_period(period):
    clock = CLOCK._replace(period=period)
    x, y, h = 1.0, 0.0, 0.1

    def move(x, y):
        return slope(ClockState(x, y, 0.0), clock=clock)

    crossings = []
    for k in range(5000):
        a = move(x, y)
        b = move(x + h / 2 * a.x, y + h / 2 * a.y)
        c = move(x + h / 2 * b.x, y + h / 2 * b.y)
        d = move(x + h * c.x, y + h * c.y)
        after = x + h / 6 * (a.x + 2 * b.x + 2 * c.x + d.x)
        y += h / 6 * (a.y + 2 * b.y + 2 * c.y + d.y)
        if x < 0 <= after:
            crossings.append(h * (k + x / (x - after)))
        x = after
    cycle = (crossings[-1] - crossings[-11]) / 10
    assert cycle == pytest.approx(period, abs=0.02)
