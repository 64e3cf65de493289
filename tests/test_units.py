"""The dimension test: every equation of the body, run on quantities that carry their units.

Parameters carry the unit of their `Par`, states and inputs that of their `Var`. A result
must have the right dimension *and*, turned into its unit, the number that plain floats give: so
pmol/L taken for nmol/L is found as well.
"""

import inspect
import math
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple, get_args, get_type_hints

import pint
import pytest

import somnesium.body
from somnesium import maths
from somnesium.body import assembly, kidney, readouts, stages, stores
from somnesium.body.kidney import Kidney
from somnesium.body.melatonin import MelatoninState
from somnesium.body.stores import Stores
from somnesium.engine.lanes import leaf_names
from somnesium.quantity import Par, Var, declared
from somnesium.sources import cite

NUMBERS = {
    "x": 0.4,
    "y": -0.7,
    "used": 0.3,
    "level": 0.6,
    "waiting": 0.5,
    "strain": 0.2,
    "plasma": 21.0,
    "gut": 30.0,
    "risen": 0.6,
    "body": 120.0,
    "blood": 0.3,
    "lagged": 0.1,
    "onset_gut": 0.5,
    "onset": 0.4,
    "staying_gut": 0.3,
    "staying": 0.2,
    "adaptogen": 0.1,
    "swallowed": 2.0,
    "solid": 1.5,
    "lumen": 3.0,
    "tissue": 93.0,
    "slow": 850.0,
    "load": 0.3,
    "brain": 0.97,
    "rem_pressure": 0.4,
    "light": 80.0,
    "drinking": 5.0,
    "cos": 0.6,
    "sin": 0.8,
    "pressure": 0.5,
    "wake": 0.15,
    "n1": 0.1,
    "n2": 0.3,
    "n3": 0.2,
    "rem": 0.15,
}
"""A number of each field and argument; what is not named is ½."""

ARGUMENTS = {
    "light": "lux",
    "cortisol": "nmol/L",
    "entering": "g/L/h",
    "filtered": "mmol/h",
    "serum": "mmol/L",
    "swallowed": "mmol",
    "solid": "mmol",
    "lumen": "mmol",
    "tissue": "mmol",
    "slow": "mmol",
    ("serum", "plasma"): "mmol",
    ("shifting_melatonin", "plasma"): "pmol/L",
    ("clock_derivative", "rate"): "1/h",
    ("cortisol_derivative", "drive"): "nmol/L/h",
    ("melatonin_dose", "amount"): "pmol",
}
"""Units of plain arguments, by name or by function and name; the others are dimensionless."""

RESULTS = {
    "photic_rate": "1/h",
    "daily_drive": "nmol/L/h",
    "melatonin_dose": "pmol/L",
    "load_derivative": "1/h",
    "rem_pressure_derivative": "1/h",
    "brain_derivative": "1/h",
    "heart_rate": "beats/min",
    "rmssd": "ms",
    "serum": "mmol/L",
    "slow_equilibrium": "mmol",
    "magnesium_inside": "mmol",
    "magnesium_lost": "mmol",
    "absorbed_flux": "mmol/h",
    "bone_flux": "mmol/h",
    "delivered_flux": "mmol/h",
    "dissolved_flux": "mmol/h",
    "faecal_flux": "mmol/h",
    "filtered_flux": "mmol/h",
    "passed_flux": "mmol/h",
    "tissue_flux": "mmol/h",
    "urinary_flux": "mmol/h",
    **dict.fromkeys(
        (
            "activity_gain",
            "arousal",
            "asleep",
            "brain_rest",
            "caffeine_block",
            "frequency",
            "gaba_tone",
            "inertia",
            "nmda_block",
            "rated_sleepiness",
            "relative_serum",
            "shifting_melatonin",
            "suppression_left",
            "sympathetic_tone",
            "synthesis_gate",
            "tissue_deficit",
            "vagal_tone",
            "waking_drive",
        ),
        "1",
    ),
}
"""Unit of every equation that gives one number. Tuples have the units they declare, and those
given by a function whose name ends as in `PER_HOUR` these per hour."""

