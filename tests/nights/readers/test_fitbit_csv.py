"""Fitbit's website: two ways of dates, thousands commas, N/A, a beginning worked out."""

from somnesium.nights.readers.fitbit_csv import FITBIT_CSV

from .reading import items, local, nights

EXAMPLE = "fitbit_csv/fitbit_export.csv"


def test_both_ways_of_dates_are_read():
    first, second = nights(FITBIT_CSV, EXAMPLE).nights
    assert local(first.night.rise) == "2025-03-02 06:58+01:00"
    assert local(second.night.rise) == "2025-03-03 08:30+01:00"


def test_the_beginning_is_the_end_less_awake_and_asleep():
    _, second = nights(FITBIT_CSV, EXAMPLE).nights
    assert second.night.duration == 1021  # "1,021"
    assert second.night.time_in_bed == 1021 + 59  # not from the start it tells
    assert second.night.rem is None  # N/A


def test_a_row_without_minutes_is_rejected():
    assert nights(FITBIT_CSV, EXAMPLE).ledger.counts["rejected"] == 1


def test_other_sections_of_the_file_are_not_sleep():
    text = "Sleep\nStart Time,End Time,Minutes Asleep,Minutes Awake\n"
    text += '"2025-03-01 11:00PM","2025-03-02 7:00AM","450","30"\n\n'
    text += "Body\nDate,Weight\n2025-03-01,70\n"
    assert len(items(FITBIT_CSV, text)) == 1
