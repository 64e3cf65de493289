"""What somebody recorded, for tests of every exchange format."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from somnesium.exchange.records import Records
from somnesium.nights.night import Night
from somnesium.nights.recorded import Circumstance, DoseTaken, Rating, RecordedNight, evening_of
from somnesium.nights.stretches import Stretch

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 4, 2, 8, 30, tzinfo=UTC)


def night(begin=datetime(2026, 3, 28, 23, 10, tzinfo=BERLIN), instrument="oura", **others):
    """A night over the change of clocks in spring, with everything that a ring tells."""
    rise = (begin.astimezone(UTC) + timedelta(hours=8)).astimezone(begin.tzinfo)
    told = Night(
        kind="measured",
        evening=evening_of(begin),
        lights_out=begin,
        rise=rise,
        nap=False,
        latency=20.0,
        duration=420.5,
        awake_after_onset=39.5,
        efficiency=87.6,
        n1=None,
        n2=None,
        slow_wave=80.25,
        rem=95.0,
        awakenings=3.0,
        rem_latency=70.0,
        heart_rate=55.5,
        rmssd=41.0,
    )
    held = {name: others.pop(name) for name in tuple(others) if name in Night._fields}
    recorded = RecordedNight(
        night=told._replace(**held),
        wake_date=rise.date(),
        source="oura_json",
        device="Ring 4",
        zone=getattr(begin.tzinfo, "key", str(begin.tzinfo)),
        key=f"oura/{begin:%Y%m%dT%H%M}",
        light=245.25,
        stages=(),
        lacks=(),
        instrument=instrument,
        recorded_at=datetime(2026, 4, 1, 7, 0, 0, 123, tzinfo=UTC),
    )
    return recorded._replace(**others)


def staged():
    """A night whose stages say when sleep began and ended."""
    begin = datetime(2026, 3, 10, 23, 0, tzinfo=BERLIN)
    points = [begin + timedelta(minutes=m) for m in (0, 15, 300, 320, 460, 480)]
    stages = ("awake", "light", "awake", "rem", "awake")
    bouts = tuple(
        Stretch(stage, a, b) for stage, a, b in zip(stages, points, points[1:], strict=False)
    )
    return night(begin, stages=bouts, latency=15.0, duration=425.0, awake_after_onset=40.0)


def diary(**others):
    """A night out of the diary: no stages, no heart, no device."""
    begin = datetime(2026, 3, 30, 23, 0, tzinfo=BERLIN)
    gone = dict.fromkeys(("slow_wave", "rem", "rem_latency", "heart_rate", "rmssd"))
    return night(
        begin,
        "diary",
        source="diary",
        device="",
        light=None,
        key="diary/2026-03-31",
        awakenings=None,
        **(gone | others),
    )


def everything():
    """Nights of two recorders, a nap, doses of every kind, ratings, circumstances."""
    nap = datetime(2026, 3, 29, 14, 0, tzinfo=BERLIN)
    at = datetime(2026, 3, 28, 21, 30, tzinfo=BERLIN)
    return Records(
        nights=(
            staged(),
            night(),
            night(
                nap,
                nap=True,
                duration=None,
                latency=None,
                lacks=("how long they slept is not told",),
            ),
            diary(),
        ),
        doses=(
            DoseTaken(at.date(), "my pill", True, at, "Europe/Berlin", "citrate", 200.0),
            DoseTaken(date(2026, 3, 29), "my pill", False, None, "Europe/Berlin", "citrate", 200.0),
            DoseTaken(date(2026, 3, 30), "=bottle A", True, None, "Europe/Berlin", None, None),
            DoseTaken(date(2026, 3, 31), "glycine", True, None, "UTC", None, 3000.0),
        ),
        ratings=(
            Rating(date(2026, 3, 31), "sleepiness", 4.0),
            Rating(date(2026, 3, 31), "isi", 12.0),
        ),
        circumstances=(
            Circumstance(date(2026, 3, 30), "alcohol", 2.0, None),
            Circumstance(date(2026, 3, 30), "phase", None, "luteal"),
        ),
    )
