"""Rows of a series: instruments, scales, exposure, covariates, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.answers.selftrial.data import Reading, checked
from somnesium.answers.selftrial.exposure import Carry, exposure
from somnesium.answers.selftrial.scale import SCALES, Transform
from somnesium.answers.selftrial.terms import Choices, terms
from somnesium.errors import InvalidInput

from .samples import series


def test_an_effect_of_the_same_night_is_the_assignment():
    one = series()
    rows = terms(one, Choices())
    assert np.array_equal(rows.columns[:, 0], one.assigned)
    assert rows.names == ("exposure", "level", "trend")


def test_half_an_exposure_is_left_after_one_half_life():
    doses = np.array([1.0] * 200 + [0.0] * 6)
    left = exposure(doses, Carry((3.0,), (1.0,)))
    assert left[199] == pytest.approx(1.0)
    assert left[202] == pytest.approx(0.5)
    assert left[205] == pytest.approx(0.25)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.floats(0.0, 30.0))
def test_exposure_stays_within_the_doses(doses, half_life):
    found = exposure(np.array(doses), Carry((0.0, half_life), (0.3, 0.7)))
    assert found.min() >= 0.0
    assert found.max() <= max(doses) + 1e-12


@pytest.mark.parametrize("carry", [Carry((1.0,), (0.5,)), Carry((-1.0,)), Carry((1.0, 2.0))])
def test_a_kernel_that_is_none_is_refused(carry):
    with pytest.raises(InvalidInput, match="carry"):
        exposure(np.ones(3), carry)


def test_doses_as_taken_replace_the_assignment_where_known():
    one = series()
    taken = np.full(one.nights, np.nan)
    taken[:5] = 0.5
    rows = terms(one._replace(taken=taken), Choices(taken=True))
    assert rows.columns[:5, 0] == pytest.approx([0.5] * 5)
    assert np.array_equal(rows.columns[5:, 0], one.assigned[5:])


def test_two_instruments_are_two_rows_a_night_with_an_offset():
    one = series()
    second = np.where(np.arange(one.nights) < 40, one.readings[0].values + 5.0, np.nan)
    first = Reading("oura", one.readings[0].values)
    both = one._replace(readings=(first, Reading("diary", second)))
    rows = terms(both, Choices())
    assert len(rows.readings) == 56 + 40
    assert rows.names[-1] == "offset of diary"
    assert rows.error[0] < rows.error[-1]


def test_slopes_are_undone():
    one = series()
    halved = one._replace(readings=(Reading("actigraph", 0.8 * one.readings[0].values),))
    plain, rows = terms(one, Choices()), terms(halved, Choices())
    assert rows.readings == pytest.approx(plain.readings)
    assert rows.error.min() > 0.0


@given(st.sampled_from(SCALES), st.floats(1.0, 200.0), st.floats(-0.9, 3.0))
def test_changes_survive_a_scale_and_back(name, baseline, share):
    scale, change = Transform(name), share * baseline
    effect = scale.effect(change, baseline)
    assert float(scale.change(effect, baseline)) == pytest.approx(change, rel=1e-9, abs=1e-9)


def test_ends_that_are_not_known_stay_open_and_minutes_end_at_zero():
    assert float(Transform("log").change(np.inf, 30.0)) == np.inf
    assert float(Transform("log").change(-9.0, 30.0)) == pytest.approx(-30.0)
    assert float(Transform("root").change(-99.0, 30.0)) == pytest.approx(-30.0)


@pytest.mark.parametrize("name", SCALES)
def test_a_small_spread_is_told_on_every_scale(name):
    scale = Transform(name)
    assert float(scale.spread(0.01, 40.0)) == pytest.approx(scale.effect(0.01, 40.0), rel=1e-3)


def test_what_cannot_be_analysed_is_refused():
    one = series()
    with pytest.raises(InvalidInput, match="measure"):
        checked(one._replace(measure="mood"))
    with pytest.raises(InvalidInput, match="assigned"):
        checked(one._replace(assigned=np.zeros(56)))
    with pytest.raises(InvalidInput, match="one value for each of 56"):
        checked(one._replace(taken=np.ones(3)))
    with pytest.raises(InvalidInput, match="taken"):
        checked(one._replace(taken=np.full(56, 3.0)))
    with pytest.raises(InvalidInput, match="readings"):
        checked(one._replace(readings=()))
    with pytest.raises(InvalidInput, match="at least 13"):
        terms(series(12, 2), Choices())
    with pytest.raises(InvalidInput, match="told apart"):
        terms(one._replace(covariates={"again": one.assigned}), Choices())
    with pytest.raises(InvalidInput, match="scale"):
        terms(one, Choices(scale="square"))


def test_a_covariate_that_never_varies_is_left_out():
    one = series()
    rows = terms(one._replace(covariates={"alcohol": np.zeros(56)}), Choices())
    assert "alcohol" not in rows.names
