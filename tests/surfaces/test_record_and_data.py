"""`record` and `data` as a person uses them, without the rest of the command line."""

import json
import zipfile
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from somnesium.errors import InvalidInput
from somnesium.surfaces.command.data import data
from somnesium.surfaces.command.record import record

ROOT = Path(__file__).parents[2]
FLAGS = (
    "--date",
    "2026-03-05",
    "--zone",
    "Europe/Berlin",
    "--bed",
    "23:10",
    "--rise",
    "7:00",
    "--latency",
    "20",
    "--awake",
    "15",
    "--dose",
    "yes@21:30",
    "--sleepiness",
    "3",
)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("SOMNESIUM_STORE", str(tmp_path / "kept" / "store.sqlite3"))
    app = typer.Typer()
    app.command()(record)
    app.add_typer(data, name="data")

    def run(*arguments: str, text: str | None = None):
        done = CliRunner().invoke(app, arguments, input=text)
        if isinstance(done.exception, InvalidInput):
            raise done.exception
        assert done.exception is None, done.exception
        return done.output

    return run


def test_a_morning_by_flags_needs_no_question(run):
    out = run("record", *FLAGS)
    assert "7 h 15 min" in out
    assert "taken at 21:30" in out
    found = json.loads(run("record", *FLAGS, "--format", "json"))
    assert (found["outcome"], found["duration"], found["nights"]) == ("unchanged", 435.0, 1)
    assert found["sources"]


def test_a_morning_as_a_document(run, tmp_path):
    table = 'day = "2026-03-06"\nzone = "UTC"\nbed = "23:00"\nrise = "06:30"\n'
    table += "latency = 5\nawake = 0\n"
    (tmp_path / "morning.toml").write_text(table)
    assert "7 h 25 min" in run("record", str(tmp_path / "morning.toml"))
    assert "7 h 20 min" in run("record", "-", "--latency", "10", text=table)


def test_questions_take_last_night_as_their_start(run, monkeypatch):
    run("record", *FLAGS)
    monkeypatch.setattr("somnesium.surfaces.command.record._somebody_is_here", lambda: True)
    out = run("record", "--date", "2026-03-06", "--zone", "Europe/Berlin", text="\n" * 6)
    assert "[23:10]" in out
    assert "[yes@21:30]" in out
    assert "Nights in the diary: 2" in out


def test_what_is_missing_is_named(run):
    with pytest.raises(InvalidInput, match="bed: missing"):
        run("record", "--rise", "7:00")
    with pytest.raises(InvalidInput, match="yes@21:30"):
        run("record", *FLAGS[:-4], "--dose", "perhaps")


def test_out_and_back_and_gone(run, tmp_path):
    run("record", *FLAGS)
    secret = tmp_path / "secret"
    secret.write_text("a long passphrase\n")
    assert "1 nights" in run("data", "export", str(tmp_path / "all.zip"))
    assert "nights.csv" in zipfile.ZipFile(tmp_path / "all.zip").namelist()
    run("data", "backup", str(tmp_path / "b"), "--passphrase-file", str(secret))
    with pytest.raises(InvalidInput, match="--yes"):
        run("data", "delete")
    assert "1 nights" in run("data", "delete", "--yes")
    assert "nothing was in it" in run("data", "delete", "--yes")
    assert "1 nights" in run(
        "data", "restore", str(tmp_path / "b"), "--passphrase-file", str(secret)
    )
    assert json.loads(run("record", *FLAGS, "--format", "json"))["outcome"] == "unchanged"
    with pytest.raises(InvalidInput, match="passphrase"):
        run("data", "backup", str(tmp_path / "c"), "--passphrase-file", str(tmp_path / "none"))
