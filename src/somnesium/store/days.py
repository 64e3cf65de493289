"""What belongs to a day: doses as taken, ratings, circumstances, notes."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from somnesium.store.history import Outcome, keep
from somnesium.store.nights import zone_named
from somnesium.store.open import Store, reading
from somnesium.store.tables import table


class DoseTaken(NamedTuple):
    """A dose of the day before a night, or that none was taken.

    `what` is what the person calls it; in a blinded experiment nobody knows its `form` and
    `amount_mg` (elemental for magnesium). `taken_at` is None where nobody said when.
    """

    evening: date
    what: str
    taken: bool
    taken_at: datetime | None
    zone: str
    form: str | None = None
    amount_mg: float | None = None


class Rating(NamedTuple):
    """A number somebody gave on a day: `sleepiness` 0–10, an `isi` or `psqi` total."""

    day: date
    name: str
    value: float


class Circumstance(NamedTuple):
    """What else could have moved the night of an evening: a number, or words."""

    evening: date
    name: str
    value: float | None
    text: str | None


class Note(NamedTuple):
    """A person's own words on an evening."""

    evening: date
    text: str


def keep_dose(connection: Connection, dose: DoseTaken, now: datetime) -> Outcome:
    """Keep a dose within a transaction, one of each thing an evening."""
    return keep(connection, "doses", ("evening", "what"), dose._asdict(), now)[0]


def keep_rating(connection: Connection, rating: Rating, now: datetime) -> Outcome:
    """Keep a rating within a transaction, one of each name a day."""
    return keep(connection, "ratings", ("day", "name"), rating._asdict(), now)[0]


def keep_circumstance(connection: Connection, one: Circumstance, now: datetime) -> Outcome:
    """Keep a circumstance within a transaction, one of each name an evening."""
    return keep(connection, "circumstances", ("evening", "name"), one._asdict(), now)[0]


def keep_note(connection: Connection, note: Note, now: datetime) -> Outcome:
    """Keep a note within a transaction, one an evening."""
    return keep(connection, "notes", ("evening",), note._asdict(), now)[0]


def doses_taken(store: Store) -> tuple[DoseTaken, ...]:
    """Every dose, by evening; moments in the zone they were told in."""
    kept = table("doses")
    with reading(store) as connection:
        rows = connection.execute(select(kept).order_by(kept.c.evening, kept.c.id)).mappings()
        return tuple(
            DoseTaken(
                row["evening"],
                row["what"],
                row["taken"],
                row["taken_at"] and row["taken_at"].astimezone(zone_named(row["zone"])),
                row["zone"],
                row["form"],
                row["amount_mg"],
            )
            for row in rows
        )


def ratings(store: Store, name: str | None = None) -> tuple[Rating, ...]:
    """Every rating, or those of one name, by day."""
    kept = table("ratings")
    asked = select(kept.c.day, kept.c.name, kept.c.value).order_by(kept.c.day, kept.c.id)
    with reading(store) as connection:
        rows = connection.execute(asked if name is None else asked.where(kept.c.name == name))
        return tuple(Rating(*row) for row in rows)


def circumstances(store: Store) -> tuple[Circumstance, ...]:
    """Every circumstance, by evening."""
    kept = table("circumstances")
    asked = select(kept.c.evening, kept.c.name, kept.c.value, kept.c.text)
    with reading(store) as connection:
        rows = connection.execute(asked.order_by(kept.c.evening, kept.c.id))
        return tuple(Circumstance(*row) for row in rows)


def notes(store: Store) -> tuple[Note, ...]:
    """Every note, by evening."""
    kept = table("notes")
    with reading(store) as connection:
        rows = connection.execute(select(kept.c.evening, kept.c.text).order_by(kept.c.evening))
        return tuple(Note(*row) for row in rows)
