"""Reading the evidence table, ours and the user's: cells checked, units turned into ours."""

import csv
import io
import math
import re
import tomllib
from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from somnesium.answers.evidence.measures import INSTRUMENTS, MEASURES
from somnesium.answers.evidence.table import TABLES, Evidence, Row
from somnesium.errors import InvalidInput
from somnesium.person.document import near_miss
from somnesium.person.supplements import forms
from somnesium.sources import packaged_text

_MOST_ROWS = 5_000  # judgement#size: the lints compare rows with one another, within seconds

CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "trials.design": ("parallel", "crossover", "single_arm", "synthesis"),
        "trials.blinding": ("double", "single", "open"),
        "trials.sponsor_kind": ("industry", "public", "none", "unknown"),
        "trials.role": ("calibrate", "held_out", "describe", "distrust"),
        "arms.kind": (
            "magnesium",
            "placebo",
            "no_treatment",
            "comparator",
            "combination",
            "pooled",
        ),
        "seen": ("paper", "abstract", "secondary", "memory"),
        "instrument": INSTRUMENTS,
        "contrasts.measure": ("md", "smd", "ratio"),
        "contrasts.kind": ("post", "change", "ancova", "crossover"),
        "rob": ("low", "some", "high", "unclear"),
    }
)
"""The words a column may hold."""

_MOST = 1e9  # definition#a-billion: larger than any figure of a trial
_REQUIRED = frozenset(
    {
        "trial",
        "arm",
        "versus",
        "endpoint",
        "unit",
        "arms.kind",
        "trials.design",
        "trials.role",
        "contrasts.measure",
        "contrasts.kind",
        "seen",
    }
)
_COUNTS = frozenset({"n_randomised", "n_analysed", "n", "n_arm", "n_versus"})
_SCALED = (
    "baseline_mean",
    "baseline_sd",
    "post_mean",
    "post_sd",
    "change_mean",
    "change_sd",
    "change_low",
    "change_high",
    "estimate",
    "se",
    "low",
    "high",
)
_SPREADS = frozenset({"baseline_sd", "post_sd", "change_sd", "se", "age_sd"})
_ADDED = {"role": "describe", "role_reason": "added by the user"}
_OURS = frozenset({"where", "printed"})
_SLUG = re.compile(r"[a-z0-9][a-z0-9_]*\Z")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z")


class _Place(NamedTuple):
    """Where a cell stands: the table, the row as a person counts it, the column."""

    where: str
    table: str
    column: str

    def __str__(self) -> str:
        return f"{self.where}, {self.column}"


def _number(place: _Place, text: str) -> float:
    """A number of a cell; `<0.001` is allowed for p and read as its bound."""
    plain = text.lstrip("<≤ ") if place.column == "p" else text
    plain = plain.replace("−", "-")
    if not _NUMBER.match(plain) or not math.isfinite(float(plain)):
        raise InvalidInput.field(str(place), text, "a number, or nothing where it is missing")
    return float(plain)


def _limits(place: _Place) -> tuple[float, float, str]:
    """What a number may be, whatever the endpoint."""
    column = place.column
    if column == "p":
        return 0.0, 1.0, "a probability from 0 to 1"
    if column in _COUNTS:
        return 1.0, 1e7, "a whole number from 1 on"
    if column == "female_share":
        return 0.0, 1.0, "a share from 0 to 1"
    if column in ("age_mean", "age_low", "age_high"):
        return 0.0, 120.0, "years from 0 to 120"
    if column in ("weeks", "washout_weeks"):
        return 0.0, 1000.0, "weeks from 0 to 1000"
    if column == "elemental_mg":
        return 0.0, 20000.0, "mg of elemental magnesium a day"
    if column in _SPREADS or column == "doses_per_day":
        return 0.0, _MOST, "a number from 0 on, below a billion"
    return -_MOST, _MOST, "a number below a billion in size"


def _checked_number(place: _Place, text: str) -> float | int:
    """A number within what its column allows."""
    value = _number(place, text)
    low, high, allowed = _limits(place)
    if not low <= value <= high or (place.column in _COUNTS and value != round(value)):
        raise InvalidInput.field(str(place), text, allowed, "correct the row or leave it empty")
    return int(value) if place.column in _COUNTS else value


def _word(place: _Place, text: str) -> str:
    """A word of a column, checked against what it may be."""
    column = place.column
    names = CHOICES.get(f"{place.table}.{column}") or CHOICES.get(column)
    if column.startswith("rob_"):
        names = CHOICES["rob"]
    elif column == "endpoint":
        names = tuple(MEASURES)
    elif column == "form":
        names = tuple(forms())
    if not text:
        if column in _REQUIRED or f"{place.table}.{column}" in _REQUIRED:
            raise InvalidInput.field(str(place), "nothing", ", ".join(names or ("a name",)))
        return ""
    if names is not None and text not in names:
        raise InvalidInput.field(str(place), text, ", ".join(names), near_miss(text, names))
    if column in ("trial", "arm", "versus") and not _SLUG.match(text):
        raise InvalidInput.field(str(place), text, "small letters, digits and underscores")
    return text


