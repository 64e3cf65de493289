"""Where the organs meet: the state of the whole body and the only place balances are written.

`derivative` is d/dt of everything but the sleep stages; `drive` is what the body tells the stage
chain; `signals` are the read-outs people know. Magnesium is an amount [mmol] everywhere, and what
enters by mouth equals what is in the body plus what has left it, to rounding.
"""

from typing import NamedTuple

from somnesium.body.brain import Brain, brain_derivative, gaba_tone, nmda_block
from somnesium.body.calmatives import Calmatives, CalmativeState, calmative_derivative
from somnesium.body.clock import Clock, ClockState, clock_derivative, clock_direction
from somnesium.body.cortisol import (
    Adrenal,
    CortisolState,
    cortisol_derivative,
    daily_drive,
    inertia,
)
from somnesium.body.gut import (
    Gut,
    GutState,
    absorbed_flux,
    delivered_flux,
    dissolved_flux,
    passed_flux,
)
from somnesium.body.kidney import Kidney, faecal_flux, urinary_flux
from somnesium.body.melatonin import (
    MelatoninState,
    Pineal,
    melatonin_derivative,
    synthesis_gate,
)
from somnesium.body.nerves import (
    Nerves,
    arousal,
    heart_rate,
    load_derivative,
    rmssd,
    sympathetic_tone,
    vagal_tone,
)
from somnesium.body.pressure import (
    Pressure,
    PressureState,
    pressure_derivative,
    rated_sleepiness,
)
from somnesium.body.stages import Chain, Drive, Stages, asleep, rem_pressure_derivative
from somnesium.body.stimulants import (
    Alcohol,
    AlcoholState,
    Caffeine,
    CaffeineState,
    alcohol_derivative,
    caffeine_block,
    caffeine_derivative,
)
from somnesium.body.stores import (
    Stores,
    StoresState,
    bone_flux,
    relative_plasma,
    serum,
    tissue_deficit,
    tissue_flux,
)
from somnesium.maths import Direction, cos_between, direction, double, equation, rotate_back
from somnesium.quantity import Real

__all__ = [
    "Body",
    "Inputs",
    "Lost",
    "MagnesiumRates",
    "Phases",
    "Signals",
    "State",
    "clock_phase",
    "derivative",
    "drive",
    "magnesium_balance",
    "magnesium_inside",
    "magnesium_lost",
    "phases",
    "signals",
    "waking_drive",
]


class Body(NamedTuple):
    """All parameters of one person."""

    clock: Clock = Clock()
    pressure: Pressure = Pressure()
    pineal: Pineal = Pineal()
    adrenal: Adrenal = Adrenal()
    nerves: Nerves = Nerves()
    caffeine: Caffeine = Caffeine()
    alcohol: Alcohol = Alcohol()
    calmatives: Calmatives = Calmatives()
    gut: Gut = Gut()
    stores: Stores = Stores()
    kidney: Kidney = Kidney()
    brain: Brain = Brain()
    chain: Chain = Chain()


class Phases(NamedTuple):
    """Clock hours of the parameters as directions, worked out once per person."""

    trough: Direction
    wake: Direction
    wake_second: Direction
    melatonin: Direction
    cortisol_early: Direction
    cortisol_late: Direction
    rem: Direction
    vagal: Direction


class Lost(NamedTuple):
    """Magnesium absorbed and lost since the start [mmol]."""

    absorbed: Real
    urine: Real
    stool: Real
    endogenous: Real


class State(NamedTuple):
    """Everything that changes, except the stage probabilities."""

    clock: ClockState
    pressure: PressureState
    melatonin: MelatoninState
    cortisol: CortisolState
    load: Real
    caffeine: CaffeineState
    alcohol: AlcoholState
    calmatives: CalmativeState
    gut: GutState
    stores: StoresState
    brain: Real
    rem_pressure: Real
    lost: Lost


class Inputs(NamedTuple):
    """What reaches the body from outside, constant within a step."""

    light: Real
    """Melanopic equivalent daylight illuminance at the eye, were it open [lux]."""
    in_bed: Real
    """1 within a sleep opportunity, else 0."""
    stress: Real
    exercise: Real
    hypnotic: Real
    """A hypnotic's effect in log-hazard units; 0.5 is about a standard dose."""
    drinking: Real
    """Ethanol [g/h]."""
    unrest: Real
    """Arousal of this one night by chance, log-hazard units."""


