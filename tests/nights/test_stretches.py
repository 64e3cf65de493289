"""Stages laid flat: nothing counted twice, nothing lost, and what they tell."""

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from somnesium.nights.stretches import Stretch, flat, measures_of, overlaid

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2025, 3, 1, 23, tzinfo=BERLIN)


def at(minute):
    return datetime.fromtimestamp(START.timestamp() + 60.0 * minute, BERLIN)


def stretch(stage, begin, end):
    return Stretch(stage, at(begin), at(end))


def test_what_is_told_twice_counts_once_and_the_exact_stage_holds():
    found = flat([stretch("asleep", 0, 60), stretch("deep", 20, 40), stretch("asleep", 30, 70)])
    assert [(s.stage, s.minutes) for s in found] == [("asleep", 20), ("deep", 20), ("asleep", 30)]


def test_short_wakes_lie_over_long_stages():
    wakes = [stretch("awake", 10, 11), stretch("awake", 59, 61)]
    found = overlaid([stretch("light", 0, 60)], wakes)
    assert [(s.stage, s.minutes) for s in found] == [
        ("light", 10),
        ("awake", 1),
        ("light", 48),
        ("awake", 2),
    ]


SPANS = st.lists(
    st.tuples(
        st.sampled_from(["in_bed", "asleep", "awake", "light", "deep", "rem"]),
        st.integers(0, 500),
        st.integers(1, 200),
    ),
    max_size=12,
)


def minutes_of(spans):
    return {m for _, begin, length in spans for m in range(begin, begin + length)}


@settings(deadline=None)
@given(SPANS)
def test_flat_covers_the_same_minutes_without_overlap(spans):
    found = flat(stretch(stage, begin, begin + length) for stage, begin, length in spans)
    assert sum(s.minutes for s in found) == pytest.approx(len(minutes_of(spans)))
    for before, after in pairwise(found):
        assert before.end <= after.begin
        assert before.stage != after.stage or before.end < after.begin


@settings(deadline=None)
@given(SPANS, SPANS)
def test_laying_over_covers_both(below, above):
    spread = [[stretch(s, b, b + n) for s, b, n in spans] for spans in (below, above)]
    found = overlaid(*spread)
    covered = minutes_of(below) | minutes_of(above)
    assert sum(s.minutes for s in found) == pytest.approx(len(covered))


def test_what_a_night_of_stages_tells():
    stages = [
        stretch("awake", 0, 12),
        stretch("light", 12, 100),
        stretch("deep", 100, 160),
        stretch("awake", 160, 170),
        stretch("rem", 170, 200),
        stretch("awake", 200, 210),
    ]
    found = measures_of(stages, at(0))
    assert found.latency == 12
    assert found.duration == 88 + 60 + 30
    assert (found.light, found.slow_wave, found.rem) == (88, 60, 30)
    assert found.awakenings == 2
    assert found.rem_latency == 88 + 60


def test_sleep_at_the_first_moment_tells_no_latency():
    assert measures_of([stretch("asleep", 0, 60)], at(0)).latency is None
    assert measures_of([stretch("in_bed", 0, 60)], at(0)).duration is None
    assert measures_of([stretch("asleep", 0, 60)], at(0)).rem is None


def test_minutes_follow_the_clock_change():
    begin = datetime(2025, 3, 30, 1, 30, tzinfo=BERLIN)
    assert Stretch("asleep", begin, begin + timedelta(hours=2)).minutes == 60


def test_the_hour_that_comes_twice_is_told_by_moments_not_by_the_clock():
    first = datetime(2025, 10, 26, 2, 50, tzinfo=BERLIN)
    again = datetime(2025, 10, 26, 2, 10, tzinfo=BERLIN, fold=1)
    later = datetime(2025, 10, 26, 3, 0, tzinfo=BERLIN)
    found = flat([Stretch("deep", again, later), Stretch("light", first, again)])
    assert [(s.stage, s.minutes) for s in found] == [("light", 20), ("deep", 50)]
    over = overlaid([Stretch("light", first, later)], [Stretch("awake", again, later)])
    assert [(s.stage, s.minutes) for s in over] == [("light", 20), ("awake", 50)]
