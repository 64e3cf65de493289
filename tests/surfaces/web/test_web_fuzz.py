"""Anything may be sent to the API: it answers as OpenAPI says, and never with a surprise.

Jobs are taken but not run here, so that only what the server says is tried, thousands of times.
`python -m pytest -m slow tests/surfaces/web/test_web_fuzz.py` also lets schemathesis try.
"""

import copy
import json
from urllib.parse import quote

import jsonschema
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from somnesium.person.request import read_request
from somnesium.sources import example_path
from somnesium.surfaces.web import api
from somnesium.surfaces.web.app import create_app
from somnesium.surfaces.web.cases import CASES
from somnesium.surfaces.web.jobs import Jobs
from somnesium.surfaces.web.security import Rate, Rates, Settings

PERSON = read_request(example_path("stressed_45")).model_dump(mode="json", exclude_unset=True)
ARM = {"name": "magnesium", "regimen": PERSON["regimen"]}
TRIAL = {
    "arms": [ARM, {"name": "placebo"}],
    "endpoints": [{"measure": "sol", "instrument": "diary"}],
}
CARRIED = {"first_evening": "2026-01-05", "period_nights": 3, "order": "ABBA", "plan_letter": "A"}
CARRIED_OUT = {"nights": "evening,value\n2026-01-05,20\n", "allocation": CARRIED}
SUMMARY = {"measure": "latency", "effect": -3.0, "error": 2.0}
DOCUMENTS = {
    **dict.fromkeys(("check", "risk", "forecast", "plan"), PERSON),
    "intake": {name: PERSON[name] for name in ("person", "diet")},
    "intake_group": {"table": "person,age,sex,magnesium_mg\na,40,male,300\n"},
    "regimen": {"table": "ID,TIME,AMT,CMT\n1,21,10,gut\n"},
    "population": {
        "population": {"people": 8, "filters": {"age": [20, 60]}},
        "regimen": PERSON["regimen"],
    },
    "population_person": {"population": {"people": 8}},
    "trial": TRIAL,
    "trial_published": {"names": [], "replicates": 2},
    "attribute": {"people": 40},
    "claims": {"names": ["C01"]},
    "evidence": {"endpoints": ["isi"], "trials": {"text": "a,b\n", "format": "csv"}},
    "evidence_table": {"table": "study,yi,vi\na,1,1\n", "sd": 1.0},
    "qualify": {"ids": ["B1"]},
    "predicted": {"seed": 1},
    "calibrate": {"points": 64, "people": 8},
    "record": {
        "day": "2026-03-03",
        "zone": "Europe/Berlin",
        "bed": "23:10",
        "rise": "06:50",
        "latency": 25,
        "awake": 12,
        "dose": {"taken": True, "at": "21:00"},
    },
    **dict.fromkeys(("design", "begin"), PERSON | {"trial": {"measure": "latency"}}),
    "unseal": {"experiment": 1, "reason": "why"},
    "analyse": CARRIED_OUT,
    "cent": CARRIED_OUT,
    "trial_summary": CARRIED_OUT,
    "pool": {"summaries": [SUMMARY, SUMMARY]},
    "delete": {"word": "delete"},
}
"""A good document of every use case that can be a job."""


class Still(Jobs):
    """Jobs that are taken and never run."""

    def _run(self, job, question):
        del job, question


def app_of(folder):
    free = Rates(Rate(10**9, 1e9), Rate(10**9, 1e9))
    store, names = str(folder / "s.sqlite3"), frozenset({"localhost", "testserver"})
    found = create_app(Settings(secret=b"s", names=names, store=store, rates=free))
    found.state.jobs = Still(waiting=10**9)
    return found


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    found = app_of(tmp_path_factory.mktemp("fuzz"))
    yield found
    found.state.jobs.close()


@pytest.fixture(scope="module")
def client(app):
    return TestClient(app, base_url="http://127.0.0.1:8400")


