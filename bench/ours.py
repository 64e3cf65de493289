"""Our engine on the same people: many at once, or one alone."""

import math

import numpy as np

from bench.matched import Wrong, wrong_by
from bench.problem import Problem
from somnesium.engine.run import Precision, Result, copy_lanes, run_events
from somnesium.errors import NotConverged
from somnesium.exchange.life import lanes_of

STEPS = (1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6, 1 / 7, 1 / 8, 1 / 10, 1 / 12, 1 / 15, 1 / 20, 1 / 30)
"""Longest steps tried [h], loose to tight."""
MANY = 8192
"""People at once, where speed is measured; a tile holds all of the problem's people in turn."""


class Crowd:
    """The problem's people, over and over, ready to run."""

    def __init__(self, problem: Problem, people: int) -> None:
        """Stand `people` persons at hour 0."""
        self.problem = problem
        self.of = np.arange(people) % len(problem.lives)
        self.lanes, self.bodies = lanes_of([problem.lives[k] for k in self.of])
        self.schedules = [life.events for life in problem.lives]
        self.hours = max(life.hours for life in problem.lives)
        self.nights = people * self.hours / 24.0

    def run(self, step: float, precision: Precision) -> Result:
        """All of them to the end."""
        return run_events(
            copy_lanes(self.lanes),
            self.bodies,
            self.schedules,
            self.of,
            self.hours,
            step=step,
            precision=precision,
        )

    def wrong(self, step: float, precision: Precision) -> Wrong:
        """How wrong the nights of the problem's people are."""
        try:
            result = self.run(step, precision)
        except NotConverged:
            return Wrong(math.inf, math.inf)
        asleep = sum(result.field(stage) for stage in ("n1", "n2", "n3", "rem"))
        found = []
        for k, life in enumerate(self.problem.lives):
            rows = slice(0, len(self.problem.truth[k]))
            found.append(
                np.stack(
                    [
                        60.0 * result.field("latency")[rows, k],
                        60.0 * asleep[rows, k],
                        result.field("serum")[rows, k] * life.body.stores.volume,
                    ],
                    axis=1,
                )
            )
        return wrong_by(found, self.problem.truth)
