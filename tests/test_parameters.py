"""Every parameter says what it is, where it comes from and how far it can be off."""

import math
from functools import cache

import pint
import pytest

from somnesium import sources
from somnesium.body.assembly import Body
from somnesium.engine.lanes import column, leaf_names, pack
from somnesium.quantity import Par, declared
from somnesium.simulation.gains import GAINS, centre, multiplied
from somnesium.simulation.individual import Covariates, draw_bodies, parameters, reference_body


@cache
def registry():
    units = pint.UnitRegistry()
    units.define("beats = []")
    return units


ALL = [(p.name, p.value, p.par) for p in parameters()] + [
    (f"covariates.{name}", float(Covariates._field_defaults[name]), par)
    for name, par in declared(Covariates, Par).items()
]
each = pytest.mark.parametrize(("name", "value", "par"), ALL, ids=[name for name, _, _ in ALL])


@each
def test_the_unit_is_one(name, value, par):
    unit = "" if par.unit == "1" else par.unit
    registry().Unit(unit)


@each
def test_the_source_exists(name, value, par):
    assert sources.exists(par.source), f"{name}: no source {par.source!r}"
    assert sources.cite(par.source)["citation"]


@each
def test_the_value_is_a_number(name, value, par):
    assert math.isfinite(value)


@each
def test_the_spread_is_sane(name, value, par):
    assert 0.0 <= par.cv <= 2.0
    assert 0.0 <= par.doubt <= 2.0
    assert par.sd >= 0.0
    assert math.isfinite(par.sd)
    assert not (par.cv and par.sd), "a log-normal and a normal at once"
    assert value or not (par.cv or par.doubt), "a relative spread of nothing"


def test_every_leaf_of_the_body_has_one():
    assert tuple(p.name for p in parameters()) == leaf_names(Body)


def test_the_defaults_are_those_of_the_body():
    assert [p.value for p in parameters()] == pack([Body()], Body)[:, 0].tolist()
    carried = multiplied(pack([Body()], Body), centre())
    assert reference_body(45.0, 0.0) == column(carried, Body, 0)


@pytest.mark.parametrize(
    "unit", sorted({p.par.unit for p in parameters() if p.par.unit not in ("1", "beats/min")})
)
def test_units_are_those_of_the_inside(unit):
    """mmol, L, h and their like: no day, no minute, no mole, no kilogram by mistake."""
    allowed = {
        "h",
        "L",
        "mmol",
        "mg",
        "lux",
        "ms",
        "1/h",
        "L/h",
        "L/g",
        "g/L",
        "mmol/h",
        "mmol/L",
        "g/L/h",
        "pmol/L",
        "nmol/L",
        "pmol/L/h",
        "nmol/L/h",
    }
    assert unit in allowed


LEARNT = {gain.parameter for gain in GAINS}
MAY_TURN = {gain.parameter for gain in GAINS if gain.scale == "linear"}


def test_drawn_bodies_are_numbers_and_keep_their_sign():
    draws = draw_bodies(Body(), 50, 4, seed=3)
    typical = pack([Body()], Body)
    assert draws.values.shape == (len(leaf_names(Body)), 200)
    assert all(math.isfinite(x) for x in draws.values.ravel())
    for k, p in enumerate(parameters()):
        if p.par.cv and not p.par.doubt and p.name not in MAY_TURN:
            assert (draws.values[k] * p.value > 0.0).all(), p.name
        if not (p.par.cv or p.par.sd or p.par.doubt or p.name in LEARNT):
            assert (draws.values[k] == typical[k]).all(), p.name


def test_a_drawn_person_does_not_depend_on_how_many_are_drawn():
    few, many = draw_bodies(Body(), 3, 2, seed=3), draw_bodies(Body(), 40, 5, seed=3)
    for doubt in (0, 1):
        a = few.values[:, few.doubt == doubt]
        b = many.values[:, (many.doubt == doubt) & (many.person < 3)]
        assert (a == b).all()
    later = draw_bodies(Body(), 2, 1, seed=3, first=1)
    assert (later.values == few.values[:, 1:3]).all()
