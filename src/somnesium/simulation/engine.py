"""The engine: many bodies through time, in tiles that stay in the first-level cache.

Persons sit in the lanes of tiles of sixteen. A step goes from the present to the next event or
the next mark of the step grid, whichever is nearer, so that doses, lights-out, rise and light
changes are exact; lanes keep their own time. Scheme, second order:

1. derivative and rates at the start; body forward half a step, chain half a step;
2. derivative and rates there; body a whole step (midpoint rule), chain a whole step, implicitly;
3. sums of the night at the midpoint.

A drawn night uses the same steps with the chain drawn instead of integrated.
"""

from typing import NamedTuple

import numpy as np
from numba import njit, prange

from somnesium.body.assembly import Body, Inputs, Phases, State, phases, signals
from somnesium.body.melatonin import melatonin_dose
from somnesium.body.stages import Rates
from somnesium.body.stores import slow_equilibrium
from somnesium.simulation.lanes import TILE, gather, leaf_index, leaf_names, scatter
from somnesium.simulation.steps import (
    BODY,
    IN_BED,
    INPUTS,
    OPTIONS,
    STAGES,
    STATE,
    TALLY,
    chain_step,
    draw_step,
    half_step,
    middle_rates,
    sum_up,
    whole_step,
)
from somnesium.simulation.tally import DayTally, Tally, begin_night, night_row

__all__ = ["ADD", "LIGHTS_OUT", "MELATONIN", "RISE", "SET", "SETTLE", "STEP", "Lanes", "run"]

STEP = 1.0 / 12
"""Longest step [h]: five minutes."""

SET = 0
"""Channel of an event that sets input k: SET + k."""
ADD = 100
"""Channel of an event that adds to leaf k of the state: ADD + k."""
LIGHTS_OUT = 200
"""Channel: the sleep opportunity begins; value 1 for a nap, else 0."""
RISE = 201
"""Channel: it ends."""
SETTLE = 202
"""Channel: slow states are hastened to their rest, the load `value` times as fast."""
MELATONIN = 203
"""Channel: melatonin swallowed [pmol]."""

N_STATE, N_BODY = len(leaf_names(State)), len(leaf_names(Body))
N_PHASES, N_TALLY = len(leaf_names(Phases)), len(leaf_names(Tally))
N_INPUTS, N_RATES = len(leaf_names(Inputs)), len(leaf_names(Rates))
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
    """Stage of a drawn path (-1 out of bed), its next random draw, and nights lived (int64)."""


@njit(**OPTIONS)
def _at_event(channel, value, time, lane, x, p, u, tally, body, rows, out, person):
    """Carry out one event for one lane; returns the number of rows written."""
    if channel < ADD:
        u[channel - SET, lane] = value
    elif channel < LIGHTS_OUT:
        x[channel - ADD, lane] += value
    elif channel == MELATONIN:
        pineal = gather(BODY, body, lane).pineal
        x[_MELATONIN_GUT, lane] += melatonin_dose(value, pineal)
    elif channel == LIGHTS_OUT:
        u[IN_BED, lane] = 1.0
        p[:, lane] = 0.0
        p[0, lane] = 1.0
        x[_WAITING, lane] = x[_LEVEL, lane]
        t = gather(TALLY, tally, lane)
        begun = begin_night(time, value, gather(STATE, x, lane))
        scatter(Tally(night=begun, day=t.day), tally, lane)
    elif channel == RISE:
        _write_row(time, lane, x, p, u, tally, body, rows, out, person)
        u[IN_BED, lane] = 0.0
        p[:, lane] = 0.0
        rows += 1
    elif channel == SETTLE:
        _settle(value, lane, x, tally, body)
    return rows


@njit(**OPTIONS)
def _write_row(time, lane, x, p, u, tally, body, rows, out, person):
    t = gather(TALLY, tally, lane)
    s = gather(STATE, x, lane)
    b = gather(BODY, body, lane)
    now = signals(s, gather(STAGES, p, lane), gather(INPUTS, u, lane), b, phases(b))
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


@njit(**OPTIONS)
def _settle(gain, lane, x, tally, body):
    """Bring slow states near their fixed point: the slow store to the mean plasma since the last
    settling, the arousal load `gain` times as far as it went by itself."""
    t = gather(TALLY, tally, lane)
    d = t.day
    stores = gather(BODY, body, lane).stores
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


class Tile(NamedTuple):
    """The arrays of one tile, rows by leaf, columns by lane."""

    x: np.ndarray
    p: np.ndarray
    u: np.ndarray
    tally: np.ndarray
    body: np.ndarray
    path: np.ndarray
    now: np.ndarray
    rows: np.ndarray
    cursor: np.ndarray
    person: np.ndarray


@njit(**OPTIONS)
def _load(tile, lane, lanes, bodies, people, k):
    """Bring person `k` into a lane."""
    tile.x[:, lane] = lanes.state[:, k]
    tile.p[:, lane] = lanes.stages[:, k]
    tile.u[:, lane] = lanes.inputs[:, k]
    tile.tally[:, lane] = lanes.tally[:, k]
    tile.body[:, lane] = bodies[:, k]
    tile.path[:, lane] = lanes.path[:, k]
    tile.now[lane] = lanes.time[k]
    tile.rows[lane] = lanes.rows[k]
    tile.cursor[lane] = lanes.cursor[k]
    tile.person[lane] = people[k]


