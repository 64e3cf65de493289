"""Numbers and words in the cells of an export: strict, and None for what says nothing."""

import math
import re
import unicodedata
from collections.abc import Mapping

from somnesium.nights.readers.reader import Unreadable

EMPTY = frozenset({"", "n/a", "na", "nan", "null", "none", "-", "--"})
"""Cells that say nothing, folded."""

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


def folded(text: str) -> str:
    """A header for comparing: no accents, no capitals, single spaces."""
    plain = unicodedata.normalize("NFKD", text.strip("\ufeff \t\r\n\"'"))
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())


def number(text: str, decimal_comma: bool = False) -> float | None:
    """A cell's number; None for an empty cell; `Unreadable` for anything else.

    `1,024` is a thousand and more unless `decimal_comma` is set.
    """
    bare = text.strip()
    if bare.casefold() in EMPTY:
        return None
    if decimal_comma:
        bare = bare.replace(".", "").replace(",", ".") if "," in bare else bare
    elif _THOUSANDS.fullmatch(bare):
        bare = bare.replace(",", "")
    if len(bare) > 40 or not _PLAIN.fullmatch(bare):
        raise Unreadable(f"not a number: {text[:40]!r}")
    return _finite(float(bare), text)


def _finite(number: float, cell: object) -> float:
    if not math.isfinite(number):
        raise Unreadable(f"not a number: {str(cell)[:40]!r}")
    return number


def truth(text: str) -> bool | None:
    """Yes or no, in the ways exports say it; None for an empty cell."""
    bare = folded(text)
    if bare in EMPTY:
        return None
    if bare in ("true", "yes", "1", "y"):
        return True
    if bare in ("false", "no", "0", "n"):
        return False
    raise Unreadable(f"neither yes nor no: {text[:40]!r}")


# --- the same out of JSON --------------------------------------------------------------------


def value(table: Mapping[str, object], name: str) -> float | None:
    """A number of a JSON object; None if it is absent or null."""
    entry = table.get(name)
    if entry is None:
        return None
    if isinstance(entry, bool) or not isinstance(entry, int | float):
        raise Unreadable(f"{name} is not a number: {str(entry)[:40]!r}")
    try:
        return _finite(float(entry), entry)
    except OverflowError:
        raise Unreadable(f"{name} is too large") from None


def minutes(table: Mapping[str, object], name: str) -> float | None:
    """The seconds of a JSON object as minutes; None if they are absent or null."""
    seconds = value(table, name)
    return None if seconds is None else seconds / 60.0


def words(table: Mapping[str, object], name: str) -> str:
    """A text of a JSON object; empty if it is absent or null. Whole numbers count as text."""
    entry = table.get(name)
    if entry is None:
        return ""
    if isinstance(entry, bool) or not isinstance(entry, str | int):
        raise Unreadable(f"{name} is not text: {str(entry)[:40]!r}")
    if isinstance(entry, int) and entry.bit_length() > 128:
        raise Unreadable(f"{name} is too large")
    return str(entry)


def child(table: Mapping[str, object], name: str) -> Mapping[str, object]:
    """An object within a JSON object; empty if it is absent, null or something else."""
    entry = table.get(name)
    return entry if isinstance(entry, dict) else {}


def listed(table: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    """The objects in a list of a JSON object; empty if it is absent or something else."""
    entry = table.get(name)
    return [item for item in entry if isinstance(item, dict)] if isinstance(entry, list) else []
