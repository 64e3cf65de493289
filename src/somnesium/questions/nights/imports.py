"""What does an export of sleep hold? Its nights and ledger as a document, kept if wished."""

import hashlib
from collections import Counter
from datetime import date, datetime
from pathlib import Path

from pydantic import Field

from somnesium.errors import InvalidInput
from somnesium.nights.ledger import LedgerEntry
from somnesium.nights.readers.mapped import CellRead
from somnesium.nights.reading import FormatRead, NightsRead
from somnesium.nights.recorded import RecordedNight
from somnesium.nights.recorders import instrument_named, instrument_of
from somnesium.person.document import Document, Number
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.version import model_version
from somnesium.sources import cite
from somnesium.store.nights import keep_import
from somnesium.store.open import Store


class ImportedNight(Document):
    """A night as one recorder told it [min, %, beats/min, ms]; null is unknown.

    `evening` is the night of, `wake_date` the date of getting up; `light` is N1 and N2 together.
    """

    evening: date
    wake_date: date
    lights_out: datetime
    rise: datetime
    zone: str
    nap: bool
    latency: Number | None
    duration: Number | None
    awake_after_onset: Number | None
    efficiency: Number | None
    light: Number | None
    slow_wave: Number | None
    rem: Number | None
    awakenings: Number | None
    rem_latency: Number | None
    heart_rate: Number | None
    rmssd: Number | None
    source: str
    device: str
    key: str = Field(description="the same whenever the same sleep is imported")
    lacks: tuple[str, ...]


class LedgerAnswer(Document):
    """Every row read; accepted, partial and rejected add up to `rows`."""

    rows: int
    accepted: int
    partial: int
    rejected: int
    reasons: dict[str, int]
    entries: tuple[LedgerEntry, ...]


class ImportKept(Document):
    """What keeping an export did to the store: nights by outcome, and by instrument."""

    number: int = Field(description="of the import in the store")
    new: int
    changed: int
    unchanged: int
    instruments: dict[str, int]


class ImportAnswer(Answer):
    """The nights of an export, and its ledger; `kept` is null if nothing was to be kept."""

    formats: tuple[FormatRead, ...]
    files_left: int = Field(description="files of the export that no reader knows")
    nights: tuple[ImportedNight, ...]
    ledger: LedgerAnswer
    cells: tuple[tuple[CellRead, ...], ...] = Field(
        description="how the map reads the first rows; empty without a map"
    )
    kept: ImportKept | None = None


def import_answer(read: NightsRead, kept: ImportKept | None = None) -> ImportAnswer:
    """What was read, and kept, as a document with its sources."""
    keys = ["vanhees2018", "judgement#sleep-import"]
    if any(format.name == "sleep_diary" for format in read.formats):
        keys.append("carney2012")
    ledger = read.ledger
    return ImportAnswer(
        cautions=(),
        sources=tuple(Source(**cite(key)) for key in keys),
        model_version=model_version(),
        formats=read.formats,
        files_left=read.files_left,
        nights=tuple(_night(night) for night in read.nights),
        ledger=LedgerAnswer(
            rows=ledger.rows, **ledger.counts, reasons=ledger.reasons, entries=ledger.entries
        ),
        cells=read.cells,
        kept=kept,
    )


def _night(recorded: RecordedNight) -> ImportedNight:
    fields = recorded.night._asdict() | recorded._asdict()
    return ImportedNight(**{name: fields[name] for name in ImportedNight.model_fields})


def keep_read(
    store: Store, read: NightsRead, path: Path | str, now: datetime, instrument: str = ""
) -> ImportAnswer:
    """Keep what was read of an export, in one transaction, and tell what it did.

    The instrument of each night is guessed from its device and format, if none is named. The same
    export again changes no night: each is told as unchanged.
    """
    path = Path(path)
    named = instrument_named(instrument) if instrument else ""
    nights = [
        night._replace(instrument=named or instrument_of(night.device, night.source))
        for night in read.nights
    ]
    formats = ", ".join(format.name for format in read.formats)[:200]
    number, outcomes = keep_import(
        store, nights, read.ledger, path.name, fingerprint(path), formats, now
    )
    counts = Counter(night.instrument for night in nights)
    kept = ImportKept(number=number, **outcomes, instruments=dict(sorted(counts.items())))
    return import_answer(read, kept)


def fingerprint(path: Path) -> str:
    """SHA-256 of a file; of a folder, of the names and contents of the files in it."""
    whole = hashlib.sha256()
    try:
        if path.is_file():
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        for place in sorted(p for p in path.rglob("*") if p.is_file() and not p.is_symlink()):
            with place.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            whole.update(f"{place.relative_to(path).as_posix()}\0{digest}\n".encode())
    except OSError as error:
        allowed = "an export that can be read"
        raise InvalidInput.field("file", path.name, allowed, error.strerror or "") from None
    return whole.hexdigest()
