"""`somnesium evidence`: what is printed, what is written, and how bad input ends."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from somnesium.answers.evidence.studies import read_studies, studies_of
from somnesium.errors import InvalidInput
from somnesium.questions.evidence.synthesis import pool_table
from somnesium.surfaces.command.evidence import evidence, table_text
from somnesium.surfaces.figures.evidence import save_evidence_figures

DATA = Path(__file__).parents[1] / "data"
BCG = str(DATA / "dat_bcg_logRR.csv")


def run(*words):
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command()(evidence)
    result = CliRunner().invoke(app, list(words))
    if isinstance(result.exception, InvalidInput):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_table_as_json_by_every_method():
    expected = json.loads((DATA / "reference_results.json").read_text(encoding="utf-8"))
    expected = expected["meta_analysis"]["dat_bcg_logRR"]
    for method in ("REML", "DL", "PM", "reml", "SJ"):
        found = json.loads(run("--table", BCG, "--method", method, "--format", "json"))
        reference = expected[method.upper()]
        assert found["pooled"]["estimate"] == pytest.approx(reference["est"], abs=1e-5)
        assert found["pooled"]["se"] == pytest.approx(reference["hk_se"], abs=1e-5)
    z = json.loads(run("--table", BCG, "--interval", "z", "--format", "json"))["pooled"]
    assert z["interval95"][0] == pytest.approx(expected["REML"]["ci_lb"], abs=2e-5)


def test_a_table_as_text_and_markdown():
    text = run("--table", BCG)
    assert "mean difference" in text
    assert "Egger's test: z −0.8033" in text
    assert "TPT Madras 1980" in text
    marked = run("--table", BCG, "--format", "md")
    assert marked.startswith("# dat_bcg_logRR.csv: 13 studies pooled")
    assert "| study | difference |" in marked


def test_endpoints_as_text_and_json():
    text = run("serum", "sol")
    assert "GRADE:" in text
    assert "Cannot be pooled: sol." in text
    assert "Not pooled: abbasi2012" in text
    found = json.loads(run("serum", "--format", "json"))
    assert [one["endpoint"] for one in found["endpoints"]] == ["serum"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--table", BCG, "serum"], "no endpoints"),
        (["--table", BCG, "--trials", BCG], "no endpoints"),
        (["--sd", "3"], "only with --table"),
        (["--table", "nowhere.csv"], "No such file"),
        (["nonsense"], "endpoint: got 'nonsense'"),
    ],
)
def test_what_does_not_go_together_is_refused(words, said):
    with pytest.raises(InvalidInput, match=said):
        run(*words)


def test_figures_of_a_table_are_written_whole(tmp_path):
    answer = pool_table(read_studies(Path(BCG)))
    written = save_evidence_figures(answer, tmp_path / "new")
    assert sorted(p.name for p in written) == [
        "forest.png",
        "forest.svg",
        "funnel.png",
        "funnel.svg",
    ]
    assert not list((tmp_path / "new").glob("*.part"))
    drawn = (tmp_path / "new" / "forest.svg").read_text(encoding="utf-8")
    assert "Aronson 1948" in drawn
    assert "a next trial" in drawn


def test_one_study_has_no_funnel_and_two_of_one_name_both_stand_in_the_forest(tmp_path):
    alone = pool_table(studies_of(["a"], [1.0], [1.0]))
    assert [p.name for p in save_evidence_figures(alone, tmp_path)] == ["forest.png", "forest.svg"]
    twice = pool_table(studies_of(["same", "same"], [1.0, 2.0], [1.0, 1.0]))
    save_evidence_figures(twice, tmp_path)
    assert (tmp_path / "forest.svg").read_text(encoding="utf-8").count(">same<") == 2


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("a file")
    with pytest.raises(InvalidInput, match="--figures"):
        save_evidence_figures(pool_table(studies_of(["a"], [1.0], [1.0])), taken)


def test_texts_name_every_study_and_every_note():
    answer = pool_table(studies_of(["first", "second"], [1.0, 2.0], [1.0, 1.0]))
    text = table_text(answer)
    for note in answer.notes:
        assert note.text in text
    assert "first" in text
