"""The same people in several worlds: without the plan, with it, with parts of it.

Everyone is settled once, in the life they lead; then each world starts from the same state with
the same random numbers, so that the only difference between worlds is what is taken. Within a
draw of our doubts the same people recur, which keeps the two kinds of spread apart.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from somnesium.body.assembly import Body, State
from somnesium.engine.channels import ADD, RISE
from somnesium.engine.lanes import leaf_index, pack
from somnesium.engine.randomness import DRAW, normals
from somnesium.engine.run import Result, copy_lanes, join, run_events, start_lanes
from somnesium.engine.schedule import Events, merge, scaled
from somnesium.person.regimen import Dose, doses
from somnesium.person.request import Request
from somnesium.simulation.gains import dissolved_share, oxide_factors
from somnesium.simulation.individual import Draws, draw_bodies, individualise
from somnesium.simulation.inputs import Timeline, dose_events, life_events

DOUBTS = 16
"""Draws of what we do not know (gains, dissolution, food), each lived by the same people."""
FOOD_DOUBT = 0.15
"""Spread of our doubt about the magnesium in food, on the log scale (judgement#food-tables)."""
UNREST_SD = 1.1
"""Spread of a night's chance arousal, log-hazard units (fitted#B38-knutson2007)."""


class Worlds(NamedTuple):
    """The people, the days asked about, and one `Result` a world (which also holds the night
    before day 0 and what begins after the last)."""

    line: Timeline
    days: int
    draws: Draws
    results: dict[str, Result]


def regimen_doses(request: Request) -> tuple[Dose, ...]:
    """Every dose of the request's regimen within its days."""
    return doses(request.regimen, request.start.weekday(), request.days)


def _schedules(
    request: Request, line: Timeline, plans: Mapping[str, tuple[Dose, ...]], doubts: int
) -> tuple[list[Events], dict[str, list[Events]]]:
    """Events of each doubt without the plan, and for each world."""
    z = np.clip(normals(request.seed, np.arange(doubts), DRAW, 2, 2), -2.5, 2.5)
    life, by_world = [], {name: [] for name in plans}
    oxide = oxide_factors(request.seed, doubts)
    plain = merge(life_events(line, request.diet, request.days))
    for k in range(doubts):
        scale = float(np.exp(FOOD_DOUBT * z[k, 0])) if doubts > 1 else 1.0
        own = scaled(plain, ADD + leaf_index(State, "gut.swallowed"), scale)
        spread = float(z[k, 1]) if doubts > 1 else 0.0
        life.append(own)
        for name, taken in plans.items():
            share = partial(dissolved_share, normal=spread, oxide=float(oxide[k]))
            events = dose_events(line, taken, share)
            by_world[name].append(merge(own, events) if events else own)
    return life, by_world


def run_worlds(
    line: Timeline,
    days: int,
    seed: int,
    bodies: np.ndarray,
    own: Sequence[Events],
    of: np.ndarray,
    worlds: Mapping[str, Sequence[Events]],
    **options: Any,  # noqa: ANN401 - those of run_events
) -> dict[str, Result]:
    """Settle `bodies` in their own life, then live every world from there, side by side.

    `own` and each world hold the events of each draw of our doubts; `of` says which of them a
    body lives by, shape (bodies,). Options go to `run_events`.
    """
    rises = own[0].time[own[0].channel == RISE][:7]
    wake = float(np.mean(rises)) % 24.0 if len(rises) else 7.0
    lanes = start_lanes(bodies, 0.0, wake - 3.0)
    run_events(lanes, bodies, own, of, line.begin)
    count, persons = len(worlds), bodies.shape[1]
    result = run_events(
        join([copy_lanes(lanes) for _ in worlds]),
        np.tile(bodies, count),
        [events for world in worlds.values() for events in world],
        np.concatenate([of + k * len(own) for k in range(count)]),
        line.hours(days, 24.0),
        people=np.tile(np.arange(persons), count),
        seed=seed,
        **options,
    )
    split = {}
    for k, name in enumerate(worlds):
        mine = slice(k * persons, (k + 1) * persons)
        split[name] = Result(
            rows=result.rows[..., mine], trace=result.trace[..., mine], epochs=result.epochs[mine]
        )
    return split


def _run(
    request: Request,
    bodies: np.ndarray,
    of: np.ndarray,
    doubts: int,
    plans: Mapping[str, tuple[Dose, ...]],
    **options: Any,  # noqa: ANN401 - those of run_events
) -> tuple[Timeline, dict[str, Result]]:
    """The request's own life, and each plan in it."""
    line = Timeline(request.habits, request.start)
    own, by_world = _schedules(request, line, plans, doubts)
    days, seed = request.days, request.seed
    return line, run_worlds(line, days, seed, bodies, own, of, by_world, **options)


def live_worlds(request: Request, plans: Mapping[str, tuple[Dose, ...]]) -> Worlds:
    """Live every plan with people like the request's person (`request.people` draws in all)."""
    people = max(1, request.people // DOUBTS)
    draws = draw_bodies(individualise(request.person), people, DOUBTS, request.seed)
    line, results = _run(request, draws.values, draws.doubt, DOUBTS, plans)
    return Worlds(line=line, days=request.days, draws=draws, results=results)


def typical_worlds(
    request: Request,
    plans: Mapping[str, tuple[Dose, ...]],
    **options: Any,  # noqa: ANN401 - those of run_events
) -> Worlds:
    """Live every plan once with the typical body.

    Options go to `run_events`: `trace=True` for a trajectory, `drawn=True` for nights by chance,
    `unrest=UNREST_SD` for the chance arousal that makes one night differ from the next.
    """
    values = pack([individualise(request.person)], Body)
    line, results = _run(request, values, np.zeros(1, np.int64), 1, plans, **options)
    draws = Draws(values=values, person=np.zeros(1, np.int64), doubt=np.zeros(1, np.int64))
    return Worlds(line=line, days=request.days, draws=draws, results=results)
