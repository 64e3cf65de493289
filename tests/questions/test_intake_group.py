"""Tables of people: planted shares come out, and wrong cells are named."""

import numpy as np
import pytest

from somnesium.errors import InvalidInput
from somnesium.questions.intake.group import group_intake


def written(path, days=2, people=600, seed=3):
    """A table of women of 40 and men of 25 with known usual intakes; returns the planted share."""
    rng = np.random.default_rng(seed)
    lines, low = ["person,age,sex,magnesium_mg"], []
    for who in range(people):
        woman = who % 2 == 0
        usual = (256 if woman else 338) + (70 if woman else 100) * rng.standard_normal()
        need = (265 if woman else 330) * (1 + 0.1 * rng.standard_normal())
        low.append(usual < need)
        for _ in range(days):
            mg = max(0.0, usual + (85.9 if woman else 122) * rng.standard_normal())
            lines.append(f"{who},{40 if woman else 25},{'F' if woman else 'male'},{mg:.1f}")
    path.write_text("\n".join(lines) + "\n")
    return float(np.mean(low))


@pytest.mark.parametrize("days", [1, 3])
def test_the_planted_share_is_in_the_interval(tmp_path, days):
    path = tmp_path / "people.csv"
    planted = written(path, days)
    answer = group_intake(path)
    every = answer.rows[-1]
    assert [row.group for row in answer.rows] == [
        "female, average requirement 265 mg",
        "male, average requirement 330 mg",
        "all",
    ]
    assert every.people == 600
    assert every.probability_approach == pytest.approx(planted, abs=0.05)
    low, high = every.probability_interval90
    assert low < every.probability_approach < high
    assert answer.rows[0].own_spread == (days > 1)
    assert any("one day" in line for line in answer.summary) == (days == 1)
    assert every.note == answer.rows[0].note == ""


def test_the_cut_point_is_doubted_where_intakes_hardly_differ(tmp_path):
    path = tmp_path / "people.csv"
    rows = "".join(f"{who},40,f,{280 + who % 5}\n" for who in range(60))
    path.write_text("person,age,sex,magnesium_mg\n" + rows)
    row = group_intake(path, usual_given=True).rows[0]
    assert "cut-point" in row.note
    assert row.cut_point == 0
    assert row.probability_approach == pytest.approx(0.26, abs=0.03)


def test_usual_intakes_are_taken_as_they_are(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("person,age,sex,magnesium_mg\na,40,f,200\nb,40,f,300\n")
    answer = group_intake(path, usual_given=True)
    assert answer.rows[0].cut_point == 0.5
    assert answer.rows[0].day_to_day_sd_mg == 0
    assert "thirty" in answer.rows[0].note
    assert answer.left_out == 0


def test_those_without_a_requirement_are_left_out_and_counted(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(
        "person,age,sex,magnesium_mg,pregnant\na,0.5,f,60,\nb,40,f,300,no\nc,55,f,300,1\n"
    )
    answer = group_intake(path)
    assert answer.left_out == 2
    assert "2 people" in answer.summary[-1]


HEAD = "person,age,sex,magnesium_mg\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ("header",)),
        (HEAD, ("average requirement",)),
        ("person,age,magnesium_mg\n", ("sex",)),
        ("person,age,sex,magnesium_mgg\n", ("magnesium_mgg", "magnesium_mg")),
        (HEAD + "a,forty,f,200\n", ("row 2 age", "forty")),
        (HEAD + "a,40,f,nan\n", ("row 2 magnesium_mg",)),
        (HEAD + "a,40,f,-3\n", ("row 2 magnesium_mg", "-3")),
        (HEAD + "a,40,x,200\n", ("row 2 sex", "x")),
        (HEAD + "a,40,f\n", ("row 2", "4 cells")),
        (HEAD + "a,40,f,200\na,40,m,200\n", ("row 3 person",)),
        (HEAD + "a,0.5,f,200\n", ("average requirement",)),
        ("person,age,sex,magnesium_mg,pregnant\na,40,m,200,true\n", ("female where pregnant",)),
        ("person,age,sex,magnesium_mg,pregnant\na,40,f,200,perhaps\n", ("perhaps",)),
    ],
)
def test_wrong_tables_are_named(tmp_path, text, said):
    path = tmp_path / "people.csv"
    path.write_text(text)
    with pytest.raises(InvalidInput) as caught:
        group_intake(path)
    line = str(caught.value)
    assert "\n" not in line
    assert all(word in line for word in said), line


def test_what_cannot_be_asked(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(HEAD + "a,40,f,200\na,40,f,300\n")
    with pytest.raises(InvalidInput, match="us, uk or japan"):
        group_intake(path, "eu")
    with pytest.raises(InvalidInput, match="one row a person"):
        group_intake(path, usual_given=True)
    with pytest.raises(InvalidInput, match="readable"):
        group_intake(tmp_path / "none.csv")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match="readable"):
        group_intake(path)
