"""Times as exports write them: offsets, double hours, gaps, and dates that cannot be."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from somnesium.nights.readers.clocks import (
    between,
    clock,
    day,
    epoch,
    moment,
    offset,
    placed,
    wall,
    zone_named,
)
from somnesium.nights.readers.reader import Unreadable

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("UTC+01:00", 1),
        ("UTC+0100", 1),
        ("-05:00", -5),
        ("+5:30", 5.5),
        ("UTCZ", 0),
        ("Z", 0),
        ("GMT-3", -3),
    ],
)
def test_offsets(text, hours):
    assert offset(text).utcoffset(None) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "Berlin", "+99:00", "UTC+01:00x", "+1:5"])
def test_no_offsets(text):
    with pytest.raises(Unreadable):
        offset(text)


@pytest.mark.parametrize("name", ["Nowhere/City", "../etc", "Europe", "", "a" * 5000, "\x00"])
def test_no_zones(name):
    with pytest.raises(Unreadable):
        zone_named(name)


def test_moments_are_shown_in_the_zone_asked_for():
    assert moment("2025-03-01 23:00:00 +0100", None).utcoffset() == timedelta(hours=1)
    assert moment("2025-03-01T22:00:00Z", BERLIN).hour == 23
    assert epoch(1740866700000, BERLIN) == datetime(2025, 3, 1, 23, 5, tzinfo=BERLIN)


@pytest.mark.parametrize(
    "text",
    [
        "2025-02-30T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "soon",
        "2025-03-01T22:00:00",
    ],
)
def test_moments_that_are_none(text):
    with pytest.raises(Unreadable):
        moment(text, BERLIN)


@pytest.mark.parametrize("value", [1e300, -1e300, float("nan"), 0.0, 1e13])
def test_counted_moments_that_cannot_be(value):
    with pytest.raises(Unreadable):
        epoch(value, BERLIN)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("22:45", 1365),
        ("7:05:30", 425.5),
        ("12:10 am", 10),
        ("11:04PM", 1384),
        ("7.05", 425),
        ("12:00 p.m.", 720),
    ],
)
def test_clock_times(text, minutes):
    assert clock(text) / timedelta(minutes=1) == minutes


@pytest.mark.parametrize("text", ["24:00", "7:60", "13:00 pm", "0:30 am", "7", "", "-1:00"])
def test_no_clock_times(text):
    with pytest.raises(Unreadable):
        clock(text)


def test_dates():
    assert day("2025-03-01").month == 3
    for text in ("1.3.2025", "1800-01-01", ""):
        with pytest.raises(Unreadable):
            day(text)
    assert wall("13-10-2010 11:12 pm", "%d-%m-%Y %I:%M %p").hour == 23


def test_a_skipped_hour_is_moved_past_the_gap_and_a_double_one_chosen():
    assert placed(datetime(2025, 3, 30, 2, 30), BERLIN).hour == 3
    double = datetime(2025, 10, 26, 2, 30)
    first, second = placed(double, BERLIN), placed(double, BERLIN, later=True)
    assert second.timestamp() - first.timestamp() == 3600


def test_an_end_follows_its_beginning_within_a_double_hour():
    begin, end = between(datetime(2025, 10, 26, 2, 50), datetime(2025, 10, 26, 2, 10), BERLIN)
    assert end.timestamp() - begin.timestamp() == 20 * 60


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2050, 1, 1))
ZONES = st.sampled_from(["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Tokyo"])


@settings(deadline=None)
@given(MOMENTS, st.integers(1, 1440), ZONES)
def test_wall_clocks_come_back_when_their_length_is_told(begin, minutes, name):
    zone = ZoneInfo(name)
    start = begin.replace(tzinfo=UTC).astimezone(zone)
    end = (start.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(zone)
    walls = start.replace(tzinfo=None, fold=0), end.replace(tzinfo=None, fold=0)
    found = between(*walls, zone, minutes)
    assert (found[1].timestamp() - found[0].timestamp()) / 60 == pytest.approx(minutes)
