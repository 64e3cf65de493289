"""One dose and the urine of its day, lived."""

import numpy as np

from somnesium.answers.calibration import problem
from somnesium.answers.calibration.acute import live_acute
from somnesium.answers.evidence.reading import packaged
from somnesium.simulation.gains import GAINS, from_normal

OXIDE = [gain.name for gain in GAINS].index("oxide")


def test_more_of_citrate_than_of_oxide_reaches_the_urine():
    """kappeler2017 found 0.565 mmol more; with oxide dissolving better the lead is smaller."""
    asked = problem.asked_of(packaged(), "calibrate", numbers=True)
    (at,) = [k for k, design in enumerate(asked.designs) if design.trial == "kappeler2017"]
    z = np.zeros((2, len(GAINS)))
    z[1, OXIDE] = 2.0
    lead, smaller = live_acute(
        asked.designs[at], packaged(), asked.comparisons[at], from_normal(z)
    )[:, 0]
    assert 0.0 < smaller < lead < 1.0
