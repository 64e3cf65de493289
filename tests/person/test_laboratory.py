"""Laboratory values in either unit, never in both."""

import pytest

from somnesium.errors import InvalidInput
from somnesium.person.laboratory import Laboratory, ionised_of, red_cell_of, urine_of
from somnesium.person.person import Person

WHO = {"age": 45.0, "sex": "female", "mass_kg": 70.0, "height_cm": 170.0}


@pytest.mark.parametrize(
    ("molar", "mass", "read"),
    [
        ({"ionised_mmol_l": 0.5}, {"ionised_mg_dl": 0.5 * 2.4305}, ionised_of),
        ({"red_cell_mmol_l": 2.1}, {"red_cell_mg_dl": 2.1 * 2.4305}, red_cell_of),
        ({"urine_mmol_day": 4.0}, {"urine_mg_day": 4.0 * 24.305}, urine_of),
    ],
)
def test_both_units_say_the_same(molar, mass, read):
    assert read(Laboratory(**molar)) == pytest.approx(read(Laboratory(**mass)))
    assert read(Laboratory()) is None
    with pytest.raises(InvalidInput, match="only one of"):
        Laboratory(**molar, **mass)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ionised_mmol_l", 0.0),
        ("red_cell_mg_dl", 60.0),
        ("urine_mg_day", float("nan")),
        ("urine_mmol_day", -3.0),
        ("loading_retained_percent", 120.0),
        ("serum_mmol_l", 0.8),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(field, value):
    with pytest.raises(InvalidInput, match=f"laboratory.{field}"):
        Person(**WHO, laboratory={field: value})


def test_signs_are_kept_once_and_misspelt_ones_refused():
    assert Person(**WHO, signs=["fatigue", "mood", "fatigue"]).signs == ("fatigue", "mood")
    with pytest.raises(InvalidInput, match="did you mean"):
        Person(**WHO, signs=["fatige"])
