"""Side effects against what was published: Fine 1991, Bashir 1993, Mori 2019."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reading import grade
from somnesium.answers.plan.lives import Life, live
from somnesium.answers.safety.gate import checked_plan
from somnesium.answers.sideeffects import (
    HIGH_SERUM,
    VERY_HIGH_SERUM,
    day_probability,
    high_share,
    side_effects,
    stool_grams,
    symptom_probability,
    unabsorbed,
)
from somnesium.person.regimen import Dose, doses
from somnesium.person.request import read_request
from somnesium.person.taken import ALL, NOTHING
from somnesium.simulation.worlds import DOUBTS, live_worlds


def dose(amount, hours=21.0, form="citrate", with_food=False, day=0):
    return Dose(day, hours, "magnesium", amount, form, with_food)


def test_stool_of_what_is_not_absorbed():
    """evidence 2.3: 300 mg at once leaves about 243 mg, 10 mmol, +73 g; thrice 100 mg +57 g."""
    assert stool_grams(1.0) == pytest.approx(7.3)
    assert unabsorbed(300.0) == pytest.approx(10.0, abs=0.1)
    assert stool_grams(unabsorbed(300.0)) == pytest.approx(73.0, abs=1.0)
    assert stool_grams(3 * unabsorbed(100.0)) == pytest.approx(57.0, abs=1.0)


def test_symptoms_at_360_mg_hold_six_of_twenty_one():
    mean, low, high = symptom_probability(360.0)
    assert low < 6 / 21 < high
    assert mean == pytest.approx(0.137, abs=0.005)


@pytest.mark.parametrize(
    ("amount", "prior"), [(100, 0.01), (250, 0.04), (350, 0.10), (500, 0.18), (750, 0.30)]
)
def test_symptoms_hold_the_prior_within_their_interval(amount, prior):
    _, low, high = symptom_probability(amount)
    assert low < prior < high


def test_one_dose_a_day_is_a_day():
    assert day_probability([dose(360.0)]) == pytest.approx(symptom_probability(360.0))
    with_food = day_probability([dose(300.0, form="oxide", with_food=True)])
    assert with_food == pytest.approx(symptom_probability(300.0, 1.3, True))


def test_split_food_and_form_are_gentler_and_more_is_not():
    once = day_probability([dose(300.0)])[0]
    split = day_probability([dose(100.0, hours) for hours in (8.0, 14.0, 20.0)])[0]
    assert split < once
    assert day_probability([dose(300.0, with_food=True)])[0] < once
    assert day_probability([dose(300.0, form="bisglycinate")])[0] < once
    assert day_probability([dose(300.0, form="oxide")])[0] > once
    assert day_probability([dose(250.0, hours) for hours in (7.0, 12.0, 17.0, 22.0)])[0] > once


def test_small_doses_leave_something():
    """The hyperbola passes the whole dose below 10 mg; nothing is left negative."""
    assert unabsorbed(36.0) == pytest.approx(36.0 * 0.35 / 24.305, rel=0.01)
    assert unabsorbed(5.0) == pytest.approx(5.0 * 0.35 / 24.305)
    assert 0.0 < symptom_probability(1.0)[0] < symptom_probability(36.0)[0] < 0.01


def test_two_lines_at_one_time_are_one_dose():
    both = day_probability([dose(150.0), dose(150.0)])
    assert both == pytest.approx(day_probability([dose(300.0)]))


@given(st.lists(st.tuples(st.floats(0.1, 800.0), st.floats(0.0, 23.75)), min_size=1, max_size=6))
def test_probability_is_one_and_grows_with_what_is_taken(lines):
    taken = [dose(amount, hours) for amount, hours in lines]
    low, high = day_probability(taken)[1:]
    assert 0.0 < low < day_probability(taken)[0] < high < 1.0
    more = [d._replace(amount_mg=1.1 * d.amount_mg) for d in taken]
    assert day_probability(more)[0] > day_probability(taken)[0]


def test_nothing_taken_is_nothing():
    assert day_probability([]) == day_probability([dose(0.0)]) == (0.0, 0.0, 0.0)
    assert symptom_probability(0.0) == (0.0, 0.0, 0.0)


def test_share_counts_people_and_not_draws():
    """Wilson's interval for 1 of 4 worked out by hand: (0.0579, 0.6439)."""
    serum = np.array([[0.9, 0.9, 0.9, 1.1] * 16, [0.9, np.nan, 0.8, 0.9] * 16])
    share, low, high = high_share(serum, np.tile(np.arange(4), 16), HIGH_SERUM)
    assert share == 0.25
    assert (low, high) == pytest.approx((0.0579, 0.6439), abs=5e-4)
    none = high_share(serum, np.tile(np.arange(4), 16), 2.0)
    assert none[:2] == (0.0, pytest.approx(0.0))
    assert none[2] > 0.3


