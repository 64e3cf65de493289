"""Magnesium by source: sums, intervals, what is missing, what a label leaves open."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from somnesium.answers.intake.amounts import amounts, group_content, record_days
from somnesium.person.foods import foods
from somnesium.person.record import IntakeQuestion, read_intake
from somnesium.person.supplements import find_form
from somnesium.person.taken import taken_of

PERSON = {"age": 40, "sex": "female", "mass_kg": 60, "height_cm": 165}
SPINACH = {"food": "11457", "grams": 100}  # 79 mg
MILK = {"food": "01079", "portion": "cup"}  # 244 g, 11 mg/100 g
MISSING = next(food for food in foods().values() if food.magnesium_mg_per_100g is None)


def amounts_of(question):
    return amounts(question, taken_of(question.regimen, question.start.weekday(), question.days))


def asked(**table) -> IntakeQuestion:
    return read_intake({"person": PERSON, **table})


def test_a_record_is_the_mean_of_its_days():
    question = asked(record=[{"foods": [SPINACH, MILK]}, {"magnesium_mg": 210}])
    found = amounts_of(question)
    assert record_days(question) == pytest.approx((79 + 26.84, 210))
    assert found.food_mg == pytest.approx((79 + 26.84 + 210) / 2)
    assert sum(one.mg for one in found.sources) == pytest.approx(found.total_mg)


def test_how_often_is_counted_by_day_week_and_month():
    often = [
        {**SPINACH, "times": 2, "per": "day"},
        {**MILK, "amount": 2, "times": 7, "per": "week"},
        {"food": "12061", "grams": 100, "times": 1, "per": "month"},
    ]
    found = amounts_of(asked(often=often))
    expected = 2 * 79 + 2 * 26.84 + 268 * 12 / 365.25
    assert found.food_mg == pytest.approx(expected)


def test_a_typical_week_counts_each_weekday():
    meals = [
        {"at": "08:00", "foods": [SPINACH]},
        {"at": "19:00", "magnesium_mg": 70, "days": "weekend"},
    ]
    assert amounts_of(asked(diet={"meals": meals})).food_mg == pytest.approx(79 + 70 * 2 / 7)


def test_water_and_supplements_stand_apart():
    regimen = {
        "intakes": [
            {
                "form": "citrate",
                "magnesium_mg": 150,
                "mass_is": "elemental",
                "times": ["21:00"],
                "days": "weekdays",
            },
            {"product": "sleep_gummies", "times": ["22:00"]},
        ]
    }
    water = {"litres_per_day": 1.5, "magnesium_mg_per_l": 20}
    found = amounts_of(asked(record=[{"magnesium_mg": 0}], water=water, regimen=regimen))
    assert (found.food_mg, found.water_mg) == (0, 30)
    assert found.supplement_mg == pytest.approx(150 * 5 / 7 + 100)
    assert found.beside == {"melatonin": pytest.approx(1), "tryptophan": pytest.approx(100)}


def test_a_compound_mass_leaves_the_hydrate_open_and_an_elemental_one_does_not():
    def line(mass_is, mg):
        intake = {"form": "citrate", "magnesium_mg": mg, "mass_is": mass_is, "times": ["21:00"]}
        return amounts_of(asked(record=[{"magnesium_mg": 1}], regimen={"intakes": [intake]}))

    form = find_form("citrate")
    low, high = form.elemental_range
    compound = next(one for one in line("compound", 1000).sources if one.kind == "supplement")
    assert compound.mg == pytest.approx(1000 * form.elemental_fraction)
    assert compound.interval90[0] == pytest.approx(1000 * low * (1 - 1.645 * 0.05))
    assert compound.interval90[1] == pytest.approx(1000 * high * (1 + 1.645 * 0.05))
    elemental = next(one for one in line("elemental", 160).sources if one.kind == "supplement")
    assert elemental.interval90 == pytest.approx((160 * (1 - 0.08225), 160 * (1 + 0.08225)))
    assert elemental.note == ""


def test_missing_is_imputed_from_the_group_flagged_and_not_trusted():
    found = amounts_of(asked(record=[{"foods": [{"food": MISSING.ndb_no, "grams": 200}]}]))
    one = found.sources[0]
    mean, sd = group_content(MISSING.category)
    held = [
        food.magnesium_mg_per_100g
        for food in foods().values()
        if food.category == MISSING.category and food.magnesium_mg_per_100g is not None
    ]
    assert mean == pytest.approx(sum(held) / len(held))
    assert (one.origin, one.mg) == ("imputed", pytest.approx(2 * mean))
    assert MISSING.category in one.note
    assert found.food_sd_mg == pytest.approx(2 * sd)
    assert found.data_confidence == 0


def test_confidence_counts_measured_stated_and_imputed():
    assert amounts_of(asked(record=[{"foods": [SPINACH]}])).data_confidence == 1
    assert amounts_of(asked(record=[{"magnesium_mg": 300}])).data_confidence == 0.5
    assert amounts_of(asked(record=[{"magnesium_mg": 0}])).data_confidence is None
    half = asked(record=[{"foods": [SPINACH]}, {"magnesium_mg": 79}])
    assert amounts_of(half).data_confidence == pytest.approx(0.75)


def test_errors_of_one_food_add_up_and_of_different_foods_average_out():
    cv = foods()["11457"].cv
    same = amounts_of(asked(record=[{"foods": [SPINACH] * 4}]))
    assert same.food_sd_mg == pytest.approx(4 * 79 * cv)
    other = amounts_of(asked(record=[{"foods": [SPINACH, MILK]}]))
    assert other.food_sd_mg == pytest.approx(math.hypot(79 * cv, 26.84 * foods()["01079"].cv))


@given(
    days=st.lists(
        st.lists(
            st.tuples(st.sampled_from(sorted(foods())), st.floats(0, 500)), min_size=1, max_size=4
        ),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=60, deadline=None)
def test_any_record_has_an_honest_sum(days):
    record = [
        {"foods": [{"food": number, "grams": grams} for number, grams in day]} for day in days
    ]
    question = asked(record=record)
    found = amounts_of(question)
    low, high = found.total_interval90
    assert 0 <= low <= found.total_mg <= high
    assert found.food_mg == pytest.approx(sum(record_days(question)) / len(days))
    assert found.data_confidence is None or 0 <= found.data_confidence <= 1
    assert len(found.sources) == len({number for day in days for number, _ in day})
