"""Any table of nights, by a map of the user's that says which column means what.

A map is a TOML or JSON document: `[columns]` names the column of each measure and, where it is
not minutes, its unit. Dates and clock times may stand in one column or in two.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from functools import partial
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.nights.readers.cells import EMPTY, folded, truth
from somnesium.nights.readers.clocks import between, clock, day, moment, wall, zone_named
from somnesium.nights.readers.opening import Part
from somnesium.nights.readers.reader import Hints, Items, Reader, Unreadable, each, required_zone
from somnesium.nights.readers.tables import Row, rows
from somnesium.nights.session import Session
from somnesium.person.document import Document, Flag, near_miss, read_document, refuse

_MINUTES = {"s": 1 / 60, "min": 1.0, "h": 60.0, "ms": 1 / 60_000}
_DAY = timedelta(days=1)

Unit = Literal["s", "min", "h", "ms", "clock"]


class Column(Document):
    """A column by its name, and the unit of its times; `clock` is hours and minutes as 7:05."""

    column: str
    unit: Unit = "min"


class Columns(Document):
    """Which column holds what. `begin` and `end` are lights-out and rise."""

    begin: str
    end: str
    date: str | None = None
    nap: str | None = None
    device: str | None = None
    latency: Column | str | None = None
    duration: Column | str | None = None
    awake_after_onset: Column | str | None = None
    light: Column | str | None = None
    slow_wave: Column | str | None = None
    rem: Column | str | None = None
    awakenings: str | None = None
    heart_rate: str | None = None
    rmssd: str | None = None


class TableMap(Document):
    """How to read a table of nights. `times` is a format such as `%d.%m.%Y %H:%M`.

    `date_is` says whether the date column holds the morning's date or the evening's, where `begin`
    and `end` are clock times alone.
    """

    columns: Columns
    name: str = "table"
    delimiter: Literal["", ",", ";", "\t", "|"] = ""
    decimal_comma: Flag | None = None
    times: str = ""
    zone: str = ""
    date_is: Literal["wake", "evening"] = "wake"
    skip: int = Field(default=0, ge=0, le=1000)

    @field_validator("zone")
    @classmethod
    def _exists(cls, name: str) -> str:
        try:
            return name and zone_named(name).key
        except Unreadable:
            raise refuse("an IANA name such as Europe/Berlin") from None


def table_map(source: Path | str) -> TableMap:
    """A map read from a document, or `InvalidInput`."""
    return read_document(Path(source), TableMap)


_TIMED = ("latency", "duration", "awake_after_onset", "light", "slow_wave", "rem")
_COUNTED = ("awakenings", "heart_rate", "rmssd")


def _column(row: Row, name: str) -> str:
    return row.text(folded(name))


def _minutes(row: Row, wanted: Column | str | None) -> float | None:
    if wanted is None:
        return None
    column = wanted if isinstance(wanted, Column) else Column(column=wanted)
    text = _column(row, column.column)
    if folded(text) in EMPTY:
        return None
    if column.unit == "clock":
        return clock(text) / timedelta(minutes=1)
    number = row.number(folded(column.column))
    return None if number is None else number * _MINUTES[column.unit]


def _bare(row: Row, name: str) -> timedelta | None:
    """The clock time of a cell that holds nothing else; None for other cells."""
    try:
        return clock(_column(row, name))
    except Unreadable:
        return None


def _times(row: Row, map: TableMap, zone: tzinfo | None) -> tuple[datetime, datetime]:
    """When a row's night began and ended."""
    columns = map.columns
    texts = _column(row, columns.begin), _column(row, columns.end)
    if not all(texts):
        raise Unreadable("it does not say when the night began and ended")
    clocks = _bare(row, columns.begin), _bare(row, columns.end)
    if columns.date is not None and None not in clocks:
        begin, end = clocks
        return _crossed(day_of(_column(row, columns.date), map), begin, end, map, _needed(zone))  # type: ignore[arg-type]
    formats = (map.times,) if map.times else ()
    try:
        walls = wall(texts[0], *formats), wall(texts[1], *formats)
    except Unreadable:
        begin, end = (moment(text, zone) for text in texts)
        return begin, end
    return between(*walls, _needed(zone))


