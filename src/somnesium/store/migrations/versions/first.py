"""The first shape of the store."""

import sqlalchemy as sa
from alembic import op

revision = "first"
"""Name of this step."""
down_revision = None
"""The step before it: none."""

_MEASURED = (
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
    "light",
)


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.String, nullable=False)


def _moment(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime, nullable=False)


def _number() -> sa.Column:
    return sa.Column("id", sa.Integer, primary_key=True)


def _experiment(own: bool) -> sa.Column:
    """The experiment a row belongs to; `own` if it is also the row's number."""
    reference = sa.ForeignKey("experiments.id")
    return sa.Column(
        "experiment_id", sa.Integer, reference, primary_key=own, autoincrement=False, nullable=False
    )


def upgrade() -> None:
    """Make every table; an allocation cannot be changed once written."""
    op.create_table(
        "imports",
        _number(),
        _moment("imported_at"),
        _text("file"),
        _text("sha256"),
        _text("reader"),
        *(sa.Column(n, sa.Integer, nullable=False) for n in ("accepted", "partial", "rejected")),
        sa.Column("ledger", sa.JSON, nullable=False),
    )
    op.create_table(
        "nights",
        _number(),
        sa.Column("key", sa.String, nullable=False, unique=True),
        sa.Column("evening", sa.Date, nullable=False, index=True),
        sa.Column("wake_date", sa.Date, nullable=False),
        _text("zone"),
        sa.Column("nap", sa.Boolean, nullable=False),
        _text("instrument"),
        _text("source"),
        _text("device"),
        _moment("lights_out"),
        _moment("rise"),
        *(sa.Column(name, sa.Float) for name in _MEASURED),
        sa.Column("stages", sa.JSON, nullable=False),
        sa.Column("lacks", sa.JSON, nullable=False),
        sa.Column("import_id", sa.Integer, sa.ForeignKey("imports.id")),
        _moment("recorded_at"),
    )
    _days()
    _experiments()
    op.create_table(
        "history",
        _number(),
        _text("table"),
        sa.Column("record_id", sa.Integer, nullable=False),
        _moment("changed_at"),
        sa.Column("before", sa.JSON, nullable=False),
    )
    _written_once()


def _days() -> None:
    """What belongs to one day: doses, ratings, circumstances, notes."""
    op.create_table(
        "doses",
        _number(),
        sa.Column("evening", sa.Date, nullable=False),
        _text("what"),
        sa.Column("taken", sa.Boolean, nullable=False),
        sa.Column("taken_at", sa.DateTime),
        _text("zone"),
        sa.Column("form", sa.String),
        sa.Column("amount_mg", sa.Float),
        _moment("recorded_at"),
        sa.UniqueConstraint("evening", "what"),
    )
    op.create_table(
        "ratings",
        _number(),
        sa.Column("day", sa.Date, nullable=False),
        _text("name"),
        sa.Column("value", sa.Float, nullable=False),
        _moment("recorded_at"),
        sa.UniqueConstraint("day", "name"),
    )
    op.create_table(
        "circumstances",
        _number(),
        sa.Column("evening", sa.Date, nullable=False),
        _text("name"),
        sa.Column("value", sa.Float),
        sa.Column("text", sa.String),
        _moment("recorded_at"),
        sa.UniqueConstraint("evening", "name"),
    )
    op.create_table(
        "notes",
        _number(),
        sa.Column("evening", sa.Date, nullable=False, unique=True),
        sa.Column("text", sa.Text, nullable=False),
        _moment("recorded_at"),
    )


def _experiments() -> None:
    """Experiments, their allocations and every look behind the seal."""
    op.create_table(
        "experiments",
        _number(),
        _text("name"),
        _moment("made_at"),
        sa.Column("start", sa.Date, nullable=False),
        _text("state"),
        sa.Column("question", sa.JSON, nullable=False),
        sa.Column("preregistration", sa.Text, nullable=False),
        sa.Column("hash", sa.String, nullable=False, unique=True),
    )
    op.create_table(
        "allocations",
        _experiment(own=True),
        _moment("made_at"),
        _text("algorithm"),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        _text("hash"),
    )
    op.create_table(
        "unblindings", _number(), _experiment(own=False), _moment("at"), _text("reason")
    )


def _written_once() -> None:
    """The database itself refuses to change an allocation."""
    said = "an allocation is written once"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER allocation_written_once BEFORE UPDATE ON allocations "
            f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
        )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION allocation_written_once() RETURNS trigger AS "
        f"$$ BEGIN RAISE EXCEPTION '{said}'; END $$ LANGUAGE plpgsql"
    )
    op.execute(
        "CREATE TRIGGER allocation_written_once BEFORE UPDATE ON allocations "
        "FOR EACH ROW EXECUTE FUNCTION allocation_written_once()"
    )
