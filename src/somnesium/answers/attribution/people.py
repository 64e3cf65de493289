"""Shares of the variance between people: of their usual sleep, and of its change on a plan.

Two independent people make the ends of a walk; at each point of the walk a person is lived. Walks
have gains drawn from what we doubt; Sobol indices, which must not count that doubt as a difference
between people, have the typical gains.
"""

from typing import NamedTuple

import numpy as np

from somnesium.answers.attribution.inputs import GROUPS, Doubts, inputs_of_people, normals_of
from somnesium.answers.attribution.lives import Report, outcomes_at
from somnesium.answers.attribution.shapley import contributions, orders_of, walk
from somnesium.answers.attribution.sobol import exchanged
from somnesium.person.checked import CheckedPlan


def lives_of_walks(walks: int) -> int:
    """Lives of the points of walks and, for half of the walks, of the Sobol indices."""
    return walks * (len(GROUPS) + 1) + walks // 2 * (len(GROUPS) + 2)


class PeopleGame(NamedTuple):
    """What walks tell, of usual sleep and of its change (the axis `worlds`, 2).

    `parts` (worlds, walks, groups, outcomes) in squares of the outcomes; `at_a`, `at_b` (worlds,
    outcomes, people) and `at_exchanged` (groups, worlds, outcomes, people), of the first half of
    the walks and with typical gains, for Sobol indices.
    """

    parts: np.ndarray
    at_a: np.ndarray
    at_exchanged: np.ndarray
    at_b: np.ndarray


def people_game(
    walks: int, doubts: Doubts, seed: int, plan: CheckedPlan, report: Report
) -> PeopleGame:
    """Live the people of `walks` walks: those from person 2k + 1 of the population to person 2k.

    `doubts` holds a draw for each walk.
    """
    inputs = inputs_of_people()
    a, b = (normals_of(2 * np.arange(walks) + k, seed) for k in (0, 1))
    orders = orders_of(walks, inputs.groups, seed)
    points = walk(inputs, _mixed(a), _mixed(b), orders)
    values = np.stack([outcomes_at(point, doubts, seed, plan, report) for point in points])
    half = walks // 2
    a, b = a[:, :half], b[:, :half]
    typical = Doubts(np.ones_like(doubts.factor[:, :half]), np.zeros(half))

    def plainly(normals: np.ndarray) -> np.ndarray:
        return outcomes_at(_mixed(normals), typical, seed, plan, report)

    return PeopleGame(
        parts=np.stack(
            [contributions(values[:, world].transpose(0, 2, 1), orders) for world in range(2)]
        ),
        at_a=plainly(a),
        at_exchanged=np.stack([plainly(point) for point in exchanged(inputs, a, b)]),
        at_b=plainly(b),
    )


def _mixed(normals: np.ndarray) -> np.ndarray:
    """Inputs of people from their independent numbers; the last row, a key, stays as it is."""
    return inputs_of_people().mixing @ normals
