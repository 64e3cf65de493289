"""Open a store: a file of the user's own (SQLite), or a PostgreSQL database by its URL.

What is committed is on the disk: SQLite keeps a write-ahead log and waits for the disk at every
commit, so that a process killed at any moment loses nothing that was told as saved.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from platformdirs import user_data_path
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from somnesium.errors import InvalidInput, MissingPart
from somnesium.store.migrate import latest, migrate, shape_of

_PATIENCE = 30.0
"""Seconds to wait for another process that writes."""


class Store(NamedTuple):
    """An open store: its engine, and the file it is in (None: a server)."""

    engine: Engine
    path: Path | None


def default_store() -> str:
    """Where the store is: `SOMNESIUM_STORE`, a path or a URL, or the user's data folder."""
    return os.environ.get("SOMNESIUM_STORE") or str(user_data_path("somnesium") / "store.sqlite3")


def is_there(where: str | Path | None = None) -> bool:
    """Whether there is a store already: a file; of a server it is taken for granted."""
    text = str(where or default_store())
    return "://" in text or Path(text).expanduser().is_file()


def open_store(where: str | Path | None = None) -> Store:
    """Open, and make or bring up to date, the store at a path or `postgresql://` URL.

    A new file and its folder can be read by their owner only. Raises `InvalidInput` for what is
    no store or cannot be reached, `MissingPart` if PostgreSQL's driver is not installed.
    """
    text = str(where or default_store())
    store = _server(text) if "://" in text else _file(Path(text).expanduser())
    try:
        with reading(store) as connection:
            present = shape_of(connection) == latest()
        if not present:
            with writing(store) as connection:
                migrate(connection)
    except DBAPIError as error:
        store.engine.dispose()
        reason = str(error.orig).strip().splitlines()[0] if error.orig else "it cannot be opened"
        allowed = "a store of Somnesium, a new file, or a PostgreSQL URL"
        raise InvalidInput.field("store", _shown(text), allowed, reason) from None
    except InvalidInput:
        store.engine.dispose()
        raise
    if store.path is not None and store.path.stat().st_mode & 0o077:
        store.path.chmod(0o600)
    return store


@contextmanager
def opened(where: str | Path | None = None) -> Iterator[Store]:
    """A store as `open_store` opens it, closed at the end."""
    store = open_store(where)
    try:
        yield store
    finally:
        store.engine.dispose()


def _shown(text: str) -> str:
    """A place without its password."""
    return make_url(text).render_as_string(hide_password=True) if "://" in text else text


def _server(text: str) -> Store:
    """A PostgreSQL database."""
    allowed = "postgresql://user@host/database"
    try:
        url = make_url(text)
    except ArgumentError:
        raise InvalidInput.field("store", "that URL", allowed, "write it like this") from None
    if url.drivername.split("+")[0] not in ("postgresql", "postgres"):
        raise InvalidInput.field("store", url.drivername, f"a path, or {allowed}")
    try:
        engine = create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    except ImportError:
        raise MissingPart(
            "a PostgreSQL store needs psycopg: pip install 'somnesium[postgres]'"
        ) from None
    return Store(engine, None)


def _file(path: Path) -> Store:
    """An SQLite file that only its owner can read."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The log files beside it take the same permissions.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        allowed = "a file in a folder you can write to"
        raise InvalidInput.field("store", str(path), allowed, error.strerror or "") from None
    url = URL.create("sqlite", database=str(path.absolute()))
    engine = create_engine(url, connect_args={"timeout": _PATIENCE})
    event.listen(engine, "connect", _prepared)
    event.listen(engine, "begin", _begun)
    return Store(engine, path)


def _prepared(raw: Any, _record: object) -> None:  # noqa: ANN401 - the driver's connection
    """A write-ahead log, the disk waited for, references held, deleted pages overwritten."""
    raw.isolation_level = None  # transactions are begun by `_begun`, schema changes included
    cursor = raw.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begun(connection: Connection) -> None:
    """Writers take their turn at once, so that none has to give up half-way."""
    reads = connection.get_execution_options().get("somnesium_reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


@contextmanager
def reading(store: Store) -> Iterator[Connection]:
    """A connection that sees the store as it is at one moment."""
    options = {"somnesium_reads": True}
    if store.path is None:
        options["isolation_level"] = "REPEATABLE READ"  # type: ignore[assignment]
    with store.engine.connect().execution_options(**options) as connection:
        yield connection


@contextmanager
def writing(store: Store) -> Iterator[Connection]:
    """A transaction: all of it is kept at the end, or none. Raises `InvalidInput` if locked."""
    try:
        with store.engine.begin() as connection:
            yield connection
    except OperationalError as error:
        if "locked" not in str(error.orig):
            raise
        allowed, fix = "a store nobody writes to", "another process writes to it: try again"
        raise InvalidInput.field("store", "a locked file", allowed, fix) from None
