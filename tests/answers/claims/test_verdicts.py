"""Rules give verdicts that change with the numbers; sentences are filled from facts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium import say
from somnesium.answers.claims.claim import Fact, claims
from somnesium.answers.claims.verdicts import filled_in, holds, verdict_of
from somnesium.errors import SomnesiumError


def fact(key: str, value: float | None, low: float | None = None, high: float | None = None):
    interval = None if low is None or high is None else (low, high)
    return Fact(key=key, label=key, value=value, interval=interval)


def test_sides_of_an_interval():
    known = {"a": fact("a", 5.0, 1.0, 9.0), "b": fact("b", 3.0)}
    assert holds("a.low < 2", known)
    assert not holds("a.high <= 8.9", known)
    assert holds("a.value > b.value", known)
    assert holds("b.low >= 3", known)
    assert holds("b.most <= 3", known)


def test_average_has_its_own_sides():
    one = fact("a", 5.0, 1.0, 9.0).model_copy(update={"average90": (4.0, 6.0)})
    assert holds("a.least >= 4", {"a": one})
    assert not holds("a.low >= 4", {"a": one})


@pytest.mark.parametrize("condition", ["a.value < 1", "a.value >= 1", "b.low < 1", "b.low >= 1"])
def test_what_is_not_known_holds_in_neither_way(condition):
    assert not holds(condition, {"b": fact("b", None)})


@pytest.mark.parametrize("condition", ["a < 1", "a.value == 1", "a.middle < 1", "a.value <", ""])
def test_a_condition_that_cannot_be_read_is_refused(condition):
    with pytest.raises(SomnesiumError, match="not a condition"):
        holds(condition, {})


def test_every_rule_can_be_read_and_can_change():
    for claim in claims().values():
        for condition in (when for case in claim.cases for when in case.when):
            assert not holds(condition, {})
        verdicts = {case.verdict for case in (*claim.cases, claim.otherwise)}
        assert len(verdicts) >= 2, claim.key


TIMING = [
    (3.0, 8.0, -1.9, -0.6, "contradicted"),
    (60.0, 80.0, -12.0, -6.0, "supported"),
    (40.0, 60.0, -12.0, -6.0, "unsupported"),
    (3.0, 8.0, -12.0, -6.0, "unsupported"),
]


@pytest.mark.parametrize(("low", "high", "least", "most", "verdict"), TIMING)
def test_timing_is_judged_by_its_numbers(low, high, least, most, verdict):
    facts = [
        fact("by_bed", (low + high) / 2, low, high),
        fact("bedtime", (least + most) / 2, least, most),
    ]
    assert verdict_of(claims()["C16"], facts).verdict == verdict


KIDNEYS = [
    (27.0, 49.0, 99.0, "contradicted"),
    (0.0, 0.4, 0.5, "supported"),
    (0.0, 4.0, 9.0, "qualified"),
]


@pytest.mark.parametrize(("low", "high", "worst", "verdict"), KIDNEYS)
def test_overdose_is_judged_by_its_numbers(low, high, worst, verdict):
    facts = [
        fact("over105_egfr25_500mg", low, low, high),
        fact("over105_egfr12_1000mg", worst, 0.0, worst),
    ]
    assert verdict_of(claims()["C29"], facts).verdict == verdict


def test_a_measured_brain_would_change_what_can_be_told():
    claim = claims()["C08"]
    facts = [fact("fall", -0.06, -0.09, -0.02), fact("gain", 1.1, 0.3, 1.9)]
    assert verdict_of(claim, [*facts, fact("trials", 0.0)]).verdict == "cannot tell"
    assert verdict_of(claim, [*facts, fact("trials", 1.0)]).verdict == "supported"
    weak = [facts[0], fact("gain", 0.4, -0.2, 1.0), fact("trials", 0.0)]
    assert verdict_of(claim, weak).verdict == "unsupported"


def test_sentences_hold_their_facts():
    facts = [fact("a", -1.25, -2.0, 0.0), fact("b", None)]
    text = filled_in("From {a} or {a.plain}; {b}.", facts)
    assert text == "From −1.25 (−2 to 0) or −1.25; an unknown amount."


@given(st.floats(-1e6, 1e6))
def test_words_are_a_number_again(value):
    text = say.amount(value).replace("−", "-").replace(",", "")
    assert text != "-0"
    assert abs(float(text) - value) <= max(0.00051, 0.0501 * abs(value))
