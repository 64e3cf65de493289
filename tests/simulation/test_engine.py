"""The engine against an independent solver, and what must hold to the last bit.

The oracle is scipy's DOP853 at rtol 1e-10 on the same equations, begun anew at every event. The
engine's own steps, tiles and events are what is tested, so default parameters are good enough.
"""

import re
from functools import cache
from itertools import pairwise

import llvmlite.binding as llvm
import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit, types
from scipy.integrate import solve_ivp

from somnesium.body.assembly import (
    Body,
    Inputs,
    State,
    derivative,
    drive,
    magnesium_inside,
    magnesium_lost,
    phases,
)
from somnesium.body.stages import Stages, asleep, stage_derivative, transition_rates
from somnesium.errors import NotConverged
from somnesium.maths import FASTMATH
from somnesium.simulation import steps
from somnesium.simulation.engine import ADD, LIGHTS_OUT, MELATONIN, RISE, SET, STEP
from somnesium.simulation.individual import draw_bodies
from somnesium.simulation.lanes import column, gather, leaf_index, leaf_names, pack, scatter
from somnesium.simulation.schedule import merge
from somnesium.simulation.simulate import copy_lanes, run_events, start_lanes

N_STATE = len(leaf_names(State))
PARTS = ("state", "stages", "inputs", "tally", "time")
BODY = pack([Body()], Body)
SECOND = 1.0 / 3600


def put(name, time, value):
    return time, SET + leaf_index(Inputs, name), value


def add(leaf, time, amount):
    return time, ADD + leaf_index(State, leaf), amount


def day(at, bed=23.0, rise=31.0):
    """One day and the night after it, on the grid."""
    return [
        put("light", at + 7.0, 92.64),
        add("gut.swallowed", at + 8.0, 2.8),
        add("caffeine.gut", at + 9.0, 80.0),
        add("gut.swallowed", at + 12.5, 4.2),
        put("light", at + 19.0, 40.0),
        add("gut.swallowed", at + 19.0, 7.0),
        (at + bed, LIGHTS_OUT, 0.0),
        put("light", at + bed, 0.0),
        (at + rise, RISE, 0.0),
    ]


def more(at):
    """What a livelier day holds, off the grid."""
    return [
        put("exercise", at + 17.11, 0.6),
        put("exercise", at + 17.93, 0.0),
        put("drinking", at + 20.2, 12.0),
        put("drinking", at + 21.4, 0.0),
        put("stress", at + 21.03, 0.5),
        add("gut.swallowed", at + 21.37, 10.0),
        add("gut.solid", at + 21.37, 5.0),
        (at + 21.61, MELATONIN, 2e6),
        put("stress", at + 23.5, 0.0),
    ]


LIFE = day(0.0, bed=23.0 + 2 * 60 * SECOND + 17 * SECOND) + day(24.0, bed=22.8) + more(0.0)


def live(events=LIFE, until=56.0, bodies=BODY, lanes=None, **options):
    """Run one schedule for everyone; the lanes at the end and the result."""
    lanes = start_lanes(bodies, 0.0, 4.0) if lanes is None else lanes
    schedules = [merge(events)]
    of = np.zeros(bodies.shape[1], np.int64)
    return lanes, run_events(lanes, bodies, schedules, of, until, **options)


def assert_same(a, b):
    for part in PARTS:
        assert np.array_equal(getattr(a, part), getattr(b, part)), part


@njit(cache=True)
def _slope(y, u, body, state_like, stages_like, inputs_like, body_like):
    """d/dt of state, stages, and the sums of waiting and of sleep."""
    n = len(y) - 8
    column_of = y.reshape((len(y), 1))
    out = np.empty((len(y), 1))
    s, p = gather(state_like, column_of, 0), gather(stages_like, column_of[n:], 0)
    i, b = gather(inputs_like, u, 0), gather(body_like, body, 0)
    fixed = phases(b)
    scatter(derivative(s, p, i, b, fixed), out, 0)
    scatter(stage_derivative(p, transition_rates(drive(s, i, b, fixed), b.chain)), out[n:], 0)
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
                lambda _, z: _slope(z, u, BODY, *like), (now, time), y, "DOP853",
                rtol=1e-10, atol=1e-12,
            )  # fmt: skip
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
    assert errors(5.0)[0] < 1e-2
    assert errors(1.25)[0] < 1e-3


def test_latency_and_duration_agree_within_a_third_of_a_minute():
    latency, duration = errors(5.0)[1]
    assert latency < 0.3
    assert duration < 0.3


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
    crowd = [
        add("gut.swallowed", 22.8 + 24.0, amount) for amount in (0.1, 1e-9, 7.3, 2.2)
    ] + [put("stress", 22.8 + 24.0, 0.3), add("caffeine.gut", 22.8 + 24.0, 20.0)]  # fmt: skip
    events = LIFE + crowd
    ordered = live(events)
    random.shuffle(events)
    shuffled = live(events)
    assert_same(ordered[0], shuffled[0])
    assert np.array_equal(ordered[1].rows, shuffled[1].rows)


