"""WHOOP: `sleeps.csv`, minutes and local times with an offset, its headers in the user's tongue.

Names are known in English and Spanish; in other languages the full table of eighteen columns is
read by order. The newest sleep comes first, and the cycle that still runs has no end.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from somnesium.nights.readers.cells import truth
from somnesium.nights.readers.clocks import offset, wall
from somnesium.nights.readers.opening import Part
from somnesium.nights.readers.reader import Hints, Items, Reader, Unreadable, each
from somnesium.nights.readers.tables import Row, delimiter_of, header_of, rows, text_of
from somnesium.nights.session import Session

_NAMES: dict[str, tuple[str, ...]] = {
    "zone": ("cycle timezone", "zona horaria del ciclo"),
    "onset": ("sleep onset", "inicio del sueno"),
    "wake": ("wake onset", "inicio de la vigilia"),
    "asleep": ("asleep duration (min)", "duracion del sueno (min)"),
    "light": ("light sleep duration (min)", "duracion de sueno ligero (min)"),
    "deep": ("deep (sws) duration (min)", "duracion de sueno profundo (sws) (min)"),
    "rem": ("rem duration (min)", "duracion de sueno rem (min)"),
    "nap": ("nap", "siesta"),
}
_PLACES = {
    "zone": 2,
    "onset": 3,
    "wake": 4,
    "asleep": 7,
    "light": 9,
    "deep": 10,
    "rem": 11,
    "nap": 17,
}
_COLUMNS = 18
_OFFSET = re.compile(r"(UTC)?(Z|[+-]\d\d:\d\d)")
_WHEN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


def _columns(names: tuple[str, ...]) -> Mapping[str, str]:
    """What we call a column to its name in this table."""
    columns = {
        what: next((name for name in known if name in names), "") for what, known in _NAMES.items()
    }
    if all(columns[what] for what in ("onset", "wake", "nap")):
        return columns
    return {what: names[place] for what, place in _PLACES.items()}


def _when(text: str, zone: str, hints: Hints) -> datetime:
    if not text:
        raise Unreadable("a sleep that has not ended, or tells no times")
    when = wall(text)
    if zone:
        aware = when.replace(tzinfo=offset(zone))
        return aware.astimezone(hints.zone) if hints.zone else aware
    if hints.zone is None:
        raise Unreadable("no time zone: add --zone")
    return when.replace(tzinfo=hints.zone)


def _session(row: Row, hints: Hints, names: Mapping[str, str]) -> Session:
    zone = row.text(names["zone"])
    return Session(
        source="whoop",
        device="WHOOP",
        where=row.where,
        begin=_when(row.text(names["onset"]), zone, hints),
        end=_when(row.text(names["wake"]), zone, hints),
        nap=truth(row.text(names["nap"])),
        duration=row.number(names["asleep"]),
        light=row.number(names["light"]),
        slow_wave=row.number(names["deep"]),
        rem=row.number(names["rem"]),
    )


def _read(parts: tuple[Part, ...], hints: Hints) -> Items:
    for part in parts:
        names = _columns(header_of(part.head))
        yield from each(rows(part), lambda row, names=names: _session(row, hints, names))


def _recognised(head: bytes) -> bool:
    names = set(header_of(head))
    if all(names & set(_NAMES[what]) for what in ("onset", "wake", "asleep", "nap")):
        return True
    if len(header_of(head)) != _COLUMNS:
        return False
    lines = [line for line in text_of(head).splitlines() if line.strip()]
    cells = lines[1].split(delimiter_of(lines[0])) if len(lines) > 1 else []
    shaped = len(cells) == _COLUMNS and _OFFSET.fullmatch(cells[2].strip()) is not None
    return shaped and all(_WHEN.match(cells[place]) for place in (0, 3))


WHOOP = Reader("whoop", "WHOOP, CSV", _recognised, _read)
"""`sleeps.csv` of the account's export."""
