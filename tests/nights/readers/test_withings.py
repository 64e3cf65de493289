"""Withings: columns in the user's tongue, with and without REM."""

import pytest

from somnesium.nights.readers.withings import WITHINGS

from .reading import items, nights

ROW = "2025-03-01T23:02:00+01:00,2025-03-02T07:05:00+01:00,14100,6300,5700,2880,3,720\n"


def test_with_rem():
    (one,) = nights(WITHINGS, "withings/sleep.csv", zone=None).nights
    night = one.night
    assert (night.latency, night.duration, one.light) == (12, 435, 235)
    assert (night.slow_wave, night.rem, night.awakenings) == (105, 95, 3)
    assert night.heart_rate == 58
    assert one.zone == "UTC+01:00"


def test_german_headers_without_rem():
    (one,) = nights(WITHINGS, "withings_de/sleep.csv").nights
    assert (one.night.duration, one.night.slow_wave, one.night.rem) == (435, 105, None)
    assert one.night.awakenings == 3


@pytest.mark.parametrize(
    "head",
    [
        "de,a,ligero (s),profundo (s),rem (s),despierto (s),despertar,Duration to sleep (s)\n",
        "du,au,léger (s),profond (s),paradoxal (s),éveillé (s),réveils,Duration to sleep (s)\n",
        "od,do,lekki (s),głęboki (s),rem (s),czuwanie (s),pobudki,Duration to sleep (s)\n",
    ],
)
def test_other_tongues_are_read_by_order(head):
    (one,) = items(WITHINGS, head + ROW)
    assert (one.duration, one.slow_wave, one.rem, one.latency) == (435, 105, 95, 12)


def test_a_table_of_other_seconds_is_not_taken_for_sleep():
    assert not WITHINGS.recognise(b"start,value,heart (s),steps (s),other (s),n\n1,2,3,4,5,6\n")
