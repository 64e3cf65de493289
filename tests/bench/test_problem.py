"""The flat body is the body: general solvers and the engine find the same nights."""

import numpy as np
import pytest
from bench.flat import flat
from bench.ours import Crowd
from bench.peers import RELATIVE, SHARES, tolerances
from bench.peers.segments import moments, start
from bench.problem import TIGHT, Problem, by_odeint

from somnesium.answers.safety.gate import checked_plan
from somnesium.body.assembly import Inputs
from somnesium.engine.channels import MELATONIN
from somnesium.engine.schedule import merge
from somnesium.exchange.life import life_of
from somnesium.exchange.timed import happenings
from somnesium.person.request import read_request
from somnesium.sources import example_path


@pytest.fixture(scope="module")
def gummies():
    life = life_of(checked_plan(read_request(example_path("gummies"))), 1)
    vectors = flat(life)
    return Problem((life,), (vectors,), (by_odeint(vectors, **TIGHT),))


def test_the_engine_at_short_steps_finds_the_truth(gummies):
    wrong = Crowd(gummies, 1).wrong(1.0 / 120, "float64")
    assert wrong.minutes < 0.002
    assert wrong.magnesium < 1e-5


def test_longer_steps_are_further_off(gummies):
    crowd = Crowd(gummies, 3)
    assert crowd.wrong(1.0 / 4, "float64").minutes > 5 * crowd.wrong(1.0 / 20, "float64").minutes


def test_nights_are_counted_by_the_hours_lived(gummies):
    assert gummies.nights == gummies.lives[0].hours / 24.0
    assert Crowd(gummies, 5).nights == 5 * gummies.nights
    assert len(gummies.rises(0)) == gummies.flats[0].nights == len(gummies.truth[0])


def test_moments_are_those_of_the_file(gummies):
    """What a driver sets by name is what the file's events assign."""
    life = gummies.lives[0]
    by_name = {name.replace(".", "_") for h in happenings(life.events) for name, _ in h.changes}
    driven = list(moments(life))
    assert [m.time for m in driven] == [h.time for h in happenings(life.events)]
    assert {n for m in driven for n in (*m.sets, *m.adds, *m.copies)} == by_name
    assert sum(m.rises for m in driven) == gummies.flats[0].nights
    assert by_name <= start(life).keys()


def test_melatonin_is_driven_in_the_unit_of_the_plasma(gummies):
    life = gummies.lives[0]
    dosed = life._replace(events=merge([(21.0, MELATONIN, 4e6)]))
    (only,) = moments(dosed)
    pineal = life.body.pineal
    expected = pineal.bioavailability * 4e6 / pineal.volume
    assert only.adds == {"melatonin_gut": pytest.approx(expected)}


def test_a_flight_goes_from_loose_to_tight():
    for flight, share in zip(tolerances(), SHARES, strict=True):
        relative = [options["rtol"] for options in flight]
        assert relative == sorted(RELATIVE, reverse=True)
        assert np.all(np.diff([options["atol"] for options in flight]) <= 0)
        assert flight[-1]["atol"] == pytest.approx(1e-6 * share)


def test_inputs_begin_as_the_engine_left_them(gummies):
    begun = start(gummies.lives[0])
    assert {f"input_{name}" for name in Inputs._fields} <= begun.keys()
    assert begun["night_latency"] == 0.0
