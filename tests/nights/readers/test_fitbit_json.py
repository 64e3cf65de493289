"""Fitbit JSON: local times without zone, zeros that mean unknown, short wakes over long stages."""

import json

import pytest

from somnesium.errors import InvalidInput
from somnesium.nights.readers.fitbit_json import FITBIT_JSON

from .mutations import EXPORTS
from .reading import items, local, nights

EXAMPLE = "google_takeout/Takeout/Google Health/Global Export Data/sleep-2025-03-01.json"
ENTRY = json.loads((EXPORTS / EXAMPLE).read_text())[0]


def text(**changed):
    return json.dumps([ENTRY | changed], indent=1)


def test_the_night_and_the_nap_of_the_example():
    night, nap = nights(FITBIT_JSON, EXAMPLE).nights
    assert night.night.duration == 421
    assert (night.light, night.night.slow_wave, night.night.rem) == (231, 84, 106)
    assert local(night.night.lights_out) == "2025-03-01 23:04+01:00"
    assert nap.night.nap
    assert nap.night.duration == 38


def test_zero_minutes_to_fall_asleep_are_unknown_unless_the_stages_tell():
    (told,) = items(FITBIT_JSON, EXAMPLE)[:1]
    assert told.latency == 7  # seven minutes of wake begin the stages
    (untold,) = items(FITBIT_JSON, text(levels={}))
    assert untold.latency is None
    (given,) = items(FITBIT_JSON, text(minutesToFallAsleep=11))
    assert given.latency == 11


def test_short_wakes_lie_over_the_long_stages():
    data = [{"dateTime": "2025-03-01T23:04:30.000", "level": "light", "seconds": 28440}]
    short = [{"dateTime": "2025-03-02T01:20:00.000", "level": "wake", "seconds": 60}]
    levels = {"data": data, "shortData": short}
    (one,) = items(FITBIT_JSON, text(levels=levels, minutesAsleep=None))
    assert one.duration == 473
    assert [stretch.stage for stretch in one.stages] == ["light", "awake", "light"]


def test_the_key_of_the_web_interface_is_read_too():
    entry = {k: v for k, v in ENTRY.items() if k != "mainSleep"} | {"isMainSleep": False}
    (one,) = items(FITBIT_JSON, json.dumps({"sleep": [entry]}, indent=1))
    assert one.nap is True


@pytest.mark.parametrize(
    ("begin", "end", "hours", "shown"),
    [
        ("2025-10-25T23:00:00.000", "2025-10-26T02:30:00.000", 4.5, "2025-10-26 02:30+01:00"),
        ("2025-10-25T23:00:00.000", "2025-10-26T02:30:00.000", 3.5, "2025-10-26 02:30+02:00"),
        ("2025-03-29T23:00:00.000", "2025-03-30T07:00:00.000", 7.0, "2025-03-30 07:00+02:00"),
    ],
)
def test_clock_changes_are_settled_by_the_duration(begin, end, hours, shown):
    told = {"startTime": begin, "endTime": end, "duration": hours * 3.6e6, "levels": {}}
    (one,) = items(FITBIT_JSON, text(**told))
    assert one.time_in_bed == 60 * hours
    assert local(one.end) == shown


def test_a_zone_must_be_named():
    with pytest.raises(InvalidInput, match="--zone"):
        items(FITBIT_JSON, EXAMPLE, zone=None)


@pytest.mark.parametrize(
    "changed",
    [
        {"startTime": None},
        {"startTime": "2025-03-01T23:04:30Z"},
        {"duration": "long"},
        {"levels": {"data": [{"level": "flying", "seconds": 3}]}},
        {"endTime": "2025-03-01T23:04:30"},
    ],
)
def test_broken_entries_are_rejected_alone(changed):
    whole = json.dumps([ENTRY | changed, ENTRY], indent=1)
    assert nights(FITBIT_JSON, whole).ledger.counts == {"accepted": 1, "partial": 0, "rejected": 1}


DEEP = '[\n{"dateOfSleep": ' + "[" * 100_000


@pytest.mark.parametrize("text", ['[\n{"dateOfSleep": NaN}]', '[\n{"dateOfSleep": ', DEEP])
def test_broken_json_is_refused(text):
    with pytest.raises(InvalidInput):
        items(FITBIT_JSON, text)
