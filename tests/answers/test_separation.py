"""Hours between medicines and doses, and doses moved so that they hold."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reading import grade
from ruled import ruled
from somnesium.answers.safety.separation import Clash, Need, clash, mended, needs, takings
from somnesium.errors import InvalidInput
from somnesium.person.medicines import find_medicines
from somnesium.person.person import Person
from somnesium.person.regimen import Regimen, doses


def mended_for(who, regimen, **window):
    return mended(find_medicines(who.medicines), regimen, **window)


def person(*medicines):
    return Person(age=40, sex="female", mass_kg=70, height_cm=170, egfr=95, medicines=medicines)


def citrate(*times, amount=100, **fields):
    return {
        "form": "citrate",
        "magnesium_mg": amount,
        "mass_is": "elemental",
        "times": times,
        **fields,
    }


def plan(*intakes):
    return Regimen(intakes=intakes)


def times(found):
    return [intake.times for intake in found.regimen.intakes]


THYROID = Need("levothyroxine", (7.0,), frozenset({"magnesium"}), 4.0, 4.0)
CIPRO = Need("ciprofloxacin", (8.0, 20.0), frozenset({"magnesium", "zinc"}), 2.0, 6.0)


@pytest.mark.parametrize(
    ("need", "clock", "expected"),
    [
        (THYROID, 11.0, None),
        (THYROID, 10.75, Clash(7.0, 10.75, 3.75)),
        (THYROID, 7.0, Clash(7.0, 7.0, 0.0)),
        (THYROID, 3.25, Clash(7.0, 3.25, 3.75)),
        (THYROID, 3.0, None),
        (CIPRO, 10.0, None),
        (CIPRO, 14.0, None),
        (CIPRO, 14.25, Clash(20.0, 14.25, 5.75)),
        (CIPRO, 23.0, None),
        (CIPRO, 2.25, Clash(8.0, 2.25, 5.75)),
        (CIPRO, 2.0, None),
    ],
)
def test_clash_by_the_clock(need, clock, expected):
    assert clash(need, [clock]) == expected


def test_the_nearest_clash_is_told():
    assert clash(THYROID, [10.0, 8.0, 21.0]) == Clash(7.0, 8.0, 1.0)
    assert clash(THYROID._replace(times=()), [7.0]) is None
    assert clash(THYROID, []) is None


def test_a_medicine_named_twice_is_one_and_its_times_add_up():
    found = takings(find_medicines(["Synthroid at 07:00", "levothyroxine at 19:00"]))
    assert [(one.name_given, one.times) for one in found] == [("Synthroid", (7.0, 19.0))]
    unsure = takings(find_medicines(["Synthroid at 07:00", "levothyroxine"]))
    assert unsure[0].times == ()


def test_unknown_medicines_are_kept_four_hours_away():
    (need,) = needs(find_medicines(["zzyxolimumab at 09:00"]))
    assert (need.medicine, need.times, need.hours_before, need.hours_after) == (
        "zzyxolimumab",
        (9.0,),
        4.0,
        4.0,
    )
    assert times(mended_for(person("zzyxolimumab at 09:00"), plan(citrate("10:00")))) == [
        ("13:00",)
    ]


def test_doses_far_enough_stay():
    regimen = plan(citrate("13:00", "22:30"))
    found = mended_for(person("levothyroxine at 07:00", "omeprazole at 07:30"), regimen)
    assert found.regimen == regimen
    assert found.moves == found.unsolved == ()


def test_a_dose_moves_to_the_nearest_free_quarter_hour():
    found = mended_for(person("levothyroxine 75 mcg at 07:00"), plan(citrate("08:00", "21:00")))
    assert times(found) == [("11:00", "21:00")]
    (move,) = found.moves
    assert (move.intake, move.from_time, move.to_time) == (0, "08:00", "11:00")
    assert "levothyroxine 75 mcg at 07:00" in move.text
    odd = mended_for(person("levothyroxine at 07:10"), plan(citrate("08:00")))
    assert times(odd) == [("11:15",)]


def test_doses_move_between_the_two_takings_of_an_antibiotic():
    cipro = person("ciprofloxacin 500 mg at 08:00 and 20:00")
    assert times(mended_for(cipro, plan(citrate("09:00", "21:00")))) == [("10:00", "22:00")]
    assert times(mended_for(cipro, plan(citrate("16:00")))) == [("14:00",)]


def test_every_separation_is_held_at_once():
    who = person("levothyroxine at 07:00", "Fosamax at 06:30", "gabapentin at 12:00 and 22:00")
    found = mended_for(who, plan(citrate("08:00", "21:00")))
    assert found.unsolved == ()
    assert ruled(who, found.regimen).cautions == ()


def test_moved_doses_keep_two_hours_from_each_other():
    found = mended_for(person("levothyroxine at 07:00"), plan(citrate("08:00", "09:00", "11:30")))
    assert times(found) == [("13:30", "15:30", "11:30")]
    apart = mended_for(person("levothyroxine at 07:00"), plan(citrate("08:00"), citrate("11:00")))
    assert times(apart) == [("13:00",), ("11:00",)]


def test_only_what_needs_it_moves():
    night = {
        "product": {"name": "m", "ingredients": [{"substance": "melatonin", "amount_mg": 1}]},
        "times": ["08:00"],
    }
    found = mended_for(person("levothyroxine at 07:00"), plan(night, citrate("08:00", amount=0)))
    assert found.moves == found.unsolved == ()


def test_no_room_is_said_and_nothing_moves():
    who = person("moxifloxacin at 06:00, 14:00 and 22:00")
    regimen = plan(citrate("12:00"))
    found = mended_for(who, regimen)
    assert found.regimen == regimen
    assert found.moves == ()
    assert "moxifloxacin" in found.unsolved[0]


def test_a_medicine_without_a_time_is_asked_about():
    found = mended_for(person("levothyroxine"), plan(citrate("08:00")))
    assert found.moves == ()
    assert '"levothyroxine at 08:00"' in found.unsolved[0]
    assert mended_for(person("levothyroxine"), plan()).unsolved == ()


def test_doses_stay_in_the_waking_day():
    who = person("levothyroxine at 19:00")
    assert times(mended_for(who, plan(citrate("22:00")))) == [("23:00",)]
    early = mended_for(who, plan(citrate("22:00")), awake=("06:00", "22:30"))
    assert times(early) == [("15:00",)]
    shift = mended_for(who, plan(citrate("20:00")), awake=("15:00", "07:00"))
    assert times(shift) == [("23:00",)]
    with pytest.raises(InvalidInput, match="awake"):
        mended_for(who, plan(citrate("22:00")), awake=("6", "22:30"))


def test_a_dose_with_food_says_so():
    found = mended_for(person("levothyroxine at 07:00"), plan(citrate("08:00", with_food=True)))
    assert found.moves[0].text.endswith("Take it with some food then.")


NAMES = ("levothyroxine", "ciprofloxacin", "Fosamax", "iron", "moxifloxacin", "zzyx", "Reyataz")
QUARTERS = st.integers(0, 95).map(lambda q: f"{q // 4:02d}:{15 * (q % 4):02d}")


@settings(deadline=None, max_examples=120)
@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.lists(QUARTERS, min_size=1, max_size=2)),
        max_size=3,
        unique_by=lambda pair: pair[0],
    ),
    st.lists(st.lists(QUARTERS, min_size=1, max_size=3, unique=True), max_size=3),
)
def test_mended_holds_every_separation_or_says_it_cannot(medicines, lines):
    who = person(*(f"{name} at {' and '.join(at)}" for name, at in medicines))
    regimen = plan(*(citrate(*at, amount=50) for at in lines))
    found = mended_for(who, regimen)
    left = [one for one in ruled(who, found.regimen).cautions if one.action == "separate"]
    assert not left or found.unsolved
    total = [sum(d.amount_mg for d in doses(one, 0, 7)) for one in (regimen, found.regimen)]
    assert total[0] == pytest.approx(total[1])
    assert [len(set(i.times)) for i in found.regimen.intakes] == [len(at) for at in lines]
    if not found.unsolved:
        assert mended_for(who, found.regimen).moves == ()
    assert all(grade(move.text) <= 9.0 for move in found.moves)


def test_a_serving_of_nothing_is_not_moved():
    nothing = citrate("07:30", servings=0)
    assert times(mended_for(person("levothyroxine at 07:00"), plan(nothing))) == [("07:30",)]
    some = mended_for(person("levothyroxine at 07:00"), plan(citrate("07:30")))
    assert times(some) == [("11:00",)]
