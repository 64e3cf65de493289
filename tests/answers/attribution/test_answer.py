"""The answer to how big a part magnesium plays: whole, the same again, and readable."""

import json
import re

import pytest
import typer
from typer.testing import CliRunner

from reading import grade
from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.questions.attribution.attribution import (
    SCOPES,
    AttributionAnswer,
    attribute,
    lives_of,
)
from somnesium.questions.attribution.words import headline, summary
from somnesium.surfaces.command.attribution import attribute as command
from somnesium.surfaces.command.attribution import attribution_text
from somnesium.surfaces.figures.attribution import attribution_chart, save_figure

PEOPLE = 40


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def answer(told):
    return attribute(PEOPLE, 2, lambda done, of: told.append((done, of)))


def test_every_life_is_counted(answer, told):
    assert answer.lives == lives_of(PEOPLE)
    assert told[-1] == (answer.lives, answer.lives)


def test_shares_sum_to_one_in_every_scope_and_outcome(answer):
    assert {v.scope for v in answer.variances} == set(SCOPES)
    for variance in answer.variances:
        assert sum(one.share for one in variance.shares) == pytest.approx(1.0)
        own = [one.share for one in variance.shares if one.input.startswith("magnesium")]
        assert variance.magnesium.share == pytest.approx(sum(own))
        assert variance.sd > 0.0
        for one in (*variance.shares, variance.magnesium):
            assert one.interval90[0] <= one.interval90[1]


def test_magnesium_is_most_of_what_a_plan_changes_and_little_between_nights(answer):
    """In this model nothing but magnesium lets magnesium act; the threshold is loose."""
    assert answer.of("change", "duration").magnesium.share > 0.3
    assert abs(answer.of("nights", "duration").magnesium.share) < 0.05


def test_the_same_seed_gives_the_same_answer_and_another_seed_another(answer):
    assert attribute(PEOPLE, 2) == answer
    assert attribute(PEOPLE, 3).headline != answer.headline


def test_the_answer_is_a_document(answer):
    assert AttributionAnswer(**json.loads(answer.model_dump_json())) == answer
    assert answer.cautions
    assert {"song2016", "goda2021"} <= {source.key for source in answer.sources}


def test_the_sentences_hold_the_numbers_and_are_easy_to_read(answer):
    part = answer.of("people", "duration").magnesium
    assert f"{say.share(max(part.share, 0.0))}" in answer.headline
    assert f"to {say.share(part.interval90[1])}" in answer.headline
    for line in (headline(answer.variances), *summary(answer.variances)):
        plain = re.sub(r"\s*\([^)]*\)", "", line)
        assert grade(plain) <= 9.0, line


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1234, "12"),
        (0.0949, "9.5"),
        (0.00049, "0"),
        (-0.0004, "0"),
        (-0.031, "−3.1"),
        (0.095, "10"),
        (1.0, "100"),
    ],
)
def test_percent(value, text):
    assert say.share(value, "") == text


@pytest.mark.parametrize(("people", "seed"), [(39, 1), (100_001, 1), (100, -1), (100, 2**32)])
def test_impossible_numbers_are_refused(people, seed):
    with pytest.raises(InvalidInput) as error:
        attribute(people, seed)
    assert error.value.exit_code == 2


def test_the_text_names_magnesium_and_the_command_that_gives_it_again(answer):
    text = attribution_text(answer)
    assert answer.headline in text
    assert f"somnesium attribute --people {PEOPLE} --seed 2" in text
    assert "nan" not in text


def test_the_figure_shows_every_share_with_magnesium_in_colour(answer, tmp_path):
    spec = attribution_chart(answer).to_dict()
    panels = spec["vconcat"][0]["vconcat"]
    assert len(panels) == len(SCOPES)
    for panel, scope in zip(panels, SCOPES, strict=True):
        rows = (
            panel["layer"][0]["data"]["values"]
            if "data" in panel["layer"][0]
            else (panel["data"]["values"])
        )
        shares = answer.of(scope, "duration").shares
        assert [row["share"] for row in rows] == [100.0 * one.share for one in shares]
        assert any(row["magnesium"] for row in rows)
    paths = save_figure(answer, tmp_path / "figures")
    assert [path.suffix for path in paths] == [".png", ".svg"]
    assert all(path.stat().st_size > 1000 for path in paths)


def test_a_figure_cannot_go_into_a_file(answer, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidInput, match="--figures"):
        save_figure(answer, tmp_path / "file")


def test_the_command_answers_in_json():
    app = typer.Typer()
    app.command()(command)
    found = CliRunner().invoke(app, ["--people", "40", "--seed", "2", "--format", "json"])
    assert found.exit_code == 0
    assert json.loads(found.stdout)["people"] == PEOPLE
