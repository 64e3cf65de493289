"""Experiments, their sealed allocations, and every look behind the seal.

An allocation is data: written once, in the transaction that writes its experiment, and never
drawn again. The database refuses to change it, and every reading holds it against its hash.
"""

import hashlib
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, insert, select, update

from somnesium.errors import InvalidInput, SomnesiumError
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


class KeptAllocation(NamedTuple):
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
    kept, own = table("experiments"), _hash(preregistration)
    with writing(store) as connection:
        if connection.execute(select(kept.c.id).where(kept.c.hash == own)).first():
            fix = "its allocation stands; change the question to begin another"
            raise InvalidInput.field("experiment", own[:12], "one not begun before", fix)
        done = connection.execute(
            insert(kept).values(
                name=name,
                made_at=now,
                start=start,
                state="planned",
                question=question,
                preregistration=preregistration,
                hash=own,
            )
        )
        number = int(done.inserted_primary_key[0])  # type: ignore[index]
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


def _experiment(row: RowMapping) -> Experiment:
    found = Experiment(**row)
    if _hash(found.preregistration) != found.hash:
        raise SomnesiumError(
            f"the preregistration of experiment {found.id} is not the one that was written: "
            "restore the store from a backup"
        )
    return found


def experiments(store: Store) -> tuple[Experiment, ...]:
    """Every experiment, the first first."""
    kept = table("experiments")
    with reading(store) as connection:
        rows = connection.execute(select(kept).order_by(kept.c.id)).mappings().all()
    return tuple(_experiment(row) for row in rows)


def experiment(store: Store, number: int) -> Experiment:
    """One experiment; raises `InvalidInput` if there is none of that number."""
    kept = table("experiments")
    with reading(store) as connection:
        row = connection.execute(select(kept).where(kept.c.id == number)).mappings().one_or_none()
        known = connection.execute(select(kept.c.id).order_by(kept.c.id)).scalars().all()
    if row is None:
        allowed = ", ".join(str(one) for one in known) or "none yet"
        raise InvalidInput.field("experiment", number, allowed, "begin one with somnesium design")
    return _experiment(row)


def allocation(store: Store, number: int) -> KeptAllocation:
    """The allocation of an experiment as it was written; the seal is held against its hash."""
    experiment(store, number)
    kept = table("allocations")
    asked = select(kept).where(kept.c.experiment_id == number)
    with reading(store) as connection:
        row = connection.execute(asked).mappings().one()
    found = KeptAllocation(**row)
    if _hash(found.sealed) != found.hash:
        raise SomnesiumError(
            f"the allocation of experiment {number} is not the one that was written: "
            "restore the store from a backup"
        )
    return found


def set_state(store: Store, number: int, state: str) -> Experiment:
    """Say that an experiment runs, was stopped or is finished."""
    if state not in STATES:
        raise InvalidInput.field("state", state, ", ".join(STATES))
    experiment(store, number)
    kept = table("experiments")
    with writing(store) as connection:
        connection.execute(update(kept).where(kept.c.id == number).values(state=state))
    return experiment(store, number)


def unblind(store: Store, number: int, reason: str, now: datetime) -> KeptAllocation:
    """Open the seal: the look is written down first, then the allocation is told."""
    if not reason.strip():
        raise InvalidInput.field("reason", reason, "why the seal is opened, in words")
    found = allocation(store, number)
    with writing(store) as connection:
        connection.execute(
            insert(table("unblindings")).values(
                experiment_id=number, at=now, reason=reason.strip()[:1000]
            )
        )
    return found


def unblindings(store: Store, number: int) -> tuple[Unblinding, ...]:
    """Every look behind the seal of an experiment."""
    kept = table("unblindings")
    asked = select(kept.c.experiment_id, kept.c.at, kept.c.reason).order_by(kept.c.id)
    with reading(store) as connection:
        rows = connection.execute(asked.where(kept.c.experiment_id == number))
        return tuple(Unblinding(*row) for row in rows)
