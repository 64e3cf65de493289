"""A morning becomes a night: clock times, clock changes, edits, and what cannot be."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.errors import InvalidInput
from somnesium.person.document import read_document
from somnesium.questions.nights.diary import Morning, diary_night, last_morning, record
from somnesium.store.days import circumstances, doses_taken, notes, ratings
from somnesium.store.history import changes
from somnesium.store.nights import nights
from somnesium.store.open import opened

NOW = datetime(2026, 11, 1, tzinfo=UTC)
USUAL = {
    "day": "2026-03-05",
    "zone": "Europe/Berlin",
    "bed": "23:10",
    "rise": "07:00",
    "latency": 20.0,
    "awake": 15.0,
}


def morning(**others) -> Morning:
    return read_document(USUAL | others, Morning)


@pytest.fixture
def store(tmp_path):
    with opened(tmp_path / "store.sqlite3") as one:
        yield one


def test_a_usual_morning_by_hand():
    found = diary_night(morning())
    night = found.night
    assert (night.evening, found.wake_date) == (date(2026, 3, 4), date(2026, 3, 5))
    assert night.lights_out == datetime(2026, 3, 4, 22, 10, tzinfo=UTC)
    assert night.time_in_bed == 470.0
    assert night.duration == 435.0
    assert night.awake_after_onset == 15.0
    assert night.efficiency == pytest.approx(100 * 435 / 470)


def test_lying_awake_at_the_end_counts_as_waking():
    night = diary_night(morning(woke="06:30")).night
    assert (night.awake_after_onset, night.duration) == (45.0, 405.0)


def test_bed_after_midnight_belongs_to_the_evening_before():
    night = diary_night(morning(bed="00:40")).night
    assert night.evening == date(2026, 3, 4)
    assert night.time_in_bed == 380.0


def test_a_day_sleep_belongs_to_its_own_day():
    night = diary_night(morning(bed="08:30", rise="15:00")).night
    assert night.evening == date(2026, 3, 5)


@pytest.mark.parametrize(("day", "minutes"), [("2026-03-29", 410.0), ("2026-10-25", 530.0)])
def test_clock_changes_count(day, minutes):
    assert diary_night(morning(day=day)).night.time_in_bed == minutes


@pytest.mark.parametrize(
    ("wrong", "say"),
    [
        ({"day": "2026-03-29", "bed": "02:30"}, "put forward"),
        ({"awake": 460.0}, "470 minutes in bed"),
        ({"bed": "08:00"}, "20 hours in bed"),
        ({"bed": "25:00"}, "00:00 to 23:59"),
        ({"sleepiness": 11}, "0 to 10"),
        ({"zone": "Mars/Base"}, "Europe/Berlin"),
        ({"isi": 29}, "0 to 28"),
        ({"dose": {"taken": False, "at": "21:00"}}, "not taken"),
        ({"latency": "20"}, "number"),
    ],
)
def test_what_cannot_be_is_refused(wrong, say):
    with pytest.raises(InvalidInput, match=say):
        morning(**wrong)


@given(
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 700),
    st.integers(0, 700),
    st.dates(date(2025, 1, 1), date(2026, 12, 31)),
)
def test_parts_of_a_night_add_up(h, m, hh, mm, latency, awake, day):
    try:
        one = morning(
            bed=f"{h:02d}:{m:02d}",
            rise=f"{hh:02d}:{mm:02d}",
            latency=float(latency),
            awake=float(awake),
            day=day,
        )
    except InvalidInput:
        return
    night = diary_night(one).night
    parts = night.latency + night.duration + night.awake_after_onset
    assert parts == pytest.approx(night.time_in_bed)
    assert 0.0 < night.time_in_bed <= 20 * 60
    assert night.duration >= 0.0


def test_all_that_is_told_is_kept(store):
    told = morning(
        dose={"taken": True, "at": "21:30", "what": "capsule"},
        sleepiness=3,
        alcohol=2.0,
        illness=False,
        phase="luteal",
        note="noisy street",
        isi=14,
        psqi=9,
    )
    answer = record(store, told, NOW)
    evening = date(2026, 3, 4)
    assert (answer.outcome, answer.nights, answer.dose) == ("new", 1, "taken at 21:30")
    (dose,) = doses_taken(store)
    assert (dose.evening, dose.what, dose.taken_at.hour) == (evening, "capsule", 21)
    assert dose.taken_at.date() == evening
    assert {one.name: one.value for one in ratings(store)} == {
        "sleepiness": 3.0,
        "isi": 14.0,
        "psqi": 9.0,
    }
    told_of = {one.name: one.text or one.value for one in circumstances(store)}
    assert told_of == {"alcohol": 2.0, "illness": 0.0, "phase": "luteal"}
    assert notes(store)[0].text == "noisy street"
    assert nights(store)[0].instrument == "diary"


def test_a_dose_after_midnight_is_of_the_same_night(store):
    record(store, morning(bed="01:00", dose={"taken": True, "at": "00:30"}), NOW)
    (dose,) = doses_taken(store)
    assert dose.evening == date(2026, 3, 4)
    assert dose.taken_at.date() == date(2026, 3, 5)


def test_told_again_it_replaces_and_remembers(store):
    record(store, morning(), NOW)
    assert record(store, morning(), NOW).outcome == "unchanged"
    again = record(store, morning(latency=40.0), NOW)
    assert (again.outcome, again.nights) == ("changed", 1)
    assert [one.before["latency"] for one in changes(store, "nights")] == [20.0]
    assert record(store, morning(latency=40.0, sleepiness=5), NOW).outcome == "changed"


def test_a_night_to_come_is_refused(store):
    with pytest.raises(InvalidInput, match="gone by"):
        record(store, morning(), datetime(2026, 3, 5, 5, 59, tzinfo=UTC))
    assert nights(store) == ()


def test_the_last_morning_is_the_start_of_the_next(store):
    assert last_morning(store) is None
    record(store, morning(dose={"taken": True, "at": "21:30", "what": "capsule"}), NOW)
    record(store, morning(day="2026-03-06", bed="22:45", dose={"taken": False}), NOW)
    last = last_morning(store)
    assert (last.bed, last.rise, last.latency, last.awake) == ("22:45", "07:00", 20.0, 15.0)
    assert (last.dose_at, last.what) == ("21:30", "capsule")
