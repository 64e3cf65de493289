"""Lives gone on with until nothing changes any more: magnesium at steady state.

A life is a week over and over, in one time zone, without journeys. The same people, with the same
random numbers, live every life side by side, so that two lives differ by nothing but themselves.
After each week the slow store is put where that week's flux would have taken it; once serum no
longer moves it is left alone, and the life is at rest when a week then changes nobody's serum by
more than `MOST_DRIFT`.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

import numpy as np

from somnesium.body.assembly import Body, Inputs, State
from somnesium.engine.channels import ADD, LIGHTS_OUT, RISE, SET, SETTLE, UNKNOWN
from somnesium.engine.lanes import leaf_index
from somnesium.engine.randomness import DRAW, normals
from somnesium.engine.run import WEEK, Lanes, Result, join, run_weeks, start_lanes
from somnesium.engine.schedule import Events, merge, scaled
from somnesium.engine.steps import K
from somnesium.person.diet import Diet
from somnesium.person.habits import Habits
from somnesium.person.person import Person
from somnesium.person.regimen import Dose
from somnesium.simulation.gains import dissolved_share, oxide_factors
from somnesium.simulation.individual import Draws, draw_bodies, individualise
from somnesium.simulation.inputs import Timeline, dose_events, life_events
from somnesium.simulation.worlds import FOOD_DOUBT

MOST_DRIFT = 0.001
"""Relative change of serum a week below which a life is at rest (judgement#steady)."""
MOST_WEEKS = 48
"""Weeks after which a run ends, at rest or not (judgement#steady)."""
_STEP = 0.25  # h; serum differs from the engine's own step by 0.001 mmol/L at most
_MONDAY = date(2026, 1, 5)
_CLIP = 2.5
_FASTEST_PASSAGE = 4.0  # 1/h; judgement#fastest-passage: a quarter of an hour in the small bowel
_ACTS_PEOPLE, _ACTS_DOUBT = 0.5, 0.4  # judgement#how-much-it-acts


_FOOD = ADD + leaf_index(State, "gut.swallowed")
_SWALLOWED = (_FOOD, SET + leaf_index(Inputs, "drinking"))


class Life(NamedTuple):
    """Someone, how they live and eat, and the magnesium they take in a week (day 0 Monday).

    `food` scales what is eaten in each doubt, (doubts,); None for our doubt about food tables.
    """

    person: Person
    habits: Habits
    diet: Diet
    taken: tuple[Dose, ...] = ()
    food: np.ndarray | None = None


class Steady(NamedTuple):
    """What a life comes to in each virtual person: means of its last week.

    Serum at rising [mmol/L]; soft tissue and the slow store as shares of the person's own replete
    ones; urine and what is absorbed [mmol/d]. `drift` is the relative change of serum in that
    week, `weeks` how long everyone lived.
    """

    draws: Draws
    serum: np.ndarray
    tissue: np.ndarray
    slow: np.ndarray
    urine: np.ndarray
    absorbed: np.ndarray
    drift: np.ndarray
    weeks: int


def food_scales(seed: int, doubts: int, spread: float, column: int = 0) -> np.ndarray:
    """Factors (doubts,) on what is eaten, log-normal around 1 with a `spread` on the log scale.

    Column 0 is our doubt about food tables, as in forecasts; 2 is free for requirements.
    """
    z = np.clip(normals(seed, np.arange(doubts), DRAW, 2, 3), -_CLIP, _CLIP)
    return np.exp(spread * z[:, column])


def _well(person: Person) -> Person:
    """The person without conditions and medicines; kidneys as they are."""
    return person.model_copy(update={"conditions": (), "medicines": ()})


def _bodies(person: Person, people: int, doubts: int, seed: int) -> Draws:
    """Bodies like this person's, in which what ails them acts more on some than on others.

    Published sizes of conditions and medicines are means of groups: how far each person's body
    moves from the healthy one is log-normal around them, with a part of our own doubt.
    """
    drawn = draw_bodies(individualise(person), people, doubts, seed)
    well = draw_bodies(individualise(_well(person)), people, doubts, seed).values
    own = np.clip(normals(seed, drawn.person, DRAW, 5, 1)[:, 0], -_CLIP, _CLIP)
    shared = np.clip(normals(seed, drawn.doubt, DRAW, 6, 1)[:, 0], -_CLIP, _CLIP)
    spread = _ACTS_PEOPLE * own + _ACTS_DOUBT * shared
    acts = np.exp(spread - 0.5 * (_ACTS_PEOPLE**2 + _ACTS_DOUBT**2))
    positive = (well > 0.0) & (drawn.values > 0.0)
    ratio = np.divide(drawn.values, well, out=np.ones_like(well), where=positive)
    moved = np.where(positive, well * ratio**acts, well + acts * (drawn.values - well))
    passage = leaf_index(Body, "gut.passage")
    moved[passage] = np.minimum(moved[passage], np.maximum(_FASTEST_PASSAGE, well[passage]))
    return drawn._replace(values=moved)


def _awake(week: Events) -> Events:
    """The meals and drinks of a week, and a moment's night at each rise, which leaves its row.

    In the body magnesium acts on sleep, and neither sleep nor light acts on magnesium: nobody is
    put to bed, in the dark, which saves most of the work and lets the step be longer.
    """
    rises = week.channel == RISE
    every = np.flatnonzero(rises)
    for nap in np.flatnonzero((week.channel == LIGHTS_OUT) & (week.value > 0.5)):
        rises[every[np.searchsorted(every, nap) % len(every)]] = False
    kept = np.isin(week.channel, _SWALLOWED) | rises
    up = Events(week.time[kept], week.channel[kept], week.value[kept])
    return merge(up, [(time, LIGHTS_OUT, 0.0) for time in week.time[rises]])


def _week(life: Life, seed: int, doubts: int) -> list[Events]:
    """The week of a life in each doubt, hours from Monday midnight."""
    habits = life.habits.model_copy(update={"time_zone": "UTC", "travel": ()})
    line = Timeline(habits, _MONDAY)
    every = merge(life_events(line, life.diet, 7))
    # The second week of the lead: no beginning and no end is near.
    inside = (every.time >= WEEK) & (every.time < 2 * WEEK) & (every.channel != SETTLE)
    week = Events(every.time[inside] - WEEK, every.channel[inside], every.value[inside])
    plain = _awake(week)
    food = food_scales(seed, doubts, FOOD_DOUBT) if life.food is None else life.food
    z = np.clip(normals(seed, np.arange(doubts), DRAW, 2, 3), -_CLIP, _CLIP)[:, 1]
    oxide, found = oxide_factors(seed, doubts), []
    for k in range(doubts):
        taken = [dose._replace(day=dose.day - 21) for dose in life.taken]
        share = partial(dissolved_share, normal=float(z[k]), oxide=float(oxide[k]))
        rows = dose_events(line, taken, share)
        extra = [(time - WEEK, channel, value) for time, channel, value in rows]
        found.append(merge(scaled(plain, _FOOD, float(food[k])), extra))
    return found


class _Running(NamedTuple):
    """Everyone in every life: lanes, bodies (leaves, people), numbers, and weeks."""

    lanes: Lanes
    bodies: np.ndarray
    who: np.ndarray
    begins: np.ndarray
    week: Events


def _tiled(weeks: Sequence[Events], people: int) -> tuple[np.ndarray, Events]:
    """Each week once for each of `people`: where a person's begins, and all events."""
    lengths = np.repeat([len(week.time) for week in weeks], people)
    columns = [np.concatenate([np.tile(week[k], people) for week in weeks]) for k in range(3)]
    return np.cumsum([0, *lengths]), Events(*columns)


def _begun(
    lives: Sequence[Life], drawn: Sequence[Draws], people: int, doubts: int, seed: int
) -> _Running:
    """Everyone at the beginning of their first week."""
    weeks, lanes = [], []
    for life, draws in zip(lives, drawn, strict=True):
        own = _week(life, seed, doubts)
        rises = own[0].time[own[0].channel == RISE] % 24.0
        angle = np.angle(np.mean(np.exp(2j * np.pi * rises / 24.0))) if len(rises) else 0.0
        lanes.append(start_lanes(draws.values, 0.0, float(angle) * 12.0 / np.pi - 3.0))
        weeks += own
    begins, week = _tiled(weeks, people)
    who = np.tile(np.arange(people * doubts), len(lives))
    bodies = np.hstack([draws.values for draws in drawn])
    return _Running(join(lanes), bodies, who, begins, week)


def _mean_of(result: Result, field: str) -> np.ndarray:
    """Mean of a field at the rises of a run, by person."""
    return np.nanmean(result.field(field), axis=0)


class _Week(NamedTuple):
    """The last week lived: its nights, and the state before and after (leaves, people)."""

    result: Result
    before: np.ndarray
    after: np.ndarray


def _live(running: _Running, number: int, seed: int) -> _Week:
    """Live week `number`, counted from 0."""
    before = running.lanes.state.copy()
    result = run_weeks(
        running.lanes,
        running.bodies,
        running.begins,
        running.week,
        WEEK * (number + 1),
        people=running.who,
        seed=seed,
        unrest=0.0,
        step=_STEP,
    )
    return _Week(result, before, running.lanes.state.copy())


def _daily(week: _Week, leaf: str) -> np.ndarray:
    """Amount a day [mmol/d] of a running total."""
    k = leaf_index(State, leaf)
    return (week.after[k] - week.before[k]) / 7.0


def _move_slow_store(running: _Running, week: _Week) -> None:
    """Put the slow store where it would rest if plasma went on as in this week."""
    leaf = leaf_index(State, "stores.slow")
    rate = running.bodies[leaf_index(Body, "stores.slow_rate")]
    gone = 1.0 - np.exp(-rate * WEEK)
    running.lanes.state[leaf] += (week.after[leaf] - week.before[leaf]) / gone
    running.lanes.carried[K:] = UNKNOWN


def _until_rest(running: _Running, seed: int) -> tuple[_Week, np.ndarray, int]:
    """The last week, the relative change of everyone's serum in it, and the weeks lived."""
    serum, drift, moved = np.full(running.bodies.shape[1], np.inf), np.full(1, np.inf), True
    week = _live(running, 0, seed)
    for number in range(1, MOST_WEEKS):
        rested = drift.max() <= MOST_DRIFT
        if rested and not moved:
            return week, drift, number
        if not rested:
            _move_slow_store(running, week)
        moved = not rested
        serum = _mean_of(week.result, "serum")
        week = _live(running, number, seed)
        drift = np.abs(_mean_of(week.result, "serum") / serum - 1.0)
    return week, drift, MOST_WEEKS


def steady(lives: Mapping[str, Life], people: int, doubts: int, seed: int) -> dict[str, Steady]:
    """Every life at steady state, with the same `people` · `doubts` bodies and random numbers."""
    drawn = [_bodies(life.person, people, doubts, seed) for life in lives.values()]
    running = _begun(tuple(lives.values()), drawn, people, doubts, seed)
    week, drift, weeks = _until_rest(running, seed)
    means = {name: _mean_of(week.result, name) for name in ("serum", "tissue", "slow")}
    daily = {name: _daily(week, f"lost.{name}") for name in ("urine", "absorbed")}
    full = {
        name: running.bodies[leaf_index(Body, f"stores.{name}_size")] for name in ("tissue", "slow")
    }
    found = {}
    for k, (name, draws) in enumerate(zip(lives, drawn, strict=True)):
        mine = slice(k * people * doubts, (k + 1) * people * doubts)
        found[name] = Steady(
            draws=draws,
            serum=means["serum"][mine],
            tissue=(means["tissue"] / full["tissue"])[mine],
            slow=(means["slow"] / full["slow"])[mine],
            urine=daily["urine"][mine],
            absorbed=daily["absorbed"][mine],
            drift=drift[mine],
            weeks=weeks,
        )
    return found
