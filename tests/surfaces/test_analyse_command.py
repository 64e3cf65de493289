"""`somnesium analyse` as a person uses it: the example, files, a store, and the pool."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from somnesium.errors import InvalidInput
from somnesium.questions.experiment.stored import forecast_of
from somnesium.sources import packaged_path
from somnesium.surfaces.command.analyse import analyse


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("SOMNESIUM_STORE", str(tmp_path / "kept" / "store.sqlite3"))
    app = typer.Typer()
    app.command()(analyse)

    def run(*arguments):
        done = CliRunner().invoke(app, [str(one) for one in arguments])
        if isinstance(done.exception, InvalidInput):
            raise done.exception
        assert done.exception is None, done.exception
        return done.stdout

    return run


def test_the_example_writes_all_there_is(run, tmp_path):
    figures, report, shared = tmp_path / "figures", tmp_path / "cent.md", tmp_path / "mine.json"
    out = run("--example", "--figures", figures, "--cent", report, "--summary", shared)
    assert out.splitlines()[3] == "It helps you."
    for prior in ("the nights alone", "sceptical", "forecast"):
        assert f"\n{prior} " in out
    assert sorted(path.name for path in figures.iterdir()) == [
        "effect.png",
        "effect.svg",
        "nights.png",
        "nights.svg",
    ]
    assert "| 17a.2 |" in report.read_text()
    assert "pool" not in out
    pooled = run("--pool", shared, "--pool", shared)
    assert "2 people tried it on themselves." in pooled
    assert not (tmp_path / "kept").exists()


def test_files_give_the_same_answer_as_the_example(run, tmp_path):
    table = packaged_path("selftrial/nights.csv")
    plan = packaged_path("selftrial/plan.toml")
    found = json.loads(run("--nights", table, "--allocation", plan, "--format", "json"))
    assert found == json.loads(run("--example", "--format", "json"))
    only = run("--nights", table, "--allocation", plan, "--instrument", "diary")
    assert "(diary 52)" in only
    report = tmp_path / "cent.json"
    run("--example", "--cent", report)
    assert len(json.loads(report.read_text())["items"]) == 44


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "somnesium design"),
        (("1", "--example"), "several sources"),
        (("--nights", "n.csv"), "--allocation"),
        (("--allocation", "n.toml"), "--nights"),
        (("--example", "--cent", "report.pdf"), "ends in .md or .json"),
        (("--example", "--instrument", "garmin"), "diary, oura"),
        (("--pool", "a.json", "--summary", "b.json"), "nothing more to write"),
        (("--example", "--summary", "no/such/folder.json"), "--summary"),
    ],
)
def test_wrong_questions_are_named(run, arguments, said):
    with pytest.raises(InvalidInput, match=said):
        run(*arguments)


def test_an_experiment_of_the_store_is_analysed_beside_the_forecast(run, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "app"))
    from kept_experiment import START, begun, lived

    from somnesium.store.open import opened

    with opened() as store:
        kept, dealt = begun(store)
        lived(store, dealt)
    if datetime.now(UTC).date() <= START + timedelta(days=16):
        pytest.skip("the clock of this machine stands before the experiment")
    out = run("1")
    assert "Looks behind the seal so far, this one with them: 1." in out
    assert "\nforecast " in out
    assert "Looks behind the seal so far, this one with them: 2." in run("--no-forecast")
    mean, sd = forecast_of(kept.question) or (0.0, 0.0)
    assert sd > 0
    assert mean < 0
