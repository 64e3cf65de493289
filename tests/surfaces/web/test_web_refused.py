"""Someone of 74 with an eGFR of 32 and 1,000 mg at night is refused at every door, in every way."""

import json
import time
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

import somnesium
from somnesium.answers.selftrial.design.question import DesignQuestion
from somnesium.errors import UnsafePlan
from somnesium.person.record import IntakeQuestion
from somnesium.questions.events import table_of_request
from somnesium.questions.experiment.design import design, tried_plan
from somnesium.questions.export import export_model
from somnesium.questions.forecast.forecast import forecast, simulate
from somnesium.questions.intake.intake import intake
from somnesium.questions.plan import plan
from somnesium.questions.report.report import report
from somnesium.questions.risk.risk import risk
from somnesium.questions.share import ShareQuestion, share
from somnesium.surfaces.command.main import app
from somnesium.surfaces.web.cases import CASES
from test_gate import DANGEROUS

DOCUMENT = DANGEROUS.model_dump(mode="json", exclude_unset=True)


def _asked(model, **more):
    return model.model_validate_json(json.dumps(DOCUMENT | more))


def _share(format):
    question = ShareQuestion.model_validate_json(
        json.dumps({"format": format, "request": DOCUMENT})
    )
    return share(None, question, datetime(2026, 3, 1, 12, tzinfo=UTC))


ACTS = {
    "forecast": lambda: forecast(DANGEROUS),
    "simulate": lambda: simulate(
        DANGEROUS.person, DANGEROUS.habits, DANGEROUS.diet, DANGEROUS.regimen
    ),
    "design": lambda: design(_asked(DesignQuestion)),
    "begin": lambda: tried_plan(_asked(DesignQuestion)),
    "export": lambda: export_model(DANGEROUS, "sbml"),
    "events": lambda: table_of_request(DANGEROUS),
    "calendar": lambda: _share("ics"),
    "bundle": lambda: _share("fhir"),
    "checked_plan": lambda: somnesium.checked_plan(DANGEROUS),
}
"""What would act on the plan."""

TELLS = {
    "check": lambda: somnesium.check(DANGEROUS),
    "intake": lambda: intake(_asked(IntakeQuestion)),
    "risk": lambda: risk(DANGEROUS),
    "plan": lambda: plan(DANGEROUS),
    "report": lambda: report(DANGEROUS, DANGEROUS.start).check,
}
"""What says something all the same, the refusal first."""


@pytest.mark.parametrize("door", ACTS)
def test_python_raises(door):
    with pytest.raises(UnsafePlan, match=r"far too high|kidney"):
        ACTS[door]()


@pytest.mark.parametrize("door", TELLS)
def test_python_tells_the_refusal_and_nothing_of_the_plan(door):
    answer = TELLS[door]()
    assert answer.refusals
    if door == "risk":
        assert answer.serum_on_plan is None
        assert all(status.on_plan is None for status in answer.status)
    if door == "plan":
        assert answer.best == "see someone first"
        assert not [option for option in answer.options if option.kind == "magnesium"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["forecast"],
        ["risk"],
        ["intake"],
        ["plan"],
        ["design"],
        ["design", "--begin", "--anyway"],
        ["events"],
        ["export", "sbml"],
        ["share", "--as", "ics", "--output", "plan.ics"],
        ["share", "--as", "fhir", "--output", "plan.json"],
        ["report", "--output", "report.pdf"],
    ],
    ids=" ".join,
)
def test_the_command_line_exits_with_3(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOMNESIUM_STORE", str(tmp_path / "store.sqlite"))
    document = tmp_path / "document.json"
    document.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    before = [arguments[0], *(arguments[1:2] if arguments[0] == "export" else [])]
    rest = arguments[len(before) :]
    done = CliRunner().invoke(app, [*before, str(document), *rest])
    code = getattr(done.exception, "exit_code", None) or done.exit_code
    assert code == 3
    left = {path.name for path in tmp_path.iterdir()} - {"document.json", "store.sqlite"}
    assert left <= ({"report.pdf"} if arguments[0] == "report" else set())


REFUSES_WITH_409 = ("forecast", "events", "export", "design", "begin")


@pytest.mark.parametrize("name", [name for name in CASES if name in REFUSES_WITH_409])
def test_rest_answers_409(name, browser):
    options = "?language=sbml" if name == "export" else "?anyway=true" if name == "begin" else ""
    found = browser.post(f"/api/{name}{options}", json=DOCUMENT)
    assert found.status_code == 409
    assert found.json()["refusals"]


@pytest.mark.parametrize("format", ["ics", "fhir"])
def test_rest_shares_no_refused_plan(format, browser):
    found = browser.post(f"/api/share?as={format}", json={"request": DOCUMENT})
    assert found.status_code == 409
    assert found.json()["refusals"]


def test_a_report_over_rest_says_that_the_plan_is_refused(browser):
    found = browser.post("/api/report?format=json", json=DOCUMENT).json()
    assert found["check"]["refusals"]
    assert (found["forecast"], found["no_forecast"]) == (None, "refused")


@pytest.mark.parametrize("path", ["/forecast", "/forecast/quick", "/forecast/whole"])
def test_the_page_of_a_forecast_shows_the_refusal(path, browser):
    put = browser.tell("/me/document", file=json.dumps(DOCUMENT))
    assert put.status_code < 400
    assert "far too high" in browser.tell(path).text


@pytest.mark.parametrize("name", ["check", "intake", "risk", "plan"])
def test_rest_tells_the_refusal(name, browser):
    found = browser.post(f"/api/{name}", json=DOCUMENT)
    if found.status_code == 202:  # a job, since it is long
        place = found.headers["location"]
        while browser.get(place).json()["state"] in ("waiting", "running"):
            time.sleep(0.2)
        found = browser.get(f"{place}/answer")
    assert found.status_code == 200
    assert found.json()["refusals"]
