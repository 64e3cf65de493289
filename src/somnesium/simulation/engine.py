"""The engine: many bodies through time, in tiles that stay in the first-level cache.

Persons sit in the lanes of tiles of sixteen; each lane loop below is straight-line code over the
equations, which the compiler turns into vector instructions. A step goes from the present to the
next event or the next mark of the step grid, whichever is nearer, so that doses, lights-out, rise
and light changes are exact; lanes keep their own time. Scheme, second order:

1. derivative and rates at the start; body forward half a step, chain half a step;
2. derivative and rates there; body a whole step (midpoint rule), chain a whole step, implicitly;
3. sums of the night at the midpoint.

A drawn night uses the same steps with the chain drawn instead of integrated.
"""

from typing import NamedTuple

import numpy as np
from numba import njit, prange

from somnesium.body.assembly import (
    Body,
    Inputs,
    Lost,
    Phases,
    State,
    derivative,
    drive,
    phases,
    signals,
)
from somnesium.body.calmatives import CalmativeState
from somnesium.body.clock import ClockState
from somnesium.body.cortisol import CortisolState
from somnesium.body.gut import GutState
from somnesium.body.melatonin import MelatoninState, melatonin_dose
from somnesium.body.pressure import PressureState
from somnesium.body.stages import Rates, Stages, transition_rates
from somnesium.body.stimulants import AlcoholState, CaffeineState
from somnesium.body.stores import StoresState, slow_equilibrium
from somnesium.maths import FASTMATH
from somnesium.simulation import compiled  # noqa: F401 - sets the cache folder first
from somnesium.simulation.chain import draw_path, factorise, substep
from somnesium.simulation.lanes import TILE, advance, gather, leaf_index, leaf_names, scatter
from somnesium.simulation.tally import (
    DayTally,
    NightRow,
    NightTally,
    Tally,
    add_day,
    add_night,
    begin_night,
    night_row,
)

__all__ = ["ADD", "LIGHTS_OUT", "MELATONIN", "RISE", "SETTLE", "SET", "STEP", "Lanes", "run"]

STEP = 1.0 / 12
"""Longest step [h]: five minutes."""
SUBSTEPS = 3

SET = 0
"""Channel of an event that sets input k: SET + k."""
ADD = 100
"""Channel of an event that adds to leaf k of the state: ADD + k."""
LIGHTS_OUT, RISE, SETTLE, MELATONIN = 200, 201, 202, 203

_OPTIONS = {"fastmath": FASTMATH, "error_model": "numpy", "cache": True}

