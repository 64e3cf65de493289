"""Prevalence of short and troubled sleep: counted rightly, told as people tell."""

import math

import numpy as np
import pytest
from scipy import stats

from somnesium.population.covariates import WORDS
from somnesium.population.prevalence import OUTCOMES, prevalence


def persons(hours, slow=0.0, age=40.0, sex="male", weight=1.0):
    number = len(hours)
    return {
        "age": np.full(number, age),
        "sex": np.full(number, WORDS["sex"].index(sex)),
        "weight": np.full(number, weight) if np.isscalar(weight) else np.array(weight),
        "work_night_hours_without": np.asarray(hours, float),
        "slow_nights_without": np.full(number, slow),
    }


def found(rows, outcome, of="slept", sex="male", ages="31-50"):
    return next(
        row for row in rows if (row.outcome, row.of, row.sex, row.ages) == (outcome, of, sex, ages)
    )


def test_shares_are_of_whole_hours_as_people_round():
    rows = prevalence(persons([5.4, 5.6, 6.4, 6.6, 8.4, 8.6]))
    assert found(rows, "short").share == pytest.approx(3 / 6)
    assert found(rows, "very_short").share == pytest.approx(1 / 6)
    assert found(rows, "long").share == pytest.approx(1 / 6)
    assert found(rows, "short").people == 6
    assert math.isnan(found(rows, "short", sex="female").share)
    assert len(rows) == 8 * (2 * 3 + 1)


def test_weights_count():
    rows = prevalence(persons([5.0, 8.0], weight=[3.0, 1.0]))
    assert found(rows, "short").share == pytest.approx(0.75)


def test_trouble_is_three_slow_nights_a_week():
    share = [found(prevalence(persons([7.0], slow)), "trouble").share for slow in (0.42, 3 / 7)]
    assert share == [0.0, 1.0]


def test_those_who_slept_no_night_before_work_are_left_out():
    assert found(prevalence(persons([5.0, math.nan])), "short").people == 1


def test_the_interval_is_that_of_wilson():
    row = found(prevalence(persons([6.0] * 30 + [8.0] * 70)), "short")
    wanted = stats.binomtest(30, 100).proportion_ci(0.95, method="wilson")
    assert (row.low, row.high) == pytest.approx((wanted.low, wanted.high))


def test_people_tell_more_sleep_than_they_get():
    rows = prevalence(persons([6.0] * 4))
    assert found(rows, "short").share == 1.0
    # lauderdale2008: who sleeps 6 h tells 6.8 h on average, spread by 1.17 h
    assert found(rows, "short", "told").share == pytest.approx(stats.norm(6.8, 1.17).cdf(6.5))


def test_american_figures_stand_beside():
    rows = prevalence(persons([7.0]))
    row = found(rows, "short", sex="female", ages="71+")
    assert (row.reported, row.reporters) == (0.285, 947)
    assert found(rows, "trouble", sex="male", ages="20-30").reported == 0.141
    assert {row.outcome for row in rows} == set(OUTCOMES)


@pytest.mark.parametrize(
    ("age", "ages"), [(20.0, "20-30"), (30.99, "20-30"), (31.0, "31-50"), (85.0, "71+")]
)
def test_people_count_to_the_band_of_their_whole_years(age, ages):
    rows = prevalence(persons([7.0], age=age))
    assert found(rows, "short", ages=ages).people == 1


def test_nobody_under_twenty_counts():
    rows = prevalence(persons([7.0], age=19.5))
    assert {row.people for row in rows} == {0}
