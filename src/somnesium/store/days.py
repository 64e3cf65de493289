"""What belongs to a day: doses as taken, ratings, circumstances, notes."""

from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from somnesium.nights.recorded import Circumstance, DoseTaken, Note, Rating
from somnesium.store.history import Outcome, keep
from somnesium.store.nights import zone_named
from somnesium.store.open import Store, reading
from somnesium.store.tables import table

DayRecord = DoseTaken | Rating | Circumstance | Note

_TABLES: dict[type[DayRecord], tuple[str, tuple[str, ...]]] = {
    DoseTaken: ("doses", ("evening", "what")),
    Rating: ("ratings", ("day", "name")),
    Circumstance: ("circumstances", ("evening", "name")),
    Note: ("notes", ("evening",)),
}
"""The table of each kind of record, and the columns that make it one of its kind a day."""


def keep_day_record(connection: Connection, record: DayRecord, now: datetime) -> Outcome:
    """Keep a record within a transaction; of its kind and name there is one a day."""
    name, identity = _TABLES[type(record)]
    return keep(connection, name, identity, record._asdict(), now)


def _rows(store: Store, kind: type[DayRecord]) -> tuple[RowMapping, ...]:
    name, identity = _TABLES[kind]
    columns = table(name).c
    fields = (columns[field] for field in kind._fields)
    query = select(*fields).order_by(columns[identity[0]], columns.id)
    with reading(store) as connection:
        return tuple(connection.execute(query).mappings())


def doses_taken(store: Store) -> tuple[DoseTaken, ...]:
    """Every dose, by evening; moments in the zone they were told in."""
    doses = (DoseTaken(**row) for row in _rows(store, DoseTaken))
    return tuple(
        dose._replace(taken_at=dose.taken_at and dose.taken_at.astimezone(zone_named(dose.zone)))
        for dose in doses
    )


def ratings(store: Store, name: str | None = None) -> tuple[Rating, ...]:
    """Every rating, or those of one name, by day."""
    every = (Rating(**row) for row in _rows(store, Rating))
    return tuple(rating for rating in every if name in (None, rating.name))


def circumstances(store: Store) -> tuple[Circumstance, ...]:
    """Every circumstance, by evening."""
    return tuple(Circumstance(**row) for row in _rows(store, Circumstance))


def notes(store: Store) -> tuple[Note, ...]:
    """Every note, by evening."""
    return tuple(Note(**row) for row in _rows(store, Note))
