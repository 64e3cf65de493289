"""What does an export of sleep hold? A file into nights, and what became of each of its rows.

Nothing is kept here: the nights are told, and `import_kept` keeps them in a store.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from somnesium.errors import InvalidInput
from somnesium.nights.ledger import Ledger, Verdict
from somnesium.nights.merging import Recorded, merge
from somnesium.nights.readers.clocks import zone_named
from somnesium.nights.readers.formats import READERS
from somnesium.nights.readers.mapped import Reading, mapped, readings, table_map
from somnesium.nights.readers.opening import Part, opened
from somnesium.nights.readers.reader import Asked, Reader, Unreadable
from somnesium.nights.session import Rejected, Session
from somnesium.person.document import Document, Number, near_miss
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.version import model_version
from somnesium.sources import cite

Progress = Callable[[int, int], None]
"""Told the bytes read so far, and of how many."""


class ImportOptions(NamedTuple):
    """What the person says of a file: all of it may be left out if the file tells.

    `format` is `auto` or the name of a reader; `zone` an IANA name; `map` the path of a map for a
    table; `first_night` the first evening of a log that numbers its nights; `person` whose rows.
    """

    format: str = "auto"
    zone: str = ""
    map: Path | None = None
    first_night: date | None = None
    person: str = ""


_AUTO = ImportOptions()


class FormatRead(Document):
    """A format found in the export, and the files that are in it."""

    name: str
    label: str
    files: tuple[str, ...]


class Read(NamedTuple):
    """Nights as records of ours, what became of every row, and what the files were.

    `left` counts files that no reader knows; `cells` tells how a map read the first rows.
    """

    nights: tuple[Recorded, ...]
    ledger: Ledger
    formats: tuple[FormatRead, ...]
    left: int
    cells: tuple[tuple[Reading, ...], ...]


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


class LedgerEntry(Document):
    """Rows of a file, and what became of them."""

    where: str
    rows: int
    verdict: Verdict
    reason: str
    evening: date | None


class LedgerTold(Document):
    """Every row read; accepted, partial and rejected add up to `rows`."""

    rows: int
    accepted: int
    partial: int
    rejected: int
    reasons: dict[str, int]
    entries: tuple[LedgerEntry, ...]


class CellRead(Document):
    """A cell of a table, and what the map made of it."""

    measure: str
    column: str
    given: str
    read: str


class KeptTold(Document):
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
    ledger: LedgerTold
    cells: tuple[tuple[CellRead, ...], ...] = Field(
        description="how the map reads the first rows; empty without a map"
    )
    kept: KeptTold | None = None


def read_export(
    path: Path | str, options: ImportOptions = _AUTO, progress: Progress | None = None
) -> Read:
    """Read an export: a file, a zip or a folder. All of it or nothing.

    Raises `InvalidInput` for a file that is no export we know, is damaged or unsafe, or needs to
    be told a zone, a first night or a person.
    """
    path, asked = Path(path), _asked(options)
    with opened(path, _watched(path, progress)) as parts:
        if options.map is not None:
            chosen: list[tuple[Reader, tuple[Part, ...]]]
            map = table_map(options.map)
            chosen = [(mapped(map), _tables(parts))]
            cells = readings(chosen[0][1][0], map, asked)
        else:
            chosen, cells = _recognised(parts, options.format, path), ()
        merged = merge(_items(chosen, asked))
        formats = tuple(
            FormatRead(name=reader.name, label=reader.label, files=tuple(p.name for p in own))
            for reader, own in chosen
        )
        left = len(parts) - len({id(part) for _, own in chosen for part in own})
    return Read(merged.nights, merged.ledger, formats, left, cells)


def _asked(options: ImportOptions) -> Asked:
    try:
        zone = zone_named(options.zone) if options.zone else None
    except Unreadable:
        allowed = "an IANA name such as Europe/Berlin"
        raise InvalidInput.field("zone", options.zone, allowed) from None
    return Asked(zone, options.first_night, options.person)


def _watched(path: Path, progress: Progress | None) -> Callable[[int], None]:
    """Add up what was read, and tell it."""
    if progress is None:
        return lambda _count: None
    done = 0
    try:
        total = path.stat().st_size if path.is_file() else 0
    except (OSError, ValueError):
        total = 0

    def watch(count: int) -> None:
        nonlocal done
        done = done + count if total == 0 else min(done + count, total)
        progress(done, total)

    return watch


def _tables(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The one table a map is for."""
    if len(parts) != 1:
        allowed = "one table, not a folder or zip of several"
        raise InvalidInput.field("file", f"{len(parts)} files", allowed, "name the file itself")
    return tuple(parts)


def _recognised(
    parts: Sequence[Part], format: str, path: Path
) -> list[tuple[Reader, tuple[Part, ...]]]:
    """The readers that know some of the files, each with its files."""
    names = [reader.name for reader in READERS]
    if format != "auto" and format not in names:
        allowed = "auto, " + ", ".join(names)
        raise InvalidInput.field("format", format, allowed, near_miss(format, names))
    found = []
    for reader in READERS:
        if format in ("auto", reader.name):
            own = tuple(part for part in parts if reader.recognise(part.head))
            if own:
                found.append((reader, own))
    if not found:
        known = [reader.label for reader in READERS if format in ("auto", reader.name)]
        fix = "for another table write a map and add --map"
        raise InvalidInput.field("file", path.name, "an export of " + "; ".join(known), fix)
    return found


def _items(
    chosen: Sequence[tuple[Reader, tuple[Part, ...]]], asked: Asked
) -> Iterator[Session | Rejected]:
    for reader, own in chosen:
        yield from reader.read(own, asked)


# --- as a document ---------------------------------------------------------------------------


def import_nights(
    path: Path | str, options: ImportOptions = _AUTO, progress: Progress | None = None
) -> ImportAnswer:
    """The nights of an export as a document; errors as of `read_export`."""
    return told(read_export(path, options, progress))


def told(read: Read, kept: KeptTold | None = None) -> ImportAnswer:
    """What was read, and kept, as a document with its sources."""
    keys = ["vanhees2018", "judgement#sleep-import"]
    if any(found.name == "sleep_diary" for found in read.formats):
        keys.append("carney2012")
    ledger = read.ledger
    return ImportAnswer(
        cautions=(),
        sources=tuple(Source(**cite(key)) for key in keys),
        model_version=model_version(),
        formats=read.formats,
        files_left=read.left,
        nights=tuple(_night(one) for one in read.nights),
        ledger=LedgerTold(
            rows=ledger.rows,
            **ledger.counts,
            reasons=ledger.reasons,
            entries=tuple(LedgerEntry(**entry._asdict()) for entry in ledger.entries),
        ),
        cells=tuple(tuple(CellRead(**cell._asdict()) for cell in row) for row in read.cells),
        kept=kept,
    )


def _night(one: Recorded) -> ImportedNight:
    told = one.night._asdict()
    same = {name: told[name] for name in ImportedNight.model_fields if name in told}
    return ImportedNight(
        **same,
        wake_date=one.wake_date,
        zone=one.zone,
        light=one.light,
        source=one.source,
        device=one.device,
        key=one.key,
        lacks=one.lacks,
    )
