"""GGIR's sleep logs: one wide row for a person, a pair of clock times for each night.

The basic log (`onset_N1`, `wakeup_N1`, …) numbers its nights and tells no date, so the first
evening must be told; the advanced one (`D1_date`, `D1_wakeup`, `D1_inbed`, …) tells dates.
Nights left blank are rejected as blank.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo

from somnesium.errors import InvalidInput
from somnesium.nights.readers.clocks import between, clock, day, wall
from somnesium.nights.readers.opening import Part
from somnesium.nights.readers.reader import Hints, Items, Reader, Unreadable, required_zone
from somnesium.nights.readers.sleep_diary import one_person
from somnesium.nights.readers.tables import Row, header_of, rows
from somnesium.nights.session import Rejected, Session, checked

_BASIC = re.compile(r"(onset|inbed)_n(\d{1,4})")
_ADVANCED = re.compile(r"d(\d{1,4})_date")
_DAY = timedelta(days=1)


def _times(evening: date, onset: str, waking: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """Two clock times, or dates with times, from the evening's noon on."""
    try:
        begin, end = clock(onset), clock(waking)
    except Unreadable:
        return between(wall(onset), wall(waking), zone)
    begin += _DAY if begin < _DAY / 2 else timedelta(0)
    while end <= begin:
        end += _DAY
    midnight = datetime.combine(evening, datetime.min.time())
    return between(midnight + begin, midnight + end, zone)


def _dated(first: date, later: int) -> str:
    """The date so many days later; empty past the end of the calendar."""
    try:
        return (first + later * _DAY).isoformat()
    except OverflowError:
        return ""


def _nights(row: Row, first: date | None) -> Iterator[tuple[str, str, str, str]]:
    """Number of the night, its evening's date, and its two clock times, as written."""
    basic = sorted(
        (int(found[2]), name) for name in row.columns if (found := _BASIC.fullmatch(name))
    )
    for number, name in basic:
        dated = "" if first is None else _dated(first, number - 1)
        waking = row.text(f"wakeup_n{number}", f"wake_n{number}", f"outbed_n{number}")
        yield f"night {number}", dated, row.text(name), waking
    if basic:
        return
    days = sorted(int(found[1]) for name in row.columns if (found := _ADVANCED.fullmatch(name)))
    for number in days[:-1]:
        onset = row.text(f"d{number}_inbed", f"d{number}_onset")
        waking = row.text(f"d{number + 1}_wakeup")
        yield f"night {number}", row.text(f"d{number}_date"), onset, waking


def _session(row: Row, zone: tzinfo, night: tuple[str, str, str, str]) -> Session:
    number, evening, onset, waking = night
    missing = ("", "na", "nan")
    if onset.casefold() in missing and waking.casefold() in missing:
        raise Unreadable("a blank night")
    if onset.casefold() in missing or waking.casefold() in missing:
        raise Unreadable("half a night")
    begin, end = _times(day(evening), onset, waking, zone)
    return Session(
        source="ggir",
        device="sleep log",
        where=f"{row.where} {number}",
        begin=begin,
        end=end,
        nap=False,
        opportunity=False,
    )


def _read(parts: tuple[Part, ...], hints: Hints) -> Items:
    zone = required_zone(hints, "a sleep log")
    for part in parts:
        names = header_of(part.head)
        if any(_BASIC.fullmatch(name) for name in names) and hints.first_night is None:
            fix = "the log numbers its nights: add --first-night with the first evening's date"
            allowed = "a date such as 2026-01-05"
            raise InvalidInput.field("first night", "nothing", allowed, fix)
        wanted = one_person({row.cells[0].strip() for row in rows(part)}, hints, part.name)
        for row in rows(part):
            mine = row.cells[0].strip() == wanted
            for night in _nights(row, hints.first_night):
                where = f"{row.where} {night[0]}"
                if not mine:
                    yield Rejected(where, "another person's row")
                    continue
                try:
                    yield checked(_session(row, zone, night))
                except Unreadable as error:
                    yield Rejected(where, str(error))


def _recognised(head: bytes) -> bool:
    names = header_of(head)
    basic = {found[2] for name in names if (found := _BASIC.fullmatch(name))}
    if any(name in names for n in basic for name in (f"wakeup_n{n}", f"wake_n{n}", f"outbed_n{n}")):
        return True
    return "d1_date" in names and ("d1_wakeup" in names or "d2_wakeup" in names)


GGIR = Reader("ggir", "GGIR sleep log, CSV", _recognised, _read)
"""A sleep log as GGIR takes it, basic or advanced."""
