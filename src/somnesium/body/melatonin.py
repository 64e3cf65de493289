r"""Melatonin: made at night under the clock, suppressed by light, or swallowed.

.. math::
    \dot M = a(1 - g D)\,\mathrm{gate}(\theta)\,[w\rho(I) + (1-w)\rho(0.03 I)] - k_e M + k_a M_g,
    \qquad \rho(I) = \frac{1}{1 + (I/I_{50})^{s}}

Synthesis rate and clearance of Brown 1997 and Breslow 2013; the window is placed by Brown's onset
and offset against the temperature minimum; suppression is the Hill reading of Tekieh 2020's
constants, in line with Phillips 2019 (half at less than 30 lux). Left out: the pineal compartment
(plasma alone gives the profile), saliva, the slow-release tablet.
"""

from typing import Annotated, NamedTuple

from somnesium.maths import Direction, cos_between, equation, power, sigmoid
from somnesium.quantity import Par, Real, Var


class Pineal(NamedTuple):
    """One person's melatonin. Defaults: healthy 45-year-old."""

    synthesis: Annotated[Real, Par("pmol/L/h", "brown1997", cv=0.5)] = 430.0
    clearance: Annotated[Real, Par("1/h", "breslow2013", cv=0.2)] = 1.21
    half_light: Annotated[Real, Par("lux", "tekieh2020#spread-phillips2019", cv=1.05)] = 23.4
    light_slope: Annotated[Real, Par("1", "tekieh2020")] = 0.82
    eyelid: Annotated[Real, Par("1", "judgement#closed-eye-transmission")] = 0.03
    midpoint: Annotated[Real, Par("h", "fitted#B43-brown1997")] = -2.98
    half_window: Annotated[Real, Par("1", "fitted#B43-brown1997-cosine-of-4.46h")] = 0.3925
    edge: Annotated[Real, Par("1", "judgement#window-edge")] = 0.1
    magnesium_gain: Annotated[Real, Par("1", "fitted#evidence6.2", cv=0.3)] = 2.0
    gut_rate: Annotated[Real, Par("1/h", "harpsoe2015#tmax-50-min", cv=0.4)] = 1.0
    bioavailability: Annotated[Real, Par("1", "demuro2000", cv=0.6)] = 0.15
    volume: Annotated[Real, Par("L", "andersen2016#1.2-L/kg", cv=0.2)] = 84.0


PlasmaMelatonin = Annotated[Real, Var("pmol/L", "plasma melatonin", "brown1997", "melatonin")]


class MelatoninState(NamedTuple):
    """Plasma melatonin, and swallowed melatonin waiting in the gut, both pmol/L of plasma."""

    plasma: PlasmaMelatonin
    gut: Annotated[
        Real,
        Var("pmol/L", "swallowed melatonin, as the plasma it would make", substance="melatonin"),
    ]


@equation
def synthesis_gate(phase: Direction, midpoint: Direction, pineal: Pineal) -> Real:
    """Share of full synthesis that the clock allows, 0 to 1; both directions from the trough."""
    return sigmoid((cos_between(phase, midpoint) - pineal.half_window) / pineal.edge)


@equation
def suppression_left(light: Real, pineal: Pineal) -> Real:
    """Share of synthesis left under melanopic light [lux] at the retina, 1 in the dark."""
    return 1.0 / (1.0 + power(light / pineal.half_light, pineal.light_slope))


@equation
def melatonin_derivative(
    state: MelatoninState, gate: Real, left: Real, deficit: Real, pineal: Pineal
) -> MelatoninState:
    """Rate of change [pmol/L/h] when light leaves a share `left` of synthesis.

    `gate` is the clock's, `deficit` the tissue magnesium deficit, 0 when replete.
    """
    made = pineal.synthesis * (1.0 - pineal.magnesium_gain * deficit) * gate * left
    absorbed = pineal.gut_rate * state.gut
    return MelatoninState(plasma=made + absorbed - pineal.clearance * state.plasma, gut=-absorbed)


@equation
def melatonin_dose(amount: Real, pineal: Pineal) -> Real:
    """Plasma concentration [pmol/L] that a swallowed amount [pmol] would reach at once."""
    return pineal.bioavailability * amount / pineal.volume
