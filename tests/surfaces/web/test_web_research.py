"""For researchers: forms and documents become jobs; their answers are shown and taken away."""

import io
import json
import re
import time

import pyarrow.parquet as pq
import pytest

from somnesium.answers.trial.design import Trial
from somnesium.person.document import read_document
from somnesium.questions.attribution.attribution import attribute
from somnesium.questions.trial.trial import trial
from somnesium.surfaces.web.cases import CASES, read_question
from somnesium.surfaces.web.research_forms import KINDS, document_of

LIVE = {"hx-request": "true"}
SMALL = {
    "population": {"people": "40", "days": "7", "dose": "250"},
    "trial": {"people": "12", "weeks": "2", "replicates": "4"},
    "attribution": {"people": "40"},
}


def finished(browser, place):
    """The part of a page once its job is over; waits at most two minutes."""
    for _ in range(600):
        text = browser.get(place, headers=LIVE).text
        if "data-events" not in text:
            return text
        time.sleep(0.2)
    raise AssertionError("the job did not end")


@pytest.mark.parametrize("name", KINDS)
def test_a_form_as_it_stands_is_a_document_of_its_case(browser, name):
    text = browser.get(f"/research/{name}").text
    assert f"<h1>{KINDS[name].title}</h1>" in text
    document, asked = document_of(name, KINDS[name].first)
    assert read_question(CASES[KINDS[name].case], document)
    assert set(asked) <= set(KINDS[name].options)
    for field, value in KINDS[name].first.items():
        assert re.search(rf'name="{field}"', text), field
        assert value == "" or f'value="{value}"' in text


@pytest.mark.parametrize("name", KINDS)
def test_a_question_is_asked_watched_answered_and_found_again(browser, name):
    begun = browser.tell(f"/research/{name}", **{**KINDS[name].first, **SMALL[name]})
    assert begun.status_code == 303
    place = begun.headers["location"]
    first = browser.get(place).text
    assert "<progress" in first
    assert f'data-events="/api{place.removeprefix("/research")}/events"' in first
    told = finished(browser, place)
    assert "<svg" in told
    assert "/answer" in told
    assert "Know before" in told
    assert place in browser.get("/research").text
    answer = browser.get(f"/api{place.removeprefix('/research')}/answer").json()
    line = answer["headline"] if name == "attribution" else (answer.get("summary") or [""])[0]
    assert line.split("’")[0][:30] in told.replace("&#39;", "'")


def test_the_numbers_of_the_page_are_the_library_s(browser):
    begun = browser.tell("/research/attribution", people="40", seed="3")
    place = begun.headers["location"]
    told = finished(browser, place)
    assert attribute(40, 3).headline in told.replace("&#39;", "'")


def test_the_parquet_files_of_a_population_can_be_taken(browser):
    fields = {**KINDS["population"].first, **SMALL["population"], "dose": ""}
    place = browser.tell("/research/population", **fields).headers["location"]
    told = finished(browser, place)
    links = re.findall(r'href="(/api/jobs/\w+/files/nights/[^"]+)"', told)
    assert links
    nights = [pq.read_table(io.BytesIO(browser.get(one).content)) for one in links]
    assert len({person for table in nights for person in table["person"].to_pylist()}) == 40
    stem = links[0].rpartition("/files/")[0]
    for outside in ("../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "/etc/passwd", ".lock", ""):
        assert browser.get(f"{stem}/files/{outside}").status_code == 404


def test_a_document_of_the_command_line_is_taken(browser):
    table = {
        "people": 12,
        "weeks": 2,
        "arms": [
            {
                "name": "a",
                "regimen": {
                    "intakes": [
                        {
                            "form": "citrate",
                            "magnesium_mg": 200,
                            "mass_is": "elemental",
                            "times": ["21:00"],
                        }
                    ]
                },
            },
            {"name": "b"},
        ],
        "endpoints": [{"measure": "sol", "instrument": "diary"}],
    }
    data = {"token": browser.token(), "replicates": "4"}
    files = {"file": ("trial.json", json.dumps(table).encode())}
    begun = browser.post("/research/trial", data=data, files=files, follow_redirects=False)
    told = finished(browser, begun.headers["location"])
    expected = trial(read_document(table, Trial), 4)
    assert expected.summary[0] in told.replace("&#39;", "'")


@pytest.mark.parametrize(
    ("name", "fields", "said"),
    [
        ("population", {"people": "many"}, "people"),
        ("population", {"people": "30000"}, "20000"),
        ("population", {"youngest": "90", "oldest": "20"}, "upside down"),
        ("trial", {"dose": ""}, "dose"),
        ("trial", {"dose": "-3"}, "magnesium_mg"),
        ("trial", {"replicates": "none"}, "replicates"),
        ("attribution", {"people": "3"}, "people"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_is_kept(browser, name, fields, said):
    found = browser.tell(f"/research/{name}", **{**KINDS[name].first, **fields})
    assert found.status_code == 422
    assert said in found.text
    for value in fields.values():
        assert f'value="{value}"' in found.text


def test_a_job_is_ended(browser):
    fields = {**KINDS["attribution"].first, "people": "100000"}
    place = browser.tell("/research/attribution", **fields).headers["location"]
    assert browser.tell(f"{place}/cancel").headers["location"] == place
    assert "Stopped" in finished(browser, place)


def test_a_plan_unsafe_for_anyone_is_refused(browser):
    fields = {**KINDS["population"].first, **SMALL["population"], "dose": "1900"}
    place = browser.tell("/research/population", **fields).headers["location"]
    assert "Refused for safety" in finished(browser, place)


def test_what_can_be_taken_away_is_there(browser, known):
    text = browser.get("/research").text
    for place in re.findall(r'href="(/[^"#]*)"', text.split("To take away")[1]):
        assert browser.get(place).status_code == 200, place
    model = known.tell("/research/model", language="sbml")
    assert model.status_code == 200
    assert "<sbml" in model.text


def test_what_is_not_there_is_told(browser):
    for place in ("/research/nothing", "/research/jobs/0123"):
        assert browser.get(place).status_code == 404
