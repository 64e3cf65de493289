"""Rows of the page Me about the days (coffee, alcohol, exercise, stress, naps, journeys), and back.

A row that is left as it was shown keeps its entry untouched, so that what a row cannot show (grams
instead of drinks, an intensity as a number) is not lost. A row whose time is emptied is removed.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from somnesium import say
from somnesium.person.habits import CAFFEINE_MG, INTENSITIES, WEEKDAYS
from somnesium.surfaces.web.forms import Fields, number

_MOST_ROWS = 100
_SPANS = {"every day": WEEKDAYS, "weekdays": WEEKDAYS[:5], "weekend": WEEKDAYS[5:]}


class Column(NamedTuple):
    """One field of a row: its place in the entry, its words, and what may be chosen, if listed.

    `kind` is text (a number, if it is one), time, select, or amount: one of several numbers.
    `usual` stands in a new row, `left_out` is what an entry without the field means.
    """

    name: str
    words: str
    kind: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    usual: str = ""
    left_out: str = ""


class Kind(NamedTuple):
    """One kind of habit: its place in the document, its words and its columns.

    The first column is the one that makes a row: emptied, the row is gone.
    """

    name: str
    words: str
    columns: tuple[Column, ...]
    about: str = ""


def _same(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, name.replace("_", " ")) for name in names)


_DAYS = Column("days", "On", "select", _same(*_SPANS), "every day")
_EFFORTS = tuple((say.typed(share), words) for words, share in INTENSITIES.items())
# judgement#stress-in-words: shares of the most stressful
_LEVELS = (("0.3", "some"), ("0.6", "much"), ("1", "the most"))

KINDS = (
    Kind(
        "caffeine",
        "Coffee, tea and the like",
        (
            Column("at", "At", "time"),
            Column("drink", "What", "select", _same(*CAFFEINE_MG), "coffee"),
            Column("servings", "How many", "text", (), "1", "1"),
            _DAYS,
        ),
    ),
    Kind(
        "alcohol",
        "Alcohol",
        (Column("at", "From", "time"), Column("drinks", "Drinks", usual="1"), _DAYS),
        "a drink is 14 g: a small beer, a glass of wine",
    ),
    Kind(
        "exercise",
        "Exercise",
        (
            Column("at", "At", "time"),
            Column("minutes", "Minutes", usual="30"),
            Column("intensity", "How hard", "amount", _EFFORTS, _EFFORTS[1][0], _EFFORTS[1][0]),
            _DAYS,
        ),
    ),
    Kind(
        "stress",
        "Stress",
        (
            Column("from", "From", "time"),
            Column("to", "To", "time"),
            Column("level", "How much", "amount", _LEVELS, "0.6"),
            _DAYS,
        ),
    ),
    Kind(
        "naps",
        "Naps",
        (Column("at", "At", "time"), Column("minutes", "Minutes", usual="20"), _DAYS),
    ),
    Kind(
        "travel",
        "Journeys",
        (Column("day", "On day"), Column("to", "To the time zone")),
        "day 1 is the first of the forecast; a zone such as Asia/Tokyo",
    ),
)
"""Every kind of habit the page asks for, in order."""


def _days(given: object) -> str:
    """Days of an entry as the choice that means them, or as a list."""
    days = tuple(given) if isinstance(given, list | tuple) else given
    return next((words for words, span in _SPANS.items() if days in (span, words)), "") or (
        ", ".join(days) if isinstance(days, tuple) else str(days)
    )


def _plain(value: object) -> str:
    return say.typed(value) if isinstance(value, int | float) else str(value)


def _shown(kind: Kind, entry: Mapping[str, Any]) -> dict[str, str]:
    """An entry as its row shows it."""
    row = {
        one.name: _plain(entry[one.name]) if one.name in entry else one.left_out
        for one in kind.columns
    }
    if "days" in row:
        row["days"] = _days(entry.get("days", WEEKDAYS))
    return row


def _empty(kind: Kind) -> dict[str, str]:
    return {one.name: one.usual for one in kind.columns}


def habit_rows(habits: Mapping[str, Any], fields: Fields | None = None) -> dict[str, list[dict]]:
    """Rows of every kind: those of the habits' table and one empty, or as they were filled in."""
    found = {}
    for kind in KINDS:
        if fields is None:
            rows = [_shown(kind, entry) for entry in habits.get(kind.name, ())] + [_empty(kind)]
        else:
            rows = [_given(kind, row, fields) for row in range(_rows(kind, fields))]
        found[kind.name] = rows
    return found


def _rows(kind: Kind, fields: Fields) -> int:
    """How many rows of a kind a form holds."""
    first = kind.columns[0].name
    count = 0
    while count < _MOST_ROWS and f"{kind.name}{count}_{first}" in fields:
        count += 1
    return count


def _given(kind: Kind, row: int, fields: Fields) -> dict[str, str]:
    names = [one.name for one in kind.columns]
    return {name: str(fields.get(f"{kind.name}{row}_{name}", "")).strip() for name in names}


def _entry(kind: Kind, row: Mapping[str, str]) -> dict[str, Any]:
    """A row that was changed as an entry; what is no number is left to be refused."""
    found: dict[str, Any] = {}
    for one in kind.columns:
        text = row[one.name]
        if one.name == "days":
            found["days"] = text if text in _SPANS else [day.strip() for day in text.split(",")]
        elif text:
            found[one.name] = number(text) if one.kind in ("text", "amount") else text
    return found


def with_habits(habits: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """The habits' table with the rows of a form; kinds the form does not hold stay as they were."""
    found = dict(habits)
    for kind in KINDS:
        count = _rows(kind, fields)
        if not count:
            continue
        before = list(habits.get(kind.name, ()))
        entries = []
        for place in range(count):
            row = _given(kind, place, fields)
            if not row[kind.columns[0].name]:
                continue
            same = place < len(before) and row == _shown(kind, before[place])
            entries.append(before[place] if same else _entry(kind, row))
        found[kind.name] = entries
        if not entries:
            del found[kind.name]
    return found