_STATE = State(
    clock=ClockState(0.0, 0.0, 0.0),
    pressure=PressureState(0.0, 0.0, 0.0),
    melatonin=MelatoninState(0.0, 0.0),
    cortisol=CortisolState(0.0, 0.0),
    load=0.0,
    caffeine=CaffeineState(0.0, 0.0),
    alcohol=AlcoholState(0.0, 0.0),
    calmatives=CalmativeState(0.0, 0.0, 0.0, 0.0, 0.0),
    gut=GutState(0.0, 0.0, 0.0),
    stores=StoresState(0.0, 0.0, 0.0),
    brain=0.0,
    rem_pressure=0.0,
    lost=Lost(0.0, 0.0, 0.0, 0.0),
)
_STAGES = Stages(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
_INPUTS = Inputs(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
_TALLY = Tally(
    night=NightTally(*([0.0] * len(NightTally._fields))),
    day=DayTally(*([0.0] * len(DayTally._fields))),
)
_BODY = Body()
_PHASES = phases(_BODY)

_N_STATE, _N_BODY = len(leaf_names(State)), len(leaf_names(Body))
_N_PHASES, _N_TALLY = len(leaf_names(Phases)), len(leaf_names(Tally))
_N_INPUTS = len(leaf_names(Inputs))
_N_RATES = len(leaf_names(Rates))
_RATES = Rates(*([0.0] * _N_RATES))
_IN_BED = leaf_index(Inputs, "in_bed")
_MELATONIN_GUT = leaf_index(State, "melatonin.gut")
_WAITING = leaf_index(State, "pressure.waiting")
_LEVEL = leaf_index(State, "pressure.level")
_LOAD = leaf_index(State, "load")
_SLOW = leaf_index(State, "stores.slow")


class Lanes(NamedTuple):
    """Where a run stands, one column a person; a run changes it in place and can go on from it."""

    state: np.ndarray
    stages: np.ndarray
    inputs: np.ndarray
    tally: np.ndarray
    cursor: np.ndarray
    """Next event of each person (int64)."""
    time: np.ndarray
    """Hours from the start of the run."""
    rows: np.ndarray
    """Night rows written so far (int64)."""
    path: np.ndarray
    """Stage of a drawn path, -1 out of bed, and its next random draw (int64, two rows)."""


@njit(**_OPTIONS)
def _at_event(channel, value, time, lane, x, p, u, tally, body, rows, out, person):  # noqa: ANN001, ANN202, PLR0913
    """Carry out one event for one lane; returns the number of rows written."""
    if channel < ADD:
        u[channel - SET, lane] = value
    elif channel < LIGHTS_OUT:
        x[channel - ADD, lane] += value
    elif channel == MELATONIN:
        pineal = gather(_BODY, body, lane).pineal
        x[_MELATONIN_GUT, lane] += melatonin_dose(value, pineal)
    elif channel == LIGHTS_OUT:
        u[_IN_BED, lane] = 1.0
        p[:, lane] = 0.0
        p[0, lane] = 1.0
        x[_WAITING, lane] = x[_LEVEL, lane]
        t = gather(_TALLY, tally, lane)
        begun = begin_night(time, value, gather(_STATE, x, lane))
        scatter(Tally(night=begun, day=t.day), tally, lane)
    elif channel == RISE:
        _write_row(time, lane, x, p, u, tally, body, rows, out, person)
        u[_IN_BED, lane] = 0.0
        p[:, lane] = 0.0
        rows += 1
    elif channel == SETTLE:
        _settle(value, lane, x, tally, body)
    return rows


@njit(**_OPTIONS)
def _write_row(time, lane, x, p, u, tally, body, rows, out, person):  # noqa: ANN001, ANN202, PLR0913
    t = gather(_TALLY, tally, lane)
    s = gather(_STATE, x, lane)
    b = gather(_BODY, body, lane)
    now = signals(s, gather(_STAGES, p, lane), gather(_INPUTS, u, lane), b, phases(b))
    if rows < out.shape[0]:
        scatter(night_row(t, time, s, now), out[rows], person)
    d = t.day
    day = DayTally(
        melatonin_peak=0.0,
        last_melatonin=d.last_melatonin,
        last_x=d.last_x,
        last_slope=d.last_slope,
        dlmo=d.dlmo,
        trough=d.trough,
        relative=d.relative,
        hours=d.hours,
        last_load=d.last_load,
    )
    scatter(Tally(night=t.night, day=day), tally, lane)


@njit(**_OPTIONS)
def _settle(gain, lane, x, tally, body):  # noqa: ANN001, ANN202
    """Bring slow states near their fixed point: the slow store to the mean plasma since the last
    settling, the arousal load `gain` times as far as it went by itself."""
    t = gather(_TALLY, tally, lane)
    d = t.day
    stores = gather(_BODY, body, lane).stores
    if d.hours > 0.0:
        x[_SLOW, lane] = slow_equilibrium(d.relative / d.hours, stores)
        x[_LOAD, lane] = d.last_load + gain * (x[_LOAD, lane] - d.last_load)
    day = DayTally(
        melatonin_peak=d.melatonin_peak,
        last_melatonin=d.last_melatonin,
        last_x=d.last_x,
        last_slope=d.last_slope,
        dlmo=d.dlmo,
        trough=d.trough,
        relative=0.0,
        hours=0.0,
        last_load=x[_LOAD, lane],
    )
    scatter(Tally(night=t.night, day=day), tally, lane)


@njit(**_OPTIONS)
def _half_step(x, half, p, p_half, u, body, fixed, dt, any_bed):  # noqa: ANN001, ANN202, PLR0913
    """Body and chain at the middle of the step."""
    for lane in range(TILE):
        s = gather(_STATE, x, lane)
        q = gather(_STAGES, p, lane)
        i = gather(_INPUTS, u, lane)
        b = gather(_BODY, body, lane)
        f = gather(_PHASES, fixed, lane)
        scatter(advance(s, 0.5 * dt[lane], derivative(s, q, i, b, f)), half, lane)
    if any_bed:
        for lane in range(TILE):
            s = gather(_STATE, x, lane)
            q = gather(_STAGES, p, lane)
            i = gather(_INPUTS, u, lane)
            b = gather(_BODY, body, lane)
            f = gather(_PHASES, fixed, lane)
            r = transition_rates(drive(s, i, b, f), b.chain)
            step = 0.25 * dt[lane]
            k = factorise(r, step)
            scatter(substep(substep(q, r, k).end, r, k).end, p_half, lane)


@njit(**_OPTIONS)
def _whole_step(x, half, p_half, u, body, fixed, dt):  # noqa: ANN001, ANN202, PLR0913
    """Body a whole step, with its derivative at the middle."""
    for lane in range(TILE):
        s = gather(_STATE, half, lane)
        q = gather(_STAGES, p_half, lane)
        i = gather(_INPUTS, u, lane)
        b = gather(_BODY, body, lane)
        f = gather(_PHASES, fixed, lane)
        d = derivative(s, q, i, b, f)
        scatter(advance(gather(_STATE, x, lane), dt[lane], d), x, lane)


@njit(**_OPTIONS)
def _middle_rates(half, u, body, fixed, rates):  # noqa: ANN001, ANN202
    for lane in range(TILE):
        s = gather(_STATE, half, lane)
        i = gather(_INPUTS, u, lane)
        b = gather(_BODY, body, lane)
        f = gather(_PHASES, fixed, lane)
        scatter(transition_rates(drive(s, i, b, f), b.chain), rates, lane)


@njit(**_OPTIONS)
def _chain_step(p, mean, rates, dt):  # noqa: ANN001, ANN202
    """Chain a whole step with the rates of the middle."""
    for lane in range(TILE):
        r = gather(_RATES, rates, lane)
        k = factorise(r, dt[lane] / SUBSTEPS)
        a = substep(gather(_STAGES, p, lane), r, k)
        b = substep(a.end, r, k)
        c = substep(b.end, r, k)
        scatter(c.end, p, lane)
        third = 1.0 / 3.0
        scatter(
            Stages(
                waiting=third * (a.mean.waiting + b.mean.waiting + c.mean.waiting),
                wake=third * (a.mean.wake + b.mean.wake + c.mean.wake),
                n1=third * (a.mean.n1 + b.mean.n1 + c.mean.n1),
                n2=third * (a.mean.n2 + b.mean.n2 + c.mean.n2),
                n3=third * (a.mean.n3 + b.mean.n3 + c.mean.n3),
                rem=third * (a.mean.rem + b.mean.rem + c.mean.rem),
            ),
            mean,
            lane,
        )


@njit(**_OPTIONS)
def _draw_step(p, mean, rates, dt, u, now, path, people, seed, rows, epochs, share, times, codes):  # noqa: ANN001, ANN202, PLR0913
    """The chain drawn over the step, for each lane in bed; epochs of 30 s are filled in."""
    for lane in range(TILE):
        if u[_IN_BED, lane] < 0.5 or dt[lane] <= 0.0:
            mean[:, lane] = p[:, lane]
            continue
        stage, draw = path[0, lane], path[1, lane]
        if stage < 0:
            stage, draw = 0, 0
        r = gather(_RATES, rates, lane)
        key = (seed, people[lane], rows[lane], draw)
        end, draw, changes = draw_path(stage, r, dt[lane], key, share, times, codes)
        first = int(np.ceil(now[lane] * 120.0 - 1e-9))
        last = int(np.ceil((now[lane] + dt[lane]) * 120.0 - 1e-9))
        k = 0
        for epoch in range(first, min(last, epochs.shape[1])):
            while k < changes and now[lane] + times[k] <= epoch / 120.0:
                stage = codes[k]
                k += 1
            epochs[lane, epoch] = stage
        path[0, lane], path[1, lane] = end, draw
        p[:, lane] = 0.0
        p[end, lane] = 1.0
        mean[:, lane] = share


@njit(**_OPTIONS)
def _sum_up(half, p_half, u, body, fixed, tally, mean, rates, now, dt, any_bed):  # noqa: ANN001, ANN202, PLR0913
    """Sums of the night and marks of the day."""
    for lane in range(TILE):
        i = gather(_INPUTS, u, lane)
        b = gather(_BODY, body, lane)
        f = gather(_PHASES, fixed, lane)
        t = gather(_TALLY, tally, lane)
        seen = signals(gather(_STATE, half, lane), gather(_STAGES, p_half, lane), i, b, f)
        day = add_day(
            t.day, seen, now[lane] + 0.5 * dt[lane], dt[lane], b.clock.trough_delay
        )
        if any_bed:
            r = gather(_RATES, rates, lane)
            night = add_night(t.night, gather(_STAGES, mean, lane), r, seen, dt[lane])
        else:
            night = t.night
        scatter(Tally(night=night, day=day), tally, lane)


@njit(**_OPTIONS)
def _run_tile(  # noqa: ANN202, PLR0913
    first,  # noqa: ANN001
    lanes,  # noqa: ANN001
    bodies,  # noqa: ANN001
    schedule,  # noqa: ANN001
    begins,  # noqa: ANN001
    events_time,  # noqa: ANN001
    events_channel,  # noqa: ANN001
    events_value,  # noqa: ANN001
    until,  # noqa: ANN001
    longest,  # noqa: ANN001
    drawn,  # noqa: ANN001
    seed,  # noqa: ANN001
    people,  # noqa: ANN001
    out,  # noqa: ANN001
    trace,  # noqa: ANN001
    epochs,  # noqa: ANN001
):
    count = min(TILE, lanes.state.shape[1] - first)
    x_flat, half = np.empty(_N_STATE * TILE), np.empty(_N_STATE * TILE)
    p_flat, half_flat, mean_flat = np.empty(6 * TILE), np.empty(6 * TILE), np.zeros(6 * TILE)
    u_flat, tally_flat = np.empty(_N_INPUTS * TILE), np.empty(_N_TALLY * TILE)
    body_flat, fixed = np.empty(_N_BODY * TILE), np.empty(_N_PHASES * TILE)
    rates, dt, now = np.ones(_N_RATES * TILE), np.zeros(TILE), np.empty(TILE)
    x, p = x_flat.reshape((_N_STATE, TILE)), p_flat.reshape((6, TILE))
    p_half, mean = half_flat.reshape((6, TILE)), mean_flat.reshape((6, TILE))
    u, tally = u_flat.reshape((_N_INPUTS, TILE)), tally_flat.reshape((_N_TALLY, TILE))
    body = body_flat.reshape((_N_BODY, TILE))
    path, who = np.empty((2, TILE), np.int64), np.empty(TILE, np.int64)
    rows, cursor = np.zeros(TILE, np.int64), np.zeros(TILE, np.int64)
    share, times, codes = np.empty(6), np.empty(512), np.empty(512, np.int64)
    for lane in range(TILE):
        k = first + min(lane, count - 1)
        x[:, lane], p[:, lane], u[:, lane] = lanes.state[:, k], lanes.stages[:, k], lanes.inputs[:, k]
        tally[:, lane], body[:, lane], path[:, lane] = lanes.tally[:, k], bodies[:, k], lanes.path[:, k]
        now[lane], rows[lane], cursor[lane], who[lane] = lanes.time[k], lanes.rows[k], lanes.cursor[k], people[k]
        scatter(phases(gather(_BODY, body_flat, lane)), fixed, lane)
    going = True
    while going:
        going, any_bed = False, False
        for lane in range(TILE):
            dt[lane] = 0.0
            if lane >= count or now[lane] >= until - 1e-9:
                continue
            end = begins[schedule[first + lane] + 1]
            c = cursor[lane]
            while c < end and events_time[c] <= now[lane] + 1e-9:
                rows[lane] = _at_event(
                    events_channel[c], events_value[c], now[lane], lane, x, p, u, tally, body,
                    rows[lane], out, first + lane,
                )
                if events_channel[c] == LIGHTS_OUT or events_channel[c] == RISE:
                    path[0, lane] = -1
                c += 1
            cursor[lane] = c
            mark = (np.floor(now[lane] / longest + 1e-6) + 1.0) * longest
            if c < end:
                mark = min(mark, events_time[c])
            dt[lane] = min(mark, until) - now[lane]
            going = True
            any_bed = any_bed or u[_IN_BED, lane] > 0.5
            if trace.shape[0] > 0:
                index = int(np.floor(now[lane] / longest + 1e-6))
                if index < trace.shape[0] and abs(now[lane] - index * longest) < 1e-7:
                    trace[index, :_N_STATE, first + lane] = x[:, lane]
                    trace[index, _N_STATE : _N_STATE + 6, first + lane] = p[:, lane]
                    trace[index, _N_STATE + 6 :, first + lane] = u[:, lane]
        if not going:
            break
        if not any_bed:
            p_half[:] = p
            mean[:] = p
        _half_step(
            x_flat, half, p_flat, half_flat, u_flat, body_flat, fixed, dt, any_bed and not drawn
        )
        if any_bed:
            _middle_rates(half, u_flat, body_flat, fixed, rates)
            if drawn:
                _draw_step(p, mean, rates, dt, u, now, path, who, seed, rows, epochs[first:], share, times, codes)
                p_half[:] = mean
            else:
                _chain_step(p_flat, mean_flat, rates, dt)
        _whole_step(x_flat, half, half_flat, u_flat, body_flat, fixed, dt)
        _sum_up(
            half, half_flat, u_flat, body_flat, fixed, tally_flat, mean_flat, rates, now, dt, any_bed
        )
        for lane in range(TILE):
            now[lane] += dt[lane]
    for lane in range(count):
        k = first + lane
        lanes.state[:, k], lanes.stages[:, k], lanes.inputs[:, k] = x[:, lane], p[:, lane], u[:, lane]
        lanes.tally[:, k], lanes.path[:, k] = tally[:, lane], path[:, lane]
        lanes.time[k], lanes.rows[k], lanes.cursor[k] = now[lane], rows[lane], cursor[lane]


@njit(parallel=True, **_OPTIONS)
def run(  # noqa: ANN201, PLR0913
    lanes,  # noqa: ANN001
    bodies,  # noqa: ANN001
    schedule,  # noqa: ANN001
    begins,  # noqa: ANN001
    events_time,  # noqa: ANN001
    events_channel,  # noqa: ANN001
    events_value,  # noqa: ANN001
    until,  # noqa: ANN001
    longest,  # noqa: ANN001
    drawn,  # noqa: ANN001
    seed,  # noqa: ANN001
    people,  # noqa: ANN001
    out,  # noqa: ANN001
    trace,  # noqa: ANN001
    epochs,  # noqa: ANN001
):
    """Step everyone in `lanes` to `until` [h].

    `bodies` (leaves of Body, persons); `schedule` (persons) names each one's events, which lie
    between `begins[k]` and `begins[k + 1]` sorted by time. `out` (nights, leaves of NightRow,
    persons) receives rows; `trace` (steps, leaves of State + Stages + Inputs, persons) and
    `epochs` (persons, 30-s epochs; drawn nights only) are filled where they have room.
    """
    persons = lanes.state.shape[1]
    for tile in prange((persons + TILE - 1) // TILE):
        _run_tile(
            tile * TILE, lanes, bodies, schedule, begins, events_time, events_channel,
            events_value, until, longest, drawn, seed, people, out, trace, epochs,
        )

