"""Polar AccessLink: `nights`, in seconds, from falling asleep to waking, with a hypnogram."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from somnesium.nights.readers.cells import child, minutes, value, words
from somnesium.nights.readers.clocks import clock, moment
from somnesium.nights.readers.documents import Item, is_json, items
from somnesium.nights.readers.reader import Hints, Reader, Unreadable, by_row
from somnesium.nights.session import Session
from somnesium.nights.stretches import Stage, Stretch, flat, stretch_at

_CODES: dict[float, Stage] = {
    0.0: "awake",
    1.0: "rem",
    2.0: "light",
    3.0: "light",
    4.0: "deep",
    5.0: "asleep",
}
_DAY = timedelta(days=1)


def _hypnogram(codes: Mapping[str, object], begin: datetime, end: datetime) -> list[Stretch]:
    """Stages from the local minute at which each begins; the clock runs on past midnight."""
    midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    first = begin.replace(tzinfo=None, second=0, microsecond=0)
    starts = []
    for text in codes:
        at = midnight + clock(text)
        at += _DAY if at < first else timedelta(0)
        stage = _CODES.get(value(codes, text) or 0.0)
        starts.append((max(begin.timestamp() + (at - first).total_seconds(), 0.0), stage))
    starts.sort(key=lambda one: one[0])
    stretches = []
    ends = [*(second for second, _ in starts[1:]), end.timestamp()]
    for (second, stage), over in zip(starts, ends, strict=False):
        stop = min(over, end.timestamp())
        if stage is not None and second < stop:
            stretches.append(stretch_at(stage, second, stop, begin.tzinfo))
    return stretches


def _session(item: Item, hints: Hints) -> Session:
    table = item.table
    begin = moment(words(table, "sleep_start_time"), hints.zone)
    end = moment(words(table, "sleep_end_time"), hints.zone or begin.tzinfo)
    if not 0.0 < end.timestamp() - begin.timestamp() <= _DAY.total_seconds():
        raise Unreadable("it does not last between a moment and a day")
    staged = [minutes(table, name) for name in ("light_sleep", "deep_sleep", "rem_sleep")]
    unknown = minutes(table, "unrecognized_sleep_stage") or 0.0
    known = [found for found in staged if found is not None]
    return Session(
        source="polar",
        device=words(table, "device_id") or "Polar",
        where=item.where,
        begin=begin,
        end=end,
        key=words(table, "date"),
        nap=False,
        opportunity=False,
        duration=sum(known) + unknown if known else None,
        light=staged[0],
        slow_wave=staged[1],
        rem=staged[2],
        heart_rate=value(table, "heart_rate_avg"),
        stages=flat(_hypnogram(child(table, "hypnogram"), begin, end)),
    )


def _recognised(head: bytes) -> bool:
    return is_json(head, "sleep_start_time", "sleep_end_time")


POLAR = Reader("polar", "Polar AccessLink, JSON", _recognised, by_row(items("nights"), _session))
"""A reply of `/v3/users/sleep`."""
