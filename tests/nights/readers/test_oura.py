"""Oura, JSON and CSV: seconds, kinds of sleep, phase digits, a header that stands twice."""

import json

import pytest

from somnesium.nights.readers.oura_csv import OURA_CSV
from somnesium.nights.readers.oura_json import OURA_JSON

from .mutations import EXPORTS
from .reading import items, local, nights

ENTRY = json.loads((EXPORTS / "oura/oura_v2_sleep.json").read_text())["data"][0]


def text(**changed):
    return json.dumps({"data": [ENTRY | changed]}, indent=1)


@pytest.mark.parametrize(
    ("reader", "source"),
    [(OURA_JSON, "oura/oura_v2_sleep.json"), (OURA_CSV, "oura/OuraSleepData.csv")],
)
def test_both_files_tell_the_same_night(reader, source):
    (one,) = nights(reader, source, zone=None).nights
    night = one.night
    assert (night.latency, night.duration, night.slow_wave, night.rem) == (9, 422, 100, 90)
    assert (night.heart_rate, night.rmssd, one.light) == (55.1, 48, 232)
    assert local(night.lights_out) == "2025-03-01 22:58+01:00"
    assert one.wake_date.isoformat() == ENTRY["day"]


@pytest.mark.parametrize(
    ("kind", "nap"), [("long_sleep", False), ("late_nap", True), ("sleep", None)]
)
def test_kinds_of_sleep(kind, nap):
    (one,) = items(OURA_JSON, text(type=kind))
    assert one.nap is nap


@pytest.mark.parametrize("kind", ["deleted", "rest"])
def test_what_is_not_sleep_is_rejected(kind):
    assert nights(OURA_JSON, text(type=kind)).ledger.counts["rejected"] == 1


def test_phase_digits_are_deep_light_rem_awake():
    changed = {"sleep_phase_5_min": "4" + "2" * 60 + "1" * 20 + "3" * 13}
    (one,) = items(OURA_JSON, text(**changed))
    assert [stretch.stage for stretch in one.stages] == ["awake", "light", "deep", "rem"]
    assert one.stages[1].minutes == 300
    assert one.stages[-1].end == one.end  # the last five minutes are cut off


def test_a_double_header_does_not_shift_columns():
    head = "date,Total Sleep Time,Sleep Timing,Sleep Timing,Bedtime Start,Bedtime End\n"
    row = "2025-03-02,25320,12600,,2025-03-01T22:58:10+01:00,2025-03-02T06:48:10+01:00\n"
    (one,) = items(OURA_CSV, head + row)
    assert one.duration == 422


def test_a_day_without_a_night_is_rejected():
    head = "date,Total Sleep Time,Bedtime Start,Bedtime End\n2025-03-02,,,\n"
    assert nights(OURA_CSV, head).ledger.counts["rejected"] == 1
