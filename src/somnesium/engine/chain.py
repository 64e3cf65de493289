r"""Stepping the stage chain: implicitly, for the expected night; by drawing, for one night.

The chain is the fast part (rates up to hundreds per hour). With rates held over a step it is
linear, so an L-stable two-stage diagonally implicit Runge–Kutta (γ = 1 - 1/√2, second order) is
stable for any rate and keeps the probabilities' sum exactly; each stage is a 6×6 solve written
out along the chain's star shape.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from somnesium.body.stages import Rates, Stages
from somnesium.engine.randomness import HYPNOGRAM, uniform
from somnesium.maths import equation
from somnesium.quantity import Real

_GAMMA = 1.0 - 1.0 / math.sqrt(2.0)
_REST = (1.0 - _GAMMA) / _GAMMA


class Factors(NamedTuple):
    """The factorised matrix of one implicit stage; g is γ times the step [h]."""

    g: Real
    waiting: Real
    n3: Real
    rem: Real
    n2: Real
    wake: Real
    wake_n2: Real
    wake_n1: Real
    n1: Real


CHANGES = 512
"""Room for changes of stage within a drawn step."""


class ChainStep(NamedTuple):
    """Probabilities at the end of a step, and their mean over it."""

    end: Stages
    mean: Stages


@equation
def factorise(r: Rates, step: Real) -> Factors:
    """Factors of I - γ·step·Qᵀ."""
    g = _GAMMA * step
    n3 = 1.0 / (1.0 + g * (r.n3_n2 + r.n3_wake))
    rem = 1.0 / (1.0 + g * (r.rem_n2 + r.rem_wake))
    n2 = 1.0 / (
        1.0
        + g * (r.n2_n1 + r.n2_n3 + r.n2_rem + r.n2_wake)
        - g * g * (r.n3_n2 * r.n2_n3 * n3 + r.rem_n2 * r.n2_rem * rem)
    )
    wake = 1.0 / (1.0 + g * r.wake_n1)
    wake_n2 = g * (r.n2_wake + g * (r.n3_wake * r.n2_n3 * n3 + r.rem_wake * r.n2_rem * rem))
    wake_n1 = g * r.n1_wake + wake_n2 * n2 * g * r.n1_n2
    n1 = 1.0 / (
        1.0
        + g * (r.n1_n2 + r.n1_wake)
        - g * r.wake_n1 * wake * wake_n1
        - g * r.n2_n1 * n2 * g * r.n1_n2
    )
    return Factors(
        g=g,
        waiting=1.0 / (1.0 + g * r.waiting_n1),
        n3=n3,
        rem=rem,
        n2=n2,
        wake=wake,
        wake_n2=wake_n2,
        wake_n1=wake_n1,
        n1=n1,
    )


@equation
def solve(f: Factors, r: Rates, b: Stages) -> Stages:
    """Solve (I - γ·step·Qᵀ) p = b."""
    g = f.g
    waiting = b.waiting * f.waiting
    c2 = b.n2 + g * (r.n3_n2 * f.n3 * b.n3 + r.rem_n2 * f.rem * b.rem)
    cw = b.wake + g * (r.n3_wake * f.n3 * b.n3 + r.rem_wake * f.rem * b.rem)
    known = cw + f.wake_n2 * f.n2 * c2
    n1 = f.n1 * (
        b.n1 + g * r.waiting_n1 * waiting + g * r.wake_n1 * f.wake * known + g * r.n2_n1 * f.n2 * c2
    )
    wake = f.wake * (known + f.wake_n1 * n1)
    n2 = f.n2 * (c2 + g * r.n1_n2 * n1)
    return Stages(
        waiting=waiting,
        wake=wake,
        n1=n1,
        n2=n2,
        n3=f.n3 * (b.n3 + g * r.n2_n3 * n2),
        rem=f.rem * (b.rem + g * r.n2_rem * n2),
    )


@equation
def between(p: Stages, q: Stages, share: Real) -> Stages:
    """p + share · (q - p): exactly p where p equals q."""
    return Stages(
        waiting=p.waiting + share * (q.waiting - p.waiting),
        wake=p.wake + share * (q.wake - p.wake),
        n1=p.n1 + share * (q.n1 - p.n1),
        n2=p.n2 + share * (q.n2 - p.n2),
        n3=p.n3 + share * (q.n3 - p.n3),
        rem=p.rem + share * (q.rem - p.rem),
    )


@equation
def substep(p: Stages, r: Rates, f: Factors) -> ChainStep:
    """One implicit step with rates `r` and their factors `f`."""
    first = solve(f, r, p)
    end = solve(f, r, between(p, first, _REST))
    return ChainStep(end=end, mean=between(first, end, _GAMMA))


@equation
def chain_over(p: Stages, r: Rates, step: Real) -> ChainStep:
    """The chain over a step [h] in three implicit ones, with its rates held."""
    f = factorise(r, step * (1.0 / 3))
    a = substep(p, r, f)
    b = substep(a.end, r, f)
    c = substep(b.end, r, f)
    mean = between(between(a.mean, b.mean, 0.5), c.mean, 1.0 / 3)
    return ChainStep(end=c.end, mean=mean)


@njit(cache=True)
def _next_stage(stage: int, r: Rates, u: float) -> int:
    """The stage after `stage`, chosen by u in (0, 1) in proportion to the rates out of it."""
    if stage <= 1:
        return 2
    if stage == 2:
        return 3 if u * (r.n1_n2 + r.n1_wake) < r.n1_n2 else 1
    if stage == 3:
        u = u * (r.n2_n1 + r.n2_n3 + r.n2_rem + r.n2_wake)
        if u < r.n2_n1:
            return 2
        if u < r.n2_n1 + r.n2_n3:
            return 4
        return 5 if u < r.n2_n1 + r.n2_n3 + r.n2_rem else 1
    if stage == 4:
        return 3 if u * (r.n3_n2 + r.n3_wake) < r.n3_n2 else 1
    return 3 if u * (r.rem_n2 + r.rem_wake) < r.rem_n2 else 1


@njit(cache=True)
def _rate_out(stage: int, r: Rates) -> float:
    """Total rate out of a stage [1/h]."""
    if stage == 0:
        return r.waiting_n1
    if stage == 1:
        return r.wake_n1
    if stage == 2:
        return r.n1_n2 + r.n1_wake
    if stage == 3:
        return r.n2_n1 + r.n2_n3 + r.n2_rem + r.n2_wake
    if stage == 4:
        return r.n3_n2 + r.n3_wake
    return r.rem_n2 + r.rem_wake


@njit(cache=True)
def draw_path(
    stage: int,
    rates: Rates,
    step: float,
    key: tuple[int, int, int, int],
    share: np.ndarray,
    times: np.ndarray,
    stages: np.ndarray,
) -> tuple[int, int, int]:
    """Draw the chain exactly over `step` [h] with its rates held.

    `key` is (seed, person, night, first draw). Fills `share` (6,) with the share of the step spent
    in each stage, and `times` [h into the step] and `stages` with the changes. Returns the stage
    at the end, the next draw, and the number of changes.
    """
    seed, person, night, draw = key
    for row in range(6):
        share[row] = 0.0
    t = 0.0
    changes = 0
    while True:
        wait = -math.log(uniform(seed, person, HYPNOGRAM, night, draw)) / _rate_out(stage, rates)
        draw += 1
        if t + wait >= step:
            share[stage] += (step - t) / step
            return stage, draw, changes
        share[stage] += wait / step
        t += wait
        stage = _next_stage(stage, rates, uniform(seed, person, HYPNOGRAM, night, draw))
        draw += 1
        if changes < CHANGES:
            times[changes] = t
            stages[changes] = stage
            changes += 1
