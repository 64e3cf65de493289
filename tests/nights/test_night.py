"""Rows of the engine as nights: units, clock times, evenings, what is missing."""

from datetime import date

import numpy as np
import pytest

from somnesium.engine.run import Result
from somnesium.engine.tally import NightRow
from somnesium.nights.night import MEASURES, measure, nights_of
from somnesium.person.habits import Habits
from somnesium.simulation.inputs import Timeline

LINE = Timeline(
    Habits.model_validate({"bedtime": "23:00", "rise": "07:00", "time_zone": "Europe/Berlin"}),
    date(2026, 3, 27),
)


def result(*nights):
    rows = np.full((len(nights) + 1, len(NightRow._fields), 1), np.nan)
    for k, night in enumerate(nights):
        filled = dict.fromkeys(NightRow._fields, 0.0) | night
        rows[k, :, 0] = [filled[name] for name in NightRow._fields]
    return Result(rows, np.empty((0, 0, 1)), np.empty((1, 0), np.int8))


def at(day, clock):
    return LINE.hours(day, clock)


ORDINARY = {
    "lights_out": at(0, 23.0),
    "rise": at(1, 7.0),
    "latency": 0.25,
    "awake_after_onset": 0.5,
    "n1": 0.5,
    "n2": 4.0,
    "n3": 1.25,
    "rem": 1.5,
    "awakenings": 12.0,
    "vagal": 0.5,
    "sleepiness": 4.0,
}


def test_durations_are_minutes_and_add_up():
    (night,) = nights_of(result(ORDINARY), LINE)
    assert (night.latency, night.awake_after_onset, night.duration) == (15.0, 30.0, 435.0)
    assert night.efficiency == pytest.approx(100.0 * 435.0 / 480.0)
    assert night.n1 + night.n2 + night.slow_wave + night.rem == night.duration
    assert night.time_in_bed == 480.0
    assert (night.evening, night.nap) == (date(2026, 3, 27), False)
    assert night.rmssd is None


def test_rmssd_needs_the_typical_one():
    (night,) = nights_of(result(ORDINARY), LINE, rmssd_typical=40.0)
    assert night.rmssd == pytest.approx(40.0 * np.exp(0.5))


def test_an_hour_is_lost_in_the_night_the_clocks_go_forward():
    spring = ORDINARY | {"lights_out": at(1, 23.0), "rise": at(2, 7.0)}
    (night,) = nights_of(result(spring), LINE)
    assert (night.lights_out.hour, night.rise.hour) == (23, 7)
    assert night.rise.utcoffset() - night.lights_out.utcoffset() == np.timedelta64(1, "h")
    assert night.time_in_bed == pytest.approx(420.0)


@pytest.mark.parametrize(("clock", "evening"), [(24.5, 27), (29.9, 27), (30.1, 28), (37.0, 28)])
def test_a_night_after_midnight_counts_to_the_evening_before(clock, evening):
    late = ORDINARY | {"lights_out": at(0, clock), "rise": at(0, clock + 8.0)}
    (night,) = nights_of(result(late), LINE)
    assert night.evening == date(2026, 3, evening)


def test_sleepiness_keeps_to_its_scale():
    found = measure(
        result(ORDINARY | {"sleepiness": 31.0}, ORDINARY | {"sleepiness": -4.0}), "sleepiness"
    )
    assert found[:2, 0].tolist() == [9.0, 1.0]
    assert np.isnan(found[2, 0])


def test_every_measure_is_of_a_field():
    for name in MEASURES:
        assert measure(result(ORDINARY), name).shape == (2, 1)
