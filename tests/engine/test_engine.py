"""The engine against an independent solver, and what must hold to the last bit.

The oracle is scipy's DOP853 at rtol 1e-10 on the same equations, begun anew at every event. The
engine's own steps, tiles and events are what is tested, so default parameters are good enough.
"""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lives import BODY, LIFE, N_STATE, SECOND, add, assert_same, day, live, put
from numba import njit
from scipy.integrate import solve_ivp

from somnesium.body.assembly import (
    Body,
    Inputs,
    State,
    derivative,
    fix,
    magnesium_inside,
    magnesium_lost,
)
from somnesium.body.readouts import drive
from somnesium.body.stages import Stages, asleep, stage_derivative, transition_rates
from somnesium.engine.channels import ADD, LIGHTS_OUT, MELATONIN, RISE, SET
from somnesium.engine.lanes import column, gather, leaf_index, pack, scatter
from somnesium.engine.run import run_events, start_lanes
from somnesium.engine.schedule import Events
from somnesium.engine.tiles import STEP
from somnesium.errors import InvalidInput, NotConverged


@njit(cache=True)
def _slope(y, u, body, state_like, stages_like, inputs_like, body_like):
    """d/dt of state, stages, and the sums of waiting and of sleep."""
    n = len(y) - 8
    column_of = y.reshape((len(y), 1))
    out = np.empty((len(y), 1))
    s, p = gather(state_like, column_of, 0, 0), gather(stages_like, column_of, n, 0)
    i, b = gather(inputs_like, u, 0, 0), gather(body_like, body, 0, 0)
    fixed = fix(b)
    scatter(derivative(s, p, i, b, fixed), out, 0, 0)
    scatter(stage_derivative(p, transition_rates(drive(s, i, b, fixed), b.chain)), out, n, 0)
    out[n + 6, 0], out[n + 7, 0] = p.waiting, asleep(p)
    return out[:, 0].copy()


@cache
def oracle():
    """State at 56 h, and (latency, duration) of both nights, to about 1e-9."""
    lanes = start_lanes(BODY, 0.0, 4.0)
    like = (
        column(lanes.state, State, 0),
        column(lanes.stages, Stages, 0),
        column(lanes.inputs, Inputs, 0),
        Body(),
    )
    y, u = np.concatenate([lanes.state[:, 0], np.zeros(8)]), lanes.inputs.copy()
    waiting, level = leaf_index(State, "pressure.waiting"), leaf_index(State, "pressure.level")
    gut, in_bed = leaf_index(State, "melatonin.gut"), leaf_index(Inputs, "in_bed")
    now, nights = 0.0, []
    for time, channel, value in [*sorted(LIFE), (56.0, None, 0.0)]:
        if time > now:
            found = solve_ivp(
                lambda _, z: _slope(z, u, BODY, *like),
                (now, time),
                y,
                "DOP853",
                rtol=1e-10,
                atol=1e-12,
            )
            assert found.success
            y, now = found.y[:, -1], time
        if channel is None:
            continue
        if channel < ADD:
            u[channel - SET, 0] = value
        elif channel < LIGHTS_OUT:
            y[channel - ADD] += value
        elif channel == MELATONIN:
            y[gut] += Body().pineal.bioavailability * value / Body().pineal.volume
        elif channel == LIGHTS_OUT:
            u[in_bed, 0] = 1.0
            y[N_STATE:] = 0.0
            y[N_STATE] = 1.0
            y[waiting] = y[level]
        elif channel == RISE:
            u[in_bed, 0] = 0.0
            nights.append(y[-2:].copy())
            y[N_STATE:] = 0.0
    return y[:N_STATE], np.array(nights)