def _needed(zone: tzinfo | None) -> tzinfo:
    return required_zone(Hints(None), "this table") if zone is None else zone


def day_of(text: str, map: TableMap) -> datetime:
    """Midnight of a date, in the map's format or ISO."""
    if map.times:
        formats = [map.times.split()[0], map.times]
        return wall(text, *formats).replace(hour=0, minute=0, second=0, microsecond=0)
    return datetime.combine(day(text), datetime.min.time())


def _crossed(
    midnight: datetime, begin: timedelta, end: timedelta, map: TableMap, zone: tzinfo
) -> tuple[datetime, datetime]:
    """Clock times put on their dates, the night crossing midnight if it must."""
    if map.date_is == "wake":
        begin -= _DAY if begin >= end else timedelta(0)
    else:
        begin += _DAY if begin < _DAY / 2 else timedelta(0)
        end += _DAY if end <= begin else timedelta(0)
        end += _DAY if end <= begin else timedelta(0)
    return between(midnight + begin, midnight + end, zone)


def _session(row: Row, map: TableMap, zone: tzinfo | None) -> Session:
    columns = map.columns
    if map.decimal_comma is not None:
        row = row._replace(decimal_comma=map.decimal_comma)
    begin, end = _times(row, map, zone)
    timed = {name: _minutes(row, getattr(columns, name)) for name in _TIMED}
    counted = {
        name: row.number(folded(getattr(columns, name)))
        for name in _COUNTED
        if getattr(columns, name) is not None
    }
    return Session(
        source="table",
        device=(_column(row, columns.device) if columns.device else "") or map.name,
        where=row.where,
        begin=begin,
        end=end,
        nap=truth(_column(row, columns.nap)) if columns.nap else None,
    )._replace(**timed, **counted)


def _wanted(map: TableMap) -> dict[str, str]:
    """Measure to the name of its column."""
    columns = {}
    for name in Columns.model_fields:
        column = getattr(map.columns, name)
        if column is not None:
            columns[name] = column.column if isinstance(column, Column) else column
    return columns


def _require_columns(map: TableMap, known: Sequence[str]) -> None:
    for measure, column in _wanted(map).items():
        if folded(column) not in known:
            fix = near_miss(folded(column), known) or "correct the map"
            allowed = "a column of the table: " + ", ".join(known)[:200]
            raise InvalidInput.field(f"columns.{measure}", column, allowed, fix)


def _read(parts: tuple[Part, ...], hints: Hints, map: TableMap) -> Items:
    zone = zone_named(map.zone) if map.zone else hints.zone
    for part in parts:
        first = next(rows(part, map.skip, map.delimiter), None)
        if first is not None:
            _require_columns(map, list(first.columns))
        table = rows(part, map.skip, map.delimiter)
        yield from each(table, lambda row: _session(row, map, zone))


def mapped(map: TableMap) -> Reader:
    """A reader of tables by a map; every table is its own."""
    return Reader(
        "table", f"a table by a map ({map.name})", lambda _head: True, partial(_read, map=map)
    )


class CellRead(Document):
    """A cell of a table, and what the map made of it."""

    measure: str
    column: str
    given: str
    read: str


def cells_read(part: Part, map: TableMap, hints: Hints) -> tuple[tuple[CellRead, ...], ...]:
    """The first three rows, cell by cell, as the map reads them."""
    zone = zone_named(map.zone) if map.zone else hints.zone
    cells = []
    for row, _ in zip(rows(part, map.skip, map.delimiter), range(3), strict=False):
        try:
            session = _session(row, map, zone)
        except Unreadable as error:
            session = error
        cells.append(
            tuple(
                CellRead(
                    measure=measure,
                    column=column,
                    given=_column(row, column),
                    read=_words(session, measure),
                )
                for measure, column in _wanted(map).items()
            )
        )
    return tuple(cells)


def _words(session: Session | Unreadable, measure: str) -> str:
    if isinstance(session, Unreadable):
        return f"rejected: {session}"
    value = getattr(session, {"date": "end"}.get(measure, measure))
    if isinstance(value, datetime):
        return value.date().isoformat() if measure == "date" else value.isoformat(" ", "minutes")
    if isinstance(value, float):
        return say.typed(value) + (" min" if measure in _TIMED else "")
    return "unknown" if value is None else str(value)
