"""What the body tells: the drive of the stage chain, and the read-outs people know.

`drive_at` and `signals_at` take the slow part that the engine has at hand; `drive` and `signals`
work it out themselves.
"""

from typing import Annotated, NamedTuple

from somnesium.body.assembly import Body, Fixed, Inputs, Slow, State, slow
from somnesium.body.brain import gaba_tone, nmda_block
from somnesium.body.clock import ClockX
from somnesium.body.cortisol import PlasmaCortisol, inertia
from somnesium.body.gut import absorbed_flux
from somnesium.body.kidney import urinary_flux
from somnesium.body.melatonin import PlasmaMelatonin
from somnesium.body.nerves import arousal, heart_rate, rmssd, sympathetic_tone, vagal_tone
from somnesium.body.pressure import rated_sleepiness
from somnesium.body.stages import Chain, Drive, Stages, asleep
from somnesium.body.stimulants import caffeine_block
from somnesium.body.stores import Deficit, relative_serum, serum
from somnesium.maths import Direction, cos_between, double, equation
from somnesium.quantity import Real, Var


class Signals(NamedTuple):
    """Read-outs that people measure or feel."""

    serum: Annotated[Real, Var("mmol/L", "serum magnesium", "zhang2016")]
    relative_plasma: Annotated[Real, Var("1", "serum magnesium over 0.85 mmol/L", "schutten2022")]
    deficit: Deficit
    nmda_block: Annotated[Real, Var("1", "NMDA receptors blocked by magnesium", "chahal1998")]
    gaba_tone: Annotated[Real, Var("1", "calming tone from magnesium status", "fitted#B34-B35")]
    melatonin: PlasmaMelatonin
    cortisol: PlasmaCortisol
    arousal: Annotated[Real, Var("1", "arousal of the moment", "fitted#B5")]
    vagal: Annotated[Real, Var("1", "parasympathetic tone, log RMSSD", "boudreau2013")]
    sympathetic: Annotated[Real, Var("1", "sympathetic tone", "boudreau2013")]
    heart_rate: Annotated[Real, Var("beats/min", "heart rate", "boudreau2013")]
    rmssd: Annotated[Real, Var("ms", "beat-to-beat variability", "umetani1998")]
    sleepiness: Annotated[Real, Var("1", "Karolinska sleepiness 1–9", "axelsson2008")]
    wake_drive: Annotated[Real, Var("1", "the clock's drive for wakefulness", "fitted#B11")]
    clock_x: ClockX
    urine_flux: Annotated[Real, Var("mmol/h", "magnesium into urine", "zhang2016")]
    absorbed_flux: Annotated[Real, Var("mmol/h", "magnesium absorbed", "fine1991")]


@equation
def waking_drive(phase: Direction, fixed: Fixed, chain: Chain) -> Real:
    """The clock's drive for wakefulness, about -1.25 to 1.25."""
    return cos_between(phase, fixed.wake) + chain.clock_second * cos_between(
        double(phase), fixed.wake_second
    )


@equation
def drive_at(state: State, inputs: Inputs, costly: Slow, body: Body, fixed: Fixed) -> Drive:
    """What the body tells the stage chain, its slow part being known."""
    chain = body.chain
    phase = costly.phase
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
        calm=gaba_tone(costly.deficit, state.brain, body.brain),
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
def drive(state: State, inputs: Inputs, body: Body, fixed: Fixed) -> Drive:
    """What the body tells the stage chain."""
    return drive_at(state, inputs, slow(state, body, fixed), body, fixed)


@equation
def signals_at(
    state: State, p: Stages, inputs: Inputs, costly: Slow, body: Body, fixed: Fixed
) -> Signals:
    """Read-outs of the body at one moment, its slow part being known."""
    wake = 1.0 - asleep(p)
    phase = costly.phase
    deficit = costly.deficit
    blood = serum(state.stores.plasma, body.stores)
    relative = relative_serum(blood, body.stores)
    now = arousal(state.load, inputs.stress, state.cortisol.plasma, inputs.unrest, body.nerves)
    vagal = vagal_tone(
        wake, p.n3, p.rem, phase, fixed.vagal, now, state.cortisol.plasma, deficit, body.nerves
    )
    sympathetic = sympathetic_tone(wake, p.rem, now, inputs.stress, inputs.exercise, body.nerves)
    waking = waking_drive(phase, fixed, body.chain)
    return Signals(
        serum=blood,
        relative_plasma=relative,
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
            costly.filtered, relative, body.alcohol.urine_gain * state.alcohol.blood, body.kidney
        ),
        absorbed_flux=absorbed_flux(state.gut.lumen, body.gut),
    )


@equation
def signals(state: State, p: Stages, inputs: Inputs, body: Body, fixed: Fixed) -> Signals:
    """Read-outs of the body at one moment."""
    return signals_at(state, p, inputs, slow(state, body, fixed), body, fixed)
