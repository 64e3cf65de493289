"""Where the organs meet: the state of the whole body and the only place balances are written.

`derivative` is d/dt of everything but the sleep stages. The engine calls its parts: `exposure`
when an input changes, `slow` once a step (costly, and slow enough for that), `change` twice a
step. Magnesium is an amount [mmol] everywhere, and what enters by mouth equals what is in the
body plus what has left it, to rounding.
"""

from typing import Annotated, NamedTuple

from somnesium.body.brain import Brain, brain_derivative, brain_rest
from somnesium.body.calmatives import Calmatives, CalmativeState, calmative_derivative
from somnesium.body.clock import (
    Clock,
    ClockState,
    activity_gain,
    clock_derivative,
    clock_direction,
    frequency,
    photic_rate,
    shifting_melatonin,
)
from somnesium.body.cortisol import Adrenal, CortisolState, cortisol_derivative, daily_drive
from somnesium.body.gut import (
    Gut,
    GutState,
    absorbed_flux,
    delivered_flux,
    dissolved_flux,
    passed_flux,
)
from somnesium.body.kidney import Kidney, faecal_flux, filtered_flux, urinary_flux
from somnesium.body.melatonin import (
    MelatoninState,
    Pineal,
    melatonin_derivative,
    suppression_left,
    synthesis_gate,
)
from somnesium.body.nerves import Nerves, load_derivative
from somnesium.body.pressure import Pressure, PressureState, pressure_derivative
from somnesium.body.stages import Chain, Stages, asleep, rem_pressure_derivative
from somnesium.body.stimulants import (
    Alcohol,
    AlcoholState,
    Caffeine,
    CaffeineState,
    alcohol_derivative,
    caffeine_derivative,
)
from somnesium.body.stores import (
    Deficit,
    Stores,
    StoresState,
    bone_flux,
    relative_serum,
    serum,
    tissue_deficit,
    tissue_flux,
)
from somnesium.maths import Direction, direction, equation, rotate_back
from somnesium.quantity import Real, Var


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


class Fixed(NamedTuple):
    """What follows from the parameters alone, worked out once per person.

    Clock hours are directions.
    """

    trough: Annotated[Direction, Var("1", "the lag of the temperature minimum")]
    wake: Annotated[Direction, Var("1", "the hour of most drive for waking")]
    wake_second: Annotated[Direction, Var("1", "the second harmonic of the drive for waking")]
    melatonin: Annotated[Direction, Var("1", "the middle of the night of melatonin")]
    cortisol_early: Annotated[Direction, Var("1", "the early peak of cortisol")]
    cortisol_late: Annotated[Direction, Var("1", "the late peak of cortisol")]
    rem: Annotated[Direction, Var("1", "the hour that favours REM")]
    vagal: Annotated[Direction, Var("1", "the hour of most vagal tone")]
    frequency: Annotated[Real, Var("1", "squared frequency of the pacemaker over once a day")]
    """Squared frequency of the pacemaker over once a day."""


class Lost(NamedTuple):
    """Magnesium absorbed and lost since the start [mmol]."""

    absorbed: Annotated[
        Real, Var("mmol", "magnesium absorbed since settling began", substance="magnesium")
    ]
    urine: Annotated[
        Real, Var("mmol", "magnesium lost in urine since settling began", substance="magnesium")
    ]
    stool: Annotated[
        Real, Var("mmol", "magnesium passed in stool since settling began", substance="magnesium")
    ]
    endogenous: Annotated[
        Real, Var("mmol", "magnesium the body itself lost into the gut", substance="magnesium")
    ]


class State(NamedTuple):
    """Everything that changes, except the stage probabilities."""

    clock: ClockState
    pressure: PressureState
    melatonin: MelatoninState
    cortisol: CortisolState
    load: Annotated[Real, Var("1", "arousal load that lasts from day to day")]
    caffeine: CaffeineState
    alcohol: AlcoholState
    calmatives: CalmativeState
    gut: GutState
    stores: StoresState
    brain: Annotated[
        Real, Var("1", "brain extracellular magnesium over normal", "mckee2005", "magnesium")
    ]
    rem_pressure: Annotated[Real, Var("1", "pressure for REM sleep")]
    lost: Lost


