"""Variance between trials against metafor's results and against its own definition."""

from typing import get_args

import numpy as np
import pytest
from scipy import optimize, stats

from somnesium.answers.evidence.heterogeneity import (
    Method,
    between_trials,
    design_of_means,
    q_profile,
    weighted_fit,
)
from somnesium.answers.evidence.studies import studies_of

from .reference import NAMES, RESULTS, table

METHODS = get_args(Method)
every_table = pytest.mark.parametrize("name", NAMES)


@every_table
@pytest.mark.parametrize("method", METHODS)
def test_tau2_i2_h2_and_q_are_metafors(name, method):
    studies, expected = table(name), RESULTS[name][method]
    found = between_trials(studies, method, design_of_means(studies.k))
    # metafor's own root of PM is found to a few in a hundred thousand of tau².
    room = 5e-4 if method == "PM" else 1e-4
    assert found.tau2 == pytest.approx(expected["tau2"], abs=1e-4, rel=1e-6)
    if expected["se_tau2"] is None:
        assert found.tau2_se is None
    else:
        assert found.tau2_se == pytest.approx(expected["se_tau2"], abs=1e-4, rel=1e-6)
    assert found.i2 == pytest.approx(expected["I2"], rel=room)
    assert found.h2 == pytest.approx(expected["H2"], rel=room)
    assert found.q == pytest.approx(expected["Q"], rel=1e-9)
    assert found.q_p == pytest.approx(expected["Qp"], rel=1e-6)


def log_likelihood(studies, tau2, design, restricted):
    """Log-likelihood at `tau2` and the best coefficients; `restricted` as REML maximises it."""
    k, p = design.shape
    spread = studies.vi + tau2
    fit = weighted_fit(studies.yi, 1.0 / spread, design)
    whole = -0.5 * (k * np.log(2 * np.pi) + np.sum(np.log(spread)) + fit.squares)
    if not restricted:
        return whole
    of_design, of_fit = (np.linalg.slogdet(m)[1] for m in (design.T @ design, fit.covariance))
    return whole + 0.5 * (p * np.log(2 * np.pi) + of_design + of_fit)


@every_table
@pytest.mark.parametrize("method", METHODS)
def test_log_likelihoods_are_metafors(name, method):
    studies, expected = table(name), RESULTS[name][method]
    design = design_of_means(studies.k)
    tau2 = between_trials(studies, method, design).tau2
    found = log_likelihood(studies, tau2, design, method == "REML")
    assert found == pytest.approx(expected["logLik"], abs=1e-3)


@every_table
def test_the_q_profile_is_metafors_where_its_search_reached(name):
    studies = table(name)
    low, high = q_profile(studies)
    for method in ("DL", "REML"):
        theirs = RESULTS[name][method]["tau2_ci_QP"]
        assert low == pytest.approx(theirs[0], abs=1e-4)
        # metafor stops its search at ten times tau²; there its upper end is that limit.
        limit = 10 * RESULTS[name][method]["tau2"]
        if theirs[1] == pytest.approx(limit, rel=1e-9):
            assert high > theirs[1]
        else:
            assert high == pytest.approx(theirs[1], abs=1e-4, rel=1e-6)
    design = design_of_means(studies.k)
    q = weighted_fit(studies.yi, 1 / (studies.vi + high), design).squares
    assert q == pytest.approx(stats.chi2.ppf(0.025, studies.k - 1), rel=1e-6)


@every_table
@pytest.mark.parametrize(("method", "restricted"), [("ML", False), ("REML", True)])
def test_likelihoods_are_at_their_top(name, method, restricted):
    studies = table(name)
    design = design_of_means(studies.k)
    found = between_trials(studies, method, design).tau2
    best = optimize.minimize_scalar(
        lambda t: -log_likelihood(studies, t, design, restricted),
        bounds=(0.0, 5 * found + 0.1),
        method="bounded",
        options={"xatol": 1e-12},
    )
    assert log_likelihood(studies, found, design, restricted) >= -best.fun - 1e-10


@every_table
def test_paule_mandel_makes_q_its_degrees_of_freedom(name):
    studies = table(name)
    design = design_of_means(studies.k)
    tau2 = between_trials(studies, "PM", design).tau2
    q = weighted_fit(studies.yi, 1 / (studies.vi + tau2), design).squares
    assert q == pytest.approx(studies.k - 1, rel=1e-9)


@pytest.mark.parametrize("method", [m for m in METHODS if m != "SJ"])
def test_studies_closer_than_chance_have_no_variance_between(method):
    studies = studies_of("abcd", [1.0, 1.1, 0.9, 1.0], [4.0, 5.0, 4.5, 4.0])
    assert between_trials(studies, method, design_of_means(4)).tau2 == 0.0


@pytest.mark.parametrize("method", ["DL", "REML", "PM", "HE"])
def test_the_true_variance_comes_back_on_average(method):
    rng = np.random.default_rng(20261121)
    found = []
    for _ in range(300):
        vi = rng.uniform(0.5, 2.0, 40)
        yi = rng.normal(3.0, np.sqrt(vi + 4.0))
        studies = studies_of([str(i) for i in range(40)], yi, vi)
        found.append(between_trials(studies, method, design_of_means(40)).tau2)
    assert np.mean(found) == pytest.approx(4.0, abs=3.5 * np.std(found) / np.sqrt(300))
