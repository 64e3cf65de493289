"""A newer food table of the user's: a FoodData Central CSV zip, read as a stream, all or nothing.

Foundation, SR Legacy and survey (FNDDS) foods are kept, branded foods and laboratory samples
left out: few labels state magnesium. Magnesium is found by its name and number in `nutrient.csv`;
some releases write that number (304), not the id (1090), in `food_nutrient.csv`, and both are read.
"""

import contextlib
import csv
import io
import json
import math
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.person.foods import counted
from somnesium.person.foodtable import Food, Portion, group_cvs, imported_path

_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)
_KEPT = ("foundation_food", "sr_legacy_food", "survey_fndds_food")
_NUMBERS = {"magnesium": ("304",), "energy": ("208", "958", "957")}
_UNITS = {"magnesium": "MG", "energy": "KCAL"}
_MOST_MAGNESIUM = 60_400.0  # mg/100 g of pure oxide (definition#elemental-fraction-of-oxide)
_ANALYSED_CV = 0.10  # judgement#food-cv, for a group we know nothing of
_CALCULATED_CV = 0.25  # judgement#food-cv, for survey foods, which are recipes


class FoodImport(NamedTuple):
    """What an import brought: its name, how many foods, with magnesium, and where it is kept."""

    label: str
    foods: int
    with_magnesium: int
    with_portions: int
    path: Path


def import_foods(source: Path) -> FoodImport:
    """Read a FoodData Central CSV zip into the user's data folder, in place of an earlier import.

    Nothing is written unless every table was read to its end: `InvalidInput` for a file that is
    no such zip, is cut off, lacks a table or column, or holds a value that cannot be. A running
    process keeps the table it has.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            rows = _rows(archive)
    except _UNREADABLE as error:
        fix = f"{error}; download it again from FoodData Central"
        raise _wrong(source.name, "a readable CSV zip of FoodData Central", fix) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise _wrong(source.name, "tables in CSV, UTF-8", str(error)) from error
    if not any(food.magnesium_mg_per_100g is not None for food, _ in rows):
        raise _wrong(source.name, "foods with magnesium", "it holds none: choose the full download")
    path = _write(rows)
    known = sum(food.magnesium_mg_per_100g is not None for food, _ in rows)
    weighed = sum(bool(portions) for _, portions in rows)
    return FoodImport(rows[0][0].table, len(rows), known, weighed, path)


def _wrong(given: object, allowed: str, fix: str = "") -> InvalidInput:
    return InvalidInput.field("food table", given, allowed, fix)


# --- reading ---------------------------------------------------------------------------------


def _member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo | None:
    """The one file called `name`, in whatever folder of the zip."""
    found = [info for info in archive.infolist() if info.filename.rsplit("/", 1)[-1] == name]
    if len(found) > 1:
        raise _wrong(name, "one table of each name in the zip", "unpack the release you want")
    return found[0] if found else None


def _table(
    archive: zipfile.ZipFile, name: str, columns: tuple[str, ...], optional: bool = False
) -> Iterator[list[str]]:
    """The named columns of a table, row by row, without holding the table."""
    info = _member(archive, name)
    if info is None:
        if optional:
            return
        fix = "choose a CSV download of FoodData Central, not JSON"
        raise _wrong(name, "a zip that holds this table", fix)
    with archive.open(info) as raw, io.TextIOWrapper(raw, "utf-8-sig", newline="") as text:
        reader = csv.reader(text)
        head = [cell.strip().lower() for cell in next(reader, [""])]
        lacking = [column for column in columns if column not in head]
        if lacking:
            raise _wrong(name, f"a column {lacking[0]}", "this release is laid out differently")
        at = [head.index(column) for column in columns]
        for number, row in enumerate(reader, 2):
            if row:
                if len(row) < len(head):
                    raise _wrong(f"{name} row {number}", "a whole row", "the file is cut off")
                yield [row[place] for place in at]


def _number(text: str, where: str, most: float) -> float:
    """A number of a table, or `InvalidInput`."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.0 <= value <= most:
        raise _wrong(
            f"{where} {text!r}", f"a number from 0 to {say.typed(most)}", "nothing was imported"
        )
    return value


