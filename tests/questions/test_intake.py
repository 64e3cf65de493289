"""The whole answer about intake: the Institute's example through every layer, and its shape."""

from pathlib import Path

import pytest

from somnesium.person.foods import foods
from somnesium.person.record import AUTHORITIES, read_intake
from somnesium.questions.intake.intake import intake

EXAMPLES = Path(__file__).parents[2] / "examples"
WOMAN = {"age": 40, "sex": "female", "mass_kg": 60, "height_cm": 165}


def asked(mean: float, days: int, **table):
    record = [{"magnesium_mg": mean}] * days
    return intake(read_intake({"person": WOMAN, "record": record, **table}))


def us(answer):
    return next(one for one in answer.adequacy if one.authority == "us")


@pytest.mark.parametrize(("days", "needed"), [(1, 445), (3, 377), (7, 349)])
def test_the_institutes_example(days, needed):
    found = us(asked(320, days))
    assert round(found.enough_from_mg) == needed
    assert us(asked(needed + 1, days)).confidence > 0.975
    assert us(asked(needed + 1, days)).verdict == "enough"
    assert us(asked(needed - 15, days)).verdict == "probably enough"


def test_about_180_mg_over_7_days_is_clearly_too_little():
    found = us(asked(300, 7))
    assert found.too_little_below_mg == pytest.approx(181, abs=0.5)
    assert us(asked(175, 7)).verdict == "too little"
    assert us(asked(200, 7)).verdict == "probably too little"


def test_a_quarter_more_spread_makes_it_less_sure():
    found = us(asked(486, 1))
    assert found.wider_confidence == pytest.approx(0.977, abs=0.001)
    assert found.confidence > found.wider_confidence


def test_every_authority_stands_side_by_side_and_only_averages_have_a_chance():
    answer = asked(280, 3)
    assert tuple(one.authority for one in answer.adequacy) == AUTHORITIES
    for one in answer.adequacy:
        has = one.average_mg is not None
        assert has == (one.authority in ("us", "uk", "japan"))
        assert (one.probability is not None) == has
        assert has or one.verdict in (
            "above what is advised",
            "likely above what is advised",
            "cannot tell",
        )


def test_usual_intake_lies_between_what_was_seen_and_the_population():
    low, high = asked(100, 1), asked(500, 1)
    assert 100 < low.usual.mg < 222 < high.usual.mg < 500
    assert asked(500, 30).usual.mg > high.usual.mg
    assert high.usual.interval90[0] < high.usual.mg < high.usual.interval90[1]


def test_a_gap_is_what_usual_intake_lacks_and_is_closed():
    answer = asked(200, 7)
    assert answer.gap_mg == pytest.approx(320 - answer.usual.mg)
    assert sum(one.magnesium_mg for one in answer.together) >= answer.gap_mg
    assert asked(200, 7, authority="who").gap_mg < answer.gap_mg
    assert asked(600, 30).gap_mg == 0


def test_supplements_count_as_intake_and_against_the_limits():
    regimen = {
        "intakes": [
            {"form": "citrate", "magnesium_mg": 300, "mass_is": "elemental", "times": ["21:00"]}
        ]
    }
    answer = asked(200, 7, regimen=regimen)
    assert answer.supplement_mg == 300
    assert us(answer).confidence > us(asked(200, 7)).confidence
    told = next(line for line in answer.summary if "limits" in line)
    assert "European Union" in told
    assert "United States" not in told
    assert answer.cautions


def test_what_would_be_refused_is_said_but_answered():
    person = WOMAN | {"egfr": 25.0}
    regimen = {"intakes": [{"product": "sleep_gummies", "times": ["22:00"]}]}
    question = {"person": person, "record": [{"magnesium_mg": 200}], "regimen": regimen}
    answer = intake(read_intake(question))
    assert answer.refusals
    assert answer.suggestions == ()
    assert any("kidney" in note for note in answer.notes)


@pytest.mark.parametrize(
    ("field", "value", "asks"),
    [
        ("serum_magnesium_mmol_l", 1.9, True),
        ("serum_magnesium_mmol_l", 0.8, False),
        ("serum_magnesium_mmol_l", 1.29, False),
        ("serum_magnesium_mg_dl", 0.85, True),
        ("serum_magnesium_mg_dl", 1.9, False),
        ("serum_magnesium_mg_dl", 1.21, False),
    ],
)
def test_a_value_that_fits_the_other_unit_is_asked_about(field, value, asks):
    question = {"person": WOMAN | {field: value}, "record": [{"magnesium_mg": 200}]}
    keys = [one.key for one in intake(read_intake(question)).cautions]
    assert ("serum_unit" in keys) == asks


def test_missing_foods_are_named():
    missing = next(food for food in foods().values() if food.magnesium_mg_per_100g is None)
    record = [{"foods": [{"food": missing.ndb_no, "grams": 100}]}]
    answer = intake(read_intake({"person": WOMAN, "record": record}))
    assert answer.imputed == (missing.description,)
    assert any("filled in" in line for line in answer.summary)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_example_is_answered_with_sources(path):
    answer = intake(read_intake(path))
    assert answer.stated_as == "diet"
    assert answer.days is None
    assert answer.sources
    assert all(source.citation for source in answer.sources)
    assert answer.total_interval90[0] <= answer.total_mg <= answer.total_interval90[1]
    assert answer.adequacy


def test_a_stated_habit_is_less_sure_than_a_week_recorded():
    habit = intake(read_intake({"person": WOMAN, "diet": {"magnesium_mg_per_day": 340}}))
    assert us(habit).confidence < us(asked(340, 7)).confidence


@pytest.mark.parametrize("age", [1, 5, 8, 9, 13, 90, 120])
def test_every_age_is_answered(age):
    person = WOMAN | {"age": age}
    answer = intake(read_intake({"person": person, "record": [{"magnesium_mg": 0}]}))
    assert len(answer.adequacy) == 6
    assert us(answer).verdict in ("probably too little", "too little")


def test_where_nothing_is_set_nothing_is_judged():
    person = WOMAN | {"age": 55, "pregnant": True}
    answer = intake(read_intake({"person": person, "record": [{"magnesium_mg": 300}]}))
    assert {one.authority for one in answer.adequacy} == {"eu", "nordic"}
    assert any("no value" in line for line in answer.summary)
    assert answer.gap_mg == 0


def test_a_journey_after_the_days_of_the_question_is_no_matter():
    """The gate asks about nights it does not need: a late journey once stopped the answer."""
    habits = {"bedtime": "23:00", "rise": "07:00", "travel": [{"day": 80, "to": "Asia/Tokyo"}]}
    table = {
        "person": {"age": 40, "sex": "female", "mass_kg": 70, "height_cm": 170},
        "diet": {"magnesium_mg_per_day": 300},
    }
    assert intake(read_intake(table | {"habits": habits})) == intake(read_intake(table))
