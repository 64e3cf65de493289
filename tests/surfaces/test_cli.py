"""The command line as a person uses it: a process, its output, its exit code."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


def somnesium(*arguments: str, text: bytes | None = None, cwd: Path = ROOT):
    """Run the command; returns (exit code, stdout, stderr)."""
    done = subprocess.run(
        [sys.executable, "-m", "somnesium", *arguments],
        input=text,
        capture_output=True,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_help_is_quick_and_lists_the_questions():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code, out, _ = somnesium("--help")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert code == 0
    assert all(name in out for name in ("forecast", "check", "foods", "forms", "qualify"))
    assert spent < 0.6  # the promise is 0.3 s; twice that on a busy machine


def test_foods_finds_pumpkin_seeds_with_their_interval():
    code, out, _ = somnesium("foods", "pumpkin seed")
    assert code == 0
    first = out.splitlines()[1]
    assert "12014" in first
    assert "592" in first


def test_foods_json_keeps_missing_missing():
    code, out, _ = somnesium("foods", "thickener", "--format", "json", "--limit", "50")
    assert code == 0
    json.loads(out)


def test_forms_tells_what_dissolves():
    code, out, _ = somnesium("forms", "glycinate")
    assert code == 0
    assert "14.1 %" in out


def test_a_refused_person_gets_exit_code_3_and_nothing_simulated():
    code, out, err = somnesium("forecast", "examples/kidney_egfr25.toml")
    assert code == 3
    assert out == ""
    assert err.count("\n") == 1
    assert "refused" in err


def test_check_says_by_exit_code_what_it_found():
    assert somnesium("check", "examples/kidney_egfr25.toml")[0] == 3
    assert somnesium("check", "examples/insomnia_68.toml")[0] == 6
    assert somnesium("check", "examples/healthy_30.toml")[0] == 0


PERSON = '[person]\nage = 30\nsex = "female"\nmass_kg = 60\nheight_cm = 165\n'
HABITS = '[habits]\nbedtime = "23:00"\nrise = "07:00"\n'
DIET = "[diet]\nmagnesium_mg_per_day = 250\n"
AMBIGUOUS = '[[regimen.intakes]]\nform = "glycinate"\nmagnesium_mg = 2000\ntimes = ["21:00"]\n'


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (PERSON + HABITS + DIET + AMBIGUOUS, ("elemental", "compound", "282")),
        (PERSON.replace("30", "nan", 1) + HABITS + DIET, ("age",)),
        (PERSON.replace("30", "-3", 1) + HABITS + DIET, ("age", "-3")),
        (PERSON + HABITS.replace("07:00", "23:00") + DIET, ("rise",)),
        (PERSON + HABITS.replace("23:00", "47:00") + DIET, ("bedtime", "47:00")),
        (PERSON.replace("mass_kg", "mas_kg") + HABITS + DIET, ("mas_kg", "mass_kg")),
        (PERSON + HABITS, ("diet",)),
        ("[person\nage = 30", ()),
        ("", ()),
        (
            PERSON + HABITS + '[diet]\n[[diet.meals]]\nat = "08:00"\n'
            '[[diet.meals.foods]]\nfood = "unobtainium stew"\ngrams = 100\n',
            ("unobtainium",),
        ),
    ],
)
def test_bad_input_is_one_line_that_says_what_to_do(document, said, tmp_path):
    code, out, err = somnesium(
        "forecast", "-", "--figures", str(tmp_path / "figures"), text=document.encode()
    )
    assert code == 2, err
    assert out == ""
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert all(word in err for word in said)
    assert not (tmp_path / "figures").exists()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00bad", b"[person]\nage = \x80", b"x" * 6_000_000])
def test_files_that_are_not_documents(content, tmp_path):
    path = tmp_path / "plan.toml"
    path.write_bytes(content)
    code, _, err = somnesium("forecast", str(path))
    assert code == 2
    assert err.count("\n") == 1


def test_a_missing_file_and_a_folder(tmp_path):
    for path in (tmp_path / "no.toml", tmp_path):
        code, _, err = somnesium("forecast", str(path))
        assert code == 2
        assert err.count("\n") == 1


@pytest.fixture(scope="module")
def forecast_json():
    code, out, err = somnesium("forecast", "examples/stressed_45.toml", "--format", "json")
    assert code == 0, err
    return json.loads(out)


def test_forecast_json_has_its_stable_shape(forecast_json):
    for name in ("latency", "duration", "awake_after_onset", "efficiency", "slow_wave", "isi"):
        effect = forecast_json["effects"][name]
        low, high = effect["interval90"]
        assert low <= effect["mean"] <= high or abs(effect["mean"]) < 0.5
        assert effect["unit"]
    assert forecast_json["cautions"] is not None
    assert forecast_json["sources"]
    assert forecast_json["model_version"]


def test_forecast_json_keeps_to_its_schema(forecast_json):
    import jsonschema

    code, out, _ = somnesium("schema", "forecast")
    assert code == 0
    jsonschema.Draft202012Validator(json.loads(out)).validate(forecast_json)


def test_command_line_and_python_give_the_same_answer(forecast_json):
    from somnesium.person.request import read_request
    from somnesium.questions.forecast.forecast import forecast

    answer = forecast(read_request(EXAMPLES / "stressed_45.toml"))
    assert json.loads(answer.model_dump_json()) == forecast_json


def test_a_dose_table_gives_the_forecast_of_its_regimen(forecast_json, tmp_path):
    path = tmp_path / "doses.csv"
    assert somnesium("events", "examples/stressed_45.toml", "--output", str(path))[0] == 0
    code, out, err = somnesium(
        "forecast", "examples/stressed_45.toml", "--events", str(path), "--format", "json"
    )
    assert code == 0, err
    assert json.loads(out)["effects"] == forecast_json["effects"]


def test_output_is_whole_or_not_at_all(tmp_path):
    target = tmp_path / "none" / "answer.json"
    code, _, err = somnesium("schema", "request", "--output", str(target))
    assert code == 2
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
