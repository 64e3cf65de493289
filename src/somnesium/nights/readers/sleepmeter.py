"""Sleepmeter: a table of nights under up to three tables of the user's own words.

Waking equal to sleeping means that no sleep came. Holes are minutes after falling asleep.
"""

import re
from collections.abc import Iterator

from somnesium.nights.readers.clocks import moment
from somnesium.nights.readers.opening import Part
from somnesium.nights.readers.reader import Hints, Reader, Unreadable, by_row
from somnesium.nights.readers.tables import Row, columns_of, header_of, lists, text_of
from somnesium.nights.session import Session

_HEADER = ("wake", "sleep", "bedtime", "holes", "type")
_HOLES = re.compile(r"(\d{1,4}-\d{1,4})(\|\d{1,4}-\d{1,4})*")


def _holes(text: str, slept: float) -> tuple[float, int]:
    """Minutes awake within the sleep, overlaps counted once, and how often."""
    if not text:
        return 0.0, 0
    if not _HOLES.fullmatch(text):
        raise Unreadable(f"holes that cannot be read: {text[:40]!r}")
    awake, since, count = 0.0, 0.0, 0
    for begin, end in sorted(tuple(map(float, hole.split("-"))) for hole in text.split("|")):
        if end < begin or end > slept + 1.0:
            raise Unreadable("a hole that is not within the sleep")
        awake += max(end - max(begin, since), 0.0)
        since, count = max(since, end), count + 1
    return awake, count


def _session(row: Row, hints: Hints) -> Session:
    woke, slept, bed = (moment(row.text(name), hints.zone) for name in _HEADER[:3])
    if not bed.timestamp() <= slept.timestamp() <= woke.timestamp():
        raise Unreadable("bedtime, sleep and waking are not in order")
    span = (woke.timestamp() - slept.timestamp()) / 60.0
    awake, count = _holes(row.text("holes"), span)
    waited = (slept.timestamp() - bed.timestamp()) / 60.0
    return Session(
        source="sleepmeter",
        device="Sleepmeter",
        where=row.where,
        begin=bed,
        end=woke,
        nap=row.text("type").upper() == "NAP",
        latency=waited if span > 0.0 else None,
        duration=max(span - awake, 0.0),
        awakenings=float(count),
    )


def _rows(part: Part) -> Iterator[Row]:
    columns: dict[str, int] | None = None
    for count, cells in lists(part, ","):
        if columns is not None:
            yield Row(f"{part.name} row {count}", tuple(cells), columns)
        elif set(_HEADER) <= columns_of(cells).keys():
            columns = columns_of(cells)


def _recognised(head: bytes) -> bool:
    names = header_of(head)
    if names[:5] == _HEADER:
        return True
    own = bool(names) and re.fullmatch(r"custom_(aid|hindrance|tag)_id", names[0]) is not None
    return own and ",".join(_HEADER) in text_of(head)


SLEEPMETER = Reader("sleepmeter", "Sleepmeter, CSV", _recognised, by_row(_rows, _session))
"""The table that Sleepmeter writes to the phone's card."""
