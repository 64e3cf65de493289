"""Values that look like another unit are asked about; plausible ones are not."""

import pytest
from tests.answers.risk.people import asked
from tests.reading import grade

from somnesium.answers.safety.laboratory import laboratory_questions
from somnesium.sources import exists


def about(**who):
    questions, left_out = laboratory_questions(asked(**who).person)
    return [one.key for one in questions], left_out, questions


@pytest.mark.parametrize(
    ("held", "test"),
    [
        ({"ionised_mmol_l": 1.3}, "ionised"),
        ({"ionised_mg_dl": 0.53}, "ionised"),
        ({"red_cell_mmol_l": 5.2}, "red_cell"),
        ({"red_cell_mg_dl": 2.1}, "red_cell"),
        ({"urine_mmol_day": 110.0}, "urine"),
        ({"urine_mg_day": 4.4}, "urine"),
    ],
)
def test_another_unit_is_asked_about_and_left_out(held, test):
    keys, left_out, questions = about(laboratory=held)
    assert keys == ["laboratory_unit"]
    assert left_out == {test}
    assert all(exists(key) for key in questions[0].sources)
    assert grade(questions[0].text) <= 9


@pytest.mark.parametrize(
    "held",
    [
        {},
        {"ionised_mmol_l": 0.53},
        {"ionised_mg_dl": 1.3},
        {"red_cell_mmol_l": 2.1},
        {"red_cell_mg_dl": 5.2},
        {"urine_mmol_day": 4.4},
        {"urine_mg_day": 110.0},
        {"urine_mmol_day": 0.4},
        {"loading_retained_percent": 40.0},
    ],
)
def test_plausible_values_are_not_asked_about(held):
    assert about(laboratory=held)[:2] == ([], frozenset())


def test_serum_in_another_unit_is_left_out_as_well():
    keys, left_out, _ = about(serum_magnesium_mmol_l=2.0)
    assert keys == ["serum_unit"]
    assert left_out == {"serum"}


def test_a_part_cannot_be_more_than_the_whole():
    keys, left_out, questions = about(
        serum_magnesium_mmol_l=0.55, laboratory={"ionised_mmol_l": 0.8}
    )
    assert keys == ["laboratory_conflict"]
    assert left_out == {"serum", "ionised"}
    assert grade(questions[0].text) <= 9
    assert about(serum_magnesium_mmol_l=0.85, laboratory={"ionised_mmol_l": 0.5})[0] == []
