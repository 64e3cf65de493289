"""The Consensus Sleep Diary: clock times over midnight, and its own sums."""

from datetime import date

import pytest

from somnesium.errors import InvalidInput
from somnesium.nights.readers.sleep_diary import SLEEP_DIARY

from .mutations import EXPORTS
from .reading import items, local, nights

EXAMPLE = "consensus_sleep_diary/csd.csv"
HEAD = (EXPORTS / EXAMPLE).read_text().splitlines()[0] + "\n"


def test_the_sums_of_the_diary():
    first, second = nights(SLEEP_DIARY, EXAMPLE).nights
    assert first.night.duration == (7 * 60 + 45) - 20 - 15  # tried 23:05 to waking 06:50
    assert first.night.efficiency == pytest.approx(100 * 430 / 505)  # in bed 22:45 to 07:10
    assert first.night.awake_after_onset == 15 + 20  # and from waking to getting up
    assert local(second.night.lights_out) == "2025-03-03 00:10+01:00"  # past midnight
    assert second.night.evening == date(2025, 3, 2)


def test_into_bed_past_midnight_and_out_in_the_afternoon():
    (one,) = items(SLEEP_DIARY, HEAD + "P1,2025-03-02,03:30,04:00,10,0,0,13:00,13:30,3,\n")
    assert (one.time_in_bed, one.duration) == (570, 530)


def test_a_night_of_the_clock_change():
    (one,) = items(SLEEP_DIARY, HEAD + "P1,2025-03-30,23:00,23:00,10,0,0,07:00,07:00,3,\n")
    assert (one.time_in_bed, one.duration) == (420, 410)


def test_missing_minutes_leave_the_sleep_unknown():
    merged = nights(SLEEP_DIARY, HEAD + "P1,2025-03-02,22:45,23:05,,2,15,06:50,07:10,4,\n")
    assert merged.nights[0].night.duration is None
    assert merged.ledger.counts["partial"] == 1


@pytest.mark.parametrize("clock", ["25:00", "6", "noon", ""])
def test_clock_times_that_are_none_reject_the_row(clock):
    text = HEAD + f"P1,2025-03-02,22:45,23:05,20,2,15,{clock},07:10,4,\n"
    assert nights(SLEEP_DIARY, text).ledger.counts["rejected"] == 1


def test_more_minutes_awake_than_there_were_reject_the_row():
    text = HEAD + "P1,2025-03-02,22:45,23:05,300,2,300,06:50,07:10,4,\n"
    assert nights(SLEEP_DIARY, text).ledger.counts["rejected"] == 1


def test_of_several_people_one_must_be_named():
    text = HEAD + "A,2025-03-02,22:45,23:05,20,2,15,06:50,07:10,4,\n"
    text += "B,2025-03-02,22:00,22:05,20,2,15,06:00,06:10,4,\n"
    with pytest.raises(InvalidInput, match="--person"):
        items(SLEEP_DIARY, text)
    with pytest.raises(InvalidInput, match="no such person"):
        items(SLEEP_DIARY, text, person="C")
    merged = nights(SLEEP_DIARY, text, person="B")
    assert local(merged.nights[0].night.rise) == "2025-03-02 06:10+01:00"
    assert merged.ledger.reasons == {"another person's row": 1}
