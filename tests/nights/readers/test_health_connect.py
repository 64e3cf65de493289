"""Health Connect: an SQLite file read and never run; apps apart; stages, offsets, odd values."""

import sqlite3

import pytest

from somnesium.errors import InvalidInput
from somnesium.nights.readers.health_connect import HEALTH_CONNECT

from .mutations import EXPORTS
from .reading import items, local, nights

EXAMPLE = "health_connect/health_connect_export.db"


def changed(tmp_path, *statements):
    """The example after some statements, as bytes."""
    path = tmp_path / "base.db"
    path.write_bytes((EXPORTS / EXAMPLE).read_bytes())
    with sqlite3.connect(path) as base:
        for statement in statements:
            base.execute(statement)
    base.close()
    return path.read_bytes()


COPY = (
    "INSERT INTO sleep_session_record_table (uuid, app_info_id, start_time, end_time, "
    "start_zone_offset, end_zone_offset) VALUES (X'{}', {}, {}, {}, {}, {})"
)
START, END = 1740866700000, 1740894900000


def test_the_example():
    merged = nights(HEALTH_CONNECT, EXAMPLE, zone=None)
    (one,) = merged.nights
    assert (one.night.latency, one.night.duration, one.night.slow_wave) == (12, 450, 90)
    assert local(one.night.lights_out) == "2025-03-01 23:05+01:00"
    assert one.device == "Synthetic"
    assert merged.ledger.counts["accepted"] == 1 + 6  # a session and its stages


def test_two_apps_that_tell_the_same_night_are_not_added(tmp_path):
    base = changed(tmp_path, COPY.format("02", 7, START, END, 3600, 3600))
    merged = nights(HEALTH_CONNECT, base)
    assert [one.device for one in merged.nights] == ["Synthetic"]
    assert merged.ledger.counts["rejected"] == 1


def test_the_offset_of_each_end_is_kept(tmp_path):
    base = changed(
        tmp_path,
        "DELETE FROM sleep_session_record_table",
        COPY.format("02", 1, START, END, -18000, -14400),
    )
    (one, _) = items(HEALTH_CONNECT, base, zone=None)
    assert (local(one.begin)[-6:], local(one.end)[-6:]) == ("-05:00", "-04:00")


def test_stages_without_a_sleep_are_told(tmp_path):
    base = changed(tmp_path, "DELETE FROM sleep_session_record_table")
    merged = nights(HEALTH_CONNECT, base)
    assert merged.ledger.counts == {"accepted": 0, "partial": 0, "rejected": 6}


@pytest.mark.parametrize("value", ["'soon'", "NULL", "1e300", "X'00'", "9223372036854775807"])
def test_odd_values_reject_their_row(tmp_path, value):
    base = changed(tmp_path, f"UPDATE sleep_session_record_table SET start_time = {value}")
    assert nights(HEALTH_CONNECT, base).ledger.counts["rejected"] == 7


def test_out_of_bed_is_awake_and_unknown_stages_are_passed_over(tmp_path):
    base = changed(
        tmp_path,
        "UPDATE sleep_stages_table SET stage_type = 3 WHERE stage_type = 5",
        "UPDATE sleep_stages_table SET stage_type = 99 WHERE stage_type = 6",
    )
    (one,) = items(HEALTH_CONNECT, base)
    assert one.slow_wave == 0
    assert one.duration == 450 - 90 - 95


@pytest.mark.parametrize(
    "statements",
    [
        ("DROP TABLE sleep_session_record_table",),
        (
            "DROP TABLE sleep_session_record_table",
            "CREATE VIEW sleep_session_record_table AS WITH RECURSIVE c(x) AS "
            "(SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT * FROM c",
        ),
    ],
    ids=["no table", "a view that never ends"],
)
def test_a_base_without_the_table_is_refused(tmp_path, statements):
    with pytest.raises(InvalidInput):
        items(HEALTH_CONNECT, changed(tmp_path, *statements))


def test_a_cut_off_base_is_refused():
    with pytest.raises(InvalidInput):
        items(HEALTH_CONNECT, (EXPORTS / EXAMPLE).read_bytes()[:3000])


def test_the_original_is_not_written_to():
    before = (EXPORTS / EXAMPLE).stat().st_mtime_ns, sorted((EXPORTS / EXAMPLE).parent.iterdir())
    items(HEALTH_CONNECT, EXAMPLE)
    after = (EXPORTS / EXAMPLE).stat().st_mtime_ns, sorted((EXPORTS / EXAMPLE).parent.iterdir())
    assert before == after
