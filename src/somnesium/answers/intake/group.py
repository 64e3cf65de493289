"""How many of a group eat too little: the probability approach and the cut-point method.

Both need usual intakes; from single days too many look low. `usual_of_group` takes the
day-to-day variance out. Sources: iom2000, chapters 4 and 5.
"""

import math
from typing import Literal, NamedTuple

import numpy as np

from somnesium.answers.intake.adequacy import chance_below
from somnesium.answers.shares import wilson
from somnesium.errors import InvalidInput

_FEWEST_REPEATED = 30
"""Persons with repeated days from which the group's own day-to-day spread is used
(judgement#repeated-days)."""


Method = Literal["probability approach", "cut-point"]


class Prevalence(NamedTuple):
    """Share of a group, 0 to 1, whose usual intake is inadequate, with its 90 % interval."""

    share: float
    interval90: tuple[float, float]
    people: int
    method: Method


def within_sd(days: list[np.ndarray], published_sd_mg: float) -> tuple[float, bool]:
    """Day-to-day standard deviation [mg] of a group, and whether it is the group's own.

    Pooled over persons with two or more days if there are at least thirty of them, else the
    published one. `days` holds one array of mg for each person.
    """
    repeated = [person for person in days if len(person) > 1]
    if len(repeated) < _FEWEST_REPEATED:
        return published_sd_mg, False
    squares = sum(float(((person - person.mean()) ** 2).sum()) for person in repeated)
    return math.sqrt(squares / sum(len(person) - 1 for person in repeated)), True


def usual_of_group(days: list[np.ndarray], day_to_day_sd_mg: float) -> np.ndarray:
    """Usual intake [mg] of each person, drawn towards the group's mean; shape (people,).

    The distance of a person's mean from the group's shrinks by the root of the share of its
    variance that is between people. The spread is then that of usual intakes; it is meant for
    the group, not for the single person. Below two persons nothing can be drawn anywhere.
    """
    means = np.array([person.mean() for person in days])
    counts = np.array([len(person) for person in days], dtype=float)
    if len(means) < 2:
        return means
    noise = day_to_day_sd_mg**2 / counts
    between = max(float(means.var(ddof=1) - noise.mean()), 0.0)
    share = np.divide(between, between + noise, out=np.zeros_like(noise), where=between + noise > 0)
    if between > 0.0 and not noise.any():
        return means
    return np.maximum(means.mean() + (means - means.mean()) * np.sqrt(share), 0.0)


def probability_approach(
    usual_mg: np.ndarray, average_mg: np.ndarray, requirement_sd_mg: np.ndarray
) -> Prevalence:
    """Mean risk that a requirement drawn for each person is above their usual intake.

    All of shape (people,), mg. Each person either lacks or not, so that the interval is Wilson's
    for as many people; it does not hold the uncertainty of the requirement itself.
    """
    risks = np.vectorize(chance_below)((average_mg - usual_mg) / requirement_sd_mg)
    return _prevalence(risks, "probability approach")


def cut_point(usual_mg: np.ndarray, average_mg: np.ndarray) -> Prevalence:
    """Share whose usual intake is below the average requirement; both of shape (people,), mg.

    Close to the probability approach where intakes spread more than requirements, are not tied to
    them, and about half the group is not on either side. The interval is Wilson's.
    """
    return _prevalence(usual_mg < average_mg, "cut-point")


def _prevalence(lacks: np.ndarray, method: Method) -> Prevalence:
    if len(lacks) == 0:
        raise InvalidInput.field("people", 0, "at least one person with an average requirement")
    share = float(lacks.mean())
    return Prevalence(share, wilson(share, len(lacks)), len(lacks), method)
