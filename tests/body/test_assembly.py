"""The whole body: every magnesium that goes somewhere comes from somewhere."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somnesium.body.assembly import (
    Body,
    Inputs,
    Lost,
    State,
    change,
    clock_phase,
    derivative,
    exposure,
    fix,
    magnesium_inside,
    magnesium_lost,
    slow,
)
from somnesium.body.brain import Brain
from somnesium.body.calmatives import Calmatives, CalmativeState
from somnesium.body.clock import Clock, ClockState
from somnesium.body.cortisol import Adrenal, CortisolState
from somnesium.body.gut import Gut, GutState
from somnesium.body.kidney import Kidney
from somnesium.body.melatonin import MelatoninState, Pineal
from somnesium.body.nerves import Nerves
from somnesium.body.pressure import PressureState
from somnesium.body.readouts import drive, drive_at, signals, signals_at, waking_drive
from somnesium.body.stages import Chain, Stages
from somnesium.body.stimulants import Alcohol, AlcoholState, Caffeine, CaffeineState
from somnesium.body.stores import Stores, StoresState
from somnesium.maths import direction

BODY = Body(
    clock=Clock(trough_delay=0.0, hour_angle=math.pi / 12),
    pineal=Pineal(midpoint=0.0, half_window=0.35, edge=0.1),
    adrenal=Adrenal(early_peak=1.0, late_peak=8.0),
    nerves=Nerves(
        trait=0.0, stress_gain=0.8, cortisol_gain=0.1, cortisol_scale=100.0, vagal_peak=-2.0
    ),
    caffeine=Caffeine(half_effect=200.0, pressure_hidden=0.3, wake_gain=1.2),
    alcohol=Alcohol(
        onset_gain=2.0, rebound=1.5, slow_wave_gain=0.1, rem_loss=1.0, urine_gain=2.0
    ),
    calmatives=Calmatives(onset_gain=0.35, staying_gain=0.7, load_gain=0.35, cortisol_gain=0.1),
    gut=Gut(
        delivery=1.2, dissolution=0.3, passage=0.6, saturable=0.4, half_amount=0.1, linear=0.02,
        absorption=1.0,
    ),
    stores=Stores(
        volume=20.0, serum_typical=0.85, tissue_size=100.0, slow_size=900.0, tissue_rate=0.05,
        slow_rate=0.0007, slow_share=1 / 3, deficit_width=0.02, deficit_limit=0.1,
    ),
    kidney=Kidney(
        gfr=1.0, threshold=0.7, width=0.02, slope=1.5, obligatory=0.01, leak=0.0,
        endogenous=0.024,
    ),
    brain=Brain(
        coupling=0.13, exchange=1 / 24, typical=0.8, half_block=0.8, gaba_gain=1.5, nmda_gain=0.9
    ),
    chain=Chain(
        onset_pressure=6.0, pressure_middle=0.4, onset_clock=1.25, clock_second=0.25,
        clock_peak=12.0, clock_second_peak=0.0, melatonin_gain=0.6, melatonin_half=400.0,
        rem_peak=0.0,
    ),
)  # fmt: skip
STATE = State(
    clock=ClockState(-1.0, 0.0, 0.3),  # at its trough
    pressure=PressureState(0.6, 0.7, 0.1),
    melatonin=MelatoninState(100.0, 0.0),
    cortisol=CortisolState(200.0, 0.5),
    load=0.3,
    caffeine=CaffeineState(0.0, 200.0),
    alcohol=AlcoholState(0.2, 0.1),
    calmatives=CalmativeState(0.0, 0.4, 0.0, 0.5, 0.2),
    gut=GutState(2.0, 1.0, 0.9),
    stores=StoresState(17.0, 100.0, 900.0),
    brain=1.0,
    rem_pressure=0.4,
    lost=Lost(5.0, 3.0, 2.0, 1.0),
)
IN_BED = Inputs(0.0, 1.0, 0.5, 0.0, 0.25, 0.0, 0.1)
UP = Inputs(100.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
NIGHT = Stages(0.1, 0.2, 0.1, 0.3, 0.2, 0.1)
DAY = Stages(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
FIXED = fix(BODY)

shares, amounts = st.floats(0, 1), st.floats(0, 50)
some_states = st.builds(
    State,
    clock=st.builds(ClockState, st.floats(0.1, 1.2), st.floats(-1.2, 1.2), shares),
    pressure=st.builds(PressureState, shares, shares, st.floats(-1, 3)),
    melatonin=st.builds(MelatoninState, st.floats(0, 3000), st.floats(0, 3000)),
    cortisol=st.builds(CortisolState, st.floats(0, 900), shares),
    load=st.floats(-2, 3),
    caffeine=st.builds(CaffeineState, st.floats(0, 600), st.floats(0, 600)),
    alcohol=st.builds(AlcoholState, st.floats(0, 3), st.floats(0, 3)),
    calmatives=st.builds(CalmativeState, shares, shares, shares, shares, shares),
    gut=st.builds(GutState, amounts, amounts, amounts),
    stores=st.builds(StoresState, st.floats(5, 40), st.floats(40, 140), st.floats(400, 1200)),
    brain=st.floats(0.5, 1.5),
    rem_pressure=shares,
    lost=st.builds(Lost, amounts, amounts, amounts, amounts),
)
some_inputs = st.builds(
    Inputs, st.floats(0, 1e4), shares, shares, shares, shares, st.floats(0, 60), st.floats(-1, 1)
)
some_stages = st.lists(shares, min_size=6, max_size=6).map(
    lambda p: Stages(*(x / (sum(p) + 1e-9) for x in p))
)


@given(some_states, some_inputs, some_stages)
def test_magnesium_is_neither_made_nor_lost(state, inputs, p):
    found = derivative(state, p, inputs, BODY, FIXED)
    largest = max(map(abs, (*found.gut, *found.stores, *found.lost)))
    balance = magnesium_inside(found) + magnesium_lost(found)
    assert abs(balance) <= 1e-14 * (1.0 + largest)


@given(some_states, some_inputs, some_stages)
def test_it_holds_for_the_default_body(state, inputs, p):
    body = Body()
    found = derivative(state, p, inputs, body, fix(body))
    balance = magnesium_inside(found) + magnesium_lost(found)
    assert abs(balance) <= 1e-13 * (1.0 + max(map(abs, (*found.gut, *found.stores))))


ASLEEP = Stages(0.0, 0.0, 0.0, 1.0, 0.0, 0.0)
HALF_ASLEEP = Stages(0.0, 0.5, 0.0, 0.5, 0.0, 0.0)


@given(some_states, some_inputs, some_stages)
def test_the_parts_make_the_whole(state, inputs, p):
    """To the last bit: exposure and slow part, and the change that is made of them."""
    whole = derivative(state, p, inputs, BODY, FIXED)
    costly = slow(state, BODY, FIXED)
    assert change(state, p, inputs, exposure(inputs, BODY), costly, BODY, FIXED) == whole
    assert drive_at(state, inputs, costly, BODY, FIXED) == drive(state, inputs, BODY, FIXED)
    seen = signals(state, p, inputs, BODY, FIXED)
    assert signals_at(state, p, inputs, costly, BODY, FIXED) == seen


@given(some_states, some_inputs, some_stages)
def test_the_change_uses_the_parts_it_is_given(state, inputs, p):
    """Light and drink reach it by the exposure only, the clock's gates by the slow part only."""
    exposed, costly = exposure(inputs, BODY), slow(state, BODY, FIXED)
    here = change(state, p, inputs, exposed, costly, BODY, FIXED)
    dark = inputs._replace(light=0.0, drinking=0.0)
    assert change(state, p, dark, exposed, costly, BODY, FIXED) == here
    gone = costly._replace(gate=0.0, cortisol=0.0, brain=0.0, filtered=0.0)
    without = change(state, p, inputs, exposed, gone, BODY, FIXED)
    assert here.brain - without.brain == pytest.approx(costly.brain / 24, abs=1e-12)
    urine = costly.filtered * (1.0 + 2.0 * state.alcohol.blood)
    assert here.lost.urine - without.lost.urine == pytest.approx(urine, abs=1e-12)
    assert here.melatonin.plasma >= without.melatonin.plasma
    assert here.cortisol.plasma >= without.cortisol.plasma


