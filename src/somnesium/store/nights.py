"""Measured nights, and the files they came from. Every recorder's night is kept apart."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, func, insert, select

from somnesium.nights.ledger import Entry, Ledger
from somnesium.nights.merging import Merged, Recorded
from somnesium.nights.night import Night
from somnesium.nights.stretches import Stretch
from somnesium.store.history import Outcome, keep
from somnesium.store.open import Store, reading, writing
from somnesium.store.tables import MEASURED, table

_OFFSET = re.compile(r"^UTC([+-])(\d\d):(\d\d)(?::(\d\d))?$")


class KeptNight(NamedTuple):
    """A night as kept: its number, what recorded it, by which instrument, and from which import."""

    id: int
    recorded: Recorded
    instrument: str
    import_id: int | None
    recorded_at: datetime


class KeptImport(NamedTuple):
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


class ImportKept(NamedTuple):
    """What an import did to the store: its number, and nights by outcome."""

    id: int
    outcomes: dict[Outcome, int]


def zone_named(name: str) -> tzinfo:
    """A zone from its IANA name, or from an offset such as `UTC+01:00`."""
    if name == "UTC":
        return UTC
    found = _OFFSET.match(name)
    if found is None:
        return ZoneInfo(name)
    hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    size = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return timezone(-size if found[1] == "-" else size)


def _columns(one: Recorded, instrument: str, import_id: int | None) -> dict[str, Any]:
    """A recorded night as a row."""
    night, zero = one.night, one.night.lights_out.timestamp()
    stages = [
        [stretch.stage, *(round(at.timestamp() - zero, 3) for at in stretch[1:])]
        for stretch in one.stages
    ]
    return {
        "key": one.key,
        "evening": night.evening,
        "wake_date": one.wake_date,
        "zone": one.zone,
        "nap": night.nap,
        "instrument": instrument,
        "source": one.source,
        "device": one.device,
        "lights_out": night.lights_out,
        "rise": night.rise,
        "light": one.light,
        "stages": stages,
        "lacks": list(one.lacks),
        "import_id": import_id,
        **{name: getattr(night, name) for name in MEASURED},
    }


def _recorded(row: RowMapping) -> Recorded:
    """A row as a recorded night."""
    zone = zone_named(row["zone"])
    begin = row["lights_out"].astimezone(zone)

    def moment(seconds: float) -> datetime:
        return (row["lights_out"] + timedelta(seconds=seconds)).astimezone(zone)

    night = Night(
        kind="measured",
        evening=row["evening"],
        lights_out=begin,
        rise=row["rise"].astimezone(zone),
        nap=row["nap"],
        **{name: row[name] for name in MEASURED},
    )
    return Recorded(
        night=night,
        wake_date=row["wake_date"],
        source=row["source"],
        device=row["device"],
        zone=row["zone"],
        key=row["key"],
        light=row["light"],
        lacks=tuple(row["lacks"]),
        stages=tuple(Stretch(stage, moment(a), moment(b)) for stage, a, b in row["stages"]),
    )


def keep_night(
    connection: Connection,
    one: Recorded,
    now: datetime,
    instrument: str = "",
    import_id: int | None = None,
) -> tuple[Outcome, int]:
    """Keep one night within a transaction; the same episode, told again otherwise, is changed."""
    return keep(connection, "nights", ("key",), _columns(one, instrument, import_id), now)


def keep_nights(
    store: Store, recorded: Iterable[Recorded], now: datetime, instrument: str = ""
) -> dict[Outcome, int]:
    """Keep nights, all or none; tells how many were new, changed, unchanged."""
    with writing(store) as connection:
        told = [keep_night(connection, one, now, instrument) for one in recorded]
    return _counted(told)


def _counted(told: Sequence[tuple[Outcome, int]]) -> dict[Outcome, int]:
    found: dict[Outcome, int] = {"new": 0, "changed": 0, "unchanged": 0}
    for outcome, _ in told:
        found[outcome] += 1
    return found


def keep_import(
    store: Store,
    merged: Merged,
    file: str,
    sha256: str,
    reader: str,
    now: datetime,
    instrument: str | Callable[[Recorded], str] = "",
) -> ImportKept:
    """Keep a file's nights and its ledger, all or none. Imported again, it changes no night.

    `instrument` is that of the whole file, or tells that of each night.
    """
    counts = merged.ledger.counts
    with writing(store) as connection:
        done = connection.execute(
            insert(table("imports")).values(
                imported_at=now,
                file=file[-500:],
                sha256=sha256,
                reader=reader,
                **counts,
                ledger=[
                    [e.where, e.rows, e.verdict, e.reason, e.evening and e.evening.isoformat()]
                    for e in merged.ledger.entries
                ],
            )
        )
        number = int(done.inserted_primary_key[0])  # type: ignore[index]
        told = [
            keep_night(
                connection,
                one,
                now,
                instrument if isinstance(instrument, str) else instrument(one),
                number,
            )
            for one in merged.nights
        ]
    return ImportKept(number, _counted(told))


def nights(
    store: Store, first: date | None = None, last: date | None = None, source: str = ""
) -> tuple[KeptNight, ...]:
    """The nights and naps of evenings `first` to `last`, by the time they began.

    With `source` only those from that format.
    """
    kept = table("nights")
    asked = select(kept).order_by(kept.c.lights_out, kept.c.id)
    if first is not None:
        asked = asked.where(kept.c.evening >= first)
    if last is not None:
        asked = asked.where(kept.c.evening <= last)
    if source:
        asked = asked.where(kept.c.source == source)
    with reading(store) as connection:
        rows = connection.execute(asked).mappings().all()
    return tuple(
        KeptNight(
            row["id"], _recorded(row), row["instrument"], row["import_id"], row["recorded_at"]
        )
        for row in rows
    )


def spans(store: Store) -> tuple[Span, ...]:
    """What is kept, instrument by instrument, naps apart."""
    kept = table("nights").c
    asked = select(
        kept.instrument, kept.nap, func.count(), func.min(kept.evening), func.max(kept.evening)
    )
    grouped = asked.group_by(kept.instrument, kept.nap).order_by(kept.instrument, kept.nap)
    with reading(store) as connection:
        return tuple(Span(*row) for row in connection.execute(grouped))


def imports(store: Store) -> tuple[KeptImport, ...]:
    """Every import with its ledger, the first first."""
    kept = table("imports")
    with reading(store) as connection:
        rows = connection.execute(select(kept).order_by(kept.c.id)).mappings().all()
    return tuple(
        KeptImport(
            row["id"],
            row["imported_at"],
            row["file"],
            row["sha256"],
            row["reader"],
            Ledger(
                row["accepted"] + row["partial"] + row["rejected"],
                tuple(
                    Entry(where, n, verdict, reason, date.fromisoformat(day) if day else None)
                    for where, n, verdict, reason, day in row["ledger"]
                ),
            ),
        )
        for row in rows
    )
