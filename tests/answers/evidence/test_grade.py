"""GRADE: every domain loses its steps where its rule says, and not just before."""

import pytest

from somnesium.answers.evidence.grade import TrialFacts, grade, worst_bias
from somnesium.answers.evidence.pooling import pool
from somnesium.answers.evidence.small_study import Asymmetry
from somnesium.answers.evidence.studies import studies_of
from somnesium.sources import exists

SURE = pool(studies_of("abcd", [-20.0, -21.0, -20.5, -19.5], [4.0] * 4))


def facts(share=0.25, people=200.0, bias="low", industry=False, age=45.0):
    return TrialFacts("t", share, people, bias, industry, age)


def steps(pooled=SURE, trials=None, egger=None, worth=None, untold=0):
    found = grade(pooled, trials or [facts()] * 4, egger, worth, untold)
    return {one.domain: (one.steps, one.rule) for one in found.reasons}, found


def test_large_blind_agreeing_trials_are_high():
    lost, found = steps()
    assert found.certainty == "high"
    assert {count for count, _ in lost.values()} == {0}
    assert all(exists(key) for one in found.reasons for key in one.sources)


@pytest.mark.parametrize(
    ("biases", "expected"),
    [
        (("low", "low", "some", "high"), (0, "most_low")),
        (("low", "some", "unclear", "some"), (1, "most_not_low")),
        (("high", "high", "low", "low"), (0, "most_low")),
        (("high", "high", "high", "low"), (2, "most_high")),
    ],
)
def test_risk_of_bias_by_weight(biases, expected):
    assert steps(trials=[facts(bias=b) for b in biases])[0]["risk_of_bias"] == expected


@pytest.mark.parametrize(
    ("yi", "expected"),
    [
        ([-20, -21, -19, -20], (0, "agree")),
        ([-14, -21, -19, -20], (1, "differ")),
        ([-5, -21, -30, -20], (2, "differ_much")),
    ],
)
def test_inconsistency_by_i2_and_q(yi, expected):
    pooled = pool(studies_of("abcd", yi, [4.0] * 4), interval="z")
    assert steps(pooled)[0]["inconsistency"] == expected


def test_one_trial_is_not_inconsistent_but_says_so():
    pooled = pool(studies_of("a", [-20.0], [4.0]))
    assert steps(pooled, [facts(share=1.0, people=500.0)])[0]["inconsistency"] == (0, "one_trial")


def test_mostly_old_people_are_indirect():
    old = [facts(age=67.0)] * 3 + [facts()]
    assert steps(trials=old)[0]["indirectness"] == (1, "mostly_old")
    assert steps(trials=old[1:3] + [facts()] * 2)[0]["indirectness"][0] == 0
    assert steps(trials=[facts(age=None)] * 4)[0]["indirectness"][0] == 0


@pytest.mark.parametrize(
    ("people", "yi", "worth", "expected"),
    [
        (100.0, -20.0, 10.0, (0, "precise")),
        (99.0, -20.0, 10.0, (1, "few_people")),
        (None, -20.0, 10.0, (1, "few_people")),
        (100.0, -1.0, None, (1, "wide")),
        (100.0, -1.0, 1000.0, (0, "precise")),
        (99.0, -1.0, 2.0, (2, "few_people_and_wide")),
    ],
)
def test_imprecision_by_people_and_interval(people, yi, worth, expected):
    pooled = pool(studies_of("abcd", [yi - 1, yi + 1, yi, yi], [4.0] * 4), interval="z")
    trials = [facts(people=people)] * 4
    assert steps(pooled, trials, worth=worth)[0]["imprecision"] == expected


@pytest.mark.parametrize(
    ("industry", "p", "reliable", "untold", "expected"),
    [
        (2, 0.01, False, 3, (0, "not_testable")),
        (3, 0.5, False, 0, (1, "mostly_industry")),
        (0, 0.01, True, 0, (1, "asymmetric")),
        (0, 0.5, True, 4, (1, "figures_missing")),
    ],
)
def test_publication_bias(industry, p, reliable, untold, expected):
    trials = [facts(industry=k < industry) for k in range(4)]
    egger = Asymmetry(1.0, 0.5, 2.0, p, 0.0, 1.0, reliable)
    assert steps(trials=trials, egger=egger, untold=untold)[0]["publication_bias"] == expected


def test_certainty_falls_a_level_a_step_and_no_lower_than_very_low():
    assert steps(trials=[facts(bias="some")] * 4)[1].certainty == "moderate"
    assert steps(trials=[facts(bias="high")] * 4)[1].certainty == "low"
    worst = [facts(people=5.0, bias="high", industry=True, age=70.0)] * 4
    assert steps(trials=worst)[1].certainty == "very low"


def test_one_bad_domain_makes_a_trial_bad():
    assert worst_bias(("low", "low", "high", "some")) == "high"
    assert worst_bias(("low", "some", "unclear")) == "some"
    assert worst_bias(("low", "unclear")) == "unclear"
    assert worst_bias(("low", "")) == "unclear"
    assert worst_bias(("low", "low")) == "low"
