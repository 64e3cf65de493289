"""The same people living many lives at once: settled in their own, then each change from day 0.

Like `simulation.worlds.live_worlds`, with changed habits and diet as well as doses.
"""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

import numpy as np

from somnesium.body.assembly import State
from somnesium.engine.channels import ADD, RISE
from somnesium.engine.lanes import leaf_index
from somnesium.engine.randomness import DRAW, normals
from somnesium.engine.schedule import Events, merge, scaled
from somnesium.person.diet import Diet
from somnesium.person.habits import Habits
from somnesium.person.regimen import Dose
from somnesium.person.request import Request
from somnesium.simulation.gains import dissolved_share, oxide_factors
from somnesium.simulation.individual import draw_bodies, individualise
from somnesium.simulation.inputs import Timeline, dose_events, life_events
from somnesium.simulation.worlds import FOOD_DOUBT, Worlds, run_worlds


class Life(NamedTuple):
    """How the person lives, eats, and what they take."""

    habits: Habits
    diet: Diet
    taken: tuple[Dose, ...] = ()


def _after_first_rise(own: Events, begin: float) -> float:
    """When changes begin [h]: the first rise of day 0, so that no night is cut in two."""
    rises = own.time[(own.channel == RISE) & (own.time > begin)]
    return float(rises[0]) if len(rises) else begin


def _switched(own: Events, new: Events, at: float) -> Events:
    """Events of one life up to and at an hour, and of another after it."""
    before, after = own.time <= at, new.time > at
    return Events(*(np.concatenate([a[before], b[after]]) for a, b in zip(own, new, strict=True)))


def _plain(request: Request, lives: Mapping[str, Life], days: int) -> dict[str, Events]:
    """Events of each life without what is taken; equal lives are made once."""
    line = Timeline(request.habits, request.start)
    own = merge(life_events(line, request.diet, days))
    at, found = _after_first_rise(own, line.begin), {}
    for name, life in lives.items():
        if life.habits is request.habits and life.diet is request.diet:
            found[name] = own
            continue
        theirs = Timeline(life.habits, request.start)
        found[name] = _switched(own, merge(life_events(theirs, life.diet, days)), at)
    return found


def live(
    request: Request, lives: Mapping[str, Life], people: int, doubts: int, days: int
) -> Worlds:
    """Live every life with the same `people` · `doubts` bodies and the same random numbers.

    The first life must be the person's own, in which everyone is settled.
    """
    line = Timeline(request.habits, request.start)
    draws = draw_bodies(individualise(request.person), people, doubts, request.seed)
    z = np.clip(normals(request.seed, np.arange(doubts), DRAW, 2, 2), -2.5, 2.5)
    food, bodies = ADD + leaf_index(State, "gut.swallowed"), draws.values
    plain, oxide = _plain(request, lives, days), oxide_factors(request.seed, doubts)
    schedules = {name: [] for name in lives}
    for name, life in lives.items():
        for k in range(doubts):
            own = scaled(plain[name], food, float(np.exp(FOOD_DOUBT * z[k, 0])))
            share = partial(dissolved_share, normal=z[k, 1], oxide=float(oxide[k]))
            extra = dose_events(line, life.taken, share)
            schedules[name].append(merge(own, extra) if extra else own)
    first = next(iter(schedules.values()))
    results = run_worlds(line, days, request.seed, bodies, first, draws.doubt, schedules)
    return Worlds(line=line, days=days, draws=draws, results=results)
