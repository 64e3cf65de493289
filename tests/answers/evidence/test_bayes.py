"""Random effects by Bayes against a brute-force grid, limits worked out by hand, and sampling."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from somnesium.answers.evidence.bayes import (
    half_cauchy,
    half_normal,
    log_density,
    log_normal,
    log_t,
    posterior,
    priors_for,
    shrinkage,
    tau_grid,
    tau_posterior,
)
from somnesium.answers.evidence.studies import studies_of
from somnesium.sources import exists

from .reference import NAMES, table

FOUR = studies_of("abcd", [-12.0, -4.0, -20.0, 1.0], [30.0, 12.0, 60.0, 20.0])
PRIORS = (half_normal(5.0), half_cauchy(5.0), log_normal(2.0, 1.5), log_t(1.0, 2.58))


def by_brute_force(studies, prior, top):
    """Median and ends of the mean effect, and the median of tau, from a plain grid of both."""
    tau = (np.arange(1500) + 0.5) * top / 1500
    mean = np.linspace(studies.yi.min() - 60, studies.yi.max() + 60, 1501)
    log = log_density(prior, tau)[:, None] * np.ones((1, len(mean)))
    for y, v in zip(studies.yi, studies.vi, strict=True):
        log += stats.norm.logpdf(y, mean[None, :], np.sqrt(v + tau[:, None] ** 2))
    density = np.exp(log - log.max())
    # A grid point stands for the cell around it: half of its weight lies below it.
    of_mean, of_tau = (
        (np.cumsum(part) - part / 2) / density.sum()
        for part in (density.sum(axis=0), density.sum(axis=1))
    )
    ends = [float(np.interp(share, of_mean, mean)) for share in (0.025, 0.5, 0.975)]
    return ends, float(np.interp(0.5, of_tau, tau))


@pytest.mark.parametrize("prior", [half_normal(5.0), log_normal(2.0, 1.5)])
def test_quadrature_is_a_brute_force_grid(prior):
    (low, middle, high), tau = by_brute_force(FOUR, prior, 60.0)
    found = posterior(FOUR, prior)
    assert found.median == pytest.approx(middle, abs=0.005)
    assert found.interval95[0] == pytest.approx(low, abs=0.01)
    assert found.interval95[1] == pytest.approx(high, abs=0.01)
    assert found.tau_median == pytest.approx(tau, abs=0.005)


def test_quadrature_is_what_sampling_finds():
    # Importance sampling: tau from its prior, weighted by the likelihood without the mean.
    rng = np.random.default_rng(11)
    tau = np.abs(rng.normal(0.0, 5.0, 400_000))
    spread = FOUR.vi[:, None] + tau**2
    total = (1 / spread).sum(axis=0)
    mean = (FOUR.yi[:, None] / spread).sum(axis=0) / total
    squares = ((FOUR.yi[:, None] - mean) ** 2 / spread).sum(axis=0)
    log = -0.5 * (np.log(spread).sum(axis=0) + np.log(total) + squares)
    weight = np.exp(log - log.max())
    chosen = rng.choice(len(tau), 200_000, p=weight / weight.sum())
    drawn = rng.normal(mean[chosen], 1 / np.sqrt(total[chosen]))
    ahead = rng.normal(drawn, tau[chosen])
    found = posterior(FOUR, half_normal(5.0))
    assert found.chance_below_zero == pytest.approx(np.mean(drawn < 0), abs=0.005)
    assert found.next_below_zero == pytest.approx(np.mean(ahead < 0), abs=0.005)
    for share, ours in ((0.025, found.prediction95[0]), (0.975, found.prediction95[1])):
        assert ours == pytest.approx(np.quantile(ahead, share), abs=0.2)
    assert found.tau_interval95[1] == pytest.approx(np.quantile(tau[chosen], 0.975), abs=0.1)


@pytest.mark.parametrize("prior", PRIORS)
def test_priors_are_densities(prior):
    grid = tau_grid(FOUR, prior)
    whole = integrate.simpson(np.exp(log_density(prior, grid)) * grid, x=np.log(grid))
    assert whole == pytest.approx(1.0, abs=1e-6)


def test_the_shrinkage_prior_is_a_density_with_the_trials_scale_as_its_median():
    prior = shrinkage(FOUR)
    assert prior.scale**2 == pytest.approx(4 / np.sum(1 / FOUR.vi))
    inner, _ = integrate.quad(
        lambda tau: math.exp(log_density(prior, np.array([tau]))[0]), 0.0, prior.scale
    )
    assert inner == pytest.approx(0.5, abs=1e-9)


def test_a_prior_that_knows_tau_leaves_a_normal_mean():
    found = posterior(FOUR, log_normal(math.log(25.0), 1e-3))
    weights = 1 / (FOUR.vi + 25.0)
    mean, sd = np.sum(weights * FOUR.yi) / weights.sum(), weights.sum() ** -0.5
    assert found.median == pytest.approx(mean, abs=1e-3)
    assert found.interval95[0] == pytest.approx(mean - 1.959964 * sd, abs=2e-3)
    ahead = math.sqrt(sd**2 + 25.0)
    assert found.prediction95[1] == pytest.approx(mean + 1.959964 * ahead, abs=5e-3)
    assert found.tau_median == pytest.approx(5.0, abs=0.01)


def test_one_study_teaches_nothing_of_tau():
    found = posterior(studies_of(["a"], [3.0], [4.0]), half_normal(2.0))
    assert found.median == pytest.approx(3.0)
    assert found.tau_median == pytest.approx(stats.halfnorm.ppf(0.5, scale=2.0), rel=3e-4)
    assert found.tau_interval95[1] == pytest.approx(stats.halfnorm.ppf(0.975, scale=2.0), rel=3e-4)
    assert found.interval95[1] - found.interval95[0] > 2 * 1.96 * 2.0


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_left_at_the_ends_of_the_quadrature(name):
    studies = table(name)
    for prior in priors_for(studies, 10.0):
        share = tau_posterior(studies, prior).share
        assert max(share[0], share[-1]) < 1e-8 * share.max()


@settings(max_examples=25, deadline=None)
@given(scale=st.floats(0.01, 100), shift=st.floats(-30, 30))
def test_the_shrinkage_prior_needs_no_unit(scale, shift):
    moved = studies_of(FOUR.names, scale * (FOUR.yi + shift), scale**2 * FOUR.vi)
    before, after = posterior(FOUR, shrinkage(FOUR)), posterior(moved, shrinkage(moved))
    assert after.median == pytest.approx(scale * (before.median + shift), abs=1e-3 * scale)
    assert after.tau_median == pytest.approx(scale * before.tau_median, rel=1e-3)


def test_priors_scale_with_the_spread_between_people_and_have_sources():
    one, sixty = priors_for(FOUR, 1.0), priors_for(FOUR, 60.0)
    for a, b in zip(one, sixty, strict=True):
        tau = np.array([0.01, 0.1, 1.0, 5.0])
        same = a.kind == "shrinkage"
        factor = 1.0 if same else 60.0
        wide = log_density(b, tau * factor) + math.log(factor)
        assert wide == pytest.approx(log_density(a, tau), abs=1e-9)
        assert exists(a.source)
    assert [p.kind for p in priors_for(FOUR, None)] == ["shrinkage"]
    assert priors_for(FOUR, 1.0, "events")[3].kind == "log_normal"
    assert priors_for(FOUR, 1.0, "marker")[3].location == -3.41
