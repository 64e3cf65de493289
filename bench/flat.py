"""The body as general solvers want it: a flat vector, its derivative, and what events do to it.

The derivative is that of `somnesium.body`, compiled; only the layout is ours. A solver is stopped
at every event and begun anew after it. State: leaves of State, stage probabilities, and the
expected latency and duration of the night [h]. What stays fixed between events is one vector of
inputs, exposure, body and what follows from it.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from somnesium.body.assembly import (
    Body,
    Exposure,
    Fixed,
    Inputs,
    State,
    change,
    exposure,
    fix,
    slow,
)
from somnesium.body.melatonin import melatonin_dose
from somnesium.body.readouts import drive_at
from somnesium.body.stages import Stages, asleep, stage_derivative, transition_rates
from somnesium.engine.channels import ADD, LIGHTS_OUT, MELATONIN, RISE
from somnesium.engine.lanes import gather, leaf_index, leaf_names, pack, scatter, template
from somnesium.exchange.life import Life

STATE, STAGES, INPUTS = template(State), template(Stages), template(Inputs)
EXPOSURE, BODY, FIXED = template(Exposure), template(Body), template(Fixed)

P = len(leaf_names(State))
LATENCY = P + len(leaf_names(Stages))
DURATION = LATENCY + 1
SIZE = DURATION + 1
E = len(leaf_names(Inputs))
B = E + len(leaf_names(Exposure))
F = B + len(leaf_names(Body))
KNOWN = F + len(leaf_names(Fixed))

IN_BED = leaf_index(Inputs, "in_bed")
PLASMA = leaf_index(State, "stores.plasma")
_LEVEL = leaf_index(State, "pressure.level")
_WAITING = leaf_index(State, "pressure.waiting")
_GUT = leaf_index(State, "melatonin.gut")
OPTIONS = {"fastmath": {"contract", "nsz", "arcp"}, "error_model": "numpy"}


@njit(**OPTIONS)
def rates(y, known, out):
    """Rate of change [per hour] of the flat state (SIZE, 1) into `out`."""
    s, p = gather(STATE, y, 0, 0), gather(STAGES, y, P, 0)
    u, e = gather(INPUTS, known, 0, 0), gather(EXPOSURE, known, E, 0)
    b, f = gather(BODY, known, B, 0), gather(FIXED, known, F, 0)
    costly = slow(s, b, f)
    scatter(change(s, p, u, e, costly, b, f), out, 0, 0)
    if known[IN_BED, 0] > 0.5:
        chain = transition_rates(drive_at(s, u, costly, b, f), b.chain)
        scatter(stage_derivative(p, chain), out, P, 0)
        out[LATENCY, 0] = p.waiting
        out[DURATION, 0] = asleep(p)
    else:
        out[P:SIZE, 0] = 0.0


@njit(**OPTIONS)
def happen(channel, value, y, known):
    """Carry out one event of the engine's kind."""
    if channel < ADD:
        known[channel, 0] = value
        found = exposure(gather(INPUTS, known, 0, 0), gather(BODY, known, B, 0))
        scatter(found, known, E, 0)
    elif channel < LIGHTS_OUT:
        y[channel - ADD, 0] += value
    elif channel == MELATONIN:
        y[_GUT, 0] += melatonin_dose(value, gather(BODY, known, B, 0).pineal)
    elif channel == LIGHTS_OUT:
        known[IN_BED, 0] = 1.0
        y[P:SIZE, 0] = 0.0
        y[P, 0] = 1.0
        y[_WAITING, 0] = y[_LEVEL, 0]
    elif channel == RISE:
        known[IN_BED, 0] = 0.0
        y[P:LATENCY, 0] = 0.0


@njit(**OPTIONS)
def prepare(known):
    """Work out what follows from body and inputs."""
    body = gather(BODY, known, B, 0)
    scatter(fix(body), known, F, 0)
    scatter(exposure(gather(INPUTS, known, 0, 0), body), known, E, 0)


class Flat(NamedTuple):
    """A life as flat vectors: where it starts, and its events."""

    start: np.ndarray
    """State at hour 0, (SIZE, 1)."""
    known: np.ndarray
    """Inputs, exposure, body and what follows from it at hour 0, (KNOWN, 1)."""
    times: np.ndarray
    channels: np.ndarray
    values: np.ndarray
    hours: float
    nights: int
    """How often the person rises."""


def flat(life: Life) -> Flat:
    """A life as flat vectors."""
    start = np.concatenate(
        [pack([life.state], State), pack([life.stages], Stages), np.zeros((2, 1))]
    )
    known = np.zeros((KNOWN, 1))
    known[:E] = pack([life.inputs], Inputs)
    known[B:F] = pack([life.body], Body)
    prepare(known)
    events = life.events
    return Flat(
        start=np.ascontiguousarray(start),
        known=known,
        times=events.time,
        channels=events.channel,
        values=events.value,
        hours=life.hours,
        nights=int(np.sum(events.channel == RISE)),
    )