@cache
def errors(minutes):
    """Largest scaled error of the state, and of latency and duration [min], at a step."""
    lanes, result = live(step=minutes / 60)
    state, nights = oracle()
    scale = np.maximum(np.abs(state), 0.3)
    found = np.column_stack(
        [
            result.field("latency")[:, 0],
            sum(result.field(stage)[:, 0] for stage in ("n1", "n2", "n3", "rem")),
        ]
    )
    return (
        float(np.max(np.abs(lanes.state[:, 0] - state) / scale)),
        60.0 * np.abs(found - nights).max(axis=0),
    )


def test_the_state_agrees_with_an_independent_solver():
    assert errors(60 * STEP)[0] < 1.5e-2
    assert errors(5.0)[0] < 1e-2
    assert errors(1.25)[0] < 1e-3


def test_latency_and_duration_agree_within_a_sixth_of_a_minute():
    for minutes in (60 * STEP, 5.0):
        latency, duration = errors(minutes)[1]
        assert latency < 0.15
        assert duration < 0.15


def test_the_order_of_accuracy_is_two():
    found = [errors(minutes) for minutes in (2.5, 1.25, 0.625)]
    for coarse, fine in pairwise(found):
        assert np.log2(coarse[0] / fine[0]) == pytest.approx(2.0, abs=0.3)
        assert np.log2(coarse[1][1] / fine[1][1]) == pytest.approx(2.0, abs=0.6)


def test_a_zero_dose_is_no_dose():
    """To the last bit, where the dose splits no step."""
    nothing = [
        add("gut.swallowed", 21.0, 0.0),
        add("gut.solid", 21.0, 0.0),
        add("caffeine.gut", 9.0, 0.0),
        add("lost.stool", 12.5, 0.0),
        (22.0, MELATONIN, 0.0),
    ]
    plain, with_nothing = live(), live(LIFE + nothing)
    assert_same(plain[0], with_nothing[0])
    assert np.array_equal(plain[1].rows, with_nothing[1].rows)


def test_a_zero_dose_off_the_grid_splits_a_step_and_no_more():
    plain, split = live()[1], live([*LIFE, add("gut.swallowed", 20.987, 0.0)])[1]
    for field in ("latency", "n3", "awake_after_onset"):
        assert 60 * np.abs(plain.field(field) - split.field(field)).max() < 0.01


def test_a_dose_does_something():
    plain, dosed = live()[0], live([*LIFE, add("gut.swallowed", 21.0, 10.0)])[0]
    leaf = leaf_index(State, "stores.plasma")
    assert dosed.state[leaf, 0] > plain.state[leaf, 0]


