"""Figures are drawn from the answer, whole, in both kinds; a bad folder is said so."""

from pathlib import Path

import pytest

from somnesium.errors import InvalidInput
from somnesium.person.document import read_document
from somnesium.person.request import Request, read_request
from somnesium.questions.forecast.forecast import forecast
from somnesium.surfaces.figures.forecast import FIGURES, save_figures

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def answer():
    table = read_request(EXAMPLES / "insomnia_68.toml").model_dump(exclude_unset=True)
    return forecast(read_document(table | {"days": 14, "people": 16}, Request))


def test_every_figure_is_written_twice(answer, tmp_path):
    written = save_figures(answer, tmp_path / "new" / "figures")
    assert {path.name for path in written} == {
        f"{name}.{kind}" for name in FIGURES for kind in ("png", "svg")
    }
    for path in written:
        data = path.read_bytes()
        assert data.startswith(b"\x89PNG") if path.suffix == ".png" else b"<svg" in data[:200]
        assert len(data) > 5000
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_a_figure_carries_its_data_and_its_version(answer, name):
    text = FIGURES[name](answer).to_json()
    assert answer.model_version in text
    assert "simulated, not measured" in text


def test_the_title_tells_the_effect_with_its_interval(answer):
    from somnesium.questions.forecast.words import change

    assert (
        change(answer.effects["latency"])
        in FIGURES["eight_weeks"](answer).to_dict()["title"]["text"]
    )


def test_a_file_is_no_folder(answer, tmp_path):
    path = tmp_path / "taken"
    path.write_text("x")
    with pytest.raises(InvalidInput, match="figures"):
        save_figures(answer, path)
    assert path.read_text(encoding="utf-8") == "x"
