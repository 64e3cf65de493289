"""Which instrument recorded a night: by its device, else by its format, else unknown."""

import pytest

from somnesium.errors import InvalidInput
from somnesium.nights.instrument_error import instrument_error
from somnesium.nights.recorders import OTHER, instrument_named, instrument_of


@pytest.mark.parametrize(
    ("device", "source", "instrument"),
    [
        ("Anna's Apple Watch", "apple_health", "apple_watch"),
        ("Oura", "apple_health", "oura"),
        ("Fitbit", "fitbit_csv", "fitbit"),
        ("Google Health", "google_csv", "fitbit"),
        ("iPhone", "apple_health", "phone"),
        ("sleep log", "ggir", "actigraph"),
        ("diary", "sleep_diary", "diary"),
        ("8e1f", "polar", "polar"),
        ("an unnamed app", "health_connect", OTHER),
    ],
)
def test_an_instrument_is_told_by_device_then_format(device, source, instrument):
    assert instrument_of(device, source) == instrument


def test_a_name_is_read_as_people_write_it():
    assert instrument_named(" Apple Watch ") == "apple_watch"
    assert instrument_error(instrument_named("Apple-Watch"), "duration").known


def test_an_unknown_make_has_the_error_of_an_unknown_wearable():
    found = instrument_error(instrument_named("Whoop"), "duration")
    assert not found.known
    assert found.sd == instrument_error(OTHER, "duration").sd


@pytest.mark.parametrize("name", ["", "=cmd()", "x" * 60, "Ring'; drop"])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(InvalidInput, match="instrument"):
        instrument_named(name)
