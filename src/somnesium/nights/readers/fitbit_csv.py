"""Fitbit's website: a CSV whose first line is `Sleep`, with thousands commas and `N/A`.

The beginning is the end less the minutes awake and asleep: safer than the start it tells.
"""

from collections.abc import Iterator
from datetime import datetime, tzinfo

from somnesium.nights.readers.clocks import placed, wall
from somnesium.nights.readers.opening import Part
from somnesium.nights.readers.reader import Reader, Unreadable, by_row_in_zone
from somnesium.nights.readers.tables import Row, columns_of, header_of, lists
from somnesium.nights.session import Session

_FORMATS = ("%Y-%m-%d %I:%M%p", "%d-%m-%Y %I:%M %p", "%Y-%m-%d %I:%M %p", "%d-%m-%Y %I:%M%p")
_NEEDED = {"start time", "end time", "minutes asleep", "minutes awake"}


def _session(row: Row, zone: tzinfo) -> Session:
    end = placed(wall(row.text("end time"), *_FORMATS), zone, later=True)
    asleep, awake = row.number("minutes asleep"), row.number("minutes awake")
    if asleep is None or awake is None:
        raise Unreadable("minutes asleep or awake are missing")
    if not 0.0 <= asleep + awake <= 2000.0:
        raise Unreadable("minutes asleep and awake that cannot be")
    begin = datetime.fromtimestamp(end.timestamp() - 60.0 * (asleep + awake), zone)
    return Session(
        source="fitbit_csv",
        device="Fitbit",
        where=row.where,
        begin=begin,
        end=end,
        duration=asleep,
        light=row.number("minutes light sleep"),
        slow_wave=row.number("minutes deep sleep"),
        rem=row.number("minutes rem sleep"),
        awakenings=row.number("number of awakenings"),
    )


def _rows(part: Part) -> Iterator[Row]:
    """Rows of the section called Sleep, whatever other sections the file has."""
    columns: dict[str, int] | None = None
    for count, cells in lists(part, ","):
        names = columns_of(cells)
        if names.keys() >= _NEEDED:
            columns = names
        elif len([cell for cell in cells if cell.strip()]) == 1:
            columns = None
        elif columns is not None:
            yield Row(f"{part.name} row {count}", tuple(cells), columns)


def _recognised(head: bytes) -> bool:
    return any(set(header_of(head, skip)) >= _NEEDED for skip in (0, 1))


_READ = by_row_in_zone("Fitbit's table", _rows, _session)
FITBIT_CSV = Reader("fitbit_csv", "Fitbit website, CSV", _recognised, _READ)
"""`fitbit_export_….csv` of the old website."""
