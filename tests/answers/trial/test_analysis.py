"""The analyses against closed forms: power, level, and what other code says of the same numbers."""

import numpy as np
import pytest
from scipy import stats

from somnesium.answers.trial.analysis import analyse, one_sample, singly, two_sample
from somnesium.answers.trial.mixed import fit_intercepts
from somnesium.answers.trial.power import power_of

from .designs import crossover_records, design, parallel_records

REPLICATES = 1500
ERRORS = 4.0
"""Monte-Carlo standard errors by which a share may differ: by chance once in 16,000."""


def t_power(shift: float, df: float, alpha: float = 0.05) -> float:
    """Power of a two-sided t test, by the non-central t distribution."""
    limit = stats.t.ppf(1.0 - alpha / 2.0, df)
    return float(stats.nct.sf(limit, df, shift) + stats.nct.cdf(-limit, df, shift))


def assert_share(found: float, wanted: float) -> None:
    """A share of REPLICATES is what it should be, within Monte-Carlo error."""
    error = np.sqrt(wanted * (1.0 - wanted) / REPLICATES)
    assert abs(found - wanted) < ERRORS * error


def power(method: str, records, kind: str = "parallel") -> float:
    trial = design(design=kind, analysis={"method": method})
    return power_of(analyse(trial, records), 0.05)


@pytest.mark.parametrize("effect", [0.0, 0.5])
def test_power_of_a_t_test_is_that_of_the_closed_form(effect):
    records = parallel_records(REPLICATES, 60, effect, 0.5, 1)
    assert_share(power("t_test", records), t_power(effect / np.sqrt(4.0 / 60), 58))


@pytest.mark.parametrize("effect", [0.0, 0.4])
def test_power_of_change_scores_is_that_of_the_closed_form(effect):
    records = parallel_records(REPLICATES, 60, effect, 0.7, 2)
    sd = np.sqrt(2.0 * (1.0 - 0.7))
    assert_share(power("change", records), t_power(effect / (sd * np.sqrt(4.0 / 60)), 58))


@pytest.mark.parametrize("effect", [0.0, 0.4])
def test_power_of_covariance_analysis_is_that_of_its_residual_spread(effect):
    records = parallel_records(REPLICATES, 60, effect, 0.6, 3)
    sd = np.sqrt(1.0 - 0.6**2)
    assert_share(power("ancova", records), t_power(effect / (sd * np.sqrt(4.0 / 60)), 57))


@pytest.mark.parametrize("effect", [0.0, 0.3])
def test_power_of_a_crossover_is_that_of_the_closed_form(effect):
    records = crossover_records(REPLICATES, 24, effect, 0.6, 4, period=0.0)
    se = np.sqrt(2.0 * (1.0 - 0.6) / 24)
    assert_share(power("paired", records, "crossover"), t_power(effect / se, 23))
    assert_share(power("period", records, "crossover"), t_power(effect / se, 22))


def test_a_period_effect_costs_the_paired_test_power_and_the_period_test_none():
    records = crossover_records(REPLICATES, 24, 0.3, 0.6, 5, period=2.0)
    se = np.sqrt(2.0 * (1.0 - 0.6) / 24)
    closed = t_power(0.3 / se, 22)
    assert_share(power("period", records, "crossover"), closed)
    assert power("paired", records, "crossover") < 0.5 * closed


def test_the_null_is_rejected_as_often_as_alpha_by_mixed_models_too():
    trial = design(visits=[1, 2], analysis={"method": "mixed"})
    records = parallel_records(REPLICATES, 40, 0.0, 0.5, 6, visits=2)
    assert_share(power_of(analyse(trial, records), 0.05), 0.05)
    records = crossover_records(REPLICATES, 24, 0.0, 0.5, 7, period=1.0)
    assert_share(power("mixed", records, "crossover"), 0.05)


def test_tests_agree_with_scipy():
    rng = np.random.default_rng(8)
    a, b = rng.standard_normal(14) + 0.4, rng.standard_normal(11)
    ours, theirs = two_sample(a, b, 0.1), stats.ttest_ind(a, b)
    assert ours.p == pytest.approx(theirs.pvalue, rel=1e-10)
    low, high = theirs.confidence_interval(0.9)
    assert (ours.low, ours.high) == pytest.approx((low, high))
    assert one_sample(a, 0.05).p == pytest.approx(stats.ttest_1samp(a, 0.0).pvalue, rel=1e-10)


