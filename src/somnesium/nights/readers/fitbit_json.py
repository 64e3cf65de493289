"""Fitbit: JSON of the Web API and of Google Takeout (`sleep-YYYY-MM-DD.json`).

Clock times are local and have no zone. Falling asleep is nearly always given as zero minutes, so
zero means unknown unless the stages tell. Short wakes overlap the long stages and lie over them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from somnesium.nights.readers.cells import child, listed, value, words
from somnesium.nights.readers.clocks import between, wall
from somnesium.nights.readers.documents import Item, items, loaded
from somnesium.nights.readers.opening import Part
from somnesium.nights.readers.reader import Asked, Items, Reader, Unreadable, each, required_zone
from somnesium.nights.session import Session
from somnesium.nights.stretches import Stage, Stretch, overlaid

_LEVELS: dict[str, Stage] = {
    "wake": "awake",
    "awake": "awake",
    "restless": "awake",
    "asleep": "asleep",
    "light": "light",
    "deep": "deep",
    "rem": "rem",
    "unknown": "in_bed",
}


def _stretches(
    bouts: Sequence[Mapping[str, object]], begin: datetime, first: datetime
) -> list[Stretch]:
    """Bouts counted from the beginning by the wall clock, on which a recorder does not jump."""
    found = []
    for bout in bouts:
        stage = _LEVELS.get(words(bout, "level"))
        seconds = value(bout, "seconds")
        if stage is None or seconds is None or not 0.0 < seconds <= 86_400.0:
            raise Unreadable("a bout of an unknown stage or length")
        since = wall(words(bout, "dateTime")) - first
        if abs(since) > timedelta(days=2):
            raise Unreadable("a bout far from its sleep")
        at = datetime.fromtimestamp(begin.timestamp() + since.total_seconds(), begin.tzinfo)
        over = datetime.fromtimestamp(at.timestamp() + seconds, begin.tzinfo)
        found.append(Stretch(stage, at, over))
    return found


def _session(item: Item, zone: tzinfo) -> Session:
    table = item.table
    levels = child(table, "levels")
    summary = child(levels, "summary")
    length = value(table, "duration")
    first = wall(words(table, "startTime"))
    minutes = None if length is None else length / 60_000.0
    begin, end = between(first, wall(words(table, "endTime")), zone, minutes)
    long = _stretches(listed(levels, "data"), begin, first)
    stages = overlaid(long, _stretches(listed(levels, "shortData"), begin, first))
    main = table.get("mainSleep", table.get("isMainSleep"))
    wakes = value(child(summary, "wake" if "wake" in summary else "awake"), "count")
    summed = {
        name: value(child(summary, level), "minutes")
        for name, level in (("light", "light"), ("slow_wave", "deep"), ("rem", "rem"))
    }
    return Session(
        source="fitbit_json",
        device="Fitbit",
        where=item.where,
        begin=begin,
        end=end,
        key=words(table, "logId"),
        nap=None if not isinstance(main, bool) else not main,
        latency=value(table, "minutesToFallAsleep") or None,
        duration=value(table, "minutesAsleep"),
        awakenings=wakes,
        stages=stages,
    )._replace(**summed)


def _read(parts: tuple[Part, ...], asked: Asked) -> Items:
    zone = required_zone(asked, "a Fitbit export")
    for part in parts:
        found = items(part, loaded(part), "sleep")
        yield from each(found, lambda item: _session(item, zone))


def _recognised(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{") and b'"dateOfSleep"' in head


FITBIT_JSON = Reader("fitbit_json", "Fitbit or Google Takeout, JSON", _recognised, _read)
"""`sleep-2025-03-01.json` of a Takeout, or a reply of the Web API 1.2."""
