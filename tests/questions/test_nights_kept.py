"""A month of nights out of the store: what is shown, by whom, and with which error."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from somnesium.errors import InvalidInput
from somnesium.nights.instrument_error import instrument_error
from somnesium.nights.reading import read_nights
from somnesium.person.document import read_document
from somnesium.questions.nights.diary import Morning, record
from somnesium.questions.nights.imports import keep_read
from somnesium.questions.nights.morning import morning_kept, usual_morning
from somnesium.questions.nights.stored import day_kept, month_of, nights_kept
from somnesium.store.nights import spans
from somnesium.store.open import opened

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
DIARY = {
    "day": "2025-03-02",
    "zone": "Europe/Berlin",
    "bed": "23:10",
    "rise": "07:00",
    "latency": 20.0,
    "awake": 15.0,
    "awakenings": 2,
    "sleepiness": 4,
    "alcohol": 1.0,
    "caffeine": 0.0,
    "travel": False,
    "illness": True,
    "note": "late",
    "dose": {"taken": True, "at": "21:30", "what": "capsule"},
}


@pytest.fixture
def store(tmp_path):
    """A watch's three sleeps in March 2025, and a diary of one of those nights."""
    path = Path(__file__).parents[1] / "data" / "exports" / "whoop" / "sleeps.csv"
    with opened(tmp_path / "store.sqlite3") as one:
        keep_read(one, read_nights(path, zone="Europe/Berlin"), path, NOW)
        record(one, read_document(DIARY, Morning), NOW)
        yield one


def test_a_month_holds_every_day_and_what_was_recorded(store):
    answer = nights_kept(store, "2025-03")
    assert [one.evening for one in answer.days] == [date(2025, 3, k) for k in range(1, 32)]
    first, second = answer.days[0], answer.days[1]
    assert {one.instrument for one in first.nights} == {"diary", "whoop"}
    assert (first.asleep, first.by, first.dose) == (409.0, "whoop", "taken")
    assert [one.nap for one in second.nights] == [True, False]
    assert (second.asleep, second.dose) == (431.0, "not told")
    assert answer.days[5].nights == ()
    assert (answer.nights, answer.first, answer.last) == (3, date(2025, 3, 1), date(2025, 3, 2))
    assert [one.evening for one in answer.course] == [date(2025, 3, 1), date(2025, 3, 2)]


def test_the_recorder_with_the_least_scatter_is_shown(store):
    scatter = {name: instrument_error(name, "duration").sd for name in ("whoop", "diary")}
    assert min(scatter, key=scatter.get) == nights_kept(store, "2025-03").days[0].by


def test_recorders_are_told_with_their_errors_and_sources(store):
    answer = nights_kept(store, "2025-03")
    diary, whoop = answer.recorders
    assert (diary.nights, diary.naps, whoop.nights, whoop.naps) == (1, 0, 2, 1)
    told = {one.measure: one for one in diary.errors}["duration"]
    known = instrument_error("diary", "duration")
    assert (told.bias, told.slope, told.sd, told.known) == (known.bias, 1.0, known.sd, True)
    assert {one.source for one in (*diary.errors, *whoop.errors)} <= {
        one.key for one in answer.sources
    }


def test_a_day_tells_every_recorder_and_what_else_was_said(store):
    answer = day_kept(store, date(2025, 3, 1))
    told = {one.instrument: one for one in answer.day.nights}
    assert told["diary"].time_in_bed == 470.0
    assert told["diary"].duration == 435.0
    assert told["whoop"].import_number == 1
    assert told["diary"].import_number is None
    assert answer.ratings == {"sleepiness": 4.0}
    assert answer.circumstances == {"alcohol": 1.0, "caffeine": 0.0, "travel": 0.0, "illness": 1.0}
    assert (answer.note, answer.doses[0].what) == ("late", "capsule")
    assert f"{answer.doses[0].at:%H:%M}" == "21:30"


def test_nothing_kept_is_an_answer_too(tmp_path):
    answer = nights_kept(None, "2024-02")
    assert (len(answer.days), answer.nights, answer.first, answer.recorders) == (29, 0, None, ())
    assert day_kept(None, date(2024, 2, 1)).day.nights == ()
    with opened(tmp_path / "empty.sqlite3") as store:
        assert nights_kept(store, "2024-02") == answer
        assert spans(store) == ()
        assert morning_kept(store, date(2024, 2, 1)) is None
        assert usual_morning(store, date(2024, 2, 1), "UTC") is None


@pytest.mark.parametrize("text", ["", "2025", "2025-13", "March", "1969-12", "2101-01"])
def test_a_month_is_written_as_year_and_month(text):
    with pytest.raises(InvalidInput, match="month"):
        month_of(text)


def test_a_morning_comes_back_as_it_was_told(store):
    told = morning_kept(store, date(2025, 3, 2))
    assert told == DIARY
    assert record(store, read_document(told, Morning), NOW).outcome == "unchanged"
    assert morning_kept(store, date(2025, 3, 3)) is None


def test_as_usual_repeats_times_and_dose_and_nothing_else(store):
    found = usual_morning(store, date(2025, 3, 10), "Europe/Berlin")
    assert found.model_dump(mode="json", exclude_unset=True) == {
        "day": "2025-03-10",
        "zone": "Europe/Berlin",
        "bed": "23:10",
        "rise": "07:00",
        "latency": 20.0,
        "awake": 15.0,
        "dose": {"taken": True, "at": "21:30", "what": "capsule"},
    }


def test_as_usual_is_not_offered_for_a_clock_time_that_was_skipped(store):
    early = DIARY | {"day": "2025-03-09", "bed": "22:00", "rise": "02:30"}
    record(store, read_document(early, Morning), NOW)
    assert usual_morning(store, date(2025, 3, 30), "Europe/Berlin") is None
