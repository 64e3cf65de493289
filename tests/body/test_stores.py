"""The stores: concentrations, fluxes that rest at balance, and a deficit that saturates."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.body.stores import (
    Stores,
    bone_flux,
    relative_serum,
    serum,
    slow_equilibrium,
    tissue_deficit,
    tissue_flux,
)

STORES = Stores(
    volume=20.0,
    serum_typical=0.85,
    tissue_size=100.0,
    slow_size=900.0,
    tissue_rate=0.05,
    slow_rate=0.0007,
    slow_share=1 / 3,
    deficit_width=0.02,
    deficit_limit=0.1,
)


def test_serum_by_hand():
    assert serum(17.0, STORES) == pytest.approx(0.85, rel=1e-12)
    assert serum(0.0, STORES) == 0.0


def test_relative_serum_by_hand():
    assert relative_serum(0.85, STORES) == 1.0
    assert relative_serum(0.425, STORES) == pytest.approx(0.5, rel=1e-12)
    assert relative_serum(serum(17.0, STORES), STORES) == pytest.approx(1.0, rel=1e-12)
    assert relative_serum(serum(8.5, STORES), STORES) == pytest.approx(0.5, rel=1e-12)


def test_tissue_flux_by_hand():
    assert tissue_flux(1.1, 90.0, STORES) == pytest.approx(0.05 * 20, rel=1e-12)
    assert tissue_flux(0.8, 90.0, STORES) == pytest.approx(-0.05 * 10, rel=1e-12)
    assert tissue_flux(1.0, 100.0, STORES) == 0.0


def test_slow_store_by_hand():
    assert slow_equilibrium(1.0, STORES) == pytest.approx(900.0, rel=1e-12)
    assert slow_equilibrium(0.7, STORES) == pytest.approx(810.0, rel=1e-12)  # a third gives way
    assert slow_equilibrium(0.0, STORES) == pytest.approx(600.0, rel=1e-12)
    assert bone_flux(0.7, 900.0, STORES) == pytest.approx(-0.063, rel=1e-12)
    assert bone_flux(1.0, 900.0, STORES) == pytest.approx(0.0, abs=1e-15)


@given(st.floats(0, 2), st.floats(0, 200), st.floats(0.01, 0.5))
def test_more_plasma_more_into_the_stores(relative, tissue, more):
    assert tissue_flux(relative + more, tissue, STORES) > tissue_flux(relative, tissue, STORES)
    assert bone_flux(relative + more, 9 * tissue, STORES) > bone_flux(relative, 9 * tissue, STORES)
    assert tissue_flux(relative, tissue + 1, STORES) < tissue_flux(relative, tissue, STORES)


def test_deficit_by_hand():
    def soft(x):
        return 0.02 * math.log(1 + math.exp(x / 0.02))

    for tissue in (80.0, 95.0, 100.0, 105.0):
        missing = soft(1 - tissue / 100) - soft(0.0)
        assert tissue_deficit(tissue, STORES) == pytest.approx(
            0.1 * math.tanh(missing / 0.1), rel=1e-12, abs=1e-16
        )
    # 5 % missing: 0.02 (ln(1 + e^2.5) - ln 2) = 0.02 (2.578890 - 0.693147) = 0.0377149
    assert tissue_deficit(95.0, STORES) == pytest.approx(0.1 * math.tanh(0.377149), rel=1e-5)


def test_deficit_at_its_ends():
    assert tissue_deficit(100.0, STORES) == pytest.approx(0.0, abs=1e-17)
    assert tissue_deficit(0.0, STORES) == pytest.approx(0.1, rel=1e-6)
    # however full, no more than the width times ln 2 below zero
    assert tissue_deficit(1000.0, STORES) == pytest.approx(
        -0.1 * math.tanh(0.02 * math.log(2) / 0.1), rel=1e-9
    )


@given(st.floats(40, 140), st.floats(0.1, 20))
def test_deficit_falls_as_tissue_fills(tissue, more):
    assert tissue_deficit(tissue + more, STORES) <= tissue_deficit(tissue, STORES)
    assert -0.014 < tissue_deficit(tissue, STORES) < 0.1
