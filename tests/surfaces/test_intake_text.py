"""`somnesium intake` as a person reads it: text, Markdown, JSON and errors."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from somnesium.errors import InvalidInput
from somnesium.surfaces.command.intake import imported_text, intake

EXAMPLE = str(Path(__file__).parents[2] / "examples" / "stressed_45.toml")
APP = typer.Typer()
APP.command()(intake)


def told(*arguments: str, text: str | None = None) -> str:
    done = CliRunner().invoke(APP, list(arguments), input=text, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_text_says_how_much_whether_enough_and_what_to_eat():
    text = told(EXAMPLE)
    for part in (
        "mg of magnesium a day",
        "Is it enough?",
        "Where they disagree",
        "close the gap",
        "Sources",
        "not medical advice",
        "9 of 10",
        "Data confidence",
    ):
        assert part in text


def test_a_bundled_example_by_name_and_another_authority():
    first = json.loads(told("stressed_45", "--authority", "japan", "--format", "json"))
    assert first["authority"] == "japan"
    assert "European Union" in told("stressed_45", "--authority", "eu")


def test_json_is_the_answer_and_markdown_has_tables():
    answer = json.loads(told(EXAMPLE, "--format", "json"))
    assert {"cautions", "sources", "model_version", "adequacy", "amounts"} <= set(answer)
    assert "|---|" in told(EXAMPLE, "--format", "md")


def test_a_document_on_standard_input():
    document = (
        '[person]\nage = 40\nsex = "female"\nmass_kg = 60\nheight_cm = 165\n'
        "[[record]]\nmagnesium_mg = 220\n[avoid]\nvegan = true\n"
    )
    text = told("-", text=document)
    assert "1 day, intake" in text
    assert "Together:" in text
    assert "mackerel" not in text


def test_a_table_of_people(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("person,age,sex,magnesium_mg\na,40,f,200\nb,40,f,300\n")
    assert "cut-point" in told(str(path))
    assert json.loads(told(str(path), "--usual", "--format", "json"))["usual_given"]
    with pytest.raises(InvalidInput, match="--usual"):
        CliRunner().invoke(APP, [EXAMPLE, "--usual"], catch_exceptions=False)


def test_an_import_that_is_no_zip(tmp_path):
    path = tmp_path / "plain.zip"
    path.write_text("no")
    with pytest.raises(InvalidInput, match="FoodData Central"):
        imported_text(path, "text")
