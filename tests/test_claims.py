"""Every claim of the founding articles is linked to where it is answered."""

from pathlib import Path

import pytest

from reading import grade
from somnesium.sources import packaged_toml
from somnesium.surfaces.command.main import app

ROOT = Path(__file__).parents[1]
CLAIMS = {key: row for key, row in packaged_toml("claims.toml").items() if key != "reviewed"}
COMMANDS = {command.name or command.callback.__name__ for command in app.registered_commands}


def test_all_thirty_two_are_there():
    assert list(CLAIMS) == [f"C{i:02d}" for i in range(1, 33)]


@pytest.mark.parametrize("key", CLAIMS)
def test_claim_is_linked_to_what_exists(key):
    row = CLAIMS[key]
    assert set(row["articles"]) <= {"A", "B"}
    assert row["articles"]
    assert row["answered_by"]
    for place in row["answered_by"]:
        assert place in COMMANDS or (ROOT / place).is_file(), place
    built = [name for name in row["waits_for"] if name in COMMANDS]
    assert built == [], "this command exists now: move it to answered_by"


@pytest.mark.parametrize("key", CLAIMS)
def test_claim_says_what_would_show_it_and_how_it_is_judged(key):
    row = CLAIMS[key]
    assert row["shown_true_by"]
    assert {"engine", "trial", "rule", "cases", "otherwise", "picture"} <= set(row["answer"])
    for text in (row["shown_true_by"], row["answer"]["rule"]):
        assert grade(text) <= 9.0, (text, grade(text))


@pytest.mark.parametrize("key", CLAIMS)
def test_claim_has_a_page_with_a_figure(key):
    page = (ROOT / "docs" / "claims" / f"{key}.md").read_text(encoding="utf-8")
    assert CLAIMS[key]["claim"] in page
    assert CLAIMS[key]["answer"]["rule"] in page
    assert f"]({key}.svg)" in page
    assert (ROOT / "docs" / "claims" / f"{key}.svg").is_file()


@pytest.mark.parametrize("key", CLAIMS)
def test_claim_is_in_plain_words(key):
    assert grade(CLAIMS[key]["claim"]) <= 9.0, grade(CLAIMS[key]["claim"])
