"""Shapley effects of groups of correlated Gaussian inputs, by walks from one point to another.

The share of a group is its Shapley value in the game whose worth is Var(E[Y | inputs known])
(song2016): what is due to several inputs together is shared among them evenly, and the shares sum
to one even where inputs are correlated. A walk goes from a random point y to an independent one x,
making one group after another known in random order. What is still unknown is drawn again
conditionally on what is known, by moving y (Matheron's rule): exact for Gaussian inputs, and it
keeps neighbouring points close, so that a small group has a small error. With independent inputs
this is the estimator of goda2021; that it holds for dependent ones follows from Y having the same
law at every point of the walk. Inputs of any law are functions of Gaussian ones.
"""

from typing import NamedTuple

import numpy as np

_ALONE = 1e-12
"""Correlation below which an input is independent of all others."""


class Gaussian(NamedTuple):
    """Standard normal inputs: `mixing` (inputs, inputs) turns independent ones into them, and
    `group` (inputs,) numbers the group of each from 0."""

    mixing: np.ndarray
    group: np.ndarray

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return int(self.group.max()) + 1


def orders_of(walks: int, groups: int, seed: int) -> np.ndarray:
    """The order in which each walk makes groups known: permutations (walks, groups)."""
    draw = np.random.default_rng(seed)
    return draw.permuted(np.tile(np.arange(groups), (walks, 1)), axis=1)


def walk(inputs: Gaussian, x: np.ndarray, y: np.ndarray, orders: np.ndarray) -> np.ndarray:
    """The points of walks from `y` to `x` (inputs, walks): (groups + 1, inputs, walks).

    Point j of walk n has the first j groups of `orders[n]` as in x, and the others as drawn
    conditionally on them.
    """
    covariance = inputs.mixing @ inputs.mixing.T
    bound = (np.abs(covariance) > _ALONE).sum(axis=1) > 1
    rank = np.argsort(orders, axis=1)  # when each walk makes each group known
    known_at = rank[:, inputs.group].T  # (inputs, walks)
    points = np.empty((inputs.groups + 1, *x.shape))
    for j in range(inputs.groups + 1):
        known = known_at < j
        points[j] = np.where(known, x, y)
        _bind(points[j], covariance, bound, known, x, y)
    return points


def _bind(
    point: np.ndarray,
    covariance: np.ndarray,
    bound: np.ndarray,
    known: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
) -> None:
    """Move unknown inputs (in place) as the known ones they are correlated with ask for."""
    rows = np.flatnonzero(bound)
    if not len(rows):
        return
    patterns, of = np.unique(known[rows], axis=1, return_inverse=True)
    of = of.reshape(-1)
    for k, pattern in enumerate(patterns.T):
        given, asked = rows[pattern], rows[~pattern]
        if not len(given) or not len(asked):
            continue
        who = np.flatnonzero(of == k)
        weights = np.linalg.solve(
            covariance[np.ix_(given, given)], covariance[np.ix_(given, asked)]
        ).T
        point[np.ix_(asked, who)] = y[np.ix_(asked, who)] + weights @ (
            x[np.ix_(given, who)] - y[np.ix_(given, who)]
        )


def contributions(values: np.ndarray, orders: np.ndarray) -> np.ndarray:
    """What each walk tells of each group: (walks, groups, outputs), in squares of the outputs.

    `values` (groups + 1, walks, outputs) are the outputs at the points of `walk`. The mean over
    walks is unbiased for each group's part of the variance; each walk's parts sum to half the
    squared difference between its two ends.
    """
    first, last = values[:-1], values[1:]
    parts = (values[-1] - 0.5 * (first + last)) * (last - first)  # (steps, walks, outputs)
    found = np.empty((orders.shape[0], orders.shape[1], values.shape[2]))
    np.put_along_axis(found, orders[:, :, None], parts.transpose(1, 0, 2), axis=1)
    return found
