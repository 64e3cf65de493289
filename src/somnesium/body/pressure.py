r"""Sleep pressure: the homeostat that rises awake and falls asleep, and the strain of short nights.

.. math::
    \dot S = w\,(1 + k_e e)\frac{1 - S}{\tau_r} - (1 - w)\frac{S}{\tau_f}

Daan, Beersma and Borbély 1984. `waiting` is the same homeostat for those who, since lights-out,
have not yet fallen asleep: without it the expected latency of an insomniac is 25 % too long
(docs/model.md). `strain` adds up missed sleep over days and enters rated sleepiness only.
Left out: sleep-stage dependence of the fall; local sleep.
"""

from typing import Annotated, NamedTuple

from somnesium.maths import equation
from somnesium.quantity import Par, Real, Var


class Pressure(NamedTuple):
    """One person's homeostat. Defaults: healthy adult."""

    rise: Annotated[Real, Par("1/h", "daan1984", cv=0.15)] = 1.0 / 18.2
    fall: Annotated[Real, Par("1/h", "daan1984", cv=0.25)] = 1.0 / 4.2
    exercise_gain: Annotated[Real, Par("1", "judgement#exercise-small")] = 0.5
    strain_gain: Annotated[Real, Par("1/h", "fitted#B46", cv=0.5)] = 0.26
    strain_wake: Annotated[Real, Par("1", "judgement#7h-of-24-asleep")] = 17.0 / 24
    strain_loss: Annotated[Real, Par("1/h", "judgement#one-week", cv=0.4)] = 1.0 / 168
    sleepiness_base: Annotated[Real, Par("1", "judgement#three-process-form")] = 0.3
    sleepiness_pressure: Annotated[Real, Par("1", "judgement#three-process-form")] = 8.0
    sleepiness_clock: Annotated[Real, Par("1", "judgement#three-process-form")] = 1.2
    sleepiness_inertia: Annotated[Real, Par("1", "judgement#three-process-form")] = 2.0


class PressureState(NamedTuple):
    """Homeostat of the person and of the still-waiting, 0 to 1; strain in sleepiness points."""

    level: Annotated[Real, Var("1", "homeostatic sleep pressure", "daan1984")]
    waiting: Annotated[Real, Var("1", "sleep pressure of those not yet asleep since lights-out")]
    strain: Annotated[Real, Var("1", "missed sleep, in points of sleepiness")]


@equation
def pressure_derivative(
    state: PressureState, wake: Real, in_bed: Real, exercise: Real, pressure: Pressure
) -> PressureState:
    """Rate of change [1/h]; `wake` share awake, `in_bed` 0 or 1, `exercise` 0 to 1."""
    asleep = 1.0 - wake
    rising = pressure.rise * wake * (1.0 - state.level) * (1.0 + pressure.exercise_gain * exercise)
    return PressureState(
        level=rising - pressure.fall * asleep * state.level,
        waiting=pressure.rise * in_bed * (1.0 - state.waiting),
        strain=pressure.strain_gain * (wake - pressure.strain_wake)
        - pressure.strain_loss * state.strain,
    )


@equation
def rated_sleepiness(
    state: PressureState, wake_drive: Real, inertia: Real, pressure: Pressure
) -> Real:
    """Expected rating on the nine-point Karolinska scale (1 alert to 9 fighting sleep).

    `wake_drive` is the clock's drive for wakefulness, `inertia` 1 just risen to 0. The form is
    that of the three-process model; the constants are our judgement.
    """
    return (
        pressure.sleepiness_base
        + pressure.sleepiness_pressure * state.level
        - pressure.sleepiness_clock * wake_drive
        + pressure.sleepiness_inertia * inertia
        + state.strain
    )
