"""Oura's trends table: seconds, offsets, and a header in which `Sleep Timing` stands twice."""

from somnesium.nights.readers.clocks import moment
from somnesium.nights.readers.reader import Hints, Reader, Unreadable, by_row
from somnesium.nights.readers.tables import Row, header_of, rows
from somnesium.nights.session import Session

_NEEDED = {"total sleep time", "bedtime start", "bedtime end"}


def _session(row: Row, hints: Hints) -> Session:
    if not row.text("bedtime start"):
        raise Unreadable("a day without a night")
    begin = moment(row.text("bedtime start"), hints.zone)
    return Session(
        source="oura_csv",
        device="Oura",
        where=row.where,
        begin=begin,
        end=moment(row.text("bedtime end"), hints.zone or begin.tzinfo),
        nap=False,
        latency=row.minutes("sleep latency"),
        duration=row.minutes("total sleep time"),
        light=row.minutes("light sleep time"),
        slow_wave=row.minutes("deep sleep time"),
        rem=row.minutes("rem sleep time"),
        heart_rate=row.number("average resting heart rate") or None,
        rmssd=row.number("average hrv") or None,
    )


def _recognised(head: bytes) -> bool:
    return set(header_of(head)) >= _NEEDED


OURA_CSV = Reader("oura_csv", "Oura trends, CSV", _recognised, by_row(rows, _session))
"""The table that Oura's website exports."""
