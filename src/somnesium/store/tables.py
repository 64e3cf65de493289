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
from sqlalchemy.types import TypeEngine

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


def _required(kind: type[TypeEngine] | TypeEngine, *names: str) -> list[Column]:
    return [Column(name, kind, nullable=False) for name in names]


def _number() -> Column:
    return Column("id", Integer, primary_key=True)


Table(
    "imports",
    METADATA,
    _number(),
    *_required(Moment, "imported_at"),
    *_required(String, "file", "sha256", "reader"),
    *_required(Integer, "accepted", "partial", "rejected"),
    *_required(JSON, "ledger"),
)
Table(
    "nights",
    METADATA,
    _number(),
    Column("key", String, nullable=False, unique=True),
    Column("evening", Date, nullable=False, index=True),
    *_required(Date, "wake_date"),
    *_required(String, "zone"),
    *_required(Boolean, "nap"),
    *_required(String, "instrument", "source", "device"),
    *_required(Moment, "lights_out", "rise"),
    *(Column(name, Float) for name in MEASURED),
    Column("light", Float),
    *_required(JSON, "stages", "lacks"),
    Column("import_id", Integer, ForeignKey("imports.id")),
    *_required(Moment, "recorded_at"),
)
Table(
    "doses",
    METADATA,
    _number(),
    *_required(Date, "evening"),
    *_required(String, "what"),
    *_required(Boolean, "taken"),
    Column("taken_at", Moment),
    *_required(String, "zone"),
    Column("form", String),
    Column("amount_mg", Float),
    *_required(Moment, "recorded_at"),
    UniqueConstraint("evening", "what"),
)
Table(
    "ratings",
    METADATA,
    _number(),
    *_required(Date, "day"),
    *_required(String, "name"),
    *_required(Float, "value"),
    *_required(Moment, "recorded_at"),
    UniqueConstraint("day", "name"),
)
Table(
    "circumstances",
    METADATA,
    _number(),
    *_required(Date, "evening"),
    *_required(String, "name"),
    Column("value", Float),
    Column("text", String),
    *_required(Moment, "recorded_at"),
    UniqueConstraint("evening", "name"),
)
Table(
    "notes",
    METADATA,
    _number(),
    Column("evening", Date, nullable=False, unique=True),
    *_required(Text, "text"),
    *_required(Moment, "recorded_at"),
)
Table(
    "experiments",
    METADATA,
    _number(),
    *_required(String, "name"),
    *_required(Moment, "made_at"),
    *_required(Date, "start"),
    *_required(String, "state"),
    *_required(JSON, "question"),
    *_required(Text, "preregistration"),
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
    *_required(Moment, "made_at"),
    *_required(String, "algorithm"),
    *_required(BigInteger, "seed"),
    *_required(Text, "sealed"),
    *_required(String, "hash"),
)
Table(
    "unblindings",
    METADATA,
    _number(),
    Column("experiment_id", Integer, ForeignKey("experiments.id"), nullable=False),
    *_required(Moment, "at"),
    *_required(String, "reason"),
)
Table(
    "history",
    METADATA,
    _number(),
    *_required(String, "table"),
    *_required(Integer, "record_id"),
    *_required(Moment, "changed_at"),
    *_required(JSON, "before"),
)

NAMES = tuple(table.name for table in METADATA.sorted_tables)
"""Names of all tables, those referred to before those that refer."""


def table(name: str) -> Table:
    """A table by its name."""
    return METADATA.tables[name]