class Inputs(NamedTuple):
    """What reaches the body from outside, constant within a step."""

    light: Annotated[
        Real, Var("lux", "melanopic daylight illuminance at the open eye", "brown2022")
    ]
    """Melanopic equivalent daylight illuminance at the eye, were it open [lux]."""
    in_bed: Annotated[Real, Var("1", "1 within a sleep opportunity, else 0", "definition#input")]
    """1 within a sleep opportunity, else 0."""
    stress: Annotated[Real, Var("1", "stress, 0 to 1")]
    exercise: Annotated[Real, Var("1", "exercise, 0 to 1")]
    hypnotic: Annotated[Real, Var("1", "a hypnotic's effect, log-hazard units")]
    """A hypnotic's effect in log-hazard units; 0.5 is about a standard dose."""
    drinking: Annotated[Real, Var("g/h", "ethanol drunk", substance="ethanol")]
    """Ethanol [g/h]."""
    unrest: Annotated[Real, Var("1", "arousal of one night by chance, log-hazard units")]
    """Arousal of this one night by chance, log-hazard units."""


@equation
def fix(body: Body) -> Fixed:
    """What follows from a body's parameters alone."""
    turn = body.clock.hour_angle
    return Fixed(
        trough=direction(body.clock.trough_delay * turn - 1.5707963267948966),
        wake=direction(body.chain.clock_peak * turn),
        wake_second=direction(2.0 * body.chain.clock_second_peak * turn),
        melatonin=direction(body.pineal.midpoint * turn),
        cortisol_early=direction(body.adrenal.early_peak * turn),
        cortisol_late=direction(body.adrenal.late_peak * turn),
        rem=direction(body.chain.rem_peak * turn),
        vagal=direction(body.nerves.vagal_peak * turn),
        frequency=frequency(body.clock),
    )


@equation
def clock_phase(state: State, fixed: Fixed) -> Direction:
    """Clock phase as a direction from the temperature minimum."""
    return rotate_back(clock_direction(state.clock), fixed.trough)


class MagnesiumRates(NamedTuple):
    """Rates of change of the magnesium of the gut, the stores, and what has passed [mmol/h]."""

    gut: GutState
    stores: StoresState
    lost: Lost


class Exposure(NamedTuple):
    """What the inputs do, whatever the state: it changes only when an input does."""

    photic_open: Annotated[Real, Var("1/h", "rate at which light uses photoreceptors, eyes open")]
    """Rate at which light uses photoreceptors [1/h], eyes open."""
    photic_closed: Annotated[
        Real, Var("1/h", "rate at which light uses photoreceptors, eyes closed")
    ]
    melatonin_open: Annotated[Real, Var("1", "melatonin synthesis that light leaves, eyes open")]
    """Share of melatonin synthesis that light leaves, eyes open."""
    melatonin_closed: Annotated[
        Real, Var("1", "melatonin synthesis that light leaves, eyes closed")
    ]
    drinking: Annotated[Real, Var("g/L/h", "ethanol entering its volume", substance="ethanol")]
    """Ethanol entering its volume [g/L/h]."""


class Slow(NamedTuple):
    """What costs most to work out and changes least within a step."""

    phase: Annotated[Direction, Var("1", "the clock's phase from the temperature minimum")]
    """Clock phase from the temperature minimum."""
    deficit: Deficit
    active: Annotated[Real, Var("1", "gain of being awake on the clock")]
    """Gain of being awake on the clock."""
    shift: Annotated[Real, Var("1", "drive of melatonin on the clock")]
    """Drive of melatonin on the clock."""
    gate: Annotated[Real, Var("1", "gate of melatonin synthesis")]
    """Gate of melatonin synthesis."""
    cortisol: Annotated[Real, Var("nmol/L/h", "daily drive of cortisol")]
    """Daily drive of cortisol [nmol/L/h]."""
    brain: Annotated[Real, Var("1", "brain magnesium at rest with the plasma, over normal")]
    """Brain magnesium at rest with the plasma."""
    filtered: Annotated[
        Real, Var("mmol/h", "magnesium the sober kidney spills", substance="magnesium")
    ]
    """Magnesium the sober kidney spills [mmol/h]."""


@equation
def exposure(inputs: Inputs, body: Body) -> Exposure:
    """What light and drink do to this body."""
    shut = body.clock.eyelid * inputs.light
    return Exposure(
        photic_open=photic_rate(inputs.light, body.clock),
        photic_closed=photic_rate(shut, body.clock),
        melatonin_open=suppression_left(inputs.light, body.pineal),
        melatonin_closed=suppression_left(body.pineal.eyelid * inputs.light, body.pineal),
        drinking=inputs.drinking / body.alcohol.volume,
    )


