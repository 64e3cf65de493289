"""The stage chain: stepped implicitly it keeps probability; drawn it agrees on average."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from scipy.linalg import expm

from somnesium.body.stages import Chain, Drive, Rates, Stages, stage_derivative, transition_rates
from somnesium.simulation import compiled  # noqa: F401 - sets the cache folder first
from somnesium.simulation.chain import draw_path, factorise, solve, substep

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
            stage, draw, _n = draw_path(stage, r, step, (seed, person, 0, draw), share, times,
                                        stages)  # fmt: skip
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
    assert sum(found.end) == pytest.approx(sum(p), abs=1e-14 * 20)
    assert sum(found.mean) == pytest.approx(sum(p), abs=1e-14 * 20)


def test_probability_is_kept_over_a_night():
    assert abs(stepped(START, RATES, 8.0, 480).sum() - 1.0) < 1e-14


def test_it_agrees_with_the_exponential_at_second_order():
    exact = expm(generator(RATES) * 0.5) @ np.array(MIXED)
    errors = [np.abs(stepped(MIXED, RATES, 0.5, n) - exact).max() for n in (64, 128, 256)]
    assert errors[0] < 1e-4
    for coarse, fine in zip(errors, errors[1:], strict=False):
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


@given(states, st.floats(1e3, 1e12))
@settings(max_examples=200)
def test_huge_rates_stay_near_the_stationary_state(p, scale):
    """L-stable: a rate without bound drives to the balance in one step, within [0, 1]."""
    r = Rates(*(scale * x for x in RATES))
    found = np.array(stepped(p, r, 1 / 12, 3))
    assert found.min() > -0.05
    assert found.max() < 1.05
    assert abs(found.sum() - sum(p)) < 1e-6
    if scale > 1e8:
        a = generator(RATES)
        values, vectors = np.linalg.eig(a)
        rest = np.real(vectors[:, np.argmin(np.abs(values))])
        np.testing.assert_allclose(found, rest / rest.sum() * sum(p), atol=1e-4)


@pytest.mark.parametrize("sleep", [-3.0, 0.0, 3.0, 8.0])
def test_probabilities_are_not_negative_at_the_engine_s_step(sleep):
    p = START
    r = transition_rates(DRIVE._replace(sleep=sleep), Chain())
    factors = factorise(r, 1 / 36)
    for _ in range(300):
        p = substep(p, r, factors).end
        assert min(p) > -1e-3
        assert max(p) < 1.0 + 1e-3


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
    assert all(a != b for a, b in zip([3, *codes], codes, strict=False))
    assert draw == 2 * len(codes) + 1
    assert sum(shares) == pytest.approx(1.0, rel=1e-12)
    assert 0 not in codes  # nobody waits again
