"""A person's own magnesium comes and goes: stores slowly, and not at all where none is taken."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from somnesium.answers.safety.gate import checked_plan
from somnesium.answers.selftrial.design.kinetics import _half_life, _last_above, _smooth, kinetics
from somnesium.answers.selftrial.design.question import DesignQuestion, scale_of
from somnesium.errors import InvalidInput
from somnesium.person.document import read_document

EXAMPLES = Path(__file__).parents[4] / "examples"


def question(name: str = "stressed_45", **trial) -> DesignQuestion:
    table = tomllib.loads((EXAMPLES / f"{name}.toml").read_text())
    return read_document(table | {"trial": trial}, DesignQuestion)


@pytest.fixture(scope="module")
def stressed():
    return kinetics(checked_plan(question()), "latency", 10.0, -1)


def test_stores_fill_and_empty_over_weeks(stressed):
    assert stressed.tissue.difference > 1.0
    assert 7 <= stressed.tissue.leaves <= 60
    assert 7 <= stressed.tissue.arrives <= 56
    assert stressed.tissue.leaves_late >= stressed.tissue.leaves


def test_blood_is_quicker_than_the_night(stressed):
    assert stressed.serum.first_night > stressed.tissue.first_night
    assert stressed.serum.half_life < stressed.tissue.half_life < stressed.night.half_life
    assert stressed.night.first_night < 0.2


def test_a_gain_is_in_its_own_direction(stressed):
    low, high = stressed.gain90
    assert low <= stressed.gain <= high < 0.0
    assert 0.0 <= stressed.chance <= 1.0
    assert stressed.chance < kinetics(checked_plan(question()), "latency", 2.0, -1).chance
    assert (
        kinetics(checked_plan(question()), "latency", 2.0, 1).chance < 0.1
    )  # in few of our doubts, later


def test_a_dose_too_small_to_matter_has_no_course():
    table = question().model_dump(exclude_unset=True)
    table["regimen"]["intakes"][0]["magnesium_mg"] = 0.001
    found = kinetics(checked_plan(read_document(table, DesignQuestion)), "latency", 10.0, -1)
    assert found.night.arrives is None
    assert found.night.half_life is None
    assert found.chance == 0.0


def test_a_first_order_course_is_read_off_exactly():
    share = 2.0 ** (-np.arange(60) / 5.0)
    assert _half_life(share) == pytest.approx(5.0)
    assert _last_above(share, 0.1) == 17  # 2^(−k/5) ≤ 0.1 from k = 16.6 on
    assert _last_above(share, 1e-9) is None
    assert _smooth(np.ones(9)) == pytest.approx(np.ones(9))
    assert _smooth(np.arange(20.0))[3:-3] == pytest.approx(np.arange(3.0, 17.0))


@pytest.mark.parametrize(
    ("change", "say"),
    [
        ({"regimen": {}}, "regimen.intakes"),
        ({"trial": {"measure": "dreams"}}, "latency, duration"),
        ({"trial": {"nights": [20, -1]}}, "trial.nights"),
        ({"trial": {"most_weeks": 60}}, "2 to 52"),
    ],
)
def test_wrong_questions_are_refused(change, say):
    table = question().model_dump(exclude_unset=True)
    with pytest.raises(InvalidInput, match=say):
        read_document(table | change, DesignQuestion)


def test_days_of_taking_are_the_experiments():
    table = question().model_dump(exclude_unset=True)
    table["regimen"]["intakes"][0]["end_day"] = 20
    with pytest.raises(InvalidInput, match="end_day"):
        read_document(table, DesignQuestion)


def test_a_missing_night_is_a_word():
    found = question(nights=[20, "missing", 30.5])
    assert found.trial.nights == (20, None, 30.5)
    assert scale_of("duration").worthwhile == 20.0