@equation
def slow(state: State, body: Body, fixed: Fixed) -> Slow:
    """The costly and slow part of the derivative."""
    phase = clock_phase(state, fixed)
    blood = serum(state.stores.plasma, body.stores)
    return Slow(
        phase=phase,
        deficit=tissue_deficit(state.stores.tissue, body.stores),
        active=activity_gain(state.clock.x, body.clock),
        shift=shifting_melatonin(state.melatonin.plasma, body.clock),
        gate=synthesis_gate(phase, fixed.melatonin, body.pineal),
        cortisol=daily_drive(phase, fixed.cortisol_early, fixed.cortisol_late, body.adrenal),
        brain=brain_rest(relative_serum(blood, body.stores), body.brain),
        filtered=filtered_flux(blood, body.kidney),
    )


@equation
def magnesium_balance(state: State, relative: Real, filtered: Real, body: Body) -> MagnesiumRates:
    """Every magnesium flux once out of one place and once into another [mmol/h].

    `relative` is serum over the typical serum, `filtered` what the sober kidney spills [mmol/h].
    """
    swallowed = delivered_flux(state.gut.swallowed, body.gut)
    dissolved = dissolved_flux(state.gut.solid, body.gut)
    absorbed = absorbed_flux(state.gut.lumen, body.gut)
    passed = passed_flux(state.gut.lumen, body.gut)
    into_tissue = tissue_flux(relative, state.stores.tissue, body.stores)
    into_slow = bone_flux(relative, state.stores.slow, body.stores)
    drunk = body.alcohol.urine_gain * state.alcohol.blood
    urine = urinary_flux(filtered, relative, drunk, body.kidney)
    endogenous = faecal_flux(relative, body.kidney)
    return MagnesiumRates(
        gut=GutState(
            swallowed=-swallowed, solid=-dissolved, lumen=swallowed + dissolved - absorbed - passed
        ),
        stores=StoresState(
            plasma=absorbed - into_tissue - into_slow - urine - endogenous,
            tissue=into_tissue,
            slow=into_slow,
        ),
        lost=Lost(absorbed=absorbed, urine=urine, stool=passed, endogenous=endogenous),
    )


@equation
def change(
    state: State,
    p: Stages,
    inputs: Inputs,
    exposed: Exposure,
    costly: Slow,
    body: Body,
    fixed: Fixed,
) -> State:
    """Rate of change of the whole body [per hour] at stage probabilities `p`."""
    wake = 1.0 - asleep(p)
    closed = 1.0 - wake
    deficit = costly.deficit
    awake_in_bed = p.waiting + p.wake
    relative = relative_serum(serum(state.stores.plasma, body.stores), body.stores)
    calming = state.calmatives.adaptogen
    magnesium = magnesium_balance(state, relative, costly.filtered, body)
    return State(
        clock=clock_derivative(
            state.clock,
            wake * exposed.photic_open + closed * exposed.photic_closed,
            wake,
            costly.active,
            costly.shift,
            fixed.frequency,
            body.clock,
        ),
        pressure=pressure_derivative(
            state.pressure, wake, inputs.in_bed, inputs.exercise, body.pressure
        ),
        melatonin=melatonin_derivative(
            state.melatonin,
            costly.gate,
            wake * exposed.melatonin_open + closed * exposed.melatonin_closed,
            deficit,
            body.pineal,
        ),
        cortisol=cortisol_derivative(
            state.cortisol,
            costly.cortisol,
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
        alcohol=alcohol_derivative(state.alcohol, exposed.drinking, body.alcohol),
        calmatives=calmative_derivative(state.calmatives, body.calmatives),
        gut=magnesium.gut,
        stores=magnesium.stores,
        brain=brain_derivative(state.brain, costly.brain, body.brain),
        rem_pressure=rem_pressure_derivative(state.rem_pressure, p, wake, body.chain),
        lost=magnesium.lost,
    )


@equation
def derivative(state: State, p: Stages, inputs: Inputs, body: Body, fixed: Fixed) -> State:
    """Rate of change of the whole body [per hour] at stage probabilities `p`, all worked out."""
    costly = slow(state, body, fixed)
    return change(state, p, inputs, exposure(inputs, body), costly, body, fixed)


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
