"""Intake documents: one statement of what is eaten, and a line that says what is wrong."""

from pathlib import Path

import pytest

from somnesium.errors import InvalidInput
from somnesium.person.record import read_intake

EXAMPLES = Path(__file__).parents[2] / "examples"
PERSON = {"age": 40, "sex": "female", "mass_kg": 60, "height_cm": 165}
DAY = {"magnesium_mg": 200}
OFTEN = {"food": "11457", "grams": 100, "times": 2}
GLYCINATE = {"form": "glycinate", "magnesium_mg": 2000, "times": ["21:00"]}


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_request_is_an_intake_document(path):
    question = read_intake(path)
    assert question.diet is not None
    assert question.record == ()


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({}, ("record, often and diet",)),
        ({"record": [DAY], "often": [OFTEN]}, ("record and often",)),
        ({"record": []}, ("record, often and diet",)),
        ({"record": [{}]}, ("record[0]", "foods or magnesium_mg")),
        ({"record": [{**DAY, "foods": [{"food": "11457", "grams": 1}]}]}, ("give one of them",)),
        ({"record": [{"magnesium_mg": -1}]}, ("record[0].magnesium_mg", "-1")),
        ({"record": [{"magnesium_mg": float("nan")}]}, ("record[0].magnesium_mg",)),
        ({"record": [{"magnesium_mg": "200"}]}, ("record[0].magnesium_mg", "'200'")),
        ({"record": [{"foods": [{"food": "unobtainium", "grams": 1}]}]}, ("unobtainium",)),
        ({"often": [{**OFTEN, "times": -2}]}, ("often[0].times",)),
        ({"often": [{**OFTEN, "per": "fortnight"}]}, ("day, week, month",)),
        ({"often": [{"food": "11457", "times": 2}]}, ("grams or a portion",)),
        ({"record": [DAY], "authority": "mars"}, ("us, eu, uk",)),
        ({"record": [DAY], "avoid": {"vegann": True}}, ("vegann", "vegan")),
        ({"record": [DAY], "regimen": {"intakes": [GLYCINATE]}}, ("elemental", "compound", "282")),
        (
            {
                "diet": {
                    "magnesium_mg_per_day": 250,
                    "water": {"litres_per_day": 1, "magnesium_mg_per_l": 5},
                },
                "water": {"litres_per_day": 1, "magnesium_mg_per_l": 5},
            },
            ("water", "remove one"),
        ),
        (
            {
                "record": [DAY],
                "days": 7,
                "regimen": {
                    "intakes": [{"product": "sleep_gummies", "times": ["21:00"], "start_day": 9}]
                },
            },
            ("start_day", "9"),
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_line(table, said):
    with pytest.raises(InvalidInput) as caught:
        read_intake({"person": PERSON, **table})
    line = str(caught.value)
    assert "\n" not in line
    assert all(word in line for word in said), line


def test_both_units_of_serum_magnesium_are_refused_even_if_they_agree():
    person = {**PERSON, "serum_magnesium_mmol_l": 0.8, "serum_magnesium_mg_dl": 1.944}
    with pytest.raises(InvalidInput, match="keep the one you trust"):
        read_intake({"person": person, "record": [DAY]})


def test_times_a_day():
    def rate(**changed):
        return read_intake({"person": PERSON, "often": [OFTEN | changed]}).often[0].times_per_day

    assert rate(times=3, per="day") == 3
    assert rate() == pytest.approx(2 / 7)
    assert rate(times=2, per="month") == pytest.approx(24 / 365.25)
