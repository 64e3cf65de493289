"""Oura: JSON of the API 2 (`sleep`), seconds, with an offset in every time.

`long_sleep` is the night; `deleted` and `rest` are not sleep. Phases come in five-minute digits.
"""

from datetime import datetime
from typing import cast

from somnesium.nights.readers.cells import value, words
from somnesium.nights.readers.clocks import moment
from somnesium.nights.readers.documents import Item, items, loaded
from somnesium.nights.readers.opening import Part
from somnesium.nights.readers.reader import Asked, Items, Reader, Unreadable, each
from somnesium.nights.session import Session
from somnesium.nights.stretches import Stage, Stretch, flat

_PHASES: dict[str, Stage] = {"1": "deep", "2": "light", "3": "rem", "4": "awake"}
_KINDS = {"long_sleep": False, "sleep": None, "late_nap": True, "": None}


def _minutes(item: Item, name: str) -> float | None:
    seconds = value(item.table, name)
    return None if seconds is None else seconds / 60.0


def _phases(digits: str, begin: datetime, end: datetime) -> tuple[Stretch, ...]:
    """Five-minute phases, the last cut off at the end; digits that are no phase are left out."""
    start, stop = begin.timestamp(), end.timestamp()
    found = []
    for k, digit in enumerate(digits[:300]):
        stage = _PHASES.get(digit)
        at, over = start + 300.0 * k, min(start + 300.0 * (k + 1), stop)
        if stage is not None and at < over:
            zone = begin.tzinfo
            when = (datetime.fromtimestamp(second, zone) for second in (at, over))
            found.append(Stretch(stage, *when))
    return flat(found)


def _session(item: Item, asked: Asked) -> Session:
    table = item.table
    kind = words(table, "type")
    if kind not in _KINDS:
        raise Unreadable(f"no sleep but {kind[:30]!r}")
    begin = moment(words(table, "bedtime_start"), asked.zone)
    end = moment(words(table, "bedtime_end"), asked.zone or begin.tzinfo)
    awake = _minutes(item, "awake_time")
    latency, duration = _minutes(item, "latency"), _minutes(item, "total_sleep_duration")
    bed = (end.timestamp() - begin.timestamp()) / 60.0
    return Session(
        source="oura_json",
        device="Oura",
        where=item.where,
        begin=begin,
        end=end,
        key=words(table, "id"),
        nap=cast("bool | None", _KINDS[kind]),
        latency=latency,
        duration=duration if duration is not None or awake is None else bed - awake,
        light=_minutes(item, "light_sleep_duration"),
        slow_wave=_minutes(item, "deep_sleep_duration"),
        rem=_minutes(item, "rem_sleep_duration"),
        heart_rate=value(table, "average_heart_rate") or None,
        rmssd=value(table, "average_hrv") or None,
        stages=_phases(words(table, "sleep_phase_5_min"), begin, end),
    )


def _read(parts: tuple[Part, ...], asked: Asked) -> Items:
    for part in parts:
        found = items(part, loaded(part), "data", "sleep")
        yield from each(found, lambda item: _session(item, asked))


def _recognised(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{")
    return start and b'"bedtime_start"' in head and b'"bedtime_end"' in head


OURA_JSON = Reader("oura_json", "Oura, JSON", _recognised, _read)
"""Replies of `/v2/usercollection/sleep`, or the `sleep` part of an account export."""
