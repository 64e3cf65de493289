r"""Cortisol: a daily drive, the awakening response, stress and nightly waking; cleared.

.. math::
    \dot F = [u_1 e^{k_1(\cos(\theta-\mu_1)-1)} + u_2 e^{k_2(\cos(\theta-\mu_2)-1)}
      + c\,(1-b)(1-w_l) + k_s(s + \tfrac{e}{2}) + k_w p_{awake}](1 + g D)(1 - A) - k F

Two von Mises humps fitted to the 20-minute profile of Debono 2009; the awakening response to
Wüst 2000. `risen` is out-of-bed time low-passed, so the response is a pulse after rising.
Left out: ACTH, ultradian pulses, binding; g acts on production although the best human datum
(Schutten 2020) points to peripheral conversion.
"""

from typing import Annotated, NamedTuple

from somnesium.maths import Direction, cos_between, equation, exp
from somnesium.quantity import Par, Real, Var


class Adrenal(NamedTuple):
    """One person's cortisol. Defaults: healthy adult."""

    early_drive: Annotated[Real, Par("nmol/L/h", "fitted#B21-debono2009", cv=0.25)] = 200.0
    early_peak: Annotated[Real, Par("h", "fitted#B21-debono2009")] = 1.095
    early_width: Annotated[Real, Par("1", "fitted#B21-debono2009")] = 2.44
    late_drive: Annotated[Real, Par("nmol/L/h", "fitted#B21-debono2009", cv=0.25)] = 118.0
    late_peak: Annotated[Real, Par("h", "fitted#B21-debono2009")] = 8.25
    late_width: Annotated[Real, Par("1", "fitted#B21-debono2009")] = 0.947
    awakening: Annotated[Real, Par("nmol/L/h", "fitted#B21-wust2000", cv=0.5)] = 527.0
    stress_gain: Annotated[Real, Par("nmol/L/h", "judgement#evening-stress", cv=0.5)] = 150.0
    exercise_share: Annotated[Real, Par("1", "judgement#exercise-small")] = 0.5
    night_waking: Annotated[Real, Par("nmol/L/h", "judgement#night-waking", cv=0.5)] = 14.0
    magnesium_gain: Annotated[Real, Par("1", "fitted#B34-evidence6.1", cv=0.3)] = 3.6
    clearance: Annotated[Real, Par("1/h", "chakraborty1999", cv=0.15)] = 0.625
    inertia_loss: Annotated[Real, Par("1/h", "fitted#B21-wust2000")] = 1.0 / 0.35


PlasmaCortisol = Annotated[Real, Var("nmol/L", "total plasma cortisol", "debono2009", "cortisol")]


class CortisolState(NamedTuple):
    """Total plasma cortisol [nmol/L] and low-passed time out of bed (0 to 1)."""

    plasma: PlasmaCortisol
    risen: Annotated[Real, Var("1", "time out of bed, low-passed")]


@equation
def daily_drive(phase: Direction, early: Direction, late: Direction, adrenal: Adrenal) -> Real:
    """Clock-driven production [nmol/L/h]; directions from the temperature minimum."""
    return adrenal.early_drive * exp(
        adrenal.early_width * (cos_between(phase, early) - 1.0)
    ) + adrenal.late_drive * exp(adrenal.late_width * (cos_between(phase, late) - 1.0))


@equation
def inertia(risen: Real, in_bed: Real) -> Real:
    """What is left of the moment of rising: 1 just risen, 0 in bed or long risen."""
    return (1.0 - in_bed) * (1.0 - risen)


@equation
def cortisol_derivative(
    state: CortisolState,
    drive: Real,
    in_bed: Real,
    stress: Real,
    exercise: Real,
    awake_in_bed: Real,
    deficit: Real,
    calming: Real,
    adrenal: Adrenal,
) -> CortisolState:
    """Rate of change [nmol/L/h, 1/h]; `calming` is the share of production taken away."""
    made = (
        drive
        + adrenal.awakening * inertia(state.risen, in_bed)
        + adrenal.stress_gain * (stress + adrenal.exercise_share * exercise)
        + adrenal.night_waking * awake_in_bed
    )
    return CortisolState(
        plasma=made * (1.0 + adrenal.magnesium_gain * deficit) * (1.0 - calming)
        - adrenal.clearance * state.plasma,
        risen=adrenal.inertia_loss * ((1.0 - in_bed) - state.risen),
    )
