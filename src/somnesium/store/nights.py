"""Measured nights, and the files they came from. Every recorder's night is kept apart."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, func, select

from somnesium.nights.ledger import Ledger, LedgerEntry
from somnesium.nights.night import Night
from somnesium.nights.recorded import RecordedNight
from somnesium.nights.stretches import Stretch
from somnesium.store.history import Outcome, inserted, keep
from somnesium.store.open import Store, reading, writing
from somnesium.store.tables import MEASURED, table

_OFFSET = re.compile(r"^UTC([+-])(\d\d):(\d\d)(?::(\d\d))?$")


class StoredImport(NamedTuple):
    """An import as kept, with its whole ledger."""

    id: int
    imported_at: datetime
    file: str
    sha256: str
    reader: str
    ledger: Ledger


class Span(NamedTuple):
    """How many nights or naps an instrument recorded, and from which evening to which."""

    instrument: str
    nap: bool
    nights: int
    first: date
    last: date


def zone_named(name: str) -> tzinfo:
    """A zone from its IANA name, or from an offset such as `UTC+01:00`."""
    if name == "UTC":
        return UTC
    offset = _OFFSET.match(name)
    if offset is None:
        return ZoneInfo(name)
    hours, minutes, seconds = (int(part or 0) for part in offset.groups()[1:])
    size = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return timezone(-size if offset[1] == "-" else size)


def _columns(recorded: RecordedNight, import_id: int | None) -> dict[str, object]:
    """A recorded night as a row."""
    night, zero = recorded.night, recorded.night.lights_out.timestamp()
    stages = [
        [stretch.stage, *(round(at.timestamp() - zero, 3) for at in stretch[1:])]
        for stretch in recorded.stages
    ]
    texts = ("key", "wake_date", "zone", "instrument", "source", "device", "light")
    times = ("evening", "nap", "lights_out", "rise", *MEASURED)
    return {
        **{name: getattr(recorded, name) for name in texts},
        **{name: getattr(night, name) for name in times},
        "stages": stages,
        "lacks": list(recorded.lacks),
        "import_id": import_id,
    }


def _recorded(row: RowMapping) -> RecordedNight:
    """A row as a recorded night."""
    zone = zone_named(row["zone"])

    def moment(seconds: float) -> datetime:
        return (row["lights_out"] + timedelta(seconds=seconds)).astimezone(zone)

    night = Night(
        kind="measured",
        evening=row["evening"],
        lights_out=row["lights_out"].astimezone(zone),
        rise=row["rise"].astimezone(zone),
        nap=row["nap"],
        **{name: row[name] for name in MEASURED},
    )
    fields = {name: row[name] for name in RecordedNight._fields if name in row}
    stages = tuple(Stretch(stage, moment(a), moment(b)) for stage, a, b in row["stages"])
    return RecordedNight(
        **fields | {"night": night, "stages": stages, "lacks": tuple(row["lacks"])}
    )


def keep_night(
    connection: Connection, recorded: RecordedNight, now: datetime, import_id: int | None = None
) -> Outcome:
    """Keep one night within a transaction; the same episode, told again otherwise, is changed."""
    return keep(connection, "nights", ("key",), _columns(recorded, import_id), now)


def keep_nights(
    store: Store, recorded: Iterable[RecordedNight], now: datetime
) -> dict[Outcome, int]:
    """Keep nights, all or none; tells how many were new, changed, unchanged."""
    with writing(store) as connection:
        return _counted(keep_night(connection, night, now) for night in recorded)


def _counted(outcomes: Iterable[Outcome]) -> dict[Outcome, int]:
    counts: dict[Outcome, int] = {"new": 0, "changed": 0, "unchanged": 0}
    for outcome in outcomes:
        counts[outcome] += 1
    return counts


def keep_import(
    store: Store,
    recorded: Iterable[RecordedNight],
    ledger: Ledger,
    file: str,
    sha256: str,
    reader: str,
    now: datetime,
) -> tuple[int, dict[Outcome, int]]:
    """Keep a file's nights and its ledger, all or none; tells its number, and nights by outcome.

    Imported again, it changes no night.
    """
    entries = [
        [e.where, e.rows, e.verdict, e.reason, e.evening and e.evening.isoformat()]
        for e in ledger.entries
    ]
    row = {"imported_at": now, "file": file[-500:], "sha256": sha256, "reader": reader}
    with writing(store) as connection:
        number = inserted(connection, "imports", **row, **ledger.counts, ledger=entries)
        return number, _counted(keep_night(connection, night, now, number) for night in recorded)


def nights(
    store: Store, first: date | None = None, last: date | None = None, source: str = ""
) -> tuple[RecordedNight, ...]:
    """The nights and naps of evenings `first` to `last`, by the time they began.

    With `source` only those from that format.
    """
    columns = table("nights").c
    query = select(*columns).order_by(columns.lights_out, columns.id)
    if first is not None:
        query = query.where(columns.evening >= first)
    if last is not None:
        query = query.where(columns.evening <= last)
    if source:
        query = query.where(columns.source == source)
    with reading(store) as connection:
        rows = connection.execute(query).mappings().all()
    return tuple(_recorded(row) for row in rows)


def spans(store: Store) -> tuple[Span, ...]:
    """What is kept, instrument by instrument, naps apart."""
    columns = table("nights").c
    query = select(
        columns.instrument,
        columns.nap,
        func.count(),
        func.min(columns.evening),
        func.max(columns.evening),
    )
    grouped = query.group_by(columns.instrument, columns.nap).order_by(
        columns.instrument, columns.nap
    )
    with reading(store) as connection:
        return tuple(Span(*row) for row in connection.execute(grouped))


def imports(store: Store) -> tuple[StoredImport, ...]:
    """Every import with its ledger, the first first."""
    columns = table("imports").c
    with reading(store) as connection:
        rows = connection.execute(select(*columns).order_by(columns.id)).mappings().all()
    return tuple(
        StoredImport(
            *(row[name] for name in StoredImport._fields[:-1]),
            ledger=Ledger(
                row["accepted"] + row["partial"] + row["rejected"],
                tuple(
                    LedgerEntry(where, n, verdict, reason, date.fromisoformat(day) if day else None)
                    for where, n, verdict, reason, day in row["ledger"]
                ),
            ),
        )
        for row in rows
    )
