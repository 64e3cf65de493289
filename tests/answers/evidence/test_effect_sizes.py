"""Differences and their variances: published tables, and values worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.answers.evidence.effect_sizes import (
    Effect,
    crossover_difference,
    mean_difference,
    sd_of_change,
    se_from_interval,
    se_from_p,
    small_sample_factor,
    standardise,
)
from somnesium.errors import InvalidInput

from .reference import table

# normand1999: people, mean and standard deviation of days in hospital, special care and usual.
STROKE = {
    "Edinburgh": ((55, 47, 155), (75, 64, 156)),
    "Orpington-Mild": ((27, 7, 31), (29, 4, 32)),
    "Orpington-Moderate": ((64, 17, 75), (119, 29, 71)),
    "Orpington-Severe": ((66, 20, 18), (137, 48, 18)),
    "Montreal-Home": ((14, 8, 8), (18, 11, 13)),
    "Montreal-Transfer": ((19, 7, 57), (18, 4, 52)),
    "Newcastle": ((52, 45, 34), (41, 34, 33)),
    "Umea": ((21, 16, 110), (31, 27, 183)),
    "Uppsala": ((30, 27, 60), (23, 20, 52)),
}


def hedges_g(mean, sd, n, control_mean, control_sd, control_n):
    """Hedges' g with its usual large-sample variance, 1/n + 1/m + g²/2(n + m)."""
    df = n + control_n - 2
    squares = (n - 1) * sd**2 + (control_n - 1) * control_sd**2
    yi = small_sample_factor(df) * (mean - control_mean) / math.sqrt(squares / df)
    return Effect(yi, 1 / n + 1 / control_n + yi**2 / (2 * (n + control_n)))


@pytest.mark.parametrize(
    ("name", "measure"),
    [("dat_normand1999_MD", mean_difference), ("dat_normand1999_SMD", hedges_g)],
)
def test_differences_are_those_of_the_published_table(name, measure):
    studies = table(name)
    for study, yi, vi in zip(*studies, strict=True):
        one, two = STROKE[study]
        found = measure(*one, *two)
        assert found.yi == pytest.approx(yi, rel=1e-12)
        assert found.vi == pytest.approx(vi, rel=1e-12)


def test_the_small_sample_factor_is_gammas():
    assert small_sample_factor(2) == pytest.approx(1 / math.sqrt(math.pi))
    assert small_sample_factor(10) == pytest.approx(1 - 3 / 39, abs=5e-4)
    assert small_sample_factor(1e6) == pytest.approx(1.0, abs=1e-6)
    with pytest.raises(InvalidInput):
        small_sample_factor(1.0)


def test_the_variance_of_a_change_by_hand():
    assert sd_of_change(3.0, 4.0, 0.0) == pytest.approx(5.0)
    assert sd_of_change(3.0, 4.0, 0.5) == pytest.approx(math.sqrt(13.0))


def test_a_crossover_by_hand_and_in_people():
    found = crossover_difference(16.5, 20.4, 10.1, 15.4, 12, 0.5)
    assert found.yi == pytest.approx(6.4)
    assert found.vi == pytest.approx((20.4**2 + 15.4**2 - 20.4 * 15.4) / 12)
    rng = np.random.default_rng(3)
    pairs = rng.multivariate_normal([1.0, 0.0], [[4.0, 3.0], [3.0, 9.0]], 200_000)
    spread = float(np.var(pairs[:, 0] - pairs[:, 1]))
    expected = crossover_difference(1.0, 2.0, 0.0, 3.0, 200_000, 0.5).vi * 200_000
    assert spread == pytest.approx(expected, rel=0.02)


def test_periods_that_go_together_tell_more():
    loose, close = (crossover_difference(5, 10, 2, 10, 20, r) for r in (0.0, 0.9))
    assert close.yi == loose.yi == pytest.approx(3.0)
    assert close.vi == pytest.approx(loose.vi / 10)


def test_a_standardised_end_value_is_nearly_hedges_g():
    one, two = (20.0, 9.0, 40), (26.0, 9.0, 44)
    direct = hedges_g(*one, *two)
    found = standardise(mean_difference(*one, *two), 9.0, 84)
    assert found.yi == pytest.approx(direct.yi, rel=1e-9)
    assert found.vi == pytest.approx(direct.vi, rel=0.02)


@given(
    difference=st.floats(-50, 50).filter(lambda d: abs(d) > 1e-3),
    se=st.floats(0.05, 30),
    df=st.one_of(st.none(), st.integers(4, 300)),
)
def test_a_standard_error_comes_back_from_interval_and_p(difference, se, df):
    from scipy import stats

    spread = stats.norm() if df is None else stats.t(df)
    reach = float(spread.ppf(0.975))
    low, high = difference - reach * se, difference + reach * se
    assert se_from_interval(low, high, df) == pytest.approx(se, rel=1e-9)
    p = float(2 * spread.sf(abs(difference) / se))
    if 1e-12 < p < 0.999999:
        assert se_from_p(difference, p, df) == pytest.approx(se, rel=1e-6)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: mean_difference(1, -1, 5, 1, 1, 5),
        lambda: mean_difference(1, 1, 1, 1, 1, 5),
        lambda: mean_difference(1, 1, 5, 1, float("nan"), 5),
        lambda: sd_of_change(1, 1, 1.0),
        lambda: se_from_interval(2.0, 1.0),
        lambda: se_from_p(1.0, 0.0),
        lambda: se_from_p(0.0, 0.5),
        lambda: standardise(Effect(1.0, 1.0), 0.0, 30),
    ],
)
def test_impossible_figures_are_refused(wrong):
    with pytest.raises(InvalidInput, match="allowed"):
        wrong()
