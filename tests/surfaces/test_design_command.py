"""`design` and `unseal` as a person uses them, without the rest of the command line."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from somnesium.errors import InvalidInput, UnsafePlan
from somnesium.surfaces.command.design import design, unseal

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("SOMNESIUM_STORE", str(tmp_path / "kept" / "store.sqlite3"))
    app = typer.Typer()
    app.command()(design)
    app.command()(unseal)

    def run(*arguments: str, text: str | None = None):
        done = CliRunner().invoke(app, arguments, input=text)
        if isinstance(done.exception, InvalidInput | UnsafePlan):
            raise done.exception
        assert done.exception is None, done.exception
        return done.stdout

    return run


def test_a_preview_keeps_nothing(run, tmp_path):
    out = run("design", "stressed_45", "--start", "2026-10-12")
    assert "Not worth starting" in out
    assert "weeks to see it" in out
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_worth_it_begins_only_if_one_insists(run, tmp_path):
    kit = tmp_path / "kit"
    begin = ("design", "stressed_45", "--begin", "--kit", str(kit), "--format", "json")
    with pytest.raises(InvalidInput, match="--anyway"):
        run(*begin)
    assert not kit.exists()
    found = json.loads(run(*begin, "--anyway"))
    assert found["verdict"] == "not worth starting"
    sealed = (kit / "preregistration.json").read_text()
    assert json.loads(sealed)["letters"] == "sealed"
    with pytest.raises(InvalidInput, match="new folder"):
        run(*begin, "--anyway")
    out = run("unseal", "1", "--reason", "a test")
    assert sorted(line[3:] for line in out.splitlines()) == ["placebo", "the plan"]
    letter = next(line[0] for line in out.splitlines() if line.endswith("the plan"))
    assert f"Bottle {letter}: the plan" in (kit / "for_the_helper_only.md").read_text()
    with pytest.raises(InvalidInput, match="experiment"):
        run("unseal", "2", "--reason", "a test")


def test_a_refused_plan_is_not_even_simulated(run):
    with pytest.raises(UnsafePlan):
        run("design", "kidney_egfr25")


def test_a_wrong_question_is_named(run):
    table = (EXAMPLES / "stressed_45.toml").read_text() + '\n[trial]\nmeasure = "dreams"\n'
    with pytest.raises(InvalidInput, match=r"trial\.measure"):
        run("design", "-", text=table)
    with pytest.raises(InvalidInput, match="start"):
        run("design", "stressed_45", "--start", "soon")
