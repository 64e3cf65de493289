"""Samsung Health: a table of sleeps and a table of their stages, joined by the sleep's number.

Line one tells of the file, line two is the header, and rows end in one comma too many. Times are
universal; `time_offset` says where the sleeper was. The unit of `sleep_latency` is not known, so
it is not read.
"""

import re
from datetime import UTC, datetime, tzinfo

from somnesium.nights.readers.clocks import epoch, offset, wall
from somnesium.nights.readers.opening import Part
from somnesium.nights.readers.reader import Hints, Items, Reader, Unreadable
from somnesium.nights.readers.tables import Row, rows, text_of
from somnesium.nights.session import Rejected, Session, checked
from somnesium.nights.stretches import Stage, Stretch, flat

_FIRST = re.compile(r"\ufeff?com\.samsung\.s?health\.sleep(_stage)?[,;]")
_PREFIX = "com.samsung.health.sleep."
_STAGES: dict[str, Stage] = {
    "40001": "awake",
    "40002": "light",
    "40003": "deep",
    "40004": "rem",
    "1": "awake",
    "2": "light",
    "3": "deep",
    "4": "rem",
}


def _cell(row: Row, name: str) -> str:
    return row.text(_PREFIX + name, name)


def _when(text: str, zone: tzinfo) -> datetime:
    """A universal time, written as a date or in milliseconds since 1970."""
    if text.isdigit():
        return epoch(float(text[:20]), zone)
    return wall(text, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC).astimezone(zone)


def _zone(row: Row, hints: Hints) -> tzinfo:
    text = _cell(row, "time_offset")
    if hints.zone is not None:
        return hints.zone
    return offset(text)


def _stretch(row: Row, hints: Hints) -> Stretch:
    stage = _STAGES.get(row.text("stage"))
    if stage is None:
        raise Unreadable(f"an unknown stage: {row.text('stage')[:20]!r}")
    zone = _zone(row, hints)
    begin, end = (_when(_cell(row, name), zone) for name in ("start_time", "end_time"))
    if not begin.timestamp() < end.timestamp():
        raise Unreadable("it ends before it begins, or at once")
    return Stretch(stage, begin, end)


def _session(row: Row, hints: Hints, stages: list[Stretch]) -> Session:
    zone = _zone(row, hints)
    begin, end = (_when(_cell(row, name), zone) for name in ("start_time", "end_time"))
    inside = [
        one for one in stages if one.since < end.timestamp() and begin.timestamp() < one.until
    ]
    return Session(
        source="samsung",
        device=_cell(row, "deviceuuid") or "Samsung Health",
        where=row.where,
        begin=begin,
        end=end,
        rows=1 + len(stages),
        key=_cell(row, "datauuid"),
        duration=row.number("sleep_duration"),
        light=row.number("total_light_duration"),
        rem=row.number("total_rem_duration"),
        stages=flat(inside),
    )


def _read(parts: tuple[Part, ...], hints: Hints) -> Items:
    stages: dict[str, list[Stretch]] = {}
    tables = []
    for part in parts:
        table = _FIRST.match(text_of(part.head).lstrip())
        if table is None or not table[1]:
            tables.append(part)
            continue
        for row in rows(part, skip=1):
            try:
                stretch = _stretch(row, hints)
            except Unreadable as error:
                yield Rejected(row.where, str(error))
                continue
            stages.setdefault(row.text("sleep_id"), []).append(stretch)
    for part in tables:
        for row in rows(part, skip=1):
            bouts = stages.pop(_cell(row, "datauuid"), [])
            try:
                yield checked(_session(row, hints, bouts))
            except Unreadable as error:
                yield Rejected(row.where, str(error), 1 + len(bouts))
    for number, lost in stages.items():
        yield Rejected(f"stages of {number[:40]}", "their sleep is not in the export", len(lost))


def _recognised(head: bytes) -> bool:
    return _FIRST.match(text_of(head).lstrip()) is not None


SAMSUNG = Reader("samsung", "Samsung Health, CSV", _recognised, _read)
"""`com.samsung.shealth.sleep.….csv` and `com.samsung.health.sleep_stage.….csv`."""
