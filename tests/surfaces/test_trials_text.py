"""Calibration, and predicted against observed, as documents, text, files and a picture."""

import json
import re
from functools import partial

import numpy as np
import pytest
from typer.testing import CliRunner

from somnesium.errors import InvalidInput
from somnesium.questions import calibration, predicted
from somnesium.simulation.gains import GAINS
from somnesium.surfaces.command import calibration as calibration_command
from somnesium.surfaces.command.calibration import calibration_text
from somnesium.surfaces.command.main import app
from somnesium.surfaces.command.predicted import predicted_chart, trials_text
from trials_lived import as_published


@pytest.fixture
def _published(monkeypatch):
    monkeypatch.setattr(predicted, "live_all", as_published)
    monkeypatch.setattr(calibration, "live_all", as_published)


@pytest.fixture
def answer(_published):
    return predicted.predicted_trials(draws=8, people=8)


def test_what_is_published_lies_in_the_interval_of_the_same(answer):
    fitted, held_out = answer.coverage
    assert fitted.number == fitted.inside > 0
    assert held_out.number == held_out.inside > 0
    assert answer.nulls == answer.nulls_held > 0
    assert f"{fitted.inside} of {fitted.number} published numbers lie" in answer.summary[0]


def test_every_difference_is_a_line_with_its_verdict(answer):
    text = trials_text(answer)
    lines = [line for line in text.splitlines() if line.startswith("  ")]
    assert len(lines) == len(answer.rows)
    numbers = [row for row in answer.rows if row.published is not None]
    assert sum("in the interval" in line for line in lines) == len(numbers)
    assert "outside the interval" not in text
    assert text.index("Fitted") < text.index("Held out")
    assert not re.search(r" -\d", text)
    missed = answer.rows[0].model_copy(update={"held": False})
    assert "outside the interval" in trials_text(answer.model_copy(update={"rows": (missed,)}))


def rows_of(chart):
    """The rows a chart is drawn from, wherever they stand in it."""
    if isinstance(chart, dict):
        if "values" in chart:
            return chart["values"]
        chart = list(chart.values())
    found = (rows_of(part) for part in chart) if isinstance(chart, list) else ()
    return next((rows for rows in found if rows), None)


def test_the_picture_has_a_dot_for_every_published_number(answer):
    missed = answer.rows[0].model_copy(update={"held": False, "published": 99.0})
    chart = predicted_chart(answer.model_copy(update={"rows": (missed, *answer.rows[1:])}))
    rows = rows_of(chart.to_dict())
    assert len(rows) == sum(row.published is not None for row in answer.rows)
    assert [row["held"] for row in rows].count("missed") == 1
    assert f"{len(rows) - 1} of {len(rows)} published differences" in json.dumps(chart.to_dict())


@pytest.mark.usefixtures("_published")
def test_the_command_tells_it_and_writes_the_picture(tmp_path):
    told = CliRunner().invoke(app, ["qualify", "--trials", "--figures", str(tmp_path)])
    assert told.exit_code == 0, told.output
    assert "published numbers lie in their 90 % intervals" in told.output
    assert {path.suffix for path in tmp_path.iterdir()} == {".png", ".svg"}
    again = CliRunner().invoke(app, ["qualify", "--trials", "--format", "json"])
    assert json.loads(again.stdout)["rows"]


def test_too_few_draws_are_refused():
    with pytest.raises(InvalidInput, match="draws"):
        predicted.predicted_trials(draws=7)


@pytest.mark.usefixtures("_published")
def test_a_calibration_is_told_and_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(calibration, "sample", partial(calibration.sample, chains=2, steps=100))
    out, petab = tmp_path / "out", tmp_path / "petab"
    arguments = ["--out", str(out), "--points", "64", "--people", "8", "--recoveries", "1"]
    told = CliRunner().invoke(app, ["calibrate", *arguments, "--petab", str(petab)])
    assert told.exit_code == 0, told.output
    head, *rows = (out / "posterior.csv").read_text(encoding="utf-8").splitlines()
    assert head.split(",") == [*(gain.name for gain in GAINS), "discrepancy"]
    assert np.isfinite(np.loadtxt(rows, delimiter=",")).all()
    kept = json.loads((out / "calibration.json").read_text(encoding="utf-8"))
    answer = calibration.CalibrationAnswer.model_validate(kept)
    assert calibration_text(answer) in told.stdout
    assert all(gain.name in told.stdout for gain in GAINS)
    assert all(0.0 <= one.covered <= 1.0 for one in answer.gains)
    assert answer.rank_p is not None
    assert list(petab.iterdir())


@pytest.mark.parametrize(("field", "value"), [("points", 100), ("recoveries", 65), ("people", 7)])
def test_calibrations_that_cannot_be_are_refused(field, value):
    with pytest.raises(InvalidInput, match=field):
        calibration.calibrate(**{"points": 64, "recoveries": 0, field: value})


def test_the_command_asks_with_the_trials_given(monkeypatch, tmp_path):
    assert calibration_command.calibrate.__doc__
    wrong = tmp_path / "mine.csv"
    wrong.write_text("trial\n", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["somnesium"])
    failed = CliRunner().invoke(app, ["calibrate", "--out", str(tmp_path), "--trials", str(wrong)])
    assert isinstance(failed.exception, InvalidInput)
