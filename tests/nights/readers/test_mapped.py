"""Tables by a map: units, zones, dates over midnight, and what is wrong with a map."""

import pytest

from somnesium.errors import InvalidInput
from somnesium.nights.merging import merge
from somnesium.nights.readers.mapped import TableMap, cells_read, mapped, table_map
from somnesium.nights.readers.reader import Hints

from .mutations import EXPORTS, part_of
from .reading import BERLIN, local

MAP = table_map(EXPORTS / "table" / "map.toml")
DATA = (EXPORTS / "table" / "nights.csv").read_bytes()
ISO = TableMap.model_validate({"columns": {"begin": "Bed", "end": "Up", "duration": "Asleep"}})


def nights(data, map, zone=BERLIN):
    part = part_of("nights.csv", data if isinstance(data, bytes) else data.encode())
    return merge(mapped(map).read((part,), Hints(zone)))


def test_units_decimal_commas_and_midnight():
    merged = nights(DATA, MAP, zone=None)
    first, second = merged.nights
    assert local(first.night.lights_out) == "2025-03-01 23:10+01:00"
    assert local(second.night.lights_out) == "2025-03-03 00:15+01:00"
    assert (first.night.duration, first.night.awake_after_onset) == (435, 20)
    assert (first.night.heart_rate, second.night.heart_rate) == (54.5, None)
    assert first.device == "my watch"
    assert merged.ledger.counts == {"accepted": 2, "partial": 0, "rejected": 1}


@pytest.mark.parametrize(("bed", "up", "day"), [("23:00", "07:00", 1), ("00:30", "07:00", 2)])
def test_the_evening_s_date(bed, up, day):
    map = TableMap.model_validate(
        {"columns": {"date": "D", "begin": "B", "end": "E"}, "date_is": "evening"}
    )
    (one,) = nights(f"D,B,E\n2025-03-01,{bed},{up}\n", map).nights
    assert local(one.night.lights_out) == f"2025-03-0{day} {bed}+01:00"
    assert local(one.night.rise) == "2025-03-02 07:00+01:00"


@pytest.mark.parametrize(
    "cells", ["2025-03-01T22:00:00Z,2025-03-02T06:00:00Z", "2025-03-01 23:00,2025-03-02 07:00"]
)
def test_whole_dates_with_and_without_offset(cells):
    (one,) = nights(f"Bed,Up,Asleep\n{cells},400\n", ISO).nights
    assert local(one.night.lights_out) == "2025-03-01 23:00+01:00"
    assert one.night.duration == 400


def test_bare_clock_times_need_a_zone():
    with pytest.raises(InvalidInput, match="--zone"):
        nights("Bed,Up,Asleep\n2025-03-01 23:00,2025-03-02 07:00,400\n", ISO, zone=None)


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(InvalidInput, match=r"columns\.duration.*did you mean"):
        nights("Bed,Up,Aslep\n2025-03-01 23:00,2025-03-02 07:00,400\n", ISO)


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": {"begin": "a"}},
        {"columns": {"begin": "a", "end": "b", "bed": "c"}},
        {"columns": {"begin": "a", "end": "b"}, "zone": "Europe"},
        {"columns": {"begin": "a", "end": "b", "duration": {"column": "c", "unit": "years"}}},
    ],
)
def test_maps_that_are_wrong(wrong):
    with pytest.raises((InvalidInput, ValueError)):
        TableMap(**wrong)


def test_cells_are_explained():
    first, *_, last = cells_read(part_of("nights.csv", DATA), MAP, Hints())
    said = {cell.measure: (cell.given, cell.read) for cell in first}
    assert said["duration"] == ("7,25", "435 min")
    assert said["begin"] == ("23:10", "2025-03-01 23:10+01:00")
    assert last[0].read.startswith("rejected: ")
