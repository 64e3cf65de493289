"""Events of one moment become one, in the engine's order; units of ours become SBML's."""

import pytest

from somnesium.body.assembly import Inputs, State
from somnesium.engine.channels import ADD, LIGHTS_OUT, MELATONIN, RISE, SET
from somnesium.engine.lanes import leaf_index
from somnesium.engine.schedule import merge
from somnesium.exchange.timed import happenings
from somnesium.exchange.units import Factor, built_unit, unit_identifier

LIGHT = SET + leaf_index(Inputs, "light")
SWALLOWED = ADD + leaf_index(State, "gut.swallowed")
LEVEL = ADD + leaf_index(State, "pressure.level")
GUT = ADD + leaf_index(State, "melatonin.gut")


def changes(*events):
    (only,) = happenings(merge(events))
    return dict(only.changes)


def test_an_input_is_set_in_its_unit():
    assert changes((1.0, LIGHT, 80.0)) == {"input.light": "80.0 lux"}


def test_two_meals_at_once_add_up():
    found = changes((1.0, SWALLOWED, 2.0), (1.0, SWALLOWED, 3.5))
    assert found == {"gut.swallowed": "gut_swallowed + 2.0 mmol + 3.5 mmol"}


def test_the_last_of_two_settings_counts_as_in_the_engine():
    assert changes((1.0, LIGHT, 80.0), (1.0, LIGHT, 20.0)) == {"input.light": "80.0 lux"}


def test_lights_out_begins_the_night():
    found = changes((23.0, LIGHTS_OUT, 0.0), (23.0, LIGHT, 0.0))
    assert found["input.in_bed"] == "1.0 dimensionless"
    assert found["stage.waiting"] == "1.0 dimensionless"
    assert found["stage.rem"] == "0.0 dimensionless"
    assert found["pressure.waiting"] == "pressure_level"
    assert found["night.latency"] == "0.0 h"
    assert found["input.light"] == "0.0 lux"


def test_lights_out_after_a_change_of_pressure_sees_it():
    found = changes((23.0, LEVEL, 0.1), (23.0, LIGHTS_OUT, 0.0))
    assert found["pressure.waiting"] == "pressure_level + 0.1 dimensionless"


def test_rise_ends_the_night_and_keeps_its_sums():
    found = changes((7.0, RISE, 0.0))
    assert found["input.in_bed"] == "0.0 dimensionless"
    assert set(found) == {"input.in_bed"} | {
        f"stage.{n}" for n in ("waiting", "wake", "n1", "n2", "n3", "rem")
    }


def test_melatonin_is_told_in_pmol_with_the_bodys_own_parameters():
    found = changes((22.0, MELATONIN, 4.3e6), (22.0, GUT, 1.0))["melatonin.gut"]
    assert found.startswith("melatonin_gut + 1.0 pmol_per_L + ")
    assert "(4300000.0 pmol)" in found
    assert "pineal_bioavailability" in found


def test_moments_stay_in_order():
    found = list(happenings(merge([(2.0, LIGHT, 1.0), (1.0, LIGHT, 2.0), (2.0, SWALLOWED, 1.0)])))
    assert [h.time for h in found] == [1.0, 2.0]
    assert found[1].name == "input.light, into gut.swallowed"


@pytest.mark.parametrize(
    ("text", "name", "factors"),
    [
        ("1", "dimensionless", ()),
        ("mmol/L", "mmol_per_L", (Factor("mole", scale=-3), Factor("litre", -1))),
        ("1/h", "per_h", (Factor("second", -1, multiplier=3600.0),)),
        ("beats/min", "beats_per_min", (Factor("second", -1, multiplier=60.0),)),
        ("ms", "ms", (Factor("second", scale=-3),)),
        (
            "g/L/h",
            "g_per_L_per_h",
            (Factor("gram"), Factor("litre", -1), Factor("second", -1, multiplier=3600.0)),
        ),
    ],
)
def test_units(text, name, factors):
    assert unit_identifier(text) == name
    assert built_unit(text).factors == factors
