"""What the engine adds up within a night, and the one small row that leaves it.

Times are hours from the start of the run; durations hours; the rest in the units of `Signals`.
`nights.night` turns rows into `Night` records in minutes and clock times.
"""

from typing import NamedTuple

from somnesium.body.assembly import Body, State
from somnesium.body.readouts import Signals
from somnesium.body.stages import Rates, Stages
from somnesium.body.stores import relative_serum, serum
from somnesium.maths import equation
from somnesium.quantity import Real

DLMO_THRESHOLD = 43.05
"""Plasma melatonin at dim-light onset [pmol/L]: 10 pg/mL at 232.28 g/mol."""


class NightTally(NamedTuple):
    """Sums since lights-out [h, or h times the unit of the signal]."""

    lights_out: Real
    nap: Real
    pressure: Real
    melatonin: Real
    time_in_bed: Real
    waiting: Real
    wake: Real
    n1: Real
    n2: Real
    n3: Real
    rem: Real
    awakenings: Real
    rem_hazard: Real
    rem_latency: Real
    cortisol: Real
    heart_rate: Real
    vagal: Real


class DayTally(NamedTuple):
    """Marks of the clock since the last row, and what settling needs."""

    melatonin_peak: Real
    last_melatonin: Real
    last_middle: Real
    last_slope: Real
    dlmo: Real
    trough: Real
    relative: Real
    hours: Real
    last_load: Real


class Tally(NamedTuple):
    """Everything the engine adds up for one person."""

    night: NightTally
    day: DayTally


class NightRow(NamedTuple):
    """One sleep opportunity as the engine scores it."""

    lights_out: Real
    rise: Real
    nap: Real
    latency: Real
    awake_after_onset: Real
    n1: Real
    n2: Real
    n3: Real
    rem: Real
    awakenings: Real
    rem_latency: Real
    cortisol: Real
    heart_rate: Real
    vagal: Real
    pressure: Real
    melatonin: Real
    melatonin_peak: Real
    dlmo: Real
    trough: Real
    serum: Real
    tissue: Real
    slow: Real
    deficit: Real
    brain: Real
    load: Real
    sleepiness: Real
    absorbed: Real
    urine: Real
    stool: Real
    endogenous: Real


@equation
def begin_night(time: Real, nap: Real, state: State) -> NightTally:
    """The tally at lights-out."""
    return NightTally(
        lights_out=time,
        nap=nap,
        pressure=state.pressure.level,
        melatonin=state.melatonin.plasma,
        time_in_bed=0.0,
        waiting=0.0,
        wake=0.0,
        n1=0.0,
        n2=0.0,
        n3=0.0,
        rem=0.0,
        awakenings=0.0,
        rem_hazard=0.0,
        rem_latency=0.0,
        cortisol=0.0,
        heart_rate=0.0,
        vagal=0.0,
    )


@equation
def add_night(t: NightTally, mean: Stages, rates: Rates, now: Signals, step: Real) -> NightTally:
    """Add a step [h] at mean stage probabilities `mean`; all 0 out of bed adds nothing."""
    in_bed = mean.waiting + mean.wake + mean.n1 + mean.n2 + mean.n3 + mean.rem
    slept = in_bed - mean.waiting
    woken = (
        rates.n1_wake * mean.n1
        + rates.n2_wake * mean.n2
        + rates.n3_wake * mean.n3
        + rates.rem_wake * mean.rem
    )
    hazard = step * rates.n2_rem * mean.n2 / (slept + 1e-12)
    before_rem = min(max((0.6931471805599453 - t.rem_hazard) / (hazard + 1e-12), 0.0), 1.0)
    lain = step * in_bed
    return NightTally(
        lights_out=t.lights_out,
        nap=t.nap,
        pressure=t.pressure,
        melatonin=t.melatonin,
        time_in_bed=t.time_in_bed + lain,
        waiting=t.waiting + step * mean.waiting,
        wake=t.wake + step * mean.wake,
        n1=t.n1 + step * mean.n1,
        n2=t.n2 + step * mean.n2,
        n3=t.n3 + step * mean.n3,
        rem=t.rem + step * mean.rem,
        awakenings=t.awakenings + step * woken,
        rem_hazard=t.rem_hazard + hazard,
        rem_latency=t.rem_latency + step * slept * before_rem,
        cortisol=t.cortisol + lain * now.cortisol,
        heart_rate=t.heart_rate + lain * now.heart_rate,
        vagal=t.vagal + lain * now.vagal,
    )


@equation
def add_day(
    t: DayTally, end: State, d: State, middle: State, body: Body, time: Real, step: Real
) -> DayTally:
    """Note dim-light onset and the temperature minimum in a step [h] with its middle at `time`.

    `d` is the derivative at the middle; a step of no length adds nothing.
    """
    melatonin = end.melatonin.plasma
    rising = 1.0 if t.last_melatonin < DLMO_THRESHOLD <= melatonin else 0.0
    share = (DLMO_THRESHOLD - t.last_melatonin) / (melatonin - t.last_melatonin + 1e-12)
    onset = time + (share - 0.5) * step
    slope = d.clock.x
    moving = 1.0 if step > 0.0 else 0.0
    lowest = moving if (t.last_slope < 0.0) & (slope >= 0.0) else 0.0
    since = (time - t.last_middle) * slope / (slope - t.last_slope + 1e-15)
    trough = time - since + body.clock.trough_delay
    relative = relative_serum(serum(middle.stores.plasma, body.stores), body.stores)
    return DayTally(
        melatonin_peak=max(t.melatonin_peak, melatonin),
        last_melatonin=melatonin,
        last_middle=moving * time + (1.0 - moving) * t.last_middle,
        last_slope=moving * slope + (1.0 - moving) * t.last_slope,
        dlmo=rising * onset + (1.0 - rising) * t.dlmo,
        trough=lowest * trough + (1.0 - lowest) * t.trough,
        relative=t.relative + step * relative,
        hours=t.hours + step,
        last_load=t.last_load,
    )


@equation
def night_row(t: Tally, time: Real, state: State, now: Signals) -> NightRow:
    """The row written at rise."""
    n = t.night
    bed = n.time_in_bed + 1e-12
    return NightRow(
        lights_out=n.lights_out,
        rise=time,
        nap=n.nap,
        latency=n.waiting,
        awake_after_onset=n.wake,
        n1=n.n1,
        n2=n.n2,
        n3=n.n3,
        rem=n.rem,
        awakenings=n.awakenings,
        rem_latency=n.rem_latency,
        cortisol=n.cortisol / bed,
        heart_rate=n.heart_rate / bed,
        vagal=n.vagal / bed,
        pressure=n.pressure,
        melatonin=n.melatonin,
        melatonin_peak=t.day.melatonin_peak,
        dlmo=t.day.dlmo,
        trough=t.day.trough,
        serum=now.serum,
        tissue=state.stores.tissue,
        slow=state.stores.slow,
        deficit=now.deficit,
        brain=state.brain,
        load=state.load,
        sleepiness=now.sleepiness,
        absorbed=state.lost.absorbed,
        urine=state.lost.urine,
        stool=state.lost.stool,
        endogenous=state.lost.endogenous,
    )
