"""An export into the store: its nights and its ledger together, all or nothing."""

import hashlib
from collections import Counter
from datetime import datetime
from pathlib import Path

from somnesium.errors import InvalidInput
from somnesium.nights.merging import Merged, Recorded
from somnesium.nights.recorders import instrument_named, instrument_of
from somnesium.questions.nights.imports import ImportAnswer, KeptTold, Read, told
from somnesium.store.nights import keep_import
from somnesium.store.open import Store


def keep_read(
    store: Store, read: Read, path: Path | str, now: datetime, instrument: str = ""
) -> ImportAnswer:
    """Keep what was read of an export, in one transaction, and tell what it did.

    The instrument of each night is guessed from its device and format, if none is named. The same
    export again changes no night: each is told as unchanged.
    """
    path = Path(path)
    named = instrument_named(instrument) if instrument else ""

    def which(one: Recorded) -> str:
        return named or instrument_of(one.device, one.source)

    done = keep_import(
        store,
        Merged(read.nights, read.ledger),
        path.name,
        fingerprint(path),
        ", ".join(one.name for one in read.formats)[:200],
        now,
        which,
    )
    counts = Counter(which(one) for one in read.nights)
    kept = KeptTold(number=done.id, **done.outcomes, instruments=dict(sorted(counts.items())))
    return told(read, kept)


def fingerprint(path: Path) -> str:
    """SHA-256 of a file; of a folder, of the names and contents of the files in it."""
    whole = hashlib.sha256()
    try:
        if path.is_file():
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        for one in sorted(p for p in path.rglob("*") if p.is_file() and not p.is_symlink()):
            with one.open("rb") as file:
                told = hashlib.file_digest(file, "sha256").hexdigest()
            whole.update(f"{one.relative_to(path).as_posix()}\0{told}\n".encode())
    except OSError as error:
        allowed = "an export that can be read"
        raise InvalidInput.field("file", path.name, allowed, error.strerror or "") from None
    return whole.hexdigest()
