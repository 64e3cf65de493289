"""Everything out of a store: a zip of tables to read elsewhere; everything gone; everything in."""

import csv
import io
import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Date, DateTime, MetaData, Table, delete, func, insert, select

from somnesium.errors import InvalidInput
from somnesium.store.history import plain
from somnesium.store.migrate import latest, migrate
from somnesium.store.open import Store, reading, writing
from somnesium.store.tables import NAMES, table

Contents = dict[str, Any]
"""All rows of a store by table as JSON can hold them, beside the store's shape."""

_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n")


def counts(store: Store) -> dict[str, int]:
    """Rows of every table."""
    with reading(store) as connection:
        queries = {name: select(func.count()).select_from(table(name)) for name in NAMES}
        return {name: int(connection.execute(q).scalar_one()) for name, q in queries.items()}


def everything(store: Store) -> Contents:
    """All that a store holds, as it was at one moment."""
    with reading(store) as connection:
        queries = {name: select(table(name)).order_by(*table(name).primary_key) for name in NAMES}
        rows = {
            name: [plain(row) for row in connection.execute(query).mappings()]
            for name, query in queries.items()
        }
    return {"shape": latest(), "tables": rows}


def guarded(value: object) -> object:
    """A cell that no spreadsheet runs as a formula; numbers stay numbers."""
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.lstrip(" ").startswith(_BEGINNINGS):
        return "'" + value
    return value


def _csv(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([guarded(row[column]) for column in columns])
    return out.getvalue()


def export_zip(store: Store, to: Path) -> dict[str, int]:
    """Write all tables as CSV, and all of it as JSON, into a new zip; tells the rows of each.

    The zip is there whole or not at all, and can be read by its owner only. In the CSV files a
    text that a spreadsheet would run as a formula begins with an apostrophe; the JSON is exact.
    """
    contents = everything(store)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in contents["tables"].items():
            columns = [column.name for column in table(name).columns]
            archive.writestr(f"{name}.csv", _csv(columns, rows))
        archive.writestr(
            "everything.json", json.dumps(contents, ensure_ascii=False, indent=1) + "\n"
        )
    write_private(to, content.getvalue())
    return {name: len(rows) for name, rows in contents["tables"].items()}


def write_private(to: Path, content: bytes) -> None:
    """Write a new file whole or not at all, readable by its owner only."""
    allowed = "a new file in a folder you can write to"
    if to.exists():
        raise InvalidInput.field("file", str(to), allowed, "it is there already: name another")
    part = to.with_name(to.name + ".part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(to)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InvalidInput.field("file", str(to), allowed, error.strerror or "") from None


def delete_everything(store: Store) -> dict[str, int]:
    """Delete every row, and the file if there is one; tells how many rows of each table went.

    What a file held is overwritten. Copies, backups and a server's own logs are not ours to reach.
    """
    gone = counts(store)
    with writing(store) as connection:
        for name in reversed(NAMES):
            connection.execute(delete(table(name)))
    if store.path is None:
        return gone
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        raw = connection.connection.driver_connection
        raw.execute("VACUUM")  # type: ignore[union-attr]
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    store.engine.dispose()
    for ending in ("-wal", "-shm", ""):
        store.path.with_name(store.path.name + ending).unlink(missing_ok=True)
    return gone


def put_back(store: Store, contents: Contents) -> dict[str, int]:
    """Put all of `everything` into an empty store, all or none; tells the rows of each table.

    What an older version wrote is put back in its shape and brought to the present one. Raises
    `InvalidInput` if the store holds anything, or the contents have a shape not known here.
    """
    held = {name: n for name, n in counts(store).items() if n}
    if held:
        rows = ", ".join(f"{n} {name}" for name, n in held.items())
        fix = "name another, or delete what is there first"
        raise InvalidInput.field("store", rows, "an empty store", fix)
    with writing(store) as connection:
        _reflected(connection).drop_all(connection)
        migrate(connection, str(contents["shape"]))
        shape = _reflected(connection)
        for records in shape.sorted_tables:
            rows = [_typed(records, row) for row in contents["tables"].get(records.name, ())]
            if rows:
                connection.execute(insert(records), rows)
        _count_on(connection, shape)
        migrate(connection)
    return {name: len(rows) for name, rows in contents["tables"].items()}


def _reflected(connection: Connection) -> MetaData:
    """The tables as they are."""
    shape = MetaData()
    shape.reflect(connection)
    return shape


def _typed(records: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its dates and moments read from text."""
    out = dict(row)
    for column in records.columns:
        value, kind = row[column.name], column.type
        if value is not None and isinstance(kind, DateTime):
            out[column.name] = datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
        elif value is not None and isinstance(kind, Date):
            out[column.name] = date.fromisoformat(value)
    return out


def _count_on(connection: Connection, shape: MetaData) -> None:
    """PostgreSQL numbers new rows after those put back."""
    if connection.dialect.name != "postgresql":
        return
    for records in shape.sorted_tables:
        if "id" in records.c:
            most = select(func.coalesce(func.max(records.c.id), 0) + 1).scalar_subquery()
            sequence = func.pg_get_serial_sequence(records.name, "id")
            connection.execute(select(func.setval(sequence, most, False)))
