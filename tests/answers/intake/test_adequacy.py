"""The Institute's own magnesium example, and what must hold of the method for anyone."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.answers.intake.adequacy import (
    chance_below,
    clear_deficit_below,
    difference,
    intake_for_confidence,
    standard_deviation_of_difference,
)
from somnesium.answers.intake.requirements import LifeStage, reference
from somnesium.answers.intake.usual import day_to_day
from somnesium.errors import InvalidInput

WOMAN = LifeStage(40, "female")


def example(days: int, factor: float = 1.0) -> tuple[float, float]:
    """Average requirement and SD of the difference for a woman of 40, from the packaged data."""
    found = reference(WOMAN, "us")
    sd = standard_deviation_of_difference(
        found.requirement_sd_mg, factor * day_to_day(WOMAN).sd_mg, days
    )
    return found.average_mg, sd


def test_the_packaged_numbers_are_the_examples():
    found = reference(WOMAN, "us")
    assert (found.average_mg, found.requirement_sd_mg, found.recommended_mg) == (265, 26.5, 320)
    assert day_to_day(WOMAN).sd_mg == 85.9


@pytest.mark.parametrize(
    ("days", "factor", "needed"),
    [(1, 1.0, 445), (3, 1.0, 377), (7, 1.0, 349), (1, 1.25, 486), (7, 1.25, 362)],
)
def test_intake_needed_to_be_97_5_percent_sure(days, factor, needed):
    assert round(intake_for_confidence(*example(days, factor))) == needed


def test_about_180_mg_is_clearly_inadequate_after_7_days():
    assert clear_deficit_below(*example(7)) == pytest.approx(181.2, abs=0.05)


def test_three_days_at_the_allowance_are_85_percent_sure_at_most():
    average, sd = example(3)
    found = difference(320, average, sd)
    assert (found.difference_mg, round(found.sd_mg)) == (55, 56)
    assert found.z == pytest.approx(0.98, abs=0.005)
    assert found.confidence == pytest.approx(0.84, abs=0.005)


def test_the_normal_distribution_is_the_normal_distribution():
    from scipy.stats import norm

    for z in np.linspace(-8, 8, 33):
        assert chance_below(z) == pytest.approx(norm.cdf(z), rel=1e-12)


positive = st.floats(1.0, 500.0)


@given(mean=st.floats(0, 2000), average=positive, sd=positive, day=positive, n=st.integers(1, 365))
def test_confidence_is_a_chance_and_more_intake_never_lowers_it(mean, average, sd, day, n):
    spread = standard_deviation_of_difference(sd, day, n)
    lower, higher = difference(mean, average, spread), difference(mean + 10, average, spread)
    assert 0.0 <= lower.confidence <= higher.confidence <= 1.0
    assert spread >= sd
    assert standard_deviation_of_difference(sd, day, n + 1) < spread


@given(average=positive, sd=positive, day=positive, n=st.integers(1, 60))
def test_at_the_intake_needed_one_is_as_sure_as_asked(average, sd, day, n):
    spread = standard_deviation_of_difference(sd, day, n)
    found = difference(intake_for_confidence(average, spread, 1.96), average, spread)
    assert found.confidence == pytest.approx(0.975, abs=2e-4)


@pytest.mark.parametrize(
    "wrong", [(-1, 80, 3), (26, -1, 3), (26, 80, 0), (26, 80, math.nan), (0, 0, 3)]
)
def test_impossible_spreads_are_refused(wrong):
    with pytest.raises(InvalidInput):
        standard_deviation_of_difference(*wrong)
