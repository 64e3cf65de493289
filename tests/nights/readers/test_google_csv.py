"""The Takeout tables of 2026: offsets, scores joined by waking time, -1 and blanks missing."""

from somnesium.nights.readers.google_csv import GOOGLE_CSV

from .reading import items, local, nights

FOLDER = "google_takeout/Takeout/Google Health/"
SLEEPS = FOLDER + "Health Fitness Data_GoogleData/UserSleeps_2025-03-01.csv"
SCORES = FOLDER + "Sleep Score/sleep_score.csv"
HEAD = (
    "sleep_id,start_utc_offset,sleep_start,end_utc_offset,sleep_end,minutes_asleep,"
    "minutes_to_fall_asleep\n"
)
SCORE_HEAD = "sleep_log_entry_id,timestamp,deep_sleep_in_minutes\n"


def test_a_sleep_and_its_score_are_one_night():
    merged = nights(GOOGLE_CSV, SLEEPS, SCORES, zone=None)
    (one,) = merged.nights
    assert (one.night.duration, one.night.latency, one.night.slow_wave) == (421, 7, 84)
    assert local(one.night.rise) == "2025-03-02 06:58+01:00"  # universal 05:58:30
    assert merged.ledger.counts == {"accepted": 2, "partial": 0, "rejected": 0}


def test_a_score_alone_is_rejected():
    assert nights(GOOGLE_CSV, SCORES).ledger.counts["rejected"] == 1


def test_a_table_of_headers_alone_holds_nothing():
    assert nights(GOOGLE_CSV, SCORE_HEAD).ledger.rows == 0


def test_minus_one_and_blanks_are_missing():
    row = "1,+01:00,2025-03-01T22:00:00Z,+01:00,2025-03-02T06:00:00Z,400,-1\n"
    (one,) = items(GOOGLE_CSV, HEAD + row, SCORE_HEAD + "9,2025-03-02T06:00:30Z,-1\n")
    assert (one.latency, one.slow_wave, one.rows) == (None, None, 2)


def test_the_offset_may_change_over_night():
    row = "1,+01:00,2025-03-29T22:00:00Z,+02:00,2025-03-30T05:00:00Z,400,5\n"
    (one,) = items(GOOGLE_CSV, HEAD + row, zone=None)
    assert local(one.begin) == "2025-03-29 23:00+01:00"
    assert local(one.end) == "2025-03-30 07:00+02:00"
    assert one.time_in_bed == 420
