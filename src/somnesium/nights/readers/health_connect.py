"""Android's Health Connect: an SQLite database, copied aside and opened for reading only.

Every app writes its own sessions; they stay apart and one is chosen for each night. Nothing in the
file is run: views and virtual tables are not read, and a query that does not end is stopped.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, timedelta, timezone, tzinfo
from pathlib import Path
from typing import NamedTuple

from somnesium.errors import InvalidInput
from somnesium.nights.readers.clocks import epoch
from somnesium.nights.readers.opening import Part
from somnesium.nights.readers.reader import Hints, Items, Reader, Unreadable
from somnesium.nights.session import Rejected, Session, checked
from somnesium.nights.stretches import Stage, Stretch, flat

_MARK = b"SQLite format 3\x00"
_SESSIONS, _STAGES = "sleep_session_record_table", "sleep_stages_table"
_APPS = "application_info_table"
_KINDS: dict[int, Stage] = {
    1: "awake",
    2: "asleep",
    3: "awake",
    4: "light",
    5: "deep",
    6: "rem",
    7: "awake",
}
_STEPS, _MOST_TICKS = 100_000, 5_000
"""A query is stopped after this many steps of the database's machine, times the next."""


@contextmanager
def _database(part: Part) -> Iterator[sqlite3.Connection]:
    """The database, read-only, from a private copy that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="somnesium-") as folder:
        copy = Path(folder) / "health_connect.db"
        with part.open() as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        try:
            with closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro&immutable=1", uri=True)) as base:
                base.text_factory = lambda data: data.decode("utf-8", "replace")
                base.execute("PRAGMA trusted_schema = OFF")
                base.execute("PRAGMA cell_size_check = ON")
                ticks = iter(range(_MOST_TICKS))
                base.set_progress_handler(lambda: next(ticks, None) is None, _STEPS)
                yield base
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise _wrong(part, f"{error}; export it again") from None


def _wrong(part: Part, fix: str) -> InvalidInput:
    return InvalidInput.field("file", part.name, "a database of Health Connect", fix)


def _has(base: sqlite3.Connection, name: str) -> bool:
    """Whether an ordinary table of this name is there."""
    query = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?"
    definition = base.execute(query, (name,)).fetchone()
    return definition is not None and "virtual" not in str(definition[0]).casefold()[:20]


def _whole(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 1 << 52:
        raise Unreadable(f"{name} is not a whole number")
    return value


def _zone(seconds: object, hints: Hints) -> tzinfo:
    """The named zone, or the session's own offset."""
    if hints.zone is not None:
        return hints.zone
    if seconds is None:
        return UTC
    span = timedelta(seconds=_whole(seconds, "the zone offset"))
    if abs(span) > timedelta(hours=18) or span.total_seconds() % 60:
        raise Unreadable("the zone offset cannot be")
    return timezone(span) if span else UTC


class _Record(NamedTuple):
    """A row of the table of sessions."""

    number: object
    uuid: object
    start: object
    end: object
    start_offset: object
    end_offset: object
    app: object


def _session(
    record: _Record,
    where: str,
    apps: dict[object, str],
    stages: list[tuple[object, ...]],
    hints: Hints,
) -> Session:
    zone = _zone(record.start_offset, hints)
    begin = epoch(_whole(record.start, "its beginning"), zone)
    late = record.start_offset if record.end_offset is None else record.end_offset
    end = epoch(_whole(record.end, "its end"), _zone(late, hints))
    stretches = []
    for start, stop, kind in stages:
        stage = _KINDS.get(_whole(kind, "a stage"))
        times = [_whole(value, "a stage's time") for value in (start, stop)]
        if stage is not None and times[0] < times[1]:
            stretches.append(Stretch(stage, epoch(times[0], zone), epoch(times[1], zone)))
    uuid = record.uuid
    return Session(
        source="health_connect",
        device=apps.get(record.app, "an unnamed app"),
        where=where,
        begin=begin,
        end=end,
        rows=1 + len(stages),
        key=uuid.hex() if isinstance(uuid, bytes) else str(uuid or "")[:100],
        stages=flat(stretches),
    )


def _read(parts: tuple[Part, ...], hints: Hints) -> Items:
    for part in parts:
        with _database(part) as base:
            yield from _of_base(base, part, hints)


def _of_base(base: sqlite3.Connection, part: Part, hints: Hints) -> Items:
    if not _has(base, _SESSIONS):
        raise _wrong(part, "it holds no table of sleep")
    apps: dict[object, str] = {}
    if _has(base, _APPS):
        rows = base.execute(f"SELECT row_id, app_name, package_name FROM {_APPS}")  # noqa: S608
        apps = {number: str(name or package)[:200] for number, name, package in rows}
    stages: dict[object, list[tuple[object, ...]]] = {}
    if _has(base, _STAGES):
        columns = "parent_key, stage_start_time, stage_end_time, stage_type"
        for parent, *stage in base.execute(f"SELECT {columns} FROM {_STAGES}"):  # noqa: S608
            stages.setdefault(parent, []).append(tuple(stage))
    columns = "row_id, uuid, start_time, end_time, start_zone_offset, end_zone_offset, app_info_id"
    for row in base.execute(f"SELECT {columns} FROM {_SESSIONS} ORDER BY start_time, row_id"):  # noqa: S608
        record = _Record(*row)
        where = f"{part.name} sleep {str(record.number)[:20]}"
        bouts = stages.pop(record.number, [])
        try:
            yield checked(_session(record, where, apps, bouts, hints))
        except Unreadable as error:
            yield Rejected(where, str(error), 1 + len(bouts))
    for number, lost in stages.items():
        where = f"{part.name} stages of sleep {str(number)[:20]}"
        yield Rejected(where, "their sleep is not in the export", len(lost))


def _recognised(head: bytes) -> bool:
    return head.startswith(_MARK)


HEALTH_CONNECT = Reader("health_connect", "Android Health Connect", _recognised, _read)
"""`health_connect_export.db`, or the zip it comes in."""
