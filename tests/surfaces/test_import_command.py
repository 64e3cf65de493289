"""`somnesium import` as text: the counts add up, and `--explain` tells every row."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from somnesium.errors import InvalidInput
from somnesium.nights.reading import read_nights
from somnesium.questions.nights.imports import import_answer
from somnesium.store.nights import imports, nights
from somnesium.store.open import opened
from somnesium.surfaces.command.imports import import_, import_text

EXPORTS = Path(__file__).parents[1] / "data" / "exports"


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    where = tmp_path / "kept" / "store.sqlite3"
    monkeypatch.setenv("SOMNESIUM_STORE", str(where))
    return where


APP = typer.Typer()
APP.command("import")(import_)


def run(*arguments):
    return CliRunner().invoke(APP, [str(argument) for argument in arguments])


def test_nights_and_counts_are_shown():
    done = run(EXPORTS / "whoop" / "sleeps.csv")
    assert done.exit_code == 0
    assert "Nights: 2. Naps: 1." in done.stdout
    assert re.search(r"2025-03-01 .*23:40–07:31 .*409 .*WHOOP", done.stdout)
    assert "Rows read: 3 = 3 accepted + 0 partial + 0 rejected." in done.stdout


def test_explain_tells_every_row_and_the_map():
    folder = EXPORTS / "table"
    done = run(folder / "nights.csv", "--map", folder / "map.toml", "--explain")
    assert "duration <- 'Schlaf': '7,25' -> 435 min" in done.stdout
    assert "nights.csv row 4 rejected: it does not say when" in done.stdout
    assert done.stdout.count("nights.csv row") == 3


def test_json_holds_the_whole_answer():
    done = run(EXPORTS / "oura" / "OuraSleepData.csv", "--json")
    assert json.loads(done.stdout)["nights"][0]["duration"] == 422


def test_the_first_night_is_a_date():
    log = EXPORTS / "ggir" / "sleeplog.csv"
    zone = ("--zone", "Europe/Berlin")
    assert "Nights: 2" in run(log, *zone, "--first-night", "2025-03-01").stdout
    for wrong in (("--first-night", "soon"), ()):
        assert isinstance(run(log, *zone, *wrong).exception, InvalidInput)


@pytest.mark.parametrize("many", [3, 40])
def test_only_the_latest_nights_are_shown_as_text(tmp_path, many):
    path = tmp_path / "plees.csv"
    day = 86_400_000
    rows = [f"{k},{1740866700000 + k * day},{1740894900000 + k * day},4" for k in range(many)]
    path.write_text("\n".join(["sid,start,stop,rating", *rows]) + "\n")
    text = import_text(import_answer(read_nights(path, zone="Europe/Berlin")))
    assert text.count("Plees-Tracker\n") == min(many, 14)
    assert f"Nights: {many}." in text


WHOOP = EXPORTS / "whoop" / "sleeps.csv"


def test_a_second_import_changes_nothing(place):
    assert "import 1: 3 new, 0 changed, 0 unchanged. Instruments: 3 whoop." in run(WHOOP).stdout
    assert "import 2: 0 new, 0 changed, 3 unchanged" in run(WHOOP).stdout
    with opened(place) as store:
        assert [one.instrument for one in nights(store)] == ["whoop"] * 3
        assert imports(store)[0].ledger.counts == imports(store)[1].ledger.counts


def test_a_named_instrument_counts_instead_of_the_guess(place):
    run(WHOOP)
    done = run(WHOOP, "--instrument", "Apple Watch")
    assert "3 changed" in done.stdout
    with opened(place) as store:
        assert {one.instrument for one in nights(store)} == {"apple_watch"}


def test_a_dry_run_and_a_broken_file_leave_no_store(place, tmp_path):
    assert "Nothing was kept." in run(WHOOP, "--dry-run").stdout
    broken = tmp_path / "sleeps.csv"
    broken.write_bytes(WHOOP.read_bytes()[:40])
    assert isinstance(run(broken).exception, InvalidInput)
    assert isinstance(run(WHOOP, "--instrument", "=1").exception, InvalidInput)
    assert not place.exists()


_SLOW = """
import sys
from pathlib import Path
from datetime import UTC, datetime
from somnesium.nights.reading import read_nights
from somnesium.questions.nights.imports import keep_read
from somnesium.store import nights
from somnesium.store.open import opened

keep, count = nights.keep_night, 0
def slow(*given):
    global count
    done, count = keep(*given), count + 1
    if count == 2:
        sys.stdout.write("halfway\\n")
        sys.stdout.flush()
        sys.stdin.read()
    return done
nights.keep_night = slow
path = Path(sys.argv[2])
with opened(sys.argv[1]) as store:
    keep_read(store, read_nights(path), path, datetime.now(UTC))
"""


def test_killed_halfway_an_import_leaves_what_was_there_and_no_half(place):
    run(EXPORTS / "oura" / "OuraSleepData.csv")
    with opened(place) as store:
        before = [one.key for one in nights(store)]
    assert before
    writer = subprocess.Popen(
        [sys.executable, "-c", _SLOW, str(place), str(WHOOP)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "halfway\n"
    writer.kill()
    writer.communicate()
    with opened(place) as store:
        assert [one.key for one in nights(store)] == before
        assert len(imports(store)) == 1
    assert "3 new" in run(WHOOP).stdout
