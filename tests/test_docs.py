"""The documents say what is so: generated pages, snippets, commands, errors, words."""

import contextlib
import io
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from somnesium import errors
from somnesium.answers.effect import QUANTITIES
from somnesium.body.readouts import Signals
from somnesium.nights.night import Night
from somnesium.surfaces.command.main import app, main

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


class Block(NamedTuple):
    """A fenced block of a page, and the block of text right below it that shows what it prints."""

    language: str
    body: str
    shown: str | None


def blocks(page: Path) -> list[Block]:
    fences = re.finditer(
        r"^```(\w*)\n(.*?)^```$(?=(?:\n\n```text\n(.*?)^```$)?)",
        page.read_text(encoding="utf-8"),
        re.DOTALL | re.MULTILINE,
    )
    return [Block(*fence.groups()) for fence in fences]


def pages_with(language: str) -> list:
    return [
        pytest.param([block for block in blocks(page) if block.language == language], id=page.name)
        for page in PAGES
        if any(block.language == language for block in blocks(page))
    ]


def is_as_shown(printed: str, shown: str) -> bool:
    """Whether something is printed as a page shows it; `…` stands for anything left out."""
    printed, shown = (
        "\n".join(line.rstrip() for line in text.strip().splitlines()) for text in (printed, shown)
    )
    return re.fullmatch(".*".join(map(re.escape, shown.split("…"))), printed, re.DOTALL) is not None


def test_what_is_as_shown():
    assert is_as_shown("one \ntwo\n", "one\ntwo")
    assert is_as_shown("one 1.23\ntwo\nthree\n", "one …\nthree")
    assert is_as_shown("one\ntwo\nthree\n", "one\n…")
    assert not is_as_shown("one 1.23\n", "one 1.24")
    assert not is_as_shown("one\ntwo\n", "one")
    assert not is_as_shown("", "one")


@pytest.mark.parametrize("snippets", pages_with("python"))
def test_python_snippets_print_what_is_shown(snippets, monkeypatch):
    """The snippets of a page run one after the other; what they print stands right below."""
    monkeypatch.chdir(ROOT)
    names: dict = {}
    for snippet in snippets:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(snippet.body, "snippet", "exec"), names)
        assert is_as_shown(printed.getvalue(), snippet.shown or ""), printed.getvalue()


def printed_by(command: str, capsys, monkeypatch) -> str:
    """What a command line prints, errors among it."""
    monkeypatch.setattr(sys, "argv", shlex.split(command))
    with contextlib.suppress(SystemExit):
        main()
    return "".join(capsys.readouterr())


@pytest.mark.parametrize("sessions", pages_with("console"))
def test_commands_print_what_is_shown(sessions, capsys, monkeypatch):
    """In a console every `$ somnesium …` is followed by what it prints."""
    monkeypatch.chdir(ROOT)
    for session in sessions:
        parts = re.split(r"^\$ (somnesium .*)\n", session.body, flags=re.MULTILINE)[1:]
        for command, shown in zip(parts[::2], parts[1::2], strict=True):
            printed = printed_by(command, capsys, monkeypatch)
            assert is_as_shown(printed, shown), f"{command}\n{printed}"


def test_the_forecast_shown_is_the_forecast_made(capsys, monkeypatch):
    """Run `python -m docs.generate --measured` when this fails."""
    monkeypatch.chdir(ROOT)
    printed = printed_by("somnesium forecast examples/stressed_45.toml", capsys, monkeypatch)
    for page, mark in (("README.md", "forecast"), ("docs/tutorial.md", "changes")):
        text = (ROOT / page).read_text(encoding="utf-8")
        (shown,) = re.findall(rf"<!-- begin {mark} -->\n```text\n(.*?)```", text, re.DOTALL)
        assert is_as_shown(printed, f"…{shown.strip()}…"), printed


def test_what_is_shown_is_looked_at():
    commands = [line for page in PAGES for b in blocks(page) for line in b.body.splitlines()]
    assert sum(line.startswith("$ somnesium") for line in commands) >= 8
    assert (
        sum(b.language == "python" and b.shown is not None for p in PAGES for b in blocks(p)) >= 6
    )


def test_every_command_is_documented():
    names = [command.name or command.callback.__name__ for command in app.registered_commands]
    assert [name for name in names if f"somnesium {name}" not in TEXT] == []


def test_every_error_and_exit_code_is_documented():
    for name, kind in vars(errors).items():
        if not (isinstance(kind, type) and issubclass(kind, errors.SomnesiumError)):
            continue
        assert f"`{name}`" in TEXT
        assert re.search(rf"^\| {kind.exit_code} \|", TEXT, re.MULTILINE)


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
