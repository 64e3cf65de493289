"""What instruments say of people in a trial: read, answered to expectation, and noisy."""

from typing import NamedTuple

import numpy as np

from somnesium.answers.trial.design import Trial
from somnesium.answers.trial.measures import MEASURES, Endpoint
from somnesium.answers.trial.response import SPREAD, believed, expectation, regressing, regression
from somnesium.engine.randomness import normals

_READING = 23
"""Purpose of the random numbers of readings; the week stands for the night."""
_RESPONSE = 24
"""Purpose of those of people's responses."""


class ReadingNoise(NamedTuple):
    """Spread of one night's reading, in the measure's unit or, if `log`, of its logarithm.

    `each` says whether every night is read by itself, so that the mean of nights is surer.
    """

    sd: float
    source: str
    log: bool = False
    each: bool = True


NOISE: dict[tuple[str, str], ReadingNoise] = {
    ("sol", "diary"): ReadingNoise(10.0, "judgement#guessed-to-the-quarter-hour"),
    ("waso", "diary"): ReadingNoise(15.0, "judgement#guessed-to-the-quarter-hour"),
    ("tst", "diary"): ReadingNoise(20.0, "judgement#guessed-to-the-half-hour"),
    ("se", "diary"): ReadingNoise(4.0, "judgement#20-of-480-min"),
    ("sol", "psg"): ReadingNoise(5.0, "judgement#scorer-and-stages-by-chance"),
    ("waso", "psg"): ReadingNoise(10.0, "judgement#scorer-and-stages-by-chance"),
    ("tst", "psg"): ReadingNoise(10.0, "judgement#scorer-and-stages-by-chance"),
    ("se", "psg"): ReadingNoise(2.0, "judgement#10-of-480-min"),
    ("n3", "psg"): ReadingNoise(15.0, "judgement#scorer-and-stages-by-chance"),
    ("sol", "actigraph"): ReadingNoise(12.0, "judgement#actigraphy"),
    ("waso", "actigraph"): ReadingNoise(15.0, "judgement#actigraphy"),
    ("tst", "actigraph"): ReadingNoise(20.0, "judgement#actigraphy"),
    ("se", "actigraph"): ReadingNoise(4.0, "judgement#20-of-480-min"),
    ("sol", "ring"): ReadingNoise(12.0, "judgement#as-actigraphy"),
    ("waso", "ring"): ReadingNoise(15.0, "judgement#as-actigraphy"),
    ("tst", "ring"): ReadingNoise(20.0, "judgement#as-actigraphy"),
    ("se", "ring"): ReadingNoise(4.0, "judgement#as-actigraphy"),
    ("n3", "ring"): ReadingNoise(25.0, "judgement#rings-guess-stages"),
    ("isi", "questionnaire"): ReadingNoise(2.0, "judgement#questionnaire-noise", each=False),
    ("psqi", "questionnaire"): ReadingNoise(1.8, "judgement#questionnaire-noise", each=False),
    ("serum", "assay"): ReadingNoise(0.03, "judgement#day-to-day-4-percent", each=False),
    ("tissue", "assay"): ReadingNoise(5.0, "judgement#biopsy", each=False),
    ("urine", "assay"): ReadingNoise(0.25, "judgement#collections", log=True, each=False),
    ("cortisol_serum", "assay"): ReadingNoise(0.15, "judgement#night-to-night", log=True),
    ("melatonin", "assay"): ReadingNoise(0.15, "judgement#night-to-night", log=True),
    ("heart_rate", "psg"): ReadingNoise(3.0, "judgement#night-to-night"),
    ("heart_rate", "ring"): ReadingNoise(3.0, "judgement#night-to-night"),
    ("heart_rate", "monitor"): ReadingNoise(3.0, "judgement#night-to-night"),
    ("rmssd", "monitor"): ReadingNoise(0.25, "judgement#night-to-night", log=True),
    ("rmssd", "psg"): ReadingNoise(0.25, "judgement#night-to-night", log=True),
    ("rmssd", "ring"): ReadingNoise(0.25, "judgement#night-to-night", log=True),
}
"""Noise of one reading beside what differs from night to night in the body itself."""


def noisy(
    read: np.ndarray,
    one: Endpoint,
    nights: int,
    person: np.ndarray,
    week: int,
    seed: int,
    draw: int,
) -> np.ndarray:
    """What is written down for readings (people), within the measure's range.

    Keyed by person, `week` of the run and `draw`: the same reading twice is the same number.
    """
    noise = NOISE[one.measure, one.instrument]
    sd = noise.sd / np.sqrt(nights if noise.each else 1.0)
    z = sd * np.clip(normals(seed, person, _READING, week, draw + 1)[:, draw], -4.0, 4.0)
    measure = MEASURES[one.measure]
    return np.clip(read * np.exp(z) if noise.log else read + z, measure.low, measure.high)


class Responses(NamedTuple):
    """Change of each person without any drug: by expectation and anyway, (endpoints, people)."""

    expected: np.ndarray
    anyway: np.ndarray


def responses(trial: Trial, share: np.ndarray, person: np.ndarray, seed: int) -> Responses:
    """How much each person would respond, who have this `share` of the whole response."""
    z = np.clip(normals(seed, person, _RESPONSE, 0, 2), -3.0, 3.0)
    own = share * (1.0 + SPREAD * z.T)
    expects = np.array([expectation(e.measure, e.instrument) for e in trial.endpoints])
    anyway = np.array([regression(e.measure, e.instrument) for e in trial.endpoints])
    if not regressing(trial):
        anyway = 0.0 * anyway
    return Responses(expects[:, None] * own[0], anyway[:, None] * own[1])


def believing(trial: Trial, arm: np.ndarray) -> np.ndarray:
    """Whether each person in these arms (numbers, or below 0 for nothing) believes."""
    return np.append(believed(trial), False)[arm]
