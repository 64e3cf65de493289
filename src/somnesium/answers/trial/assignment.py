"""Who is given what when, who leaves, and who stops taking: all drawn by keyed numbers."""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from somnesium.answers.trial.design import Trial
from somnesium.answers.trial.doses import NOTHING
from somnesium.engine.randomness import normals

_ASSIGN, _LOSS = 20, 21
"""Purposes of the random numbers."""


class Assignment(NamedTuple):
    """What happens to people: columns are people, weeks count from the start of treatment.

    `arm` (periods, people) is the arm of each period, of which a parallel trial has one;
    `sequence` (people) which row of the square; `leaves` and `stops` (people) the week in which
    someone is measured, or takes something, for the last time (infinite: never).
    """

    sequence: np.ndarray
    arm: np.ndarray
    leaves: np.ndarray
    stops: np.ndarray


def periods_of(trial: Trial) -> int:
    """Periods of treatment that everyone lives through."""
    if trial.design == "parallel":
        return 1
    return len(trial.arms) if trial.design == "crossover" else 2 * trial.cycles


def weeks_lived(trial: Trial) -> int:
    """Weeks from the start of treatment to its end, wash-out between periods included."""
    periods = periods_of(trial)
    return periods * trial.weeks + (periods - 1) * trial.washout_weeks


def latin_square(arms: int) -> np.ndarray:
    """Orders of arms (rows, periods): each arm once in every row and in every period."""
    return (np.arange(arms)[:, None] + np.arange(arms)[None, :]) % arms


def _shares(seed: int, person: np.ndarray, purpose: int, count: int) -> np.ndarray:
    """Uniform numbers (people, count)."""
    return ndtr(normals(seed, person, purpose, 0, count))


def assign(trial: Trial, person: np.ndarray) -> Assignment:
    """Assign people (numbers, shape (replicates, people)), each replicate by itself.

    Groups are of the same size, but for what is left over.
    """
    periods, arms, weeks = periods_of(trial), len(trial.arms), weeks_lived(trial)
    everyone = person.ravel()
    chance = _shares(trial.seed, everyone, _ASSIGN, 1 + periods)
    rank = np.argsort(np.argsort(chance[:, 0].reshape(person.shape), axis=1), axis=1)
    sequence = (rank % arms).ravel()
    if trial.design == "parallel":
        arm = sequence[None, :]
    elif trial.design == "crossover":
        arm = latin_square(arms)[sequence].T
    else:
        first = (chance[:, 1 : 1 + trial.cycles] < 0.5).astype(np.int64).T
        arm = np.stack([first, 1 - first], axis=1).reshape(periods, -1)
    leaves, stops = losses(trial, everyone, weeks, trial.seed)
    return Assignment(sequence, np.ascontiguousarray(arm), leaves, stops)


def losses(
    trial: Trial, person: np.ndarray, weeks: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Weeks (people) after which each leaves, and stops taking, in so many weeks; or infinite."""
    loss = _shares(seed, person, _LOSS, 4)
    leaves = np.where(loss[:, 0] < trial.loss.dropout, weeks * loss[:, 1], np.inf)
    stops = np.where(loss[:, 2] < trial.loss.stopped, weeks * loss[:, 3], np.inf)
    return leaves, stops


def arms_by_week(trial: Trial, assignment: Assignment) -> np.ndarray:
    """Arm of each week (weeks, people), `NOTHING` in wash-out."""
    period = np.repeat(assignment.arm, trial.weeks, axis=0)
    out = []
    for k in range(len(assignment.arm)):
        if k and trial.washout_weeks:
            out.append(np.full((trial.washout_weeks, period.shape[1]), NOTHING))
        out.append(period[k * trial.weeks : (k + 1) * trial.weeks])
    return np.concatenate(out)
