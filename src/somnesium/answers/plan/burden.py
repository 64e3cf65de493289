"""What following a plan asks: pills, times a day, stomach, money, fixed hours; in points."""

import math
from typing import NamedTuple

from somnesium.person.document import Document, Number
from somnesium.sources import packaged_toml


class Tablet(NamedTuple):
    """A usual pill of a form: elemental magnesium [mg], and lowest and highest price [dollars]."""

    pill_mg: float
    price: tuple[float, float]


class Burden(Document):
    """Burden [points] with its range, and what it is made of.

    `dollars_a_month` and `stomach_probability` are ranges; a change of habit has no pills and
    costs nothing.
    """

    points: Number
    interval90: tuple[Number, Number]
    unit: str = "points"
    pills_a_day: int
    times_a_day: int
    dollars_a_month: tuple[Number, Number]
    stomach_probability: tuple[Number, Number, Number]
    sources: tuple[str, ...]


def tablet(form: str) -> Tablet:
    """The usual pill of a form in the search; raises `KeyError` for a form not in it."""
    rows = {row["key"]: row for row in packaged_toml("plan.toml")["forms"]}
    low, high = rows[form]["price"]
    return Tablet(rows[form]["pill_mg"], (low, high))


def burden_of(
    form: str,
    parts_mg: tuple[float, ...],
    stomach: tuple[float, float, float],
    with_meals: bool,
    beside: str | None,
) -> Burden:
    """Burden of `parts_mg` [mg elemental] of a form a day, one part at each time.

    `stomach` is the probability (mean, low, high) of loose stools; `beside` a co-ingredient. A
    time that is not a meal must be remembered, which counts as well.
    """
    weights, pill = packaged_toml("plan.toml")["burden"], tablet(form)
    pills = sum(math.ceil(mg / pill.pill_mg - 1e-9) for mg in parts_mg)
    month = [30.0 * pills * price for price in pill.price]
    if beside is not None:
        rows = {row["substance"]: row for row in packaged_toml("plan.toml")["beside"]}
        month = [m + 30.0 * p for m, p in zip(month, rows[beside]["price"], strict=True)]
    base = weights["any"] + weights["pill_a_day"] * (pills + (beside is not None))
    base += weights["time_a_day"] * len(parts_mg) + weights["fixed_time"] * (not with_meals)
    base += weights["co_ingredient"] * (beside is not None)
    mean, low, high = (
        base + weights["stomach_probability"] * p + weights["dollar_a_month"] * m
        for p, m in zip(stomach, (sum(month) / 2.0, *month), strict=True)
    )
    return Burden(
        points=mean,
        interval90=(low, high),
        pills_a_day=pills + (beside is not None),
        times_a_day=len(parts_mg),
        dollars_a_month=(month[0], month[1]),
        stomach_probability=stomach,
        sources=(weights["source"], "judgement#retail-price", "judgement#evidence2.3"),
    )


def effort_of(key: str) -> Burden:
    """Burden of a change of habit."""
    row = packaged_toml("plan.toml")["habits"][key]
    low, high = row["effort"]
    return Burden(
        points=(low + high) / 2.0,
        interval90=(low, high),
        pills_a_day=0,
        times_a_day=0,
        dollars_a_month=(0.0, 0.0),
        stomach_probability=(0.0, 0.0, 0.0),
        sources=tuple(row["sources"]),
    )
