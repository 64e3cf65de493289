"""`somnesium population` as a person uses it: a process, its files, its exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from somnesium.errors import InvalidInput
from somnesium.surfaces.command.population import memory_bytes

ROOT = Path(__file__).parents[2]
PLAN = """
[[intakes]]
form = "citrate"
magnesium_mg = 200
mass_is = "elemental"
times = ["21:00"]
"""


def somnesium(*arguments: str):
    """Run the command; returns (exit code, stdout, stderr)."""
    done = subprocess.run(
        [sys.executable, "-m", "somnesium", "population", *arguments],
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """A small population with a plan: its folder, and what the command said."""
    folder = tmp_path_factory.mktemp("population")
    (folder / "plan.toml").write_text(PLAN, encoding="utf-8")
    arguments = (
        "--people",
        "48",
        "--days",
        "7",
        "--seed",
        "5",
        "--regimen",
        str(folder / "plan.toml"),
        "--out",
        str(folder / "out"),
    )
    return folder, arguments, somnesium(*arguments)


def test_files_and_summary_are_there(asked):
    folder, _, (code, out, err) = asked
    assert code == 0, err
    assert "48 people" in out
    assert "difference" in out
    assert "virtual people" in out
    assert "person-nights/s" in err
    assert "about" in err.splitlines()[-2] or "about" in err  # the size, before the start
    assert pq.read_table(folder / "out" / "persons").num_rows == 48
    assert pq.read_table(folder / "out" / "nights").column_names[:2] == ["person", "night"]
    summary = json.loads((folder / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["people"] == 48
    assert summary["worlds"] == ["without", "with"]


def test_the_same_command_again_lives_nobody_and_says_the_same(asked):
    folder, arguments, first = asked
    before = {p: p.read_bytes() for p in (folder / "out").rglob("*.parquet")}
    code, out, err = somnesium(*arguments)
    assert (code, out) == (0, first[1])
    assert "person-nights/s" not in err
    assert {p: p.read_bytes() for p in (folder / "out").rglob("*.parquet")} == before


def test_json_is_the_summary_file(asked):
    folder, arguments, _ = asked
    code, out, err = somnesium(*arguments, "--format", "json")
    assert code == 0, err
    told = (folder / "out" / "summary.json").read_text(encoding="utf-8")
    assert json.loads(out) == json.loads(told)


def test_another_seed_into_the_folder_is_refused(asked):
    _, arguments, _ = asked
    code, out, err = somnesium(*arguments, "--seed", "6")
    assert (code, out) == (2, "")
    assert "spec.seed" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--people", "0"), "people"),
        (("--people", "8"), "--out"),
        (("--people", "8", "--out", "{}/x", "--max-memory", "lots"), "--max-memory"),
        (("--people", "8", "--out", "{}/x", "--max-memory", "1MB"), "max_memory"),
        (("--people", "8", "--out", "{}/x", "--jobs", "0"), "jobs"),
        (("--people", "8", "--out", "{}/x", "--regimen", "{}/none.toml"), "no such file"),
        (("--people", "8", "--out", "{}/x", "--document", "{}/none.toml"), "no such file"),
        (("--people", "8", "--out", "{}/x", "--scheduler", "tcp://127.0.0.1:1"), "scheduler"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(arguments, said, tmp_path):
    code, out, err = somnesium(*(text.format(tmp_path) for text in arguments))
    assert code == 2, err
    assert out == ""
    assert said in err.splitlines()[-1]
    assert "Traceback" not in err
    assert not list(tmp_path.rglob("*.parquet"))


def test_a_plan_unsafe_for_anyone_is_refused(tmp_path):
    (tmp_path / "plan.toml").write_text(PLAN.replace("200", "9000"))
    code, out, err = somnesium(
        "--people", "8", "--out", str(tmp_path / "x"), "--regimen", str(tmp_path / "plan.toml")
    )
    assert (code, out) == (3, "")
    assert "refused" in err
    assert not (tmp_path / "x").exists()


def test_impossible_people_and_plans_are_refused_before_anything_is_made(tmp_path):
    (tmp_path / "plan.toml").write_text(PLAN + "end_day = 3\n")
    (tmp_path / "people.toml").write_text("[filters]\nage = [60, 61]\nbed_work = [29.8, 29.9]\n")
    for arguments in (
        ("--regimen", str(tmp_path / "plan.toml")),
        ("--document", str(tmp_path / "people.toml")),
    ):
        code, out, err = somnesium("--people", "8", "--out", str(tmp_path / "x"), *arguments)
        assert (code, out) == (2, "")
        assert "Traceback" not in err
        assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("text", "size"), [("2GB", 2e9), ("800 MB", 8e8), ("1.5gib", 1.5 * 2**30), ("1TB", 1e12)]
)
def test_memory_is_read(text, size):
    assert memory_bytes(text) == size


@pytest.mark.parametrize("text", ["", "2", "GB", "-2GB", "2 parsecs", "nanGB", "1e3GB"])
def test_memory_that_is_none_is_refused(text):
    with pytest.raises(InvalidInput, match="max-memory"):
        memory_bytes(text)


def test_a_person_pulled_out_has_the_nights_of_the_files(asked):
    folder, arguments, _ = asked
    code, out, err = somnesium(*arguments[:-2], "--person", "17")
    assert code == 0, err
    found = json.loads(out)
    nights = pq.read_table(folder / "out" / "nights", filters=[("person", "=", 17)]).to_pylist()
    assert found["nights"] == nights
    persons = pq.read_table(folder / "out" / "persons", filters=[("person", "=", 17)])
    assert [found["covariates"]] == persons.to_pylist()
    assert found["request"]["person"]["age"] >= 18
    assert found["cautions"]


@pytest.mark.parametrize("person", ["-1", "48"])
def test_nobody_of_that_number_is_said(asked, person):
    code, out, err = somnesium(*asked[1][:-2], "--person", person)
    assert (code, out) == (2, "")
    assert "person" in err
    assert "47" in err
