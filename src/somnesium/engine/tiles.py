# pyright: basic
"""The engine: many bodies through time, in tiles that stay in the first-level cache.

Persons sit in the lanes of tiles. A step goes from the present to the next event or the next
mark of the step grid, whichever is nearer, so that doses, lights-out, rise and light changes are
exact; lanes keep their own time and wait for each other twice a day. Scheme, second order:

1. to the middle of the step, with the slow part of the derivative as it was last time;
2. the slow part there; with someone in bed, the rates of the stage chain there, and the chain
   over the whole step, implicitly: its end and its mean;
3. to the end of the step, with the derivative at the middle and the chain's mean.

A drawn night uses the same steps with the chain drawn instead of integrated. No lane's numbers
depend on who sits beside it.
"""

import numpy as np
from numba import njit, prange

from somnesium.body.assembly import fix, slow
from somnesium.engine.chain import CHANGES, draw_path
from somnesium.engine.channels import UNKNOWN, Lanes, Plan
from somnesium.engine.lanes import gather, pointer, scatter, width
from somnesium.engine.occurrences import BED, NEVER, Output, Tile, events, look_ahead
from somnesium.engine.steps import (
    BODY,
    CARRIED,
    HALF_STEP,
    INLINED,
    MEAN,
    MIDDLE,
    OPTIONS,
    RATES,
    ROWS,
    STATE,
    STEP_LENGTH,
    B,
    K,
    N,
    P,
    R,
    X,
    chain,
    expose,
    prepare,
    rate,
    score,
    to_end,
    to_middle,
)
from somnesium.maths import floor

STEP = 1.0 / 8
"""Longest step [h]: seven and a half minutes."""
_SLAB = 12.0  # hours after which lanes have waited for each other


@njit(**INLINED)
def _load(w, tile, lane, lanes, bodies, plan, k):
    """Bring person `k` into a lane."""
    n = width(w)
    for row in range(CARRIED):
        w[row * n + lane] = lanes.carried[row, k]
    for row in range(bodies.shape[0]):
        w[(B + row) * n + lane] = bodies[row, k]
    for row in range(3):
        tile.path[row * n + lane] = lanes.path[row, k]
    tile.now[lane] = lanes.time[k]
    tile.rows[lane] = lanes.rows[k]
    tile.cursor[lane] = lanes.cursor[0, k]
    tile.lap[lane] = plan.period * lanes.cursor[1, k]
    tile.person[lane] = plan.people[k]
    if lanes.carried[K, k] == UNKNOWN:
        b = gather(BODY, w, B, lane)
        scatter(slow(gather(STATE, w, X, lane), b, fix(b)), w, K, lane)
    look_ahead(tile, lane, plan, k)


@njit(**INLINED)
def _store(w, tile, lane, lanes, plan, k):
    """Write a lane back to person `k`."""
    n = width(w)
    for row in range(CARRIED):
        lanes.carried[row, k] = w[row * n + lane]
    for row in range(3):
        lanes.path[row, k] = tile.path[row * n + lane]
    lanes.time[k] = tile.now[lane]
    lanes.rows[k] = tile.rows[lane]
    lanes.cursor[0, k] = tile.cursor[lane]
    if plan.period > 0.0:
        lanes.cursor[1, k] = int(floor(tile.lap[lane] / plan.period + 0.5))


@njit(**INLINED)
def _next_step(w, tile, longest, inverse, end):
    """Where each lane's next step ends; whether any lane moves, and whether one has an event."""
    ahead, soon = 0.0, 1.0
    for lane in range(width(w)):
        now, due = tile.now[lane], tile.due[lane]
        mark = (floor(now * inverse + 1e-6) + 1.0) * longest
        goal = max(min(min(mark, due), end), now)
        tile.target[lane] = goal
        ahead = max(ahead, goal - now)
        soon = min(soon, due - goal)
    return ahead > 0.0, soon <= 1e-9


@njit(**INLINED)
def _draw(w, tile, plan, out, first):
    """The chain drawn over the step, for each lane in bed, filling its 30-s epochs."""
    n = width(w)
    share, times, codes = tile.share, tile.times, tile.codes
    for lane in range(min(n, out.persons - first)):
        length = tile.target[lane] - tile.now[lane]
        if w[BED * n + lane] < 0.5 or length <= 0.0:
            continue
        stage, draw = tile.path[lane], tile.path[n + lane]
        if stage < 0:
            stage, draw = 0, 0
        key = (plan.seed, tile.person[lane], tile.path[2 * n + lane], draw)
        rates = gather(RATES, w, R, lane)
        last, draw, changes = draw_path(stage, rates, length, key, share, times, codes)
        k = 0
        begin = -floor(1e-9 - tile.now[lane] * 120.0)
        end = -floor(1e-9 - tile.target[lane] * 120.0)
        for epoch in range(int(begin), min(int(end), out.length)):
            while k < changes and tile.now[lane] + times[k] <= epoch / 120.0:
                stage = codes[k]
                k += 1
            out.epochs[(first + lane) * out.length + epoch] = stage
        tile.path[lane], tile.path[n + lane] = last, draw
        for row in range(6):
            w[(P + row) * n + lane] = 1.0 if row == last else 0.0
            w[(MEAN + row) * n + lane] = share[row]


@njit(**INLINED)
def _note(w, tile, first, count, plan, out):
    """Record the lanes that stand on a mark of the step grid."""
    n = width(w)
    for lane in range(count):
        now = tile.now[lane]
        index = int(floor(now / plan.longest + 1e-6))
        if index < out.marks and abs(now - index * plan.longest) < 1e-7:
            for row in range(N):
                at = (index * N + row) * out.persons + first + lane
                out.trace[at] = w[(X + row) * n + lane]


