"""Nights go in and come out the same, once each, with what they were before."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, text

from recorded import BERLIN, NOW, recorded
from somnesium.errors import InvalidInput
from somnesium.nights.ledger import LedgerEntry, balanced
from somnesium.store.history import changes
from somnesium.store.migrate import latest, shape_of
from somnesium.store.nights import imports, keep_import, keep_nights, nights, zone_named
from somnesium.store.open import open_store, opened, reading, writing
from somnesium.store.tables import METADATA


def test_a_night_comes_back_as_it_went_in(store):
    nights_in = [recorded(5), recorded(6, device="watch"), recorded(6), recorded(7, rmssd=None)]
    assert keep_nights(store, nights_in, NOW) == {"new": 4, "changed": 0, "unchanged": 0}
    found = nights(store)
    bare = [one._replace(id=None, recorded_at=None) for one in found]
    assert sorted(bare) == sorted(nights_in)
    assert all(one.night.rise.tzinfo == BERLIN for one in found)
    assert all(one.recorded_at == NOW for one in found)


def test_two_recorders_of_one_night_are_kept_apart(store):
    keep_nights(store, [recorded(6), recorded(6, device="watch", latency=31.0)], NOW)
    assert [one.night.latency for one in nights(store)] == [20.0, 31.0]


def test_keeping_again_changes_nothing(store):
    keep_nights(store, [recorded(5)], NOW)
    told = keep_nights(store, [recorded(5)], NOW + timedelta(days=1))
    assert told == {"new": 0, "changed": 0, "unchanged": 1}
    assert changes(store, "nights") == ()
    assert nights(store)[0].recorded_at == NOW


def test_an_edit_keeps_what_was_there(store):
    later = NOW + timedelta(days=1)
    keep_nights(store, [recorded(5)], NOW)
    assert keep_nights(store, [recorded(5, latency=44.0)], later)["changed"] == 1
    (one,) = nights(store)
    (change,) = changes(store, "nights", one.id)
    assert one.night.latency == 44.0
    assert (change.before["latency"], change.changed_at) == (20.0, later)


def test_a_clock_change_and_an_odd_offset_survive(store):
    spring, nepal = recorded(28), recorded(9, zone=timezone(timedelta(hours=5, minutes=45)))
    keep_nights(store, [spring, nepal], NOW)
    back = {one.key: one for one in nights(store)}
    assert back[spring.key].night.time_in_bed == 480.0
    assert back[spring.key].night.rise.hour == 8  # 23:10 and eight hours, one of them skipped
    assert back[nepal.key].night.lights_out.utcoffset() == timedelta(hours=5, minutes=45)


@given(st.integers(-14 * 60, 14 * 60))
def test_an_offset_is_read_as_it_is_written(minutes):
    zone = timezone(timedelta(minutes=minutes))
    assert zone_named(str(zone)) == zone


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.floats(0, 300), min_size=1, max_size=3), st.text(max_size=40))
def test_numbers_come_back_to_the_bit(store, latencies, device):
    device = device.encode("utf-8", "ignore").decode()
    for latency in latencies:
        keep_nights(store, [recorded(5, device=device, latency=latency)], NOW)
        kept = {one.device: one for one in nights(store)}
        assert kept[device.replace("\x00", "")].night.latency == latency


def test_only_the_evenings_asked_for(store):
    keep_nights(store, [recorded(day) for day in (5, 6, 7, 8)], NOW)
    found = nights(store, date(2026, 3, 6), date(2026, 3, 7))
    assert [one.night.evening.day for one in found] == [6, 7]


def test_an_import_keeps_its_ledger_and_repeats_nothing(store):
    entries = (
        LedgerEntry("row 2", 2, "accepted", "", date(2026, 3, 5)),
        LedgerEntry("row 4", 1, "rejected", "why", None),
    )
    ledger = balanced(3, entries)
    first, outcomes = keep_import(store, [recorded(5)], ledger, "sleep.csv", "0" * 64, "oura", NOW)
    _, again = keep_import(store, [recorded(5)], ledger, "sleep.csv", "0" * 64, "oura", NOW)
    assert outcomes == {"new": 1, "changed": 0, "unchanged": 0}
    assert again == {"new": 0, "changed": 0, "unchanged": 1}
    assert [one.ledger for one in imports(store)] == [ledger] * 2
    assert nights(store)[0].import_id == first


def test_half_an_import_is_none(store):
    def stopped():
        yield recorded(5)
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError):
        keep_nights(store, stopped(), NOW)
    assert nights(store) == ()


def test_a_new_file_is_its_owners_alone(tmp_path):
    path = tmp_path / "deep" / "folder" / "store.sqlite3"
    with opened(path) as store:
        keep_nights(store, [recorded(5)], NOW)
        for one in path.parent.iterdir():
            assert stat.S_IMODE(one.stat().st_mode) == 0o600, one
        with reading(store) as connection:
            told = [
                connection.execute(text(f"PRAGMA {name}")).scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
    assert told == ["wal", 2, 1]
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_migrations_make_the_tables_we_use(store):
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with reading(store) as connection:
        assert shape_of(connection) == latest()
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_store_of_a_newer_version_is_left_alone(place):
    with opened(place) as store, writing(store) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'tomorrow'"))
    with pytest.raises(InvalidInput, match="newer version"):
        open_store(place)


def test_somebody_elses_database_is_left_alone(place, tmp_path):
    with opened(place) as store, writing(store) as connection:
        METADATA.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        connection.execute(text("CREATE TABLE theirs (x INTEGER)"))
    with pytest.raises(InvalidInput, match="belongs to something else"):
        open_store(place)
    (tmp_path / "letter.txt").write_text("Dear Sir, this is no database. " * 9)
    with pytest.raises(InvalidInput, match="not a database"):
        open_store(tmp_path / "letter.txt")
    assert (tmp_path / "letter.txt").read_text().startswith("Dear Sir")


def test_wrong_places_are_explained_without_the_password():
    with pytest.raises(InvalidInput, match="allowed: a path, or postgresql"):
        open_store("mysql://a/b")
    with pytest.raises(InvalidInput) as error:
        open_store("postgresql://me:secret@127.0.0.1:1/b")
    assert "secret" not in str(error.value)
    with pytest.raises(InvalidInput, match="folder you can write to"):
        open_store("/proc/none/store.sqlite3")


def test_two_that_open_a_new_store_at_once_both_may(place):
    def opens(_: int) -> bool:
        with opened(place) as store, reading(store) as connection:
            return inspect(connection).has_table("nights")

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(opens, range(8)))
