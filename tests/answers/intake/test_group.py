"""Group methods: what is planted in a drawn population comes out; single days mislead."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from somnesium.answers.intake.group import (
    cut_point,
    probability_approach,
    usual_of_group,
    within_sd,
)
from somnesium.errors import InvalidInput

RNG = np.random.default_rng(1)
PEOPLE = 4000
USUAL = 256 + 70 * RNG.standard_normal(PEOPLE)
NEEDS = 265 + 26.5 * RNG.standard_normal(PEOPLE)
EAR, SD = np.full(PEOPLE, 265.0), np.full(PEOPLE, 26.5)


def recorded(days: int) -> list[np.ndarray]:
    return list(USUAL[:, None] + 85.9 * RNG.standard_normal((PEOPLE, days)))


@pytest.mark.parametrize("days", [1, 2, 5])
def test_the_planted_share_comes_out_of_few_days(days):
    planted = (USUAL < NEEDS).mean()
    usual = usual_of_group(recorded(days), 85.9)
    assert usual.std() == pytest.approx(USUAL.std(), rel=0.06)
    for found in (probability_approach(usual, EAR, SD), cut_point(usual, EAR)):
        assert found.share == pytest.approx(planted, abs=0.025)
        low, high = found.interval90
        assert low < found.share < high


def test_single_days_untreated_spread_too_much():
    days = np.array(recorded(1))[:, 0]
    assert days.std() > 1.4 * USUAL.std()
    rich = days + 150
    treated = usual_of_group([np.array([value]) for value in rich], 85.9)
    planted = (USUAL + 150 < NEEDS).mean()
    assert cut_point(rich, EAR).share > 2 * planted
    assert cut_point(treated, EAR).share < 2 * planted + 0.01


def test_own_spread_is_pooled_only_from_thirty_people_on():
    days = recorded(3)
    assert within_sd(days[:29], 50.0) == (50.0, False)
    sd, own = within_sd(days, 50.0)
    assert own
    assert sd == pytest.approx(85.9, rel=0.03)


def test_usual_intakes_given_are_left_alone():
    days = [np.array([value]) for value in USUAL[:50]]
    assert usual_of_group(days, 0.0) == pytest.approx(USUAL[:50])
    assert usual_of_group(days[:1], 85.9) == pytest.approx(USUAL[:1])


def test_a_group_without_people_is_refused():
    with pytest.raises(InvalidInput):
        cut_point(np.array([]), np.array([]))


@given(values=st.lists(st.floats(0, 2000), min_size=2, max_size=40), sd=st.floats(0, 300))
@settings(max_examples=80, deadline=None)
def test_shrinking_keeps_the_mean_and_never_widens(values, sd):
    days = [np.array([value]) for value in values]
    usual = usual_of_group(days, sd)
    assert usual.std() <= np.std(values) + 1e-6
    assert (usual >= 0).all()
    assert usual.mean() == pytest.approx(np.mean(values), abs=1e-6)
