"""`somnesium trial`: documents in, reports out, progress on the other stream."""

import json

import pytest
import typer
from typer.testing import CliRunner

from somnesium.errors import InvalidInput
from somnesium.surfaces.command.trial import trial

APP = typer.Typer()
APP.command()(trial)
SMALL = """
people = 8
weeks = 1
arms = [
  { name = "magnesium", regimen = { intakes = [
    { form = "citrate", magnesium_mg = 200, mass_is = "elemental", times = ["21:00"] }] } },
  { name = "placebo" },
]
endpoints = [{ measure = "serum", instrument = "assay" }]
"""


def run(*arguments: str, text: str = SMALL):
    return CliRunner().invoke(APP, list(arguments), input=text)


def test_a_report_ends_with_how_to_have_it_again():
    found = run("-", "--replicates", "3", "--seed", "5")
    assert found.exit_code == 0, found.exception
    assert "Again: somnesium trial - --replicates 3 --seed 5" in found.stdout
    assert "serum (assay), mmol/L" in found.stdout
    assert "3 of 3 trials" in found.stderr
    assert "3 of 3 trials" not in found.stdout


def test_json_is_the_answer():
    found = run("-", "--replicates", "3", "--format", "json")
    answer = json.loads(found.stdout)
    assert answer["replicates"] == 3
    assert answer["performance"][0]["power"]["error"] > 0


def test_a_search_for_a_size_is_told(monkeypatch):
    monkeypatch.setattr("somnesium.questions.trial.trial._SIZE_REPLICATES", 10)
    found = run("-", "--replicates", "3", "--size-for", "0.5")
    assert "People for a power of 0.5:" in found.stdout
    assert "people: power" in found.stderr


def test_published_trials_by_name():
    found = run("held2002", "--published", "--replicates", "4")
    assert found.exit_code == 0, found.exception
    assert "held2002" in found.stdout
    assert "6.4" in found.stdout
    assert "[1/1] held2002" in found.stderr


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ((), "document"),
        (("-", "--replicates", "0"), "replicates"),
        (("-", "--seed", "-1"), "seed"),
        (("-", "--target-error", "2"), "target error"),
        (("--published", "--size-for", "0.8"), "--published"),
        (("nobody2020", "--published"), "trial"),
        (("no_such_document",), "no_such_document"),
    ],
)
def test_bad_input_is_refused(arguments, field):
    found = run(*arguments)
    assert isinstance(found.exception, InvalidInput)
    assert field in str(found.exception)
