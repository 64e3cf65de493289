"""What is eaten and drunk, and the magnesium in it [mg] with its uncertainty.

Magnesium that no table holds stays missing: it is listed, never counted as zero.
"""

import math
from collections.abc import Iterable
from typing import NamedTuple, Self

from pydantic import Field, model_validator

from somnesium.errors import InvalidInput
from somnesium.person.document import Document, Number, refuse, refuse_as
from somnesium.person.habits import WEEKDAYS, ClockTime, Days, occurs
from somnesium.quantity import clock_hours

DEFAULT_MEALS = ((8.0, 0.20), (12.5, 0.30), (16.0, 0.10), (19.0, 0.40))
"""Clock time [h] and share of the day's magnesium when only a daily sum is given
(judgement#meal-shares)."""

STATED_CV = 0.15
"""Uncertainty (coefficient of variation) of magnesium a person states, food by a recall or an
app, water by a label (judgement#stated-intake)."""


FOOD_CV = 0.25
"""Between-sample coefficient of variation of a food for which none is known (judgement#food-cv)."""


class FoodItem(Document):
    """One food of a meal: a name or NDB number, and `grams`, or `amount` of a household `portion`.

    The food and the portion must be in the table: an unknown one is refused with near ones.
    """

    food: str = Field(min_length=1, max_length=200, description="a food's name or NDB number")
    grams: Number | None = Field(default=None, ge=0, le=3000, description="grams eaten")
    portion: str | None = Field(
        default=None, min_length=1, max_length=200, description='a household measure, such as "cup"'
    )
    amount: Number = Field(default=1.0, ge=0, le=50, description="how many portions")

    @model_validator(mode="after")
    def _known(self) -> Self:
        """One statement of how much, of a food in the table."""
        if (self.grams is None) == (self.portion is None):
            given = (self.grams, self.portion)
            raise refuse("either grams or a portion", "give one of them", given=given)
        if self.grams is not None and self.amount != 1.0:
            fix = "remove it, or give a portion instead of grams"
            raise refuse("nothing beside grams", fix, "amount", self.amount)
        from somnesium.person.foods import find_food, portion_grams

        field = "food"
        try:
            food = find_food(self.food)
            if self.portion is not None:
                field = "portion"
                portion_grams(food, self.portion)
        except InvalidInput as error:
            raise refuse_as(error, field) from None
        return self


class Meal(Document):
    """A meal at a clock time: `foods`, or its magnesium stated directly [mg]."""

    at: ClockTime
    name: str = Field(default="", max_length=200)
    foods: tuple[FoodItem, ...] = Field(default=(), max_length=100)
    magnesium_mg: Number | None = Field(default=None, ge=0, le=2000, description="magnesium in mg")
    days: Days = WEEKDAYS

    @model_validator(mode="after")
    def _one_statement(self) -> Self:
        """Exactly one of foods and magnesium."""
        if bool(self.foods) == (self.magnesium_mg is not None):
            given = self.magnesium_mg if self.foods else "nothing"
            fix = "give one of them; split a meal that is both"
            raise refuse("either foods or magnesium_mg", fix, given=given)
        return self


class Water(Document):
    """Water drunk in a day, and the magnesium in it."""

    litres_per_day: Number = Field(ge=0, le=15, description="litres of water a day")
    magnesium_mg_per_l: Number = Field(ge=0, le=1000, description="magnesium in mg/L")


