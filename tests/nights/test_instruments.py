"""Instruments: anchors, directions and bounds of what each makes of a true night."""

import numpy as np
import pytest

from somnesium import sources
from somnesium.nights.instruments import (
    NOISE,
    actigraph_awake,
    actigraph_latency,
    diary_duration,
    diary_latency,
    isi,
    psqi,
)


def test_severity_is_that_of_its_formula_and_within_the_scale():
    assert isi(60.0, 120.0, 1.0) == pytest.approx(28.0 / (1.0 + np.exp(2.56 - 1 - 1 - 0.9)))
    worst, best = isi(1000.0, 1000.0, 9.0), isi(0.0, 0.0, -9.0)
    assert 0.0 <= best < 0.1
    assert 27.9 < worst <= 28.0


def test_a_good_sleeper_and_an_insomniac_score_as_anchored():
    assert isi(12.0, 40.0, 0.0) == pytest.approx(3.5, abs=1.5)
    assert isi(60.0, 90.0, 1.4) == pytest.approx(17.0, abs=2.5)


def test_pittsburgh_keeps_to_its_scale():
    assert psqi(0.0) == pytest.approx(1.6)
    assert psqi(10.0) == pytest.approx(7.6)
    assert psqi(99.0) == 21.0


def test_insomniacs_overrate_waking_and_underrate_sleep():
    assert diary_latency(20.0, 0.0) == pytest.approx(23.0)
    assert diary_latency(20.0, 2.0) == pytest.approx(29.0)
    assert diary_latency(20.0, -2.0) == diary_latency(20.0, 0.0)
    assert diary_duration(420.0, 0.0) - diary_duration(420.0, 1.0) == pytest.approx(25.0)


def test_actigraphs_miss_quiet_waking():
    assert actigraph_latency(20.0) == pytest.approx(14.0)
    assert actigraph_awake(50.0) == pytest.approx(40.0)


@pytest.mark.parametrize("name", NOISE)
def test_every_noise_has_a_size_and_a_source(name):
    assert NOISE[name].sd > 0.0
    assert sources.exists(NOISE[name].source)
