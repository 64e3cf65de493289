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


def _finite(found: float, given: object) -> float:
    if not math.isfinite(found):
        raise Unreadable(f"not a number: {str(given)[:40]!r}")
    return found


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
    found = table.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise Unreadable(f"{name} is not a number: {str(found)[:40]!r}")
    try:
        return _finite(float(found), found)
    except OverflowError:
        raise Unreadable(f"{name} is too large") from None


def words(table: Mapping[str, object], name: str) -> str:
    """A text of a JSON object; empty if it is absent or null. Whole numbers count as text."""
    found = table.get(name)
    if found is None:
        return ""
    if isinstance(found, bool) or not isinstance(found, str | int):
        raise Unreadable(f"{name} is not text: {str(found)[:40]!r}")
    if isinstance(found, int) and found.bit_length() > 128:
        raise Unreadable(f"{name} is too large")
    return str(found)


def child(table: Mapping[str, object], name: str) -> Mapping[str, object]:
    """An object within a JSON object; empty if it is absent, null or something else."""
    found = table.get(name)
    return found if isinstance(found, dict) else {}


def listed(table: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    """The objects in a list of a JSON object; empty if it is absent or something else."""
    found = table.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
