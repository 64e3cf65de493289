"""Plees-Tracker: `sid, start, stop, rating` with milliseconds since 1970."""

from datetime import tzinfo

from somnesium.nights.readers.clocks import epoch
from somnesium.nights.readers.reader import Reader, Unreadable, by_row_in_zone
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


def _recognised(head: bytes) -> bool:
    return header_of(head)[:4] == ("sid", "start", "stop", "rating")


_READ = by_row_in_zone("Plees-Tracker", rows, _session)
PLEES = Reader("plees", "Plees-Tracker, CSV", _recognised, _READ)
"""The table that Plees-Tracker exports; newer ones carry more columns."""
