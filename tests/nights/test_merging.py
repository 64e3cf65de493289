"""Sessions into nights: one source, pieces joined, naps apart, nothing twice, clock changes."""

import random
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from somnesium.nights.merging import merge
from somnesium.nights.recorded import evening_of
from somnesium.nights.session import Rejected, Session, checked

BERLIN = ZoneInfo("Europe/Berlin")


def session(begin, hours, where="row", device="ring", day=1, **told):
    start = datetime(2025, 3, day, tzinfo=BERLIN) + timedelta(hours=begin)
    end = start + timedelta(hours=hours)
    return checked(Session("test", device, f"{where} {begin}", start, end, **told))


def verdicts(merged):
    return {entry.where: (entry.verdict, entry.reason) for entry in merged.ledger.entries}


def test_the_night_of_and_the_wake_date_are_both_kept():
    (one,) = merge([session(23, 8, duration=400.0)]).nights
    assert (one.night.evening, one.wake_date) == (date(2025, 3, 1), date(2025, 3, 2))
    (late,) = merge([session(24.5, 7, duration=400.0)]).nights
    assert (late.night.evening, late.wake_date) == (date(2025, 3, 1), date(2025, 3, 2))


@pytest.mark.parametrize(("hour", "day"), [(5, 28), (6, 1), (23, 1)])
def test_a_bedtime_before_six_counts_to_the_evening_before(hour, day):
    month = 2 if day == 28 else 3
    assert evening_of(datetime(2025, 3, 1, hour, tzinfo=BERLIN)) == date(2025, month, day)


def test_of_two_sources_the_one_that_tells_more_is_taken_and_nothing_is_added():
    staged = session(23, 8, device="watch", duration=400.0, slow_wave=60.0)
    bare = session(22.75, 8.5, device="phone", duration=470.0)
    merged = merge([bare, staged])
    (one,) = merged.nights
    assert (one.device, one.night.duration) == ("watch", 400.0)
    assert verdicts(merged)["row 22.75"] == ("rejected", "this time is told better by watch")


def test_pieces_within_an_hour_are_one_night_and_awake_between():
    pieces = [session(22, 3, duration=170.0, latency=10.0), session(25.5, 5, duration=290.0)]
    (one,) = merge(pieces).nights
    assert one.night.time_in_bed == 8.5 * 60
    assert one.night.duration == 460.0
    assert one.night.awake_after_onset == pytest.approx(510.0 - 10.0 - 460.0)


def test_a_broken_night_of_long_pieces_is_one_and_a_doze_before_is_a_nap():
    (one,) = merge([session(22, 3, duration=170.0), session(27, 4, duration=230.0)]).nights
    assert one.night.duration == 400.0
    doze, night = merge([session(20.5, 0.5, duration=30.0), session(23, 8, duration=450.0)]).nights
    assert (doze.night.nap, night.night.nap) == (True, False)


def test_naps_stay_apart():
    merged = merge([session(23, 8, duration=450.0), session(14, 1, duration=50.0)])
    assert [one.night.nap for one in merged.nights] == [True, False]
    assert merged.nights[0].night.duration == 50.0


def test_a_nap_told_by_the_file_is_never_joined_to_the_night():
    merged = merge(
        [session(23, 7, duration=400.0, nap=False), session(30.5, 1, duration=40.0, nap=True)]
    )
    assert [one.night.duration for one in merged.nights] == [400.0, 40.0]


def test_the_same_sleep_again_changes_nothing():
    nights = [session(23, 8, duration=450.0), session(47, 8, duration=430.0)]
    once, twice = merge(nights), merge([*nights, *(n._replace(where="again") for n in nights)])
    assert once.nights == twice.nights
    assert twice.ledger.counts == {"accepted": 2, "partial": 0, "rejected": 2}


def test_a_number_told_again_is_a_correction():
    first = session(23, 8, duration=450.0, key="7")
    later = session(23, 7.5, where="later", duration=440.0, key="7")
    (one,) = merge([first, later]).nights
    assert one.night.duration == 440.0


def test_overlapping_sessions_of_one_recorder_are_not_added():
    merged = merge([session(23, 8, duration=450.0), session(24, 6, duration=350.0)])
    (one,) = merged.nights
    assert one.night.duration == 450.0
    assert merged.ledger.counts["partial"] == 2


@pytest.mark.parametrize(("day", "minutes"), [(29, 420.0), (1, 480.0)])
def test_a_night_of_the_clock_change_is_an_hour_shorter(day, minutes):
    begin = datetime(2025, 3, day, 23, tzinfo=BERLIN)
    end = datetime(2025, 3, day, tzinfo=BERLIN) + timedelta(hours=31)
    (one,) = merge([checked(Session("test", "ring", "row", begin, end, duration=300.0))]).nights
    assert one.night.time_in_bed == minutes
    assert one.night.efficiency == pytest.approx(100 * 300.0 / minutes)


SESSIONS = st.lists(
    st.builds(
        session,
        begin=st.floats(0, 200).map(lambda x: round(x, 1)),
        hours=st.floats(-1, 26).map(lambda x: round(x, 1)),
        device=st.sampled_from(["ring", "watch", "phone"]),
        nap=st.sampled_from([None, True, False]),
        duration=st.one_of(st.none(), st.floats(-10, 2000)),
        rows=st.integers(1, 5),
        key=st.sampled_from(["", "", "a", "b"]),
    ),
    max_size=14,
)


@settings(deadline=None)
@given(SESSIONS, st.integers(0, 5), st.integers(0, 3))
def test_the_ledger_balances_and_one_sleep_at_a_time_is_told(sessions, lost, seed):
    items = [*sessions, *(Rejected("row", "why", 2) for _ in range(lost))]
    merged = merge(items)
    assert sum(merged.ledger.counts.values()) == sum(item.rows for item in items)
    nights = sorted(merged.nights, key=lambda one: one.night.lights_out.timestamp())
    for before, after in pairwise(nights):
        assert before.night.rise <= after.night.lights_out
    evenings = [one.night.evening for one in nights if not one.night.nap]
    assert len(set(evenings)) == len(evenings)
    if not any(item.rows and getattr(item, "key", "") for item in items):
        shuffled = random.Random(seed).sample(items, len(items))
        assert {n.key for n in merge(shuffled).nights} == {n.key for n in merged.nights}


def test_sleeps_within_the_hour_that_comes_twice_are_compared_by_moments():
    first = datetime(2025, 10, 26, 2, 5, tzinfo=BERLIN)
    again = datetime(2025, 10, 26, 2, 1, tzinfo=BERLIN, fold=1)
    day = timedelta(hours=8)
    one = checked(Session("test", "ring", "a", first, again, duration=50.0, nap=True))
    other = checked(Session("test", "ring", "b", again, again + day, duration=400.0))
    assert [n.night.duration for n in merge([one, other]).nights] == [50.0, 400.0]
