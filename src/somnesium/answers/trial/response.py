"""What changes in a trial without any magnesium: expectation, and regression to the mean.

The change from before to after in the placebo arms of insomnia trials is half regression and half
expectation where people rate their own sleep (muench2023, yeung2018); by devices nothing was found
against no treatment (yeung2018), so all of it counts as regression there. Both are scaled by how
troubled a person's sleep is, because who sleeps well can neither expect nor regress much.
"""

from typing import NamedTuple

import numpy as np

from somnesium.answers.trial.design import Trial

TYPICAL = 17.0
"""Severity index of those in whom placebo responses were measured (judgement#trial-baselines)."""
SPREAD = 1.0
"""Standard deviation between people of their response over its mean (judgement#as-large)."""
_EXPECTED = 0.5
"""Share of the change that is expectation where people rate themselves (yeung2018, muench2023)."""


class Response(NamedTuple):
    """Change from before to after without a drug, in the measure's unit, and its source."""

    change: float
    source: str


_RATED = {
    "sol": Response(-13.5, "muench2023"),
    "waso": Response(-13.3, "muench2023"),
    "tst": Response(25.5, "muench2023"),
    "se": Response(5.3, "judgement#25.5-of-480-min"),
    "isi": Response(-2.3, "schuster2025"),
    "psqi": Response(-3.8, "nielsen2010"),
}
_WORN = {
    "sol": Response(-13.7, "muench2023"),
    "waso": Response(-14.3, "muench2023"),
    "tst": Response(29.8, "muench2023"),
    "se": Response(6.2, "judgement#29.8-of-480-min"),
}
_NOTHING = Response(0.0, "judgement#no-response-known")


def response(measure: str, instrument: str) -> Response:
    """The whole change without a drug, of people whose severity index is `TYPICAL`."""
    rated = instrument in ("diary", "questionnaire")
    return (_RATED if rated else _WORN).get(measure, _NOTHING)


def expectation(measure: str, instrument: str) -> float:
    """The part of `response` that comes of taking what one believes in."""
    rated = instrument in ("diary", "questionnaire")
    return _EXPECTED * response(measure, instrument).change if rated else 0.0


def regression(measure: str, instrument: str) -> float:
    """The part of `response` that would have come anyway."""
    return response(measure, instrument).change - expectation(measure, instrument)


def complaint(severity: np.ndarray) -> np.ndarray:
    """Share of the response that people of a severity index have, 0 to 1."""
    return np.clip(severity / TYPICAL, 0.0, 1.0)


def believed(trial: Trial) -> np.ndarray:
    """Of each arm, whether people there believe that they take something (booleans).

    Whoever swallows a pill under blinding does; in an open trial only those who take something.
    """
    blind = trial.blinding != "open"
    return np.array(
        [arm.role == "active" or (blind and arm.role == "placebo") for arm in trial.arms]
    )


def regressing(trial: Trial) -> bool:
    """Whether regression is added: not where entry is by how someone sleeps, which brings it."""
    return not set(trial.volunteers.measured) & set(_RATED)


def mean_responses(trial: Trial, share: float) -> np.ndarray:
    """Mean response (arms, endpoints) of people who have this `share` of the whole one."""
    expects = np.array([expectation(one.measure, one.instrument) for one in trial.endpoints])
    regresses = np.array([regression(one.measure, one.instrument) for one in trial.endpoints])
    anyway = regresses if regressing(trial) else 0.0 * regresses
    return share * (believed(trial)[:, None] * expects + anyway)
