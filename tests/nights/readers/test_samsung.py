"""Samsung: a line before the header, a comma too many, universal times, stages in a second file."""

from somnesium.nights.readers.samsung import SAMSUNG

from .mutations import EXPORTS
from .reading import items, local, nights

SLEEPS = "samsung/com.samsung.shealth.sleep.20250303120000.csv"
STAGES = "samsung/com.samsung.health.sleep_stage.20250303120000.csv"


def test_sleep_and_stages_are_joined():
    merged = nights(SAMSUNG, SLEEPS, STAGES, zone=None)
    (one,) = merged.nights
    assert local(one.night.lights_out) == "2025-03-01 23:10+01:00"  # 22:10 universal
    assert (one.night.duration, one.night.rem, one.light) == (452, 96, 231)
    assert [stretch.stage for stretch in one.stages] == ["awake", "light", "deep", "rem"]
    assert merged.ledger.counts["accepted"] == 1 + 4


def test_sleep_latency_of_unknown_unit_is_not_read():
    (one,) = items(SAMSUNG, SLEEPS)
    assert one.latency is None


def test_a_mark_of_byte_order_does_not_matter():
    data = b"\xef\xbb\xbf" + (EXPORTS / SLEEPS).read_bytes()
    assert items(SAMSUNG, data)[0].duration == 452


def test_the_older_numbers_of_stages_keep_the_order():
    text = (EXPORTS / STAGES).read_text()
    for number in range(1, 5):
        text = text.replace(f"4000{number}", str(number))
    (one,) = items(SAMSUNG, SLEEPS, text)
    assert [stretch.stage for stretch in one.stages] == ["awake", "light", "deep", "rem"]


def test_stages_alone_and_unknown_stages_are_rejected():
    text = (EXPORTS / STAGES).read_text().replace("40003", "40009")
    merged = nights(SAMSUNG, text)
    assert merged.ledger.counts == {"accepted": 0, "partial": 0, "rejected": 4}
    assert merged.ledger.reasons["an unknown stage: '40009'"] == 1


def test_other_tables_of_samsung_are_not_sleep():
    assert not SAMSUNG.recognise(b"com.samsung.shealth.sleep_data,6313016,12\na,b\n")
    assert not SAMSUNG.recognise(b"com.samsung.shealth.sleep_snoring,6313016,12\na,b\n")
