"""`somnesium risk` as a person meets it: text, JSON, standard input, and what is refused."""

import io
import json
import sys
from types import SimpleNamespace

import pytest

from somnesium.errors import InvalidInput
from somnesium.questions.risk import risk as module
from somnesium.surfaces.command.risk import Format, risk


@pytest.fixture(autouse=True)
def _fewer_people(monkeypatch):
    for name, value in (("_PEOPLE", 80), ("_DOUBTS", 2), ("_FACTOR_PEOPLE", 8)):
        monkeypatch.setattr(module, name, value)


def test_a_bundled_example_as_text(capsys):
    risk("laboratory_61")
    text = capsys.readouterr().out
    assert text.startswith("Low blood magnesium is ")
    for part in ("before tests", "on the plan, for good", "0.78 mmol/L", "3.10 mmol/d", "Sources:"):
        assert part in text


def test_json_from_standard_input(capsys, monkeypatch):
    person = {"age": 40, "sex": "male", "mass_kg": 80, "height_cm": 180, "signs": ["mood"]}
    table = {
        "person": person,
        "habits": {"bedtime": "23:00", "rise": "07:00"},
        "diet": {"magnesium_mg_per_day": 300},
    }
    stdin = SimpleNamespace(buffer=io.BytesIO(json.dumps(table).encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    risk("-", Format.json)
    answer = json.loads(capsys.readouterr().out)
    assert [one["key"] for one in answer["signs"]] == ["mood"]
    assert answer["requirement_mg"] == 350


def test_a_missing_document_is_refused_in_a_line():
    with pytest.raises(InvalidInput, match="no such file"):
        risk("nowhere.toml")
