import math

import pytest

from somnesium.errors import InvalidInput
from somnesium.person.diet import Diet, FoodItem, Meal, day_total, meal_intakes
from somnesium.person.foods import find_food, foods

SPINACH = "Spinach, raw"  # NDB 11457, 79 mg magnesium in 100 g (USDA SR24)
ALMONDS = "Nuts, almonds"  # NDB 12061, 268 mg in 100 g


def refusal(model, **fields) -> str:
    with pytest.raises(InvalidInput) as caught:
        model(**fields)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_meal_sums_its_foods_and_pools_their_errors():
    diet = Diet(
        meals=[
            {
                "at": "08:00",
                "foods": [{"food": SPINACH, "grams": 100}, {"food": "12061", "grams": 50}],
            }
        ]
    )
    (meal,) = meal_intakes(diet, 0)
    assert meal.magnesium_mg == pytest.approx(79 + 134)
    spread = math.hypot(79 * (find_food(SPINACH).cv or 0.25), 134 * (find_food(ALMONDS).cv or 0.25))
    assert meal.cv == pytest.approx(spread / 213)
    assert meal.missing == ()


def test_portions():
    # USDA: 1 cup of raw spinach is 30 g
    diet = Diet(
        meals=[{"at": "08:00", "foods": [{"food": SPINACH, "portion": "cup", "amount": 2}]}]
    )
    assert meal_intakes(diet, 3)[0].magnesium_mg == pytest.approx(0.6 * 79)


def test_missing_magnesium_is_listed_not_zero():
    unknown = next(food for food in foods().values() if food.magnesium_mg_per_100g is None)
    only = Diet(meals=[{"at": "08:00", "foods": [{"food": unknown.ndb_no, "grams": 100}]}])
    (meal,) = meal_intakes(only, 0)
    assert meal.magnesium_mg is None
    assert meal.missing == (unknown.description,)
    assert day_total(only, 0).magnesium_mg is None
    both = Diet(
        meals=[
            {
                "at": "08:00",
                "foods": [{"food": unknown.ndb_no, "grams": 100}, {"food": SPINACH, "grams": 100}],
            }
        ]
    )
    assert day_total(both, 0).magnesium_mg == pytest.approx(79)
    assert day_total(both, 0).missing == (unknown.description,)


def test_a_daily_sum_is_spread_over_four_meals():
    diet = Diet(magnesium_mg_per_day=300)
    found = [(m.clock_hours, round(m.magnesium_mg, 9)) for m in meal_intakes(diet, 5)]
    assert found == [(8.0, 60.0), (12.5, 90.0), (16.0, 30.0), (19.0, 120.0)]
    assert day_total(diet, 5).magnesium_mg == pytest.approx(300)
    assert day_total(diet, 5).cv == meal_intakes(diet, 5)[0].cv


def test_water_is_added_and_order_is_by_the_clock():
    water = {"litres_per_day": 2, "magnesium_mg_per_l": 30}
    diet = Diet(
        meals=[{"at": "20:00", "magnesium_mg": 100}, {"at": "07:00", "magnesium_mg": 50}],
        water=water,
    )
    intakes = meal_intakes(diet, 0)
    assert [m.clock_hours for m in intakes] == [7, 8, 12.5, 16, 19, 20]
    assert day_total(diet, 0).magnesium_mg == pytest.approx(150 + 60)
    assert day_total(Diet(magnesium_mg_per_day=0), 0).cv > 0


def test_meals_on_their_days():
    diet = Diet(
        meals=[
            {"at": "08:00", "magnesium_mg": 50},
            {"at": "12:00", "magnesium_mg": 70, "days": "weekend"},
        ]
    )
    assert [day_total(diet, day).magnesium_mg for day in (0, 5)] == [50, 120]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "either meals or magnesium_mg_per_day"),
        ({"magnesium_mg_per_day": 3, "meals": [{"at": "8:00", "magnesium_mg": 1}]}, "either meals"),
        ({"magnesium_mg_per_day": -3}, "a number from 0 to 3000"),
        ({"meals": [{"at": "08:00", "magnesium_mg": 1, "days": "weekdays"}]}, "meals on sat, sun"),
        ({"meals": [{"at": "08:00"}]}, "meals[0]: got 'nothing'; allowed: either foods"),
        ({"meals": [{"at": "8 am", "magnesium_mg": 1}]}, "meals[0].at: got '8 am'"),
        (
            {"magnesium_mg_per_day": 3, "water": {"litres_per_day": 40, "magnesium_mg_per_l": 1}},
            "water.litres_per_day: got 40",
        ),
        (
            {"meals": [{"at": "08:00", "foods": [{"food": "unicorn steak", "grams": 5}]}]},
            "meals[0].foods[0].food: got 'unicorn steak'",
        ),
    ],
)
def test_wrong_diets_are_named(fields, words):
    assert words in refusal(Diet, **fields)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"food": SPINACH}, "either grams or a portion"),
        ({"food": SPINACH, "grams": 1, "portion": "cup"}, "either grams or a portion"),
        ({"food": SPINACH, "grams": 1, "amount": 2}, "amount: got 2.0; allowed: nothing beside"),
        ({"food": SPINACH, "portion": "jug"}, "portion: got 'jug'"),
        ({"food": SPINACH, "grams": -1}, "a number from 0 to 3000"),
        ({"food": "", "grams": 1}, "food"),
        ({"food": "00000", "grams": 1}, "food: got '00000'"),
    ],
)
def test_wrong_foods_are_named(fields, words):
    assert words in refusal(FoodItem, **fields)


def test_a_meal_is_foods_or_a_sum():
    line = refusal(Meal, at="08:00", magnesium_mg=3, foods=[{"food": SPINACH, "grams": 3}])
    assert "either foods or magnesium_mg" in line
