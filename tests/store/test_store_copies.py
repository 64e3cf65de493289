"""Everything out, everything gone, everything back; and nobody else reads or runs it."""

import csv
import io
import json
import stat
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorded import NOW, recorded
from somnesium.errors import InvalidInput
from somnesium.nights.ledger import LedgerEntry, balanced
from somnesium.nights.recorded import Circumstance, DoseTaken, Note, Rating
from somnesium.store.backup import backup, restore
from somnesium.store.copies import (
    counts,
    delete_everything,
    everything,
    export_zip,
    guarded,
    put_back,
)
from somnesium.store.days import keep_day_record
from somnesium.store.experiments import allocation, keep_experiment, unblind
from somnesium.store.nights import keep_import, keep_nights, nights
from somnesium.store.open import opened, writing

PASSPHRASE = "correct horse battery"


@pytest.fixture
def full(store):
    """A store with something in every table."""
    ledger = balanced(1, [LedgerEntry("row 2", 1, "accepted", "", None)])
    keep_import(store, [recorded(5)], ledger, "=cmd()", "0" * 64, "oura", NOW)
    keep_nights(store, [recorded(5, latency=33.0), recorded(6)], NOW)
    keep_experiment(store, "x", date(2026, 3, 9), {"a": 1}, "# P", "s/1", 2**62, "{}", NOW)
    unblind(store, 1, "a rash", NOW)
    with writing(store) as connection:
        keep_day_record(connection, Note(date(2026, 3, 5), "=HYPERLINK(1)"), NOW)
        keep_day_record(connection, DoseTaken(date(2026, 3, 5), "+cap", True, NOW, "UTC"), NOW)
        keep_day_record(connection, Rating(date(2026, 3, 5), "isi", 9.0), NOW)
        keep_day_record(connection, Circumstance(date(2026, 3, 5), "ill", 1.0, None), NOW)
    assert all(counts(store).values())
    return store


def test_an_export_holds_everything_and_no_formula(full, tmp_path):
    told = export_zip(full, tmp_path / "all.zip")
    assert told == counts(full)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert json.loads(archive.read("everything.json")) == everything(full)
        for name, n in told.items():
            rows = list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode())))
            assert len(rows) == n
            for cell in (cell for row in rows for cell in row.values()):
                assert not cell.startswith(("=", "+", "@", "\t", "\r")), cell
        row = next(csv.DictReader(io.StringIO(archive.read("notes.csv").decode())))
    assert row["text"] == "'=HYPERLINK(1)"
    assert stat.S_IMODE((tmp_path / "all.zip").stat().st_mode) == 0o600


@given(st.text())
def test_no_text_is_a_formula_in_a_spreadsheet(value):
    cell = str(guarded(value))
    assert cell.lstrip(" ")[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n")
    assert cell.removeprefix("'") == value.removeprefix("'")


def test_numbers_stay_numbers():
    assert guarded(-5.5) == -5.5
    assert guarded(None) is None


def test_an_export_overwrites_nothing(full, tmp_path):
    (tmp_path / "all.zip").write_text("mine")
    with pytest.raises(InvalidInput, match="there already"):
        export_zip(full, tmp_path / "all.zip")
    assert (tmp_path / "all.zip").read_text() == "mine"
    with pytest.raises(InvalidInput, match="folder you can write to"):
        export_zip(full, tmp_path / "none" / "all.zip")


def test_a_deleted_store_is_gone(full, place):
    kept, path = counts(full), full.path
    assert delete_everything(full) == kept
    if path is not None:
        assert list(path.parent.iterdir()) == []
    with opened(place) as again:
        assert not any(counts(again).values())


def test_a_backup_comes_back_to_the_bit(full, tmp_path, place):
    before, night = everything(full), nights(full)
    backup(full, tmp_path / "b", PASSPHRASE)
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o600
    delete_everything(full)
    with opened(place) as again:
        restore(again, tmp_path / "b", PASSPHRASE)
        assert everything(again) == before
        assert nights(again) == night
        assert allocation(again, 1).seed == 2**62
        assert keep_nights(again, [recorded(9)], NOW)["new"] == 1  # numbers go on


def test_a_backup_moves_between_databases(tmp_path, database):
    with opened(tmp_path / "one.sqlite3") as one, opened(database) as other:
        keep_nights(one, [recorded(5)], NOW)
        keep_experiment(one, "x", date(2026, 3, 9), {"a": 1}, "# P", "s/1", 2**62, "{}", NOW)
        backup(one, tmp_path / "b", PASSPHRASE)
        restore(other, tmp_path / "b", PASSPHRASE)
        assert everything(other) == everything(one)
        assert allocation(other, 1) == allocation(one, 1)


def test_a_backup_says_nothing_without_the_passphrase(full, tmp_path):
    backup(full, tmp_path / "b", PASSPHRASE)
    content = (tmp_path / "b").read_bytes()
    assert b"night" not in content
    for changed, say in (
        (content[:-1], "another"),
        (content[:60] + bytes([content[60] ^ 1]) + content[61:], "another"),
        (content[:9] + b"\x1f" + content[10:], "damaged"),
        (content[:20], "damaged"),
        (b"PK" + content, "none"),
    ):
        (tmp_path / "c").write_bytes(changed)
        with opened(tmp_path / "new.sqlite3") as new:
            with pytest.raises(InvalidInput, match=say):
                restore(new, tmp_path / "c", PASSPHRASE)
            assert not any(counts(new).values())
    with pytest.raises(InvalidInput, match="passphrase"):
        restore(full, tmp_path / "b", "another passphrase")
    with pytest.raises(InvalidInput, match="8 characters or more"):
        backup(full, tmp_path / "d", "short")


def test_a_full_store_is_not_restored_over(full, tmp_path):
    backup(full, tmp_path / "b", PASSPHRASE)
    before = everything(full)
    with pytest.raises(InvalidInput, match="an empty store"):
        restore(full, tmp_path / "b", PASSPHRASE)
    assert everything(full) == before


def test_contents_of_an_unknown_shape_are_refused_whole(full, place, tmp_path):
    found = everything(full) | {"shape": "tomorrow"}
    with opened(tmp_path / "new.sqlite3") as new:
        with pytest.raises(InvalidInput, match="newer version"):
            put_back(new, found)
        assert counts(new)["nights"] == 0
