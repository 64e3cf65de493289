"""What the engine adds up: the marks of the day by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.body.assembly import Body, State
from somnesium.engine.lanes import template
from somnesium.engine.tally import DLMO_THRESHOLD, DayTally, add_day

BODY = Body()
DAY = template(DayTally)._replace(
    last_melatonin=20.0, last_middle=9.0, last_slope=-0.3, dlmo=3.0, trough=4.0
)
STATE = template(State)


def added(day=DAY, melatonin=20.0, slope=-0.1, time=9.5, step=0.5, plasma=17.0):
    """The tally after a step with these at its end and in its middle."""
    end = STATE._replace(melatonin=STATE.melatonin._replace(plasma=melatonin))
    d = STATE._replace(clock=STATE.clock._replace(x=slope))
    middle = STATE._replace(stores=STATE.stores._replace(plasma=plasma))
    return add_day(day, end, d, middle, BODY, time, step)


def test_onset_is_between_the_ends_of_the_step():
    # a quarter of the way up at a quarter of the step from 9.25 to 9.75
    found = added(melatonin=20.0 + 4 * (DLMO_THRESHOLD - 20.0))
    assert found.dlmo == pytest.approx(9.25 + 0.125, rel=1e-9)
    assert found.melatonin_peak == found.last_melatonin == 20.0 + 4 * (DLMO_THRESHOLD - 20.0)
    assert added(melatonin=30.0).dlmo == 3.0
    assert added(DAY._replace(last_melatonin=50.0), melatonin=60.0).dlmo == 3.0
    assert added(DAY._replace(last_melatonin=50.0), melatonin=30.0).dlmo == 3.0


def test_trough_is_where_the_slope_is_nought():
    # from -0.3 at 9.0 to 0.1 at 9.5: nought at 9.375
    found = added(slope=0.1)
    assert found.trough == pytest.approx(9.375 + BODY.clock.trough_delay, rel=1e-9)
    assert (found.last_middle, found.last_slope) == (9.5, 0.1)
    assert added(slope=-0.1).trough == 4.0
    assert added(DAY._replace(last_slope=0.2), slope=0.1).trough == 4.0


def test_serum_and_hours_are_summed():
    found = added(plasma=0.9 * BODY.stores.volume * BODY.stores.serum_typical)
    assert found.relative == pytest.approx(0.5 * 0.9, rel=1e-12)
    assert found.hours == 0.5


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0, 100), st.floats(9, 12))
def test_a_step_of_no_length_adds_nothing(last, slope, melatonin, time):
    """A lane that waits for others has such steps: the clock may turn there, and is seen after."""
    day = DAY._replace(last_slope=last, last_melatonin=melatonin, melatonin_peak=melatonin)
    assert added(day, melatonin, slope, time, step=0.0) == day


def test_a_turn_at_a_pause_is_seen():
    paused = added(slope=0.05, time=9.25, step=0.0)
    assert added(paused, slope=0.1).trough == pytest.approx(
        9.375 + BODY.clock.trough_delay, rel=1e-9
    )
