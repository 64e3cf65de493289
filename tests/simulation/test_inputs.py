"""Lives on the time line: other zones, clock changes, journeys, order."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from somnesium.engine.channels import LIGHTS_OUT, RISE
from somnesium.engine.schedule import merge
from somnesium.person.diet import Diet
from somnesium.person.habits import Habits
from somnesium.person.regimen import Dose
from somnesium.simulation.inputs import LEAD, Timeline, dose_events, life_events, sleep_windows

DIET = Diet(magnesium_mg_per_day=300)


def habits(**changed):
    return Habits(**({"bedtime": "23:00", "rise": "07:00"} | changed))


def events(line, days=14):
    return merge(life_events(line, DIET, days))


def test_the_same_life_in_another_zone_is_the_same_events():
    here = events(Timeline(habits(time_zone="Asia/Tokyo"), date(2026, 1, 5)))
    there = events(Timeline(habits(time_zone="America/Lima"), date(2026, 1, 5)))
    assert all(np.array_equal(a, b) for a, b in zip(here, there, strict=True))


@pytest.mark.parametrize(("start", "hours"), [(date(2026, 3, 28), 7.0), (date(2026, 10, 24), 9.0)])
def test_the_night_of_a_clock_change_is_an_hour_shorter_or_longer(start, hours):
    line = Timeline(habits(time_zone="Europe/Berlin"), start)
    night = sleep_windows(line, 0, 1)[0]
    assert night.rise - night.lights_out == pytest.approx(hours)
    assert line.local(night.lights_out).hour == 23
    assert line.local(night.rise).hour == 7


def test_after_a_journey_clock_times_are_those_of_the_new_zone():
    moved = habits(time_zone="UTC", travel=[{"day": 4, "to": "Asia/Tokyo"}])
    line = Timeline(moved, date(2026, 1, 5))
    nights = sleep_windows(line, 0, 8)
    assert [line.local(n.rise).hour for n in nights[-3:]] == [7, 7, 7]
    assert all(b.lights_out >= a.rise for a, b in pairwise(nights))
    before, after = line.hours(2, 7.0), line.hours(5, 7.0)
    assert after - before == pytest.approx(3 * 24 - 9)


def test_the_line_begins_four_weeks_before_the_start():
    line = Timeline(habits(), date(2026, 1, 5))
    assert line.begin == 24.0 * LEAD
    assert line.local(line.begin).isoformat() == "2026-01-05T00:00:00+00:00"


def test_light_is_off_in_bed_and_back_on_rising():
    line = Timeline(habits(), date(2026, 1, 5))
    found = events(line)
    light = found.channel == 0
    for channel, dark in ((LIGHTS_OUT, True), (RISE, False)):
        for time in found.time[found.channel == channel]:
            now = found.value[light & (found.time == time)]
            assert len(now) == 1
            assert (now[0] == 0.0) == dark


def test_a_day_sleeper_sleeps_by_day():
    line = Timeline(habits(bedtime="08:30", rise="15:30"), date(2026, 1, 5))
    night = sleep_windows(line, 0, 1)[0]
    assert line.local(night.lights_out).hour == 8
    assert night.rise - night.lights_out == pytest.approx(7.0)


def test_naps_that_meet_a_night_are_left_out():
    napper = habits(naps=[{"at": "14:00", "minutes": 60}, {"at": "22:30", "minutes": 60}])
    windows = sleep_windows(Timeline(napper, date(2026, 1, 5)), 0, 7)
    assert sum(w.nap for w in windows) == 7


def test_stress_fades_over_two_hours():
    tense = habits(stress=[{"from": "18:00", "to": "20:00", "level": 0.8}])
    line = Timeline(tense, date(2026, 1, 5))
    found = events(line, 1)
    at = 24.0 * LEAD + np.array([18.0, 20.0, 21.0, 22.0])
    stress = [found.value[(found.channel == 2) & (np.abs(found.time - t) < 1e-9)][0] for t in at]
    assert stress == [0.8, 0.4, 0.2, 0.0]


def test_what_does_not_dissolve_goes_to_the_stool():
    line = Timeline(habits(), date(2026, 1, 5))
    dose = Dose(0, 20.0, "magnesium", 243.05, "citrate", True)
    found = dose_events(line, [dose], lambda _form: 0.9)
    assert sorted(round(value, 9) for _, _, value in found) == [1.0, 9.0]
    fasting = dose_events(line, [dose._replace(with_food=False)], lambda _form: 1.0)
    assert sum(value for _, _, value in fasting) == pytest.approx(10.0)
    assert min(value for _, _, value in fasting) == pytest.approx(1.23)


def test_the_order_of_what_happens_at_once_changes_nothing():
    line = Timeline(habits(), date(2026, 1, 5))
    rows = life_events(line, DIET, 7)
    shuffled = [rows[k] for k in np.random.default_rng(1).permutation(len(rows))]
    assert all(np.array_equal(a, b) for a, b in zip(merge(rows), merge(shuffled), strict=True))
