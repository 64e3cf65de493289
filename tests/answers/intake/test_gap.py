"""Foods that close a gap: portions weigh what they say, exclusions hold without exception."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from somnesium.answers.intake.gap import close_gap
from somnesium.person.foods import foods, portion_grams, words_of
from somnesium.person.person import Person
from somnesium.person.record import Avoid
from somnesium.sources import packaged_toml

ROWS = {row["ndb_no"]: row for row in packaged_toml("reference_intakes.toml")["foods"]}
ANYONE = Person(age=40, sex="female", mass_kg=60, height_cm=165)
ANIMAL_GROUPS = {
    "Dairy and Egg Products",
    "Finfish and Shellfish Products",
    "Poultry Products",
    "Beef Products",
    "Pork Products",
    "Lamb, Veal, and Game Products",
    "Sausages and Luncheon Meats",
}


def test_every_candidate_is_in_the_table_with_magnesium():
    for number, row in ROWS.items():
        food = foods()[number]
        assert food.magnesium_mg_per_100g
        assert not food.note, "an odd value is no basis for advice"
        assert row.get("animal", False) == (food.category in ANIMAL_GROUPS)
        held = set(words_of(food.description))
        named = held & {"almond", "cashew", "peanut", "walnut", "chocolate"}
        assert row.get("nuts", False) == bool(named)


@pytest.mark.parametrize(
    ("number", "portion", "amount"),
    [
        ("12014", "oz", 1),
        ("16015", "cup", 1),
        ("18075", "slice", 2),
        ("16426", "cup", 0.5),
        ("16098", "tbsp", 2),
        ("15047", "fillet", 1),
        ("01117", "container (8 oz)", 1),
        ("09302", "cup", 1),
        ("11305", "cup", 1),
    ],
)
def test_portions_weigh_what_usda_weighed(number, portion, amount):
    weighed = portion_grams(foods()[number], portion, amount)
    assert ROWS[number]["grams"] == pytest.approx(weighed, rel=0.01)


@given(
    gap=st.floats(0, 600),
    vegan=st.booleans(),
    nuts=st.booleans(),
    kidney=st.booleans(),
    dislikes=st.lists(st.sampled_from(["banana", "beans", "spinach", "tofu", "seeds"]), max_size=3),
)
@settings(max_examples=150, deadline=None)
def test_what_is_avoided_is_never_suggested(gap, vegan, nuts, kidney, dislikes):
    avoid = Avoid(vegan=vegan, nuts=nuts, kidney_diet=kidney, dislikes=tuple(dislikes))
    found = close_gap(ANYONE, avoid, gap)
    for one in (*found.together, *found.each):
        row = ROWS[one.ndb_no]
        assert not (vegan and row.get("animal"))
        assert not (nuts and row.get("nuts"))
        assert not kidney or row.get("kidney")
        for word in dislikes:
            assert not set(words_of(word)) <= set(words_of(one.food))
    closed = sum(one.magnesium_mg for one in found.together)
    assert found.left_mg == pytest.approx(max(0.0, gap - closed))
    assert len({one.ndb_no for one in found.together}) == len(found.together) <= 4


def test_a_gap_is_closed_and_none_is_left_alone():
    found = close_gap(ANYONE, Avoid(), 150)
    assert found.left_mg == 0
    assert found.together
    assert close_gap(ANYONE, Avoid(), 0.0).together == ()


def test_a_kidney_diet_says_so_and_leaves_what_it_cannot_close():
    found = close_gap(ANYONE, Avoid(kidney_diet=True), 250)
    assert found.left_mg > 50
    assert any("potassium" in note for note in found.notes)
    assert any("open" in note for note in found.notes)


def test_failing_kidneys_get_no_food_at_all():
    below = ANYONE.model_copy(update={"egfr": 29.0})
    above = ANYONE.model_copy(update={"egfr": 31.0})
    assert close_gap(below, Avoid(), 150).each == ()
    assert close_gap(above, Avoid(), 150).each
    assert any("kidney" in note for note in close_gap(above, Avoid(), 150).notes)


def test_nothing_left_says_ask_a_dietitian():
    everything = tuple(row["name"] for row in ROWS.values())
    found = close_gap(ANYONE, Avoid(dislikes=everything), 100)
    assert found.each == ()
    assert any("dietitian" in note for note in found.notes)
