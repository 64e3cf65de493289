"""REST: the same documents, the same answers and the same errors as Python and the command line."""

import asyncio
import json
from types import SimpleNamespace

import jsonschema
import pytest
from starlette.datastructures import QueryParams
from typer.testing import CliRunner

from somnesium.errors import InvalidInput
from somnesium.person.record import read_intake
from somnesium.person.request import read_request
from somnesium.questions.check import check
from somnesium.questions.forecast.forecast import forecast
from somnesium.questions.intake.intake import intake
from somnesium.surfaces.command.main import app as commands
from somnesium.surfaces.web import api
from somnesium.surfaces.web.cases import CASES

TOML = {"content-type": "application/toml"}
JSON = {"content-type": "application/json"}


def small(path):
    """An example made small enough to be asked in a test."""
    table = read_request(path).model_dump(mode="json", exclude_unset=True)
    return read_request(table | {"people": 8, "days": 35})


def test_check_is_the_same_in_python_command_line_and_rest(browser, example):
    found = browser.post("/api/check", content=example.read_bytes(), headers=TOML)
    told = CliRunner().invoke(commands, ["check", str(example), "--format", "json"]).stdout
    assert found.status_code == 200
    assert found.json() == json.loads(told) == check(read_request(example)).model_dump(mode="json")


def test_intake_is_the_same_in_python_command_line_and_rest(browser, example):
    found = browser.post("/api/intake", content=example.read_bytes(), headers=TOML)
    told = CliRunner().invoke(commands, ["intake", str(example), "--format", "json"]).stdout
    assert found.json() == json.loads(told) == intake(read_intake(example)).model_dump(mode="json")


def test_a_forecast_is_the_same_in_python_and_rest(browser, example):
    request = small(example)
    document = request.model_dump_json(exclude_unset=True)
    found = browser.post("/api/forecast", content=document, headers=JSON)
    refusals = [one.text for one in check(request).refusals]
    if refusals:
        assert found.status_code == 409
        assert found.json()["refusals"] == refusals
        assert found.json()["exit_code"] == 3
    else:
        assert found.status_code == 200
        assert found.json() == forecast(request).model_dump(mode="json")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[1]",
        b'{"person": {"age": "x"}}',
        b"\xff\xfe",
        b'{"persn": {}}',
        b'{"person": {"age": NaN}}',
    ],
)
def test_a_wrong_document_is_refused_in_the_same_words_everywhere(browser, text):
    with pytest.raises(InvalidInput) as refused:
        read_request(text)
    found = browser.post("/api/check", content=text, headers=JSON)
    assert found.status_code == 422
    assert found.json() == {"error": "InvalidInput", "message": str(refused.value), "exit_code": 2}


@pytest.mark.parametrize("text", [b"person = 1", b"#.", b"[person]\nage = 4"])
def test_what_is_said_to_be_json_is_json(browser, text):
    found = browser.post("/api/check", content=text, headers=JSON)
    assert found.status_code == 422
    assert "JSON" in found.json()["message"]
    assert "JSON" not in browser.post("/api/check", content=text, headers=TOML).json()["message"]


def test_an_unknown_use_case_names_the_known_ones(browser):
    found = browser.post("/api/forcast", content=b"{}", headers=JSON)
    assert found.status_code == 404
    assert all(name in found.json()["message"] for name in CASES)


def test_a_document_must_say_that_it_is_one(browser):
    found = browser.post("/api/check", content=b"{}", headers={"content-type": "text/plain"})
    assert found.status_code == 422
    assert "application/json" in found.json()["message"]


@pytest.mark.parametrize(("query", "named"), [("budgt=3", "budget"), ("budget=cheap", "budget")])
def test_a_wrong_query_is_refused_with_what_is_allowed(browser, example, query, named):
    found = browser.post(f"/api/plan?{query}", content=example.read_bytes(), headers=TOML)
    assert found.status_code == 422
    assert named in found.json()["message"]


def test_evidence_is_the_library_s(browser):
    from somnesium.questions.evidence.evidence import evidence

    found = browser.post("/api/evidence", json={"endpoints": ["isi"], "method": "DL"})
    assert found.json() == evidence(["isi"], method="DL").model_dump(mode="json")
    wrong = browser.post("/api/evidence", json={"endpoints": ["issi"]})
    assert wrong.status_code == 422
    assert "isi" in wrong.json()["message"]


def test_foods_are_found(browser):
    found = browser.get("/api/foods", params={"text": "pumpkin seeds", "limit": "3"}).json()
    assert len(found) == 3
    assert any(food["ndb_no"] == "12014" for food in found)
    for query in ({"text": "oats", "limit": "x"}, {}):
        wrong = browser.get("/api/foods", params=query)
        assert wrong.status_code == 422
        assert wrong.json()["error"] == "InvalidInput"


def test_the_schema_of_a_request_is_the_published_one(browser):
    from somnesium.surfaces.schemas import schema_text

    assert browser.get("/api/schema/request").json() == json.loads(schema_text("request"))


def test_openapi_describes_every_use_case_and_its_schemas_resolve(browser, example):
    found = browser.get("/api/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    for name, case in CASES.items():
        assert found["paths"][f"/api/{name}"]["post"]["summary"] == case.about
        as_json = case.media == "application/json"
        assert (f"/api/{name}/jobs" in found["paths"]) == as_json
    named = set(found["components"]["schemas"])
    text = json.dumps(found)
    used = {one.split('"')[0] for one in text.split("#/components/schemas/")[1:]}
    assert used <= named
    asked = found["paths"]["/api/check"]["post"]["requestBody"]["content"]["application/json"]
    document = read_request(example).model_dump(mode="json", exclude_unset=True)
    jsonschema.validate(document, {**asked["schema"], "components": found["components"]})


def test_a_long_question_hands_over_its_job(browser, monkeypatch):
    monkeypatch.setattr(api, "_PATIENCE", 0.0)
    found = browser.post("/api/attribute", json={"people": 100_000})
    assert found.status_code == 202
    assert found.headers["location"] == f"/api/jobs/{found.json()['id']}"
    assert browser.delete(found.headers["location"]).json()["state"] == "cancelled"


def test_who_goes_away_ends_what_was_asked(browser):
    async def gone():
        return True

    left = SimpleNamespace(app=browser.app, query_params=QueryParams(""), is_disconnected=gone)
    found = asyncio.run(api._patiently(left, "attribute", b'{"people": 100000}'))
    assert found.status_code == 202
    assert json.loads(found.body)["state"] == "cancelled"


def test_who_must_wait_is_told_for_how_long(browser, monkeypatch):
    monkeypatch.setattr(browser.app.state.jobs, "_most", 0)
    for path in ("/api/evidence/jobs", "/api/claims"):
        found = browser.post(path, json={})
        assert found.status_code == 429
        assert int(found.headers["retry-after"]) > 0


def test_what_only_the_job_finds_wrong_has_its_status(browser, monkeypatch):
    monkeypatch.setattr(api, "_PATIENCE", 120.0)
    found = browser.post("/api/claims", json={"names": ["C99"]})
    assert found.status_code == 422
    assert "C01 to C32" in found.json()["message"]


def test_forms_are_told(browser):
    found = browser.get("/api/forms", params={"text": "citrate"}).json()
    told = CliRunner().invoke(commands, ["forms", "citrate", "--format", "json"]).stdout
    assert found == json.loads(told)
