"""Steady state: reached, the same as a long ordinary life, and moved the right way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.answers.risk.people import asked, citrate, lived

from somnesium.answers.effect import nightly
from somnesium.answers.safety.gate import checked_plan
from somnesium.answers.safety.serum import forecast_serum as serum_on
from somnesium.body.assembly import Body
from somnesium.engine.lanes import leaf_index
from somnesium.person.regimen import Regimen
from somnesium.person.taken import NOTHING, taken_of
from somnesium.simulation import steady as module
from somnesium.simulation.steady import MOST_DRIFT, food_scales
from somnesium.simulation.worlds import live_worlds


def heaviest_week(regimen, first_weekday):
    return taken_of(regimen, first_weekday).heaviest_week()


def forecast_serum(request, seed=1):
    return serum_on(request, heaviest_week(request.regimen, request.start.weekday()), seed=seed)


def test_it_is_where_a_long_ordinary_life_ends():
    habits = {"alcohol": [{"at": "19:00", "drinks": 3, "days": ["sat"]}]}
    request = asked(habits=habits).model_copy(update={"days": 140, "people": 16})
    untreated = live_worlds(checked_plan(request), {"own": NOTHING})
    there = nightly(untreated, "own", "serum_magnesium")[-7:].mean(axis=0)
    here = lived(request, people=1, doubts=16).serum
    assert np.abs(here / there - 1.0).max() < 0.003


@pytest.mark.parametrize(
    "request_",
    [
        asked(),
        asked(50.0),
        asked(600.0, egfr=8.0),
        asked(200.0, habits={"alcohol": [{"at": "19:00", "drinks": 6, "days": ["sat"]}]}),
        asked(habits={"naps": [{"at": "14:00", "minutes": 30}]}),
    ],
)
def test_everyone_is_at_rest_and_stays_there(request_, monkeypatch):
    found = lived(request_)
    assert found.drift.max() <= MOST_DRIFT
    monkeypatch.setattr(module, "MOST_DRIFT", MOST_DRIFT / 50.0)
    longer = lived(request_)
    assert longer.weeks > found.weeks
    assert longer.drift.max() <= MOST_DRIFT / 50.0
    assert np.abs(found.serum / longer.serum - 1.0).max() < 5 * MOST_DRIFT


def test_what_goes_in_comes_out():
    found = lived(asked())
    lost = found.urine + 24.0 * 0.025 * found.serum / 0.85
    assert found.absorbed.mean() == pytest.approx(lost.mean(), rel=0.05)


def test_more_food_more_magnesium_in_every_person():
    few, some, much = (lived(asked(mg)) for mg in (150.0, 300.0, 450.0))
    for less, more in ((few, some), (some, much)):
        assert (more.serum > less.serum).all()
        assert (more.tissue > less.tissue).all()
        assert (more.urine > less.urine).all()


def test_weaker_kidneys_keep_more_in_every_person():
    found = [lived(asked(egfr=egfr)).serum for egfr in (90.0, 45.0, 15.0)]
    assert (found[1] > found[0]).all()
    assert (found[2] > found[1]).all()


@pytest.mark.parametrize(
    "who",
    [
        {"medicines": ["omeprazole"]},
        {"medicines": ["hydrochlorothiazide"]},
        {"medicines": ["cisplatin"]},
        {"conditions": ["diabetes_type_2"]},
        {"conditions": ["alcohol_use_disorder"]},
        {"conditions": ["bariatric_surgery"]},
        {"conditions": ["gut_disease"]},
        {"conditions": ["chronic_diarrhoea"]},
    ],
)
def test_what_takes_magnesium_lowers_it_in_every_person(who):
    assert (lived(asked(**who)).serum < lived(asked()).serum).all()


def test_a_forecast_on_a_plan():
    plain, taken = forecast_serum(asked()), forecast_serum(asked(regimen=citrate(300.0)))
    weak = forecast_serum(asked(regimen=citrate(300.0), egfr=15.0))
    assert plain.mean < taken.mean < weak.mean
    for one in (plain, taken, weak):
        assert one.settled
        assert one.drift_per_week <= MOST_DRIFT
        assert one.interval90[0] < one.mean < one.interval90[1]
        assert 0.0 <= one.share_very_high <= one.share_high <= 1.0
    assert weak.share_high > 0.5 > plain.share_high
    assert forecast_serum(asked()) == plain
    assert forecast_serum(asked(), seed=2) != plain


def test_the_heaviest_week_of_a_growing_plan_is_its_last():
    lines = [
        {**citrate(100.0)["intakes"][0], "end_day": 10},
        {**citrate(250.0)["intakes"][0], "start_day": 11, "days": ["mon", "wed"]},
        {**citrate(50.0)["intakes"][0], "start_day": 40, "missed_days": [41]},
    ]
    week = heaviest_week(Regimen.model_validate({"intakes": lines}), 0)
    assert sum(dose.amount_mg for dose in week) == pytest.approx(2 * 250.0 + 7 * 50.0)
    assert [dose.day for dose in week if dose.amount_mg == 250.0] == [0, 2]


def test_without_magnesium_the_heaviest_week_is_empty():
    melatonin = {"name": "m", "ingredients": [{"substance": "melatonin", "amount_mg": 1.0}]}
    line = {"product": melatonin, "times": ["21:00"]}
    assert heaviest_week(Regimen.model_validate({"intakes": [line]}), 3) == ()
    assert heaviest_week(Regimen(), 0) == ()


@given(st.integers(0, 6), st.sets(st.sampled_from(["mon", "tue", "fri", "sun"]), min_size=1))
def test_weekdays_stay_weekdays(first, days):
    regimen = Regimen.model_validate(citrate(100.0, days=sorted(days)))
    week = heaviest_week(regimen, first)
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    assert {names[dose.day] for dose in week} == days


def test_food_scales_lie_around_one():
    scales = food_scales(1, 4000, 0.15)
    assert np.log(scales).mean() == pytest.approx(0.0, abs=0.01)
    assert np.log(scales).std() == pytest.approx(0.15, rel=0.05)
    assert not np.allclose(scales, food_scales(1, 4000, 0.15, column=2))


def test_nobody_with_diarrhoea_passes_food_faster_than_a_body_can():
    """A person in the tail of how illness acts passed food a hundred times an hour."""
    sick = asked(conditions=["chronic_diarrhoea"]).person
    passage = leaf_index(Body, "gut.passage")
    drawn = module._bodies(sick, 320, 10, 1).values[passage]
    well = module._bodies(module._well(sick), 320, 10, 1).values[passage]
    assert drawn.max() == 4.0
    assert (drawn >= well - 1e-12).all()
    assert np.median(drawn) > 1.5 * np.median(well)
