"""Experiments, their sealed allocations, and every look behind the seal.

An allocation is data: written once, in the transaction that writes its experiment, and never
drawn again. The database refuses to change it, and every reading holds it against its hash.
"""

import hashlib
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, insert, select, update

from somnesium.errors import InvalidInput, SomnesiumError
from somnesium.store.history import inserted
from somnesium.store.open import Store, reading, writing
from somnesium.store.tables import table

STATES = ("planned", "running", "stopped", "finished")
"""What an experiment can be."""


class Experiment(NamedTuple):
    """An experiment as kept. `hash` is the SHA-256 of the text of its preregistration."""

    id: int
    name: str
    made_at: datetime
    start: date
    state: str
    question: dict[str, Any]
    preregistration: str
    hash: str


class SealedAllocation(NamedTuple):
    """A sealed allocation: `sealed` is its text and `hash` the SHA-256 of that."""

    experiment_id: int
    made_at: datetime
    algorithm: str
    seed: int
    sealed: str
    hash: str


class Unblinding(NamedTuple):
    """A look behind the seal: when, and why."""

    experiment_id: int
    at: datetime
    reason: str


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def keep_experiment(
    store: Store,
    name: str,
    start: date,
    question: dict[str, Any],
    preregistration: str,
    algorithm: str,
    seed: int,
    sealed: str,
    now: datetime,
) -> Experiment:
    """Write an experiment and its allocation, both or neither.

    Raises `InvalidInput` if the same preregistration is there already.
    """
    hash = _hash(preregistration)
    with writing(store) as connection:
        columns = table("experiments").c
        if connection.execute(select(columns.id).where(columns.hash == hash)).first():
            fix = "its allocation stands; change the question to begin another"
            raise InvalidInput.field("experiment", hash[:12], "one not begun before", fix)
        number = inserted(
            connection,
            "experiments",
            name=name,
            made_at=now,
            start=start,
            state="planned",
            question=question,
            preregistration=preregistration,
            hash=hash,
        )
        connection.execute(
            insert(table("allocations")).values(
                experiment_id=number,
                made_at=now,
                algorithm=algorithm,
                seed=seed,
                sealed=sealed,
                hash=_hash(sealed),
            )
        )
    return experiment(store, number)


def _require_unchanged(what: str, text: str, hash: str) -> None:
    if _hash(text) != hash:
        raise SomnesiumError(
            f"the {what} is not the one that was written: restore the store from a backup"
        )


def _experiment(row: RowMapping) -> Experiment:
    stored = Experiment(**row)
    what = f"preregistration of experiment {stored.id}"
    _require_unchanged(what, stored.preregistration, stored.hash)
    return stored


def experiments(store: Store) -> tuple[Experiment, ...]:
    """Every experiment, the first first."""
    records = table("experiments")
    with reading(store) as connection:
        rows = connection.execute(select(records).order_by(records.c.id)).mappings().all()
    return tuple(_experiment(row) for row in rows)


def experiment(store: Store, number: int) -> Experiment:
    """One experiment; raises `InvalidInput` if there is none of that number."""
    records = table("experiments")
    query = select(records).where(records.c.id == number)
    with reading(store) as connection:
        row = connection.execute(query).mappings().one_or_none()
        known = connection.execute(select(records.c.id).order_by(records.c.id)).scalars().all()
    if row is None:
        allowed = ", ".join(map(str, known)) or "none yet"
        raise InvalidInput.field("experiment", number, allowed, "begin one with somnesium design")
    return _experiment(row)


def allocation(store: Store, number: int) -> SealedAllocation:
    """The allocation of an experiment as it was written; the seal is held against its hash."""
    experiment(store, number)
    records = table("allocations")
    query = select(records).where(records.c.experiment_id == number)
    with reading(store) as connection:
        sealed = SealedAllocation(**connection.execute(query).mappings().one())
    _require_unchanged(f"allocation of experiment {number}", sealed.sealed, sealed.hash)
    return sealed


def set_state(store: Store, number: int, state: str) -> Experiment:
    """Say that an experiment runs, was stopped or is finished."""
    if state not in STATES:
        raise InvalidInput.field("state", state, ", ".join(STATES))
    experiment(store, number)
    records = table("experiments")
    with writing(store) as connection:
        connection.execute(update(records).where(records.c.id == number).values(state=state))
    return experiment(store, number)


def unblind(store: Store, number: int, reason: str, now: datetime) -> SealedAllocation:
    """Open the seal: the look is written down first, then the allocation is told."""
    if not reason.strip():
        raise InvalidInput.field("reason", reason, "why the seal is opened, in words")
    sealed = allocation(store, number)
    look = Unblinding(number, now, reason.strip()[:1000])
    with writing(store) as connection:
        connection.execute(insert(table("unblindings")).values(look._asdict()))
    return sealed


def unblindings(store: Store, number: int) -> tuple[Unblinding, ...]:
    """Every look behind the seal of an experiment."""
    looks = table("unblindings").c
    query = select(looks.experiment_id, looks.at, looks.reason).order_by(looks.id)
    with reading(store) as connection:
        rows = connection.execute(query.where(looks.experiment_id == number))
        return tuple(Unblinding(*row) for row in rows)
