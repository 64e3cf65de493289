"""Oura's trends table: seconds, offsets, and a header in which `Sleep Timing` stands twice."""

from somnesium.nights.readers.clocks import moment
from somnesium.nights.readers.opening import Part
from somnesium.nights.readers.reader import Asked, Items, Reader, Unreadable, each
from somnesium.nights.readers.tables import Row, header_of, rows
from somnesium.nights.session import Session

_NEEDED = {"total sleep time", "bedtime start", "bedtime end"}


def _minutes(row: Row, name: str) -> float | None:
    seconds = row.number(name)
    return None if seconds is None else seconds / 60.0


def _session(row: Row, asked: Asked) -> Session:
    if not row.text("bedtime start"):
        raise Unreadable("a day without a night")
    begin = moment(row.text("bedtime start"), asked.zone)
    return Session(
        source="oura_csv",
        device="Oura",
        where=row.where,
        begin=begin,
        end=moment(row.text("bedtime end"), asked.zone or begin.tzinfo),
        nap=False,
        latency=_minutes(row, "sleep latency"),
        duration=_minutes(row, "total sleep time"),
        light=_minutes(row, "light sleep time"),
        slow_wave=_minutes(row, "deep sleep time"),
        rem=_minutes(row, "rem sleep time"),
        heart_rate=row.number("average resting heart rate") or None,
        rmssd=row.number("average hrv") or None,
    )


def _read(parts: tuple[Part, ...], asked: Asked) -> Items:
    for part in parts:
        yield from each(rows(part), lambda row: _session(row, asked))


def _recognised(head: bytes) -> bool:
    return set(header_of(head)) >= _NEEDED


OURA_CSV = Reader("oura_csv", "Oura trends, CSV", _recognised, _read)
"""The table that Oura's website exports."""
