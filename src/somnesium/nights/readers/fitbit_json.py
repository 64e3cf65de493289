"""Fitbit: JSON of the Web API and of Google Takeout (`sleep-YYYY-MM-DD.json`).

Clock times are local and have no zone. Falling asleep is nearly always given as zero minutes, so
zero means unknown unless the stages tell. Short wakes overlap the long stages and lie over them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from somnesium.nights.readers.cells import child, listed, value, words
from somnesium.nights.readers.clocks import between, wall
from somnesium.nights.readers.documents import Item, is_json, items
from somnesium.nights.readers.reader import Reader, Unreadable, by_row_in_zone
from somnesium.nights.session import Session
from somnesium.nights.stretches import Stage, Stretch, overlaid, stretch_at

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
    stretches = []
    for bout in bouts:
        stage = _LEVELS.get(words(bout, "level"))
        seconds = value(bout, "seconds")
        if stage is None or seconds is None or not 0.0 < seconds <= 86_400.0:
            raise Unreadable("a bout of an unknown stage or length")
        since = wall(words(bout, "dateTime")) - first
        if abs(since) > timedelta(days=2):
            raise Unreadable("a bout far from its sleep")
        at = begin.timestamp() + since.total_seconds()
        stretches.append(stretch_at(stage, at, at + seconds, begin.tzinfo))
    return stretches


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


def _recognised(head: bytes) -> bool:
    return is_json(head, "dateOfSleep")


_READ = by_row_in_zone("a Fitbit export", items("sleep"), _session)
FITBIT_JSON = Reader("fitbit_json", "Fitbit or Google Takeout, JSON", _recognised, _READ)
"""`sleep-2025-03-01.json` of a Takeout, or a reply of the Web API 1.2."""
