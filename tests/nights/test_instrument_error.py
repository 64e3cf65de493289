"""Instrument errors: sourced, plausible, and honest where nobody measured."""

import pytest

from somnesium.answers.selftrial.data import BETTER
from somnesium.nights.instrument_error import instrument_error, instruments
from somnesium.sources import exists, packaged_toml

ROWS = packaged_toml("instruments.toml")["error"]


def test_a_device_for_each_measure_once():
    keys = [(row["instrument"], row["measure"]) for row in ROWS]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['instrument']}-{row['measure']}")
def test_rows_are_sourced_and_plausible(row):
    assert exists(row["source"])
    assert row["how"]
    assert row["measure"] in BETTER
    assert abs(row["bias"]) <= 60.0
    assert 0.4 <= row["slope"] <= 1.2
    assert 0.0 <= row["sd"] <= 60.0


def test_the_reference_has_no_error():
    assert instrument_error("psg", "duration").sd == 0.0


def test_a_make_nobody_measured_is_a_wearable_of_its_kind():
    found = instrument_error("Brand New Ring", "duration")
    assert not found.known
    assert found.sd == instrument_error("wearable", "duration").sd
    assert instrument_error(" OURA ", "duration").known
    assert "oura" in instruments()


def test_a_known_make_without_a_figure_is_taken_as_it_stands():
    found = instrument_error("diary", "rem")
    assert (found.bias, found.slope, found.sd, found.known) == (0.0, 1.0, 0.0, False)
