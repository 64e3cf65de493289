"""Magnesium a day by source, each amount with its interval and where it comes from.

What no table holds is imputed from the food group and flagged; it is never counted as zero. The
error of one food is the same wherever it is eaten; errors of different foods are independent.
"""

import math
import statistics
from functools import cache
from typing import Literal, NamedTuple

from somnesium.answers.shares import Z90
from somnesium.person.diet import FOOD_CV, STATED_CV, FoodItem
from somnesium.person.document import Document, Number
from somnesium.person.foods import Food, find_food, foods, portion_grams
from somnesium.person.habits import occurs
from somnesium.person.record import IntakeQuestion
from somnesium.person.regimen import Dose, Intake
from somnesium.person.supplements import find_form
from somnesium.person.taken import MAGNESIUM, Taken

LABEL_CV = 0.05
"""Coefficient of variation of what a serving holds about its label (judgement#label-tolerance)."""

Origin = Literal["table", "odd", "imputed", "stated", "label"]
"""Where an amount comes from: a food table, an odd value in it, the food group, the person."""

_TRUST = {"table": 1.0, "label": 1.0, "odd": 0.5, "stated": 0.5, "imputed": 0.0}
# judgement#data-confidence


class Amount(Document):
    """Elemental magnesium a day [mg] from one source, with its 90 % interval."""

    name: str
    kind: Literal["food", "water", "supplement"]
    mg: Number
    interval90: tuple[Number, Number]
    origin: Origin
    note: str = ""


class Amounts(NamedTuple):
    """All sources. `..._mg` are means a day and `..._sd_mg` standard errors of them, mg.

    `data_confidence` is the share of the food and water magnesium that rests on a measured value,
    0 to 1, what is stated or odd counting half; None where there is nothing to share out.
    `beside` is what else the products hold, mg a day.
    """

    sources: tuple[Amount, ...]
    food_mg: float
    food_sd_mg: float
    water_mg: float
    water_sd_mg: float
    supplement_mg: float
    supplement_sd_mg: float
    data_confidence: float | None
    beside: dict[str, float]

    @property
    def total_mg(self) -> float:
        """Magnesium from all sources, mg a day."""
        return self.food_mg + self.water_mg + self.supplement_mg

    @property
    def rest_sd_mg(self) -> float:
        """Standard error of water and supplements together, mg a day."""
        return math.hypot(self.water_sd_mg, self.supplement_sd_mg)

    @property
    def total_interval90(self) -> tuple[float, float]:
        """90 % interval of the sum, from the errors of its parts."""
        return _interval(self.total_mg, math.hypot(self.food_sd_mg, self.rest_sd_mg))


def _interval(mean: float, sd: float) -> tuple[float, float]:
    return max(0.0, mean - Z90 * sd), mean + Z90 * sd


# --- food ------------------------------------------------------------------------------------


@cache
def group_content(category: str | None) -> tuple[float, float]:
    """Mean and standard deviation of magnesium in a food group [mg/100 g]; None: in all foods."""
    known = [
        food.magnesium_mg_per_100g
        for food in foods().values()
        if food.magnesium_mg_per_100g is not None and category in (None, food.category)
    ]
    return (
        (statistics.mean(known), statistics.pstdev(known))
        if len(known) > 1
        else group_content(None)
    )


class _Content(NamedTuple):
    """Magnesium in 100 g [mg], its coefficient of variation, and where it comes from."""

    mg: float
    cv: float
    origin: Origin
    note: str


def _content(food: Food) -> _Content:
    """What is known of a food, or of its group."""
    if food.magnesium_mg_per_100g is None:
        mean, sd = group_content(food.category)
        group = food.category or "all foods"
        note = f"never measured; the mean of its group ({group}) stands in"
        return _Content(mean, sd / mean if mean > 0.0 else 0.0, "imputed", note)
    origin: Origin = "odd" if food.note else "table"
    cv = FOOD_CV if food.cv is None else food.cv
    return _Content(food.magnesium_mg_per_100g, cv, origin, food.note)


def _grams(item: FoodItem, food: Food) -> float:
    if item.grams is not None:
        return item.grams
    return portion_grams(food, item.portion or "") * item.amount


def _eaten(question: IntakeQuestion) -> list[tuple[FoodItem, float]]:
    """Every food eaten, and how many times a day on the mean."""
    if question.record:
        share = 1.0 / len(question.record)
        return [(item, share) for day in question.record for item in day.foods]
    if question.often:
        return [(item, item.times_per_day) for item in question.often]
    meals = question.diet.meals if question.diet is not None else ()
    return [(item, len(meal.days) / 7.0) for meal in meals for item in meal.foods]


def _stated_mg(question: IntakeQuestion) -> float:
    """Food magnesium stated in mg, a day on the mean."""
    if question.record:
        return sum(day.magnesium_mg or 0.0 for day in question.record) / len(question.record)
    if question.diet is None:
        return 0.0
    if question.diet.magnesium_mg_per_day is not None:
        return question.diet.magnesium_mg_per_day
    return sum(
        (meal.magnesium_mg or 0.0) * sum(occurs(meal.days, day) for day in range(7)) / 7.0
        for meal in question.diet.meals
    )


