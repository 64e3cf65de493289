r"""The body clock: a van der Pol-like pacemaker driven by light, activity and swallowed melatonin.

.. math::
    \dot x &= \tfrac{\pi}{12}[y + \mu(\tfrac{x}{3} + \tfrac{4x^3}{3} - \tfrac{256 x^7}{105})
              + B + N_s - \eta M] \\
    \dot y &= \tfrac{\pi}{12}[\tfrac{B y}{3} - x((\tfrac{24}{0.99729\tau})^2 + kB) - \xi M] \\
    \dot n &= \alpha(1-n) - \beta n, \quad B = G\alpha(1-n)(1-0.4x)(1-0.4y)

Form and constants of St Hilaire 2007 (its light and activity processes); the melatonin term has
the form of Breslow 2013 with weights refitted to the shifts of Burgess 2008, which the published
weights miss by a factor of ten. The phase is that of (x, y); core body temperature is lowest
0.97 h after the minimum of x. Left out: wavelength beyond melanopic weighting, a rhythm in light
sensitivity of its own.
"""

from typing import Annotated, NamedTuple

from somnesium.maths import Direction, equation, exp, sqrt, tanh
from somnesium.quantity import Par, Real, Var


class Clock(NamedTuple):
    """One person's clock. Defaults: healthy adult."""

    period: Annotated[Real, Par("h", "duffy2011", sd=0.2)] = 24.2
    day: Annotated[Real, Par("h", "definition#24h")] = 24.0
    period_correction: Annotated[Real, Par("1", "sthilaire2007")] = 0.99729
    stiffness: Annotated[Real, Par("1", "sthilaire2007")] = 0.13
    photic_gain: Annotated[Real, Par("h", "sthilaire2007")] = 37.0 / 60
    photic_period: Annotated[Real, Par("1", "sthilaire2007")] = 0.55
    photic_share: Annotated[Real, Par("1", "sthilaire2007")] = 1.0 / 3
    contrast: Annotated[Real, Par("1", "sthilaire2007")] = 0.4
    bleaching: Annotated[Real, Par("1/h", "sthilaire2007")] = 6.0
    recovery: Annotated[Real, Par("1/h", "sthilaire2007")] = 0.42
    bright: Annotated[Real, Par("lux", "sthilaire2007")] = 9500.0
    dim: Annotated[Real, Par("lux", "sthilaire2007")] = 100.0
    melanopic_ratio: Annotated[Real, Par("1", "tekieh2020#4100K")] = 0.6176
    eyelid: Annotated[Real, Par("1", "judgement#closed-eye-transmission")] = 0.03
    activity: Annotated[Real, Par("1", "sthilaire2007")] = 0.032
    usual_wake: Annotated[Real, Par("1", "sthilaire2007")] = 2.0 / 3
    activity_slope: Annotated[Real, Par("1", "sthilaire2007")] = 10.0
    trough_delay: Annotated[Real, Par("h", "sthilaire2007")] = 0.97
    melatonin_x: Annotated[Real, Par("1", "fitted#X1-burgess2008")] = 0.54
    melatonin_y: Annotated[Real, Par("1", "fitted#X1-burgess2008")] = 0.27
    melatonin_gain: Annotated[Real, Par("1", "fitted#X1-burgess2008")] = 0.22
    melatonin_half: Annotated[Real, Par("pmol/L", "breslow2013")] = 861.0
    melatonin_width: Annotated[Real, Par("pmol/L", "judgement#own-melatonin-shifts-nothing")] = 25.0
    hour_angle: Annotated[Real, Par("1/h", "definition#2pi/24h")] = 0.2617993877991494


ClockX = Annotated[Real, Var("1", "pacemaker coordinate x", "sthilaire2007")]


class ClockState(NamedTuple):
    """Pacemaker coordinates and the used share of photoreceptors, all dimensionless."""

    x: ClockX
    y: Annotated[Real, Var("1", "pacemaker coordinate y")]
    used: Annotated[Real, Var("1", "share of photoreceptors in use")]


@equation
def photic_rate(light: Real, clock: Clock) -> Real:
    """Rate at which light uses photoreceptors [1/h], from melanopic illuminance [lux] at the eye.

    St Hilaire 2007, process L, written for photopic light of 4100 K.
    """
    photopic = light / clock.melanopic_ratio
    return clock.bleaching * sqrt(photopic / clock.bright) * photopic / (photopic + clock.dim)


@equation
def clock_direction(state: ClockState) -> Direction:
    """The phase of the pacemaker as a direction: the angle whose tangent is x / y."""
    radius = sqrt(state.x * state.x + state.y * state.y)
    return Direction(cos=state.y / radius, sin=state.x / radius)


@equation
def activity_gain(x: Real, clock: Clock) -> Real:
    """Non-photic drive on x of being awake more than usual, dimensionless. St Hilaire 2007."""
    return clock.activity * (1.0 - tanh(clock.activity_slope * x))


@equation
def frequency(clock: Clock) -> Real:
    """Square of the pacemaker's own frequency over once a day, dimensionless."""
    ratio = clock.day / (clock.period_correction * clock.period)
    return ratio * ratio


@equation
def shifting_melatonin(plasma: Real, clock: Clock) -> Real:
    """Drive of plasma melatonin [pmol/L] on the clock, dimensionless. Breslow 2013.

    Own melatonin (peak near 350 pmol/L) hardly reaches it; a swallowed dose does.
    """
    return clock.melatonin_gain / (
        1.0 + exp((clock.melatonin_half - plasma) / clock.melatonin_width)
    )


@equation
def clock_derivative(
    state: ClockState,
    rate: Real,
    wake: Real,
    active: Real,
    shift: Real,
    stiffness: Real,
    clock: Clock,
) -> ClockState:
    """Rate of change [1/h] of a pacemaker of squared frequency `stiffness`.

    `rate` [1/h] is that of light on the photoreceptors, `wake` the share awake, `active` the
    gain of being awake, `shift` the drive of melatonin.
    """
    x = state.x
    y = state.y
    drive = (
        clock.photic_gain
        * rate
        * (1.0 - state.used)
        * (1.0 - clock.contrast * x)
        * (1.0 - clock.contrast * y)
    )
    x2 = x * x
    limit = x * (1.0 / 3 + x2 * (4.0 / 3 - x2 * x2 * (256.0 / 105)))
    return ClockState(
        x=clock.hour_angle
        * (
            y
            + clock.stiffness * limit
            + drive
            + active * (wake - clock.usual_wake)
            - clock.melatonin_x * shift
        ),
        y=clock.hour_angle
        * (
            clock.photic_share * drive * y
            - x * (stiffness + clock.photic_period * drive)
            - clock.melatonin_y * shift
        ),
        used=rate * (1.0 - state.used) - clock.recovery * state.used,
    )
