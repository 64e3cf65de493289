"""Read an example, or a text, with one reader."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from somnesium.nights.merging import merge
from somnesium.nights.readers.reader import Hints

from .mutations import EXPORTS, part_of

BERLIN = ZoneInfo("Europe/Berlin")


def items(reader, *sources, zone=BERLIN, first_night=None, person=""):
    """What a reader yields for examples (by path below `exports`) or for texts with a line."""
    parts = []
    for source in sources:
        if isinstance(source, bytes):
            parts.append(part_of("made.csv", source))
        elif "\n" in source:
            parts.append(part_of("made.csv", source.encode("utf-8")))
        else:
            path = Path(EXPORTS / source)
            parts.append(part_of(path.name, path.read_bytes()))
    assert all(reader.recognise(part.head) for part in parts)
    first = date.fromisoformat(first_night) if first_night else None
    return list(reader.read(tuple(parts), Hints(zone, first, person)))


def nights(reader, *sources, **asked):
    """The merged nights and ledger."""
    return merge(items(reader, *sources, **asked))


def local(moment):
    """A moment as its own clock shows it, with its offset."""
    return moment.isoformat(" ", "minutes")
