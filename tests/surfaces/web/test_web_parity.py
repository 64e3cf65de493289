"""The same numbers in REST, on the command line and in Python, for every use case.

Whatever is asked is asked three times: by a POST, by the command with `--format json`, and of the
library itself. Sizes are small; the numbers are the same to the last bit.
"""

import json
import time
from datetime import date, datetime, timedelta

import pytest
from typer.testing import CliRunner

from ruled import ruled
from somnesium.person.document import read_document
from somnesium.person.request import read_request
from somnesium.sources import example_path
from somnesium.surfaces.command.main import app as commands
from somnesium.surfaces.web.asking import Asked, Place
from somnesium.surfaces.web.cases import ANSWERS, CASES, read_question

JSON = {"content-type": "application/json"}
TRIAL = {
    "people": 12,
    "weeks": 2,
    "seed": 3,
    "arms": [
        {
            "name": "magnesium",
            "regimen": {
                "intakes": [
                    {
                        "form": "citrate",
                        "magnesium_mg": 250,
                        "mass_is": "elemental",
                        "times": ["21:00"],
                    }
                ]
            },
        },
        {"name": "placebo"},
    ],
    "endpoints": [{"measure": "sol", "instrument": "diary"}],
}
MORNING = {
    "day": "2026-03-03",
    "zone": "Europe/Berlin",
    "bed": "23:10",
    "rise": "06:50",
    "latency": 25,
    "awake": 12,
    "sleepiness": 4,
    "dose": {"taken": True, "at": "21:00"},
}
STUDIES = "study,yi,vi\none,-0.3,0.04\ntwo,-0.1,0.09\nthree,-0.6,0.05\n"
EATERS = "person,age,sex,magnesium_mg\n" + "".join(
    f"{k},{20 + k},{'female' if k % 2 else 'male'},{200 + 9 * k}\n" for k in range(40)
)


def by_command(tmp_path, name, *args):
    """What the command says as JSON; `--store` is the test's where the command takes one."""
    found = CliRunner().invoke(commands, [name, *args])
    assert found.exit_code in (0, 3, 6), found.output
    return json.loads(found.stdout)


def by_rest(client, name, document, **query):
    """The answer of a POST; of its job, if it takes long."""
    found = client.post(f"/api/{name}", json=document, params=query)
    if found.status_code == 202:
        place = found.headers["location"]
        while client.get(place).json()["state"] in ("waiting", "running"):
            time.sleep(0.2)
        found = client.get(f"{place}/answer")
    assert found.status_code == 200, found.text
    return found.json()


def in_python(client, name, document, **options):
    """The library's own answer, at the server's time and in its store."""
    question = read_question(CASES[name], json.dumps(document).encode())
    place = Place(client.app.state.settings.store, client.app.state.now())
    return json.loads(
        ANSWERS[name](Asked(question, options, place, lambda _d, _t: None)).model_dump_json()
    )


def file_of(tmp_path, document):
    path = tmp_path / "document.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


def small(path, **changed):
    """An example made small enough to be asked in a test."""
    table = read_request(path).model_dump(mode="json", exclude_unset=True)
    return table | {"people": 8, "days": 35} | changed


@pytest.mark.parametrize(
    "name", ["check", "forecast", pytest.param("risk", marks=pytest.mark.slow)]
)
def test_a_person_s_questions_are_the_same_for_every_example(browser, tmp_path, example, name):
    document = small(example)
    question = read_request(document)
    refused = ruled(question.person, question.regimen, first_weekday=question.start.weekday())
    if name == "forecast" and refused.refusals:
        pytest.skip("refused for safety: test_web_api.py holds that the words are the same")
    own = in_python(browser, name, document)
    assert by_rest(browser, name, document) == own
    assert by_command(tmp_path, name, file_of(tmp_path, document), "--format", "json") == own


def test_intake_is_the_same_for_every_example(browser, tmp_path, example):
    document = {**small(example)}
    own = in_python(browser, "intake", document)
    assert by_rest(browser, "intake", document) == own
    assert by_command(tmp_path, "intake", file_of(tmp_path, document), "--format", "json") == own


