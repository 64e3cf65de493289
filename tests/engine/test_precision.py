"""Single precision against double: what a million people are computed with."""

from functools import cache

import numpy as np
import pytest
from lives import day, live, more

from somnesium.body.assembly import Body, State
from somnesium.engine.lanes import leaf_names
from somnesium.engine.tally import NightRow
from somnesium.simulation.individual import draw_bodies

NIGHTS = 7
PEOPLE = 40


@cache
def week(precision):
    """Seven nights of forty drawn bodies."""
    events = [event for k in range(NIGHTS) for event in day(24.0 * k, 22.9 + 0.13 * k)]
    events += more(0.0) + more(96.0)
    bodies = draw_bodies(Body(), PEOPLE, 1, seed=2).values
    return live(events, 24.0 * NIGHTS + 12.0, bodies, precision=precision, unrest=0.6, seed=3)


def apart(name):
    """Largest difference of a field of the rows."""
    return np.abs(week("float32")[1].field(name) - week("float64")[1].field(name)).max()


def test_every_night_is_there():
    for precision in ("float64", "float32"):
        rows = week(precision)[1].rows
        assert rows.shape == (NIGHTS, len(NightRow._fields), PEOPLE)
        assert np.isfinite(rows).all()
    assert not np.array_equal(week("float32")[1].rows, week("float64")[1].rows)


def test_latency_agrees_within_three_seconds():
    assert 60 * apart("latency") < 0.05


@pytest.mark.parametrize("name", ["awake_after_onset", "n1", "n2", "n3", "rem", "rem_latency"])
def test_stages_agree_within_a_tenth_of_a_minute(name):
    assert 60 * apart(name) < 0.1


def test_serum_agrees_within_a_tenthousandth():
    wide, narrow = (week(p)[1].field("serum") for p in ("float64", "float32"))
    np.testing.assert_allclose(narrow, wide, rtol=1e-4)


@pytest.mark.parametrize("name", ["lights_out", "rise"])
def test_times_are_kept_at_full_precision(name):
    assert apart(name) < 1e-4


@pytest.mark.parametrize("name", ["dlmo", "trough"])
def test_the_clock_agrees_within_a_minute(name):
    assert 60 * apart(name) < 1.0


def test_the_state_agrees():
    wide, narrow = (week(p)[0].state for p in ("float64", "float32"))
    scale = np.maximum(np.abs(wide), 0.3)
    worst = np.max(np.abs(narrow - wide) / scale, axis=1)
    assert dict(zip(leaf_names(State), worst > 1e-3, strict=True)) == dict.fromkeys(
        leaf_names(State), False
    )


def test_what_is_carried_is_single():
    """Numbers of a float32 run hold in float32, so that a pause loses nothing."""
    carried = week("float32")[0].carried
    assert np.array_equal(carried, carried.astype(np.float32).astype(float))
    wide = week("float64")[0].carried
    assert not np.array_equal(wide, wide.astype(np.float32).astype(float))
