"""The figure of nights over time shows the numbers of the answer."""

from datetime import UTC, date, datetime
from pathlib import Path

from somnesium.nights.reading import read_nights
from somnesium.questions.nights.imports import keep_read
from somnesium.questions.nights.stored import nights_kept
from somnesium.store.open import opened
from somnesium.surfaces.figures.nights import course_chart

WHOOP = Path(__file__).parents[1] / "data" / "exports" / "whoop" / "sleeps.csv"


def test_every_night_is_a_point_at_its_evening_and_naps_are_left_out(tmp_path):
    with opened(tmp_path / "store.sqlite3") as store:
        read = read_nights(WHOOP, zone="Europe/Berlin")
        keep_read(store, read, WHOOP, datetime(2026, 1, 1, tzinfo=UTC))
        answer = nights_kept(store, "2025-03")
    assert [one.evening for one in answer.course] == [date(2025, 3, 1), date(2025, 3, 2)]
    drawn = course_chart(answer).to_dict()
    rows = drawn["vconcat"][0]["data"]["values"]
    # Without a zone a time is that of the clock, so no zone moves it to another date.
    assert rows == [
        {"evening": "2025-03-01T00:00:00", "hours": 409 / 60, "recorder": "whoop"},
        {"evening": "2025-03-02T00:00:00", "hours": 431 / 60, "recorder": "whoop"},
    ]
    assert drawn["title"]["text"] == "2 nights kept"


def test_no_night_is_an_empty_figure():
    assert course_chart(nights_kept(None, "2025-03")).to_dict()["title"]["text"] == "0 nights kept"
