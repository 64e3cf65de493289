"""The table of foods: USDA SR24 as packaged, and what the user imported from FoodData Central.

`data/README.md` says where the packaged table comes from and how `cv` was set. A food whose
magnesium was never measured has `magnesium_mg_per_100g` None: missing is not zero. An imported
food replaces the packaged one with the same NDB number; the others stand beside it.
"""

import csv
import io
import json
import os
from functools import cache
from pathlib import Path
from typing import NamedTuple

from somnesium.errors import InvalidInput
from somnesium.sources import packaged_text

PACKAGED = "USDA SR24"
"""Name of the packaged table."""


class Food(NamedTuple):
    """One food. `magnesium_mg_per_100g` [mg] and `cv` are None where nothing is known.

    `ndb_no` is USDA's number: NDB, or FoodData Central's where there is none. `cv` is the
    between-sample coefficient of variation of the magnesium content; `note` says what is odd
    about the value, if anything. `category` is None where USDA's is not known. `table` names the
    table the food is from.
    """

    ndb_no: str
    description: str
    category: str | None
    magnesium_mg_per_100g: float | None
    cv: float | None
    note: str
    energy_kcal_per_100g: float | None
    table: str = PACKAGED


class Portion(NamedTuple):
    """A household portion: `amount` times `measure` weighs `grams` [g]."""

    amount: float
    measure: str
    grams: float


def imported_path() -> Path:
    """Where the imported table is kept: the user's data folder (`XDG_DATA_HOME` if it is set)."""
    base = os.environ.get("XDG_DATA_HOME")
    root = Path(base) if base else Path.home() / ".local" / "share"
    return root / "somnesium" / "foods.json"


@cache
def _packaged() -> dict[str, Food]:
    """The packaged foods by number, in the table's order."""
    return {
        row["ndb_no"]: Food(
            row["ndb_no"],
            row["description"],
            row["category"] or None,
            _number(row["magnesium_mg_per_100g"]),
            _number(row["between_sample_cv"]),
            row["note"],
            _number(row["energy_kcal_per_100g"]),
        )
        for row in csv.DictReader(io.StringIO(packaged_text("foods.csv.gz")))
    }


def _number(cell: str) -> float | None:
    """A number, or None of an empty cell."""
    return float(cell) if cell else None


@cache
def _imported() -> tuple[tuple[Food, tuple[Portion, ...]], ...]:
    """The imported foods with their portions; none if nothing was imported."""
    path = imported_path()
    if not path.is_file():
        return ()
    try:
        rows = [
            (Food(*food), tuple(Portion(*portion) for portion in weighed))
            for *food, weighed in json.loads(path.read_bytes())
        ]
    except (OSError, ValueError, TypeError) as error:
        fix = f"import it again, or remove it to use {PACKAGED} alone"
        raise InvalidInput.field("food table", str(path), "a table we imported", fix) from error
    return tuple(rows)


def imported_label() -> str:
    """Name of the imported table, such as "FoodData Central 2025-04-24"; empty if there is none."""
    rows = _imported()
    return rows[0][0].table if rows else ""


@cache
def foods() -> dict[str, Food]:
    """Every food by its number, the packaged ones first. Do not change it.

    An imported food without magnesium does not take the place of a packaged one, and one without
    an NDB number does not stand beside another of the same description.
    """
    found = dict(_packaged())
    named = {food.description.casefold() for food in found.values()}
    for food, _ in _imported():
        if food.ndb_no in found:
            known = food.magnesium_mg_per_100g is not None
            found[food.ndb_no] = food if known else found[food.ndb_no]
        elif has_ndb(food) or food.description.casefold() not in named:
            found[food.ndb_no] = food
        named.add(food.description.casefold())
    return found


def has_ndb(food: Food) -> bool:
    """Whether its number is an NDB number, not one of FoodData Central's alone."""
    return len(food.ndb_no) <= 5


@cache
def group_cvs() -> dict[str, float]:
    """Median between-sample coefficient of variation of each packaged food group."""
    from statistics import median

    listed: dict[str, list[float]] = {}
    for food in _packaged().values():
        if food.category is not None and food.cv is not None:
            listed.setdefault(food.category, []).append(food.cv)
    return {category: median(values) for category, values in listed.items()}


@cache
def _portion_table() -> dict[str, tuple[Portion, ...]]:
    """Portions by the number of the food."""
    listed: dict[str, list[Portion]] = {}
    for row in csv.DictReader(io.StringIO(packaged_text("portions.csv.gz"))):
        portion = Portion(float(row["amount"]), row["measure"], float(row["gram_weight_total"]))
        listed.setdefault(row["ndb_no"], []).append(portion)
    found = {number: tuple(weighed) for number, weighed in listed.items()}
    return found | {food.ndb_no: weighed for food, weighed in _imported() if weighed}


def portions(food: Food) -> tuple[Portion, ...]:
    """The household portions USDA weighed for `food`; some foods have none."""
    return _portion_table().get(food.ndb_no, ())