class Signals(NamedTuple):
    """Read-outs that people measure or feel."""

    serum: Real
    relative_plasma: Real
    deficit: Real
    nmda_block: Real
    gaba_tone: Real
    melatonin: Real
    cortisol: Real
    arousal: Real
    vagal: Real
    sympathetic: Real
    heart_rate: Real
    rmssd: Real
    sleepiness: Real
    wake_drive: Real
    clock_x: Real
    urine_flux: Real
    absorbed_flux: Real


@equation
def phases(body: Body) -> Phases:
    """Clock hours of a body's parameters as directions from the temperature minimum."""
    turn = body.clock.hour_angle
    return Phases(
        trough=direction(body.clock.trough_delay * turn - 1.5707963267948966),
        wake=direction(body.chain.clock_peak * turn),
        wake_second=direction(2.0 * body.chain.clock_second_peak * turn),
        melatonin=direction(body.pineal.midpoint * turn),
        cortisol_early=direction(body.adrenal.early_peak * turn),
        cortisol_late=direction(body.adrenal.late_peak * turn),
        rem=direction(body.chain.rem_peak * turn),
        vagal=direction(body.nerves.vagal_peak * turn),
    )


@equation
def clock_phase(state: State, fixed: Phases) -> Direction:
    """Clock phase as a direction from the temperature minimum."""
    return rotate_back(clock_direction(state.clock), fixed.trough)


@equation
def waking_drive(phase: Direction, fixed: Phases, chain: Chain) -> Real:
    """The clock's drive for wakefulness, about -1.25 to 1.25."""
    return cos_between(phase, fixed.wake) + chain.clock_second * cos_between(
        double(phase), fixed.wake_second
    )


class MagnesiumRates(NamedTuple):
    """Rates of change of the magnesium of the gut, the stores, and what has passed [mmol/h]."""

    gut: GutState
    stores: StoresState
    lost: Lost


@equation
def magnesium_balance(state: State, relative: Real, blood: Real, body: Body) -> MagnesiumRates:
    """Every magnesium flux once out of one place and once into another [mmol/h].

    `relative` is serum over the typical serum, `blood` serum magnesium [mmol/L].
    """
    swallowed = delivered_flux(state.gut.swallowed, body.gut)
    dissolved = dissolved_flux(state.gut.solid, body.gut)
    absorbed = absorbed_flux(state.gut.lumen, body.gut)
    passed = passed_flux(state.gut.lumen, body.gut)
    into_tissue = tissue_flux(relative, state.stores.tissue, body.stores)
    into_slow = bone_flux(relative, state.stores.slow, body.stores)
    urine = urinary_flux(blood, body.alcohol.urine_gain * state.alcohol.blood, body.kidney)
    endogenous = faecal_flux(blood, body.kidney)
    return MagnesiumRates(
        gut=GutState(
            swallowed=-swallowed,
            solid=-dissolved,
            lumen=swallowed + dissolved - absorbed - passed,
        ),
        stores=StoresState(
            plasma=absorbed - into_tissue - into_slow - urine - endogenous,
            tissue=into_tissue,
            slow=into_slow,
        ),
        lost=Lost(absorbed=absorbed, urine=urine, stool=passed, endogenous=endogenous),
    )


@equation
def derivative(state: State, p: Stages, inputs: Inputs, body: Body, fixed: Phases) -> State:
    """Rate of change of the whole body [per hour] at stage probabilities `p`."""
    wake = 1.0 - asleep(p)
    phase = clock_phase(state, fixed)
    deficit = tissue_deficit(state.stores.tissue, body.stores)
    awake_in_bed = p.waiting + p.wake
    relative = relative_plasma(state.stores.plasma, body.stores)
    blood = serum(state.stores.plasma, body.stores)
    calming = state.calmatives.adaptogen
    magnesium = magnesium_balance(state, relative, blood, body)
    return State(
        clock=clock_derivative(
            state.clock, inputs.light, wake, state.melatonin.plasma, body.clock
        ),
        pressure=pressure_derivative(
            state.pressure, wake, inputs.in_bed, inputs.exercise, body.pressure
        ),
        melatonin=melatonin_derivative(
            state.melatonin,
            synthesis_gate(phase, fixed.melatonin, body.pineal),
            inputs.light,
            wake,
            deficit,
            body.pineal,
        ),
        cortisol=cortisol_derivative(
            state.cortisol,
            daily_drive(phase, fixed.cortisol_early, fixed.cortisol_late, body.adrenal),
            inputs.in_bed,
            inputs.stress,
            inputs.exercise,
            awake_in_bed,
            deficit,
            body.calmatives.cortisol_gain * calming,
            body.adrenal,
        ),
        load=load_derivative(
            state.load, awake_in_bed, deficit, body.calmatives.load_gain * calming, body.nerves
        ),
        caffeine=caffeine_derivative(state.caffeine, body.caffeine),
        alcohol=alcohol_derivative(state.alcohol, inputs.drinking, body.alcohol),
        calmatives=calmative_derivative(state.calmatives, body.calmatives),
        gut=magnesium.gut,
        stores=magnesium.stores,
        brain=brain_derivative(state.brain, relative, body.brain),
        rem_pressure=rem_pressure_derivative(state.rem_pressure, p, wake, body.chain),
        lost=magnesium.lost,
    )


