"""WHOOP: newest first, a sleep that still runs, offsets in three ways, localised headers."""

import pytest

from somnesium.nights.readers.whoop import WHOOP

from .mutations import EXPORTS
from .reading import items, local, nights

EXAMPLE = (EXPORTS / "whoop" / "sleeps.csv").read_text()


def test_the_example_is_put_in_order_and_wakes_on_its_day():
    found = nights(WHOOP, "whoop/sleeps.csv", zone=None).nights
    assert [one.wake_date.day for one in found] == [2, 2, 3]
    assert [one.night.nap for one in found] == [False, True, False]
    assert [one.night.duration for one in found] == [409, 22, 431]
    assert found[0].night.slow_wave == 92
    assert found[0].zone == "UTC+01:00"


@pytest.mark.parametrize(
    ("told", "shown"), [("UTCZ", "+00:00"), ("-05:00", "-05:00"), ("UTC+05:30", "+05:30")]
)
def test_offsets_in_all_ways(told, shown):
    one = items(WHOOP, EXAMPLE.replace("UTC+01:00", told), zone=None)[0]
    assert local(one.begin) == f"2025-03-02 23:11{shown}"


def test_spanish_headers_and_the_sleep_that_still_runs():
    merged = nights(WHOOP, "whoop_es/sueño.csv", zone=None)
    (one,) = merged.nights
    assert (one.night.duration, one.night.slow_wave, one.night.rem) == (409, 92, 103)
    assert list(merged.ledger.reasons) == ["a sleep that has not ended, or tells no times"]


def test_headers_of_an_unknown_tongue_are_read_by_order():
    _, *rows = EXAMPLE.splitlines()
    head = ",".join(f"Spalte {k}" for k in range(18))
    merged = nights(WHOOP, "\n".join([head, *rows]) + "\n")
    assert [one.night.duration for one in merged.nights] == [409, 22, 431]


def test_the_journal_and_other_tables_of_eighteen_are_not_sleep():
    assert not WHOOP.recognise((EXPORTS / "whoop" / "journal_entries.csv").read_bytes())
    assert not WHOOP.recognise((",".join("abcdefghijklmnopqr") + "\n" + "1," * 17 + "1\n").encode())
