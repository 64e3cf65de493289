"""From kinetics and nights to a question, a layout and a verdict."""

import numpy as np
import pytest

from somnesium.answers.selftrial.design.kinetics import Course, Kinetics
from somnesium.answers.selftrial.design.plan import kind_of, planned, spread_summary
from somnesium.answers.selftrial.design.power import POWER
from somnesium.answers.selftrial.design.question import Trial, scale_of
from somnesium.answers.selftrial.design.spread import spread_of

QUIET = tuple(float(v) for v in 30 + 4 * np.random.default_rng(1).standard_normal(28))
WILD = tuple(float(v) for v in 300 + 90 * np.random.default_rng(1).standard_normal(28))
SCALE = scale_of("latency")


def course(half_life: float | None, first: float | None, leaves: int | None = 20) -> Course:
    return Course(
        label="the night",
        unit="min",
        difference=-8.0,
        arrives=20,
        leaves=leaves,
        leaves_late=leaves,
        half_life=half_life,
        first_night=first,
    )


def told(half_life: float | None = 8.0, first: float | None = 0.02, chance=0.4) -> Kinetics:
    night = course(half_life, first)
    return Kinetics(
        serum=course(0.5, 0.4),
        tissue=course(3.0, 0.2),
        night=night,
        gain=-8.0,
        gain90=(-15.0, -1.0),
        gain_sd=4.0,
        chance=chance,
        people=64,
    )


def test_the_question_follows_the_body_unless_it_is_asked():
    assert kind_of(Trial(), told(first=0.02)) == "stores"
    assert kind_of(Trial(), told(half_life=0.5, first=0.9)) == "acute"
    assert kind_of(Trial(), told(half_life=None, first=None)) == "stores"
    assert kind_of(Trial(question="acute"), told(first=0.02)) == "acute"


def test_quiet_nights_and_a_likely_gain_are_worth_starting():
    found = planned(Trial(most_weeks=26), SCALE, told(), QUIET, 1)
    assert found.verdict == "worth starting"
    assert found.layout.half_life == 8.0
    assert found.layout.blocks >= 2
    assert found.weeks <= 26
    (row,) = [one for one in found.rows if one.change == SCALE.worthwhile]
    assert row.weeks <= found.weeks
    assert row.chance >= POWER
    assert found.carry == 20


@pytest.mark.parametrize(
    ("trial", "found", "nights", "reason"),
    [
        (Trial(most_weeks=10), told(), WILD, "differ too much"),
        (Trial(most_weeks=26), told(chance=0.01), QUIET, "fewer than 5 in 100"),
        (Trial(question="acute"), told(), QUIET, 'question "stores"'),
        (Trial(most_weeks=2), told(), QUIET, "needs 4 weeks at the least"),
    ],
)
def test_each_reason_not_to_start(trial, found, nights, reason):
    planned_so = planned(trial, SCALE, found, nights, 1)
    assert planned_so.verdict == "not worth starting"
    assert any(reason in text for text in planned_so.reasons)


def test_a_fast_plan_in_an_acute_question_is_not_held_against_it():
    found = planned(Trial(question="acute"), SCALE, told(half_life=0.5, first=0.95), QUIET, 1)
    assert found.verdict == "worth starting"
    assert found.seen >= 0.95
    assert found.layout.half_life == 0.0


def test_own_nights_save_the_run_in():
    assert planned(Trial(), SCALE, told(), QUIET, 1).run_in == 0
    assert planned(Trial(), SCALE, told(), QUIET[:9], 1).run_in == 14


def test_the_spread_is_told_with_its_interval():
    sd, (low, high), phi = spread_summary(spread_of(QUIET, 1))
    assert low < sd < high
    assert -0.3 <= phi <= 0.9