@equation
def drive(state: State, inputs: Inputs, body: Body, fixed: Phases) -> Drive:
    """What the body tells the stage chain."""
    chain = body.chain
    phase = clock_phase(state, fixed)
    deficit = tissue_deficit(state.stores.tissue, body.stores)
    block = caffeine_block(state.caffeine, body.caffeine)
    open_share = 1.0 - body.caffeine.pressure_hidden * block
    melatonin = state.melatonin.plasma
    return Drive(
        sleep=chain.onset_pressure * (state.pressure.level * open_share - chain.pressure_middle)
        - chain.onset_clock * waking_drive(phase, fixed, chain)
        + chain.melatonin_gain * melatonin / (melatonin + chain.melatonin_half)
        + body.alcohol.onset_gain * state.alcohol.blood
        - body.alcohol.rebound * state.alcohol.lagged,
        waiting_bonus=chain.onset_pressure
        * open_share
        * (state.pressure.waiting - state.pressure.level)
        + body.calmatives.onset_gain * state.calmatives.onset,
        arousal=arousal(
            state.load, inputs.stress, state.cortisol.plasma, inputs.unrest, body.nerves
        ),
        calm=gaba_tone(deficit, state.brain, body.brain),
        hypnotic=inputs.hypnotic,
        staying=body.calmatives.staying_gain * state.calmatives.staying,
        caffeine_wake=body.caffeine.wake_gain * block,
        pressure=state.pressure.level * open_share,
        alcohol_slow_wave=body.alcohol.slow_wave_gain * state.alcohol.blood,
        alcohol_rem=body.alcohol.rem_loss * state.alcohol.blood,
        rem_clock=cos_between(phase, fixed.rem),
        rem_pressure=state.rem_pressure,
    )


@equation
def signals(state: State, p: Stages, inputs: Inputs, body: Body, fixed: Phases) -> Signals:
    """Read-outs of the body at one moment; units are listed in `simulation.trajectory`."""
    wake = 1.0 - asleep(p)
    phase = clock_phase(state, fixed)
    deficit = tissue_deficit(state.stores.tissue, body.stores)
    blood = serum(state.stores.plasma, body.stores)
    now = arousal(state.load, inputs.stress, state.cortisol.plasma, inputs.unrest, body.nerves)
    vagal = vagal_tone(
        wake, p.n3, p.rem, phase, fixed.vagal, now, state.cortisol.plasma, deficit, body.nerves
    )
    sympathetic = sympathetic_tone(
        wake, p.rem, now, inputs.stress, inputs.exercise, body.nerves
    )
    waking = waking_drive(phase, fixed, body.chain)
    return Signals(
        serum=blood,
        relative_plasma=relative_plasma(state.stores.plasma, body.stores),
        deficit=deficit,
        nmda_block=nmda_block(state.brain, body.brain),
        gaba_tone=gaba_tone(deficit, state.brain, body.brain),
        melatonin=state.melatonin.plasma,
        cortisol=state.cortisol.plasma,
        arousal=now,
        vagal=vagal,
        sympathetic=sympathetic,
        heart_rate=heart_rate(vagal, sympathetic, body.nerves),
        rmssd=rmssd(vagal, body.nerves),
        sleepiness=rated_sleepiness(
            state.pressure, waking, inertia(state.cortisol.risen, inputs.in_bed), body.pressure
        ),
        wake_drive=waking,
        clock_x=state.clock.x,
        urine_flux=urinary_flux(
            blood, body.alcohol.urine_gain * state.alcohol.blood, body.kidney
        ),
        absorbed_flux=absorbed_flux(state.gut.lumen, body.gut),
    )


@equation
def magnesium_inside(state: State) -> Real:
    """Magnesium in gut, blood, soft tissue and the slow store [mmol]."""
    return (
        state.gut.swallowed
        + state.gut.solid
        + state.gut.lumen
        + state.stores.plasma
        + state.stores.tissue
        + state.stores.slow
    )


@equation
def magnesium_lost(state: State) -> Real:
    """Magnesium that has left in urine and stool since the start [mmol]."""
    return state.lost.urine + state.lost.stool + state.lost.endogenous
