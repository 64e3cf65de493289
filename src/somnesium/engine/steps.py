# pyright: basic
"""The lane loops of the engine: each is straight-line code over the equations of one step.

A tile is one array of rows (one per leaf) of 8 lanes (16 in float32), small enough for the
first-level cache; the constants below say where each part begins. One array, because then the
compiler can prove that rows do not overlap and fill the vector units. A test counts the vector
instructions, since losing them is silent and costs a factor of five.
"""

from numba import njit

from somnesium.body.assembly import (
    Body,
    Exposure,
    Fixed,
    Inputs,
    Slow,
    State,
    change,
    exposure,
    fix,
    slow,
)
from somnesium.body.readouts import drive_at, signals_at
from somnesium.body.stages import Rates, Stages, transition_rates
from somnesium.engine import compiled  # noqa: F401 - sets the cache folder first
from somnesium.engine.chain import chain_over
from somnesium.engine.lanes import advance, gather, leaf_index, leaf_names, scatter, template, width
from somnesium.engine.tally import DayTally, NightTally, add_day, add_night
from somnesium.maths import FASTMATH

OPTIONS = {"fastmath": FASTMATH, "error_model": "numpy", "cache": True}
"""Options with which the engine is compiled."""

INLINED = {**{key: value for key, value in OPTIONS.items() if key != "cache"}, "forceinline": True}
"""The same for what is inlined."""

STATE = template(State)
"""Shape of a state, for `gather`; the values are not used. So the next ones."""
STAGES = template(Stages)
"""Shape of stage probabilities."""
INPUTS = template(Inputs)
"""Shape of inputs."""
EXPOSURE = template(Exposure)
"""Shape of an exposure."""
SLOW = template(Slow)
"""Shape of the slow part."""
NIGHT = template(NightTally)
"""Shape of the sums of a night."""
DAY = template(DayTally)
"""Shape of the marks of a day."""
RATES = template(Rates)
"""Shape of transition rates."""
BODY = template(Body)
"""Shape of a body's parameters."""
FIXED = template(Fixed)
"""Shape of what follows from them."""
IN_BED = leaf_index(Inputs, "in_bed")
"""Which input says who is in bed."""

X = 0
"""First row of the state in a tile. So the next ones, each after the one before."""
P = X + len(leaf_names(State))
"""Of the stage probabilities."""
U = P + len(leaf_names(Stages))
"""Of the inputs."""
N = U + len(leaf_names(Inputs))
"""Of the sums of the night."""
D = N + len(leaf_names(NightTally))
"""Of the marks of the day."""
K = D + len(leaf_names(DayTally))
"""Of the slow part."""
CARRIED = K + len(leaf_names(Slow))
"""Rows up to here are a person's, and outlast a run."""
E = CARRIED
"""First row of the exposure."""
B = E + len(leaf_names(Exposure))
"""Of the body."""
F = B + len(leaf_names(Body))
"""Of what follows from it."""
STEP_LENGTH = F + len(leaf_names(Fixed))
"""Row of the step's length [h]."""
HALF_STEP = STEP_LENGTH + 1
"""Row of its half."""
MIDDLE = HALF_STEP + 1
"""Row of its middle [h]."""
MEAN = MIDDLE + 1
"""First row of the mean stage probabilities."""
HALF = MEAN + len(leaf_names(Stages))
"""Of the state in the middle."""
R = HALF + len(leaf_names(State))
"""Of the transition rates."""
ROWS = R + len(leaf_names(Rates))
"""Rows of a tile."""


@njit(**INLINED)
def prepare(w):
    """What follows from the parameters alone, and the exposure to the inputs."""
    for lane in range(width(w)):
        scatter(fix(gather(BODY, w, B, lane)), w, F, lane)
    expose(w)


@njit(**INLINED)
def expose(w):
    """What the inputs do."""
    for lane in range(width(w)):
        acting = exposure(gather(INPUTS, w, U, lane), gather(BODY, w, B, lane))
        scatter(acting, w, E, lane)


@njit(**INLINED)
def to_middle(w):
    """Everyone to the middle of the step, with the slow part as it was; then the one there."""
    for lane in range(width(w)):
        s = gather(STATE, w, X, lane)
        p = gather(STAGES, w, P, lane)
        u = gather(INPUTS, w, U, lane)
        e = gather(EXPOSURE, w, E, lane)
        b = gather(BODY, w, B, lane)
        f = gather(FIXED, w, F, lane)
        d = change(s, p, u, e, gather(SLOW, w, K, lane), b, f)
        middle = advance(s, w[HALF_STEP * width(w) + lane], d)
        scatter(middle, w, HALF, lane)
        scatter(slow(middle, b, f), w, K, lane)


@njit(**INLINED)
def rate(w):
    """Rates of the stage chain in the middle of the step."""
    for lane in range(width(w)):
        b = gather(BODY, w, B, lane)
        middle = gather(STATE, w, HALF, lane)
        u = gather(INPUTS, w, U, lane)
        driven = drive_at(middle, u, gather(SLOW, w, K, lane), b, gather(FIXED, w, F, lane))
        scatter(transition_rates(driven, b.chain), w, R, lane)


@njit(**INLINED)
def chain(w):
    """The stage chain over the step with those rates: its end, and its mean."""
    for lane in range(width(w)):
        r = gather(RATES, w, R, lane)
        moved = chain_over(gather(STAGES, w, P, lane), r, w[STEP_LENGTH * width(w) + lane])
        scatter(moved.end, w, P, lane)
        scatter(moved.mean, w, MEAN, lane)


@njit(**INLINED)
def to_end(w):
    """Everyone to the end of the step, with the derivative in the middle; marks of the day."""
    for lane in range(width(w)):
        middle = gather(STATE, w, HALF, lane)
        p = gather(STAGES, w, MEAN, lane)
        u = gather(INPUTS, w, U, lane)
        e = gather(EXPOSURE, w, E, lane)
        b = gather(BODY, w, B, lane)
        step = w[STEP_LENGTH * width(w) + lane]
        d = change(middle, p, u, e, gather(SLOW, w, K, lane), b, gather(FIXED, w, F, lane))
        end = advance(gather(STATE, w, X, lane), step, d)
        scatter(end, w, X, lane)
        day = gather(DAY, w, D, lane)
        day = add_day(day, end, d, middle, b, w[MIDDLE * width(w) + lane], step)
        scatter(day, w, D, lane)


@njit(**INLINED)
def score(w):
    """Sums of the night over the step."""
    for lane in range(width(w)):
        p = gather(STAGES, w, MEAN, lane)
        u = gather(INPUTS, w, U, lane)
        b = gather(BODY, w, B, lane)
        f = gather(FIXED, w, F, lane)
        middle = gather(STATE, w, HALF, lane)
        seen = signals_at(middle, p, u, gather(SLOW, w, K, lane), b, f)
        r = gather(RATES, w, R, lane)
        night = gather(NIGHT, w, N, lane)
        scatter(add_night(night, p, r, seen, w[STEP_LENGTH * width(w) + lane]), w, N, lane)
