"""Records kept once each: written anew, changed with the earlier text kept, or left as they are."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, RowMapping, insert, select, update

from somnesium.store.open import Store, reading
from somnesium.store.tables import table

Outcome = Literal["new", "changed", "unchanged"]
"""What became of a record that was to be kept."""

_MARKS = ("id", "recorded_at", "import_id")


class Change(NamedTuple):
    """What a record was before it was changed, and when that was."""

    table: str
    record_id: int
    changed_at: datetime
    before: dict[str, Any]


def plain(row: Mapping[str, Any] | RowMapping) -> dict[str, Any]:
    """A row as JSON can hold it: dates as ISO text, moments too, in universal time."""
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
    return value.isoformat() if isinstance(value, date) else value


def inserted(connection: Connection, name: str, /, **values: object) -> int:
    """Insert one row into a table; its number."""
    done = connection.execute(insert(table(name)).values(**values))
    return int(done.inserted_primary_key[0])  # type: ignore[index]


def keep(
    connection: Connection,
    name: str,
    identity: Sequence[str],
    values: Mapping[str, object],
    now: datetime,
) -> Outcome:
    """Keep a record of a table, known by its columns `identity`; tells what became of it.

    A record that says something else replaces the earlier one, which goes to the history. One
    that says the same changes nothing, whenever and by whichever import it came.
    """
    records = table(name)
    # No text of ours holds a zero byte, which PostgreSQL cannot keep.
    values = {
        column: value.replace("\x00", "") if isinstance(value, str) else value
        for column, value in values.items()
    }
    same = [records.c[column] == values[column] for column in identity]
    before = connection.execute(select(records).where(*same)).mappings().one_or_none()
    if before is None:
        inserted(connection, name, **values, recorded_at=now)
        return "new"
    content = {column: values[column] for column in values if column not in _MARKS}
    if plain(content) == plain({column: before[column] for column in content}):
        return "unchanged"
    number, row = int(before["id"]), {**values, "recorded_at": now}
    past = {"table": name, "record_id": number, "changed_at": now, "before": plain(before)}
    inserted(connection, "history", **past)
    connection.execute(update(records).where(records.c.id == number).values(**row))
    return "changed"


def changes(store: Store, name: str, record_id: int | None = None) -> tuple[Change, ...]:
    """What records of a table, or one of them, were before; the earliest first."""
    past = table("history")
    columns = (past.c[field] for field in Change._fields)
    query = select(*columns).where(past.c.table == name).order_by(past.c.id)
    if record_id is not None:
        query = query.where(past.c.record_id == record_id)
    with reading(store) as connection:
        return tuple(Change(**row) for row in connection.execute(query).mappings())
