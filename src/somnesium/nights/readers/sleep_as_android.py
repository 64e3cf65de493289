"""Sleep as Android: `sleep-export.csv`, in which every record is its own header and values.

The number of a record is the millisecond at which it began, and its end that and its hours: the
written clock times cannot tell a double hour. The deep sleep of its accelerometer is a share.
"""

import re
from collections.abc import Iterator
from datetime import datetime, tzinfo

from somnesium.nights.readers.clocks import epoch, zone_named
from somnesium.nights.readers.opening import Part
from somnesium.nights.readers.reader import Hints, Items, Reader, Unreadable, each
from somnesium.nights.readers.tables import Row, columns_of, header_of, lists
from somnesium.nights.session import Rejected, Session
from somnesium.nights.stretches import Stage, Stretch, flat, stretch_at

_EVENT = re.compile(r"(LIGHT|DEEP|REM|AWAKE)_(START|END)-(\d{12,14})(?:-.*)?")
_STAGES: dict[str, Stage] = {"LIGHT": "light", "DEEP": "deep", "REM": "rem", "AWAKE": "awake"}
_BY_HAND = "-1.0"


def _stages(row: Row, begin: datetime, end: datetime) -> tuple[Stretch, ...]:
    """Stages from pairs of start and end events, cut to the record."""
    open_since: dict[str, float] = {}
    stages = []
    events = [told for cell in row.cells if (told := _EVENT.fullmatch(cell.strip()))]
    for event in sorted(events, key=lambda one: (int(one[3]), one[2])):
        name, kind, second = event[1], event[2], int(event[3]) / 1000.0
        second = min(max(second, begin.timestamp()), end.timestamp())
        if kind == "START":
            open_since.setdefault(name, second)
        elif name in open_since:
            since = open_since.pop(name)
            stages.append(stretch_at(_STAGES[name], since, second, begin.tzinfo))
    return flat(stages)


def _zone(row: Row, hints: Hints) -> tzinfo:
    """The record's own zone, so that travel is seen; else the one asked for."""
    try:
        return zone_named(row.text("tz"))
    except Unreadable:
        if hints.zone is None:
            raise
        return hints.zone


def _session(row: Row, hints: Hints) -> Session:
    number, hours = row.number("id"), row.number("hours")
    if number is None or hours is None or not 0.0 < hours <= 24.0:
        raise Unreadable("no record of up to a day")
    zone = _zone(row, hints)
    begin = epoch(number, zone)
    end = epoch(number + 3.6e6 * hours, zone)
    adjust = row.text("lenadjust")
    change = 0.0 if adjust == _BY_HAND else row.number("lenadjust") or 0.0
    deep = row.number("deepsleep")
    return Session(
        source="sleep_as_android",
        device="Sleep as Android",
        where=row.where,
        begin=begin,
        end=end,
        key=row.text("id"),
        duration=60.0 * hours + change,
        slow_wave=None if deep is None or deep < 0.0 else 60.0 * hours * deep,
        stages=_stages(row, begin, end),
    )


def _records(part: Part) -> Iterator[Row | Rejected]:
    """Value lines with the header before them; lines of noise levels, which tell no record, go."""
    columns: dict[str, int] | None = None
    for count, cells in lists(part, ","):
        where = f"{part.name} row {count}"
        if cells[0].strip().casefold() == "id":
            columns = columns_of(cells)
        elif not cells[0].strip():
            continue
        elif columns is None:
            yield Rejected(where, "values without a header")
        else:
            yield Row(where, tuple(cells), columns)


def _read(parts: tuple[Part, ...], hints: Hints) -> Items:
    for part in parts:
        for record in _records(part):
            if isinstance(record, Rejected):
                yield record
            else:
                yield from each([record], lambda row: _session(row, hints))


def _recognised(head: bytes) -> bool:
    return header_of(head)[:4] == ("id", "tz", "from", "to")


SLEEP_AS_ANDROID = Reader("sleep_as_android", "Sleep as Android, CSV", _recognised, _read)
"""`sleep-export.csv`, or the zip of a backup."""
