"""What a reader is, what it is told by the person, and how rows become sessions or reasons."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple, Protocol, TypeVar
from zoneinfo import ZoneInfo

from somnesium.errors import InvalidInput
from somnesium.nights.readers.opening import Part
from somnesium.nights.session import Rejected, Session, checked


class Unreadable(ValueError):
    """A row that cannot be read; the message is the reason, as the person reads it."""


class Hints(NamedTuple):
    """What the file may not say: the zone its clock times are in, the first night, whose rows."""

    zone: ZoneInfo | None = None
    first_night: date | None = None
    person: str = ""


Items = Iterator[Session | Rejected]


class Reader(NamedTuple):
    """A format: `recognise` by the first bytes of a file, `read` all files recognised, in order.

    `read` yields one `Session` or `Rejected` for each row of sleep, and raises `InvalidInput` for
    a file that cannot be read at all.
    """

    name: str
    label: str
    recognise: Callable[[bytes], bool]
    read: Callable[[tuple[Part, ...], Hints], Items]


class Placed(Protocol):
    """A row that knows where it stands."""

    @property
    def where(self) -> str:
        """The place in the file, for the ledger."""
        ...


Row = TypeVar("Row", bound=Placed)


def each(rows: Iterable[Row], read: Callable[[Row], Session]) -> Items:
    """Every row as a checked session, or rejected with the reason."""
    for row in rows:
        try:
            yield checked(read(row))
        except Unreadable as error:
            yield Rejected(row.where, str(error))


def by_row(
    rows: Callable[[Part], Iterable[Row]], session: Callable[[Row, Hints], Session]
) -> Callable[[tuple[Part, ...], Hints], Items]:
    """How to read a format of which every row of every file is a sleep of its own."""

    def read(parts: tuple[Part, ...], hints: Hints) -> Items:
        for part in parts:
            yield from each(rows(part), lambda row: session(row, hints))

    return read


def by_row_in_zone(
    label: str, rows: Callable[[Part], Iterable[Row]], session: Callable[[Row, ZoneInfo], Session]
) -> Callable[[tuple[Part, ...], Hints], Items]:
    """The same of a format that tells bare clock times, so that the person names the zone."""

    def read(parts: tuple[Part, ...], hints: Hints) -> Items:
        zone = required_zone(hints, label)
        yield from by_row(rows, lambda row, _: session(row, zone))(parts, hints)

    return read


def required_zone(hints: Hints, label: str) -> ZoneInfo:
    """The zone the person named, or `InvalidInput` where a format tells bare clock times."""
    if hints.zone is None:
        fix = f"{label} tells clock times without a zone: add --zone"
        raise InvalidInput.field("zone", "nothing", "an IANA name such as Europe/Berlin", fix)
    return hints.zone