@njit(**OPTIONS)
def _store(tile, lane, lanes, k):
    """Write a lane back to person `k`."""
    lanes.state[:, k] = tile.x[:, lane]
    lanes.stages[:, k] = tile.p[:, lane]
    lanes.inputs[:, k] = tile.u[:, lane]
    lanes.tally[:, k] = tile.tally[:, lane]
    lanes.path[:, k] = tile.path[:, lane]
    lanes.time[k] = tile.now[lane]
    lanes.rows[k] = tile.rows[lane]
    lanes.cursor[k] = tile.cursor[lane]


@njit(**OPTIONS)
def _next_step(tile, lane, end, events, until, longest, out, k):
    """Carry out the events of this moment; return the length of the next step [h]."""
    times, channels, values = events
    now, c = tile.now[lane], tile.cursor[lane]
    while c < end and times[c] <= now + 1e-9:
        rows = tile.rows[lane]
        tile.rows[lane] = _at_event(
            channels[c], values[c], now, lane, tile.x, tile.p, tile.u, tile.tally, tile.body,
            rows, out, k,
        )
        if channels[c] == LIGHTS_OUT or channels[c] == RISE:
            tile.path[0, lane] = -1
        if channels[c] == RISE:
            tile.path[2, lane] += 1
        c += 1
    tile.cursor[lane] = c
    mark = (np.floor(now / longest + 1e-6) + 1.0) * longest
    if c < end:
        mark = min(mark, times[c])
    return min(mark, until) - now


@njit(**OPTIONS)
def _note(tile, lane, longest, trace, k):
    """Record the lane in the trace, if it stands on a mark of the step grid."""
    now = tile.now[lane]
    index = int(np.floor(now / longest + 1e-6))
    if index < trace.shape[0] and abs(now - index * longest) < 1e-7:
        trace[index, :N_STATE, k] = tile.x[:, lane]
        trace[index, N_STATE : N_STATE + 6, k] = tile.p[:, lane]
        trace[index, N_STATE + 6 :, k] = tile.u[:, lane]


@njit(**OPTIONS)
def _run_tile(first, lanes, bodies, schedule, begins, events, until, longest, drawn, seed, people,
              out, trace, epochs):
    """Step the persons `first` to `first` + 15; a lane is stored the moment it arrives."""
    count = min(TILE, lanes.state.shape[1] - first)
    x, half = np.empty(N_STATE * TILE), np.empty(N_STATE * TILE)
    p, p_half, mean = np.empty(6 * TILE), np.empty(6 * TILE), np.zeros(6 * TILE)
    u, tally = np.empty(N_INPUTS * TILE), np.empty(N_TALLY * TILE)
    body, fixed = np.empty(N_BODY * TILE), np.empty(N_PHASES * TILE)
    rates, dt, now = np.ones(N_RATES * TILE), np.zeros(TILE), np.empty(TILE)
    tile = Tile(
        x=x.reshape((N_STATE, TILE)),
        p=p.reshape((6, TILE)),
        u=u.reshape((N_INPUTS, TILE)),
        tally=tally.reshape((N_TALLY, TILE)),
        body=body.reshape((N_BODY, TILE)),
        path=np.empty((3, TILE), np.int64),
        now=now,
        rows=np.zeros(TILE, np.int64),
        cursor=np.zeros(TILE, np.int64),
        person=np.empty(TILE, np.int64),
    )
    for lane in range(TILE):
        _load(tile, lane, lanes, bodies, people, first + min(lane, count - 1))
        scatter(phases(gather(BODY, body, lane)), fixed, lane)
    there = np.arange(TILE) >= count
    while not there.all():
        any_bed = False
        for lane in range(TILE):
            dt[lane] = 0.0
            if there[lane]:
                continue
            k = first + lane
            if now[lane] >= until - 1e-9:
                _store(tile, lane, lanes, k)
                there[lane] = True
                continue
            end = begins[schedule[k] + 1]
            dt[lane] = _next_step(tile, lane, end, events, until, longest, out, k)
            any_bed = any_bed or tile.u[IN_BED, lane] > 0.5
            if trace.shape[0] > 0:
                _note(tile, lane, longest, trace, k)
        if not any_bed:
            p_half[:] = p
            mean[:] = p
        half_step(x, half, p, p_half, u, body, fixed, dt, any_bed and not drawn)
        if any_bed:
            middle_rates(half, u, body, fixed, rates)
            if drawn:
                draw_step(tile, mean.reshape((6, TILE)), rates, dt, seed, epochs[first:])
                p_half[:] = mean
            else:
                chain_step(p, mean, rates, dt)
        whole_step(x, half, p_half, u, body, fixed, dt)
        sum_up(half, p_half, u, body, fixed, tally, mean, rates, now, dt, any_bed)
        for lane in range(TILE):
            now[lane] += dt[lane]


@njit(parallel=True, **OPTIONS)
def run(
    lanes,
    bodies,
    schedule,
    begins,
    events,
    until,
    longest,
    drawn,
    seed,
    people,
    out,
    trace,
    epochs,
):
    """Step everyone in `lanes` to `until` [h].

    `bodies` (leaves of Body, persons); `schedule` (persons) names each one's events, which lie
    between `begins[k]` and `begins[k + 1]` of `events` (times, channels, values), by time. `out`
    (nights, leaves of NightRow, persons) receives rows; `trace` (steps, leaves of State + Stages +
    Inputs, persons) and `epochs` (persons, 30-s epochs; drawn nights only) are filled where they
    have room.
    """
    persons = lanes.state.shape[1]
    for tile in prange((persons + TILE - 1) // TILE):
        _run_tile(
            tile * TILE, lanes, bodies, schedule, begins, events, until, longest, drawn, seed,
            people, out, trace, epochs,
        )

