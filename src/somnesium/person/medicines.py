"""Recognise medicines by generic or brand name, forgiving of spelling but never silently.

A person writes a medicine as on the box, with the clock times it is taken at if they know them:
`"levothyroxine 75 mcg at 07:00"`, `"ciprofloxacin 500 mg at 08:00 and 20:00"`.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple

from somnesium.errors import InvalidInput
from somnesium.quantity import clock_hours
from somnesium.sources import packaged_toml

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
    `similarity` is 0-100. `times` are the clock times it is taken at, h after midnight, in order;
    empty if none were stated. `name_given` is what was written, without the times.
    """

    name_given: str
    key: str | None
    classes: tuple[str, ...]
    matched_how: Literal["name", "word", "spelling", "unknown"]
    matched_name: str = ""
    similarity: float = 0.0
    times: tuple[float, ...] = ()


_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*([ap])?\.?(?:m\.?)?", re.IGNORECASE)
_TIMES = re.compile(
    r"[\s,(]+at\s+(?=\d{1,2}(?:[:.]\d{2}|\s*[ap]\.?m\b))(?P<times>.*?)"
    r"(?:\s+(?:daily|every\s+day|each\s+day))?[\s.)]*$",
    re.IGNORECASE | re.DOTALL,
)


def stated_times(text: str) -> tuple[str, tuple[float, ...]]:
    """What is written of a medicine, and the clock times [h after midnight] that end it.

    Times are written `at 07:00`, `at 8:00 and 20:00`, `at 8 am, 2 pm and 8 pm`. After a first
    time everything must be a time, or `InvalidInput` says so: a time must not be lost.
    """
    found = _TIMES.search(text)
    if found is None:
        return text, ()
    parts = re.split(r"\s*(?:,\s*and\b|,|;|&|\band\b)\s*(?:at\s+)?", found["times"].strip())
    return text[: found.start()], tuple(sorted({_stated_hours(part, text) for part in parts}))


def _stated_hours(part: str, text: str) -> float:
    """Hours after midnight of one stated time, 24-hour or with am or pm."""
    found = _TIME.fullmatch(part.strip())
    allowed = "clock times at the end, such as at 08:00 and 20:00"
    fix = "write each time as 20:00 or 8 pm, and each medicine apart"
    if found is None or not (found[2] or found[3]):
        raise InvalidInput.field("medicines", text, allowed, fix)
    hour = int(found[1])
    if found[3]:
        if not 1 <= hour <= 12:
            raise InvalidInput.field("medicines", text, allowed, fix)
        hour = hour % 12 + (12 if found[3].lower() == "p" else 0)
    try:
        return clock_hours(f"{hour}:{found[2] or '00'}")
    except InvalidInput:
        raise InvalidInput.field("medicines", text, allowed, fix) from None


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
    or nearer than `SPELLING_THRESHOLD` to none, is unknown. Times that cannot be read raise
    `InvalidInput`.
    """
    name, times = stated_times(text)
    return _recognised(name)._replace(times=times)


def _recognised(text: str) -> Medicine:
    """The medicine a text without times stands for."""
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
    """Every medicine in a list of names; `a/b`, `a + b` and `a and b` are taken apart.

    Stated times are those of every part.
    """
    return tuple(medicine for written in names for medicine in _of_line(written))


@lru_cache(maxsize=4096)
def _of_line(written: str) -> tuple[Medicine, ...]:
    """The medicines of one line of a list; each line is read once."""
    name, times = stated_times(written)
    parts = re.split(r"\s*[+&;]\s*|\s+(?:and|with)\s+|(?<=[a-z])\s*/\s*(?=[a-z])", name)
    if _recognised(name).matched_how == "name":
        parts = [name]
    own = [part for part in parts if part.strip() or len(parts) == 1]
    return tuple(_recognised(part)._replace(times=times) for part in own)
