"""Take it with me: the page, its file, and the same file by REST."""

import io
import json
import zipfile
from datetime import UTC, date, datetime

import pytest

pytest.importorskip("fastapi")
from reading import grade
from somnesium.questions.nights.diary import Morning, record
from somnesium.questions.share import ShareDetails
from somnesium.store.open import opened
from somnesium.surfaces.web.share_pages import OPERATIONS

NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def recorded(known):
    """Someone with two diary nights; the clock stands still."""
    known.app.state.now = lambda: NOW
    with opened(known.app.state.settings.store) as store:
        for day in (3, 4):
            morning = Morning(
                day=date(2026, 3, day),
                zone="Europe/Berlin",
                bed="23:00",
                rise="07:00",
                latency=15,
                awake=10,
                note="my secret",
            )
            record(store, morning, NOW)
    return known


def test_the_page_offers_every_format_and_works_without_scripts(recorded):
    text = recorded.get("/nights/share").text
    for format in ("csv", "parquet", "fhir", "open-mhealth", "ics"):
        assert f'name="as" value="{format}"' in text
    assert 'method="post" action="/nights/share"' in text
    assert "hx-" not in text.split("<main")[1].split("</main>")[0]


def test_a_calendar_is_offered_only_to_who_has_told_of_themselves(browser):
    assert 'value="ics"' not in browser.get("/nights/share").text


@pytest.mark.parametrize(
    ("format", "kind", "file"),
    [
        ("csv", "application/zip", "somnesium-csv.zip"),
        ("parquet", "application/zip", "somnesium-parquet.zip"),
        ("fhir", "application/fhir+json", "somnesium-fhir.json"),
        ("open-mhealth", "application/json", "somnesium-open-mhealth.json"),
        ("ics", "text/calendar; charset=utf-8", "somnesium-plan.ics"),
    ],
)
def test_a_file_comes_as_a_download_and_is_that_of_the_api(recorded, format, kind, file):
    got = recorded.tell("/nights/share", **{"as": format})
    assert got.status_code == 200, got.text
    assert got.headers["content-type"] == kind
    assert got.headers["content-disposition"] == f'attachment; filename="{file}"'
    assert b"my secret" not in got.content
    request = recorded.get("/me/document.json").json() if format == "ics" else None
    body = {"request": request} if request else {}
    again = recorded.post(f"/api/share?as={format}", json=body)
    assert again.content == got.content


def test_a_bundle_holds_the_document_only_if_wanted(recorded):
    def kinds(**fields):
        found = recorded.tell("/nights/share", **{"as": "fhir"}, **fields).json()
        return [one["resource"]["resourceType"] for one in found["entry"]], found

    alone, _ = kinds()
    assert alone.count("Observation") == 2
    whole, found = kinds(**{"with": "1", "name": "A. B.", "born": "1980"})
    assert whole.count("Observation") > 2
    patient = found["entry"][0]["resource"]
    assert (patient["birthDate"], patient["name"]) == ("1980", [{"text": "A. B."}])


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"as": "csv", "first": "2026-03-09", "last": "2026-03-01"}, "last:"),
        ({"as": "csv", "first": "2027-01-01"}, "import or record nights first"),
        ({"as": "fhir", "born": "eighty"}, "born:"),
        ({"as": "docx"}, "format:"),
    ],
)
def test_what_is_wrong_is_said_above_the_form_as_it_was_filled_in(recorded, fields, words):
    got = recorded.tell("/nights/share", **fields)
    assert got.status_code == 422
    assert words in got.text
    assert 'role="alert"' in got.text
    for name in ("first", "born"):
        if name in fields:
            assert f'value="{fields[name]}"' in got.text


def test_a_form_that_is_not_ours_is_refused(recorded):
    got = recorded.post("/nights/share", data={"as": "csv"}, follow_redirects=False)
    assert got.status_code == 403


def test_the_api_needs_no_body(recorded):
    got = recorded.post("/api/share?as=csv")
    assert got.status_code == 200
    with zipfile.ZipFile(io.BytesIO(got.content)) as archive:
        assert "datapackage.json" in archive.namelist()


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("/api/share", b"", "application/json"),
        ("/api/share?as=csv&as=fhir", b"", "application/json"),
        ("/api/share?as=csv&name=x", b"", "application/json"),
        ("/api/share?as=word", b"", "application/json"),
        ("/api/share?as=csv", b"first = 2026-03-01", "text/plain"),
        ("/api/share?as=csv", b'{"format": "fhir"}', "application/json"),
        ("/api/share?as=csv", b'{"first": "yesterday"}', "application/json"),
        ("/api/share?as=ics", b"", "application/json"),
    ],
)
def test_the_api_refuses_in_the_words_of_the_library(recorded, path, body, kind):
    got = recorded.post(path, content=body, headers={"content-type": kind})
    assert got.status_code == 422, got.text
    assert got.json()["error"] == "InvalidInput"
    assert "; " in got.json()["message"]


def test_a_refused_plan_makes_no_calendar(recorded):
    document = recorded.get("/me/document.json").json()
    document["person"]["egfr"] = 12
    plan = {"form": "citrate", "magnesium_mg": 300, "mass_is": "elemental", "times": ["21:30"]}
    document["regimen"] = {"intakes": [plan]}
    got = recorded.post("/api/share?as=ics", json={"request": document})
    assert got.status_code == 409
    assert got.json()["refusals"]


def test_openapi_tells_of_the_document_as_it_is():
    said = OPERATIONS["/api/share"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    fields = ShareDetails.model_json_schema()["properties"]
    assert set(said["properties"]) == set(fields)
    for name, one in fields.items():
        told = json.dumps(said["properties"][name])
        for bound in ("minimum", "maximum", "maxLength"):
            for part in (one, *one.get("anyOf", ())):
                if bound in part:
                    assert f'"{bound}": {part[bound]}' in told


def test_the_page_is_easy_to_read(recorded):
    import re

    text = recorded.get("/nights/share").text.split("<main")[1].split("</main>")[0]
    found = re.findall(r'<p class="(?:lead|fine)">(.*?)</p>', text)
    assert len(found) == 4
    assert grade(" ".join(found)) <= 9.0