class Diet(Document):
    """What is eaten in a week: `meals`, or only the day's magnesium [mg]; and `water`.

    With a daily sum alone, four meals are assumed: 08:00 20 %, 12:30 30 %, 16:00 10 %,
    19:00 40 %.
    """

    meals: tuple[Meal, ...] = Field(default=(), max_length=100)
    magnesium_mg_per_day: Number | None = Field(
        default=None, ge=0, le=3000, description="magnesium in food, mg a day"
    )
    water: Water | None = None

    @model_validator(mode="after")
    def _every_day(self) -> Self:
        """One statement, and something to eat on each weekday."""
        if bool(self.meals) == (self.magnesium_mg_per_day is not None):
            given = self.magnesium_mg_per_day if self.meals else "nothing"
            allowed = "either meals or magnesium_mg_per_day"
            raise refuse(allowed, "give one of them", "magnesium_mg_per_day", given)
        days = {day for meal in self.meals for day in meal.days}
        lacking = [day for day in WEEKDAYS if day not in days]
        if self.meals and lacking:
            fix = f"add meals on {', '.join(lacking)}"
            raise refuse("at least one meal on each weekday", fix, "meals", ", ".join(sorted(days)))
        return self


class MealIntake(NamedTuple):
    """Magnesium of one meal or drink.

    `clock_hours` is local; `magnesium_mg` the sum of what is known, None if nothing is; `cv` its
    coefficient of variation; `missing` the foods whose magnesium no table holds.
    """

    clock_hours: float
    magnesium_mg: float | None
    cv: float
    missing: tuple[str, ...] = ()
    name: str = ""


def meal_intakes(diet: Diet, weekday: int) -> list[MealIntake]:
    """The meals and water of a weekday (0 Monday), in order of clock time.

    Errors of the foods of a meal are taken as independent. Water is a quarter at each of the
    four default meal times.
    """
    stated = diet.magnesium_mg_per_day
    if stated is not None:
        found = [MealIntake(at, share * stated, STATED_CV) for at, share in DEFAULT_MEALS]
    else:
        found = [_meal_intake(meal) for meal in diet.meals if occurs(meal.days, weekday)]
    if diet.water is not None:
        quarter = diet.water.litres_per_day * diet.water.magnesium_mg_per_l / 4.0
        found += [MealIntake(at, quarter, STATED_CV, (), "water") for at, _ in DEFAULT_MEALS]
    return sorted(found, key=lambda meal: (meal.clock_hours, meal.name, meal.magnesium_mg or 0.0))


def _meal_intake(meal: Meal) -> MealIntake:
    """Magnesium of one meal."""
    at = clock_hours(meal.at)
    if meal.magnesium_mg is not None:
        return MealIntake(at, meal.magnesium_mg, STATED_CV, (), meal.name)
    from somnesium.person.foods import find_food, portion_grams

    known: list[tuple[float, float]] = []
    missing: list[str] = []
    for item in meal.foods:
        food = find_food(item.food)
        grams = item.grams
        if grams is None:
            grams = portion_grams(food, item.portion or "") * item.amount
        if food.magnesium_mg_per_100g is None:
            missing.append(food.description)
        else:
            cv = FOOD_CV if food.cv is None else food.cv
            known.append((grams * food.magnesium_mg_per_100g / 100.0, cv))
    amount = sum(mg for mg, _ in known) if known else None
    return MealIntake(at, amount, _pooled_cv(known), tuple(missing), meal.name)


def _pooled_cv(parts: Iterable[tuple[float, float]]) -> float:
    """Coefficient of variation of a sum of independent (mg, cv); 0 for a sum of 0."""
    parts = list(parts)
    total = sum(mg for mg, _ in parts)
    return math.sqrt(sum((mg * cv) ** 2 for mg, cv in parts)) / total if total > 0.0 else 0.0


def day_total(diet: Diet, weekday: int) -> MealIntake:
    """All magnesium of food and water on a weekday (0 Monday); `clock_hours` is 0.

    A daily sum that is stated keeps its one error: it does not shrink by being spread over meals.
    """
    meals = meal_intakes(diet, weekday)
    known = [(meal.magnesium_mg, meal.cv) for meal in meals if meal.magnesium_mg is not None]
    missing = tuple(name for meal in meals for name in meal.missing)
    amount = sum(mg for mg, _ in known) if known else None
    if diet.magnesium_mg_per_day is not None:
        return MealIntake(0.0, amount, STATED_CV, missing, "day")
    return MealIntake(0.0, amount, _pooled_cv(known), missing, "day")
