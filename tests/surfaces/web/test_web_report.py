"""The reports in the web app: the button, the pages, and REST."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest

from somnesium.person.document import read_document
from somnesium.person.request import read_request
from somnesium.questions.report.report import ReportAnswer, report
from somnesium.questions.report.stored import stored_for_report

pytest.importorskip("typst")
pypdf = pytest.importorskip("pypdf")

JSON = {"content-type": "application/json"}
EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture(autouse=True)
def few():
    """Fewer virtual people behind the question whether magnesium is low."""
    sizes = {"_PEOPLE": 24, "_DOUBTS": 4, "_FACTOR_PEOPLE": 8, "_FACTOR_DOUBTS": 4}
    with patch.multiple("somnesium.questions.risk.risk", **sizes):
        yield


@pytest.fixture
def at_noon(browser):
    """A clock that stands still."""
    browser.app.state.now = lambda: datetime(2026, 11, 21, 12, tzinfo=UTC)
    return browser


def document(name="stressed_45"):
    table = read_request(EXAMPLES / f"{name}.toml").model_dump(mode="json", exclude_unset=True)
    return table | {"people": 8, "days": 35}


def pages(found):
    assert found.headers["content-type"] == "application/pdf"
    return pypdf.PdfReader(io.BytesIO(found.content)).pages


def text(found):
    return " ".join(" ".join(page.extract_text() for page in pages(found)).split())


def kept(browser, monkeypatch):
    """A store with an experiment that is over."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "app"))
    from kept_experiment import begun, lived

    from somnesium.store.open import opened

    with opened(browser.app.state.settings.store) as store:
        _, dealt = begun(store)
        lived(store, dealt)


def test_the_button_gives_two_pages_of_the_document(at_noon):
    at_noon.tell("/me/document", example="kidney_egfr25")
    assert 'action="/report"' in at_noon.get("/plan").text
    judged = at_noon.tell(
        "/safe",
        form0="bisglycinate",
        mg0="200",
        mass_is0="elemental",
        time0="21:30",
        medicines="furosemide",
    )
    assert 'action="/report"' in judged.text
    found = at_noon.tell("/report", plan="1", nights="1")
    assert found.status_code == 200
    assert 'filename="report_2026-11-21.pdf"' in found.headers["content-disposition"]
    assert len(pages(found)) == 2
    assert "refuse this plan" in text(found)


def test_a_form_of_another_site_makes_no_report(at_noon):
    at_noon.tell("/me/document", example="kidney_egfr25")
    assert at_noon.post("/report", data={"token": "x"}).status_code == 403


def test_without_a_person_the_report_leads_to_the_start(browser):
    for found in (browser.tell("/report"), browser.get("/report", follow_redirects=False)):
        assert (found.status_code, found.headers["location"]) == (303, "/")


def test_the_page_says_what_is_in_it_and_offers_finished_experiments(at_noon, monkeypatch):
    at_noon.tell("/me/document", example="kidney_egfr25")
    shown = at_noon.get("/report").text
    assert "what is asked of them" in shown
    assert "/report/cent" not in shown
    assert at_noon.tell("/report/cent", experiment="1").status_code == 422
    kept(at_noon, monkeypatch)
    assert "1: Anna" in at_noon.get("/report").text
    found = at_noon.tell("/report/cent", experiment="1")
    assert "Report by CENT 2015" in text(found)
    assert at_noon.tell("/report/cent", experiment="2").status_code == 422


def test_an_experiment_that_still_runs_has_no_report(browser, monkeypatch):
    browser.app.state.now = lambda: datetime(2026, 3, 9, 12, tzinfo=UTC)
    browser.tell("/me/document", example="kidney_egfr25")
    kept(browser, monkeypatch)
    assert "/report/cent" not in browser.get("/report").text
    assert browser.tell("/report/cent", experiment="1").status_code == 422


def test_rest_gives_the_same_as_python_and_the_pdf_of_it(at_noon, monkeypatch):
    from somnesium.store.open import opened
    from somnesium.surfaces.paper.pdf import report_pdf

    kept(at_noon, monkeypatch)
    asked = document()
    told = at_noon.post("/api/report?format=json", json=asked)
    answer = read_document(told.content, ReportAnswer)
    now = at_noon.app.state.now()
    with opened(at_noon.app.state.settings.store) as store:
        stored = stored_for_report(store, now, asked["habits"]["time_zone"])
    mine = report(read_request(asked), now.date(), stored)
    looks = {"experiment": {"analysis": {"looks"}}}  # one more is written down each time
    assert answer.model_dump(exclude=looks) == mine.model_dump(exclude=looks)
    assert answer.nights is not None
    sent = at_noon.post("/api/report", content=json.dumps(asked), headers=JSON)
    assert sent.content == report_pdf(answer)


def test_rest_leaves_out_what_is_not_wanted(at_noon, monkeypatch):
    kept(at_noon, monkeypatch)
    query = {"format": "json", "plan": "false", "nights": "false"}
    found = at_noon.post("/api/report", params=query, json=document()).json()
    assert (found["no_forecast"], found["nights"], found["experiment"]) == ("not asked", None, None)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("format=doc", "pdf or json"),
        ("pages=3", "format, plan, nights"),
        ("format=pdf&format=json", "each once"),
    ],
)
def test_a_wrong_query_or_document_is_refused(at_noon, query, named):
    found = at_noon.post(f"/api/report?{query}", json=document())
    assert found.status_code == 422
    assert named in found.json()["message"]
    assert at_noon.post("/api/report", json={"persn": 1}).status_code == 422
    plain = at_noon.post("/api/report", content=b"{}", headers={"content-type": "text/plain"})
    assert plain.status_code == 422


def test_openapi_tells_of_it(browser):
    found = browser.get("/api/openapi.json").json()
    told = found["paths"]["/api/report"]["post"]
    assert set(told["responses"]["200"]["content"]) == {"application/pdf", "application/json"}
    assert "Request" in found["components"]["schemas"]
