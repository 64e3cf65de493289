"""Posteriors, priors and the four words."""

import numpy as np
import pytest
from scipy import stats

from somnesium.answers.selftrial.calibration import Likelihood
from somnesium.answers.selftrial.posterior import Prior, posterior
from somnesium.answers.selftrial.verdict import verdict
from somnesium.errors import InvalidInput


def word(centre, scale, measure="duration", periods=8):
    belief = posterior(Likelihood(centre, scale, 20.0))
    return verdict(belief, measure, (-10.0, 10.0), periods).word


def test_the_four_words():
    assert word(20.0, 4.0) == "helps"
    assert word(-20.0, 4.0) == "harms"
    assert word(1.0, 2.0) == "no meaningful effect"
    assert word(9.0, 8.0) == "cannot tell"


def test_for_latency_less_is_better():
    assert word(-20.0, 4.0, "latency") == "helps"
    assert word(20.0, 4.0, "latency") == "harms"


def test_a_sure_but_trifling_gain_is_no_meaningful_effect():
    assert word(4.0, 1.0) == "no meaningful effect"


def test_three_periods_tell_nothing():
    assert word(20.0, 1.0, periods=3) == "cannot tell"


def test_a_change_of_nothing_is_refused():
    with pytest.raises(InvalidInput, match="worthwhile"):
        verdict(posterior(Likelihood(0.0, 1.0, 10.0)), "duration", (0.0, 0.0), 8)


def test_without_a_prior_it_is_the_t_of_the_nights():
    belief = posterior(Likelihood(3.0, 2.0, 6.0))
    ends = 3.0 + 2.0 * stats.t.ppf([0.025, 0.975], 6.0)
    assert belief.interval() == pytest.approx(ends, rel=1e-3)
    assert belief.above(0.0) == pytest.approx(stats.t.sf(-1.5, 6.0), abs=1e-4)


@pytest.mark.parametrize(("scale", "sd"), [(2.0, 3.0), (50.0, 0.5), (0.3, 40.0)])
def test_normal_beliefs_combine_as_normals_do(scale, sd):
    belief = posterior(Likelihood(6.0, scale, 1e6), Prior("sceptical", 0.0, sd))
    precision = 1.0 / scale**2 + 1.0 / sd**2
    assert belief.mean == pytest.approx(6.0 / scale**2 / precision, rel=1e-2, abs=1e-3)
    assert belief.sd == pytest.approx(precision**-0.5, rel=1e-2)
    assert np.all(np.diff(belief.values) >= 0.0)
