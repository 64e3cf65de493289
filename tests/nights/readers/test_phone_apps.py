"""Sleep as Android, Sleepmeter, Plees-Tracker and Polar: what each hides in its table."""

import pytest

from somnesium.errors import InvalidInput
from somnesium.nights.readers.plees import PLEES
from somnesium.nights.readers.polar import POLAR
from somnesium.nights.readers.sleep_as_android import SLEEP_AS_ANDROID
from somnesium.nights.readers.sleepmeter import SLEEPMETER

from .mutations import EXPORTS
from .reading import items, local, nights

ANDROID = "sleep_as_android/sleep-export.csv"


def test_every_record_brings_its_own_header_and_zone():
    first, second = nights(SLEEP_AS_ANDROID, ANDROID, zone=None).nights
    assert (first.zone, second.zone) == ("Europe/Berlin", "Europe/London")
    assert local(first.night.lights_out) == "2025-03-01 23:04+01:00"
    assert local(second.night.rise) == "2025-03-03 06:30+00:00"


def test_minutes_adjusted_but_not_for_records_by_hand():
    first, second = nights(SLEEP_AS_ANDROID, ANDROID).nights
    assert first.night.duration == pytest.approx(7.9 * 60 - 20)
    assert second.night.duration == 510  # "-1.0" is a mark, not a minute
    text = (EXPORTS / ANDROID).read_text().replace('"-1.0","","0.0"', '"-1","","0.0"')
    assert nights(SLEEP_AS_ANDROID, text).nights[1].night.duration == 509


def test_deep_sleep_is_a_share_and_below_zero_unknown():
    first, second = nights(SLEEP_AS_ANDROID, ANDROID).nights
    assert first.night.slow_wave == pytest.approx(0.35 * 7.9 * 60)
    assert second.night.slow_wave is None


def test_events_are_stages_and_lines_of_noise_are_no_records():
    merged = nights(SLEEP_AS_ANDROID, ANDROID)
    assert [s.stage for s in merged.nights[0].stages] == ["light", "deep"]
    assert merged.ledger.rows == 2


def test_the_record_ends_after_its_hours_not_at_its_clock():
    text = (EXPORTS / ANDROID).read_text().replace("02. 03. 2025 6:58", "02. 03. 2025 5:00")
    first, _ = nights(SLEEP_AS_ANDROID, text).nights
    assert local(first.night.rise) == "2025-03-02 06:58+01:00"


def test_sleepmeter_skips_the_user_s_own_words():
    merged = nights(SLEEPMETER, "sleepmeter/sleepmeter.csv")
    night, nap, sleepless = merged.nights
    assert (night.night.latency, night.night.awake_after_onset) == (20, 25)
    assert (night.night.duration, night.night.awakenings) == (435, 2)
    assert nap.night.nap
    assert (sleepless.night.duration, sleepless.night.latency) == (0, None)
    assert merged.ledger.counts == {"accepted": 3, "partial": 0, "rejected": 1}


@pytest.mark.parametrize(
    ("holes", "asleep"), [("", 460), ("10-20|15-30", 440), ("450-500", None), ("1-", None)]
)
def test_holes_overlap_once_and_lie_within_the_sleep(holes, asleep):
    text = "wake,sleep,bedtime,holes,type\n2025-03-02 07:00+0100,2025-03-01 23:20+0100,"
    merged = nights(SLEEPMETER, text + f"2025-03-01 23:00+0100,{holes},NIGHT_SLEEP\n")
    assert [one.night.duration for one in merged.nights] == ([] if asleep is None else [asleep])


def test_plees_tells_times_and_nothing_else():
    merged = nights(PLEES, "plees/plees.csv")
    (one,) = merged.nights
    assert local(one.night.lights_out) == "2025-03-01 23:05+01:00"
    assert one.lacks == ("how long they slept is not told",)
    assert merged.ledger.counts == {"accepted": 0, "partial": 1, "rejected": 1}
    with pytest.raises(InvalidInput, match="--zone"):
        items(PLEES, "plees/plees.csv", zone=None)


def test_polar_s_hypnogram_crosses_midnight():
    (one,) = nights(POLAR, "polar/nights.json", zone=None).nights
    assert (one.night.duration, one.night.slow_wave, one.night.rem) == (450, 100, 115)
    assert [s.stage for s in one.stages] == [
        "light",
        "deep",
        "awake",
        "light",
        "rem",
        "asleep",
        "light",
    ]
    assert local(one.stages[1].begin) == "2025-03-02 00:30+01:00"
    assert one.night.efficiency is None  # from falling asleep, not from bed
