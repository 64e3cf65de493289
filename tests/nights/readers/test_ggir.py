"""GGIR sleep logs: wide rows, blank nights, nights by number or by date."""

import pytest

from somnesium.errors import InvalidInput
from somnesium.nights.readers.ggir import GGIR

from .reading import items, local, nights


def test_the_basic_log_needs_its_first_evening():
    with pytest.raises(InvalidInput, match="--first-night"):
        items(GGIR, "ggir/sleeplog.csv")
    merged = nights(GGIR, "ggir/sleeplog.csv", first_night="2025-03-01")
    first, third = merged.nights
    assert local(first.night.lights_out) == "2025-03-01 22:00+01:00"
    assert local(third.night.lights_out) == "2025-03-04 00:15+01:00"  # the third evening
    assert merged.ledger.counts == {"accepted": 0, "partial": 2, "rejected": 1}


def test_the_advanced_log_tells_its_dates():
    first, second = nights(GGIR, "ggir/advanced.csv").nights
    assert local(first.night.lights_out) == "2025-03-01 22:45+01:00"
    assert local(first.night.rise) == "2025-03-02 07:10+01:00"
    assert local(second.night.rise) == "2025-03-03 06:55+01:00"


def test_half_a_night_and_a_nonsense_are_rejected():
    text = "ID,onset_N1,wakeup_N1,onset_N2,wakeup_N2\n1,22:00:00,,late,06:00:00\n"
    assert nights(GGIR, text, first_night="2025-03-01").ledger.counts["rejected"] == 2


def test_dates_in_the_cells_are_taken_as_they_are():
    text = "ID,onset_N1,wakeup_N1\n1,2025-03-10 23:00:00,2025-03-11 07:00:00\n"
    (one,) = items(GGIR, text, first_night="2025-03-01")
    assert local(one.begin) == "2025-03-10 23:00+01:00"


def test_one_person_of_several():
    text = "ID,onset_N1,wakeup_N1\n1,22:00:00,06:00:00\n2,23:00:00,07:00:00\n"
    merged = nights(GGIR, text, first_night="2025-03-01", person="2")
    assert merged.nights[0].night.lights_out.hour == 23
    assert merged.ledger.counts["rejected"] == 1
