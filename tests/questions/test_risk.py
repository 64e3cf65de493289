"""The whole answer about risk: who is at risk, what tests change, and what cannot wait."""

import json

import pytest
from tests.answers.risk.people import asked, citrate
from tests.reading import grade

from somnesium.questions.risk import risk as module
from somnesium.questions.risk.risk import RiskAnswer, risk
from somnesium.surfaces.command.risk import risk_text


@pytest.fixture(autouse=True, scope="module")
def _fewer_people():
    """A quarter of the people, so that many answers can be compared."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_PEOPLE", 80)
        patch.setattr(module, "_DOUBTS", 8)
        patch.setattr(module, "_FACTOR_PEOPLE", 16)
        patch.setattr(module, "_FACTOR_DOUBTS", 2)
        yield


def chance(answer: RiskAnswer, key: str = "stores_low", when: str = "probability") -> float:
    return getattr(next(one for one in answer.status if one.key == key), when).mean


@pytest.fixture(scope="module")
def plain() -> RiskAnswer:
    return risk(asked())


def test_a_healthy_person_who_eats_enough_is_at_little_risk():
    answer = risk(asked(450.0, age=30.0))
    assert chance(answer, "serum_below_0.75") < 0.06
    assert chance(answer) < 0.05
    assert answer.shortfall.mean < 0.0


@pytest.mark.parametrize(
    "who",
    [
        {"conditions": ["diabetes_type_2"]},
        {"conditions": ["alcohol_use_disorder"]},
        {"conditions": ["bariatric_surgery"]},
        {"medicines": ["omeprazole"]},
    ],
)
def test_illness_and_medicines_raise_every_low_figure(plain, who):
    answer = risk(asked(**who))
    for key in ("serum_below_0.75", "serum_below_0.85", "stores_low"):
        assert chance(answer, key) > chance(plain, key)


def test_too_little_food_raises_it_and_weak_kidneys_raise_the_other_end(plain):
    assert chance(risk(asked(150.0))) > chance(risk(asked(250.0))) > chance(plain)
    weak = risk(asked(egfr=15.0))
    assert chance(weak, "serum_above_1.05") > 0.3 > chance(plain, "serum_above_1.05")
    assert any("Too much" in line for line in weak.summary)


def test_tests_move_the_answer_their_way_and_say_how_little_they_tell():
    low, high = (
        risk(asked(serum_magnesium_mmol_l=value, laboratory={"urine_mmol_day": urine}))
        for value, urine in ((0.72, 2.5), (0.95, 6.0))
    )
    for key in ("serum_below_0.75", "serum_below_0.85"):
        before = chance(low, key, "before")
        assert chance(low, key) > before > chance(high, key)
        assert before == chance(high, key, "before")
    assert low.effective_people is not None
    assert 20 < low.effective_people < low.people
    assert any("does not rule out" in line for line in low.summary)
    assert [one.key for one in low.laboratory] == ["serum", "urine"]
    for one in low.laboratory:
        assert one.used
        assert one.expected.interval90[0] < one.expected.mean < one.expected.interval90[1]


def test_without_tests_nothing_is_before(plain):
    assert plain.effective_people is None
    assert plain.laboratory == ()
    assert all(one.before is None and one.on_plan is None for one in plain.status)
    assert any("no test result" in line for line in plain.summary)


def test_values_that_fit_nobody_are_warned_about():
    answer = risk(asked(serum_magnesium_mmol_l=0.42))
    assert answer.effective_people < 20
    assert "few_people" in [one.key for one in answer.cautions]


def test_a_value_in_doubt_is_asked_about_and_used_for_nothing(plain):
    answer = risk(asked(laboratory={"urine_mmol_day": 110.0}))
    assert answer.cautions[0].key == "laboratory_unit"
    assert not answer.laboratory[0].used
    assert answer.effective_people is None
    assert chance(answer) == chance(plain)
    assert "we ask first" in risk_text(answer)


def test_the_plan_for_good_helps_and_a_refused_one_is_not_lived():
    answer = risk(asked(200.0, regimen=citrate(300.0)))
    assert answer.serum_on_plan.mean > answer.serum.mean
    assert chance(answer, "stores_low", "on_plan") < chance(answer)
    refused = risk(asked(regimen=citrate(300.0), egfr=20.0))
    assert refused.serum_on_plan is None
    assert [one.key for one in refused.refusals] == ["kidney_severe"]


@pytest.mark.parametrize("regimen", [None, citrate(100.0)])
def test_red_flags_come_first(regimen):
    answer = risk(asked(regimen=regimen, symptoms=["irregular_heartbeat"], signs=["palpitations"]))
    assert "emergency number" in answer.summary[0]
    assert answer.urgent


def test_signs_are_told_and_change_nothing(plain):
    answer = risk(asked(signs=["fatigue", "night_cramps"]))
    assert answer.status == plain.status
    assert [one.key for one in answer.signs] == ["fatigue", "night_cramps"]
    assert any("does not change these figures" in line for line in answer.summary)


def test_every_figure_has_its_source_and_the_answer_is_the_same_twice():
    request = asked(
        220.0,
        conditions=["diabetes_type_2"],
        medicines=["furosemide"],
        signs=["mood"],
        serum_magnesium_mmol_l=0.8,
        regimen=citrate(150.0),
    )
    answer = risk(request)
    held = {source.key for source in answer.sources}
    for one in (
        *answer.status,
        *answer.laboratory,
        *answer.factors,
        *answer.signs,
        *answer.uncounted,
        *answer.cautions,
        answer.serum,
        answer.shortfall,
        answer.urine,
        answer.serum_on_plan,
    ):
        assert set(one.sources) <= held
    assert answer.settled
    assert answer.drift_per_week <= 0.001
    assert risk(request) == answer
    assert RiskAnswer.model_validate(json.loads(answer.model_dump_json())) == answer
    text = risk_text(answer)
    assert all(one.label in text for one in (*answer.status, *answer.laboratory))
    assert "no diagnosis" in text


@pytest.mark.parametrize(
    "who",
    [
        {},
        {"egfr": 15.0},
        {"conditions": ["diabetes_type_2", "alcohol_use_disorder"]},
        {
            "serum_magnesium_mmol_l": 0.42,
            "laboratory": {
                "ionised_mg_dl": 1.2,
                "red_cell_mmol_l": 1.9,
                "urine_mg_day": 80.0,
                "loading_retained_percent": 30.0,
            },
        },
        {"signs": ["fatigue", "headache", "mood"], "medicines": ["furosemide", "cisplatin"]},
    ],
)
def test_the_words_are_plain(who):
    answer = risk(asked(220.0, **who))
    assert grade(" ".join(answer.summary)) <= 9
    for line in answer.summary:
        assert grade(line) <= 10.5
    for one in answer.cautions:
        assert grade(one.text) <= 9
