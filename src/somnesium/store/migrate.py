"""Bring a store to the present shape, step by step, in the transaction it is given."""

from pathlib import Path

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from somnesium.errors import InvalidInput

_LOCK = 7_264_531
"""Number of the lock held while a PostgreSQL store changes its shape."""


def _steps() -> ScriptDirectory:
    folder = Path(__file__).parent / "migrations"
    return ScriptDirectory(str(folder), version_locations=[str(folder / "versions")])


def latest() -> str:
    """Name of the present shape."""
    return _steps().get_current_head() or ""


def shape_of(connection: Connection) -> str | None:
    """Name of the shape a store has; None if it holds nothing."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate(connection: Connection, to: str | None = None) -> None:
    """Run every step from the store's shape to `to` (the latest).

    Raises `InvalidInput` for a shape that this version does not know.
    """
    if connection.dialect.name == "postgresql":  # two that open a new store take turns
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    steps, context = _steps(), MigrationContext.configure(connection)
    known = {step.revision for step in steps.walk_revisions()}
    now, then = context.get_current_revision(), to or latest()
    for shape in (now, then):
        if shape is not None and shape not in known:
            fix = "it was made by a newer version: install that one"
            raise InvalidInput.field("store", shape, f"one of the shapes {sorted(known)}", fix)
    if now == then:
        return
    if now is None and (others := inspect(connection).get_table_names()):
        allowed = "a store of Somnesium, or an empty database"
        fix = "this one belongs to something else: name another"
        raise InvalidInput.field("store", f"tables {', '.join(others[:3])}", allowed, fix)
    with Operations.context(context):
        for step in reversed(list(steps.iterate_revisions(then, now or "base"))):
            step.module.upgrade()
    context.stamp(steps, then)
