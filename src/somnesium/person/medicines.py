"""Recognise medicines by generic or brand name, forgiving of spelling but never silently."""

import re
from collections.abc import Iterable
from functools import cache
from types import MappingProxyType
from typing import Literal, NamedTuple

from somnesium.sources import packaged_toml

__all__ = ["SPELLING_THRESHOLD", "Medicine", "find_medicine", "find_medicines", "medicine_classes"]

SPELLING_THRESHOLD = 85.0
"""Least similarity, 0-100, at which a misspelt name is recognised (judgement#spelling)."""

_MARGIN = 4.0
"""Two different medicines this near to each other in similarity: neither is chosen."""

_DOSE = re.compile(
    r"\b\d+([.,]\d+)?\s*(mg|mcg|µg|μg|ug|g|ml|iu|units?|%)?(/\w+)?\b"
    r"|\b(daily|twice|once|tablets?|capsules?|caps?|tabs?|er|xr|sr|xl|od|bd|bid|tid|prn)\b"
    r"|\b(hydrochloride|sodium|potassium|succinate|tartrate|besylate|maleate|acid)$"
)


class Medicine(NamedTuple):
    """A medicine as it was named, and what it was taken for.

    `key` is None and `classes` empty if it was not recognised: the caller says so.
    `similarity` is 0-100.
    """

    name_given: str
    key: str | None
    classes: tuple[str, ...]
    matched_how: Literal["name", "word", "spelling", "unknown"]
    matched_name: str = ""
    similarity: float = 0.0


@cache
def _names() -> MappingProxyType[str, str]:
    """Every name known, lower case, to its key."""
    found: dict[str, str] = {}
    for key, entry in packaged_toml("medicines.toml").items():
        for name in (key.replace("_", " "), *entry["names"]):
            found.setdefault(_plain(name), key)
    return MappingProxyType(found)


def _plain(text: str) -> str:
    """Lower case, single spaces, no punctuation."""
    return " ".join(re.sub(r"[^\w\s.,%/]", " ", text.casefold()).split())


@cache
def medicine_classes() -> frozenset[str]:
    """All classes medicines are sorted into."""
    table = packaged_toml("medicines.toml")
    return frozenset(name for entry in table.values() for name in entry["classes"])


def _medicine(
    given: str, name: str, how: Literal["name", "word", "spelling"], score: float = 100.0
) -> Medicine:
    """A recognised medicine."""
    key = _names()[name]
    classes = tuple(packaged_toml("medicines.toml")[key]["classes"])
    return Medicine(given, key, classes, how, name, score)


def find_medicine(text: str) -> Medicine:
    """The medicine a name stands for: exactly, as a word of the text, or by near spelling.

    `matched_how` says which; doses and dosage words are ignored. A name between two medicines,
    or nearer than `SPELLING_THRESHOLD` to none, is unknown.
    """
    whole = _plain(text)[:200]
    bare = " ".join(_DOSE.sub(" ", whole).split())
    names = _names()
    for candidate in (whole, bare):
        if candidate in names:
            return _medicine(text, candidate, "name")
    for run in _runs(whole.split()):
        if run in names and len(run) > 2:
            return _medicine(text, run, "word")
    return _by_spelling(text, bare)


def _runs(words: list[str]) -> list[str]:
    """All runs of up to five neighbouring words, the longest first."""
    places = ((i, j) for i in range(len(words)) for j in range(i + 1, min(i + 5, len(words)) + 1))
    return sorted((" ".join(words[i:j]) for i, j in places), key=len, reverse=True)


def _by_spelling(text: str, bare: str) -> Medicine:
    """The one medicine whose name is near in spelling, or unknown."""
    unknown = Medicine(text, None, (), "unknown")
    if len(bare) < 5:
        return unknown
    from rapidfuzz import fuzz, process

    names = _names()
    queries = dict.fromkeys([bare, *(word for word in bare.split() if len(word) > 5)])
    hits: dict[str, tuple[float, str]] = {}
    for query in queries:
        cutoff = SPELLING_THRESHOLD - _MARGIN
        for name, score, _ in process.extract(
            query, list(names), scorer=fuzz.ratio, score_cutoff=cutoff, limit=5
        ):
            if len(name) > 4:
                hits[names[name]] = max(hits.get(names[name], (0.0, "")), (score, name))
    ranked = sorted(hits.values(), reverse=True)
    if not ranked or ranked[0][0] < SPELLING_THRESHOLD:
        return unknown
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < _MARGIN:
        return unknown
    score, name = ranked[0]
    return _medicine(text, name, "spelling", score)


def find_medicines(names: Iterable[str]) -> tuple[Medicine, ...]:
    """Every medicine in a list of names; `a/b`, `a + b` and `a and b` are taken apart."""
    found = []
    for name in names:
        parts = re.split(r"\s*[+&;]\s*|\s+(?:and|with)\s+|(?<=[a-z])\s*/\s*(?=[a-z])", name)
        known = find_medicine(name)
        if known.matched_how == "name":
            parts = [name]
        found += [find_medicine(part) for part in parts if part.strip() or len(parts) == 1]
    return tuple(found)
