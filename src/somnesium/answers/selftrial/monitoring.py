"""Looking early without fooling oneself: evidence that stays valid however often one looks.

At every look the nights so far give an e value: how much better a model with an effect foretold
them than the best model without one. Under no effect an e value passes 1/a, ever, with probability
at most a (Ville's inequality; with flat and scale-free priors the ratio of marginal likelihoods of
a given noise is a martingale, hendriksen2021; dividing by the largest over the noises keeps the
bound for each noise of the grid). An early "helps" or "harms" needs 1/0.005; the planned end
uses the remaining 4.5 %. Together at most 5 %.
"""

from typing import NamedTuple

import numpy as np

from somnesium.answers.selftrial.noise import GRID, Noise, covariance
from somnesium.answers.selftrial.terms import Terms

EARLY = 0.005
"""Probability spent on all early looks together (definition#part-of-5-percent)."""

EFFECT_SD = 0.5
"""Spread of effects that early evidence bets on, in spreads of a night (judgement#half-a-night)."""

_SPOTS = 161
_REACH = 4.0


class Look(NamedTuple):
    """One look: e value, whether it allows to stop, and the interval valid at every look.

    `interval` holds the effects whose own e value is below 1/0.05, on the model's scale; an end
    is infinite where none was ruled out within four spreads of a night.
    """

    evidence: float
    stop: bool
    interval: tuple[float, float]


def _log_marginal(rows: Terms, noise: Noise, readings: np.ndarray, effect_sd: float) -> np.ndarray:
    """Log marginal likelihood without an effect (0), or with a normal one, (histories,)."""
    cover = covariance(noise, rows)
    if effect_sd > 0.0:
        cover = cover + effect_sd**2 * np.outer(rows.columns[:, 0], rows.columns[:, 0])
    lower = np.linalg.cholesky(cover)
    white = np.linalg.solve(lower, np.column_stack([rows.columns[:, 1:], readings]))
    columns, left = white[:, : rows.columns.shape[1] - 1], white[:, rows.columns.shape[1] - 1 :]
    base, upper = np.linalg.qr(columns)
    squares = np.square(left - base @ (base.T @ left)).sum(axis=0)
    freedom = len(readings) - columns.shape[1]
    log_volume = np.log(np.diag(lower)).sum() + np.log(np.abs(np.diag(upper))).sum()
    return -log_volume - 0.5 * freedom * np.log(np.maximum(squares, np.finfo(float).tiny))


def log_evidence(rows: Terms, readings: np.ndarray, grid: tuple[Noise, ...] = GRID) -> np.ndarray:
    """Log e value against no effect for readings (rows, histories), (histories,)."""
    without = np.stack([_log_marginal(rows, noise, readings, 0.0) for noise in grid])
    having = np.stack([_log_marginal(rows, noise, readings, EFFECT_SD) for noise in grid])
    top = having.max(axis=0)
    mixed = top + np.log(np.exp(having - top).mean(axis=0))
    return mixed - without.max(axis=0)


def look(rows: Terms, centre: float, sd: float) -> Look:
    """A look at the nights so far; `centre` and `sd` place the grid of effects, nothing else."""
    steps = np.linspace(-_REACH, _REACH, _SPOTS)
    effects = centre + sd * steps
    moved = rows.readings[:, None] - rows.columns[:, :1] * np.append(effects, 0.0)
    log_e = log_evidence(rows, moved)
    inside = np.flatnonzero(log_e[:-1] < np.log(20.0))
    low, high = (effects[inside[0]], effects[inside[-1]]) if len(inside) else (centre, centre)
    if len(inside) and inside[0] == 0:
        low = -np.inf
    if len(inside) and inside[-1] == _SPOTS - 1:
        high = np.inf
    evidence = float(np.exp(min(log_e[-1], 700.0)))
    return Look(evidence, evidence >= 1.0 / EARLY, (float(low), float(high)))