def test_exposure_by_hand():
    body = BODY._replace(
        clock=BODY.clock._replace(
            melanopic_ratio=0.5, bright=9500.0, dim=100.0, bleaching=6.0, eyelid=0.1
        ),
        pineal=BODY.pineal._replace(half_light=25.0, light_slope=0.8, eyelid=0.04),
        alcohol=BODY.alcohol._replace(volume=40.0),
    )
    found = exposure(UP._replace(light=500.0, drinking=10.0), body)
    # 1000 photopic lux with the eyes open, 100 through the lids
    assert found.photic_open == pytest.approx(6 * math.sqrt(1000 / 9500) / 1.1, rel=1e-12)
    assert found.photic_closed == pytest.approx(6 * math.sqrt(100 / 9500) / 2, rel=1e-12)
    # 20 half lights, and 0.8 of one
    assert found.melatonin_open == pytest.approx(1 / (1 + 20**0.8), rel=1e-12)
    assert found.melatonin_closed == pytest.approx(1 / (1 + 0.8**0.8), rel=1e-12)
    assert found.drinking == pytest.approx(0.25, rel=1e-12)
    bright = exposure(UP._replace(light=625.0), body)
    assert bright.melatonin_closed == 0.5  # 0.04 · 625 = 25, the half light


def test_in_the_dark_the_lids_make_no_difference():
    assert exposure(Inputs(*([0.0] * 7)), BODY) == (0.0, 0.0, 1.0, 1.0, 0.0)