PER_HOUR = ("derivative", "balance", "change")


@cache
def registry():
    units = pint.UnitRegistry()
    units.define("beats = []")
    return units


def unit(text):
    return registry().Unit("" if text == "1" else text)


def quantity(number, text):
    return registry().Quantity(float(number), unit(text))


def declaration(hint):
    return next((extra for extra in get_args(hint)[1:] if isinstance(extra, (Par, Var))), None)


def is_tuple(hint):
    return isinstance(hint, type) and issubclass(hint, tuple)


def build(kind, carry):
    """A tuple of `kind` of quantities, or of plain floats: parameters at their defaults, 0 at ½."""
    parts = {}
    for field, hint in get_type_hints(kind, include_extras=True).items():
        inner = get_args(hint)[0] if get_args(hint) else hint
        if is_tuple(inner):
            parts[field] = build(inner, carry)
        else:
            number = kind._field_defaults.get(field, NUMBERS.get(field, 0.5))
            parts[field] = carry(number or 0.5, declaration(hint).unit)
    return kind(**parts)


def arguments(function, carry):
    """Arguments of an equation, by name and annotation."""
    out = {}
    for name, hint in get_type_hints(function, include_extras=True).items():
        if name == "return":
            continue
        if is_tuple(hint):
            out[name] = build(hint, carry)
        else:
            text = ARGUMENTS.get((function.__name__, name), ARGUMENTS.get(name, "1"))
            out[name] = carry(NUMBERS.get(name, 0.5), text)
    return out


def check(found, plain, kind, name, per_hour):
    """`found` has the unit of its place, and in it the number `plain`."""
    if isinstance(found, tuple):
        for field, hint in get_type_hints(kind).items():
            part = getattr(found, field)
            inner = hint if is_tuple(hint) else declared(kind, Var)[field]
            check(part, getattr(plain, field), inner, f"{name}.{field}", per_hour)
        return
    text = kind.unit if isinstance(kind, Var) else RESULTS[kind]
    if per_hour and isinstance(kind, Var):
        text = "1/h" if text == "1" else f"({text})/h"
    carried = found if hasattr(found, "units") else registry().Quantity(found, "")
    assert carried.is_compatible_with(unit(text)), f"{name} is in {carried.units}, not {text}"
    assert carried.to(unit(text)).magnitude == pytest.approx(plain, rel=1e-9, abs=1e-12), name


def equations():
    """Every function written in body/."""
    out = []
    for module in iter_modules(somnesium.body.__path__):
        content = import_module(f"somnesium.body.{module.name}")
        for name, function in inspect.getmembers(content, inspect.isfunction):
            if function.__module__ == content.__name__:
                out.append(pytest.param(function, id=f"{module.name}.{name}"))
    return out


@pytest.mark.parametrize("function", equations())
def test_dimensions(function):
    result = get_type_hints(function)["return"]
    plain = function(**arguments(function, lambda number, _: float(number)))
    found = function(**arguments(function, quantity))
    kind = result if is_tuple(result) else function.__name__
    per_hour = function.__name__.endswith(PER_HOUR)
    check(found, plain, kind, function.__name__, per_hour)


def test_the_whole_body_in_one_chain():
    """fix, exposure, slow, change, drive, rates and the chain, each fed with what is before it."""
    state, inputs = build(assembly.State, quantity), build(assembly.Inputs, quantity)
    body, p = build(assembly.Body, quantity), build(stages.Stages, quantity)
    fixed = assembly.fix(body)
    rates = stages.transition_rates(readouts.drive(state, inputs, body, fixed), body.chain)
    exposed, costly = assembly.exposure(inputs, body), assembly.slow(state, body, fixed)
    change = assembly.change(state, p, inputs, exposed, costly, body, fixed)
    step = quantity(0.1, "h")
    assert (state.stores.plasma + step * change.stores.plasma).check("[substance]")
    assert (state.cortisol.plasma + step * change.cortisol.plasma).check("[substance]/[length]^3")
    assert (p.n2 + step * stages.stage_derivative(p, rates).n2).check("[]")
    assert readouts.signals(state, p, inputs, body, fixed).heart_rate.check("1/[time]")


