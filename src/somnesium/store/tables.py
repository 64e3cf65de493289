"""The tables of the store, as they are now. `migrations/` says how they came to be.

Moments are kept in universal time and come back with it; the zone beside them says what the clock
on the wall showed. Durations are minutes, efficiency percent, doses mg (elemental for magnesium).
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

METADATA = MetaData()
"""All tables of the store."""


class Moment(TypeDecorator[datetime]):
    """A moment: given with its zone, kept in universal time, read in universal time."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To universal time; a moment without a zone is a mistake of ours."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a moment without a zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Back with its zone."""
        return None if value is None else value.replace(tzinfo=UTC)


MEASURED = (
    "latency",
    "duration",
    "awake_after_onset",
    "efficiency",
    "n1",
    "n2",
    "slow_wave",
    "rem",
    "awakenings",
    "rem_latency",
    "heart_rate",
    "rmssd",
)
"""What a night can hold as numbers, in the order of `Night`."""

Table(
    "imports",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("imported_at", Moment, nullable=False),
    Column("file", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("reader", String, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("partial", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("ledger", JSON, nullable=False),
)
Table(
    "nights",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("evening", Date, nullable=False, index=True),
    Column("wake_date", Date, nullable=False),
    Column("zone", String, nullable=False),
    Column("nap", Boolean, nullable=False),
    Column("instrument", String, nullable=False),
    Column("source", String, nullable=False),
    Column("device", String, nullable=False),
    Column("lights_out", Moment, nullable=False),
    Column("rise", Moment, nullable=False),
    *(Column(name, Float) for name in MEASURED),
    Column("light", Float),
    Column("stages", JSON, nullable=False),
    Column("lacks", JSON, nullable=False),
    Column("import_id", Integer, ForeignKey("imports.id")),
    Column("recorded_at", Moment, nullable=False),
)
Table(
    "doses",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("evening", Date, nullable=False),
    Column("what", String, nullable=False),
    Column("taken", Boolean, nullable=False),
    Column("taken_at", Moment),
    Column("zone", String, nullable=False),
    Column("form", String),
    Column("amount_mg", Float),
    Column("recorded_at", Moment, nullable=False),
    UniqueConstraint("evening", "what"),
)
Table(
    "ratings",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("day", Date, nullable=False),
    Column("name", String, nullable=False),
    Column("value", Float, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    UniqueConstraint("day", "name"),
)
Table(
    "circumstances",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("evening", Date, nullable=False),
    Column("name", String, nullable=False),
    Column("value", Float),
    Column("text", String),
    Column("recorded_at", Moment, nullable=False),
    UniqueConstraint("evening", "name"),
)
Table(
    "notes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("evening", Date, nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
)
Table(
    "experiments",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("start", Date, nullable=False),
    Column("state", String, nullable=False),
    Column("question", JSON, nullable=False),
    Column("preregistration", Text, nullable=False),
    Column("hash", String, nullable=False, unique=True),
)
Table(
    "allocations",
    METADATA,
    Column(
        "experiment_id",
        Integer,
        ForeignKey("experiments.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("made_at", Moment, nullable=False),
    Column("algorithm", String, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("hash", String, nullable=False),
)
Table(
    "unblindings",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("experiment_id", Integer, ForeignKey("experiments.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("reason", String, nullable=False),
)
Table(
    "history",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("table", String, nullable=False),
    Column("record_id", Integer, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("before", JSON, nullable=False),
)

KEPT = tuple(table.name for table in METADATA.sorted_tables)
"""Names of all tables, those referred to before those that refer."""


def table(name: str) -> Table:
    """A table by its name."""
    return METADATA.tables[name]
