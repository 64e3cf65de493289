"""Apple Health: sources apart, stages laid flat, own zones, real document types, no entities."""

import pytest

from somnesium.errors import InvalidInput
from somnesium.nights.readers.apple_health import APPLE_HEALTH

from .mutations import EXPORTS
from .reading import items, local, nights

EXAMPLE = "apple_health/apple_health_export/export.xml"
DOCTYPE = """<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 12 -->
<!ELEMENT HealthData (ExportDate,Me,(Record)*)>
<!ATTLIST Record type CDATA #REQUIRED value CDATA #IMPLIED>
]>
"""


def export(*records, head="", zone="Europe/Berlin"):
    meta = f'<MetadataEntry key="HKTimeZone" value="{zone}"/>' if zone else ""
    body = "".join(
        f'<Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="{source}" '
        f'startDate="{begin}" endDate="{end}" value="HKCategoryValueSleepAnalysis{value}">'
        f"{meta}</Record>\n"
        for source, begin, end, value in records
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}<HealthData>\n{body}</HealthData>\n'


NIGHT = ("Watch", "2025-03-01 23:00:00 +0100", "2025-03-02 06:00:00 +0100", "AsleepCore")
BED = ("Watch", "2025-03-01 22:40:00 +0100", "2025-03-02 06:30:00 +0100", "InBed")


def test_one_source_is_taken_and_records_are_rows():
    merged = nights(APPLE_HEALTH, EXAMPLE)
    (one,) = merged.nights
    assert one.device == "Synthetic Watch"
    assert one.night.duration == 460.5  # 62 + 52.5 + 31 + 315: the watch's stages alone
    assert (one.night.slow_wave, one.night.rem) == (52.5, 31.0)
    assert one.night.latency is None  # it never says when they lay down
    assert merged.ledger.rows == (EXPORTS / EXAMPLE).read_text().count("<Record ")


def test_time_in_bed_of_the_same_source_tells_latency():
    (one,) = nights(APPLE_HEALTH, export(NIGHT, BED)).nights
    assert one.night.latency == 20
    assert one.night.awake_after_onset == 30
    assert one.lacks == ()


def test_overlapping_stages_are_never_summed():
    whole = ("App", *NIGHT[1:3], "AsleepUnspecified")
    inside = ("App", "2025-03-02 00:00:00 +0100", "2025-03-02 01:00:00 +0100", "AsleepDeep")
    (one,) = nights(APPLE_HEALTH, export(whole, inside)).nights
    assert (one.night.duration, one.night.slow_wave) == (420, 60)


def test_the_word_before_ios_16_is_sleep():
    (one,) = nights(APPLE_HEALTH, export(("Old", *NIGHT[1:3], "Asleep"))).nights
    assert (one.night.duration, one.night.slow_wave) == (420, None)


def test_the_record_s_own_zone_counts_not_the_export_s_offset():
    (one,) = nights(APPLE_HEALTH, export(NIGHT, zone="Asia/Tokyo"), zone=None).nights
    assert one.zone == "Asia/Tokyo"
    assert local(one.night.lights_out) == "2025-03-02 07:00+09:00"


def test_without_any_zone_the_offset_is_kept():
    (one,) = nights(APPLE_HEALTH, export(NIGHT, zone=""), zone=None).nights
    assert (one.zone, local(one.night.rise)) == ("UTC+01:00", "2025-03-02 06:00+01:00")


def test_records_that_cannot_be_are_rejected_one_by_one():
    wrong = [
        ("Watch", NIGHT[2], NIGHT[1], "AsleepREM"),
        ("Watch", "tomorrow", NIGHT[2], "AsleepREM"),
        ("Watch", *NIGHT[1:3], "AsleepDreaming"),
        ("Watch", NIGHT[1], "2025-03-03 06:00:00 +0100", "AsleepCore"),
        NIGHT,
    ]
    merged = nights(APPLE_HEALTH, export(NIGHT, *wrong))
    assert merged.ledger.counts == {"accepted": 0, "partial": 1, "rejected": 5}


def test_a_doze_hours_before_the_night_stays_apart():
    doze = ("Watch", "2025-03-01 15:00:00 +0100", "2025-03-01 15:40:00 +0100", "AsleepCore")
    merged = nights(APPLE_HEALTH, export(doze, NIGHT))
    assert [one.night.nap for one in merged.nights] == [True, False]


def test_the_document_type_of_real_exports_is_read_over():
    assert items(APPLE_HEALTH, export(NIGHT, head=DOCTYPE)) == items(APPLE_HEALTH, export(NIGHT))


BOMB = """<!DOCTYPE HealthData [
<!ENTITY a "sleep"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">
]>
"""


@pytest.mark.parametrize(
    "head",
    [
        BOMB,
        '<!DOCTYPE HealthData SYSTEM "file:///etc/passwd">\n',
        '<!DOCTYPE HealthData [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n',
        '<!DOCTYPE HealthData [<!ENTITY % x "y"> %x;]>\n',
        "<!DOCTYPE HealthData [<!ELEMENT a ANY>\n",
    ],
)
def test_entities_and_files_from_outside_are_refused(head):
    with pytest.raises(InvalidInput):
        items(APPLE_HEALTH, export(NIGHT, head=head))


@pytest.mark.parametrize(
    "text",
    [
        export(NIGHT)[:-30],
        export(NIGHT).replace("<HealthData>", "<HealthData>" + "<a>" * 100),
        export(NIGHT).replace("<HealthData>", "<HealthData><!DOCTYPE a [<!ENTITY b 'c'>]>"),
        '<HealthData>\n<Record type="' + "x" * (5 << 20),
    ],
    ids=["cut off", "deep", "a document type inside", "a tag without end"],
)
def test_broken_xml_is_refused_in_one_line(text):
    with pytest.raises(InvalidInput):
        items(APPLE_HEALTH, text)


def test_what_was_read_is_let_go():
    """Memory does not grow with the records that are not sleep."""
    import tracemalloc

    pulse = '<Record type="HKQuantityTypeIdentifierHeartRate" value="60"/>\n'
    peaks = []
    for many in (2_000, 40_000):
        text = export(NIGHT).replace("</HealthData>", pulse * many + "</HealthData>").encode()
        tracemalloc.start()
        items(APPLE_HEALTH, text)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0] + 2_000_000
