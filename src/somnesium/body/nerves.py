r"""Nerves: the arousal load of the insomniac, and the two nervous systems.

.. math::
    \dot h = k_f (h_{trait} + g D + k_{bed} p_{awake} - c - h), \qquad
    a = h + k_a s + k_F (F/F_0 - 1)

The load h is what lasts from day to day; a is the arousal of the moment that delays sleep. Lying
awake feeds the load, which is why time in bed matters (Trauer 2015, sleep restriction). Vagal tone
is in natural-log units of RMSSD, so that beat-to-beat variability follows it one to one; heart
rate falls with vagal and rises with sympathetic tone. The clock, stage and arousal weights are
our judgement, placed to meet Boudreau 2013. Left out: respiration, posture, baroreflex.
"""

from typing import Annotated, NamedTuple

from somnesium.maths import Direction, cos_between, equation, exp
from somnesium.quantity import Par, Real


class Nerves(NamedTuple):
    """One person's arousal and autonomic balance. Defaults: healthy 45-year-old."""

    trait: Annotated[Real, Par("1", "fitted#B1-B5", sd=0.5)] = 0.0
    bed_gain: Annotated[Real, Par("1", "fitted#B5", cv=0.4)] = 4.0
    forgetting: Annotated[Real, Par("1/h", "judgement#five-days", cv=0.4)] = 1.0 / 120
    magnesium_gain: Annotated[Real, Par("1", "fitted#B34-B35", cv=0.3)] = 6.0
    stress_gain: Annotated[Real, Par("1", "judgement#evening-stress", cv=0.5)] = 0.8
    cortisol_gain: Annotated[Real, Par("1", "fitted#B22", cv=0.5)] = 0.12
    cortisol_scale: Annotated[Real, Par("nmol/L", "definition#100-nmol/L")] = 100.0
    rmssd_typical: Annotated[Real, Par("ms", "umetani1998", cv=0.4)] = 35.0
    vagal_wake: Annotated[Real, Par("1", "judgement#boudreau2013")] = 0.25
    vagal_clock: Annotated[Real, Par("1", "fitted#B45-boudreau2013")] = 0.2
    vagal_peak: Annotated[Real, Par("h", "fitted#B45-boudreau2013")] = 0.0
    vagal_slow_wave: Annotated[Real, Par("1", "judgement#boudreau2013")] = 0.10
    vagal_rem: Annotated[Real, Par("1", "judgement#boudreau2013")] = -0.12
    vagal_arousal: Annotated[Real, Par("1", "judgement#hyperarousal")] = -0.08
    vagal_cortisol: Annotated[Real, Par("1", "judgement#cortisol")] = -0.10
    vagal_magnesium: Annotated[Real, Par("1", "fitted#evidence6.4", cv=0.3)] = -1.8
    sympathetic_arousal: Annotated[Real, Par("1", "judgement#hyperarousal")] = 0.35
    sympathetic_stress: Annotated[Real, Par("1", "judgement#stress")] = 1.5
    sympathetic_exercise: Annotated[Real, Par("1", "judgement#exercise")] = 16.0
    sympathetic_rem: Annotated[Real, Par("1", "judgement#boudreau2013")] = 0.4
    heart_rest: Annotated[Real, Par("beats/min", "judgement#evidence6.4", sd=6.0)] = 58.0
    heart_sympathetic: Annotated[Real, Par("beats/min", "judgement#boudreau2013")] = 3.5
    heart_vagal: Annotated[Real, Par("beats/min", "judgement#boudreau2013")] = 11.0


@equation
def load_derivative(
    load: Real, awake_in_bed: Real, deficit: Real, calming: Real, nerves: Nerves
) -> Real:
    """Rate of change of the arousal load [1/h]; `calming` is taken off its target."""
    target = (
        nerves.trait + nerves.magnesium_gain * deficit + nerves.bed_gain * awake_in_bed - calming
    )
    return nerves.forgetting * (target - load)


@equation
def arousal(load: Real, stress: Real, cortisol: Real, unrest: Real, nerves: Nerves) -> Real:
    """Arousal of the moment, in log-hazard units; `unrest` is the chance of one night."""
    return (
        load
        + nerves.stress_gain * stress
        + nerves.cortisol_gain * (cortisol / nerves.cortisol_scale - 1.0)
        + unrest
    )


@equation
def vagal_tone(
    wake: Real,
    slow_wave: Real,
    rem: Real,
    phase: Direction,
    peak: Direction,
    arousal_now: Real,
    cortisol: Real,
    deficit: Real,
    nerves: Nerves,
) -> Real:
    """Parasympathetic tone, natural-log units of RMSSD against the typical night, about -1 to 1."""
    return (
        nerves.vagal_wake * (0.5 - wake)
        + nerves.vagal_clock * cos_between(phase, peak)
        + nerves.vagal_slow_wave * slow_wave
        + nerves.vagal_rem * rem
        + nerves.vagal_arousal * arousal_now
        + nerves.vagal_cortisol * cortisol / nerves.cortisol_scale
        + nerves.vagal_magnesium * deficit
    )


@equation
def sympathetic_tone(
    wake: Real, rem: Real, arousal_now: Real, stress: Real, exercise: Real, nerves: Nerves
) -> Real:
    """Sympathetic tone, dimensionless: 0 in calm sleep, about 1 awake at rest."""
    return (
        wake
        + nerves.sympathetic_arousal * arousal_now
        + nerves.sympathetic_stress * stress
        + nerves.sympathetic_exercise * exercise
        + nerves.sympathetic_rem * rem
    )


@equation
def heart_rate(vagal: Real, sympathetic: Real, nerves: Nerves) -> Real:
    """Heart rate [beats/min] from the two tones."""
    return nerves.heart_rest + nerves.heart_sympathetic * sympathetic - nerves.heart_vagal * vagal


@equation
def rmssd(vagal: Real, nerves: Nerves) -> Real:
    """Root mean square of successive beat differences [ms]."""
    return nerves.rmssd_typical * exp(vagal)