class Described:
    """What OpenAPI says of the API."""

    def __init__(self, text):
        self.document = json.loads(text)

    def holds(self, path, method, found):
        """An answer must be one of those told of, in status, kind and form."""
        told = self.document["paths"][path][method]["responses"]
        assert str(found.status_code) in told, (found.status_code, found.text)
        media = found.headers["content-type"].partition(";")[0]
        schema = told[str(found.status_code)]["content"][media]["schema"]
        components = {"components": self.document["components"]}
        jsonschema.validate(found.json(), {**schema, **components})


@pytest.fixture(scope="module")
def described(client):
    return Described(client.get("/api/openapi.json").text)


def places(value, path=()):
    """Every place in a document."""
    yield path
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(one, (*path, key))


def changed(document, path, value):
    """A document with something else in one place."""
    if not path:
        return value
    found = copy.deepcopy(document)
    inner = found
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return found


ATOMS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["/etc/passwd", "../x.toml", "NaN", "1e999", "C:\\x", "\x00", "25:61"])
)
VALUES = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=6,
)


def test_every_case_that_can_be_a_job_has_a_good_document(client, described):
    assert set(DOCUMENTS) == {n for n, one in CASES.items() if one.media == "application/json"}
    for name, document in DOCUMENTS.items():
        found = client.post(f"/api/{name}/jobs", json=document)
        assert found.status_code == 202, (name, found.text)
        described.holds(f"/api/{name}/jobs", "post", found)


@pytest.mark.parametrize("name", DOCUMENTS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_document_with_anything_in_any_place_is_taken_or_refused(client, described, name, data):
    document = DOCUMENTS[name]
    place = data.draw(st.sampled_from(list(places(document))))
    sent = json.dumps(changed(document, place, data.draw(VALUES)))
    headers = {"content-type": "application/json"}
    found = client.post(f"/api/{name}/jobs", content=sent, headers=headers)
    assert found.status_code in (202, 422), found.text
    described.holds(f"/api/{name}/jobs", "post", found)


@settings(max_examples=60, deadline=None)
@given(
    text=st.binary(max_size=60),
    query=st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=2),
)
def test_any_bytes_and_any_query_are_refused_in_words(client, described, text, query):
    for name in ("check", "evidence", "delete"):
        found = client.post(
            f"/api/{name}", content=text, params=query, headers={"content-type": "application/json"}
        )
        if name == "evidence" and found.status_code == 200:
            continue
        assert found.status_code == 422, found.text
        described.holds(f"/api/{name}", "post", found)


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=40))
def test_any_address_is_answered(client, described, text):
    for path, params in (("/api/foods", {"text": text}), ("/api/forms", {"text": text})):
        described.holds(path, "get", client.get(path, params=params))
    limited = client.get("/api/foods", params={"text": "oats", "limit": text})
    described.holds("/api/foods", "get", limited)
    for path in ("/api/jobs/{}", "/api/jobs/{}/answer", "/api/schema/{}", "/api/{}"):
        found = client.get(path.format(quote(text, safe="")))
        assert found.status_code in (200, 404, 405, 422), (path, text)


@pytest.mark.slow
def test_schemathesis_finds_nothing(app, monkeypatch):
    schemathesis = pytest.importorskip("schemathesis")
    from schemathesis.checks import CHECKS

    monkeypatch.setattr(api, "_PATIENCE", 0.0)
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    # A schema cannot say all that is refused, such as clock times that a night cannot have.
    wanted = [one for one in CHECKS.get_all() if one.__name__ != "positive_data_acceptance"]
    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path == "/api/import":  # it waits for a job, and jobs are not run here
            continue

        @settings(
            max_examples=5, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(case=operation.as_strategy())
        def ask(case):
            nonlocal tried
            tried += 1
            case.call_and_validate(checks=wanted, timeout=60)

        ask()
    assert tried > 100
