"""`somnesium report` as used: a document, an example, a store, CENT, wrong questions."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import typer
from reported import EXAMPLES, few_people, reader, small, text_of
from typer.testing import CliRunner

from somnesium.errors import InvalidInput, MissingPart
from somnesium.person.document import read_document
from somnesium.questions.report.report import ReportAnswer
from somnesium.surfaces.command.report import made_on, report

pytest.importorskip("typst")
pytest.importorskip("pypdf")


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("SOMNESIUM_STORE", str(tmp_path / "kept" / "store.sqlite3"))
    monkeypatch.chdir(tmp_path)
    app = typer.Typer()
    app.command()(report)

    def run(*arguments, code=0):
        with few_people():
            done = CliRunner().invoke(app, [str(one) for one in arguments])
        if isinstance(done.exception, InvalidInput | MissingPart):
            raise done.exception
        assert done.exit_code == code, done.exception
        return done

    return run


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "me.json"
    path.write_text(small(EXAMPLES[0].with_name("stressed_45.toml")).model_dump_json())
    return path


def test_a_document_becomes_two_pages_and_the_same_as_json(run, document, tmp_path):
    done = run(document, "-o", "mine.pdf")
    assert "wrote mine.pdf" in done.stderr
    assert not (tmp_path / "kept").exists()
    content = (tmp_path / "mine.pdf").read_bytes()
    assert len(reader(content).pages) == 2
    found = read_document(run(document, "--format", "json").stdout, ReportAnswer)
    change = found.forecast.effects["duration"].mean
    assert f"{change:+.0f}" in text_of(content)
    assert found.nights is None


def test_without_a_plan_there_is_no_forecast(run, document, tmp_path):
    run(document, "--no-plan")
    text = text_of((tmp_path / "report.pdf").read_bytes())
    assert "The effects of this plan were not asked for." in text
    assert "Loose stools" not in text


def test_a_refused_plan_is_reported(run, tmp_path):
    done = run("kidney_egfr25", "-o", "no.pdf", code=3)
    assert "refused" in done.stderr
    text = text_of((tmp_path / "no.pdf").read_bytes())
    assert text.index("refuse this plan") < text.index("What is asked of you")


def test_nights_and_experiment_come_from_the_store(run, document, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "app"))
    from kept_experiment import START, begun, lived

    from somnesium.store.open import opened

    with opened() as store:
        _, dealt = begun(store)
        lived(store, dealt)
    if datetime.now(UTC).date() <= START + timedelta(days=16):
        pytest.skip("the clock of this machine stands before the experiment")
    found = json.loads(run(document, "--no-plan", "--format", "json").stdout)
    run(document, "--no-plan", "--experiment", "1")
    text = text_of((tmp_path / "report.pdf").read_bytes())
    mean = {one["measure"]: one for one in found["nights"]["recorders"][0]["means"]}["latency"]
    assert f"{mean['mean']:.0f} ± {mean['sd']:.0f} ({mean['nights']})" in text
    assert "diary 16 of 28" in text
    analysis = found["experiment"]["analysis"]
    interval = analysis["beliefs"][0]["interval95"]
    low, high = (f"{value:+.0f}".replace("-", "−") for value in interval)
    assert f"Verdict: {analysis['verdict']}." in text
    assert f"({low} to {high}) min against placebo" in text
    run("--cent", "--experiment", "1", "-o", "cent.pdf")
    cent = text_of((tmp_path / "cent.pdf").read_bytes())
    assert "Sealed in the store" in cent
    alone = json.loads(run("stressed_45", "--no-plan", "--format", "json").stdout)
    assert alone["nights"] is None


def test_the_bundled_experiment_by_cent(run, tmp_path):
    done = run("--cent", "--example", "--format", "json")
    items = json.loads(done.stdout)["items"]
    run("--cent", "--example", "-o", "cent.pdf")
    content = (tmp_path / "cent.pdf").read_bytes()
    text = text_of(content)
    assert "N-of-1 trial" in reader(content).metadata.title
    for one in items:
        assert one["number"] in text
        assert " ".join(one["text"].split())[:40] in text
    assert text.count("Absent.") == sum(one["status"] == "absent" for one in items)
    assert reader(content).trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "a document, or --cent"),
        (("stressed_45", "--cent"), "no document with --cent"),
        (("stressed_45", "--example"), "--example"),
        (("--cent", "--example", "--experiment", "1"), "--example"),
        (("--cent",), "somnesium design"),
        (("stressed_45", "--experiment", "1"), "a store with an experiment"),
        (("nobody.toml",), "nobody"),
        (("kidney_egfr25", "-o", "no/such/folder.pdf"), "a folder you can write to"),
    ],
)
def test_wrong_questions_are_named(run, arguments, said, tmp_path):
    with pytest.raises(InvalidInput, match=said):
        run(*arguments)
    assert list(tmp_path.glob("*.pdf*")) == []


def test_without_typst_it_is_said_what_to_install(run, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    with pytest.raises(MissingPart, match=r"somnesium\[report\]"):
        run("kidney_egfr25")


def test_the_day_is_that_of_the_person():
    asked = small(EXAMPLES[0].with_name("diabetes_ppi_thiazide.toml"))
    assert asked.habits.time_zone == "America/Chicago"
    assert made_on(asked, datetime(2026, 11, 21, 3, tzinfo=UTC)) == date(2026, 11, 20)
