"""Caffeine and alcohol: first order, near zero order, and what they hold."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.body.stimulants import (
    Alcohol,
    AlcoholState,
    Caffeine,
    CaffeineState,
    alcohol_derivative,
    caffeine_block,
    caffeine_derivative,
)

CAFFEINE = Caffeine(
    absorption=4.0, elimination=0.14, half_effect=200.0, pressure_hidden=0.3, wake_gain=1.2
)
ALCOHOL = Alcohol(
    volume=40.0,
    elimination=0.15,
    half_saturation=0.05,
    lag=1 / 2,
    onset_gain=2.0,
    rebound=2.0,
    slow_wave_gain=0.1,
    rem_loss=1.0,
    urine_gain=2.0,
)
milligrams = st.floats(0, 1000)


def test_caffeine_by_hand():
    found = caffeine_derivative(CaffeineState(gut=50.0, body=100.0), CAFFEINE)
    assert found == pytest.approx((-200.0, 186.0), rel=1e-12)
    assert caffeine_derivative(CaffeineState(0.0, 0.0), CAFFEINE) == (0.0, 0.0)


@given(milligrams, milligrams)
def test_caffeine_only_leaves_by_elimination(gut, body):
    found = caffeine_derivative(CaffeineState(gut, body), CAFFEINE)
    assert sum(found) == pytest.approx(-0.14 * body, abs=1e-9)
    assert found.gut <= 0.0


def test_caffeine_halves_in_its_half_life():
    amount, h = 100.0, 0.01
    for _ in range(round(math.log(2) / 0.14 / h)):
        amount += h * caffeine_derivative(CaffeineState(0.0, amount), CAFFEINE).body
    assert amount == pytest.approx(50.0, rel=2e-3)


def test_block_by_hand():
    assert caffeine_block(CaffeineState(gut=500.0, body=0.0), CAFFEINE) == 0.0
    assert caffeine_block(CaffeineState(gut=0.0, body=200.0), CAFFEINE) == 0.5
    assert caffeine_block(CaffeineState(gut=0.0, body=600.0), CAFFEINE) == 0.75


@given(milligrams, st.floats(0.1, 100))
def test_block_rises_and_stays_a_share(body, more):
    here = caffeine_block(CaffeineState(0.0, body), CAFFEINE)
    assert here < caffeine_block(CaffeineState(0.0, body + more), CAFFEINE) < 1.0


def test_alcohol_by_hand():
    # 10 g/h into 40 L: 0.25 g/L/h; cleared 0.15 · 0.45/0.5 = 0.135
    found = alcohol_derivative(AlcoholState(blood=0.45, lagged=0.05), 10.0 / 40.0, ALCOHOL)
    assert found == pytest.approx((0.25 - 0.135, 0.2), rel=1e-12)


def test_alcohol_sober_and_drunk():
    assert alcohol_derivative(AlcoholState(0.0, 0.0), 0.0, ALCOHOL) == (0.0, 0.0)
    drunk = alcohol_derivative(AlcoholState(50.0, 50.0), 0.0, ALCOHOL)
    assert drunk.blood == pytest.approx(-0.15, rel=1e-2)  # zero order
    assert drunk.lagged == 0.0


@given(st.floats(0, 4), st.floats(0, 4), st.floats(0, 1.5))
def test_alcohol_does_not_go_below_nothing(blood, lagged, entering):
    assert alcohol_derivative(AlcoholState(0.0, lagged), entering, ALCOHOL).blood >= 0.0
    assert alcohol_derivative(AlcoholState(blood, 0.0), entering, ALCOHOL).lagged >= 0.0
    slower = alcohol_derivative(AlcoholState(blood, lagged), entering, ALCOHOL).blood
    assert alcohol_derivative(AlcoholState(blood, lagged), entering + 0.025, ALCOHOL).blood > slower
