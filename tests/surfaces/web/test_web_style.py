"""The stylesheet knows every ink of the library's figures, in every look."""

import re
from pathlib import Path

import pytest

SURFACES = Path(__file__).parents[3] / "src" / "somnesium" / "surfaces"
STYLE = (SURFACES / "web" / "static" / "style.css").read_text(encoding="utf-8")
FIGURES = sorted({*(SURFACES / "figures").glob("*.py")} - {SURFACES / "figures" / "report.py"})
"""Whatever draws for a page; the report is printed, and has one look."""
TEMPLATES = sorted((SURFACES / "web" / "templates").glob("*.html"))


@pytest.mark.parametrize("path", FIGURES, ids=lambda path: path.stem)
def test_every_ink_of_a_figure_follows_the_look(path):
    inks = set(re.findall(r'"(#[0-9a-f]{6})"', path.read_text(encoding="utf-8")))
    assert [ink for ink in sorted(inks) if f'"{ink}"' not in STYLE] == []


def test_the_figures_are_found():
    assert {"charts", "forecast", "evidence", "claims"} <= {p.stem for p in FIGURES}


def test_outside_the_looks_colours_have_names():
    rules = re.sub(r"\[[^\]]*\]", "", STYLE.partition("*, *::before")[2])
    assert re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(", rules) == []
    assert "var(--paper)" in rules


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_holds_a_style_or_script_of_its_own(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", text)
    assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []
