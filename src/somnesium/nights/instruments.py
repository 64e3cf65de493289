"""Instruments: what a diary, an actigraph or a questionnaire makes of a true night.

Each map gives the expected reading of a true night (polysomnographic, in minutes); `NOISE` holds
the spread of one reading. The maps are fits and judgements, said so at each; bias, slope and
noise by device come with the readers of devices.
"""

from typing import NamedTuple

import numpy as np

Number = float | np.ndarray


class Noise(NamedTuple):
    """Standard deviation of one reading, its unit and source."""

    sd: float
    unit: str
    source: str


NOISE = {
    "isi": Noise(2.0, "points", "judgement#questionnaire-noise"),
    "psqi": Noise(1.8, "points", "judgement#questionnaire-noise"),
    "sleepiness": Noise(0.9, "points", "judgement#rating-noise"),
    "heart_rate": Noise(3.0, "beats/min", "judgement#night-to-night"),
    "log_rmssd": Noise(0.25, "1", "judgement#night-to-night"),
}
"""Noise of one reading by measure."""


def isi(latency: Number, awake: Number, load: Number) -> Number:
    """Expected Insomnia Severity Index (0–28) of nights of latency and waking [min] and load.

    28 / (1 + exp(2.56 − latency/60 − awake/120 − 0.9 load)); fitted so that a 45-year-old scores
    4, a 25-year-old 3 and an elderly insomniac 17 (fitted#isi-anchors; cut-offs bastien2001).
    """
    return 28.0 / (1.0 + np.exp(2.56 - latency / 60.0 - awake / 120.0 - 0.9 * load))


def psqi(severity: Number) -> Number:
    """Expected Pittsburgh index (0–21) at an Insomnia Severity Index (judgement#1.6+0.6-ISI)."""
    return np.clip(1.6 + 0.6 * severity, 0.0, 21.0)


def diary_latency(latency: Number, load: Number) -> Number:
    """Diary latency [min] of a true one [min]: insomniacs overrate it (judgement#diary)."""
    return latency * (1.0 + 0.15 * np.maximum(0.0, load)) + 3.0


def diary_duration(duration: Number, load: Number) -> Number:
    """Diary sleep [min] of a true one [min]: insomniacs underrate it (judgement#diary)."""
    return duration + 10.0 - 25.0 * np.maximum(0.0, load)


def actigraph_latency(latency: Number) -> Number:
    """Actigraphic latency [min] of a true one [min] (judgement#actigraphy)."""
    return 0.7 * latency


def actigraph_awake(awake: Number) -> Number:
    """Actigraphic waking after onset [min] of a true one [min] (judgement#actigraphy)."""
    return 0.8 * awake
