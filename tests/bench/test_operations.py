"""Counting numbers: what is counted once, what not at all, and what costs more."""

import pytest
from bench.operations import COSTS, Counting, operations, step_operations
from bench.roofline import Roof, steps_of

from somnesium.body.assembly import Inputs
from somnesium.engine.channels import LIGHTS_OUT, RISE
from somnesium.engine.schedule import merge
from somnesium.maths import exp, power, softplus, sqrt


@pytest.fixture
def number():
    known = {}
    return lambda: Counting(known, "given")


def test_each_distinct_operation_counts_once(number):
    a, b = number(), number()
    assert operations([a * b + a]) == 2
    assert operations([a * b + a, b * a]) == 2  # the product is there already
    assert operations([a - b, b - a]) == 2
    assert operations([2.0 * a, 3.0 * a, a * 2.0]) == 2


def test_what_leads_nowhere_is_not_counted(number):
    a = number()
    _ = exp(a)
    assert operations([a + 1.0]) == 1
    assert operations([a, 1.0]) == 0
    assert operations([-a]) == 0


def test_exponential_and_logarithm_cost_what_their_polynomials_do(number):
    a, b = number(), number()
    for precision, costs in COSTS.items():
        assert operations([exp(a)], precision) == costs["exp"]
        assert operations([power(a, b)], precision) == costs["exp"] + costs["log"] + 1
    assert operations([sqrt(a)]) == 1
    assert operations([1.0 / a, a / 2.0]) == 2


def test_softplus_by_hand(number):
    """abs, x + size, half of it, negative over width, exp, 1 +, log, times width, sum."""
    assert operations([softplus(number(), number())]) == 7 + 33 + 28


def test_a_step_in_bed_costs_more_and_float32_less():
    awake, in_bed = step_operations("float64")
    assert 500 < awake < in_bed < 4000
    assert step_operations("float32") < (awake, in_bed)


class _Life:
    hours = 24.0
    inputs = Inputs(0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    events = merge([(7.0, RISE, 0.0), (12.1, 0, 5.0), (23.0, LIGHTS_OUT, 0.0)])


def test_steps_of_a_day_by_hand():
    """24 hourly marks and noon's odd minute; in bed 0 to 7 and 23 to 24."""
    awake, in_bed = steps_of(_Life, 1.0)
    assert (awake, in_bed) == (17, 8)


def test_share_of_the_peak():
    assert Roof(1000.0, 1e6).fraction(250.0) == pytest.approx(0.25)
