"""Lives that several tests look at, made once."""

from functools import cache

import numpy as np
import pytest

from somnesium.answers.safety.gate import checked_plan, judge
from somnesium.engine.run import run_events
from somnesium.exchange.life import lanes_of, life_of
from somnesium.person.regimen import Regimen
from somnesium.person.request import read_request
from somnesium.sources import example_path


@pytest.fixture(scope="session")
def lives():
    """The life of a bundled example by its name, over three days."""

    def life(name):
        request = read_request(example_path(name))
        if judge(request).plan is None:  # what is refused is not exported: the life without it
            request = request.model_copy(update={"regimen": Regimen()})
        return life_of(checked_plan(request), 3)

    return cache(life)


@pytest.fixture(scope="session")
def engine_runs(lives):
    """The engine's own run of such a life at 15-second steps: times of rise [h], and the result."""

    @cache
    def run(name):
        life = lives(name)
        lanes, bodies = lanes_of([life])
        who = np.zeros(1, np.int64)
        result = run_events(
            lanes, bodies, [life.events], who, life.hours, step=1.0 / 240, trace=True
        )
        return result.field("rise")[:, 0], result

    return run
