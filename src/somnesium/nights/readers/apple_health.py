"""Apple Health: `export.xml`, streamed; records of one source are laid flat, never added up.

Each record is a stage of one source. Phones tell time in bed, watches tell stages, apps tell
either; all overlap. Sources stay apart here, and one is chosen for each night when merging.
The offset in a record's dates is the exporting phone's; the record's own time zone counts.
Real exports carry a document type with declarations. It is cut away unread, and one with
entities is refused; no declaration reaches the parser.
"""

import re
from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import BinaryIO, NamedTuple
from xml.etree.ElementTree import Element, ParseError

from somnesium.errors import InvalidInput
from somnesium.nights.merging import GAP
from somnesium.nights.readers.clocks import moment, zone_named
from somnesium.nights.readers.opening import HEAD, Part
from somnesium.nights.readers.reader import Hints, Items, Reader, Unreadable
from somnesium.nights.session import Rejected, Session, checked
from somnesium.nights.stretches import ASLEEP, Stage, flat, stretch_at

_SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
_VALUE = "HKCategoryValueSleepAnalysis"
_STAGES: dict[str, Stage] = {
    "InBed": "in_bed",
    "Asleep": "asleep",
    "AsleepUnspecified": "asleep",
    "Awake": "awake",
    "AsleepCore": "light",
    "AsleepDeep": "deep",
    "AsleepREM": "rem",
}
_MOST_DEPTH = 32
_LONGEST_TAG = 4 << 20
_LONGEST_RECORD = 24 * 3600.0


class _Undeclared:
    """A stream of XML without its document type, whose tags are not endless."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream, self._name, self._run = stream, name, 0
        self._first = self._cut(stream.read(16 * HEAD))

    def _cut(self, head: bytes) -> bytes:
        begin = head.find(b"<!DOCTYPE")
        root = re.search(rb"<[A-Za-z]", head)
        if begin < 0 or (root is not None and root.start() < begin):
            return head
        opens, closes = head.find(b"[", begin), head.find(b">", begin)
        inside = 0 <= opens < closes
        end = head.find(b"]>", begin) + 2 if inside else closes + 1
        declared = head[begin : max(end, begin)]
        external = (b"SYSTEM", b"PUBLIC", b"<!ENTITY", b"%")
        if end < 2 or any(word in declared for word in external):
            raise _wrong(self._name, "it declares entities, which no health export does")
        return head[:begin] + head[end:]

    def read(self, size: int = HEAD) -> bytes:
        if self._first:
            data, self._first = self._first[:size], self._first[size:]
        else:
            data = self._stream.read(size)
        at = data.rfind(b">")
        self._run = self._run + len(data) if at < 0 else len(data) - at
        if self._run > _LONGEST_TAG:
            raise _wrong(self._name, "it holds a tag or text without end")
        return data


def _wrong(name: str, fix: str) -> InvalidInput:
    return InvalidInput.field("file", name, "an export of Apple Health", fix)


def _elements(part: Part) -> Iterator[Element]:
    """Records of sleep, each whole, with everything before them let go."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    with part.open() as stream:
        root, depth = None, 0
        try:
            for event, element in iterparse(
                _Undeclared(stream, part.name), ("start", "end"), forbid_dtd=True
            ):
                if event == "start":
                    root, depth = (element if root is None else root), depth + 1
                    if depth > _MOST_DEPTH:
                        raise _wrong(part.name, "it is nested too deeply")
                    continue
                depth -= 1
                if depth == 1 and root is not None:
                    if element.tag == "Record" and element.get("type") == _SLEEP:
                        yield element
                    root.clear()
        except DefusedXmlException:
            raise _wrong(part.name, "it declares entities, which no health export does") from None
        except (ParseError, ValueError, LookupError) as error:
            fix = f"not whole XML: {error}; export it again"
            raise _wrong(part.name, fix) from None


class _Piece(NamedTuple):
    """One record: begin and end in seconds since 1970, its stage, its zone."""

    begin: float
    end: float
    stage: Stage
    zone: tzinfo


def _piece(element: Element, hints: Hints) -> _Piece:
    given = element.get("value", "")
    stage = _STAGES.get(given.removeprefix(_VALUE))
    if stage is None:
        raise Unreadable(f"an unknown kind of sleep: {given[:60]!r}")
    entries = element.iter("MetadataEntry")
    named = next((e.get("value", "") for e in entries if e.get("key") == "HKTimeZone"), "")
    zone = _own_zone(named) or hints.zone
    begin = moment(element.get("startDate", ""), zone)
    end = moment(element.get("endDate", ""), zone)
    length = end.timestamp() - begin.timestamp()
    if length <= 0.0:
        raise Unreadable("it ends before it begins, or at once")
    if length > _LONGEST_RECORD:
        raise Unreadable("it lasts longer than a day")
    return _Piece(begin.timestamp(), end.timestamp(), stage, begin.tzinfo or zone)  # type: ignore[arg-type]


def _own_zone(name: str) -> tzinfo | None:
    """The zone a record names; None if it names none that exists."""
    try:
        return zone_named(name) if name else None
    except Unreadable:
        return None


def _read(parts: tuple[Part, ...], hints: Hints) -> Items:
    told: dict[str, set[_Piece]] = {}
    for part in parts:
        for count, element in enumerate(_elements(part), 1):
            where = f"{part.name} sleep record {count}"
            try:
                piece = _piece(element, hints)
            except Unreadable as error:
                yield Rejected(where, str(error))
                continue
            source = element.get("sourceName", "").strip()[:200] or "unnamed"
            pieces = told.setdefault(source, set())
            if piece in pieces:
                yield Rejected(where, "the same record again")
            else:
                pieces.add(piece)
    for source in sorted(told):
        yield from _sessions(source, told[source])


def _sessions(source: str, pieces: set[_Piece]) -> Items:
    """A source's records, cut into sleeps where nothing is told for long enough."""
    group: list[_Piece] = []
    latest = float("-inf")
    for piece in sorted(pieces, key=lambda one: one[:3]):
        if group and piece.begin - latest > GAP.total_seconds():
            yield _session(source, group)
            group, latest = [], float("-inf")
        group.append(piece)
        latest = max(latest, piece.end)
    if group:
        yield _session(source, group)


def _session(source: str, pieces: list[_Piece]) -> Session | Rejected:
    """Records that belong together as one sleep, in the zone of the first."""
    zone = pieces[0].zone

    def local(second: float) -> datetime:
        return datetime.fromtimestamp(second, zone)

    begin, end = local(pieces[0].begin), local(max(piece.end for piece in pieces))
    stages = flat(stretch_at(p.stage, p.begin, p.end, zone) for p in pieces)
    asleep = [stage for stage in stages if stage.stage in ASLEEP]
    in_bed = any(piece.stage == "in_bed" for piece in pieces) or not asleep
    return checked(
        Session(
            source="apple_health",
            device=source,
            where=f"{source} from {begin:%Y-%m-%d %H:%M}",
            begin=begin,
            end=end,
            rows=len(pieces),
            opportunity=in_bed or stages[0].stage == "awake",
            stages=stages,
        )
    )


def _recognised(head: bytes) -> bool:
    return b"<HealthData" in head or b"<!DOCTYPE HealthData" in head


APPLE_HEALTH = Reader("apple_health", "Apple Health", _recognised, _read)
"""`export.zip` or `export.xml` of the Health app."""