@njit(**INLINED)
def _step(w, tile, plan, any_bed, out, first):
    """One step of every lane, to its target."""
    n = width(w)
    for lane in range(n):
        length = tile.target[lane] - tile.now[lane]
        w[STEP_LENGTH * n + lane] = length
        w[HALF_STEP * n + lane] = 0.5 * length
        w[MIDDLE * n + lane] = tile.now[lane] + 0.5 * length
    to_middle(w)
    if any_bed:
        rate(w)
        if plan.drawn:
            _draw(w, tile, plan, out, first)
        else:
            chain(w)
    to_end(w)
    if any_bed:
        score(w)
    for lane in range(n):
        tile.now[lane] = tile.target[lane]


@njit(**INLINED)
def _live(w, tile, first, count, plan, end, out):
    """Everyone in the tile to `end`; at last a step of no length, for those who did not wait."""
    inverse = 1.0 / plan.longest
    moves, event = True, True
    while moves:
        if event and events(w, tile, first, count, plan, end, out):
            expose(w)
        if out.marks > 0:
            _note(w, tile, first, count, plan, out)
        in_bed = 0.0
        for lane in range(width(w)):
            in_bed = max(in_bed, w[BED * width(w) + lane])
        moves, event = _next_step(w, tile, plan.longest, inverse, end)
        _step(w, tile, plan, in_bed > 0.5, out, first)


@njit(**OPTIONS)
def run_tile(first, count, w, tile, lanes, bodies, plan, out):
    """Step `count` persons from `first` on to the end of the plan, in a tile `w` of ROWS rows.

    Lanes without a person live the last one's life without events.
    """
    n = width(w)
    begin = NEVER
    for lane in range(n):
        _load(w, tile, lane, lanes, bodies, plan, first + min(lane, count - 1))
        begin = min(begin, tile.now[lane])
    for lane in range(count, n):
        tile.due[lane] = NEVER
    prepare(w)
    while begin < plan.until - 1e-9:
        end = min((floor(begin / _SLAB + 1e-9) + 1.0) * _SLAB, plan.until)
        _live(w, tile, first, count, plan, end, out)
        begin = end
    for lane in range(count):
        _store(w, tile, lane, lanes, plan, first + lane)


@njit(**OPTIONS)
def first_after(times: np.ndarray, begins: np.ndarray, hours: np.ndarray) -> np.ndarray:
    """The first event of each person's schedule at or after that person's `hours`."""
    cursors = np.empty(len(hours), np.int64)
    for k in range(len(hours)):
        cursors[k] = begins[k] + np.searchsorted(times[begins[k] : begins[k + 1]], hours[k])
    return cursors


@njit(**OPTIONS)
def desk(numbers, whole, n):
    """What a tile of `n` lanes keeps beside its rows."""
    return Tile(
        now=pointer(numbers[0:]),
        due=pointer(numbers[n:]),
        lap=pointer(numbers[2 * n :]),
        target=pointer(numbers[3 * n :]),
        share=pointer(numbers[4 * n :]),
        times=pointer(numbers[4 * n + 6 :]),
        path=pointer(whole[0:]),
        rows=pointer(whole[3 * n :]),
        cursor=pointer(whole[4 * n :]),
        person=pointer(whole[5 * n :]),
        codes=pointer(whole[6 * n :]),
    )


@njit(**OPTIONS)
def pointed(plan):
    """The plan with pointers for arrays."""
    return Plan(
        schedule=pointer(plan.schedule),
        begins=pointer(plan.begins),
        times=pointer(plan.times),
        channels=pointer(plan.channels),
        values=pointer(plan.values),
        period=plan.period,
        until=plan.until,
        longest=plan.longest,
        seed=plan.seed,
        people=pointer(plan.people),
        unrest=plan.unrest,
        drawn=plan.drawn,
    )


@njit(**INLINED)
def output(rows, trace, epochs):
    """Where results go."""
    return Output(
        rows=pointer(rows),
        nights=rows.shape[0],
        persons=rows.shape[2],
        trace=pointer(trace),
        marks=trace.shape[0],
        epochs=pointer(epochs),
        length=epochs.shape[1],
    )


@njit(parallel=True, nogil=True, **OPTIONS)
def run(
    like: np.ndarray,
    lanes: Lanes,
    bodies: np.ndarray,
    plan: Plan,
    rows: np.ndarray,
    trace: np.ndarray,
    epochs: np.ndarray,
) -> None:
    """Step everyone in `lanes` to the end of `plan`, at the precision of the array `like`.

    `bodies` (leaves of Body, persons). `rows` (nights, leaves of NightRow, persons) is filled;
    `trace` (steps, leaves of State + Stages + Inputs, persons) and `epochs` (persons, 30-s epochs;
    drawn nights only) are filled where they have room.
    """
    n = width(like)
    persons = lanes.time.shape[0]
    for tile in prange((persons + n - 1) // n):
        out = output(rows, trace, epochs)
        w = np.zeros(ROWS * n, like.dtype)
        numbers, whole = np.zeros(4 * n + 6 + CHANGES), np.zeros(6 * n + CHANGES, np.int64)
        tiles = desk(numbers, whole, n)
        count = min(n, persons - tile * n)
        run_tile(tile * n, count, pointer(w), tiles, lanes, bodies, pointed(plan), out)
        w[0], numbers[0], whole[0] = 0.0, 0.0, 0  # keeps them alive