def test_a_balanced_crossover_gives_the_same_by_mixed_model_and_by_periods():
    records = crossover_records(20, 16, 0.5, 0.6, 9, period=0.7)
    mixed = analyse(design(design="crossover", analysis={"method": "mixed"}), records)
    period = analyse(design(design="crossover", analysis={"method": "period"}), records)
    for one, other in zip(mixed, period, strict=True):
        # Where people do not differ at all, the likelihood has its maximum at the edge.
        assert one.estimate == pytest.approx(other.estimate, abs=1e-8)
        if one.df == other.df:
            assert one.se == pytest.approx(other.se, rel=0.2)


def test_mixed_models_are_those_of_generalised_least_squares_at_the_best_share():
    rng = np.random.default_rng(10)
    person = np.repeat(np.arange(15), rng.integers(1, 5, 15))
    design_ = np.column_stack([np.ones(len(person)), rng.standard_normal(len(person))])
    outcome = design_ @ [1.0, 0.5] + rng.standard_normal(15)[person]
    outcome += 0.7 * rng.standard_normal(len(person))
    found = fit_intercepts(outcome, design_, person)

    def restricted(share: float) -> tuple[float, np.ndarray, np.ndarray]:
        same = (person[:, None] == person).astype(float)
        v = np.eye(len(person)) + share / (1.0 - share) * same
        inner = np.linalg.inv(design_.T @ np.linalg.solve(v, design_))
        beta = inner @ design_.T @ np.linalg.solve(v, outcome)
        left = outcome - design_ @ beta
        df = len(person) - 2
        variance = float(left @ np.linalg.solve(v, left)) / df
        value = df * np.log(variance) + np.linalg.slogdet(v)[1] - np.linalg.slogdet(inner)[1]
        return value, beta, variance * inner

    best, beta, covariance = restricted(found.share)
    assert found.converged
    assert best <= min(restricted(share)[0] for share in np.linspace(0.0, 0.99, 100)) + 1e-9
    assert found.effects == pytest.approx(beta)
    assert found.covariance == pytest.approx(covariance)


def test_fits_that_cannot_be_made_say_why():
    records = parallel_records(3, 12, 0.0, 0.5, 11)
    records.post[:, :, 1] = np.nan
    records.post[:, :, 2] = 1.0
    for method in ("t_test", "change", "ancova", "mixed"):
        fits = analyse(design(analysis={"method": method}), records)
        assert not fits[0].failed
        assert fits[1].failed
        assert np.isnan(fits[1].p)
    constant = analyse(design(analysis={"method": "t_test"}), records)[2]
    assert constant.failed == "no spread left to judge by"


def test_whoever_left_still_counts_in_a_mixed_model():
    records = parallel_records(200, 40, 1.0, 0.7, 12, visits=2)
    # Everyone who does badly at the first visit leaves: complete cases are no longer alike.
    gone = (records.post[0] > 0.5) & (records.arm[0] == 1)
    records.post[1][gone] = np.nan
    trial = design(visits=[1, 2], analysis={"method": "mixed"})
    mixed = np.mean([fit.estimate for fit in analyse(trial, records)])
    plain = analyse(design(analysis={"method": "t_test"}), records)
    assert abs(mixed - 1.0) < 0.06
    assert np.mean([fit.estimate for fit in plain]) > 1.2


def test_single_persons_are_judged_by_their_pairs():
    trial = design(design="n_of_1", cycles=4, analysis={"method": "paired"})
    rng = np.random.default_rng(13)
    arm = np.tile(np.array([0, 1])[:, None, None], (4, 400, 5))
    post = rng.standard_normal((8, 1, 400, 5))
    records = parallel_records(400, 5, 0.0, 0.5, 14)._replace(arm=arm, post=post)
    pairs = post[0::2, 0] - post[1::2, 0]
    theirs = stats.ttest_1samp(pairs, 0.0, axis=0).pvalue
    assert singly(trial, records) == pytest.approx(theirs)