def test_slow_by_hand():
    body = BODY._replace(
        clock=BODY.clock._replace(
            activity=0.03, activity_slope=1.0, melatonin_gain=0.02, melatonin_half=100.0
        ),
        adrenal=BODY.adrenal._replace(
            early_drive=200.0,
            early_width=2.5,
            late_drive=120.0,
            late_width=1.0,
            early_peak=0.0,
            late_peak=6.0,
        ),
        pineal=BODY.pineal._replace(midpoint=6.0),
    )
    found = slow(STATE._replace(stores=StoresState(17.0, 95.0, 900.0)), body, fix(body))
    assert found.phase == pytest.approx((1.0, 0.0), abs=1e-15)
    missing = 0.02 * (math.log(1 + math.exp(2.5)) - math.log(2))
    assert found.deficit == pytest.approx(0.1 * math.tanh(missing / 0.1), rel=1e-12)
    assert found.active == pytest.approx(0.03 * (1 + math.tanh(1.0)), rel=1e-12)
    assert found.shift == pytest.approx(0.01, rel=1e-12)
    # a quarter turn from the midpoint: 1 / (1 + e^3.5)
    assert found.gate == pytest.approx(1 / (1 + math.exp(3.5)), rel=1e-9)
    # at the early peak, a quarter turn from the late one
    assert found.cortisol == pytest.approx(200 + 120 * math.exp(-1), rel=1e-12)
    assert found.brain == pytest.approx(1.0, rel=1e-12)
    # 0.85 mmol/L: 0.15 above the threshold, the splay all but gone
    assert found.filtered == pytest.approx(1.5 * 0.15, rel=1e-3)


def test_the_sleeper_sees_through_the_lids():
    body = BODY._replace(
        clock=BODY.clock._replace(activity=0.0, eyelid=0.03),
        pineal=BODY.pineal._replace(eyelid=0.03),
    )
    asleep, awake = (
        derivative(STATE, p, UP._replace(light=light), body, fix(body))
        for p, light in ((ASLEEP, 1000.0), (DAY, 30.0))
    )
    assert asleep.clock == pytest.approx(awake.clock, rel=1e-12)
    assert asleep.melatonin == pytest.approx(awake.melatonin, rel=1e-12)


@given(some_states, some_inputs)
def test_half_asleep_is_half_way(state, inputs):
    none, half, whole = (
        derivative(state, p, inputs, BODY, FIXED) for p in (DAY, HALF_ASLEEP, ASLEEP)
    )
    for part in ("clock", "melatonin"):
        ends = zip(getattr(none, part), getattr(whole, part), strict=True)
        assert getattr(half, part) == pytest.approx([(a + b) / 2 for a, b in ends], abs=1e-10)


