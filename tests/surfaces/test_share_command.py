"""`somnesium share`: one new file, private, or one line that says what to do."""

import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import typer
from icalendar import Calendar
from typer.testing import CliRunner

from somnesium.errors import InvalidInput, UnsafePlan
from somnesium.questions.nights.diary import DoseAnswer, Morning, record
from somnesium.store.open import opened
from somnesium.surfaces.command.share import share

EXAMPLE = "stressed_45"
DOCUMENT = Path(__file__).parents[2] / "examples" / f"{EXAMPLE}.toml"


def tell(store, day, **others):
    morning = Morning(
        day=date(2026, 3, day),
        zone="Europe/Berlin",
        bed="23:00",
        rise="07:00",
        latency=15,
        awake=10,
        dose=DoseAnswer(taken=True, at="21:30", what="citrate"),
        sleepiness=3,
        note="my secret",
        alcohol=1,
        **others,
    )
    with opened(store) as kept:
        record(kept, morning, datetime(2026, 4, 1, tzinfo=UTC))


@pytest.fixture
def store(tmp_path):
    place = str(tmp_path / "store.sqlite3")
    for day in (3, 4, 5):
        tell(place, day)
    return place


def run(*arguments):
    app = typer.Typer()
    app.command()(share)
    return CliRunner().invoke(app, [*map(str, arguments)])


def test_a_bundle_is_written_whole_private_and_without_the_notes(store, tmp_path):
    file = tmp_path / "me.json"
    done = run(EXAMPLE, "--as", "fhir", "-o", file, "--store", store, "--born", 1980)
    assert done.exit_code == 0, done.output
    assert "3 nights, 3 doses, 3 ratings" in done.output
    assert "Left out: 3 circumstances" in done.output
    assert file.stat().st_mode & 0o077 == 0
    text = file.read_text(encoding="utf-8")
    assert "my secret" not in text
    found = json.loads(text)
    kinds = {
        tag["code"]
        for one in found["entry"]
        for tag in one["resource"].get("meta", {}).get("tag", ())
    }
    assert kinds == {"recorded", "estimated", "planned"}
    assert not {one["resource"].get("name") for one in found["entry"]} - {None}


def test_only_the_evenings_asked_for_go_out(store, tmp_path):
    file = tmp_path / "out.zip"
    done = run(
        "--as", "csv", "-o", file, "--store", store, "--from", "2026-03-03", "--to", "2026-03-03"
    )
    assert "1 night, 1 dose, 1 rating, 1 circumstance" in done.output
    with zipfile.ZipFile(file) as archive:
        nights, ratings = (archive.read(f"{n}.csv").decode() for n in ("nights", "ratings"))
    assert nights.count("diary/") == 1
    assert "diary/2026-03-04" in nights
    assert ratings.splitlines()[1:] == ["2026-03-04,sleepiness,3.0"]


def test_a_thing_has_one_name_whatever_evenings_go_out(store, tmp_path):
    names = []
    for n, more in enumerate(((), ("--from", "2026-03-04"))):
        run("--as", "fhir", "-o", tmp_path / f"{n}.json", "--store", store, *more)
        found = json.loads((tmp_path / f"{n}.json").read_text(encoding="utf-8"))["entry"]
        names.append(
            {one["fullUrl"] for one in found if one["resource"]["resourceType"] != "Provenance"}
        )
    assert names[1] < names[0]


@pytest.mark.parametrize("format", ["open-mhealth", "parquet"])
def test_the_other_formats_are_written(format, store, tmp_path):
    done = run("--as", format, "-o", tmp_path / "file", "--store", store)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "file").stat().st_size > 500


def test_a_calendar_begins_and_ends_when_asked_and_needs_no_store(tmp_path):
    file = tmp_path / "plan.ics"
    done = run(
        EXAMPLE,
        "--as",
        "ics",
        "-o",
        file,
        "--store",
        tmp_path / "none",
        "--from",
        "2026-06-01",
        "--to",
        "2026-06-14",
    )
    assert "14 days" in done.output
    events = Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    assert min(one["dtstart"].dt.date() for one in events) == date(2026, 6, 1)
    assert not (tmp_path / "none").exists()


def test_a_file_that_is_there_is_not_overwritten(store, tmp_path):
    file = tmp_path / "mine"
    file.write_text("mine")
    done = run("--as", "csv", "-o", file, "--store", store)
    assert isinstance(done.exception, InvalidInput)
    assert file.read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--as", "ics"), "a person's document with a plan"),
        ((EXAMPLE, "--as", "csv"), "leave the document out"),
        (("--as", "csv", "--name", "A. B."), "unless the format is fhir"),
        (("--as", "csv", "--from", "2026-03-09", "--to", "2026-03-01"), "from 2026-03-09 on"),
        (("--as", "csv", "--from", "9 March"), "a date such as"),
        (("--as", "parquet", "--from", "2027-01-01"), "nights or doses"),
        ((EXAMPLE, "--as", "fhir", "--born", "80"), "1900 to 2100"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_and_nothing_is_written(
    arguments, words, store, tmp_path
):
    done = run(*arguments, "-o", tmp_path / "file", "--store", store)
    assert isinstance(done.exception, InvalidInput)
    assert words in str(done.exception)
    assert not (tmp_path / "file").exists()


def test_without_a_store_none_is_made(tmp_path):
    done = run("--as", "csv", "-o", tmp_path / "file", "--store", tmp_path / "none")
    assert isinstance(done.exception, InvalidInput)
    assert list(tmp_path.iterdir()) == []


def test_a_plan_that_is_refused_goes_out_in_no_form_but_what_was_recorded_does(store, tmp_path):
    text = DOCUMENT.read_text(encoding="utf-8").replace("[person]", "[person]\negfr = 12", 1)
    (tmp_path / "ill.toml").write_text(text, encoding="utf-8")
    done = run(tmp_path / "ill.toml", "--as", "ics", "-o", tmp_path / "file")
    assert isinstance(done.exception, UnsafePlan)
    assert not (tmp_path / "file").exists()
    done = run(tmp_path / "ill.toml", "--as", "fhir", "-o", tmp_path / "file", "--store", store)
    assert isinstance(done.exception, UnsafePlan)
    assert not (tmp_path / "file").exists()
    done = run("--as", "fhir", "-o", tmp_path / "file", "--store", store)
    assert done.exit_code == 0, done.output