def _factor(place: _Place, endpoint: str, unit: str) -> float:
    """What turns a unit into that of the endpoint."""
    measure = MEASURES[endpoint]
    if unit == measure.unit:
        return 1.0
    if unit not in measure.units:
        allowed = ", ".join((measure.unit, *measure.units))
        raise InvalidInput.field(str(place), unit, f"{allowed} (for {endpoint})")
    return measure.units[unit]


def row_of(table: str, cells: Mapping[str, str], where: str) -> Row:
    """One row of `table` from its cells as text; `where` names it in messages.

    Raises `InvalidInput` naming the row and the column. Means and spreads come out in the unit
    of the endpoint; `printed` keeps what stood there.
    """
    record = TABLES[table]
    names = [name for name in record._fields if name not in _OURS]
    for name in cells:
        if name not in names:
            raise InvalidInput.field(f"{where}, column", name, ", ".join(names))
    values: dict[str, Any] = {}
    for name in names:
        text = cells.get(name, "").strip()
        place = _Place(where, table, name)
        if "float" in str(record.__annotations__[name]) or name in _COUNTS:
            values[name] = _checked_number(place, text) if text else None
        else:
            values[name] = _word(place, text)
    if "endpoint" in values and values.get("measure", "md") == "md":
        factor = _factor(_Place(where, table, "unit"), values["endpoint"], values["unit"])
        for name in _SCALED:
            if values.get(name) is not None:
                values[name] *= factor
        values["unit"] = MEASURES[values["endpoint"]].unit
    printed = {name: cells[name].strip() for name in names if cells.get(name, "").strip()}
    return record(**values, where=where, printed=MappingProxyType(printed))


