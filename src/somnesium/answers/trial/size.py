"""How many people a trial needs for a power."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from somnesium import say
from somnesium.answers.trial.design import Trial
from somnesium.answers.trial.power import power_of, replicated, share_error
from somnesium.errors import InvalidInput

_MOST_PEOPLE = 5000
_STEPS = 8

Told = Callable[["Tried"], None]
"""Told of each number of people tried."""


class Tried(NamedTuple):
    """People tried, power found, its Monte-Carlo error, and replicates."""

    people: int
    power: float
    error: float
    replicates: int


class Search(NamedTuple):
    """People needed (None where more than can be tried), their interval, and what was tried.

    The interval, 95 %, holds the Monte-Carlo error of every power tried.
    """

    people: int | None
    interval95: tuple[int, int] | None
    tried: tuple[Tried, ...]


def _power(signal: float, people: float, alpha: float) -> float:
    """Power of a two-sided test whose signal is `signal` times the root of the people."""
    shift, limit = signal * np.sqrt(people), ndtri(1.0 - alpha / 2.0)
    return float(ndtr(shift - limit) + ndtr(-shift - limit))


def _root(zero: Callable[[float], float], low: float, high: float) -> float:
    """Where a function is zero."""
    return float(brentq(zero, low, high))  # type: ignore[arg-type]


def _signal(one: Tried, alpha: float) -> float:
    """The signal that a power found stands for, zero if it is no more than alpha."""
    power = (one.power * one.replicates + 1.0) / (one.replicates + 2.0)
    if power <= alpha:
        return 0.0
    return _root(lambda signal: _power(signal, one.people, alpha) - power, 0.0, 50.0)


def curve_size(tried: tuple[Tried, ...], power: float, alpha: float) -> tuple[float, float]:
    """People at which the power is reached, and the standard error of its logarithm.

    Every size tried gives the signal a person by its power; they are averaged by their precision.
    Infinite where there is no signal.
    """
    signals, weights = [], []
    for one in tried:
        signal = _signal(one, alpha)
        shift, limit = signal * np.sqrt(one.people), ndtri(1.0 - alpha / 2.0)
        slope = np.sqrt(one.people) * np.exp(-0.5 * (shift - limit) ** 2) / np.sqrt(2.0 * np.pi)
        signals.append(signal)
        weights.append((slope / one.error) ** 2)
    total = float(np.sum(weights))
    signal = float(np.average(signals, weights=weights)) if total > 0.0 else 0.0
    if signal <= 1e-9:
        return np.inf, np.inf
    needed = _root(lambda x: _power(signal, float(np.exp(x)), alpha) - power, -30.0, 60.0)
    return float(np.exp(needed)), 2.0 / (signal * np.sqrt(total))


def _trial_of(trial: Trial, people: int) -> Trial:
    return trial.model_copy(update={"people": people})


def size_for(trial: Trial, power: float, replicates: int = 400, told: Told | None = None) -> Search:
    """Search the number of people that reaches a power, beginning with the trial's own.

    Sizes are tried where the curve through those before says, until one lies within 5 % of where
    it said; `replicates` of each. Raises `InvalidInput` for a power that is none.
    """
    alpha = trial.analysis.alpha
    if not alpha < power < 1.0:
        raise InvalidInput.field(
            "size-for", power, f"a power above {say.figures(alpha)} and below 1"
        )
    least = 2 * len(trial.arms)
    tried: list[Tried] = []
    people = max(trial.people, least)
    for _ in range(_STEPS):
        run = replicated(_trial_of(trial, people), replicates)
        found = power_of(run.fits, alpha)
        tried.append(Tried(people, found, share_error(found, len(run.fits)), len(run.fits)))
        if told is not None:
            told(tried[-1])
        needed, error = curve_size(tuple(tried), power, alpha)
        if needed > _MOST_PEOPLE and people >= _MOST_PEOPLE:
            return Search(None, None, tuple(tried))
        # No more than four times as many or as few at a time: far away the curve says little.
        wanted = int(np.ceil(np.clip(needed, people / 4.0, people * 4.0)))
        wanted = min(max(wanted, least), _MOST_PEOPLE)
        if abs(wanted - people) <= max(1.0, 0.05 * people) and len(tried) > 1:
            break
        people = wanted
    needed, error = curve_size(tuple(tried), power, alpha)
    if needed > _MOST_PEOPLE:
        return Search(None, None, tuple(tried))
    low, high = needed * np.exp(-1.96 * error), needed * np.exp(1.96 * error)
    return Search(
        max(least, int(np.ceil(needed))),
        (max(least, int(np.floor(low))), int(np.ceil(high))),
        tuple(tried),
    )