def test_a_risk_is_the_same(browser, tmp_path):
    document = small(example_path("healthy_30"))
    own = in_python(browser, "risk", document)
    assert by_rest(browser, "risk", document) == own
    assert by_command(tmp_path, "risk", file_of(tmp_path, document), "--format", "json") == own


def test_a_plan_is_the_same(browser, tmp_path):
    document = small(example_path("stressed_45"))
    own = in_python(browser, "plan", document, budget=20.0)
    assert by_rest(browser, "plan", document, budget="20") == own
    told = by_command(
        tmp_path, "plan", file_of(tmp_path, document), "--budget", "20", "--format", "json"
    )
    assert told == own


def test_a_trial_is_the_same(browser, tmp_path):
    own = in_python(browser, "trial", TRIAL, replicates=4)
    assert by_rest(browser, "trial", TRIAL, replicates="4") == own
    told = by_command(
        tmp_path, "trial", file_of(tmp_path, TRIAL), "--replicates", "4", "--format", "json"
    )
    assert told == own


@pytest.mark.slow
def test_attribution_is_the_same(browser, tmp_path):
    document = {"people": 40, "seed": 2}
    own = in_python(browser, "attribute", document)
    assert by_rest(browser, "attribute", document) == own
    assert (
        by_command(tmp_path, "attribute", "--people", "40", "--seed", "2", "--format", "json")
        == own
    )


def test_a_population_is_the_same(browser, tmp_path):
    document = {"population": {"people": 40, "days": 7, "seed": 5}}
    own = in_python(browser, "population", document)
    assert by_rest(browser, "population", document) == own
    told = by_command(
        tmp_path,
        "population",
        "--people",
        "40",
        "--days",
        "7",
        "--seed",
        "5",
        "--out",
        str(tmp_path / "out"),
        "--format",
        "json",
    )
    assert told == own
    one = by_rest(browser, "population_person", document, person="7")
    assert one == in_python(browser, "population_person", document, person=7)
    assert one == by_command(
        tmp_path, "population", "--people", "40", "--days", "7", "--seed", "5", "--person", "7"
    )


def test_claims_and_benchmarks_are_the_same(browser, tmp_path):
    own = in_python(browser, "claims", {"names": ["C02"], "seed": 1})
    assert by_rest(browser, "claims", {"names": ["C02"]}) == own
    assert by_command(tmp_path, "claims", "C02", "--format", "json") == own
    own = in_python(browser, "qualify", {"ids": ["B1"]})
    assert by_rest(browser, "qualify", {"ids": ["B1"]}) == own
    assert by_command(tmp_path, "qualify", "B1", "--format", "json") == own


def test_evidence_and_tables_are_the_same(browser, tmp_path):
    own = in_python(browser, "evidence", {"endpoints": ["sol"], "method": "DL"})
    assert by_rest(browser, "evidence", {"endpoints": ["sol"], "method": "DL"}) == own
    assert by_command(tmp_path, "evidence", "sol", "--method", "DL", "--format", "json") == own
    path = tmp_path / "studies.csv"
    path.write_text(STUDIES, encoding="utf-8")
    document = {"table": STUDIES, "name": "studies.csv"}
    own = in_python(browser, "evidence_table", document)
    assert by_rest(browser, "evidence_table", document) == own
    assert by_command(tmp_path, "evidence", "--table", str(path), "--format", "json") == own
    path.write_text(EATERS, encoding="utf-8")
    own = in_python(browser, "intake_group", {"table": EATERS, "usual": True})
    assert by_rest(browser, "intake_group", {"table": EATERS, "usual": True}) == own
    assert by_command(tmp_path, "intake", str(path), "--usual", "--format", "json") == own


def test_models_and_tables_of_doses_are_the_same(browser, tmp_path):
    document = small(example_path("stressed_45"))
    path = file_of(tmp_path, document)
    for name, args in (("events", ()), ("export", ("antimony",))):
        query = {"language": "antimony"} if name == "export" else {}
        told = CliRunner().invoke(commands, [name, *args, path]).stdout
        assert browser.post(f"/api/{name}", json=document, params=query).text == told
    table = browser.post("/api/events", json=document).text
    regimen = by_rest(browser, "regimen", {"table": table})
    again = browser.post("/api/events", json=document | {"regimen": regimen}).text
    assert again == table


# --- what is kept ---


