"""Melatonin: the gate of the clock, the shade of light, and a swallowed tablet."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.body.melatonin import (
    MelatoninState,
    Pineal,
    melatonin_derivative,
    melatonin_dose,
    suppression_left,
    synthesis_gate,
)
from somnesium.maths import direction

PINEAL = Pineal(
    synthesis=400.0,
    clearance=1.25,
    half_light=25.0,
    light_slope=0.8,
    eyelid=0.04,
    midpoint=-3.0,
    half_window=0.35,
    edge=0.1,
    magnesium_gain=2.0,
    gut_rate=1.5,
    bioavailability=0.15,
    volume=80.0,
)
lux = st.floats(0, 1e5)


def test_gate_by_hand():
    here = direction(0.7)
    assert synthesis_gate(here, here, PINEAL) == pytest.approx(1 / (1 + math.exp(-6.5)), rel=1e-12)
    aside = direction(0.7 + math.pi / 2)
    assert synthesis_gate(aside, here, PINEAL) == pytest.approx(1 / (1 + math.exp(3.5)), rel=1e-12)
    edge = direction(0.7 + math.acos(0.35))
    assert synthesis_gate(edge, here, PINEAL) == pytest.approx(0.5, rel=1e-12)


def test_gate_by_day_is_shut():
    assert synthesis_gate(direction(math.pi), direction(0.0), PINEAL) < 2e-6


@given(st.floats(0, math.pi), st.floats(0.001, 1))
def test_gate_falls_with_distance(angle, further):
    middle = direction(0.0)
    if angle + further <= math.pi:
        assert synthesis_gate(direction(angle + further), middle, PINEAL) < synthesis_gate(
            direction(angle), middle, PINEAL
        )


def test_suppression_by_hand():
    assert suppression_left(0.0, PINEAL) == 1.0
    assert suppression_left(25.0, PINEAL) == 0.5
    # 32 times the half light: 32^0.8 = 2^4 = 16
    assert suppression_left(800.0, PINEAL) == pytest.approx(1 / 17, rel=1e-12)
    assert suppression_left(25e9, PINEAL) < 1e-6


@given(lux, st.floats(1e-3, 1e4))
def test_more_light_leaves_less(light, more):
    assert suppression_left(light + more, PINEAL) < suppression_left(light, PINEAL)


def test_derivative_by_hand():
    found = melatonin_derivative(MelatoninState(100.0, 40.0), 0.5, 0.5, 0.1, PINEAL)
    # made 400 · (1 - 0.2) · ½ · ½ = 80, absorbed 60, cleared 125
    assert found == pytest.approx((80 + 60 - 125, -60.0), rel=1e-12)


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_is_made_goes_with_gate_and_light(gate, left):
    found = melatonin_derivative(MelatoninState(0.0, 0.0), gate, left, 0.0, PINEAL)
    assert found == pytest.approx((400.0 * gate * left, 0.0), rel=1e-12)


def test_by_day_it_only_clears():
    left = suppression_left(500.0, PINEAL)
    found = melatonin_derivative(MelatoninState(80.0, 0.0), 0.0, left, 0.0, PINEAL)
    assert found == pytest.approx((-100.0, 0.0), rel=1e-12)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.05))
def test_a_deficit_makes_less(gate, left, deficit):
    state = MelatoninState(50.0, 0.0)
    full = melatonin_derivative(state, gate, left, 0.0, PINEAL)
    less = melatonin_derivative(state, gate, left, deficit, PINEAL)
    assert less.plasma <= full.plasma
    empty = MelatoninState(0.0, 0.0)
    assert melatonin_derivative(empty, gate, left, deficit, PINEAL).plasma >= 0.0


def test_dose_by_hand():
    # 0.15 · 2e6 pmol in 80 L
    assert melatonin_dose(2e6, PINEAL) == pytest.approx(3750.0, rel=1e-12)
    assert melatonin_dose(0.0, PINEAL) == 0.0
