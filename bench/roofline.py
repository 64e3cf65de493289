"""How far from the machine: its fused multiply-add peak, measured, and the share we use."""

from typing import NamedTuple

import numpy as np
from numba import njit

from bench.operations import step_operations
from bench.timing import median_seconds
from somnesium.engine.channels import LIGHTS_OUT, RISE
from somnesium.exchange.life import Life

_NUMBERS, _ROUNDS, _LINKS = 256, 10_000, 16


@njit(inline="always")
def _four(p, x, c):
    p = p * x + c
    p = p * x + c
    p = p * x + c
    return p * x + c


@njit(fastmath={"contract"}, error_model="numpy")
def _multiply_add(numbers, c, rounds):
    """Chains of 16 fused multiply-adds, two at a time, on every number.

    Neighbours fill the vector units, and there are chains enough to hide the latency: more or
    longer ones were tried and are no faster.
    """
    half = len(numbers) // 2
    for _ in range(rounds):
        for k in range(half):
            x, y = numbers[k], numbers[half + k]
            p, q = x, y
            p, q = _four(p, x, c), _four(q, y, c)
            p, q = _four(p, x, c), _four(q, y, c)
            p, q = _four(p, x, c), _four(q, y, c)
            numbers[k], numbers[half + k] = _four(p, x, c), _four(q, y, c)


def peak(precision: str) -> float:
    """Measured operations per second of one core, a fused multiply-add counting as two."""
    numbers = np.linspace(0.1, 0.5, _NUMBERS).astype(precision)
    c = numbers.dtype.type(0.3)
    _multiply_add(numbers.copy(), c, 1)
    seconds = median_seconds(lambda: _multiply_add(numbers.copy(), c, _ROUNDS), 5)
    return 2.0 * _LINKS * _NUMBERS * _ROUNDS / seconds


def steps_of(life: Life, step: float) -> tuple[int, int]:
    """Steps the engine takes in a life, out of bed and in bed."""
    marks = np.arange(0.0, life.hours, step)
    times = np.unique(np.round(np.concatenate([marks, life.events.time]), 9))
    begins = times[times < life.hours - 1e-9]
    changes = np.isin(life.events.channel, (LIGHTS_OUT, RISE))
    when = life.events.time[changes]
    state = life.events.channel[changes] == LIGHTS_OUT
    latest = np.searchsorted(when, begins + 1e-9, "right") - 1
    in_bed = np.where(latest >= 0, state[latest], life.inputs.in_bed > 0.5)
    return int(np.sum(~in_bed)), int(np.sum(in_bed))


class Roof(NamedTuple):
    """Operations that a person-night needs, and what the machine could do [1/s]."""

    operations: float
    peak: float

    def fraction(self, nights_per_second: float) -> float:
        """Share of the peak at a rate of person-nights per second."""
        return self.operations * nights_per_second / self.peak


def roof(lives: tuple[Life, ...], step: float, precision: str) -> Roof:
    """Operations per person-night in these lives at a longest step [h], and the peak."""
    awake, in_bed = step_operations(precision)
    total = sum(a * awake + b * in_bed for a, b in (steps_of(life, step) for life in lives))
    nights = sum(life.hours for life in lives) / 24.0
    return Roof(total / nights, peak(precision))
