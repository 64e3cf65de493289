"""Shares of the variance between nights of one person.

The worth of a set of levers is the variance between someone's nights with these levers alone
differing from day to day and all others held (`days`). Its Shapley values, over people and random
orders, share the whole variance among the levers. `alone` is the variance with one lever only,
`last` what is lost when it alone is held: both as shares of the whole.
"""

from typing import NamedTuple

import numpy as np

from somnesium.answers.attribution.days import CHANCE, LEVERS, factors_of, varied_weeks
from somnesium.answers.attribution.inputs import Doubts, bodies_at, normals_of, people_at
from somnesium.answers.attribution.inputs import inputs_of_people as gaussian
from somnesium.answers.attribution.lives import OUTCOMES, Report, nightly
from somnesium.answers.attribution.shapley import orders_of
from somnesium.answers.attribution.sobol import Sobol
from somnesium.engine.run import copy_lanes, run_weeks
from somnesium.engine.schedule import Events
from somnesium.population.lives import BEGIN, Settled, settle
from somnesium.population.people import People
from somnesium.population.weeks import weeks_of
from somnesium.simulation.worlds import UNREST_SD

_FIRST, _NIGHTS = 8, 28
"""The first night counted, a week after the levers are set, and how many."""
NIGHT_LIVES = 3 * len(LEVERS)
"""Lives of each person: a walk through the levers, each alone, each held."""
_AT_ONCE = 1024


class NightGame(NamedTuple):
    """Variances between nights of each person: `parts`, `alone`, `last` (people, levers,
    outcomes), and `whole` (people, outcomes), in squares of the outcomes."""

    parts: np.ndarray
    alone: np.ndarray
    last: np.ndarray
    whole: np.ndarray


class _Household(NamedTuple):
    """People settled in their lives, and how their days differ."""

    people: People
    settled: Settled
    factors: dict[str, np.ndarray]
    seed: int


def night_game(count: int, doubts: Doubts, seed: int, report: Report) -> NightGame:
    """Variances between nights of people 0 to `count` - 1 of the population, lever by lever."""
    parts = []
    for begin in range(0, count, _AT_ONCE):
        person = np.arange(begin, min(begin + _AT_ONCE, count))
        points = gaussian().mixing @ normals_of(person, seed)
        points[-1] = person
        doubt = Doubts(doubts.factor[:, person], doubts.size[person])
        people = people_at(points)
        settled = settle(person, bodies_at(points, people, doubt), weeks_of(people, None))
        home = _Household(people, settled, factors_of(people, seed), seed)
        parts.append(_game(home, orders_of(count, len(LEVERS), seed)[person], report))
    return NightGame(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _game(home: _Household, orders: np.ndarray, report: Report) -> NightGame:
    """The variances of some people; `orders` (people, levers)."""
    people, levers = orders.shape
    rank = np.argsort(orders, axis=1)

    def worth(on: np.ndarray) -> np.ndarray:
        report(people)
        return _variance(home, on)

    steps = [np.zeros((people, len(OUTCOMES)))]
    steps += [worth(rank < j) for j in range(1, levers + 1)]
    gains = np.diff(np.stack(steps), axis=0)  # (levers, people, outcomes)
    parts = np.empty((people, levers, len(OUTCOMES)))
    np.put_along_axis(parts, orders[:, :, None], gains.transpose(1, 0, 2), axis=1)
    one = np.eye(levers, dtype=bool)
    alone = np.stack([worth(np.tile(one[k], (people, 1))) for k in range(levers)], axis=1)
    held = np.stack([worth(np.tile(~one[k], (people, 1))) for k in range(levers)], axis=1)
    return NightGame(parts, alone, steps[-1][:, None] - held, steps[-1])


def _variance(home: _Household, on: np.ndarray) -> np.ndarray:
    """Variance between nights (people, outcomes) with levers `on` (people, levers)."""
    by_lever = dict(zip(LEVERS, on.T, strict=True))
    weeks = varied_weeks(home.people, by_lever, home.factors)
    lanes = copy_lanes(home.settled.lanes)
    out = np.empty((len(on), len(OUTCOMES)))
    for chance in (False, True):
        who = np.flatnonzero(by_lever[CHANCE] == chance)
        if not len(who):
            continue
        begins, rows = _events_of(weeks.begins, who)
        events = Events(weeks.time[rows], weeks.channel[rows], weeks.value[rows])
        found = run_weeks(
            type(lanes)(*(np.ascontiguousarray(part[..., who]) for part in lanes)),
            np.ascontiguousarray(home.settled.bodies[:, who]),
            begins,
            events,
            BEGIN + 24.0 * (_FIRST + _NIGHTS),
            people=home.settled.person[who],
            seed=home.seed,
            unrest=UNREST_SD if chance else 0.0,
        )
        out[who] = np.nanvar(nightly(found.rows, _FIRST, _NIGHTS), axis=0, ddof=1).T
    return out


def _events_of(begins: np.ndarray, who: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the events of some people begin among theirs, and which of all events those are."""
    counts = np.diff(begins)[who]
    mine = np.concatenate([[0], np.cumsum(counts)])
    rows = np.repeat(begins[who] - mine[:-1], counts) + np.arange(mine[-1])
    return mine, rows


def alone_and_last(game: NightGame, outcome: int, seed: int, resamples: int = 200) -> Sobol:
    """Shares of one outcome with each lever alone, and lost when it is held; half-widths of 90 %
    intervals by bootstrap over people."""
    people = len(game.whole)
    draw = np.random.default_rng(seed)
    even = np.full(people, 1.0 / people)
    weight = draw.multinomial(people, even, size=resamples).astype(float)
    whole = game.whole[:, outcome]

    def share(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        drawn = (weight @ values) / (weight @ whole)[:, None]
        low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
        return values.mean(axis=0) / whole.mean(), 0.5 * (high - low)

    return Sobol(*share(game.alone[:, :, outcome]), *share(game.last[:, :, outcome]))
