"""The gut: fluxes by hand; absorption that saturates, and never more than is there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.body.gut import Gut, absorbed_flux, delivered_flux, dissolved_flux, passed_flux

GUT = Gut(
    delivery=1.2,
    dissolution=0.3,
    passage=0.6,
    saturable=0.4,
    half_amount=0.1,
    linear=0.02,
    absorption=0.9,
    fasting_share=0.877,
)
amounts = st.floats(0, 60)


def test_delivery_dissolution_and_passage_by_hand():
    assert delivered_flux(5.0, GUT) == pytest.approx(6.0, rel=1e-12)
    assert dissolved_flux(5.0, GUT) == pytest.approx(1.5, rel=1e-12)
    assert passed_flux(5.0, GUT) == pytest.approx(3.0, rel=1e-12)


def test_absorption_by_hand():
    # at the half amount: 0.9 · (0.2 + 0.002); at 9 half amounts 0.9 · (0.36 + 0.018)
    assert absorbed_flux(0.1, GUT) == pytest.approx(0.1818, rel=1e-12)
    assert absorbed_flux(0.9, GUT) == pytest.approx(0.3402, rel=1e-12)


@pytest.mark.parametrize("flux", [delivered_flux, dissolved_flux, absorbed_flux, passed_flux])
def test_an_empty_gut_gives_nothing(flux):
    assert flux(0.0, GUT) == 0.0


@pytest.mark.parametrize("flux", [delivered_flux, dissolved_flux, absorbed_flux, passed_flux])
@given(amount=amounts, more=st.floats(0.001, 10))
def test_more_there_more_flows(flux, amount, more):
    assert flux(amount + more, GUT) > flux(amount, GUT)


@given(amounts, st.floats(0.01, 10))
def test_the_absorbed_share_falls_with_the_amount(amount, more):
    amount += 1e-3
    assert absorbed_flux(amount + more, GUT) / (amount + more) < absorbed_flux(amount, GUT) / amount


def test_a_large_amount_is_absorbed_in_proportion():
    assert absorbed_flux(2e6, GUT) - absorbed_flux(1e6, GUT) == pytest.approx(18_000, rel=1e-6)


def test_absorption_scales_the_whole():
    half = GUT._replace(absorption=0.45)
    assert absorbed_flux(3.0, half) == pytest.approx(absorbed_flux(3.0, GUT) / 2, rel=1e-12)
