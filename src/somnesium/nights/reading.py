"""Any supported export or diary file into nights, and what became of each of its rows."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from somnesium.errors import InvalidInput
from somnesium.nights.ledger import Ledger
from somnesium.nights.merging import merge
from somnesium.nights.readers.clocks import zone_named
from somnesium.nights.readers.formats import READERS
from somnesium.nights.readers.mapped import CellRead, cells_read, mapped, table_map
from somnesium.nights.readers.opening import Part, opened
from somnesium.nights.readers.reader import Hints, Reader, Unreadable
from somnesium.nights.recorded import RecordedNight
from somnesium.nights.session import Rejected, Session
from somnesium.person.document import Document, near_miss
from somnesium.progress import Progress, nothing


class FormatRead(Document):
    """A format found in the export, and the files that are in it."""

    name: str
    label: str
    files: tuple[str, ...]


class NightsRead(NamedTuple):
    """Nights and naps by time, what became of every row, and what the files were.

    `files_left` counts files that no reader knows; `cells` tells how a map read the first rows.
    """

    nights: tuple[RecordedNight, ...]
    ledger: Ledger
    formats: tuple[FormatRead, ...]
    files_left: int
    cells: tuple[tuple[CellRead, ...], ...]


def read_nights(
    path: Path | str,
    *,
    format: str = "auto",
    zone: str = "",
    map: Path | str | None = None,
    first_night: date | None = None,
    person: str = "",
    progress: Progress = nothing,
) -> NightsRead:
    """Read the nights of an export of a watch, ring, phone or diary: all of it or nothing.

    Of several recorders of a night the one that tells most is taken; pieces at most an hour apart
    are one night (vanhees2018).

    Parameters
    ----------
    path
        A file, a zip or an unpacked folder. It is read only, and nothing is kept.
    format
        Name of a format of `docs/import.md`; `"auto"` tells it by the content of the files.
    zone
        IANA name of the time zone, for files that tell clock times without one.
    map
        A map (TOML or JSON) that says which column means what, for a table no reader knows.
    first_night
        First evening, for a log that numbers its nights.
    person
        Whose rows, in a file of several people.
    progress
        Called with the bytes read so far, of how many, and the file's name.

    Returns
    -------
    NightsRead
        Nights and naps in order [min, %], and a ledger that holds every row once.

    Raises
    ------
    InvalidInput
        For a file that is no export we know, is damaged or unsafe, or that needs a zone, a first
        night or a person.

    Examples
    --------
    >>> read = read_nights("tests/data/exports/whoop/sleeps.csv")
    >>> [round(one.night.duration) for one in read.nights]
    [409, 22, 431]
    """
    path, hints = Path(path), Hints(_zone(zone), first_night, person)
    with opened(path, progress) as parts:
        if map is None:
            readers, cells = _recognised(parts, format, path), ()
        else:
            table, columns = _one_table(parts), table_map(map)
            readers, cells = [(mapped(columns), (table,))], cells_read(table, columns, hints)
        merged = merge(_sessions(readers, hints))
    files_left = len(parts) - len({id(part) for _, files in readers for part in files})
    formats = tuple(_format(reader, files) for reader, files in readers)
    return NightsRead(merged.nights, merged.ledger, formats, files_left, cells)


def _format(reader: Reader, files: Sequence[Part]) -> FormatRead:
    names = tuple(part.name for part in files)
    return FormatRead(name=reader.name, label=reader.label, files=names)


def _one_table(parts: Sequence[Part]) -> Part:
    """The one table a map is for."""
    if len(parts) != 1:
        allowed, fix = "one table, not a folder or zip of several", "name the file itself"
        raise InvalidInput.field("file", f"{len(parts)} files", allowed, fix)
    return parts[0]


def _zone(name: str) -> ZoneInfo | None:
    try:
        return zone_named(name) if name else None
    except Unreadable:
        raise InvalidInput.field("zone", name, "an IANA name such as Europe/Berlin") from None


def _recognised(
    parts: Sequence[Part], format: str, path: Path
) -> list[tuple[Reader, tuple[Part, ...]]]:
    """The readers that know some of the files, each with its files."""
    names = [reader.name for reader in READERS]
    if format != "auto" and format not in names:
        allowed = "auto, " + ", ".join(names)
        raise InvalidInput.field("format", format, allowed, near_miss(format, names))
    readers = [reader for reader in READERS if format in ("auto", reader.name)]
    files = [tuple(part for part in parts if reader.recognise(part.head)) for reader in readers]
    recognised = [(reader, known) for reader, known in zip(readers, files, strict=True) if known]
    if not recognised:
        fix = "for another table write a map and add --map"
        allowed = "an export of " + "; ".join(reader.label for reader in readers)
        raise InvalidInput.field("file", path.name, allowed, fix)
    return recognised


def _sessions(
    readers: Sequence[tuple[Reader, tuple[Part, ...]]], hints: Hints
) -> Iterator[Session | Rejected]:
    for reader, files in readers:
        yield from reader.read(files, hints)