def oxide_user(egfr, daily_mg, people=1024):
    """A Japanese patient of 72 with constipation, oxide in three doses for eight weeks."""
    each = {"form": "oxide", "magnesium_mg": daily_mg / 3, "mass_is": "elemental"}
    return read_request(
        {
            "person": {"age": 72, "sex": "female", "mass_kg": 55, "height_cm": 153, "egfr": egfr},
            "habits": {"bedtime": "22:30", "rise": "06:30", "time_zone": "Asia/Tokyo"},
            "diet": {"magnesium_mg_per_day": 250},
            "regimen": {"intakes": [{**each, "times": ["08:00", "13:00", "19:00"]}]},
            "days": 56,
            "people": people,
        }
    )


def as_published(request):
    """Patients as they were treated, some with what the gate would refuse today."""
    own = Life(request.habits, request.diet)
    taken = doses(request.regimen, request.start.weekday(), request.days)
    lives = {"without": own, "with": own._replace(taken=taken)}
    return live(request, lives, request.people // DOUBTS, DOUBTS, request.days)


def share_above(request, limit, world="with"):
    worlds = as_published(request)
    return high_share(worlds.results[world].field("serum"), worlds.draws.person, limit)[0]


STAGES = {80.0: 0.55, 52.0: 0.22, 37.0: 0.14, 22.0: 0.09}
"""Kidneys of hospital patients whose magnesium was measured: share by eGFR (our judgement;
the abstracts do not give it)."""


@pytest.fixture(scope="module")
def oxide_users():
    """Share of oxide users above a limit [mmol/L] by eGFR, at about 1000 mg of oxide a day."""
    found = {}
    for egfr in STAGES:
        request = oxide_user(egfr, 603.0, 512)
        worlds = as_published(request)
        found[egfr] = worlds.results["with"].field("serum")[-7:], worlds.draws.person

    def share(limit):
        return {egfr: high_share(*pair, limit)[0] for egfr, pair in found.items()}

    return share


def test_share_of_oxide_users_with_high_magnesium(oxide_users):
    """At 2.5 mg/dL: mori2019 32 of 193 (95 % interval 11.6 to 22.6 %), wakai2019 75 of 320
    (18.9 to 28.5 %)."""
    shares = oxide_users(1.0285)
    assert 0.116 <= sum(STAGES[egfr] * share for egfr, share in shares.items()) <= 0.285
    assert list(shares.values()) == sorted(shares.values())


@pytest.mark.xfail(strict=True, reason="the body's spread of serum is too thin above 3.0 mg/dL")
def test_share_of_oxide_users_with_hypermagnesaemia(oxide_users):
    """At 3.0 mg/dL: mori2019 10 of 193 (95 % interval 2.5 to 9.3 %), wakai2019 13 of 320."""
    shares = oxide_users(VERY_HIGH_SERUM)
    assert 0.025 <= sum(STAGES[egfr] * share for egfr, share in shares.items()) <= 0.093


def test_weaker_kidneys_and_larger_doses_raise_the_share():
    usual = share_above(oxide_user(80.0, 300.0, 256), HIGH_SERUM)
    weak = share_above(oxide_user(25.0, 300.0, 256), HIGH_SERUM)
    more = share_above(oxide_user(25.0, 900.0, 256), HIGH_SERUM)
    assert usual < weak <= more


def test_side_effects_are_told_in_plain_words():
    request = oxide_user(50.0, 300.0, 128)
    plan = checked_plan(request)
    taken = plan.taken.within(request.days)
    worlds = live_worlds(plan, {"without": NOTHING, "with": ALL})
    found = side_effects(request.person, taken, worlds)
    assert [one.key for one in found] == ["stomach", "stool", "high_serum"]
    assert all(grade(one.text) <= 9.0 and one.sources for one in found)
    assert side_effects(request.person, (), worlds) == ()