@pytest.fixture
def kept(browser, tmp_path):
    """A browser whose server believes it is the spring of 2026, and its store."""
    browser.app.state.now = lambda: datetime.fromisoformat("2026-03-03T08:00:00+00:00")
    return browser


def test_a_morning_is_kept_the_same(kept, tmp_path):
    other = str(tmp_path / "other.sqlite3")
    told = by_command(
        tmp_path, "record", file_of(tmp_path, MORNING), "--store", other, "--format", "json"
    )
    assert by_rest(kept, "record", MORNING) == told
    assert in_python(kept, "record", MORNING)["outcome"] == "unchanged"
    wrong = kept.post("/api/record", json=MORNING | {"day": "2026-03-09"})
    assert wrong.status_code == 422


def design_document():
    table = small(example_path("stressed_45"))
    return table | {"start": "2026-04-01", "trial": {"measure": "latency"}}


def test_a_design_is_the_same_and_a_begun_one_is_kept(kept, tmp_path):
    document = design_document()
    own = in_python(kept, "design", document)
    assert by_rest(kept, "design", document) == own
    told = by_command(
        tmp_path,
        "design",
        file_of(tmp_path, document),
        "--store",
        str(tmp_path / "none.sqlite3"),
        "--format",
        "json",
    )
    assert told == own
    begun = by_rest(kept, "begin", document, anyway="true")
    assert begun["experiment"] == 1
    assert len(begun["hash"]) == 64
    letters = by_rest(kept, "unseal", {"experiment": 1, "reason": "a test"})["letters"]
    assert sorted(letters) == ["A", "B"]
    assert not any(f'"{letter}": "{arm}"' in json.dumps(begun) for letter, arm in letters.items())
    assert kept.post("/api/unseal", json={"experiment": 2, "reason": "x"}).status_code == 422
    found = kept.get("/api/data")
    assert found.content.startswith(b"PK")
    assert by_rest(kept, "delete", {"word": "delete"})["deleted"]["experiments"] == 1
    assert kept.get("/api/data").status_code == 404


def test_the_verdict_of_a_kept_experiment_is_the_same(kept, tmp_path):
    document = design_document()
    begun = by_rest(kept, "begin", document, anyway="true")
    first = date.fromisoformat(begun["first_evening"])
    nights = json.loads(begun["preregistration"])["bottles"]
    kept.app.state.now = lambda: datetime.fromisoformat("2027-03-03T08:00:00+00:00")
    for k in range(len(nights)):
        day = (first + timedelta(days=k + 1)).isoformat()
        by_rest(kept, "record", MORNING | {"day": day, "latency": 20 + (7 * k) % 23})
    asked = {"experiment": 1, "forecast": False}
    rest = by_rest(kept, "analyse", asked)
    own = in_python(kept, "analyse", asked)
    assert own.pop("looks") == rest.pop("looks") + 1 == 2
    assert rest == own


def test_the_example_s_verdict_is_the_same(browser, tmp_path):
    own = in_python(browser, "analyse", {"example": True})
    assert by_rest(browser, "analyse", {"example": True}) == own
    assert by_command(tmp_path, "analyse", "--example", "--format", "json") == own


@pytest.mark.slow
def test_the_example_s_report_and_summary_are_the_same(browser, tmp_path):
    report, summary = tmp_path / "cent.json", tmp_path / "summary.json"
    told = by_command(
        tmp_path,
        "analyse",
        "--example",
        "--cent",
        str(report),
        "--summary",
        str(summary),
        "--format",
        "json",
    )
    assert told["name"]
    assert by_rest(browser, "cent", {"example": True}) == json.loads(report.read_text())
    shared = by_rest(browser, "trial_summary", {"example": True})
    assert shared == json.loads(summary.read_text())
    pooled = by_rest(browser, "pool", {"summaries": [shared, shared | {"effect": 1.0}]})
    other = tmp_path / "other.json"
    other.write_text(json.dumps(shared | {"effect": 1.0}))
    assert pooled == by_command(
        tmp_path, "analyse", "--pool", str(summary), "--pool", str(other), "--format", "json"
    )


def test_the_document_of_the_trial_pages_is_the_trial_s(browser):
    from somnesium.answers.trial.design import Trial

    assert read_document(TRIAL, Trial).people == 12