def crowd_of_40(**options):
    """Forty people with four schedules, and a function that lives some of them alone."""
    bodies = draw_bodies(Body(), 40, 1, seed=2).values
    schedules = [merge(LIFE + day(k + 0.5)[:5] + more(0.07 * k)) for k in range(4)]
    of = np.arange(40) % 4

    def some(who):
        who = np.asarray(who)
        lanes = start_lanes(np.ascontiguousarray(bodies[:, who]), 0.0, 4.0)
        result = run_events(
            lanes, bodies[:, who], schedules, of[who], 56.0, people=who, **options
        )
        return lanes, result

    return some


@pytest.mark.parametrize("drawn", [False, True])
def test_company_and_place_change_nobody_s_bits(drawn):
    some = crowd_of_40(drawn=drawn, seed=9)
    lanes, result = some(np.arange(40))
    for who in ([0], [17], [39], [5, 38], list(range(39, 19, -1))):
        alone, own = some(who)
        for part in ("state", "stages", "inputs", "time", "path"):
            assert np.array_equal(getattr(alone, part), getattr(lanes, part)[..., who]), part
        nights = len(own.rows)
        assert np.array_equal(own.rows, result.rows[:nights, :, who], equal_nan=True)
        assert np.array_equal(own.epochs, result.epochs[who])


def test_company_does_not_change_the_tally():
    some = crowd_of_40()
    lanes, _ = some(np.arange(40))
    for who in ([0], [17], [39]):
        assert np.array_equal(some(who)[0].tally, lanes.tally[:, who])


def test_the_number_of_threads_changes_nothing():
    some = crowd_of_40()
    lanes, result = some(np.arange(40))
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        again, once_more = some(np.arange(40))
    finally:
        numba.set_num_threads(before)
    assert_same(lanes, again)
    assert np.array_equal(result.rows, once_more.rows, equal_nan=True)


def halves(cut, **options):
    """The same life in one go, and cut in two."""
    whole = live(**options)
    lanes, first = live(until=cut, **options)
    lanes, second = live(lanes=copy_lanes(lanes), **options)
    return whole, lanes, np.concatenate([first.rows, second.rows]), (first, second)


@pytest.mark.parametrize("cut", [12.0, 26.25, 40.0])
def test_a_resumed_run_has_the_same_bits(cut):
    whole, lanes, rows, _ = halves(cut)
    assert_same(whole[0], lanes)
    assert np.array_equal(whole[1].rows, rows)


def test_a_resumed_drawn_run_has_the_same_bits():
    whole, lanes, rows, (first, second) = halves(36.0, drawn=True, seed=4)
    assert_same(whole[0], lanes)
    assert np.array_equal(whole[1].rows, rows)
    joined = np.where(second.epochs >= 0, second.epochs, -1)
    joined[:, : first.epochs.shape[1]] = np.maximum(
        joined[:, : first.epochs.shape[1]], first.epochs
    )
    assert np.array_equal(whole[1].epochs, joined)


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
    assert result.trace.shape == (288, N_STATE + 6 + len(Inputs._fields), 1)
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


def test_five_minutes_is_the_step():
    assert pytest.approx(5.0 / 60) == STEP


FLAT = types.Array(types.float64, 1, "C")
LOOPS = {
    "half_step": (FLAT,) * 8 + (types.boolean,),
    "whole_step": (FLAT,) * 7,
    "middle_rates": (FLAT,) * 5,
    "chain_step": (FLAT,) * 4,
    "sum_up": (FLAT,) * 10 + (types.boolean,),
}


@pytest.mark.skipif(
    not llvm.get_host_cpu_features().get("avx"), reason="no vector unit of 256 bits here"
)
@pytest.mark.parametrize("name", LOOPS)
def test_the_vector_units_are_filled(name):
    """Compiled anew, as code from the cache has no listing. A library call, a missing inline or
    rows that could overlap all show here as scalar code, two to five times slower."""
    loop = njit(fastmath=FASTMATH, error_model="numpy")(getattr(steps, name).py_func)
    loop.compile(LOOPS[name])
    listing = loop.inspect_asm(loop.signatures[0])
    arithmetic = r"^\s+v(?:add|sub|mul|div|fn?m(?:add|sub)\d+)"
    packed = re.findall(arithmetic + r"pd\s[^\n]*[yz]mm", listing, re.MULTILINE)
    scalar = re.findall(arithmetic + r"sd\s", listing, re.MULTILINE)
    assert len(packed) > 100
    # The loop once in vectors and once more in scalars, for arrays that overlap; no scalar rest.
    assert len(scalar) < 1.1 * len(packed)
    assert not re.findall(r"\$(exp|log|pow|tanh|sin|cos)\b", listing), "a library call"
