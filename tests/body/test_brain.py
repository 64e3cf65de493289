"""The brain: guarded, half blocked, and calm only as the tissues are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.body.brain import Brain, brain_derivative, brain_rest, gaba_tone, nmda_block

BRAIN = Brain(
    coupling=0.5, exchange=1 / 20, typical=0.8, half_block=0.8, gaba_gain=1.5, nmda_gain=0.9
)
relative = st.floats(0.3, 3)


def slope(brain, plasma):
    """Rate of change at a relative plasma."""
    return brain_derivative(brain, brain_rest(plasma, BRAIN), BRAIN)


def test_rest_by_hand():
    assert brain_rest(1.21, BRAIN) == pytest.approx(1.1, rel=1e-12)
    assert brain_rest(0.25, BRAIN) == pytest.approx(0.5, rel=1e-12)
    assert brain_rest(1.0, BRAIN) == 1.0
    assert brain_rest(0.0, BRAIN) == 0.0


def test_derivative_by_hand():
    assert brain_derivative(1.0, 1.1, BRAIN) == pytest.approx(0.005, rel=1e-12)
    # √1.21 = 1.1
    assert slope(1.0, 1.21) == pytest.approx(0.005, rel=1e-12)
    assert slope(1.0, 1.0) == 0.0
    assert slope(0.5, 0.0) == pytest.approx(-0.025, rel=1e-12)


@given(relative, relative, st.floats(0.01, 0.5))
def test_it_follows_plasma(brain, plasma, more):
    here = slope(brain, plasma)
    assert slope(brain, plasma + more) > here
    assert slope(brain + more, plasma) < here


@given(relative)
def test_a_guarded_brain_moves_less_than_plasma(plasma):
    rest = 20.0 * slope(0.0, plasma)  # where the derivative is nought
    assert brain_rest(plasma, BRAIN) == pytest.approx(rest, rel=1e-12)
    assert abs(rest - 1.0) <= abs(plasma - 1.0)


def test_block_by_hand():
    assert nmda_block(1.0, BRAIN) == 0.5
    assert nmda_block(3.0, BRAIN) == pytest.approx(0.75, rel=1e-12)
    assert nmda_block(0.0, BRAIN) == 0.0


@given(relative, st.floats(0.01, 1))
def test_more_magnesium_blocks_more(brain, more):
    assert nmda_block(brain, BRAIN) < nmda_block(brain + more, BRAIN) < 1.0


def test_tone_by_hand():
    assert gaba_tone(0.0, 1.0, BRAIN) == 0.0
    # 0.9 · (0.75/0.5 - 1) - 1.5 · 0.04
    assert gaba_tone(0.04, 3.0, BRAIN) == pytest.approx(0.45 - 0.06, rel=1e-12)
    assert gaba_tone(0.1, 1.0, BRAIN) == pytest.approx(-0.15, rel=1e-12)


@given(st.floats(-0.01, 0.1), relative, st.floats(0.001, 0.05))
def test_a_deficit_takes_calm_away(deficit, brain, more):
    assert gaba_tone(deficit + more, brain, BRAIN) < gaba_tone(deficit, brain, BRAIN)
