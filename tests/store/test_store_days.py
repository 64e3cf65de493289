"""Doses, ratings, circumstances and notes: one a day, edits kept."""

from datetime import date, datetime

from recorded import BERLIN, NOW
from somnesium.nights.recorded import Circumstance, DoseTaken, Note, Rating
from somnesium.store.days import circumstances, doses_taken, keep_day_record, notes, ratings
from somnesium.store.history import changes
from somnesium.store.open import writing

DAY = date(2026, 3, 5)
AT = datetime(2026, 3, 5, 21, 30, tzinfo=BERLIN)


def test_a_day_comes_back_as_it_went_in(store):
    dose = DoseTaken(DAY, "capsule", True, AT, "Europe/Berlin", "citrate", 200.0)
    missed = DoseTaken(date(2026, 3, 6), "capsule", False, None, "Europe/Berlin")
    told = [Circumstance(DAY, "alcohol", 2.0, None), Circumstance(DAY, "phase", None, "luteal")]
    with writing(store) as connection:
        for one in (missed, dose):
            assert keep_day_record(connection, one, NOW) == "new"
        assert keep_day_record(connection, Rating(DAY, "sleepiness", 3.0), NOW) == "new"
        assert keep_day_record(connection, Rating(DAY, "isi", 14.0), NOW) == "new"
        assert [keep_day_record(connection, one, NOW) for one in told] == ["new", "new"]
        assert keep_day_record(connection, Note(DAY, "=slept\nill"), NOW) == "new"
    assert doses_taken(store) == (dose, missed)
    assert doses_taken(store)[0].taken_at.hour == 21
    assert ratings(store, "isi") == (Rating(DAY, "isi", 14.0),)
    assert len(ratings(store)) == 2
    assert circumstances(store) == tuple(told)
    assert notes(store) == (Note(DAY, "=slept\nill"),)


def test_a_changed_answer_keeps_the_first(store):
    with writing(store) as connection:
        keep_day_record(connection, DoseTaken(DAY, "capsule", False, None, "Europe/Berlin"), NOW)
        told = keep_day_record(
            connection, DoseTaken(DAY, "capsule", True, AT, "Europe/Berlin"), NOW
        )
    assert told == "changed"
    assert [one.before["taken"] for one in changes(store, "doses")] == [False]
    assert [one.taken for one in doses_taken(store)] == [True]
