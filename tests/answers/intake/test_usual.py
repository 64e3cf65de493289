"""Usual intake: few days are drawn to the population, many are left alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from somnesium.answers.intake.adequacy import chance_below
from somnesium.answers.intake.requirements import LifeStage
from somnesium.answers.intake.usual import (
    Margin,
    day_to_day,
    margin_of,
    probability_adequate,
    usual_intake,
)

WOMEN = margin_of(LifeStage(40, "female"))


@pytest.mark.parametrize(
    ("sex", "published"),
    [("male", {5: 177, 50: 310, 95: 516}), ("female", {5: 134, 50: 222, 95: 342})],
)
def test_the_margin_has_the_published_percentiles(sex, published):
    from scipy.stats import lognorm

    margin = margin_of(LifeStage(40, sex))
    for share, mg in published.items():
        found = lognorm.ppf(share / 100, margin.sigma, scale=margin.median_mg)
        assert found == pytest.approx(mg, rel=0.04)


def test_children_have_no_margin_but_a_spread():
    child = LifeStage(7, "male")
    assert margin_of(child) is None
    assert day_to_day(child).sd_mg > 0


def test_the_posterior_agrees_with_the_sum_over_many_drawn_people():
    rng = np.random.default_rng(4)
    usual = WOMEN.median_mg * np.exp(WOMEN.sigma * rng.standard_normal(4_000_000))
    seen = usual + 85.9 / np.sqrt(3) * rng.standard_normal(len(usual))
    alike = usual[np.abs(seen - 320) < 2]
    found = usual_intake(320, 85.9 / np.sqrt(3), WOMEN)
    assert len(alike) > 10_000
    assert found.mean_mg == pytest.approx(alike.mean(), abs=1.5)
    assert found.quantile(0.05) == pytest.approx(np.quantile(alike, 0.05), abs=3)
    met = (alike > 265 + 26.5 * rng.standard_normal(len(alike))).mean()
    assert probability_adequate(found, 0, 0, 265, 26.5) == pytest.approx(met, abs=0.015)


@given(seen=st.floats(0, 900), days=st.integers(1, 300))
@settings(max_examples=60, deadline=None)
def test_more_days_bring_it_nearer_to_what_was_seen(seen, days):
    few = usual_intake(seen, 85.9 / np.sqrt(days), WOMEN)
    many = usual_intake(seen, 85.9 / np.sqrt(4 * days), WOMEN)
    assert few.weights.sum() == pytest.approx(1)
    assert few.observed_share < many.observed_share < 1
    assert abs(many.mean_mg - seen) <= abs(few.mean_mg - seen) + 0.5
    assert few.quantile(0.05) <= few.mean_mg <= few.quantile(0.95)


@given(seen=st.floats(50, 900), sd=st.floats(0.5, 80))
@settings(max_examples=60, deadline=None)
def test_without_a_margin_only_what_was_seen_counts(seen, sd):
    found = usual_intake(seen, sd, None)
    assert found.observed_share is None
    if seen > 5 * sd:
        assert found.mean_mg == pytest.approx(seen, abs=0.02 * sd)
        exact = chance_below((seen - 265) / np.hypot(sd, 26.5))
        assert probability_adequate(found, 0, 0, 265, 26.5) == pytest.approx(exact, abs=1e-3)


def test_supplements_raise_the_probability_and_are_not_shrunk():
    found = usual_intake(200, 85.9, Margin(222, 0.285, ""))
    without = probability_adequate(found, 0, 0, 265, 26.5)
    assert without < 0.3
    assert probability_adequate(found, 200, 10, 265, 26.5) > 0.95
