"""The emulator, the density and the sampler, against what can be worked out exactly."""

import numpy as np
import pytest

from somnesium.answers.calibration.diagnostics import mixing, recovery, split_r_hat
from somnesium.answers.calibration.emulator import Emulator, design_points, fit_emulator, predict
from somnesium.answers.calibration.posterior import Observed, log_posterior, sample
from somnesium.simulation.gains import GAINS, correlation, from_normal, to_normal

COUNT = len(GAINS)


def _linear(slopes: np.ndarray) -> Emulator:
    """An emulator that is linear in the gains: slopes (gains, observations)."""
    terms = 1 + COUNT + COUNT * (COUNT + 1) // 2
    coefficients = np.zeros((terms, slopes.shape[1]))
    coefficients[1 : 1 + COUNT] = slopes
    return Emulator(coefficients, np.zeros(slopes.shape[1]))


def test_a_quadratic_is_emulated_exactly():
    z, fresh = design_points(128, 1), design_points(64, 2)

    def made(z: np.ndarray) -> np.ndarray:
        first = 1.0 + z[:, 0] - 2.0 * z[:, 3] * z[:, 5] + 0.5 * z[:, 7] ** 2
        return np.stack([first, z.sum(axis=1)], axis=1)

    found = fit_emulator(z, made(z), fresh, made(fresh))
    assert found.error == pytest.approx([0.0, 0.0], abs=1e-9)
    assert predict(found, fresh) == pytest.approx(made(fresh), abs=1e-9)


def test_what_is_not_quadratic_is_owned_to():
    z, fresh = design_points(128, 1), design_points(128, 2)
    found = fit_emulator(z, np.exp(z[:, :1]), fresh, np.exp(fresh[:, :1]))
    assert found.error[0] > 0.1


def test_factors_and_normals_are_inverse():
    z = design_points(32, 5)
    assert to_normal(from_normal(z)) == pytest.approx(z)
    assert from_normal(np.zeros(COUNT)) == pytest.approx(np.ones(COUNT))


def test_the_density_is_prior_times_likelihood():
    slopes = np.zeros((COUNT, 1))
    slopes[4] = 2.0
    told = Observed(np.array([1.0]), np.array([0.5]), np.array([0.3]))
    z, tau = np.linspace(-0.4, 0.4, COUNT), 0.7
    variance = 0.5**2 + (tau * 0.3) ** 2
    by_hand = -0.5 * z @ np.linalg.solve(correlation(), z) - 0.5 * tau**2 + np.log(tau)
    by_hand += -0.5 * ((1.0 - 2.0 * z[4]) ** 2 / variance + np.log(variance))
    point = np.append(z, np.log(tau))[None]
    assert log_posterior(point, told, _linear(slopes))[0] == pytest.approx(by_hand)


@pytest.fixture(scope="module")
def gaussian():
    """Two linear observations without discrepancy: chains, and the exact mean and covariance."""
    slopes = np.zeros((COUNT, 2))
    slopes[0, 0], slopes[3, 1], slopes[4, 1] = 1.0, 1.0, 1.0
    told = Observed(np.array([1.0, -1.5]), np.array([0.3, 0.4]), np.zeros(2))
    precision = np.linalg.inv(correlation()) + slopes @ np.diag(told.error**-2) @ slopes.T
    covariance = np.linalg.inv(precision)
    mean = covariance @ slopes @ (told.value / told.error**2)
    return sample(told, _linear(slopes), seed=3, chains=4, steps=3000), mean, covariance


def test_sampling_finds_the_exact_gaussian_posterior(gaussian):
    chains, mean, covariance = gaussian
    flat = chains.z.reshape(-1, COUNT)
    assert flat.mean(axis=0) == pytest.approx(mean, abs=0.08)
    assert np.cov(flat.T) == pytest.approx(covariance, abs=0.1)


def test_diagnostics_tell_what_was_learnt(gaussian):
    chains, _, covariance = gaussian
    found = mixing(chains)
    assert np.all(found.r_hat < 1.05)
    assert np.all(found.effective > 400.0)
    assert found.contraction == pytest.approx(1.0 - np.diag(covariance), abs=0.12)
    assert np.argmax(found.contraction) == 0


def test_chains_that_disagree_are_seen():
    rng = np.random.default_rng(1)
    good = rng.standard_normal((4, 500))
    assert split_r_hat(good) == pytest.approx(1.0, abs=0.02)
    assert split_r_hat(good + np.arange(4.0)[:, None]) > 1.5


def test_the_same_seed_gives_the_same_draws():
    told = Observed(np.array([1.0]), np.array([0.5]), np.array([0.3]))
    slopes = np.ones((COUNT, 1))
    first, again, other = (
        sample(told, _linear(slopes), seed=s, chains=1, steps=60) for s in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.z, again.z)
    assert not np.array_equal(first.z, other.z)


@pytest.mark.parametrize(
    ("times", "coverage", "rank"),
    [
        # Three Monte Carlo errors of 32 gains: each time tells eight, which hang together
        # less than a half.
        (8, 3.0 * (0.09 / 32) ** 0.5, 3.0 / (12.0 * 32) ** 0.5),
        pytest.param(60, 0.05, 0.06, marks=pytest.mark.slow),
    ],
)
def test_known_gains_are_recovered_as_often_as_they_should_be(times, coverage, rank):
    rng = np.random.default_rng(9)
    slopes = rng.normal(size=(COUNT, 6))
    told = Observed(np.zeros(6), np.full(6, 0.5), np.full(6, 0.2))
    z = rng.standard_normal((times, COUNT)) @ np.linalg.cholesky(correlation()).T
    found = recovery(told, _linear(slopes), z, predict(_linear(slopes), z), seed=1)
    assert found.coverage.mean() == pytest.approx(0.9, abs=coverage)
    assert found.ranks.mean() == pytest.approx(0.5, abs=rank)
