"""Shares of variance against functions whose shares are known in closed form."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from somnesium.answers.attribution.intervals import shares
from somnesium.answers.attribution.shapley import Gaussian, contributions, orders_of, walk
from somnesium.answers.attribution.sobol import exchanged, sobol

WALKS = 20_000


def independent(groups):
    return Gaussian(np.eye(len(groups)), np.array(groups))


def estimated(inputs, function, walks=WALKS, seed=1):
    draw = np.random.default_rng(seed)
    x, y = (inputs.mixing @ draw.standard_normal((len(inputs.group), walks)) for _ in range(2))
    orders = orders_of(walks, inputs.groups, seed)
    values = np.stack([function(point) for point in walk(inputs, x, y, orders)])
    parts = contributions(values[:, :, None], orders)[:, :, 0]
    return shares(parts, np.zeros(walks), np.zeros(inputs.groups, bool), seed), parts, x, y


def sobol_of(inputs, function, people=WALKS, seed=1):
    draw = np.random.default_rng(seed)
    a, b = (draw.standard_normal((len(inputs.group), people)) for _ in range(2))
    changed = np.stack([function(inputs.mixing @ point) for point in exchanged(inputs, a, b)])
    return sobol(function(inputs.mixing @ a), changed, function(inputs.mixing @ b), seed, 50)


def ishigami(z, a=7.0, b=0.1):
    x = np.pi * (2.0 * ndtr(z) - 1.0)
    return np.sin(x[0]) + a * np.sin(x[1]) ** 2 + b * x[2] ** 4 * np.sin(x[0])


def ishigami_parts(a=7.0, b=0.1):
    v1 = 0.5 * (1.0 + b * np.pi**4 / 5.0) ** 2
    v2 = a**2 / 8.0
    v13 = b**2 * np.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    total = v1 + v2 + v13
    first = np.array([v1, v2, 0.0]) / total
    whole = np.array([v1 + v13, v2, v13]) / total
    return first, whole


def g_function(z, a):
    x = ndtr(z)
    return np.prod(
        [(np.abs(4.0 * u - 2.0) + c) / (1.0 + c) for u, c in zip(x, a, strict=True)], axis=0
    )


def g_parts(a):
    """First order, total, and Shapley shares of the G function, by its closed variances."""
    v = 1.0 / (3.0 * (1.0 + np.asarray(a)) ** 2)
    total = np.prod(1.0 + v) - 1.0
    whole = np.array([v[i] * np.prod(np.delete(1.0 + v, i)) for i in range(len(v))])
    effect = np.zeros(len(v))
    for mask in range(1, 2 ** len(v)):
        inside = [i for i in range(len(v)) if mask >> i & 1]
        effect[inside] += np.prod(v[inside]) / len(inside)
    return v / total, whole / total, effect / total


def linear_parts(slopes, covariance, group):
    """Shapley shares of a linear function of correlated Gaussian inputs, summed over all orders."""
    groups = int(np.max(group)) + 1

    def worth(known):
        rows = np.flatnonzero(np.isin(group, list(known)))
        if not len(rows):
            return 0.0
        cross = covariance[rows] @ slopes
        return float(cross @ np.linalg.solve(covariance[np.ix_(rows, rows)], cross))

    found = np.zeros(groups)
    every = list(permutations(range(groups)))
    for order in every:
        for j, one in enumerate(order):
            found[one] += worth(order[: j + 1]) - worth(order[:j])
    return found / len(every) / float(slopes @ covariance @ slopes)


def close(found, true):
    """Within the interval widened to about four standard errors, and within 0.02."""
    half = 0.5 * (found.sampling[1] - found.sampling[0])
    assert np.all(np.abs(found.share - true) < 2.5 * half + 1e-9)
    assert np.all(np.abs(found.share - true) < 0.02)


def test_shapley_effects_of_ishigami():
    first, whole = ishigami_parts()
    found, *_ = estimated(independent([0, 1, 2]), ishigami)
    close(found, 0.5 * (first + whole))  # of interactions of two, each has half


def test_sobol_indices_of_ishigami():
    first, whole = ishigami_parts()
    found = sobol_of(independent([0, 1, 2]), ishigami)
    assert found.first == pytest.approx(first, abs=0.03)
    assert found.total == pytest.approx(whole, abs=0.03)
    assert np.all(found.first_half < 0.03)


A = (0.0, 1.0, 4.5, 9.0)


def test_shapley_effects_and_sobol_indices_of_the_g_function():
    first, whole, effect = g_parts(A)
    inputs = independent([0, 1, 2, 3])
    close(estimated(inputs, lambda z: g_function(z, A))[0], effect)
    found = sobol_of(inputs, lambda z: g_function(z, A))
    assert found.first == pytest.approx(first, abs=0.03)
    assert found.total == pytest.approx(whole, abs=0.03)


FUNCTIONS = {
    "ishigami": (3, ishigami),
    "g": (4, lambda z: g_function(z, A)),
    "linear, off centre": (2, lambda z: 1e4 + z[0] + 3.0 * z[1]),
    "one group does nothing": (3, lambda z: np.exp(z[0] * z[1])),
    "steps": (2, lambda z: np.rint(z[0]) * (z[1] > 1.0)),
}


@pytest.mark.parametrize("seed", [1, 2, 20261130])
@pytest.mark.parametrize("people", [20, 500])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_sobol_indices_are_those_of_salib(name, people, seed):
    from SALib.analyze.sobol import analyze

    groups, function = FUNCTIONS[name]
    draw = np.random.default_rng(seed)
    a, b = draw.standard_normal((2, groups, people))
    inputs = independent(range(groups))
    at_a, at_b = function(a), function(b)
    changed = np.stack([function(point) for point in exchanged(inputs, a, b)])
    names = [f"x{k}" for k in range(groups)]
    oracle = analyze(
        {"num_vars": groups, "names": names, "bounds": [[0.0, 1.0]] * groups},
        np.concatenate([at_a[None], changed, at_b[None]]).T.reshape(-1),
        calc_second_order=False,
        num_resamples=200,
        conf_level=0.9,
        seed=seed,
    )
    ours = sobol(at_a, changed, at_b, seed)
    for key, values in zip(("S1", "S1_conf", "ST", "ST_conf"), ours, strict=True):
        np.testing.assert_array_equal(values, oracle[key], err_msg=key)


def test_grouped_inputs_share_what_their_members_have():
    inputs = independent([0, 0, 1, 1])
    v = 1.0 / (3.0 * (1.0 + np.array(A)) ** 2)
    one, two = np.prod(1.0 + v[:2]) - 1.0, np.prod(1.0 + v[2:]) - 1.0
    total = (1.0 + one) * (1.0 + two) - 1.0
    true = np.array([one + 0.5 * one * two, two + 0.5 * one * two]) / total
    close(estimated(inputs, lambda z: g_function(z, A))[0], true)


def test_shapley_effects_of_correlated_inputs_of_a_linear_model():
    covariance = np.array(
        [[1.0, 0.7, 0.2, 0.0], [0.7, 1.0, -0.3, 0.0], [0.2, -0.3, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
    )
    slopes = np.array([1.0, 0.5, -1.0, 0.7])
    for group in ([0, 1, 2, 3], [0, 1, 1, 2]):
        inputs = Gaussian(np.linalg.cholesky(covariance), np.array(group))
        found, *_ = estimated(inputs, lambda z: slopes @ z)
        close(found, linear_parts(slopes, covariance, np.array(group)))


def test_an_input_that_does_nothing_has_a_share_through_one_that_it_goes_with():
    rho = 0.8
    mixing = np.array([[1.0, 0.0], [rho, np.sqrt(1.0 - rho**2)]])
    found, *_ = estimated(Gaussian(mixing, np.array([0, 1])), lambda z: z[0])
    close(found, np.array([1.0 - 0.5 * rho**2, 0.5 * rho**2]))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), groups=st.integers(2, 6))
def test_parts_of_a_walk_sum_to_half_the_squared_difference_of_its_ends(seed, groups):
    draw = np.random.default_rng(seed)
    mixing = np.linalg.cholesky(np.corrcoef(draw.standard_normal((groups, 3 * groups))))
    _, parts, x, y = estimated(
        Gaussian(mixing, np.arange(groups)), lambda z: np.exp(z.sum(axis=0) / groups), 40, seed
    )
    ends = [np.exp(z.sum(axis=0) / groups) for z in (x, y)]
    assert parts.sum(axis=1) == pytest.approx(0.5 * (ends[0] - ends[1]) ** 2)


def test_points_of_a_walk_keep_the_covariance_of_the_inputs():
    covariance = np.array([[1.0, 0.6, 0.3], [0.6, 1.0, 0.5], [0.3, 0.5, 1.0]])
    inputs = Gaussian(np.linalg.cholesky(covariance), np.arange(3))
    draw = np.random.default_rng(5)
    x, y = (inputs.mixing @ draw.standard_normal((3, 100_000)) for _ in range(2))
    for point in walk(inputs, x, y, orders_of(100_000, 3, 2)):
        assert np.cov(point) == pytest.approx(covariance, abs=0.02)


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    true = g_parts(A)[2]
    inside = [
        (found.sampling[0] <= true) & (true <= found.sampling[1])
        for found in (
            estimated(independent(range(4)), lambda z: g_function(z, A), 600, seed)[0]
            for seed in range(60)
        )
    ]
    assert 0.8 <= np.mean(inside) <= 0.98


def test_a_doubtful_group_has_a_wider_interval_and_the_share_at_the_typical_doubt():
    draw = np.random.default_rng(3)
    doubt = draw.standard_normal(4000)
    z = draw.standard_normal((2, 4000))
    parts = np.stack([0.1 * (1.0 + 0.5 * doubt) ** 2 * z[0] ** 2, z[1] ** 2], axis=1)
    found = shares(parts, doubt, np.array([True, False]), 1)
    assert found.share[0] == pytest.approx(0.1 / 1.1, abs=0.01)
    assert found.interval[1, 0] - found.interval[0, 0] > 4 * np.diff(found.sampling[:, 0])[0]
    gain = (1.0 + 0.5 * np.quantile(doubt, 0.95)) ** 2 * 0.1
    assert found.interval[1, 0] == pytest.approx(gain / (1.0 + gain), rel=0.2)


def test_an_output_that_never_differs_has_no_shares():
    found = shares(np.zeros((50, 3)), np.zeros(50), np.zeros(3, bool), 1)
    assert np.isnan(found.share).all()
    assert np.isnan(sobol(np.ones(20), np.ones((3, 20)), np.ones(20), 1).first).all()