def test_in_the_dark_waking_makes_no_difference_to_melatonin():
    found = {derivative(STATE, p, IN_BED, BODY, FIXED).melatonin for p in (DAY, NIGHT, ASLEEP)}
    assert len(found) == 1


@given(some_states, some_inputs, some_stages)
def test_what_is_lost_never_comes_back(state, inputs, p):
    assert min(derivative(state, p, inputs, BODY, FIXED).lost) >= 0.0


def test_magnesium_inside_and_lost_by_hand():
    assert magnesium_inside(STATE) == pytest.approx(2 + 1 + 0.9 + 17 + 100 + 900, rel=1e-15)
    assert magnesium_lost(STATE) == pytest.approx(3 + 2 + 1, rel=1e-15)


def test_what_follows_from_the_parameters_by_hand():
    assert FIXED.trough == pytest.approx((0.0, -1.0), abs=1e-15)
    assert FIXED.wake == pytest.approx((-1.0, 0.0), abs=1e-15)
    assert FIXED.wake_second == pytest.approx((1.0, 0.0), abs=1e-15)
    assert FIXED.cortisol_late == pytest.approx(
        (math.cos(2 * math.pi / 3), math.sin(2 * math.pi / 3)), abs=1e-15
    )
    late = fix(BODY._replace(clock=BODY.clock._replace(trough_delay=6.0)))
    assert late.trough == pytest.approx((1.0, 0.0), abs=1e-15)
    own = BODY.clock._replace(day=24.0, period=25.0, period_correction=1.0)
    assert fix(BODY._replace(clock=own)).frequency == pytest.approx(0.96**2, rel=1e-12)


def test_the_least_x_is_the_trough():
    assert clock_phase(STATE, FIXED) == pytest.approx((1.0, 0.0), abs=1e-15)
    quarter = STATE._replace(clock=ClockState(0.0, 1.0, 0.3))  # six hours on
    assert clock_phase(quarter, FIXED) == pytest.approx((0.0, 1.0), abs=1e-15)


def test_waking_drive_by_hand():
    assert waking_drive(direction(0.0), FIXED, BODY.chain) == pytest.approx(-1 + 0.25, rel=1e-12)
    assert waking_drive(direction(math.pi), FIXED, BODY.chain) == pytest.approx(1.25, rel=1e-12)
    assert waking_drive(direction(math.pi / 2), FIXED, BODY.chain) == pytest.approx(-0.25, rel=1e-9)


@given(st.floats(-10, 10))
def test_waking_drive_is_held(angle):
    assert abs(waking_drive(direction(angle), FIXED, BODY.chain)) <= 1.25 + 1e-12


def test_magnesium_fluxes_by_hand():
    found = derivative(STATE, NIGHT, IN_BED, BODY, FIXED)
    absorbed = 0.4 * 0.9 + 0.02 * 0.9  # nine half amounts in the lumen
    urine = 1.5 * 0.15 * (1 + 2.0 * 0.2) + 0.01  # 0.85 mmol/L, the splay gone
    assert found.gut == pytest.approx((-2.4, -0.3, 2.4 + 0.3 - absorbed - 0.54), rel=1e-9)
    assert found.stores.tissue == pytest.approx(0.0, abs=1e-12)
    assert found.stores.slow == pytest.approx(0.0, abs=1e-12)
    assert found.stores.plasma == pytest.approx(absorbed - urine - 0.024, rel=1e-3)
    assert found.lost == pytest.approx((absorbed, urine, 0.54, 0.024), rel=1e-3)
    assert found.brain == pytest.approx(0.0, abs=1e-15)


def test_the_body_hears_how_much_it_sleeps():
    up, asleep = (derivative(STATE, p, IN_BED, BODY, FIXED) for p in (DAY, NIGHT))
    assert up.pressure.level > asleep.pressure.level
    assert up.rem_pressure < asleep.rem_pressure
    # 0.3 of the night awake in bed feeds the load; nobody in bed feeds nothing
    gain, forgetting = BODY.nerves.bed_gain, BODY.nerves.forgetting
    assert asleep.load - up.load == pytest.approx(gain * 0.3 * forgetting, rel=1e-9)


