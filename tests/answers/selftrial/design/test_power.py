"""Spread from own nights, standard errors by another road, and power against the analysis."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from somnesium.answers.selftrial.design.allocation import orders
from somnesium.answers.selftrial.design.power import (
    POWER,
    Layout,
    best_period,
    cost_of,
    fewest_blocks,
    power,
    seen_share,
    standard_errors,
    visible,
    weeks_to_see,
)
from somnesium.answers.selftrial.design.question import MEASURES, scale_of
from somnesium.answers.selftrial.design.simulated import simulated_power
from somnesium.answers.selftrial.design.spread import (
    Spread,
    correlation_of,
    spread_of,
    usual_spread,
)
from somnesium.answers.selftrial.exposure import Carry, exposure


def known(sd: float, phi: float) -> Spread:
    """A spread of which nothing is in doubt."""
    return Spread(np.full(50, sd), np.full(50, phi), 28, "own nights")


def ar1(nights: int, sd: float, phi: float, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal(nights)
    for k in range(1, nights):
        noise[k] = phi * noise[k - 1] + np.sqrt(1 - phi * phi) * noise[k]
    return 60.0 + sd * noise


def test_a_long_diary_tells_its_spread_and_correlation():
    found = spread_of(list(ar1(600, 20.0, 0.4, 3)), 1)
    assert found.sd.mean() == pytest.approx(20.0, rel=0.1)
    assert found.phi.mean() == pytest.approx(0.4, abs=0.1)
    assert found.nights == 600


def test_the_interval_of_the_spread_holds_the_truth_as_often_as_it_says():
    inside = 0
    for seed in range(120):
        found = spread_of(list(ar1(21, 20.0, 0.3, seed)), seed)
        low, high = np.quantile(found.sd, [0.05, 0.95])
        inside += low <= 20.0 <= high
    assert 0.82 <= inside / 120 <= 0.97  # 0.90, and 2.9 standard errors


def test_missing_nights_are_left_out_and_too_few_tell_nothing():
    values = list(ar1(40, 20.0, 0.0, 5))
    gaps = [None if k % 3 == 0 else v for k, v in enumerate(values)]
    assert spread_of(gaps, 1).nights == 26
    assert spread_of(values[:13], 1) is None
    assert spread_of([20.0] * 30, 1) is None


def test_correlations_are_powers_whatever_the_sign():
    at = np.array([0.0, 1.0, 4.0])
    assert correlation_of(at, -0.5)[0] == pytest.approx([1.0, -0.5, 0.0625])
    assert correlation_of(at, 0.0) == pytest.approx(np.eye(3))


@pytest.mark.parametrize("phi", [-0.3, 0.0, 0.45])
def test_standard_errors_by_plain_matrices(phi):
    layout, variances = Layout(4, 7, 3.0), []
    at = np.arange(56.0)
    inverse = np.linalg.inv(correlation_of(at, phi))
    for order in range(6):
        taken = np.repeat([one == "A" for one in orders(order, 4)], 7).astype(float)
        x = np.column_stack([exposure(taken, Carry((3.0,), (1.0,))), at**0, at / 56, at % 7 >= 5])
        variances.append(np.linalg.inv(x.T @ inverse @ x)[0, 0])
    expected = np.sqrt(np.mean(variances))
    assert standard_errors(layout, np.array([phi]))[0] == pytest.approx(expected, rel=1e-6)


def test_without_correlation_it_is_nearly_the_textbook():
    error = standard_errors(Layout(40, 1, 0.0), np.array([0.0]))[0]
    assert error == pytest.approx(np.sqrt(4 / 80), rel=0.03)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(2, 12),
    st.sampled_from([1, 3, 7]),
    st.floats(2, 60),
    st.floats(-0.3, 0.9),
    st.floats(0.1, 40),
)
def test_power_grows_with_the_change_and_with_the_nights(blocks, length, sd, phi, change):
    layout, spread = Layout(blocks, length, 0.0), known(sd, phi)
    here = power(layout, spread, change)
    assert 0.0 <= here <= 1.0
    assert power(layout, spread, 2 * change) >= here - 1e-9
    assert power(layout._replace(blocks=2 * blocks), spread, change) >= here - 0.02


def test_weeks_are_the_fewest_that_see_it():
    layout, spread = Layout(4, 7, 0.0), known(20.0, 0.3)
    weeks = weeks_to_see(layout, spread, 10.0)
    blocks = weeks // 2
    assert power(layout._replace(blocks=blocks), spread, 10.0) >= POWER
    assert power(layout._replace(blocks=blocks - 1), spread, 10.0) < POWER
    assert weeks_to_see(layout, spread, 0.5) is None
    assert weeks_to_see(Layout(2, 7, 0.0), known(1.0, 0.0), 60.0) == 4


def test_what_is_visible_is_seen_and_costs_are_found_again():
    layout, spread = Layout(6, 7, 0.0), known(20.0, 0.3)
    change = visible(layout, spread)
    assert power(layout, spread, change) == pytest.approx(POWER, abs=1e-3)
    chance = power(layout, known(24.0, 0.3), change)
    assert cost_of(layout, spread, change, chance) == pytest.approx(1.2, abs=1e-3)


def test_what_lasts_asks_for_long_periods_and_short_ones_hide_it():
    spread = known(20.0, 0.2)
    acute = best_period((1, 2, 3, 4, 5, 7), 0.0, 12, spread)
    stores = best_period((7, 14, 21, 28), 8.0, 24, spread)
    assert acute.period_nights == 1
    assert stores.period_nights >= 14
    assert seen_share(acute, 0.0) == 1.0
    assert seen_share(acute, 8.0) < 0.1
    assert seen_share(stores, 8.0) > 0.3
    assert fewest_blocks(1) == 14
    assert fewest_blocks(28) == 2


@pytest.mark.parametrize("measure", MEASURES)
def test_without_own_nights_people_in_general_stand_in(measure):
    scale = scale_of(measure)
    found = usual_spread(scale, 1)
    assert np.median(found.sd) == pytest.approx(scale.night_sd, rel=0.1)
    assert found.nights == 0


@pytest.mark.parametrize(
    "layout",
    [
        Layout(14, 1, 0.0),
        pytest.param(Layout(6, 7, 0.0), marks=pytest.mark.slow),
        pytest.param(Layout(2, 21, 8.0), marks=pytest.mark.slow),
    ],
)
def test_costed_power_is_that_of_the_analysis(layout):
    spread = known(20.0, 0.3)
    change = visible(layout, spread)
    (chance,) = simulated_power(layout, spread, "latency", (change,), 1)
    wider = known(20.0 * cost_of(layout, spread, change, chance), 0.3)
    changes = tuple(f * visible(layout, wider) for f in (0.7, 1.0, 1.3))
    seen = simulated_power(layout, spread, "latency", changes, 2)
    told = [power(layout, wider, one) for one in changes]
    assert np.abs(np.array(seen) - told).max() < 0.1


def test_no_change_is_seen_no_more_often_than_by_chance():
    (chance,) = simulated_power(Layout(4, 7, 0.0), known(20.0, 0.3), "latency", (0.0,), 4)
    assert chance < 0.07  # one side of 4.5 %: 0.0225, and four standard errors
