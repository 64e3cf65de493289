"""Equal accuracy: what counts as wrong, and which setting is chosen."""

import numpy as np
import pytest
from bench.matched import MINUTES, SHARE, Setting, Wrong, fastest, wrong_by

TRUTH = np.array([[20.0, 400.0, 20.0], [15.0, 420.0, 21.0], [12.0, 430.0, 22.0]])


def test_the_worst_night_counts():
    found = TRUTH.copy()
    found[2, 1] += 0.3
    found[1, 0] -= 0.2
    assert wrong_by([TRUTH, found], [TRUTH, TRUTH]).minutes == pytest.approx(0.3)


def test_the_night_that_hour_0_cuts_in_two_counts_for_magnesium_alone():
    found = TRUTH.copy()
    found[0] = (99.0, 99.0, 20.2)
    wrong = wrong_by([found], [TRUTH])
    assert wrong.minutes == 0.0
    assert wrong.magnesium == pytest.approx(0.01)


def test_good_is_within_both_allowances_and_a_number():
    assert Wrong(MINUTES, SHARE).good
    assert not Wrong(MINUTES * 1.01, 0.0).good
    assert not Wrong(0.0, SHARE * 1.01).good
    assert not Wrong(float("nan"), 0.0).good
    assert not wrong_by([TRUTH * np.nan], [TRUTH]).good


def rung(tolerance, wrong, seconds):
    return Setting(f"{tolerance}", {"rtol": tolerance}, Wrong(wrong, 0.0), seconds)


def test_the_loosest_good_one_of_each_flight_and_the_fastest_of_those():
    known = {
        1e-1: rung(1e-1, 5.0, 0.1),
        1e-2: rung(1e-2, 0.4, 0.5),
        1e-3: rung(1e-3, 0.1, 0.2),  # never asked for: a looser one was good
        2e-2: rung(2e-2, 0.2, 0.4),
    }
    asked = []

    def score(options):
        asked.append(options["rtol"])
        return known.get(options["rtol"])

    ladder = [[{"rtol": r} for r in (1e-1, 1e-2, 1e-3)], [{"rtol": r} for r in (5e-1, 2e-2)]]
    assert fastest(ladder, score) == known[2e-2]
    assert asked == [1e-1, 1e-2, 5e-1, 2e-2]


def test_nobody_good_is_nobody():
    assert fastest([[{"rtol": 1.0}]], lambda options: rung(1.0, 9.0, 0.1)) is None
    assert fastest([[{"rtol": 1.0}]], lambda options: None) is None
