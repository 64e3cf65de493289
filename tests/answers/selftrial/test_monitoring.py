"""However often one looks, chance alone rarely stops an experiment."""

import numpy as np

from somnesium.answers.selftrial.monitoring import EARLY, log_evidence, look
from somnesium.answers.selftrial.terms import Choices, terms

from .samples import lasting, series

LOOKS = range(20, 57, 6)


def greatest_evidence(persistence, effect=0.0, histories=600):
    """Greatest log e value over all looks, (histories,)."""
    one = series(56, 4, seed=8)
    random = np.random.default_rng(11)
    table = lasting(persistence, 56, histories, random) + effect * one.assigned[:, None]
    most = np.full(histories, -np.inf)
    for count in LOOKS:
        rows = terms(one.until(count), Choices())
        most = np.maximum(most, log_evidence(rows, table[:count]))
    return most


def test_peeking_does_not_make_false_alarms():
    for persistence in (0.0, 0.6):
        most = greatest_evidence(persistence)
        assert np.mean(most > np.log(20.0)) <= 0.05
        assert np.mean(most > -np.log(EARLY)) <= 0.01


def test_a_great_effect_stops_early():
    assert np.mean(greatest_evidence(0.2, effect=2.0, histories=100) > -np.log(EARLY)) > 0.5


def test_a_look_has_an_interval_around_the_estimate():
    one = series(84, 4, effect=-30.0, sd=10.0)
    seen = look(terms(one, Choices()), -30.0, 10.0)
    low, high = seen.interval
    assert low < -30.0 < high < 0.0
    assert seen.stop
    assert seen.evidence >= 1.0 / EARLY
