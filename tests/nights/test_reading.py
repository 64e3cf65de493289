"""`read_nights` on every bundled example: its format, its nights, and a ledger that adds up."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from somnesium.errors import InvalidInput
from somnesium.nights.readers.formats import READERS
from somnesium.nights.reading import read_nights

EXPORTS = Path(__file__).parents[1] / "data" / "exports"
ZONE = {"zone": "Europe/Berlin"}
FIRST = {**ZONE, "first_night": date(2025, 3, 1)}
FOLDERS = sorted(path for path in EXPORTS.iterdir() if path.is_dir() and path.name != "table")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_example_gives_nights_and_a_ledger_that_adds_up(folder):
    news = []
    read = read_nights(folder, **FIRST, progress=lambda *said: news.append(said))
    assert read.formats
    assert {format.name for format in read.formats} <= {reader.name for reader in READERS}
    assert any(not one.night.nap for one in read.nights)
    for one in read.nights:
        assert timedelta(0) < one.night.rise - one.night.lights_out < timedelta(days=1)
        assert one.wake_date == one.night.rise.date()
        assert one.measure("duration") == one.night.duration
        assert one.measure("light") == one.light
    ledger = read.ledger
    assert sum(ledger.counts.values()) == ledger.rows > 0
    evenings = {entry.evening for entry in ledger.entries if entry.verdict != "rejected"}
    assert evenings == {one.night.evening for one in read.nights}
    assert all(entry.reason for entry in ledger.entries if entry.verdict != "accepted")
    assert news
    assert {what for _, _, what in news} == {folder.name}


def test_every_format_is_among_the_examples():
    names = {format.name for path in FOLDERS for format in read_nights(path, **FIRST).formats}
    assert names == {reader.name for reader in READERS}


def test_a_table_is_read_by_its_map_and_says_how():
    folder = EXPORTS / "table"
    read = read_nights(folder / "nights.csv", map=folder / "map.toml")
    assert [format.name for format in read.formats] == ["table"]
    assert [one.night.duration for one in read.nights] == [435, 360]
    assert read.cells[0][0].read.startswith("2025-")
    with pytest.raises(InvalidInput, match="name the file itself"):
        read_nights(EXPORTS / "oura", map=folder / "map.toml")


def test_what_is_not_there_or_needs_a_zone_is_explained():
    with pytest.raises(InvalidInput, match="file: got"):
        read_nights(EXPORTS / "nowhere.csv")
    with pytest.raises(InvalidInput, match="add --zone"):
        read_nights(EXPORTS / "plees")
    with pytest.raises(InvalidInput, match="did you mean"):
        read_nights(EXPORTS / "plees", format="pleess")
