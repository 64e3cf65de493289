"""Nights as recorders told them, for tests of the store."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from somnesium.nights.night import Night
from somnesium.nights.recorded import RecordedNight, evening_of
from somnesium.nights.stretches import Stretch

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def recorded(day: int, device="ring", latency=20.0, zone=BERLIN, **others) -> RecordedNight:
    """A night of March 2026 with everything told that a recorder can tell."""
    begin = datetime(2026, 3, day, 23, 10, tzinfo=zone)
    rise = (begin.astimezone(UTC) + timedelta(hours=8)).astimezone(zone)
    half = begin + timedelta(minutes=30)
    night = Night(
        kind="measured",
        evening=evening_of(begin),
        lights_out=begin,
        rise=rise,
        nap=False,
        latency=latency,
        duration=420.5,
        awake_after_onset=39.5,
        efficiency=87.6,
        n1=None,
        n2=None,
        slow_wave=80.0,
        rem=95.0,
        awakenings=3.0,
        rem_latency=70.0,
        heart_rate=55.5,
        rmssd=41.0,
    )
    return RecordedNight(
        night=night._replace(**others),
        wake_date=rise.date(),
        source="oura",
        device=device,
        zone=getattr(zone, "key", None) or str(zone),
        key=f"oura/{device}/{day}",
        light=245.5,
        stages=(Stretch("awake", begin, half), Stretch("light", half, rise)),
        lacks=("a thing is missing",),
    )
