"""The documents say what is so: generated pages, snippets, commands, errors, words."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from somnesium import errors
from somnesium.answers.effect import QUANTITIES
from somnesium.body.readouts import Signals
from somnesium.nights.night import Night
from somnesium.surfaces.command.main import app

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def test_generated_pages_are_current():
    done = subprocess.run(
        [sys.executable, "-m", "docs.generate", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def snippets():
    for page in PAGES:
        found = re.findall(r"```python[^\n]*\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
        if found:
            yield pytest.param("\n".join(found), id=page.name)


@pytest.mark.parametrize("code", list(snippets()))
def test_python_snippets_run(code, monkeypatch):
    monkeypatch.chdir(ROOT)
    exec(compile(code, "snippet", "exec"), {})


def test_every_command_is_documented():
    names = [command.name or command.callback.__name__ for command in app.registered_commands]
    assert [name for name in names if f"somnesium {name}" not in TEXT] == []


def test_every_error_and_exit_code_is_documented():
    for name, kind in vars(errors).items():
        if not isinstance(kind, type):
            continue
        assert f"`{name}`" in TEXT
        assert re.search(rf"^\| {kind.exit_code} \|", TEXT, re.M)


@pytest.mark.parametrize("names", [Night._fields, Signals._fields, tuple(QUANTITIES)])
def test_words_are_in_the_nomenclature(names):
    words = (ROOT / "docs" / "nomenclature.md").read_text(encoding="utf-8")
    assert [name for name in names if f"`{name}`" not in words] == []


def test_no_machine_or_registry_is_named():
    for page in [*PAGES, *ROOT.glob("*.md"), ROOT / "pyproject.toml", ROOT / "Makefile"]:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"/(work|root|tmp)/\w|pythonhosted|registry\.npm", text), page.name


def test_links_between_pages_lead_somewhere():
    for page in [*PAGES, *ROOT.glob("*.md")]:
        for target in re.findall(r"\]\(([\w./-]+\.\w+)[)#]", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
