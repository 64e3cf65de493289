"""Sessions checked: what cannot be is rejected or left out, and what follows is filled in."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from somnesium.nights.session import Rejected, Session, checked, zone_of

BEGIN = datetime(2025, 3, 1, 23, tzinfo=ZoneInfo("Europe/Berlin"))


def session(hours=8.0, **told):
    return Session("test", "ring", "row 1", BEGIN, BEGIN + timedelta(hours=hours), **told)


@pytest.mark.parametrize("hours", [0.0, -1.0, 24.1])
def test_impossible_lengths_are_rejected_with_their_rows(hours):
    found = checked(session(hours, rows=3))
    assert isinstance(found, Rejected)
    assert found.rows == 3


def test_a_day_and_no_more_is_accepted():
    assert isinstance(checked(session(24.0)), Session)


def test_impossible_years_are_rejected():
    begin = BEGIN.replace(year=1970)
    assert isinstance(checked(session()._replace(begin=begin)), Rejected)


def test_time_awake_and_efficiency_follow():
    found = checked(session(duration=420.0, latency=20.0))
    assert found.awake_after_onset == pytest.approx(40.0)
    assert found.efficiency == pytest.approx(87.5)
    assert found.lacks == ()


def test_without_latency_time_awake_stays_unknown():
    assert checked(session(duration=420.0)).awake_after_onset is None


def test_from_falling_asleep_there_is_no_efficiency():
    found = checked(session(duration=420.0, opportunity=False))
    assert (found.latency, found.efficiency, found.awake_after_onset) == (None, None, 60.0)
    assert "when they lay down is not told" in found.lacks


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("duration", 483.0),
        ("rem", -1.0),
        ("heart_rate", 5.0),
        ("rmssd", 900.0),
        ("latency", float("nan")),
        ("efficiency", 120.0),
        ("awakenings", -1.0),
    ],
)
def test_impossible_values_are_left_out_and_said(name, value):
    found = checked(session(**{name: value}))
    assert getattr(found, name) is None
    assert any(name.replace("_", " ") in text for text in found.lacks)


def test_stages_that_add_up_to_more_than_the_night_are_left_out():
    found = checked(session(light=300.0, slow_wave=200.0, rem=100.0, duration=400.0))
    assert (found.light, found.slow_wave, found.rem) == (None, None, None)
    assert found.duration == 400.0


def test_a_zone_has_its_name_or_its_offset():
    assert zone_of(BEGIN) == "Europe/Berlin"
    assert zone_of(BEGIN.astimezone(timezone(timedelta(hours=-5)))) == "UTC-05:00"
    assert zone_of(BEGIN.astimezone(UTC)) == "UTC"