def _nutrients(archive: zipfile.ZipFile) -> dict[str, tuple[str, int]]:
    """Identifier in `food_nutrient.csv` to (what, rank), ids and USDA numbers; lower rank wins."""
    rows = list(_table(archive, "nutrient.csv", ("id", "unit_name", "nutrient_nbr")))
    ids = {identifier for identifier, _, _ in rows}
    found: dict[str, tuple[str, int]] = {}
    for what, numbers in _NUMBERS.items():
        for rank, wanted in enumerate(numbers):
            for identifier, unit, number in rows:
                if number.strip().removesuffix(".0") != wanted:
                    continue
                if unit.strip().upper() != _UNITS[what]:
                    raise _wrong(f"{what} in {unit}", f"{what} in {_UNITS[what]}")
                found[identifier] = (what, rank)
                if wanted not in ids:
                    found[wanted] = (what, rank)
    if "magnesium" not in {what for what, _ in found.values()}:
        raise _wrong("nutrient.csv", "magnesium, number 304, among the nutrients")
    return found


class _Draft(NamedTuple):
    """A food while it is read."""

    kind: str
    description: str
    category: str


def _drafts(archive: zipfile.ZipFile) -> tuple[dict[str, _Draft], str]:
    """The kept foods by FoodData Central number, and the latest date of publication."""
    columns = ("fdc_id", "data_type", "description", "food_category_id", "publication_date")
    kept: dict[str, _Draft] = {}
    latest = ""
    for number, kind, description, category, published in _table(archive, "food.csv", columns):
        if kind in _KEPT and description.strip():
            kept[number] = _Draft(kind, " ".join(description.split()), category)
            latest = max(latest, _date(published))
    if not kept:
        allowed = "a release with Foundation, SR Legacy or survey foods"
        raise _wrong("food.csv", allowed, "a download of branded foods alone is of no use here")
    return kept, latest


def _date(text: str) -> str:
    """A date of publication as year-month-day; FoodData Central has also written month/day/year."""
    parts = text.strip().split("/")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        return f"{parts[2]}-{int(parts[0]):02d}-{int(parts[1]):02d}"
    return text.strip()[:10]


def _amounts(archive: zipfile.ZipFile, kept: dict[str, _Draft]) -> dict[str, dict[str, float]]:
    """Amount per 100 g of each nutrient wanted, by food."""
    wanted = _nutrients(archive)
    most = {"magnesium": _MOST_MAGNESIUM, "energy": 1000.0}
    ranks: dict[tuple[str, str], int] = {}
    found: dict[str, dict[str, float]] = {}
    columns = ("fdc_id", "nutrient_id", "amount")
    for number, nutrient, amount in _table(archive, "food_nutrient.csv", columns):
        if nutrient not in wanted or number not in kept or not amount.strip():
            continue
        what, rank = wanted[nutrient]
        if ranks.get((number, what), rank) >= rank:
            ranks[number, what] = rank
            where = f"{what} of {kept[number].description[:40]}"
            found.setdefault(number, {})[what] = _number(amount, where, most[what])
    return found


def _categories(archive: zipfile.ZipFile) -> tuple[dict[str, str], dict[str, str]]:
    """Names of the food groups: USDA's by id, and of the survey foods by number."""
    columns = ("id", "description")
    groups = dict(_table(archive, "food_category.csv", columns, optional=True))
    name = "wweia_food_category.csv"
    info = _member(archive, name)
    if info is None:
        return groups, {}
    with archive.open(info) as raw:
        head = raw.readline().decode("utf-8-sig").lower().replace('"', "").strip().split(",")
    # The first two columns are the number and the name, under names that change by release.
    return groups, dict(_table(archive, name, (head[0], head[1])))


