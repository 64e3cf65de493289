"""How many would be low in the model, beside how many were found so.

Nothing here was fitted to: sizes of conditions are those of mean serum, not of shares.
"""

import numpy as np
import pytest
from tests.answers.risk.people import asked, lived

USUAL = 280.0
"""Magnesium eaten by a usual woman, mg a day."""


def low(limit: float, **who) -> float:
    return float(np.mean(lived(asked(USUAL, **who), 256, 8).serum < limit))


def odds(share: float) -> float:
    return share / (1.0 - share)


def test_adults_below_the_usual_limits():
    assert 0.05 <= low(0.75) <= 0.166  # 5 % in ARIC, 9.5-16.6 % in bertinato2017
    assert low(0.70) == pytest.approx(0.02, abs=0.01)  # schimatschek2001


def test_diabetes():
    assert 0.22 <= low(0.75, conditions=["diabetes_type_2"]) <= 0.36  # pooled 32 % (22 to 36)


def test_acid_blockers():
    ratio = odds(low(0.70, medicines=["omeprazole"])) / odds(low(0.70))
    assert 1.33 <= ratio <= 2.19  # srinutta2019