def _food_amounts(question: IntakeQuestion) -> list[tuple[Amount, float]]:
    """One amount for each food, largest first, with its standard error [mg]."""
    grams: dict[str, float] = {}
    for item, times in _eaten(question):
        food = find_food(item.food)
        grams[food.ndb_no] = grams.get(food.ndb_no, 0.0) + times * _grams(item, food)
    amounts = []
    for number, weight in grams.items():
        food = foods()[number]
        mg, cv, origin, note = _content(food)
        amounts.append(_amount(food.description, "food", weight * mg / 100.0, cv, origin, note))
    stated = _stated_mg(question)
    if stated > 0.0:
        amounts.append(_amount("food, as stated in mg", "food", stated, STATED_CV, "stated"))
    return sorted(amounts, key=lambda pair: (-pair[0].mg, pair[0].name))


def _amount(
    name: str,
    kind: Literal["food", "water", "supplement"],
    mg: float,
    cv: float,
    origin: Origin,
    note: str = "",
) -> tuple[Amount, float]:
    """An amount with its interval, and its standard error [mg]."""
    sd = cv * mg
    interval = _interval(mg, sd)
    amount = Amount(name=name, kind=kind, mg=mg, interval90=interval, origin=origin, note=note)
    return amount, sd


def record_days(question: IntakeQuestion) -> tuple[float, ...]:
    """Magnesium in food on each recorded day [mg]; empty if none was recorded."""
    totals = []
    for day in question.record:
        total = day.magnesium_mg or 0.0
        for item in day.foods:
            food = find_food(item.food)
            total += _grams(item, food) * _content(food).mg / 100.0
        totals.append(total)
    return tuple(totals)


# --- water and supplements -------------------------------------------------------------------


def _water_amount(question: IntakeQuestion) -> list[tuple[Amount, float]]:
    water = question.drunk
    if water is None:
        return []
    mg = water.litres_per_day * water.magnesium_mg_per_l
    return [_amount("water", "water", mg, STATED_CV, "label")]


def _hydrates(intake: Intake) -> tuple[float, float]:
    """Lowest and highest magnesium of a line against what we read, by the salt's hydrates.

    A compound mass leaves open how much water the salt holds; an elemental one leaves nothing.
    """
    if intake.product is not None:
        parts = [
            (part.form, part.mass_is, part.amount_mg)
            for part in intake.product.ingredients
            if part.substance == "magnesium"
        ]
    else:
        parts = [(intake.form, intake.mass_is, intake.magnesium_mg or 0.0)]
    low = high = read = 0.0
    for form, mass_is, amount in parts:
        salt = find_form(form or "")
        compound = mass_is == "compound"
        least, most = salt.elemental_range if compound else (1.0, 1.0)
        read += amount * (salt.elemental_fraction if compound else 1.0)
        low, high = low + amount * least, high + amount * most
    return (low / read, high / read) if read > 0.0 else (1.0, 1.0)


def _supplement_amounts(
    question: IntakeQuestion, magnesium: tuple[Dose, ...]
) -> list[tuple[Amount, float]]:
    """One amount for each line of the regimen that holds magnesium."""
    supplements = []
    for line, intake in enumerate(question.regimen.intakes):
        mg = sum(dose.amount_mg for dose in magnesium if dose.line == line) / question.days
        if mg <= 0.0:
            continue
        least, most = _hydrates(intake)
        low, high = mg * least * (1.0 - Z90 * LABEL_CV), mg * most * (1.0 + Z90 * LABEL_CV)
        name = intake.product.name if intake.product is not None else f"magnesium {intake.form}"
        note = "" if least == most else "the range covers the hydrates the label may mean"
        amount = Amount(
            name=name, kind="supplement", mg=mg, interval90=(low, high), origin="label", note=note
        )
        supplements.append((amount, (high - low) / (2.0 * Z90)))
    return supplements


def _beside(question: IntakeQuestion, taken: Taken) -> dict[str, float]:
    """What else the products hold, mg a day by substance."""
    by_substance: dict[str, float] = {}
    for dose in taken.within(question.days):
        if dose.substance != "magnesium":
            mg = dose.amount_mg / question.days
            by_substance[dose.substance] = by_substance.get(dose.substance, 0.0) + mg
    return by_substance


def eaten_mg(question: IntakeQuestion) -> float:
    """Magnesium in the food and water of a question, mg a day."""
    return sum(amount.mg for amount, _ in _food_amounts(question) + _water_amount(question))


def amounts(question: IntakeQuestion, taken: Taken) -> Amounts:
    """Every source of magnesium of a question and of what is taken, as means of a day."""
    eaten, drunk = _food_amounts(question), _water_amount(question)
    supplements = _supplement_amounts(question, taken.within(question.days, MAGNESIUM))
    shares = [(_TRUST[amount.origin], amount.mg) for amount, _ in eaten + drunk]
    total = sum(mg for _, mg in shares)
    return Amounts(
        sources=tuple(amount for amount, _ in eaten + drunk + supplements),
        food_mg=sum(amount.mg for amount, _ in eaten),
        food_sd_mg=math.hypot(*(sd for _, sd in eaten)),
        water_mg=sum(amount.mg for amount, _ in drunk),
        water_sd_mg=math.hypot(*(sd for _, sd in drunk)),
        supplement_mg=sum(amount.mg for amount, _ in supplements),
        supplement_sd_mg=math.hypot(*(sd for _, sd in supplements)),
        data_confidence=sum(trust * mg for trust, mg in shares) / total if total > 0.0 else None,
        beside=_beside(question, taken),
    )
