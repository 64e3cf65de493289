"""Tonight, without opening the seal: what is to be done, how far it is, what is written down."""

from datetime import UTC, datetime, timedelta

import pytest
from kept_experiment import START, begun, evening, lived, morning

from reading import grade
from somnesium.errors import InvalidInput
from somnesium.person.person import Person
from somnesium.questions.experiment.today import evening_now, kept_experiments, require_free, today
from somnesium.questions.nights.diary import record
from somnesium.store.experiments import set_state, unblindings
from somnesium.store.nights import keep_nights, nights
from somnesium.store.open import opened


@pytest.fixture
def store(tmp_path):
    with opened(tmp_path / "store.sqlite3") as one:
        yield one


def at(night, hour=12):
    """An hour (UTC) of the day of a night's evening."""
    return evening(night, hour)


def test_each_night_has_its_bottle_and_its_place(store):
    _, dealt = begun(store)
    for night, (day, letter) in enumerate(dealt.nights):
        found = today(store, 1, at(night))
        assert (found.evening, found.letter, found.night) == (day, letter, night + 1)
        assert found.period == night // 4 + 1
        assert f"bottle {letter}" in found.summary[0]
        assert [one.at.isoformat() for one in found.doses] == [f"{day}T22:30:00+00:00"]
    assert unblindings(store, 1) == ()


def test_before_and_after_nothing_is_taken(store):
    begun(store)
    for night, phase in ((-100, "to come"), (-1, "run-in"), (16, "over")):
        found = today(store, 1, at(night))
        assert (found.phase, found.letter, found.doses) == (phase, None, ())
        assert "othing" in found.summary[0]
    set_state(store, 1, "stopped")
    stopped = today(store, 1, at(3))
    assert (stopped.phase, stopped.letter, stopped.doses) == ("stopped", None, ())


def test_after_midnight_it_is_still_the_evening_before():
    kept = {"habits": {"time_zone": "Europe/London"}}
    early, morning = datetime(2026, 3, 5, 5, 59, tzinfo=UTC), datetime(2026, 3, 5, 6, tzinfo=UTC)
    assert evening_now(kept, early).isoformat() == "2026-03-04"
    assert evening_now(kept, morning).isoformat() == "2026-03-05"
    # Summer time: six o'clock there is five in universal time.
    assert evening_now(kept, datetime(2026, 7, 5, 5, tzinfo=UTC)).isoformat() == "2026-07-05"


def test_missing_nights_are_missing_and_last_night_can_still_be_written(store):
    _, dealt = begun(store)
    lived(store, dealt, skipped=(2, 6, 7, *range(8, 16)))
    found = today(store, 1, at(8))
    marks = [one for mark in found.marks if mark.number for one in mark.nights]
    told = [one.reading for one in marks]
    assert [k for k, one in enumerate(told) if one == "missing"] == [2, 6]
    assert told[7] == "due"
    assert told[8:] == ["to come"] * 8
    assert [one.tonight for one in marks].index(True) == 8
    assert (found.kept, found.missing, found.over) == (5, 2, 8)
    assert [one.dose for one in marks[:4]] == ["taken", "taken", "not told", "not taken"]
    assert (found.morning, found.last_dose) == ("due", "not told")
    record(store, morning(7, 40), evening(8))
    assert today(store, 1, at(8)).morning == "kept"


def test_a_watch_reads_the_night_but_the_morning_stays_to_be_written(store):
    _, dealt = begun(store)
    lived(store, dealt, skipped=tuple(range(1, 16)))
    (own,) = nights(store)
    watch = own._replace(device="Watch", source="oura_csv", key="w/1", instrument="oura")
    later = watch.night._replace(evening=START + timedelta(days=1))
    keep_nights(store, [watch._replace(night=later)], evening(5))
    found = today(store, 1, at(2))
    assert [one.reading for one in found.marks[-4].nights][:2] == ["kept", "kept"]
    assert found.morning == "due"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"egfr": 20.0}, "kidney"),
        ({"pregnant": True, "sex": "female"}, "pregnant"),
        ({"medicines": ("ciprofloxacin",)}, "new drug"),
        ({"age": 17}, "18"),
    ],
)
def test_what_speaks_against_it_by_now_comes_before_the_bottle(store, change, why):
    begun(store)
    person = {"age": 45, "sex": "male", "mass_kg": 84, "height_cm": 179} | change
    found = today(store, 1, at(3), Person(**person))
    assert any(why in text for text in found.stop)
    assert (found.letter, found.doses) == (None, ())
    assert found.summary[0].startswith("Take nothing tonight.")
    same = {"age": 45, "sex": "male", "mass_kg": 84, "height_cm": 179}
    assert today(store, 1, at(3), Person(**same)).stop == ()


def test_it_can_be_read_and_has_sources(store):
    _, dealt = begun(store)
    lived(store, dealt, skipped=(2, 3, 7))
    for night in (-50, -3, 0, 3, 8, 15, 16):
        found = today(store, 1, at(night))
        for text in found.summary:
            assert grade(text) <= 9.0, text
        assert {"salmon2011", "iom1997"} <= {one.key for one in found.sources}
        assert found.stop_rules == ("Stop if it hurts.",)


def test_the_list_has_the_newest_first(store):
    begun(store, seed=5)
    begun(store, seed=6)
    found = kept_experiments(store, at(3))
    assert [one.number for one in found] == [2, 1]
    assert {(one.phase, one.over, one.planned) for one in found} == {("running", 3, 16)}


def test_two_experiments_at_once_are_refused(store):
    _, dealt = begun(store)
    last = dealt.nights[-1][0]
    require_free(store, last + timedelta(days=1))
    with pytest.raises(InvalidInput, match="experiment 1 runs until then"):
        require_free(store, last)
    set_state(store, 1, "stopped")
    require_free(store, last)


def test_an_unknown_experiment_is_told(store):
    with pytest.raises(InvalidInput, match="experiment"):
        today(store, 3, at(1))
