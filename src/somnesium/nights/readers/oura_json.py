"""Oura: JSON of the API 2 (`sleep`), seconds, with an offset in every time.

`long_sleep` is the night; `deleted` and `rest` are not sleep. Phases come in five-minute digits.
"""

from datetime import datetime
from typing import cast

from somnesium.nights.readers.cells import minutes, value, words
from somnesium.nights.readers.clocks import moment
from somnesium.nights.readers.documents import Item, is_json, items
from somnesium.nights.readers.reader import Hints, Reader, Unreadable, by_row
from somnesium.nights.session import Session
from somnesium.nights.stretches import Stage, Stretch, flat, stretch_at

_PHASES: dict[str, Stage] = {"1": "deep", "2": "light", "3": "rem", "4": "awake"}
_KINDS = {"long_sleep": False, "sleep": None, "late_nap": True, "": None}


def _phases(digits: str, begin: datetime, end: datetime) -> tuple[Stretch, ...]:
    """Five-minute phases, the last cut off at the end; digits that are no phase are left out."""
    start, stop = begin.timestamp(), end.timestamp()
    phases = []
    for k, digit in enumerate(digits[:300]):
        stage = _PHASES.get(digit)
        at, over = start + 300.0 * k, min(start + 300.0 * (k + 1), stop)
        if stage is not None and at < over:
            phases.append(stretch_at(stage, at, over, begin.tzinfo))
    return flat(phases)


def _session(item: Item, hints: Hints) -> Session:
    table = item.table
    kind = words(table, "type")
    if kind not in _KINDS:
        raise Unreadable(f"no sleep but {kind[:30]!r}")
    begin = moment(words(table, "bedtime_start"), hints.zone)
    end = moment(words(table, "bedtime_end"), hints.zone or begin.tzinfo)
    awake = minutes(table, "awake_time")
    latency, duration = minutes(table, "latency"), minutes(table, "total_sleep_duration")
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
        light=minutes(table, "light_sleep_duration"),
        slow_wave=minutes(table, "deep_sleep_duration"),
        rem=minutes(table, "rem_sleep_duration"),
        heart_rate=value(table, "average_heart_rate") or None,
        rmssd=value(table, "average_hrv") or None,
        stages=_phases(words(table, "sleep_phase_5_min"), begin, end),
    )


def _recognised(head: bytes) -> bool:
    return is_json(head, "bedtime_start", "bedtime_end")


_READ = by_row(items("data", "sleep"), _session)
OURA_JSON = Reader("oura_json", "Oura, JSON", _recognised, _READ)
"""Replies of `/v2/usercollection/sleep`, or the `sleep` part of an account export."""
