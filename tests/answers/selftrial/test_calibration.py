"""The heart: in designs people choose, intervals miss as often as they say."""

import numpy as np
import pytest

from somnesium.answers.selftrial.calibration import calibrate, calibrated
from somnesium.answers.selftrial.model import fit, marginal
from somnesium.answers.selftrial.terms import Choices, terms

from .samples import lasting, series


def missed(nights, block, persistence, stretched=True):
    """Share of 2,400 histories whose 95 % interval leaves out their own effect, four designs."""
    shares = []
    for seed in range(4):
        one = series(nights, block, seed=seed)
        rows = terms(one, Choices())
        design = marginal(rows)
        random = np.random.default_rng(100 + seed)
        table = 10.0 * one.assigned[:, None] + lasting(persistence, nights, 600, random)
        found = fit(design, table)
        stretch = calibrate(rows, design, 600).stretch(found.width) if stretched else 1.96
        shares.append(np.mean(np.abs(found.centre - 10.0) > found.spread * stretch))
    return float(np.mean(shares))


@pytest.mark.parametrize(("nights", "block"), [(28, 7), (28, 1), (56, 4)])
@pytest.mark.parametrize("persistence", [0.0, 0.6])
def test_intervals_miss_one_time_in_twenty(nights, block, persistence):
    assert 0.03 <= missed(nights, block, persistence) <= 0.07


def test_without_the_stretch_they_would_miss_more():
    assert missed(28, 7, 0.6, stretched=False) > 0.09


def test_the_same_nights_give_the_same_answer():
    rows = terms(series(), Choices())
    design = marginal(rows)
    first, second = calibrate(rows, design, 50), calibrate(rows, design, 50)
    assert np.array_equal(first.log_stretch, second.log_stretch)
    found = fit(design, rows.readings)
    assert calibrated(found, first) == calibrated(found, second)


def test_the_answer_is_in_the_units_of_the_readings():
    one = series(seed=4)
    rows = terms(one, Choices())
    design = marginal(rows)
    calibration = calibrate(rows, design, 50)
    in_hours = calibrated(fit(design, rows.readings / 60.0), calibration)
    in_minutes = calibrated(fit(design, rows.readings), calibration)
    assert 60.0 * in_hours.centre == pytest.approx(in_minutes.centre)
    assert 60.0 * in_hours.scale == pytest.approx(in_minutes.scale)
