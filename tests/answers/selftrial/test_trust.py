"""Checks, sensitivity and nights needed: they speak up when they should, and else do not."""

import numpy as np
import pytest

from somnesium.answers.selftrial.analysis import Question, analyse, estimate
from somnesium.answers.selftrial.checks import checks
from somnesium.answers.selftrial.data import Reading
from somnesium.answers.selftrial.exposure import Carry
from somnesium.answers.selftrial.model import marginal
from somnesium.answers.selftrial.nights_needed import LONGEST, nights_needed
from somnesium.answers.selftrial.sensitivity import sensitivity, tipping_point
from somnesium.answers.selftrial.tails import tamed
from somnesium.answers.selftrial.terms import Choices, terms

from .samples import series


def failed(one):
    """Names of the checks a series fails."""
    rows = terms(one, Choices())
    return {check.name for check in checks(one, rows, marginal(rows)) if not check.passed}


def changed(one, change):
    """The series with its readings changed."""
    return one._replace(readings=(Reading("psg", change(one.readings[0].values.copy())),))


def test_ordinary_nights_pass():
    alarms = sum(len(failed(series(seed=k))) for k in range(20))
    assert alarms <= 4


def test_a_rhythm_of_three_nights_is_noticed():
    wave = 40.0 * np.cos(2.0 * np.pi * np.arange(84) / 3.0)
    assert "correlation" in failed(changed(series(84), lambda v: v + wave))


def test_a_wild_night_is_noticed():
    def wild(values):
        values[20] += 300.0
        return values

    one = changed(series(), wild)
    assert "extremes" in failed(one)
    rows = terms(one, Choices())
    calmed, _, count = tamed(rows, marginal(rows))
    assert count >= 1
    assert calmed.error[20] > 5.0


def test_normal_nights_are_left_alone():
    for seed in range(8):
        rows = terms(series(seed=seed), Choices())
        assert tamed(rows, marginal(rows))[2] == 0


def test_nights_missed_with_magnesium_are_noticed():
    one = series(84)
    given = np.flatnonzero(one.assigned)[:20]

    def missed(values):
        values[given] = np.nan
        return values

    gone = changed(one, missed)
    assert "missing" in failed(gone)
    share = 20 / int(one.assigned.sum())
    assert tipping_point(gone, -6.0) == pytest.approx(6.0 / share)
    assert tipping_point(one, -6.0) is None


def test_every_choice_is_changed_in_turn():
    one = series(56, effect=-20.0, sd=10.0, covariates={"alcohol": np.arange(56) % 3 == 0.0})
    one = one._replace(taken=one.assigned * 0.9)
    found = sensitivity(one, Choices(carry=Carry((1.0,), (1.0,))))
    words = [v.what for v in found]
    assert len(set(words)) == len(words) >= 9
    assert all(v.mean is not None and v.mean < 0.0 for v in found)


def test_what_cannot_be_tried_says_why():
    found = sensitivity(series(26, 4), Choices())
    last = found[-1]
    assert last.what.startswith("without the first")
    assert last.mean is not None or "readings" in last.why_not


def test_periods_of_one_night_leave_none_to_settle_and_warn_of_nothing():
    last = sensitivity(series(56, 1), Choices())[-1]
    assert last.mean is None
    assert "readings: got 0" in last.why_not


def needed(one, worthwhile):
    """More nights for a verdict."""
    made = estimate(one, Choices(), 200)
    gains = (-worthwhile, worthwhile)
    return nights_needed(one, made.terms, made.design, made.fit, made.likelihood, gains)


def test_the_nights_told_do_settle_it():
    settled = []
    for seed in range(12):
        long = series(400, 4, effect=-18.0, sd=25.0, seed=40 + seed)
        told = needed(long.until(48), 6.0).nights
        if told is not None:
            found = analyse(long.until(48 + told), Question(6.0))
            settled.append(found.verdict.word != "cannot tell")
    assert len(settled) >= 4
    assert np.mean(settled) >= 0.5


def test_noisier_nights_need_more_of_them():
    calm = needed(series(40, 4, effect=-15.0, sd=12.0, persistence=0.0), 5.0)
    noisy = needed(series(40, 4, effect=-15.0, sd=30.0, persistence=0.0), 5.0)
    assert calm.nights is not None
    assert calm.chance >= 0.8
    assert (noisy.nights or LONGEST + 1) > calm.nights