def _csv_rows(text: str, name: str) -> list[tuple[str, dict[str, str]]]:
    """Rows of a CSV as (where, cells); the header is row 1."""
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff")))
    try:
        lines = [line for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        raise InvalidInput.field(name, str(error), "a comma-separated table") from None
    if len(lines) < 2:
        raise InvalidInput.field(name, "no rows", "a header and one row an endpoint or contrast")
    if len(lines) > _MOST_ROWS:
        raise InvalidInput.field(name, len(lines), f"at most {_MOST_ROWS} rows")
    header = [cell.strip() for cell in lines[0]]
    if len(set(header)) < len(header):
        raise InvalidInput.field(f"{name}, header", header, "every column once")
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        where = f"{name} row {number}"
        if len(line) > len(header):
            fix = "put text with commas in quotation marks"
            raise InvalidInput.field(where, len(line), f"{len(header)} cells", fix)
        rows.append((where, dict(zip(header, line, strict=False))))
    return rows


def _evidence(rows: Mapping[str, Sequence[Row]]) -> Evidence:
    """Four tables from rows by table."""
    return Evidence(*(tuple(rows.get(table, ())) for table in TABLES))  # type: ignore[arg-type]


@cache
def packaged() -> Evidence:
    """The evidence table we carry."""
    rows = {}
    for table in TABLES:
        lines = _csv_rows(packaged_text(f"trials/{table}.csv"), f"{table}.csv")
        rows[table] = [row_of(table, cells, where) for where, cells in lines]
    return _evidence(rows)


def _flat_row(
    where: str,
    cells: Mapping[str, str],
    table: str,
    rows: dict[str, dict[Hashable, Row]],
    known: Evidence,
) -> None:
    """Add one row of a user's CSV, and the trial and arms it speaks of first, to `rows`."""
    plain = {n: t for n, t in cells.items() if "." not in n and t.strip()}
    row_cells = {"seen": "paper"} | plain
    trial_cells = {n[6:]: t for n, t in cells.items() if n.startswith("trial.") and t.strip()}
    arm_cells = {n[4:]: t for n, t in cells.items() if n.startswith("arm.") and t.strip()}
    strange = [n for n in cells if "." in n and not n.startswith(("trial.", "arm."))]
    if strange:
        raise InvalidInput.field(f"{where}, column", strange[0], "trial.… or arm.…")
    row = row_of(table, row_cells, where)
    crossover = plain.get("kind") == "crossover"
    guess = {"design": "crossover" if crossover else "parallel"} if table == "contrasts" else {}
    name = row.trial
    if name not in rows["trials"] and known.trial(name) is None:
        named = guess | _ADDED | trial_cells | {"trial": name}
        rows["trials"][name] = row_of("trials", named, where)
    sides = ("arm", "versus") if table == "contrasts" else ("arm",)
    for side in sides:
        arm = row_cells[side]
        if (name, arm) not in rows["arms"] and known.arm(name, arm) is None:
            kind = arm if arm in CHOICES["arms.kind"] else ""
            if table == "contrasts" and side == "arm" and not kind:
                kind = "magnesium"
            described = {"kind": kind} | (arm_cells if side == "arm" else {})
            rows["arms"][name, arm] = row_of("arms", described | {"trial": name, "arm": arm}, where)
    rows[table][len(rows[table])] = row


def _from_csv(text: str, name: str, known: Evidence) -> Evidence:
    """A user's CSV: endpoints by arm, or published differences, told apart by their columns."""
    lines = _csv_rows(text, name)
    columns = set(lines[0][1])
    table = "contrasts" if {"versus", "estimate"} & columns else "endpoints"
    needed = {"trial", "arm", "endpoint", "unit"}
    needed |= {"versus", "measure", "kind"} if table == "contrasts" else set()
    if missing := sorted(needed - columns):
        raise InvalidInput.field(f"{name}, header", sorted(columns), f"also {', '.join(missing)}")
    rows: dict[str, dict[Hashable, Row]] = {each: {} for each in TABLES}
    for where, cells in lines:
        _flat_row(where, cells, table, rows, known)
    return _evidence({each: list(by_key.values()) for each, by_key in rows.items()})


def _from_toml(text: str, name: str) -> Evidence:
    """A user's TOML: [[trials]], [[arms]], [[endpoints]] and [[contrasts]]."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput.field(name, str(error), "a TOML document") from None
    rows: dict[str, list[Row]] = {}
    for table, entries in content.items():
        if table not in TABLES:
            raise InvalidInput.field(f"{name}, {table}", table, ", ".join(TABLES))
        if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
            raise InvalidInput.field(f"{name}, {table}", entries, f"[[{table}]] tables")
        for number, entry in enumerate(entries, start=1):
            cells = {column: str(cell) for column, cell in entry.items()}
            defaults = {"trials": _ADDED, "arms": {}}.get(table, {"seen": "paper"})
            where = f"{name} {table} {number}"
            rows.setdefault(table, []).append(row_of(table, defaults | cells, where))
    return _evidence(rows)


def read_trials(path: Path | str, known: Evidence) -> Evidence:
    """A user's trials: a CSV of endpoints or contrasts, or a TOML of the four tables.

    Rows may also speak of trials and arms that `known` holds.

    A CSV may say more of the trial and the arm in columns such as `trial.design` and
    `arm.elemental_mg`. Raises `InvalidInput` naming row, column, value and what is allowed.
    """
    source = Path(path)
    kind = source.suffix.lower()
    if kind not in (".csv", ".toml"):
        raise InvalidInput.field("trials", str(path), "a .csv or .toml file")
    try:
        text = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise InvalidInput.field("trials", str(path), "a readable file", reason or "") from None
    if kind == ".toml":
        return _from_toml(text, source.name)
    return _from_csv(text, source.name, known)


def joined(first: Evidence, second: Evidence) -> Evidence:
    """Both tables together: rows of `second` come after those of `first`.

    Raises `InvalidInput` where a row speaks of a trial or an arm that is in neither, or where
    `second` tells anew of a trial or an arm that `first` holds.
    """
    together = Evidence(
        first.trials + second.trials,
        first.arms + second.arms,
        first.endpoints + second.endpoints,
        first.contrasts + second.contrasts,
    )
    trials: set[str] = set()
    arms: set[tuple[str, str]] = set()
    for trial in together.trials:
        if trial.trial in trials:
            raise InvalidInput.field(trial.where, trial.trial, "a trial once", "choose a new name")
        trials.add(trial.trial)
    for arm in together.arms:
        if (arm.trial, arm.arm) in arms:
            raise InvalidInput.field(arm.where, arm.arm, "an arm once", "choose a new name")
        arms.add((arm.trial, arm.arm))
    for row in (*together.arms, *together.endpoints, *together.contrasts):
        if row.trial not in trials:
            fix = near_miss(row.trial, trials)
            raise InvalidInput.field(f"{row.where}, trial", row.trial, "a trial told of", fix)
    for row in (*together.endpoints, *together.contrasts):
        for side in (row.arm, getattr(row, "versus", row.arm)):
            if (row.trial, side) not in arms:
                known_arms = ", ".join(sorted(arm for trial, arm in arms if trial == row.trial))
                raise InvalidInput.field(f"{row.where}, arm", side, known_arms or "an arm")
    return together
