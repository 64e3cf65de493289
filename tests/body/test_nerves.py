"""Arousal and the two nervous systems, written out by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.body.nerves import (
    Nerves,
    arousal,
    heart_rate,
    load_derivative,
    rmssd,
    sympathetic_tone,
    vagal_tone,
)
from somnesium.maths import direction

NERVES = Nerves(
    trait=0.4,
    bed_gain=4.0,
    forgetting=1 / 120,
    magnesium_gain=6.0,
    stress_gain=0.8,
    cortisol_gain=0.1,
    cortisol_scale=100.0,
    rmssd_typical=35.0,
    vagal_wake=0.25,
    vagal_clock=0.08,
    vagal_peak=-2.0,
    vagal_slow_wave=0.1,
    vagal_rem=-0.12,
    vagal_arousal=-0.08,
    vagal_cortisol=-0.1,
    vagal_magnesium=-1.8,
    sympathetic_arousal=0.35,
    sympathetic_stress=1.5,
    sympathetic_exercise=16.0,
    sympathetic_rem=0.4,
    heart_rest=58.0,
    heart_sympathetic=3.5,
    heart_vagal=11.0,
)
HERE = direction(0.0)
shares = st.floats(0, 1)
near = st.floats(-2, 2)


def test_load_by_hand():
    # target 0.4 + 6 · 0.05 + 4 · 0.1 - 0.1 = 1.0
    assert load_derivative(0.4, 0.1, 0.05, 0.1, NERVES) == pytest.approx(0.6 / 120, rel=1e-12)


def test_load_rests_at_the_trait():
    assert load_derivative(0.4, 0.0, 0.0, 0.0, NERVES) == 0.0


@given(near, shares, st.floats(0, 0.1), shares)
def test_what_feeds_the_load(load, awake, deficit, calming):
    here = load_derivative(load, awake, deficit, calming, NERVES)
    assert load_derivative(load, awake + 0.1, deficit, calming, NERVES) > here
    assert load_derivative(load, awake, deficit + 0.01, calming, NERVES) > here
    assert load_derivative(load, awake, deficit, calming + 0.1, NERVES) < here
    assert load_derivative(load + 0.1, awake, deficit, calming, NERVES) < here


def test_arousal_by_hand():
    assert arousal(0.5, 0.5, 300.0, -0.2, NERVES) == pytest.approx(0.5 + 0.4 + 0.2 - 0.2, rel=1e-12)
    assert arousal(0.0, 0.0, 100.0, 0.0, NERVES) == 0.0
    assert arousal(0.0, 0.0, 0.0, 0.0, NERVES) == pytest.approx(-0.1)


@given(near, shares, st.floats(0, 900), near)
def test_what_arouses(load, stress, cortisol, unrest):
    here = arousal(load, stress, cortisol, unrest, NERVES)
    assert arousal(load, stress + 0.1, cortisol, unrest, NERVES) > here
    assert arousal(load, stress, cortisol + 10, unrest, NERVES) > here
    assert arousal(load, stress, cortisol, unrest + 0.1, NERVES) > here


def test_vagal_tone_by_hand():
    found = vagal_tone(0.2, 0.3, 0.1, direction(math.pi / 3), HERE, 0.5, 200.0, 0.01, NERVES)
    assert found == pytest.approx(
        0.25 * 0.3 + 0.08 * 0.5 + 0.1 * 0.3 - 0.12 * 0.1 - 0.08 * 0.5 - 0.1 * 2 - 1.8 * 0.01,
        rel=1e-12,
    )


def test_vagal_tone_awake_and_asleep():
    awake = vagal_tone(1.0, 0.0, 0.0, HERE, HERE, 0.0, 0.0, 0.0, NERVES)
    deep = vagal_tone(0.0, 1.0, 0.0, HERE, HERE, 0.0, 0.0, 0.0, NERVES)
    dreaming = vagal_tone(0.0, 0.0, 1.0, HERE, HERE, 0.0, 0.0, 0.0, NERVES)
    assert awake == pytest.approx(-0.125 + 0.08, rel=1e-12)
    assert deep == pytest.approx(0.125 + 0.08 + 0.1, rel=1e-12)
    assert dreaming == pytest.approx(0.125 + 0.08 - 0.12, rel=1e-12)


@given(near, st.floats(0, 900), st.floats(0, 0.1))
def test_what_lowers_vagal_tone(aroused, cortisol, deficit):
    def tone(a=aroused, c=cortisol, d=deficit):
        return vagal_tone(0.5, 0.2, 0.1, HERE, HERE, a, c, d, NERVES)

    assert tone(a=aroused + 0.1) < tone()
    assert tone(c=cortisol + 10) < tone()
    assert tone(d=deficit + 0.01) < tone()


def test_sympathetic_tone_by_hand():
    found = sympathetic_tone(0.5, 0.2, 1.0, 0.4, 0.05, NERVES)
    assert found == pytest.approx(0.5 + 0.35 + 0.6 + 0.8 + 0.08, rel=1e-12)
    assert sympathetic_tone(0.0, 0.0, 0.0, 0.0, 0.0, NERVES) == 0.0
    assert sympathetic_tone(1.0, 0.0, 0.0, 0.0, 0.0, NERVES) == 1.0


def test_heart_rate_by_hand():
    assert heart_rate(0.0, 0.0, NERVES) == 58.0
    assert heart_rate(0.5, 1.2, NERVES) == pytest.approx(58 + 4.2 - 5.5, rel=1e-12)


@given(near, st.floats(0, 20))
def test_the_heart_follows_both_tones(vagal, sympathetic):
    here = heart_rate(vagal, sympathetic, NERVES)
    assert heart_rate(vagal + 0.1, sympathetic, NERVES) < here
    assert heart_rate(vagal, sympathetic + 0.1, NERVES) > here


def test_rmssd_by_hand():
    assert rmssd(0.0, NERVES) == 35.0
    assert rmssd(math.log(2), NERVES) == pytest.approx(70.0, rel=1e-12)


@given(near)
def test_rmssd_is_positive_and_rises(vagal):
    assert 0.0 < rmssd(vagal, NERVES) < rmssd(vagal + 0.1, NERVES)
