"""Differences with their variances, one a study, and the CSV table they can be read from."""

import csv
import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from somnesium import say
from somnesium.errors import InvalidInput

COLUMNS = ("study", "yi", "vi")
"""Columns a table of studies must have; others are left aside."""

MOST_BYTES = 5_000_000
"""Largest table read, bytes."""

MOST_STUDIES = 2_000
"""Most studies in one table."""

_LARGEST = 1e12
_SMALLEST_VARIANCE = 1e-12
_FARTHEST = 1e8


class Studies(NamedTuple):
    """`names` of k studies, their differences `yi` and sampling variances `vi` (arrays of k).

    All differences are in one unit; `vi` is in its square.
    """

    names: tuple[str, ...]
    yi: np.ndarray
    vi: np.ndarray

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.names)

    def without(self, index: int) -> "Studies":
        """The same studies but one."""
        return self.only([i for i in range(self.k) if i != index])

    def only(self, places: Sequence[int]) -> "Studies":
        """The studies at these places, in that order."""
        chosen = np.asarray(places, dtype=int)
        return Studies(tuple(self.names[i] for i in chosen), self.yi[chosen], self.vi[chosen])


def studies_of(
    names: Sequence[str], yi: Sequence[float], vi: Sequence[float], where: str = "row"
) -> Studies:
    """Check and keep studies; raises `InvalidInput` naming the row, the field and the value.

    A difference is finite; a variance is finite, above zero, and not so far from the others that
    it must be in another unit.
    """
    if not names:
        raise InvalidInput.field("studies", 0, "one study or more", "add a row")
    if len(names) > MOST_STUDIES:
        raise InvalidInput.field("studies", len(names), f"at most {MOST_STUDIES}")
    for row, (y, v) in enumerate(zip(yi, vi, strict=True), start=1):
        if not (math.isfinite(y) and abs(y) <= _LARGEST):
            raise InvalidInput.field(f"{where} {row}, yi", y, "a finite difference")
        if not (math.isfinite(v) and _SMALLEST_VARIANCE <= v <= _LARGEST):
            allowed = "a sampling variance (a squared standard error) above 0"
            raise InvalidInput.field(f"{where} {row}, vi", v, allowed)
    if max(vi) > _FARTHEST * min(vi):
        row = list(vi).index(min(vi)) + 1
        allowed = f"variances within a factor of {say.count(int(_FARTHEST))}"
        fix = "are all rows in one unit, and all squared?"
        raise InvalidInput.field(f"{where} {row}, vi", min(vi), allowed, fix)
    return Studies(tuple(names), np.asarray(yi, dtype=float), np.asarray(vi, dtype=float))


def read_studies(path: Path) -> Studies:
    """Read a CSV table with the columns `study, yi, vi`.

    Raises `InvalidInput` naming the row (the header is not counted), the field and the value.
    """
    text = _text(path)
    try:
        rows = list(csv.DictReader(text.splitlines(), strict=True))
    except csv.Error as error:
        raise InvalidInput.field(str(path), "a broken table", "CSV", str(error)) from None
    head = tuple(name.strip() for name in (rows[0] if rows else {}) if name is not None)
    missing = [name for name in COLUMNS if name not in head]
    if missing:
        columns, fix = ", ".join(head) or "no rows", f"add {', '.join(missing)}"
        raise InvalidInput.field(f"{path}, columns", columns, ", ".join(COLUMNS), fix)
    rows = [{(key or "").strip(): cell for key, cell in row.items()} for row in rows]
    names, yi, vi = [], [], []
    for number, row in enumerate(rows, start=1):
        name = (row["study"] or "").strip()
        if not name:
            raise InvalidInput.field(f"{path}, row {number}, study", "", "a name", "add one")
        names.append(name)
        yi.append(_number(f"{path}, row {number}, yi", row["yi"], "a finite difference"))
        vi.append(_number(f"{path}, row {number}, vi", row["vi"], "a variance above 0"))
    return studies_of(names, yi, vi, f"{path}, row")


def _text(path: Path) -> str:
    """The text of a table, or `InvalidInput`."""
    allowed = "a readable .csv table"
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InvalidInput.field("--table", str(path), allowed, str(error.strerror)) from None
    if len(data) > MOST_BYTES:
        raise InvalidInput.field("--table", str(path), f"at most {MOST_BYTES // 1_000_000} MB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput.field("--table", str(path), allowed, "save it as UTF-8") from None


def _number(field: str, cell: str | None, allowed: str) -> float:
    """A number in a cell, or `InvalidInput`; `1,5` and empty cells are refused, not guessed."""
    try:
        return float((cell or "").strip())
    except ValueError:
        fix = "a row without it cannot be pooled: complete it or take it out"
        raise InvalidInput.field(field, (cell or "").strip(), allowed, fix) from None
