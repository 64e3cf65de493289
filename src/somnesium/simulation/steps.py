"""The lane loops of the engine: each is straight-line code over the equations of one step.

Arguments are tiles: one-dimensional arrays of (leaves · TILE) numbers, except where drawing needs
rows by name. The compiler turns each loop into vector instructions; a test counts them, since
losing them is silent and costs a factor of five.
"""

import numpy as np
from numba import njit

from somnesium.body.assembly import (
    Body,
    Inputs,
    State,
    derivative,
    drive,
    phases,
    signals,
)
from somnesium.body.stages import Rates, Stages, transition_rates
from somnesium.maths import FASTMATH
from somnesium.simulation import compiled  # noqa: F401 - sets the cache folder first
from somnesium.simulation.chain import draw_path, factorise, substep
from somnesium.simulation.lanes import TILE, advance, gather, leaf_index, scatter, template
from somnesium.simulation.tally import Tally, add_day, add_night

__all__ = [
    "BODY",
    "INPUTS",
    "IN_BED",
    "OPTIONS",
    "PHASES",
    "RATES",
    "STAGES",
    "STATE",
    "TALLY",
    "chain_step",
    "draw_step",
    "half_step",
    "middle_rates",
    "sum_up",
    "whole_step",
]

OPTIONS = {"fastmath": FASTMATH, "error_model": "numpy", "cache": True}
"""Options with which the engine is compiled."""
SUBSTEPS = 3
"""Implicit steps of the stage chain in one step of the body."""

STATE = template(State)
"""Shape of a state, for `gather`; the values are not used. So the next five."""
STAGES = template(Stages)
"""Shape of stage probabilities."""
INPUTS = template(Inputs)
"""Shape of inputs."""
TALLY = template(Tally)
"""Shape of a tally."""
RATES = template(Rates)
"""Shape of transition rates."""
BODY = Body()
"""Shape of a body's parameters."""
PHASES = phases(BODY)
"""Shape of a body's phases."""
IN_BED = leaf_index(Inputs, "in_bed")
"""Row of the input that says who is in bed."""


@njit(**OPTIONS)
def half_step(x, half, p, p_half, u, body, fixed, dt, any_bed):
    """Body and chain at the middle of the step."""
    for lane in range(TILE):
        s = gather(STATE, x, lane)
        q = gather(STAGES, p, lane)
        i = gather(INPUTS, u, lane)
        b = gather(BODY, body, lane)
        f = gather(PHASES, fixed, lane)
        scatter(advance(s, 0.5 * dt[lane], derivative(s, q, i, b, f)), half, lane)
    if any_bed:
        for lane in range(TILE):
            s = gather(STATE, x, lane)
            q = gather(STAGES, p, lane)
            i = gather(INPUTS, u, lane)
            b = gather(BODY, body, lane)
            f = gather(PHASES, fixed, lane)
            r = transition_rates(drive(s, i, b, f), b.chain)
            step = 0.25 * dt[lane]
            k = factorise(r, step)
            scatter(substep(substep(q, r, k).end, r, k).end, p_half, lane)


@njit(**OPTIONS)
def whole_step(x, half, p_half, u, body, fixed, dt):
    """Body a whole step, with its derivative at the middle."""
    for lane in range(TILE):
        s = gather(STATE, half, lane)
        q = gather(STAGES, p_half, lane)
        i = gather(INPUTS, u, lane)
        b = gather(BODY, body, lane)
        f = gather(PHASES, fixed, lane)
        d = derivative(s, q, i, b, f)
        scatter(advance(gather(STATE, x, lane), dt[lane], d), x, lane)


@njit(**OPTIONS)
def middle_rates(half, u, body, fixed, rates):
    """Transition rates at the middle of the step."""
    for lane in range(TILE):
        s = gather(STATE, half, lane)
        i = gather(INPUTS, u, lane)
        b = gather(BODY, body, lane)
        f = gather(PHASES, fixed, lane)
        scatter(transition_rates(drive(s, i, b, f), b.chain), rates, lane)


@njit(**OPTIONS)
def chain_step(p, mean, rates, dt):
    """Chain a whole step with the rates of the middle."""
    for lane in range(TILE):
        r = gather(RATES, rates, lane)
        k = factorise(r, dt[lane] / SUBSTEPS)
        a = substep(gather(STAGES, p, lane), r, k)
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


@njit(**OPTIONS)
def draw_step(tile, mean, rates, dt, seed, epochs):
    """The chain drawn over the step, for each lane in bed, filling 30-s epochs (lanes, epochs)."""
    share, times, codes = np.empty(6), np.empty(512), np.empty(512, np.int64)
    for lane in range(TILE):
        mean[:, lane] = tile.p[:, lane]
        if tile.u[IN_BED, lane] < 0.5 or dt[lane] <= 0.0:
            continue
        stage, draw = tile.path[0, lane], tile.path[1, lane]
        if stage < 0:
            stage, draw = 0, 0
        r = gather(RATES, rates, lane)
        key = (seed, tile.person[lane], tile.path[2, lane], draw)
        end, draw, changes = draw_path(stage, r, dt[lane], key, share, times, codes)
        now = tile.now[lane]
        k = 0
        first, last = np.ceil(now * 120.0 - 1e-9), np.ceil((now + dt[lane]) * 120.0 - 1e-9)
        for epoch in range(int(first), min(int(last), epochs.shape[1])):
            while k < changes and now + times[k] <= epoch / 120.0:
                stage = codes[k]
                k += 1
            epochs[lane, epoch] = stage
        tile.path[0, lane], tile.path[1, lane] = end, draw
        tile.p[:, lane] = 0.0
        tile.p[end, lane] = 1.0
        mean[:, lane] = share


@njit(**OPTIONS)
def sum_up(half, p_half, u, body, fixed, tally, mean, rates, now, dt, any_bed):
    """Sums of the night and marks of the day."""
    for lane in range(TILE):
        i = gather(INPUTS, u, lane)
        b = gather(BODY, body, lane)
        f = gather(PHASES, fixed, lane)
        t = gather(TALLY, tally, lane)
        seen = signals(gather(STATE, half, lane), gather(STAGES, p_half, lane), i, b, f)
        day = add_day(
            t.day, seen, now[lane] + 0.5 * dt[lane], dt[lane], b.clock.trough_delay
        )
        if any_bed:
            r = gather(RATES, rates, lane)
            night = add_night(t.night, gather(STAGES, mean, lane), r, seen, dt[lane])
        else:
            night = t.night
        scatter(Tally(night=night, day=day), tally, lane)