def test_drive_by_hand():
    found = drive(STATE, IN_BED, BODY, FIXED)
    block = 0.5  # 200 of 200 mg
    left = 1 - 0.3 * block
    assert found.sleep == pytest.approx(
        6 * (0.6 * left - 0.4) - 1.25 * -0.75 + 0.6 * 100 / 500 + 2.0 * 0.2 - 1.5 * 0.1, rel=1e-12
    )
    assert found.waiting_bonus == pytest.approx(6 * left * 0.1 + 0.35 * 0.4, rel=1e-9)
    assert found.arousal == pytest.approx(0.3 + 0.8 * 0.5 + 0.1 * 1.0 + 0.1, rel=1e-12)
    assert found.calm == pytest.approx(0.0, abs=1e-15)
    assert found.hypnotic == 0.25
    assert found.staying == pytest.approx(0.7 * 0.5, rel=1e-12)
    assert found.caffeine_wake == pytest.approx(0.6, rel=1e-12)
    assert found.pressure == pytest.approx(0.6 * left, rel=1e-12)
    assert found.alcohol_slow_wave == pytest.approx(0.02, rel=1e-12)
    assert found.alcohol_rem == pytest.approx(0.2, rel=1e-12)
    assert found.rem_clock == pytest.approx(1.0, rel=1e-12)
    assert found.rem_pressure == 0.4


@given(some_states, some_inputs)
def test_caffeine_and_stress_only_disturb(state, inputs):
    here = drive(state, inputs, BODY, FIXED)
    cup = drive(
        state._replace(caffeine=CaffeineState(0.0, state.caffeine.body + 80)), inputs, BODY, FIXED
    )
    stressed = drive(state, inputs._replace(stress=inputs.stress + 0.2), BODY, FIXED)
    assert cup.sleep <= here.sleep
    assert cup.caffeine_wake > here.caffeine_wake
    assert cup.pressure <= here.pressure
    assert stressed.arousal > here.arousal


@given(some_states, some_inputs, st.floats(1, 20))
def test_fuller_tissue_calms(state, inputs, more):
    fuller = state._replace(stores=state.stores._replace(tissue=state.stores.tissue + more))
    assert drive(fuller, inputs, BODY, FIXED).calm >= drive(state, inputs, BODY, FIXED).calm


def test_signals_by_hand():
    found = signals(STATE, NIGHT, IN_BED, BODY, FIXED)
    assert found.serum == pytest.approx(0.85, rel=1e-12)
    assert found.relative_plasma == pytest.approx(1.0, rel=1e-12)
    assert found.deficit == pytest.approx(0.0, abs=1e-15)
    assert found.nmda_block == 0.5
    assert found.melatonin == 100.0
    assert found.cortisol == 200.0
    assert found.arousal == pytest.approx(0.9, rel=1e-12)
    assert found.wake_drive == pytest.approx(-0.75, rel=1e-12)
    assert found.clock_x == -1.0
    assert found.absorbed_flux == pytest.approx(0.378, rel=1e-12)
    assert found.urine_flux == pytest.approx(0.325, rel=1e-3)


@given(some_states, some_inputs, some_stages)
def test_signals_agree_with_the_derivative(state, inputs, p):
    seen = signals(state, p, inputs, BODY, FIXED)
    found = derivative(state, p, inputs, BODY, FIXED)
    assert seen.urine_flux == found.lost.urine
    assert seen.absorbed_flux == found.lost.absorbed
    assert all(math.isfinite(x) for x in seen)


def test_rising_is_felt():
    """Inertia makes the just risen sleepier than the long risen."""
    just = STATE._replace(cortisol=CortisolState(200.0, 0.0))
    long = STATE._replace(cortisol=CortisolState(200.0, 1.0))
    a, b = (signals(s, DAY, UP, BODY, FIXED).sleepiness for s in (just, long))
    assert a - b == pytest.approx(BODY.pressure.sleepiness_inertia, rel=1e-9)
