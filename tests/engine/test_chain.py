"""The stage chain: stepped implicitly it keeps probability; drawn it agrees on average."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from scipy.linalg import expm

from somnesium.body.stages import Chain, Drive, Rates, Stages, stage_derivative, transition_rates
from somnesium.engine import compiled  # noqa: F401 - sets the cache folder first
from somnesium.engine.chain import between, chain_over, draw_path, factorise, solve, substep

DRIVE = Drive(0.6, 0.1, 0.2, 0.0, 0.0, 0.0, 0.0, 0.6, 0.0, 0.0, 0.5, 0.5)
RATES = transition_rates(DRIVE, Chain())
START = Stages(1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
MIXED = Stages(0.1, 0.2, 0.1, 0.3, 0.2, 0.1)
rates = st.builds(Rates, *[st.floats(0, 1000)] * len(Rates._fields))
states = st.lists(st.floats(0, 1), min_size=6, max_size=6).map(
    lambda p: Stages(*((x + 1e-3) / (sum(p) + 6e-3) for x in p))
)


def generator(r):
    """dp/dt = A p, column by column from the forward equation."""
    return np.array([stage_derivative(Stages(*row), r) for row in np.eye(6)]).T


def stepped(p, r, hours, count):
    factors = factorise(r, hours / count)
    for _ in range(count):
        p = substep(p, r, factors).end
    return np.array(p)


@njit(cache=True)
def _occupancy(paths, r, step, steps, seed, ends):
    share, times, stages = np.empty(6), np.empty(512), np.empty(512, np.int64)
    total = np.zeros(6)
    for person in range(paths):
        stage, draw = 0, 0
        for _ in range(steps):
            stage, draw, _n = draw_path(
                stage, r, step, (seed, person, 0, draw), share, times, stages
            )
            total += share
        ends[stage] += 1.0
    return total / (paths * steps)


def test_the_generator_is_one():
    found = generator(RATES)
    np.testing.assert_allclose(found.sum(axis=0), 0.0, atol=1e-12)
    assert (found - np.diag(np.diag(found)) >= 0.0).all()


@given(rates, states, st.floats(1e-4, 0.2))
def test_factors_solve_the_implicit_stage(r, b, step):
    found = np.array(solve(factorise(r, step), r, b))
    gamma = 1.0 - 1.0 / math.sqrt(2.0)
    exact = np.linalg.solve(np.eye(6) - gamma * step * generator(r), np.array(b))
    np.testing.assert_allclose(found, exact, rtol=1e-9, atol=1e-12)


@given(rates, states, st.floats(1e-4, 0.2))
def test_a_step_keeps_probability(r, p, step):
    found = substep(p, r, factorise(r, step))
    rounding = 1e-14 * (1.0 + step * max(r))
    assert abs(sum(found.end) - sum(p)) < rounding
    assert abs(sum(found.mean) - sum(p)) < rounding


def test_probability_is_kept():
    assert abs(stepped(START, RATES, 1 / 36, 1).sum() - 1.0) < 1e-14
    assert abs(stepped(START, RATES, 8.0, 480).sum() - 1.0) < 1e-12


def test_it_agrees_with_the_exponential_at_second_order():
    exact = expm(generator(RATES) * 0.5) @ np.array(MIXED)
    errors = [np.abs(stepped(MIXED, RATES, 0.5, n) - exact).max() for n in (64, 128, 256)]
    assert errors[0] < 1e-4
    for coarse, fine in pairwise(errors):
        assert coarse / fine == pytest.approx(4.0, rel=0.1)


def test_the_mean_agrees_with_the_integral():
    """∫ p dt / h by the block exponential, order two as well."""
    a, h = generator(RATES), 0.05
    block = expm(np.block([[a, np.eye(6)], [np.zeros((6, 12))]]) * h)
    exact = block[:6, 6:] @ np.array(MIXED) / h

    def error(count):
        factors, p, total = factorise(RATES, h / count), MIXED, np.zeros(6)
        for _ in range(count):
            step = substep(p, RATES, factors)
            p = step.end
            total += np.array(step.mean) / count
        return np.abs(total - exact).max()

    assert error(8) < 1e-4
    assert error(8) / error(16) == pytest.approx(4.0, rel=0.3)


def test_the_mean_balances_the_step_exactly():
    """end - start = h A mean: what the tally counts is what the chain moved."""
    step = 1 / 36
    found = substep(MIXED, RATES, factorise(RATES, step))
    moved = step * generator(RATES) @ np.array(found.mean)
    np.testing.assert_allclose(np.array(found.end) - np.array(MIXED), moved, atol=1e-15)


def test_a_whole_step_is_three_implicit_ones():
    step = 1 / 8
    found, factors = chain_over(MIXED, RATES, step), factorise(RATES, step / 3)
    p, total = MIXED, np.zeros(6)
    for _ in range(3):
        part = substep(p, RATES, factors)
        p = part.end
        total += np.array(part.mean) / 3
    np.testing.assert_allclose(found.end, p, rtol=1e-13)
    np.testing.assert_allclose(found.mean, total, rtol=1e-13)
    moved = step * generator(RATES) @ total
    np.testing.assert_allclose(np.array(found.end) - np.array(MIXED), moved, atol=1e-14)


def test_a_step_of_no_length_moves_nobody():
    assert chain_over(MIXED, RATES, 0.0) == (MIXED, MIXED)


def test_out_of_bed_the_chain_stands_still():
    nobody = Stages(*([0.0] * 6))
    assert chain_over(nobody, RATES, 1 / 8) == (nobody, nobody)


@given(states, states, st.floats(-1, 3))
def test_between_by_hand(p, q, share):
    assert between(p, q, share) == pytest.approx(
        [a + share * (b - a) for a, b in zip(p, q, strict=True)], abs=1e-15
    )
    assert between(p, p, share) == p
    assert between(p, q, 0.0) == p


@given(states, st.floats(1e3, 1e12))
def test_huge_rates_drive_to_the_balance(p, scale):
    """L-stable: rates without bound go to the stationary state, and stay shares."""
    found = np.array(stepped(p, Rates(*(scale * x for x in RATES)), 1 / 12, 3))
    assert abs(found.sum() - 1.0) < 1e-14 + 1e-15 * scale
    values, vectors = np.linalg.eig(generator(RATES))
    rest = np.real(vectors[:, np.argmin(np.abs(values))])
    np.testing.assert_allclose(found, rest / rest.sum(), atol=1e-4 + 10 / scale)
    assert found.min() > -1e-4 - 10 / scale


LARGEST = 1.0 + math.sqrt(2.0)
"""Rate times step up to which a decay by the scheme stays above nought: 1 / (1 - 2 γ)."""


@pytest.mark.parametrize("size", [0.1, 1.0, 2.4])
def test_no_probability_is_negative_up_to_the_scheme_s_limit(size):
    p = START
    r = RATES._replace(waiting_n1=size * 36)
    assert max(-np.diag(generator(r))) / 36 < LARGEST
    factors = factorise(r, 1 / 36)
    for _ in range(300):
        p = substep(p, r, factors).end
        assert min(p) >= -1e-300
        assert max(p) <= 1.0


@pytest.mark.parametrize("rate", [50.0, 87.0, 120.0, 300.0, 1e4])
def test_latency_is_right_however_fast_the_onset(rate):
    """Beyond the limit `waiting` swings below nought (by 0.21 at most); its sum stays exact."""
    p, total = START, 0.0
    r = RATES._replace(waiting_n1=rate)
    factors = factorise(r, 1 / 36)
    for _ in range(600):
        step = substep(p, r, factors)
        p = step.end
        total += step.mean.waiting / 36
        assert min(p) >= -(math.sqrt(2.0) - 1.0) / 2.0 - 1e-12
    assert total == pytest.approx(1.0 / rate, rel=1e-6)


def test_the_drawn_chain_has_the_mean_of_the_stepped_one():
    paths, steps, step = 4000, 12, 1 / 12
    ends = np.zeros(6)
    found = _occupancy(paths, RATES, step, steps, 5, ends)
    a, t = generator(RATES), steps * step
    block = expm(np.block([[a, np.eye(6)], [np.zeros((6, 12))]]) * t)
    mean = block[:6, 6:] @ np.array(START) / t
    at_end = expm(a * t) @ np.array(START)
    assert found.sum() == pytest.approx(1.0, rel=1e-12)
    # a share of one path lies in [0, 1]: its variance is at most m (1 - m)
    assert np.all(np.abs(found - mean) < 4 * np.sqrt(mean * (1 - mean) / paths))
    assert np.all(np.abs(ends / paths - at_end) < 4 * np.sqrt(at_end * (1 - at_end) / paths))


def test_a_drawn_path_is_its_key_s():
    share, times, stages = np.empty(6), np.empty(512), np.empty(512, np.int64)

    def once(key):
        stage, draw, count = draw_path(3, RATES, 2.0, key, share, times, stages)
        return stage, draw, times[:count].tolist(), stages[:count].tolist(), share.tolist()

    first = once((1, 2, 3, 0))
    assert once((1, 2, 4, 0)) != first
    assert once((2, 2, 3, 0)) != first
    assert once((1, 2, 3, 0)) == first
    _, draw, moments, codes, shares = first
    assert moments == sorted(moments)
    assert all(a != b for a, b in pairwise([3, *codes]))
    assert draw == 2 * len(codes) + 1
    assert sum(shares) == pytest.approx(1.0, rel=1e-12)
    assert 0 not in codes  # nobody waits again