def _measure_name(unit: str, modifier: str, described: str) -> tuple[float, str]:
    """How many, and of what, from the three ways in which a portion is described."""
    if described and described.lower() not in ("undetermined", "quantity not specified"):
        return counted(described)
    named = "" if unit == "undetermined" else unit
    return 1.0, ", ".join(part for part in (named, modifier) if part)


def _portions(archive: zipfile.ZipFile, kept: dict[str, _Draft]) -> dict[str, tuple[Portion, ...]]:
    """Household portions by food."""
    units = dict(_table(archive, "measure_unit.csv", ("id", "name"), optional=True))
    columns = (
        "fdc_id",
        "amount",
        "measure_unit_id",
        "portion_description",
        "modifier",
        "gram_weight",
    )
    found: dict[str, list[Portion]] = {}
    for number, amount, unit, described, modifier, grams in _table(
        archive, "food_portion.csv", columns, optional=True
    ):
        if number not in kept or not grams.strip():
            continue
        of_kind = "" if modifier.isdigit() else modifier.strip()
        count, measure = _measure_name(units.get(unit, "").strip(), of_kind, described.strip())
        where = f"portion of {kept[number].description[:40]}"
        many = count * (_number(amount, where, 10_000.0) if amount.strip() else 1.0)
        weight = _number(grams, where, 100_000.0)
        if measure.strip() and weight > 0.0 and many > 0.0:
            found.setdefault(number, []).append(Portion(many, measure.strip(), weight))
    return {number: tuple(listed) for number, listed in found.items()}


def _rows(archive: zipfile.ZipFile) -> list[tuple[Food, tuple[Portion, ...]]]:
    """Every kept food with its portions, by number; Foundation foods before SR Legacy."""
    kept, latest = _drafts(archive)
    label = f"FoodData Central {latest}".strip()
    ndb: dict[str, str] = {}
    for name in ("foundation_food.csv", "sr_legacy_food.csv"):
        ndb |= {
            number: given.strip().zfill(5)
            for number, given in _table(archive, name, ("fdc_id", "ndb_number"), optional=True)
            if given.strip().isdigit()
        }
    amounts, (groups, surveyed) = _amounts(archive, kept), _categories(archive)
    weighed = _portions(archive, kept)
    found: dict[str, tuple[Food, tuple[Portion, ...]]] = {}
    for number, draft in sorted(kept.items(), key=lambda item: (_KEPT.index(item[1].kind), item)):
        held = amounts.get(number, {})
        names = surveyed if draft.kind == "survey_fndds_food" else groups
        category = names.get(draft.category) or None
        key = ndb.get(number, number)
        food = Food(
            key,
            draft.description,
            category,
            held.get("magnesium"),
            _cv(draft.kind, category) if "magnesium" in held else None,
            "",
            held.get("energy"),
            label,
        )
        before = found.get(key)
        if before is None or before[0].magnesium_mg_per_100g is None:
            found[key] = (food, weighed.get(number, ()))
    return list(found.values())


def _cv(kind: str, category: str | None) -> float:
    """Between-sample coefficient of variation of a food: its group's, a recipe's, or ours."""
    if kind == "survey_fndds_food":
        return _CALCULATED_CV
    return group_cvs().get(category or "", _ANALYSED_CV)


# --- writing ---------------------------------------------------------------------------------


def _write(rows: list[tuple[Food, tuple[Portion, ...]]]) -> Path:
    """Write the table whole, then put it in the place of the earlier one."""
    path = imported_path()
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        table = [(*food, portions) for food, portions in rows]
        part.write_text(json.dumps(table, ensure_ascii=False), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        fix = f"{error.strerror}; set XDG_DATA_HOME to another folder"
        raise _wrong(str(path.parent), "a folder you can write to", fix) from None
    return path
