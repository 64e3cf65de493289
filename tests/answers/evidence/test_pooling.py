"""Pooling against metafor's results, and what must hold for any studies."""

import math
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.answers.evidence.heterogeneity import Method
from somnesium.answers.evidence.pooling import leave_one_out, pool, shares
from somnesium.answers.evidence.studies import studies_of

from .reference import NAMES, RESULTS, table

every_table = pytest.mark.parametrize("name", NAMES)
METHODS = get_args(Method)
every_method = pytest.mark.parametrize("method", METHODS)
RANDOM = tuple(method for method in METHODS if method != "FE")


@every_table
@every_method
def test_means_and_standard_errors_are_metafors(name, method):
    expected, found = RESULTS[name][method], pool(table(name), method, "z")
    assert found.estimate == pytest.approx(expected["est"], abs=1e-5)
    assert found.used.se == pytest.approx(expected["se"], abs=1e-5)
    low, high = found.used.interval
    assert low == pytest.approx(expected["ci_lb"], abs=2e-5)
    assert high == pytest.approx(expected["ci_ub"], abs=2e-5)
    assert found.used.statistic == pytest.approx(expected["z"], abs=2e-4)
    assert found.used.p == pytest.approx(expected["p"], rel=5e-4)


@every_table
@pytest.mark.parametrize("method", RANDOM)
def test_knapp_hartung_is_metafors(name, method):
    expected, found = RESULTS[name][method], pool(table(name), method).used
    assert found.kind == "hk"
    assert found.se == pytest.approx(expected["hk_se"], abs=1e-5)
    assert found.interval[0] == pytest.approx(expected["hk_ci_lb"], abs=2e-5)
    assert found.interval[1] == pytest.approx(expected["hk_ci_ub"], abs=2e-5)
    assert found.p == pytest.approx(expected["hk_p"], abs=2e-5)


@every_table
@pytest.mark.parametrize("method", RANDOM)
def test_prediction_intervals_are_metafors(name, method):
    expected, found = RESULTS[name][method], pool(table(name), method)
    for mean, key in ((found.z, "pi"), (found.hk, "hk_pi")):
        assert mean.prediction[0] == pytest.approx(expected[f"{key}_lb"], abs=1e-4)
        assert mean.prediction[1] == pytest.approx(expected[f"{key}_ub"], abs=1e-4)


@every_table
def test_the_common_effect_model_predicts_nothing_and_has_no_knapp_hartung(name):
    found = pool(table(name), "FE")
    assert found.hk is None
    assert found.used.kind == "z"
    assert found.used.prediction is None


@every_table
def test_leave_one_out_is_metafors_as_far_as_its_scoring_had_settled(name):
    studies, expected = table(name), RESULTS[name]["leave1out_REML_est"]
    found = leave_one_out(studies)
    assert [one.study for one in found] == list(studies.names)
    for index, (one, theirs) in enumerate(zip(found, expected, strict=True)):
        assert one.estimate == pytest.approx(theirs, abs=5e-5)
        assert scored(studies.without(index), until=1e-5) == pytest.approx(theirs, abs=1e-9)
        settled = scored(studies.without(index), until=1e-14)
        assert one.estimate == pytest.approx(settled, abs=1e-8)


def scored(studies, until):
    """The REML mean by plain scoring from the Hedges estimate, stopped at a step in tau²."""
    y, v = studies.yi, studies.vi
    tau2 = max(0.0, np.var(y, ddof=1) - v.mean())
    for _ in range(5000):
        w = 1 / (v + tau2)
        mean = np.sum(w * y) / np.sum(w)
        trace = np.sum(w) - np.sum(w**2) / np.sum(w)
        square = np.sum(w**2) - 2 * np.sum(w**3) / np.sum(w) + (np.sum(w**2) / np.sum(w)) ** 2
        step = (np.sum(w**2 * (y - mean) ** 2) - trace) / square
        tau2 = max(0.0, tau2 + step)
        if abs(step) <= until * (1 if until > 1e-9 else v.mean()):
            break
    w = 1 / (v + tau2)
    return np.sum(w * y) / np.sum(w)


def test_one_study_is_passed_on():
    found = pool(studies_of(["a"], [-4.0], [9.0]))
    assert (found.estimate, found.z.se) == (-4.0, 3.0)
    assert found.between is None
    assert found.hk is None
    assert found.used.prediction is None
    assert leave_one_out(studies_of(["a"], [-4.0], [9.0])) == ()


def test_two_studies_by_hand():
    # Equal variances: the mean is 1, Q = 2; DL gives tau² = 1, and t with one degree of freedom
    # makes the interval 12.7 standard errors of sqrt(2)·... = 1 wide on each side.
    found = pool(studies_of(["a", "b"], [0.0, 2.0], [1.0, 1.0]), "DL")
    assert found.estimate == pytest.approx(1.0)
    assert found.between.tau2 == pytest.approx(1.0)
    assert found.hk.se == pytest.approx(1.0)
    assert found.used.df == 1
    assert found.used.interval[1] == pytest.approx(1.0 + 12.7062047, abs=1e-6)


@every_method
def test_studies_that_all_found_the_same_have_the_normal_interval(method):
    found = pool(studies_of("abc", [2.0] * 3, [1.0, 2.0, 4.0]), method)
    assert found.estimate == pytest.approx(2.0)
    assert found.hk is None
    assert found.used.se == pytest.approx(math.sqrt(1 / (1 + 1 / 2 + 1 / 4)))


tables_of_studies = st.lists(
    st.tuples(st.floats(-50, 50), st.floats(0.01, 40)), min_size=2, max_size=12
).map(lambda rows: studies_of([f"s{i}" for i in range(len(rows))], *zip(*rows, strict=True)))


@given(studies=tables_of_studies, method=st.sampled_from(["REML", "DL", "PM"]))
def test_a_mean_lies_among_its_studies_and_shares_add_up(studies, method):
    found = pool(studies, method)
    assert studies.yi.min() - 1e-9 <= found.estimate <= studies.yi.max() + 1e-9
    assert found.between.tau2 >= 0.0
    assert 0.0 <= found.between.i2 < 100.0
    assert shares(studies, found).sum() == pytest.approx(1.0)
    assert found.z.se >= pool(studies, "FE").z.se * (1 - 1e-12)


@given(
    studies=tables_of_studies,
    shift=st.floats(-20, 20),
    scale=st.floats(0.1, 60),
    method=st.sampled_from(["DL", "HE", "PM"]),
)
def test_another_unit_or_origin_changes_only_the_numbers(studies, shift, scale, method):
    moved = studies_of(studies.names, scale * (studies.yi + shift), scale**2 * studies.vi)
    before, after = pool(studies, method), pool(moved, method)
    room = 1e-6 * scale * (1 + abs(shift) + np.abs(studies.yi).max())
    assert after.estimate == pytest.approx(scale * (before.estimate + shift), abs=room)
    assert after.z.se == pytest.approx(scale * before.z.se, rel=1e-5)


@given(studies=tables_of_studies, order=st.randoms(use_true_random=False))
def test_the_order_of_studies_does_not_matter(studies, order):
    places = list(range(studies.k))
    order.shuffle(places)
    before, after = pool(studies, "PM"), pool(studies.only(places), "PM")
    assert after.estimate == pytest.approx(before.estimate, abs=1e-6)
