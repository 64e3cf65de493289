"""The table of use cases: what each names exists, reads its document, and is reached by REST."""

import inspect
import json

import pytest
from pydantic import BaseModel

from somnesium.errors import InvalidInput
from somnesium.surfaces.command.main import app as commands
from somnesium.surfaces.web.cases import ANSWERS, CASES, Options, options_of, part, read_question

JSON = {"content-type": "application/json"}

COMMANDS = {
    "forecast": ("forecast", "regimen"),
    "check": ("check",),
    "events": ("events",),
    "export": ("export",),
    "intake": ("intake", "intake_group"),
    "plan": ("plan",),
    "risk": ("risk",),
    "population": ("population", "population_person"),
    "evidence": ("evidence", "evidence_table"),
    "calibrate": ("calibrate",),
    "trial": ("trial", "trial_published"),
    "attribute": ("attribute",),
    "claims": ("claims",),
    "record": ("record",),
    "design": ("design", "begin"),
    "unseal": ("unseal",),
    "analyse": ("analyse", "cent", "trial_summary", "pool"),
    "qualify": ("qualify", "predicted"),
    "data": ("delete",),
}
"""Commands, and the use cases of REST that answer the same."""
ELSEWHERE = {"demo", "foods", "forms", "schema", "serve", "import", "report", "share"}
"""Commands that are no POST of ours: looked up by GET, other parts of the app, or not there."""


def names_of(typer_app):
    return {
        one.name or one.callback.__name__.rstrip("_") for one in typer_app.registered_commands
    } | {one.name for one in typer_app.registered_groups}


def test_every_command_has_its_use_case_or_is_named_as_another():
    assert names_of(commands) - ELSEWHERE == set(COMMANDS)
    assert {name for several in COMMANDS.values() for name in several} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_every_case_names_things_that_exist(name):
    case = CASES[name]
    assert inspect.getdoc(part(case.question))
    assert part(case.question).model_json_schema()
    assert set(case.options) <= set(Options.model_fields)
    assert callable(ANSWERS[name])
    if case.answer:
        assert issubclass(part(case.answer), BaseModel)
    else:
        assert case.media != "application/json"


def test_every_case_is_answered_and_nothing_else():
    assert set(ANSWERS) == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_an_empty_document_is_never_an_unexpected_error(browser, name):
    found = browser.post(f"/api/{name}", content=b"null", headers=JSON)
    assert found.status_code == 422
    assert found.json()["exit_code"] == 2


@pytest.mark.parametrize(
    ("name", "document", "named"),
    [
        ("population", {"population": {"table": "/etc/passwd"}}, "population.table"),
        ("population", {"population": {"people": 20_001}}, "20000"),
        ("population", {"population": {"people": 20_000, "days": 366}}, "2000000"),
        ("analyse", {"example": True, "experiment": 1}, "one of"),
        ("analyse", {"nights": "evening,value\n"}, "allocation"),
        ("delete", {"word": "yes"}, "delete"),
        ("delete", {}, "word"),
        ("pool", {"summaries": []}, "summaries"),
        ("evidence_table", {"table": "a,b\n1,2\n"}, "table.csv, columns"),
        ("intake_group", {"table": "name\nx\n"}, "table.csv column"),
        ("evidence", {"trials": {"text": "a,b\n1,2\n"}}, "trials.csv"),
        ("regimen", {"table": "ID,WHEN\n1,2\n"}, "WHEN"),
    ],
)
def test_what_is_wrong_is_told_without_the_server_s_folders(browser, name, document, named):
    found = browser.post(f"/api/{name}", json=document)
    assert found.status_code == 422
    assert named in found.json()["message"]
    assert "/tmp" not in found.json()["message"]


def test_a_name_twice_in_the_query_is_refused(browser, example):
    found = browser.post(
        "/api/plan?budget=1&budget=2",
        content=example.read_bytes(),
        headers={"content-type": "application/toml"},
    )
    assert found.status_code == 422
    assert "once" in found.json()["message"]


def test_options_are_read_as_what_they_are():
    case = CASES["export"]
    found = options_of(case, {"language": "antimony", "days": "3", "events": "false"})
    assert found == {"language": "antimony", "days": 3, "events": False}
    for wrong in ({"days": "0"}, {"days": "x"}, {"events": "1"}, {"language": "c"}):
        with pytest.raises(InvalidInput):
            options_of(case, wrong)


def test_a_table_longer_than_a_field_may_be_is_read():
    rows = "".join(f"{k},40,male,300\n" for k in range(2000))
    document = json.dumps({"table": "person,age,sex,magnesium_mg\n" + rows})
    assert len(read_question(CASES["intake_group"], document.encode()).table) > 10_000