def tuples():
    """Every tuple of numbers written in body/."""
    for module in iter_modules(somnesium.body.__path__):
        content = import_module(f"somnesium.body.{module.name}")
        for kind in vars(content).values():
            if is_tuple(kind) and kind.__module__ == content.__name__:
                yield kind


def test_every_number_of_the_body_declares_its_unit():
    kinds = list(tuples())
    assert {assembly.Body, assembly.State, stages.Stages, readouts.Signals} <= set(kinds)
    for kind in kinds:
        what = Par if kind is assembly.Body or kind._field_defaults else Var
        leaves = declared(kind, what)
        assert tuple(leaves) == leaf_names(kind)
        for name, leaf in leaves.items():
            assert registry().Unit("" if leaf.unit == "1" else leaf.unit), name


def test_what_declares_nothing_is_named():
    class Loose(NamedTuple):
        amount: float

    with pytest.raises(TypeError, match=r"Loose\.amount declares no Var"):
        declared(Loose, Var)


def test_every_state_says_what_it_is_and_every_source_exists():
    for kind in (assembly.State, assembly.Inputs, stages.Stages, readouts.Signals):
        for leaf in declared(kind, Var).values():
            assert leaf.meaning
            assert not leaf.source or cite(leaf.source)


@pytest.mark.parametrize("name", ["exp", "log", "sigmoid", "tanh"])
def test_a_dimensioned_argument_is_refused(name):
    with pytest.raises(pint.DimensionalityError):
        getattr(maths, name)(quantity(1.0, "mmol/L"))


def test_softplus_wants_one_unit():
    assert maths.softplus(quantity(1.0, "mmol/L"), quantity(100.0, "umol/L")).check(
        "[substance]/[length]^3"
    )
    with pytest.raises(pint.DimensionalityError):
        maths.softplus(quantity(1.0, "mmol/L"), quantity(1.0, "mmol"))


def urine(kidney_of, stores_of):
    """Urine at 0.85 mmol/L of a sober kidney."""
    blood = quantity(0.85, "mmol/L")
    filtered = kidney.filtered_flux(blood, kidney_of)
    relative = stores.relative_serum(blood, stores_of)
    return kidney.urinary_flux(filtered, relative, quantity(0.0, "1"), kidney_of)


@pytest.mark.parametrize(
    ("field", "wrong"), [("threshold", "mmol"), ("serum_typical", "L/h"), ("slope", "mmol/h")]
)
def test_a_parameter_in_a_wrong_unit_is_found(field, wrong):
    organs = [build(Kidney, quantity), build(Stores, quantity)]
    assert urine(*organs).check("[substance]/[time]")
    bad = [
        organ._replace(**{field: quantity(getattr(organ, field).magnitude, wrong)})
        if hasattr(organ, field)
        else organ
        for organ in organs
    ]
    assert bad != organs
    with pytest.raises(pint.DimensionalityError):
        urine(*bad).to("mmol/h")


def test_a_wrong_scale_is_found():
    """nmol/L in the place of pmol/L has the right dimension and the wrong number."""
    plain = assembly.Body().chain.melatonin_half
    found = quantity(plain, "nmol/L")
    with pytest.raises(AssertionError):
        check(found, plain, declared(MelatoninState, Var)["plasma"], "melatonin_half", False)
    assert math.isclose(found.to("pmol/L").magnitude, 1000.0 * plain)
