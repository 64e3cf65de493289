"""The user's own people: one row a person, columns by covariate; what is missing is drawn."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.person.document import near_miss
from somnesium.population.covariates import COVARIATES, Covariate, covariate
from somnesium.population.files import arrow

MOST_ROWS = 200_000
"""Most rows of a table: it travels with the population's document."""
WEIGHT = "weight"
"""Column of the weights: how many people a row stands for, relative to the others."""

_WEIGHTS = Covariate("number", "1", "weight", 0.0, float("inf"))
_FLAGS = MappingProxyType(
    {
        "true": True,
        "yes": True,
        "1": True,
        "1.0": True,
        "false": False,
        "no": False,
        "0": False,
        "0.0": False,
    }
)

Cell = float | str | bool | None
"""A number, the word of a grade, true or false, or nothing: missing."""


def read_columns(given: object) -> dict[str, tuple[Cell, ...]]:
    """Checked columns of a path (.csv, .parquet), a table of lists, or a list of rows.

    Reading what was read changes nothing. Raises `InvalidInput` naming row and column.
    """
    columns = {name: _column(name, cells) for name, cells in _columns_of(given).items()}
    lengths = {len(cells) for cells in columns.values()}
    if not columns or lengths == {0}:
        raise InvalidInput.field("table", "no rows", "one row a person", "add rows")
    if len(lengths) > 1:
        shown = {name: len(cells) for name, cells in columns.items()}
        raise InvalidInput.field("table", shown, "columns of one length")
    if max(lengths) > MOST_ROWS:
        raise InvalidInput.field(
            "table", max(lengths), f"at most {MOST_ROWS} rows", "take a sample"
        )
    _check_nights(columns)
    if WEIGHT in columns:
        _check_weights(columns[WEIGHT])
    return columns


def _columns_of(given: object) -> dict[str, Sequence[Any]]:
    """Columns as they stand in the source."""
    if isinstance(given, Mapping):
        return {str(name): _listed(str(name), cells) for name, cells in given.items()}
    if isinstance(given, list | tuple) and all(isinstance(row, Mapping) for row in given):
        names = dict.fromkeys(name for row in given for name in row)
        return {str(name): [row.get(name) for row in given] for name in names}
    if isinstance(given, str | Path):
        return _read_file(Path(given))
    raise InvalidInput.field("table", given, "a .csv or .parquet file, columns, or rows")


def _listed(name: str, cells: object) -> Sequence[Any]:
    if not isinstance(cells, list | tuple):
        raise InvalidInput.field(f"table.{name}", cells, "a list, one entry a person")
    return cells


def _read_file(path: Path) -> dict[str, Sequence[Any]]:
    """Columns of a CSV or Parquet file."""
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".parquet"):
        raise InvalidInput.field("table", str(path), "a .csv or .parquet file")
    try:
        if suffix == ".parquet":
            return arrow().parquet.read_table(path).to_pydict()
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _csv_columns(csv.reader(file, strict=True))
    except FileNotFoundError:
        fix = "there is no such file: check the name and the folder"
        raise InvalidInput.field("table", str(path), "a readable file", fix) from None
    except (OSError, ValueError, NotImplementedError, csv.Error) as error:
        reason = " ".join(str(error).split())[:120]
        raise InvalidInput.field("table", str(path), "a readable file", reason) from None


def _csv_columns(lines: Iterable[list[str]]) -> dict[str, Sequence[Cell]]:
    """Columns of CSV by the names in its first line; `ValueError` if it is no table."""
    head, *rows = [row for row in lines if row] or [[]]
    if len(set(head)) < len(head):
        raise ValueError("two columns have one name")
    for number, row in enumerate(rows, 1):
        if len(row) != len(head):
            raise ValueError(f"row {number} has {len(row)} cells, the first line {len(head)}")
    return {name: [_number_or_text(row[k]) for row in rows] for k, name in enumerate(head)}


def _number_or_text(cell: str) -> float | str:
    """A cell of CSV as the number it is, else as its text."""
    try:
        return cell if "_" in cell else float(cell)
    except ValueError:
        return cell


def _column(name: str, cells: Sequence[Any]) -> tuple[Cell, ...]:
    """One column, every cell checked."""
    what = _WEIGHTS if name == WEIGHT else covariate(name, "table")
    return tuple(_cell(f"table.{name}[{row}]", cell, what) for row, cell in enumerate(cells))


def _cell(field: str, cell: Any, what: Covariate) -> Cell:  # noqa: ANN401 - as it was read
    """A cell as it is kept; None if it is missing."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, float) and np.isnan(cell):
        return None
    if what.kind in ("grade", "flag"):
        return words_of(field, cell, what)[0]
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise InvalidInput.field(field, cell, _allowed(what))
    whole = what.kind != "count" or cell == round(cell)
    if not (np.isfinite(cell) and what.low <= cell <= what.high and whole):
        raise InvalidInput.field(field, cell, _allowed(what))
    return float(cell)


def _allowed(what: Covariate) -> str:
    """What a number may be, in words."""
    kind = "a whole number" if what.kind == "count" else "a number"
    to = (
        f"from {say.typed(what.low)} to {say.typed(what.high)}"
        if np.isfinite(what.high)
        else "from 0 on"
    )
    return f"{kind} {to} ({what.meaning}, {what.unit})"


def words_of(field: str, given: Any, what: Covariate) -> tuple[str | bool, ...]:  # noqa: ANN401
    """One or several words of a grade, or true or false of a flag, checked."""
    if what.kind == "flag":
        text = str(given).strip().lower()
        if text not in _FLAGS:
            raise InvalidInput.field(field, given, "true or false")
        return (_FLAGS[text],)
    found = []
    for word in given if isinstance(given, list | tuple) else (given,):
        text = str(word).strip().lower()
        if text not in what.names:
            fix = near_miss(text, what.names)
            raise InvalidInput.field(field, word, ", ".join(what.names), fix)
        found.append(text)
    return tuple(found)


def numbers_of(name: str, cells: Sequence[Cell]) -> np.ndarray:
    """A checked column as numbers (float64): the place of a word, 0 and 1, NaN where missing."""
    names = COVARIATES[name].names if name in COVARIATES else ()
    places = {word: float(place) for place, word in enumerate(names)}
    found = (places[cell] if isinstance(cell, str) else cell for cell in cells)
    return np.array([np.nan if number is None else number for number in found], float)


def _check_nights(columns: Mapping[str, Sequence[Any]]) -> None:
    """Refuse rows whose known bed and rise make a night of less than 2 or more than 16 h."""
    for kind in ("work", "free"):
        pairs = zip(columns.get(f"bed_{kind}", ()), columns.get(f"rise_{kind}", ()), strict=False)
        for row, (bed, rise) in enumerate(pairs):
            if bed is not None and rise is not None and not 2.0 <= rise + 24.0 - bed <= 16.0:
                field = f"table.rise_{kind}[{row}]"
                raise InvalidInput.field(field, (bed, rise), "2 to 16 h in bed", "check both")


def _check_weights(weights: Sequence[Any]) -> None:
    """Refuse weights that are missing, or all zero."""
    if None in weights:
        row = weights.index(None)
        raise InvalidInput.field(f"table.weight[{row}]", "nothing", "a number from 0 on", "fill it")
    if not sum(weights) > 0.0:
        raise InvalidInput.field("table.weight", "only zeros", "at least one above 0")