@given(st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_the_order_of_simultaneous_events_changes_nothing(random):
    crowd = [add("gut.swallowed", 22.8 + 24.0, amount) for amount in (0.1, 1e-9, 7.3, 2.2)] + [
        put("stress", 22.8 + 24.0, 0.3),
        add("caffeine.gut", 22.8 + 24.0, 20.0),
    ]
    events = LIFE + crowd
    ordered = live(events)
    random.shuffle(events)
    shuffled = live(events)
    assert_same(ordered[0], shuffled[0])
    assert np.array_equal(ordered[1].rows, shuffled[1].rows)


def time_in_bed(result):
    """Latency and the rest of the first night [h]."""
    parts = ("latency", "awake_after_onset", "n1", "n2", "n3", "rem")
    return sum(result.field(name)[0, 0] for name in parts)


def test_a_night_off_the_grid_is_as_long_as_it_is():
    bed, rise = 23.0 + 137 * SECOND, 30.0 + 41 * 60 * SECOND + 9 * SECOND
    result = live(day(0.0, bed, rise), until=32.0)[1]
    assert result.field("lights_out")[0, 0] == pytest.approx(bed, abs=1e-12)
    assert result.field("rise")[0, 0] == pytest.approx(rise, abs=1e-12)
    assert time_in_bed(result) == pytest.approx(rise - bed, abs=1e-9)


@given(st.floats(21, 25), st.floats(0.01, 11))
@settings(max_examples=20, deadline=None)
def test_any_night_is_as_long_as_it_is(bed, length):
    result = live(day(0.0, bed, bed + length), until=38.0)[1]
    assert time_in_bed(result) == pytest.approx(length, abs=1e-9)


def test_a_drawn_night_is_as_long_as_it_is_and_fills_its_epochs():
    result = live(until=34.0, drawn=True, seed=3)[1]
    bed, rise = result.field("lights_out")[0, 0], result.field("rise")[0, 0]
    assert time_in_bed(result) == pytest.approx(rise - bed, abs=1e-9)
    filled = np.flatnonzero(result.epochs[0] >= 0)
    assert filled[0] == np.ceil(bed * 120)
    assert filled[-1] == np.ceil(rise * 120) - 1
    assert len(filled) == filled[-1] - filled[0] + 1
    assert abs(60 * result.field("n2")[0, 0] - 0.5 * np.sum(result.epochs[0] == 3)) < 10


def test_drawn_nights_have_the_expected_mean():
    """The chain is drawn under the mean body's rates, which feed back: a few minutes' slack."""
    people = 400
    bodies = np.repeat(BODY, people, axis=1)
    drawn = live(until=34.0, bodies=bodies, drawn=True, seed=8)[1]
    expected = live(until=34.0)[1]
    for name in ("latency", "awake_after_onset", "n2", "n3", "rem"):
        minutes = 60 * drawn.field(name)[0]
        error = minutes.std() / np.sqrt(people)
        assert abs(minutes.mean() - 60 * expected.field(name)[0, 0]) < 4 * error + 4.0, name


def test_magnesium_is_kept_for_a_year():
    events = [event for k in range(365) for event in day(24.0 * k)]
    for k in range(365):
        events += [
            add("gut.solid", 24.0 * k + 21.37, 6.0),
            add("gut.swallowed", 24.0 * k + 21.37, 4.0),
            add("lost.stool", 24.0 * k + 21.37, 2.0),
        ]
    taken = 365 * (2.8 + 4.2 + 7.0 + 6.0 + 4.0 + 2.0)
    begin = column(start_lanes(BODY, 0.0, 4.0).state, State, 0)
    lanes, _ = live(events, until=365 * 24.0)
    end = column(lanes.state, State, 0)
    held = magnesium_inside(end) + magnesium_lost(end) - magnesium_inside(begin)
    assert held == pytest.approx(taken, rel=1e-9)
    assert 700 < magnesium_inside(end) < 1300


def test_a_trace_begins_at_the_start_and_holds_every_step():
    lanes, result = live(until=24.0, trace=True)
    assert result.trace.shape == (24 * 8, N_STATE + 6 + len(Inputs._fields), 1)
    assert np.isfinite(result.trace).all()
    begin = start_lanes(BODY, 0.0, 4.0).state
    assert np.array_equal(result.trace[0, :N_STATE], begin)
    untraced = live(until=24.0)[0]
    assert_same(lanes, untraced)


def test_what_is_not_a_number_is_refused():
    bodies = BODY.copy()
    bodies[leaf_index(Body, "kidney.slope"), 0] = np.nan
    with pytest.raises(NotConverged, match="finite"):
        live(bodies=bodies)


def test_seven_and_a_half_minutes_are_the_step():
    assert pytest.approx(7.5 / 60) == STEP


@pytest.mark.parametrize(
    ("time", "channel", "value"),
    [
        (3.0, 999, 1.0),
        (3.0, -1, 1.0),
        (3.0, 99, 1.0),
        (np.nan, LIGHTS_OUT, 0.0),
        (3.0, SET, np.inf),
    ],
)
def test_an_event_that_cannot_be_carried_out_is_refused(time, channel, value):
    bodies = pack([Body()], Body)
    lanes = start_lanes(bodies, 0.0, 4.0)
    bad = Events(np.array([time]), np.array([channel]), np.array([value]))
    with pytest.raises(InvalidInput, match="channel"):
        run_events(lanes, bodies, [bad], np.zeros(1, int), 6.0)
