"""The whole analysis: a plain effect is found, a null is not, early looks wait."""

import numpy as np
import pytest

from reading import grade
from somnesium.answers.selftrial.analysis import Question, analyse
from somnesium.answers.selftrial.data import Reading
from somnesium.answers.selftrial.randomisation import Pairs
from somnesium.answers.selftrial.terms import Choices
from somnesium.errors import InvalidInput

from .samples import FIRST, series

STRONG = series(84, 4, effect=-25.0, sd=15.0, persistence=0.2)


def test_less_waking_helps():
    found = analyse(STRONG, Question(8.0, redraw=Pairs(84, 4)))
    assert found.verdict.word == "helps"
    low, high = found.beliefs[0].interval95
    assert low < -25.0 < high < 0.0
    assert found.randomisation is not None
    assert found.randomisation.p < 0.05
    assert found.needed is None
    assert (found.nights, found.measured, found.periods) == (84, 84, 21)


def test_the_same_change_the_other_way_harms():
    found = analyse(series(84, 4, effect=25.0, sd=15.0, persistence=0.2), Question(8.0))
    assert found.verdict.word == "harms"


def test_a_tight_null_is_no_meaningful_effect():
    found = analyse(series(84, 2, effect=0.0, sd=6.0, persistence=0.0, seed=3), Question(8.0))
    assert found.verdict.word == "no meaningful effect"


def test_few_noisy_nights_cannot_tell_and_say_how_many_more_would():
    found = analyse(series(40, 4, effect=-12.0, sd=30.0, seed=5), Question(5.0))
    assert found.verdict.word == "cannot tell"
    assert found.needed is not None
    assert 0.0 < found.needed.chance <= 1.0


def test_two_periods_cannot_tell_whatever_they_show():
    found = analyse(series(28, 14, effect=-80.0, sd=5.0), Question(8.0))
    assert found.verdict.word == "cannot tell"
    assert "too few periods" in found.verdict.why


def test_before_the_end_only_strong_evidence_decides():
    weak = series(56, 4, effect=-14.0, sd=15.0, persistence=0.0, seed=2)
    assert analyse(weak, Question(5.0)).verdict.word == "helps"
    early = analyse(weak, Question(5.0, finished=False))
    assert early.verdict.word == "cannot tell"
    assert "not over" in early.verdict.why
    assert not early.look.stop
    assert analyse(STRONG, Question(8.0, finished=False)).verdict.word == "helps"


def test_priors_stand_side_by_side():
    found = analyse(series(seed=6), Question(8.0, forecast=(-4.0, 3.0)))
    alone, sceptical, forecast = found.beliefs
    assert [b.prior for b in found.beliefs] == ["the nights alone", "sceptical", "forecast"]
    assert abs(sceptical.mean) < abs(alone.mean)
    assert np.diff(forecast.interval95)[0] < np.diff(alone.interval95)[0]


def test_skewed_latencies_are_told_in_minutes():
    random = np.random.default_rng(0)
    scheme = Pairs(84, 4)
    dealt = scheme(random)
    values = np.exp(3.4 - 0.6 * dealt + 0.4 * random.standard_normal(84)) - 5.0
    one = series(84, 4)._replace(
        measure="latency", assigned=dealt, readings=(Reading("psg", np.maximum(values, 0.0)),)
    )
    found = analyse(one, Question(5.0, Choices(scale="log")))
    low, high = found.beliefs[0].interval95
    true = float(np.exp(3.4 - 0.6) - np.exp(3.4))
    assert low < true < high < 0.0
    assert found.verdict.word == "helps"


def test_one_wild_night_does_not_decide():
    values = STRONG.readings[0].values.copy()
    values[int(np.argmax(STRONG.assigned))] = 600.0
    found = analyse(STRONG._replace(readings=(Reading("psg", values),)), Question(8.0))
    assert found.wild >= 1
    assert found.verdict.word == "helps"


def test_missing_nights_are_told():
    values = STRONG.readings[0].values.copy()
    values[[3, 9, 20]] = np.nan
    found = analyse(STRONG._replace(readings=(Reading("psg", values),)), Question(8.0))
    assert found.measured == 81
    assert any("3 of 84 nights" in line for line in found.cautions)


def test_a_second_instrument_narrows_rather_than_doubles():
    random = np.random.default_rng(9)
    one = series(56, 4, sd=25.0)
    truth = one.readings[0].values
    oura = Reading("oura", truth + 20.6 * random.standard_normal(56))
    again = Reading("oura 2", truth + 20.6 * random.standard_normal(56))
    alone = analyse(one._replace(readings=(oura,)), Question(8.0))
    both = analyse(one._replace(readings=(oura, again)), Question(8.0))
    narrower = np.diff(both.beliefs[0].interval95)[0] / np.diff(alone.beliefs[0].interval95)[0]
    assert 0.72 < narrower < 1.05


def test_an_instrument_that_always_reads_zero_is_refused():
    with pytest.raises(InvalidInput, match="nearly always 0"):
        analyse(STRONG._replace(readings=(Reading("fitbit", np.zeros(84)),)), Question(8.0))


def test_doses_that_left_the_plan_are_told():
    taken = STRONG.assigned.copy()
    taken[np.flatnonzero(taken)[:3]] = 0.0
    taken[np.flatnonzero(STRONG.assigned == 0.0)[:2]] = 1.0
    unknown = (Reading("some ring", STRONG.readings[0].values),)
    one = STRONG._replace(taken=taken, readings=unknown)
    told = " ".join(analyse(one, Question(8.0, Choices(taken=True))).cautions)
    due = int(STRONG.assigned.sum())
    assert f"left out on 3 of {due} nights" in told
    assert "taken on 2 nights" in told
    assert "not the draw" in told
    assert "no test of how well some ring" in told


def test_sentences_are_plain():
    wild = STRONG.readings[0].values.copy()
    wild[[5, 9]] = [500.0, np.nan]
    one = series(28, 14, readings=(Reading("some ring", wild[:28]),))
    answers = [
        analyse(STRONG, Question(8.0)),
        analyse(one._replace(taken=1.0 - one.assigned), Question(8.0, Choices(taken=True))),
        analyse(series(), Question(8.0, finished=False)),
    ]
    sentences = [a.verdict.why for a in answers] + [c for a in answers for c in a.cautions]
    assert len(set(sentences)) >= 7
    assert [s for s in sentences if grade(s) > 9.0] == []


def test_nonsense_is_refused():
    with pytest.raises(InvalidInput, match="worthwhile"):
        analyse(series(), Question(0.0))
    with pytest.raises(InvalidInput, match="forecast"):
        analyse(series(), Question(5.0, forecast=(1.0, 0.0)))


def test_a_series_knows_its_calendar():
    one = series(28, 4)
    assert one.first_evening == FIRST
    assert list(one.weekday[:8]) == [0, 1, 2, 3, 4, 5, 6, 0]
    assert (one.evening(27) - FIRST).days == 27
    cut = one.until(10)
    assert (cut.nights, len(cut.readings[0].values)) == (10, 10)
