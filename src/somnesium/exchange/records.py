"""What goes out of a store: nights, doses, ratings and circumstances, as formats read them.

These are plain values, so that nothing here knows of a database. Names of things in files are
UUIDs that stay the same when the same things are written again.
"""

from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from somnesium.nights.recorded import Circumstance, DoseTaken, Rating, RecordedNight

_SPACE = UUID("a3a9f0de-7c0e-5a52-9c0a-7d2f7d6f5a11")
"""The space of our names, drawn once (definition#uuid-5)."""
_CONTROL = MappingProxyType({code: None for code in range(32) if chr(code) not in "\t\n\r"})


class Records(NamedTuple):
    """Everything of one person that goes out. Free notes stay at home.

    `owner` tells people apart, and nothing else of them: two of them keep diaries of the same
    evenings.
    """

    nights: tuple[RecordedNight, ...] = ()
    doses: tuple[DoseTaken, ...] = ()
    ratings: tuple[Rating, ...] = ()
    circumstances: tuple[Circumstance, ...] = ()
    owner: str = ""


def identity(records: Records, kind: str, key: str) -> UUID:
    """A UUID of one thing of one person: the same whenever it is written again."""
    return uuid5(_SPACE, f"{records.owner}\0{kind}\0{key}")


def printable(part: Any) -> Any:  # noqa: ANN401
    """A JSON value whose texts hold no control characters, which no format allows."""
    if isinstance(part, str):
        return part.translate(_CONTROL)
    if isinstance(part, dict):
        return {name: printable(one) for name, one in part.items()}
    return [printable(one) for one in part] if isinstance(part, list) else part
