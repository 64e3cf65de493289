"""Laboratory values: Bayes by hand, by formula, and the right way round."""

import math

import numpy as np
import pytest
from scipy.stats import norm
from tests.answers.risk.people import asked, crowd

from somnesium.answers.risk.laboratory import (
    TESTS,
    Measured,
    effective,
    measured,
    readings,
    shortfall,
    weights,
)
from somnesium.sources import exists

BY_KEY = {test.key: test for test in TESTS}
SMALL = crowd(np.array([0.70, 0.80, 0.90, 1.00]), np.array([0.85, 0.95, 1.05, 1.10]))


def values(**given: float) -> tuple[Measured, ...]:
    return tuple(Measured(BY_KEY[key], value) for key, value in given.items())


def test_weights_are_bayes_worked_out_one_by_one():
    given = {"serum": 0.82, "urine": 3.0, "loading": 30.0}
    by_hand = []
    for k in range(4):
        lack = max(1.0 - SMALL.own.tissue[k], 0.0)
        kept = min(6.3 + (85.0 - 6.3) / 0.29 * lack, 100.0)
        serum = norm.pdf(math.log(0.82), math.log(SMALL.own.serum[k]), 0.041)
        urine = norm.pdf(math.log(3.0), math.log(4.5), 0.30)
        by_hand.append(serum * urine * norm.pdf(30.0, kept, 10.3))
    expected = np.array(by_hand) / sum(by_hand)
    assert weights(values(**given), SMALL) == pytest.approx(expected, rel=1e-9)


def test_many_people_agree_with_the_formula_of_two_normals():
    rng = np.random.default_rng(3)
    logs = rng.normal(math.log(0.85), 0.075, 200_000)
    people = crowd(np.exp(logs), np.exp(logs) / 0.85)
    share = weights(values(serum=0.74), people)
    prior, noise = 1 / 0.075**2, 1 / 0.041**2
    mean = (prior * math.log(0.85) + noise * math.log(0.74)) / (prior + noise)
    assert np.sum(share * logs) == pytest.approx(mean, abs=0.001)
    spread = np.sqrt(np.sum(share * (logs - mean) ** 2))
    assert spread == pytest.approx((prior + noise) ** -0.5, rel=0.02)


@pytest.mark.parametrize(
    ("key", "low", "high"),
    [("serum", 0.7, 1.0), ("ionised", 0.42, 0.62), ("red_cell", 1.7, 2.6), ("loading", 60, -10)],
)
def test_a_low_value_points_to_people_who_hold_little(key, low, high):
    lacking = shortfall(SMALL)
    means = [np.sum(weights(values(**{key: value}), SMALL) * lacking) for value in (low, high)]
    assert means[0] > lacking.mean() > means[1]


def test_little_urine_points_to_people_who_lose_little():
    few = np.array([2.0, 4.0, 6.0, 8.0])
    people = SMALL._replace(own=SMALL.own._replace(urine=few))
    assert np.sum(weights(values(urine=2.0), people) * few) < few.mean()


def test_no_value_leaves_everyone_equal_and_far_off_values_leave_few():
    assert weights((), SMALL) == pytest.approx(np.full(4, 0.25))
    assert effective(weights((), SMALL)) == pytest.approx(4.0)
    odd = weights(values(serum=0.30), SMALL)
    assert effective(odd) == pytest.approx(1.0, abs=0.01)
    assert np.isfinite(odd).all()


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.key)
def test_every_test_reads_as_it_expects_with_its_scatter(test):
    people = crowd(np.full(20_000, 0.85), np.full(20_000, 0.95))
    expected, read = test.expected(people)[0], readings(test, people, 1)
    miss = np.log(read / expected) if test.logarithmic else read - expected
    assert miss.mean() == pytest.approx(0.0, abs=0.03 * test.scatter)
    assert miss.std() == pytest.approx(test.scatter, rel=0.03)
    assert test.text
    assert test.clinician
    assert all(exists(key) for key in test.sources)


def test_a_document_gives_the_tests_it_holds_in_one_unit():
    held = {"ionised_mg_dl": 1.2, "urine_mg_day": 90.0, "loading_retained_percent": 12.0}
    person = asked(laboratory=held, serum_magnesium_mg_dl=2.0).person
    found = {one.test.key: one.value for one in measured(person)}
    assert found == {
        "serum": pytest.approx(20.0 / 24.305),
        "ionised": pytest.approx(12.0 / 24.305),
        "urine": pytest.approx(90.0 / 24.305),
        "loading": 12.0,
    }
    assert [one.test.key for one in measured(person, frozenset({"serum", "urine"}))] == [
        "ionised",
        "loading",
    ]
    assert measured(asked().person) == ()
