"""The kidney: a threshold with a splay; failing, leaking and drunken kidneys."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.body.kidney import Kidney, faecal_flux, filtered_flux, urinary_flux

KIDNEY = Kidney(
    gfr=1.0, threshold=0.7, width=0.02, slope=1.5, obligatory=0.01, leak=0.0, endogenous=0.024
)
TYPICAL = 0.8
serums = st.floats(0.1, 2.0)


def urine(serum, drunk, kidney):
    """Urine at a serum magnesium [mmol/L], of which 0.8 is typical."""
    return urinary_flux(filtered_flux(serum, kidney), serum / TYPICAL, drunk, kidney)


def test_filtered_flux_by_hand():
    # softplus(0) = 0.02 ln 2; a width above: ln(1 + e) = 1.3132616875
    assert filtered_flux(0.7, KIDNEY) == pytest.approx(1.5 * 0.02 * 0.6931471806, rel=1e-9)
    assert filtered_flux(0.72, KIDNEY) == pytest.approx(1.5 * 0.02 * 1.3132616875, rel=1e-9)
    assert filtered_flux(1.2, KIDNEY) == pytest.approx(0.75, rel=1e-9)
    assert filtered_flux(0.2, KIDNEY) == pytest.approx(0.0, abs=1e-10)
    assert filtered_flux(1.2, KIDNEY._replace(gfr=0.25)) == pytest.approx(0.375, rel=1e-9)


def test_urinary_flux_by_hand():
    leaking = KIDNEY._replace(leak=0.03)
    assert urinary_flux(0.2, 1.5, 0.0, leaking) == pytest.approx(0.2 + 0.04 * 1.5, rel=1e-12)
    assert urinary_flux(0.2, 1.5, 0.5, leaking) == pytest.approx(0.3 + 0.04 * 1.5, rel=1e-12)


def test_urine_at_the_threshold_by_hand():
    # softplus(0) = 0.02 ln 2; floor 0.01 · 0.7/0.8
    assert urine(0.7, 0.0, KIDNEY) == pytest.approx(1.5 * 0.02 * 0.6931471806 + 0.00875, rel=1e-9)


def test_urine_well_above_and_well_below_by_hand():
    assert urine(1.2, 0.0, KIDNEY) == pytest.approx(1.5 * 0.5 + 0.015, rel=1e-9)
    assert urine(0.2, 0.0, KIDNEY) == pytest.approx(0.0025, rel=1e-6)
    assert urine(0.0, 0.0, KIDNEY) == pytest.approx(0.0, abs=1e-12)


def test_a_quarter_of_filtration_excretes_half_as_much():
    weak = KIDNEY._replace(gfr=0.25, obligatory=0.0)
    assert urine(1.2, 0.0, weak) == pytest.approx(1.5 * 0.5 / 2, rel=1e-9)


def test_alcohol_multiplies_what_is_above_the_threshold():
    drunk = urine(1.2, 2.0, KIDNEY)
    assert drunk == pytest.approx(3 * 1.5 * 0.5 + 0.015, rel=1e-9)


def test_a_leak_adds_in_proportion_to_serum():
    leaking = KIDNEY._replace(leak=0.08)
    extra = urine(0.4, 0.0, leaking) - urine(0.4, 0.0, KIDNEY)
    assert extra == pytest.approx(0.04, rel=1e-9)


@given(serums, st.floats(0.001, 0.5))
def test_more_serum_more_urine(serum, more):
    assert urine(serum + more, 0.0, KIDNEY) > urine(serum, 0.0, KIDNEY)


@given(serums, st.floats(0.05, 0.9), st.floats(0, 1))
def test_less_filtration_never_more_urine(serum, gfr, alcohol):
    less = urine(serum, alcohol, KIDNEY._replace(gfr=gfr))
    assert 0.0 < less <= urine(serum, alcohol, KIDNEY)


@given(serums)
def test_a_lower_threshold_loses_more(serum):
    lower = KIDNEY._replace(threshold=0.65)
    assert urine(serum, 0.0, lower) >= urine(serum, 0.0, KIDNEY)


def test_faecal_flux_by_hand():
    assert faecal_flux(0.8 / TYPICAL, KIDNEY) == pytest.approx(0.024, rel=1e-12)
    assert faecal_flux(0.4 / TYPICAL, KIDNEY) == pytest.approx(0.012, rel=1e-12)
    assert faecal_flux(0.0, KIDNEY) == 0.0


def test_splay_vanishes_with_its_width():
    sharp = KIDNEY._replace(width=1e-3)
    assert urine(0.75, 0.0, sharp) == pytest.approx(1.5 * 0.05 + 0.009375, rel=1e-9)
    assert math.isfinite(urine(0.1, 0.0, sharp))
