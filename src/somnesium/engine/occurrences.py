# pyright: basic
"""What happens to a person in the engine: events carried out, nights begun, rows written.

Everything here is scalar code for one lane of a tile, run when an event is due. Arrays are
pointers, because counting references in the innermost loops costs a third of the time.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from somnesium.body.assembly import Inputs, State, fix
from somnesium.body.melatonin import melatonin_dose
from somnesium.body.readouts import signals
from somnesium.body.stores import slow_equilibrium
from somnesium.engine.channels import ADD, LIGHTS_OUT, MELATONIN, RISE, SET, SETTLE
from somnesium.engine.lanes import gather, leaf_index, put, scatter, template, width
from somnesium.engine.randomness import UNREST, normal
from somnesium.engine.steps import (
    BODY,
    DAY,
    IN_BED,
    INLINED,
    INPUTS,
    MEAN,
    STAGES,
    STATE,
    B,
    D,
    N,
    P,
    U,
    X,
)
from somnesium.engine.tally import DayTally, Tally, begin_night, night_row

BED = U + IN_BED
"""Row of a tile that says who is in bed."""
NEVER = 1e30
"""Time of the next event of those who have none [h]."""
_MELATONIN_GUT = X + leaf_index(State, "melatonin.gut")
_WAITING = X + leaf_index(State, "pressure.waiting")
_LEVEL = X + leaf_index(State, "pressure.level")
_LOAD = X + leaf_index(State, "load")
_SLOW_STORE = X + leaf_index(State, "stores.slow")
_UNREST = U + leaf_index(Inputs, "unrest")
_TALLY = template(Tally)


class Tile(NamedTuple):
    """What a tile keeps beside its rows: whole numbers, and times at full precision (pointers)."""

    now: np.ndarray
    due: np.ndarray
    """Time of the next event."""
    lap: np.ndarray
    """Time at which the present round of the schedule began."""
    target: np.ndarray
    """Where the present step ends."""
    share: np.ndarray
    """Share of a drawn step spent in each stage; then the changes of stage within it."""
    times: np.ndarray
    path: np.ndarray
    rows: np.ndarray
    cursor: np.ndarray
    person: np.ndarray
    codes: np.ndarray
    """Stages of those changes."""


class Output(NamedTuple):
    """Where results go: pointers, and their room."""

    rows: np.ndarray
    nights: int
    persons: int
    trace: np.ndarray
    marks: int
    epochs: np.ndarray
    length: int
    """Epochs of a person."""


@njit(**INLINED)
def _at_event(channel, value, w, lane, tile, plan, k, out):
    """Carry out one event for one lane."""
    n = width(w)
    if channel < ADD:
        w[(U + channel - SET) * n + lane] = value
    elif channel < LIGHTS_OUT:
        w[(X + channel - ADD) * n + lane] += value
    elif channel == MELATONIN:
        pineal = gather(BODY, w, B, lane).pineal
        w[_MELATONIN_GUT * n + lane] += melatonin_dose(value, pineal)
    elif channel == LIGHTS_OUT:
        w[BED * n + lane] = 1.0
        for row in range(P, U):
            w[row * n + lane] = 0.0
        w[P * n + lane] = 1.0
        w[_WAITING * n + lane] = w[_LEVEL * n + lane]
        scatter(begin_night(tile.now[lane], value, gather(STATE, w, X, lane)), w, N, lane)
        tile.path[lane] = -1
        if plan.unrest > 0.0:
            z = normal(plan.seed, tile.person[lane], UNREST, tile.path[2 * n + lane], 0)
            w[_UNREST * n + lane] = plan.unrest * z
    elif channel == RISE:
        _write_row(w, lane, tile, k, out)
        w[BED * n + lane] = 0.0
        for row in range(6):
            w[(P + row) * n + lane] = 0.0
            w[(MEAN + row) * n + lane] = 0.0
        tile.path[lane] = -1
        tile.path[2 * n + lane] += 1
    elif channel == SETTLE:
        _settle(value, w, lane)


@njit(**INLINED)
def _write_row(w, lane, tile, k, out):
    """The row of the night that ends."""
    t = gather(_TALLY, w, N, lane)
    s = gather(STATE, w, X, lane)
    b = gather(BODY, w, B, lane)
    now = signals(s, gather(STAGES, w, P, lane), gather(INPUTS, w, U, lane), b, fix(b))
    if tile.rows[lane] < out.nights:
        row = night_row(t, tile.now[lane], s, now)
        put(row, out.rows, tile.rows[lane] * len(row) * out.persons + k, out.persons)
    tile.rows[lane] += 1
    scatter(_replaced(t.day, 0.0, t.day.relative, t.day.hours, t.day.last_load), w, D, lane)


@njit(**INLINED)
def _replaced(d, melatonin_peak, relative, hours, last_load):
    """The marks of the day with some of them new."""
    return DayTally(
        melatonin_peak=melatonin_peak,
        last_melatonin=d.last_melatonin,
        last_middle=d.last_middle,
        last_slope=d.last_slope,
        dlmo=d.dlmo,
        trough=d.trough,
        relative=relative,
        hours=hours,
        last_load=last_load,
    )


@njit(**INLINED)
def _settle(gain, w, lane):
    """Bring slow states near their fixed point: the slow store to the mean plasma since the last
    settling, the arousal load `gain` times as far as it went by itself."""
    n = width(w)
    d = gather(DAY, w, D, lane)
    stores = gather(BODY, w, B, lane).stores
    load = w[_LOAD * n + lane]
    if d.hours > 0.0:
        w[_SLOW_STORE * n + lane] = slow_equilibrium(d.relative / d.hours, stores)
        load = d.last_load + gain * (load - d.last_load)
        w[_LOAD * n + lane] = load
    scatter(_replaced(d, d.melatonin_peak, 0.0, 0.0, load), w, D, lane)


@njit(**INLINED)
def look_ahead(tile, lane, plan, k):
    """When this lane's next event is due."""
    schedule = plan.schedule[k]
    begin, end = plan.begins[schedule], plan.begins[schedule + 1]
    if tile.cursor[lane] >= end and plan.period > 0.0 and end > begin:
        tile.cursor[lane] = begin
        tile.lap[lane] += plan.period
    if tile.cursor[lane] < end:
        tile.due[lane] = tile.lap[lane] + plan.times[tile.cursor[lane]]
    else:
        tile.due[lane] = NEVER


@njit(**INLINED)
def events(w, tile, first, count, plan, end, out):
    """Carry out what is due; whether an input was set."""
    changed = False
    for lane in range(count):
        if tile.now[lane] >= end - 1e-9:
            continue
        while tile.due[lane] <= tile.now[lane] + 1e-9:
            c = tile.cursor[lane]
            _at_event(plan.channels[c], plan.values[c], w, lane, tile, plan, first + lane, out)
            changed = changed or plan.channels[c] < ADD
            tile.cursor[lane] = c + 1
            look_ahead(tile, lane, plan, first + lane)
    return changed
