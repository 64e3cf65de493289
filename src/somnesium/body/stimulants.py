r"""Caffeine and alcohol: what they do to the night, with their kinetics.

.. math::
    \dot c_g = -k_a c_g, \quad \dot c_b = k_a c_g - k_e c_b, \qquad
    \dot e = \frac{u}{V} - \frac{r\,e}{e + e_m}, \quad \dot e_2 = \frac{e - e_2}{\tau}

Caffeine occupies receptors (Hill) and so hides pressure and adds wakefulness (Puckeridge 2011 in
form); alcohol helps onset while it is there and its lag e2 wakes later (biphasic). Gains are
fitted to Drake 2013, Gardiner 2023 and the biphasic pattern. Left out: tolerance, paraxanthine.
"""

from typing import Annotated, NamedTuple

from somnesium.maths import equation, hill
from somnesium.quantity import Par, Real, Var


class Caffeine(NamedTuple):
    """One person's caffeine. Defaults: healthy adult non-smoker."""

    absorption: Annotated[Real, Par("1/h", "blanchard1983", cv=0.4)] = 4.0
    elimination: Annotated[Real, Par("1/h", "blanchard1983#half-life-5h", cv=0.35)] = 0.139
    half_effect: Annotated[Real, Par("mg", "fitted#B12-B13", cv=0.5)] = 200.0
    pressure_hidden: Annotated[Real, Par("1", "fitted#B12-B13")] = 0.291
    wake_gain: Annotated[Real, Par("1", "fitted#B12-B13")] = 1.28


class CaffeineState(NamedTuple):
    """Caffeine in the gut and in the body [mg]."""

    gut: Annotated[Real, Var("mg", "caffeine in the gut", substance="caffeine")]
    body: Annotated[Real, Var("mg", "caffeine in the body", substance="caffeine")]


@equation
def caffeine_derivative(state: CaffeineState, caffeine: Caffeine) -> CaffeineState:
    """Rate of change [mg/h]."""
    absorbed = caffeine.absorption * state.gut
    return CaffeineState(gut=-absorbed, body=absorbed - caffeine.elimination * state.body)


@equation
def caffeine_block(state: CaffeineState, caffeine: Caffeine) -> Real:
    """Share of adenosine receptors that caffeine holds, 0 to 1."""
    return hill(state.body, caffeine.half_effect)


class Alcohol(NamedTuple):
    """One person's alcohol. Defaults: 70 kg adult."""

    volume: Annotated[Real, Par("L", "widmark1932", cv=0.15)] = 42.0
    elimination: Annotated[Real, Par("g/L/h", "jones2010", cv=0.2)] = 0.15
    half_saturation: Annotated[Real, Par("g/L", "judgement#near-zero-order")] = 0.03
    lag: Annotated[Real, Par("1/h", "fitted#B15")] = 1.0 / 2
    onset_gain: Annotated[Real, Par("L/g", "fitted#B15", cv=0.3)] = 2.18
    rebound: Annotated[Real, Par("L/g", "fitted#B15", cv=0.3)] = 2.25
    slow_wave_gain: Annotated[Real, Par("L/g", "fitted#B15", cv=0.3)] = 0.087
    rem_loss: Annotated[Real, Par("L/g", "fitted#B15")] = 1.0
    urine_gain: Annotated[Real, Par("L/g", "judgement#acute-ethanol-2-3-fold")] = 2.0


class AlcoholState(NamedTuple):
    """Alcohol in blood and its two-hour lag [g/L]."""

    blood: Annotated[Real, Var("g/L", "alcohol in blood", substance="ethanol")]
    lagged: Annotated[Real, Var("g/L", "alcohol in blood, two hours behind", substance="ethanol")]


@equation
def alcohol_derivative(state: AlcoholState, entering: Real, alcohol: Alcohol) -> AlcoholState:
    """Rate of change [g/L/h]; `entering` [g/L/h] is ethanol drunk over its volume."""
    cleared = alcohol.elimination * hill(state.blood, alcohol.half_saturation)
    return AlcoholState(blood=entering - cleared, lagged=alcohol.lag * (state.blood - state.lagged))
