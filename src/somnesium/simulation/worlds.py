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
from somnesium.person.checked import CheckedPlan
from somnesium.person.taken import Part
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


def _schedules(
    plan: CheckedPlan, days: int, line: Timeline, parts: Mapping[str, Part], doubts: int
) -> tuple[list[Events], dict[str, list[Events]]]:
    """Events of each doubt without the plan, and for each world."""
    request = plan.request
    z = np.clip(normals(request.seed, np.arange(doubts), DRAW, 2, 2), -2.5, 2.5)
    life, by_world = [], {name: [] for name in parts}
    oxide = oxide_factors(request.seed, doubts)
    plain = merge(life_events(line, request.diet, days))
    doses = {name: plan.taken.within(days, part) for name, part in parts.items()}
    for k in range(doubts):
        scale = float(np.exp(FOOD_DOUBT * z[k, 0])) if doubts > 1 else 1.0
        without = scaled(plain, ADD + leaf_index(State, "gut.swallowed"), scale)
        spread = float(z[k, 1]) if doubts > 1 else 0.0
        life.append(without)
        for name, taken in doses.items():
            share = partial(dissolved_share, normal=spread, oxide=float(oxide[k]))
            events = dose_events(line, taken, share)
            by_world[name].append(merge(without, events) if events else without)
    return life, by_world


def run_worlds(
    line: Timeline,
    days: int,
    seed: int,
    bodies: np.ndarray,
    life: Sequence[Events],
    of: np.ndarray,
    worlds: Mapping[str, Sequence[Events]],
    **options: Any,  # noqa: ANN401 - those of run_events
) -> dict[str, Result]:
    """Settle `bodies` in the life they lead, then live every world from there, side by side.

    `life` and each world hold the events of each draw of our doubts; `of` says which of them a
    body lives by, shape (bodies,). Options go to `run_events`.
    """
    rises = life[0].time[life[0].channel == RISE][:7]
    wake = float(np.mean(rises)) % 24.0 if len(rises) else 7.0
    lanes = start_lanes(bodies, 0.0, wake - 3.0)
    run_events(lanes, bodies, life, of, line.begin)
    count, persons = len(worlds), bodies.shape[1]
    result = run_events(
        join([copy_lanes(lanes) for _ in worlds]),
        np.tile(bodies, count),
        [events for world in worlds.values() for events in world],
        np.concatenate([of + k * len(life) for k in range(count)]),
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
    plan: CheckedPlan,
    bodies: np.ndarray,
    of: np.ndarray,
    doubts: int,
    parts: Mapping[str, Part],
    days: int,
    **options: Any,  # noqa: ANN401 - those of run_events
) -> tuple[Timeline, dict[str, Result]]:
    """The person's own life, and each part of the plan in it."""
    line = Timeline(plan.request.habits, plan.request.start)
    life, by_world = _schedules(plan, days, line, parts, doubts)
    return line, run_worlds(line, days, plan.request.seed, bodies, life, of, by_world, **options)


def live_worlds(
    plan: CheckedPlan, parts: Mapping[str, Part], days: int | None = None, people: int | None = None
) -> Worlds:
    """Live each part of a plan with people like its person (`people` draws in all).

    `days` and `people` are those of the plan's request if left out.
    """
    request = plan.request
    days = request.days if days is None else days
    each = max(1, (request.people if people is None else people) // DOUBTS)
    typical = individualise(request.person, plan.medicines)
    draws = draw_bodies(typical, each, DOUBTS, request.seed)
    line, results = _run(plan, draws.values, draws.doubt, DOUBTS, parts, days)
    return Worlds(line=line, days=days, draws=draws, results=results)


def typical_worlds(
    plan: CheckedPlan,
    parts: Mapping[str, Part],
    **options: Any,  # noqa: ANN401 - those of run_events
) -> Worlds:
    """Live each part of a plan once with the typical body.

    Options go to `run_events`: `trace=True` for a trajectory, `drawn=True` for nights by chance,
    `unrest=UNREST_SD` for the chance arousal that makes one night differ from the next.
    """
    values = pack([individualise(plan.request.person, plan.medicines)], Body)
    days = plan.request.days
    line, results = _run(plan, values, np.zeros(1, np.int64), 1, parts, days, **options)
    draws = Draws(values=values, person=np.zeros(1, np.int64), doubt=np.zeros(1, np.int64))
    return Worlds(line=line, days=days, draws=draws, results=results)
