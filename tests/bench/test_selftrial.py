"""The study of false verdicts, made small: it can see a bad method and passes a good one."""

import numpy as np

from bench import selftrial


def test_the_study_sees_that_the_naive_test_is_wrong_and_ours_is_not(monkeypatch):
    monkeypatch.setattr(selftrial, "DESIGNS", 3)
    null = selftrial.cell((56, 7), 900, 0.0, 5)
    assert null.histories == 900
    strong = [kind.persistence >= 0.6 and not kind.device for kind in selftrial.KINDS]
    assert np.all(null.naive[strong] > 0.12)
    assert np.all(null.verdict < 0.08)
    assert np.all(null.missed < 0.09)


def test_the_study_sees_what_peeking_does(monkeypatch):
    monkeypatch.setattr(selftrial, "WATCHED", 2)
    found = selftrial.peeked((56, 7), selftrial.KINDS[2], 400, 5)
    assert found.naive > 0.3
    assert found.early <= found.whole < 0.1


def test_nights_have_the_persistence_asked_for():
    kind = selftrial.Kind("AR 0.6", 0.6)
    table = selftrial.nights(kind, 84, 2000, np.random.default_rng(0))
    middle = table - table.mean(axis=1, keepdims=True)
    found = (middle[1:] * middle[:-1]).mean() / np.square(middle).mean()
    assert abs(found - 0.6) < 0.02
