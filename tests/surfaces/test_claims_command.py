"""`somnesium claims`: text, JSON and figures of the same answer."""

import json

import pytest

from somnesium.questions.claims import ClaimsAnswer, answer_claims
from somnesium.surfaces.command.claims import Format, claims, claims_text
from somnesium.surfaces.figures.claims import claim_chart


@pytest.fixture(scope="module")
def answer() -> ClaimsAnswer:
    return answer_claims(["C16", "C26", "C22"])


def test_text_holds_verdict_rule_and_command(answer):
    text = claims_text(answer)
    for one in answer.claims:
        assert f"Verdict: {one.verdict}." in text
        assert one.rule in text
        assert one.command in text
    assert answer.model_version in text


def test_many_claims_are_a_table(answer):
    many = answer.model_copy(update={"claims": answer.claims * 2})
    text = claims_text(many)
    assert "Engine:" not in text
    assert text.count(answer.claims[0].claim) == 2


def test_command_writes_json_and_figures(capsys, tmp_path):
    claims(["C14"], seed=3, format=Format.json, figures=tmp_path)
    found = json.loads(capsys.readouterr().out)
    assert found["claims"][0]["key"] == "C14"
    assert found["command"] == "somnesium claims C14 --seed 3"
    assert {path.name for path in tmp_path.iterdir()} == {"C14.png", "C14.svg"}
    assert "qualified" in (tmp_path / "C14.svg").read_text(encoding="utf-8")


def test_charts_draw_every_point(answer):
    for one in answer.claims:
        spec = json.dumps(claim_chart(one, "x").to_dict())
        assert one.verdict in spec
        assert one.command in spec
        assert all(json.dumps(point.x) in spec for point in one.picture.points)
