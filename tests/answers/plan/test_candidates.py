"""No regimen proposed is unsafe, lies in sleep, or costs more than asked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ruled import request_of, ruled
from somnesium.answers.plan.burden import burden_of
from somnesium.answers.plan.candidates import candidates
from somnesium.answers.plan.day import awake_quarters, waking_window
from somnesium.answers.plan.habit_changes import habit_changes
from somnesium.person.diet import Diet
from somnesium.person.habits import Habits
from somnesium.person.person import CONDITIONS, Person
from somnesium.quantity import clock_hours

DIET = Diet(magnesium_mg_per_day=250.0)
HABITS = Habits.model_validate({"bedtime": "23:00", "rise": "07:00"})
MEDICINES = (
    "levothyroxine at 07:00",
    "doxycycline at 08:00 and 20:00",
    "alendronate",
    "warfarin at 18:00",
    "ciprofloxacin at 12:00",
    "spironolactone",
    "unheardofine at 09:00",
    "gabapentin at 22:00",
)


def _person(**more: object) -> Person:
    table = {"age": 40.0, "sex": "female", "mass_kg": 70.0, "height_cm": 170.0, **more}
    return Person.model_validate(table)


@settings(max_examples=12, deadline=None)
@given(
    age=st.floats(1, 100),
    egfr=st.none() | st.floats(5, 120),
    pregnant=st.booleans(),
    conditions=st.lists(st.sampled_from(CONDITIONS), max_size=3, unique=True),
    medicines=st.lists(st.sampled_from(MEDICINES), max_size=3, unique=True),
    bed=st.integers(0, 95),
    length=st.integers(16, 44),
)
def test_nothing_proposed_fails_check_or_lies_in_sleep(
    age: float,
    egfr: float | None,
    pregnant: bool,
    conditions: list,
    medicines: list,
    bed: int,
    length: int,
) -> None:
    person = _person(
        age=age, egfr=egfr, pregnant=pregnant, conditions=conditions, medicines=medicines
    )
    clocks = [f"{q % 96 // 4:02d}:{15 * (q % 4):02d}" for q in (bed, bed + length)]
    habits = Habits.model_validate({"bedtime": clocks[0], "rise": clocks[1]})
    kept, fallen = candidates(request_of(person, habits=habits, diet=DIET))
    assert len(kept) + len(fallen) == 83
    free = set(awake_quarters(habits))
    for one in kept:
        found = ruled(person, one.plan.regimen)
        assert found.safe
        assert not [c for c in found.cautions if c.action in ("avoid", "separate")]
        assert {clock_hours(time) for time in one.plan.regimen.intakes[0].times} <= free


def test_an_ordinary_person_has_plans_and_every_fallen_one_its_reason() -> None:
    kept, fallen = candidates(request_of(_person(), habits=HABITS, diet=DIET))
    assert len(kept) > 20
    assert {one.reason for one in fallen} >= {"upper limit"}
    assert all(one.text and one.sources for one in fallen)


@pytest.mark.parametrize("more", [{"egfr": 20.0}, {"age": 9.0}])
def test_who_must_not_take_magnesium_gets_no_plan(more: dict) -> None:
    kept, fallen = candidates(request_of(_person(**more), habits=HABITS, diet=DIET))
    assert not kept
    assert any(one.reason == "refused" for one in fallen)


def test_a_budget_holds() -> None:
    kept, fallen = candidates(request_of(_person(), habits=HABITS, diet=DIET), budget=6.0)
    assert kept
    assert all(one.burden.dollars_a_month[1] <= 6.0 for one in kept)
    assert any(one.reason == "budget" for one in fallen)


def test_a_clash_with_a_medicine_is_mended_or_falls() -> None:
    person = _person(medicines=("levothyroxine at 07:00",))
    kept, _ = candidates(request_of(person, habits=HABITS, diet=DIET))
    assert any(one.moved for one in kept)


def test_the_waking_window_of_nights_and_of_day_sleep() -> None:
    assert waking_window(HABITS) == ("07:00", "22:45")
    day = Habits.model_validate({"bedtime": "08:00", "rise": "16:00"})
    assert waking_window(day) == ("16:00", "07:45")


def test_more_pills_and_stomach_ask_more() -> None:
    few = burden_of("oxide", (200.0,), (0.05, 0.02, 0.1), True, None)
    many = burden_of("citrate", (100.0, 100.0), (0.2, 0.1, 0.4), True, None)
    assert (few.pills_a_day, many.pills_a_day) == (1, 2)
    assert few.points < many.points
    assert few.interval90[0] < few.points < few.interval90[1]


def test_habits_change_only_what_can_change() -> None:
    calm = HABITS.model_copy(update={"evening_lux": 5.0})
    assert set(habit_changes(_person(), calm)) == {"exercise"}
    late = {"bedtime": "23:00", "rise": "07:00", "caffeine": [{"at": "21:00", "mg": 200.0}]}
    found = habit_changes(_person(insomnia="mild"), Habits.model_validate(late))
    assert found["caffeine_earlier"].caffeine[0].at == "13:00"
    assert found["caffeine_less"].caffeine[0].amount_mg == 100.0
    assert found["shorter_bed"].bedtime.on(0) == "23:45"
    assert "shorter_bed" not in habit_changes(_person(), Habits.model_validate(late))
