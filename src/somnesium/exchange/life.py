"""One person's life as an exported file tells it: where the body starts, and what happens to it.

The body starts settled at local midnight of the first day: the engine has lived the same life for
`LEAD` days before, and the state it reached is where the file begins. The events that hasten
settling (`SETTLE`) therefore never appear; they act on the engine's own sums, not on the body.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from somnesium.body.assembly import Body, Inputs, State
from somnesium.body.stages import Stages
from somnesium.engine.channels import RISE, SETTLE, Lanes
from somnesium.engine.lanes import column, pack
from somnesium.engine.run import run_events, start_lanes
from somnesium.engine.schedule import Events, merge
from somnesium.engine.tally import Tally
from somnesium.exchange.quantities import Slept
from somnesium.person.checked import CheckedPlan
from somnesium.quantity import require_finite
from somnesium.simulation.gains import dissolved_share
from somnesium.simulation.individual import individualise
from somnesium.simulation.inputs import Timeline, dose_events, life_events

LONGEST = 366
"""Most days in one file."""
_RISE_TO_TROUGH = 3.0
"""Temperature minimum before rise, to start settling from [h] (judgement#settled-away)."""


class Life(NamedTuple):
    """A body, its state at hour 0, and the events after it; enough for any solver."""

    name: str
    body: Body
    state: State
    stages: Stages
    inputs: Inputs
    slept: Slept
    """Sums of the night that hour 0 falls into, or of the last one."""
    events: Events
    """Hours from 0, channels and values of `engine.channels`, sorted; no `SETTLE` among them."""
    hours: float
    """Where the events end [h]."""


def _timeline(plan: CheckedPlan, days: int) -> tuple[Timeline, Events, Events]:
    """The line, the events without the plan, and those with it; both hasten settling."""
    line = Timeline(plan.request.habits, plan.request.start)
    plain = merge(life_events(line, plan.request.diet, days))
    swallowed = dose_events(line, plan.taken.within(days), dissolved_share)
    return line, plain, merge(plain, swallowed) if swallowed else plain


def _settled(bodies: np.ndarray, events: Events, begin: float) -> Lanes:
    """Bodies (leaves, persons) that have lived `events` until `begin` [h], `SETTLE` included."""
    rises = events.time[events.channel == RISE][:7]
    wake = float(np.mean(rises % 24.0)) if len(rises) else 7.0
    lanes = start_lanes(bodies, 0.0, wake - _RISE_TO_TROUGH)
    run_events(lanes, bodies, [events], np.zeros(bodies.shape[1], np.int64), begin)
    return lanes


def _start(lanes: Lanes, k: int, body: Body, events: Events, hours: float, name: str) -> Life:
    """The life of person `k` of `lanes` from its present on, under `events` of that clock."""
    now = float(lanes.time[k])
    night = column(lanes.tally, Tally, k).night
    after = (events.time >= now - 1e-9) & (events.time <= now + hours) & (events.channel != SETTLE)
    return Life(
        name=name,
        body=body,
        state=column(lanes.state, State, k),
        stages=column(lanes.stages, Stages, k),
        inputs=column(lanes.inputs, Inputs, k),
        slept=Slept(
            latency=float(night.waiting),
            awake_after_onset=float(night.wake),
            duration=float(night.n1 + night.n2 + night.n3 + night.rem),
        ),
        events=Events(
            np.maximum(events.time[after] - now, 0.0), events.channel[after], events.value[after]
        ),
        hours=hours,
    )


def lanes_of(lives: Sequence[Life]) -> tuple[Lanes, np.ndarray]:
    """Lanes that stand at hour 0 of some lives, one person each, and their bodies.

    The sums of the night that hour 0 falls into begin at 0 there; later nights are whole.
    """
    bodies = pack([life.body for life in lives], Body)
    lanes = start_lanes(bodies, 0.0, 0.0)
    lanes.state[:] = pack([life.state for life in lives], State)
    lanes.stages[:] = pack([life.stages for life in lives], Stages)
    lanes.inputs[:] = pack([life.inputs for life in lives], Inputs)
    return lanes, bodies


def lives_of(plan: CheckedPlan, bodies: Sequence[Body], days: int) -> tuple[Life, ...]:
    """The life of a plan's person in each of some bodies: settled, then `days` nights of the plan.

    Ends a day after the last of them has begun. Raises `InvalidInput` for days out of range.
    """
    require_finite("days", days, 1, LONGEST, "days")
    line, without, events = _timeline(plan, days)
    lanes = _settled(pack(list(bodies), Body), without, line.begin)
    hours = line.hours(days, 24.0) - line.begin
    name = plan.request.name or plan.request.person.name
    return tuple(_start(lanes, k, body, events, hours, name) for k, body in enumerate(bodies))


def life_of(plan: CheckedPlan, days: int) -> Life:
    """The same of the typical body of the plan's person."""
    body = individualise(plan.request.person, plan.medicines)
    return lives_of(plan, [body], days)[0]
