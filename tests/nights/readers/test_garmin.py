"""Garmin: milliseconds and texts, shifted local times, empty nights."""

import pytest

from somnesium.errors import InvalidInput
from somnesium.nights.readers.garmin import GARMIN

from .reading import items, local, nights

EXAMPLE = "garmin/2025-03-01_2025-06-01_sleepData.json"
DTO = (
    '{"dailySleepDTO": {"sleepStartTimestampGMT": 1740866700000, "sleepTimeSeconds": 25200,\n'
    '"sleepStartTimestampLocal": %d, "sleepEndTimestampGMT": 1740894300000}}'
)


def test_the_two_layouts_and_the_empty_night():
    merged = nights(GARMIN, EXAMPLE)
    first, second = merged.nights
    assert (first.night.duration, first.night.slow_wave, first.night.rem) == (440, 90, 100)
    assert first.night.rem_latency == 340  # from the levels
    assert local(second.night.lights_out) == "2025-03-03 23:30+01:00"  # a text, universal
    assert second.night.duration == 430  # deep, light and REM
    assert merged.ledger.reasons["a day without a night"] == 1


def test_local_less_universal_is_the_offset():
    (one,) = items(GARMIN, DTO % (1740866700000 - 5 * 3_600_000), zone=None)
    assert local(one.begin) == "2025-03-01 17:05-05:00"


def test_without_local_times_a_zone_must_be_named():
    with pytest.raises(InvalidInput, match="--zone"):
        items(GARMIN, EXAMPLE, zone=None)


def test_when_they_lay_down_is_not_told():
    (one,) = items(GARMIN, DTO % 1740870300000)
    assert (one.latency, one.efficiency) == (None, None)
    assert one.awake_after_onset == 40
