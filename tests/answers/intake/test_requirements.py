"""Reference intakes: one value for every age, known values, and conflicts said."""

import csv
import io

import pytest

from somnesium.answers.intake.requirements import LifeStage, conflicts, reference, references
from somnesium.person.record import AUTHORITIES
from somnesium.sources import exists, packaged_text, packaged_toml

ROWS = list(csv.DictReader(io.StringIO(packaged_text("reference_intakes.csv"))))
TABLE = packaged_toml("reference_intakes.toml")


@pytest.mark.parametrize("authority", AUTHORITIES)
@pytest.mark.parametrize("sex", ["female", "male"])
def test_every_age_from_one_year_has_exactly_one_row(authority, sex):
    for tenths in range(10, 1201):
        age = tenths / 10
        fitting = [
            row
            for row in ROWS
            if row["authority"] == authority
            and row["sex"] in ("any", sex)
            and row["state"] in ("any", "none")
            and float(row["age_from"]) <= age < float(row["age_below"])
        ]
        assert len(fitting) == 1, age


@pytest.mark.parametrize("authority", AUTHORITIES)
@pytest.mark.parametrize("state", ["pregnant", "lactating"])
def test_pregnancy_and_lactation_have_one_row_in_adult_years(authority, state):
    for age in range(19, 50):
        assert reference(LifeStage(age, "female", **{state: True}), authority) is not None


@pytest.mark.parametrize(
    ("stage", "values"),
    [
        (LifeStage(25, "female"), (310, 300, 270, 300, 220, 270)),
        (LifeStage(40, "female"), (320, 300, 270, 300, 220, 290)),
        (LifeStage(25, "male"), (400, 350, 300, 350, 260, 340)),
        (LifeStage(40, "male"), (420, 350, 300, 350, 260, 370)),
        (LifeStage(70, "male"), (420, 350, 300, 350, 224, 350)),
        (LifeStage(10, "male"), (240, 300, 200, 230, 230, 210)),
        (LifeStage(28, "female", pregnant=True), (350, 300, 270, 300, 220, 310)),
        (LifeStage(28, "female", lactating=True), (310, 300, 320, 300, 270, 270)),
    ],
)
def test_published_values(stage, values):
    assert tuple(one.recommended_mg for one in references(stage)) == values


def test_average_and_advised_hang_together():
    for row in ROWS:
        if row["average_mg"]:
            average, sd = float(row["average_mg"]), float(row["requirement_sd_mg"])
            assert average < float(row["recommended_mg"])
            if row["authority"] in ("us", "japan"):
                assert sd == pytest.approx(0.1 * average)
            # What is advised is two standard deviations above the average, rounded.
            assert float(row["recommended_mg"]) == pytest.approx(average + 2 * sd, abs=11)


def test_every_number_has_a_source():
    keys = {row["source"] for row in ROWS}
    keys |= {about["limits"] for about in TABLE["authorities"].values()}
    keys |= {row["source"] for part in ("day_to_day", "usual") for row in TABLE[part]}
    keys |= {TABLE["balance"]["source"], *(article["key"] for article in TABLE["articles"])}
    assert [key for key in keys if not exists(key)] == []
    assert {row["read"] for row in ROWS} <= {"full text", "secondary", "memory"}


def test_nothing_is_set_below_one_year_or_for_late_pregnancies():
    assert references(LifeStage(0.5, "female")) == ()
    assert conflicts(LifeStage(0.5, "female")) == ()
    assert reference(LifeStage(55, "female", pregnant=True), "us") is None


def test_conflicts_name_authorities_balance_and_both_articles():
    told = " ".join(conflicts(LifeStage(40, "male")))
    for said in ("WHO", "420", "165 mg", "Article A", "400 mg", "Article B", "400 to 420"):
        assert said in told
    assert "500 mg" in told
    assert "250 mg" in told


def test_articles_speak_of_adults_who_are_not_pregnant():
    assert "Article" not in " ".join(conflicts(LifeStage(12, "male")))
    assert "Article" not in " ".join(conflicts(LifeStage(30, "female", pregnant=True)))
