"""What makes magnesium low: each thing alone, its direction, and what is left out."""

import pytest
from tests.answers.risk.people import asked
from tests.reading import grade

from somnesium.answers.risk.factors import factors, required_life, requirement_of, uncounted
from somnesium.errors import InvalidInput
from somnesium.sources import exists

MANY = asked(
    260.0,
    conditions=[
        "diabetes_type_2",
        "alcohol_use_disorder",
        "gut_disease",
        "bowel_resection",
        "bariatric_surgery",
        "chronic_diarrhoea",
        "prediabetes",
    ],
    medicines=["omeprazole", "hydrochlorothiazide", "cisplatin", "spironolactone"],
    egfr=40.0,
    habits={"alcohol": [{"at": "19:00", "drinks": 3}]},
)


@pytest.fixture(scope="module")
def many():
    return {one.key: one for one in factors(MANY, 24, 2, 1)}


def test_everything_in_the_life_is_told_the_worst_first(many):
    assert set(many) == {
        "diet",
        "kidney",
        "gut_disease",
        "bowel_resection",
        "bariatric_surgery",
        "chronic_diarrhoea",
        "diabetes",
        "alcohol_use_disorder",
        "ppi",
        "thiazide",
        "potassium_sparing",
        "wasting_medicine",
        "alcohol",
        "prediabetes",
    }
    means = [one.serum.mean for one in many.values()]
    assert means == sorted(means)


def test_each_moves_magnesium_its_own_way(many):
    raises = {"kidney", "potassium_sparing"}
    for key, one in many.items():
        if key == "prediabetes":  # hidden behind diabetes, as in the body
            assert one.serum.mean == pytest.approx(0.0, abs=1e-9)
        elif key in raises:
            assert one.serum.mean > 0.0
        else:
            assert one.serum.mean < 0.0
        assert one.serum.interval90[0] <= one.serum.mean <= one.serum.interval90[1]
        assert one.sources
        assert all(exists(source) for source in one.sources)


def test_a_plain_life_has_only_its_diet():
    (only,) = factors(asked(200.0), 16, 2, 1)
    assert only.key == "diet"
    assert only.serum.mean < 0.0
    assert only.stores_low.mean > only.without.mean


def test_the_requirement_is_of_age_and_sex_and_infants_are_refused():
    assert requirement_of(asked().person).average_mg == 265
    assert requirement_of(asked(sex="male").person).average_mg == 350
    assert requirement_of(asked(pregnant=True, age=58.0).person).average_mg == 265
    with pytest.raises(InvalidInput, match="age"):
        requirement_of(asked(age=0.5).person)


def test_the_required_life_is_healthy_and_eats_what_is_needed():
    life = required_life(MANY, 1, 8)
    assert life.person.conditions == life.person.medicines == ()
    assert life.person.egfr is None
    assert life.diet.magnesium_mg_per_day == 265
    assert not life.habits.alcohol
    assert len(life.food) == 8


def test_what_is_left_out_is_said():
    assert uncounted(asked().person) == ()
    found = uncounted(asked(medicines=["furosemide", "milk of magnesia"]).person)
    assert [one.key for one in found] == ["loop_diuretic", "magnesium_containing"]
    assert all(exists(key) for one in found for key in one.sources)
    assert all(grade(one.text) <= 9 for one in found)
