"""Plees-Tracker: `sid, start, stop, rating` with milliseconds since 1970."""

from datetime import tzinfo

from somnesium.nights.readers.clocks import epoch
from somnesium.nights.readers.opening import Part
from somnesium.nights.readers.reader import Asked, Items, Reader, Unreadable, each, required_zone
from somnesium.nights.readers.tables import Row, header_of, rows
from somnesium.nights.session import Session


def _session(row: Row, zone: tzinfo) -> Session:
    begin, end = row.number("start"), row.number("stop")
    if begin is None or end is None:
        raise Unreadable("it does not say when the night began and ended")
    return Session(
        source="plees",
        device="Plees-Tracker",
        where=row.where,
        begin=epoch(begin, zone),
        end=epoch(end, zone),
        key=row.text("sid"),
    )


def _read(parts: tuple[Part, ...], asked: Asked) -> Items:
    zone = required_zone(asked, "Plees-Tracker")
    for part in parts:
        yield from each(rows(part), lambda row: _session(row, zone))


def _recognised(head: bytes) -> bool:
    return header_of(head)[:4] == ("sid", "start", "stop", "rating")


PLEES = Reader("plees", "Plees-Tracker, CSV", _recognised, _read)
"""The table that Plees-Tracker exports; newer ones carry more columns."""
