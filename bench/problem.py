"""The people and nights that everyone simulates, and the truth about them.

Bundled examples, each lived by its typical body and by bodies drawn around it; settled, with
meals, coffee, drinks, light, stress, doses and naps as in the documents. The truth is LSODA at
1e-10, begun anew at every event.
"""

from typing import NamedTuple

import numpy as np
from scipy.integrate import odeint

from bench.flat import DURATION, LATENCY, PLASMA, SIZE, Flat, flat, happen, rates
from somnesium.answers.safety.gate import checked_plan
from somnesium.body.assembly import Body
from somnesium.engine.channels import RISE
from somnesium.engine.lanes import column
from somnesium.exchange.life import Life, lives_of
from somnesium.person.request import read_request
from somnesium.simulation.individual import draw_bodies, individualise
from somnesium.sources import example_path

EXAMPLES = ("stressed_45", "healthy_30", "gummies", "shift_worker")
TIGHT = {"rtol": 1e-10, "atol": 1e-12}
SAME = 1e-9
"""Hours within which events are of one moment."""
JUST_BEFORE = 1e-7
"""Hours before a rise at which tools that carry out events themselves are read."""


class Problem(NamedTuple):
    """Lives, the same as flat vectors, and the true nights of each: (nights, 3)."""

    lives: tuple[Life, ...]
    flats: tuple[Flat, ...]
    truth: tuple[np.ndarray, ...]

    @property
    def nights(self) -> float:
        """Person-nights simulated: one for every 24 hours of every person."""
        return sum(life.hours for life in self.lives) / 24.0

    def rises(self, k: int) -> np.ndarray:
        """When person `k` rises [h]."""
        events = self.lives[k].events
        return events.time[events.channel == RISE]


def problem(days: int, bodies: int) -> Problem:
    """`bodies` bodies of each example over `days` days; the first is the typical one."""
    lives: list[Life] = []
    for name in EXAMPLES:
        request = read_request(example_path(name))
        typical = individualise(request.person)
        drawn = draw_bodies(typical, max(bodies - 1, 1), 1, seed=3).values
        around = [column(drawn, Body, k) for k in range(bodies - 1)]
        lives += lives_of(checked_plan(request), [typical, *around], days)
    flats = tuple(flat(life) for life in lives)
    return Problem(tuple(lives), flats, tuple(by_odeint(f, **TIGHT) for f in flats))


def _derivative(y: np.ndarray, _t: float, known: np.ndarray) -> np.ndarray:
    """What odeint calls."""
    out = np.empty((SIZE, 1))
    rates(y.reshape(SIZE, 1), known, out)
    return out[:, 0]


def by_odeint(life: Flat, rtol: float, atol: float) -> np.ndarray:
    """Nights by scipy's LSODA with our compiled derivative: (nights, 3)."""
    y, known = life.start.copy(), life.known.copy()
    rows, now = [], 0.0
    for time, channel, value in zip(life.times, life.channels, life.values, strict=True):
        if time > now + SAME:
            span = np.array([now, time])
            y[:, 0] = odeint(
                _derivative, y[:, 0], span, args=(known,), rtol=rtol, atol=atol, mxstep=100_000
            )[1]
            now = time
        if channel == RISE:
            rows.append((60.0 * y[LATENCY, 0], 60.0 * y[DURATION, 0], y[PLASMA, 0]))
        happen(channel, value, y, known)
    return np.array(rows)
