r"""Sleep stages: a Markov chain whose rates the body sets, minute by minute.

States: awake before sleep P, awake after onset W, N1, N2, N3, REM R. With drive q for sleep (more
pressure, less clock, more melatonin and GABA tone) and arousal a:

.. math::
    P \to N1 &: a_P e^{q_P - a}\ (\text{saturating}) & W \to N1 &: a_W e^{s q_m} \\
    X \to W &: a_X f_W e^{-s q_m} & N2 \to N3 &: l_{23} f_3 S^{p} H \\
    N3 \to N2 &: l_{32}/\sqrt{H} & N2 \to R &: l_{NR} c_R r^{k}, \quad R \to N2 : l_{RN}(1.3 - r)

The way Karlsson 2000 and Bizzotto 2010 describe drugs, closed: occupancies feed back on the body.
REM pressure r rises in NREM sleep and falls in REM. Rates are fitted to the norms of Boulos 2019
with ages 25, 45, 70 and to the deprivation, drug and desynchrony benchmarks; single rates are
weakly identified. Left out: self-ending of sleep, apnoea, restless legs, sex.
"""

from typing import Annotated, NamedTuple

from somnesium.maths import equation, exp, power, sqrt
from somnesium.quantity import Par, Real, Var


class Chain(NamedTuple):
    """One person's stage chain. Defaults: healthy 45-year-old. Rates per hour."""

    onset: Annotated[Real, Par("1/h", "fitted#B1-B5", cv=0.4)] = 0.0468 * 60
    onset_limit: Annotated[Real, Par("1/h", "judgement#at-least-30-s")] = 120.0
    return_to_sleep: Annotated[Real, Par("1/h", "fitted#B1-B5", cv=0.3)] = 0.176 * 60
    onset_pressure: Annotated[Real, Par("1", "fitted#B8-B11", cv=0.2)] = 6.32
    pressure_middle: Annotated[Real, Par("1", "fitted#B8-B11")] = 0.4
    onset_clock: Annotated[Real, Par("1", "fitted#B11", cv=0.2)] = 1.23
    clock_second: Annotated[Real, Par("1", "fitted#B11")] = 0.25
    clock_peak: Annotated[Real, Par("h", "fitted#B11", sd=0.5)] = -7.46
    clock_second_peak: Annotated[Real, Par("h", "fitted#B11")] = -8.0
    melatonin_gain: Annotated[Real, Par("1", "fitted#B14", cv=0.3)] = 0.60
    melatonin_half: Annotated[Real, Par("pmol/L", "fitted#B14")] = 400.0
    maintenance: Annotated[Real, Par("1", "fitted#B8", cv=0.2)] = 0.741
    arousal_maintenance: Annotated[Real, Par("1", "fitted#B5", cv=0.2)] = 0.378
    wakefulness: Annotated[Real, Par("1", "fitted#B4", cv=0.3)] = 1.0
    wake_from_n1: Annotated[Real, Par("1/h", "fitted#B2")] = 0.013 * 60
    wake_from_n2: Annotated[Real, Par("1/h", "fitted#B2")] = 0.0027 * 60
    wake_from_n3: Annotated[Real, Par("1/h", "fitted#B2")] = 0.0278 * 60
    wake_from_rem: Annotated[Real, Par("1/h", "fitted#B2")] = 0.0223 * 60
    n1_to_n2: Annotated[Real, Par("1/h", "fitted#B2", cv=0.3)] = 0.701 * 60
    n2_to_n1: Annotated[Real, Par("1/h", "fitted#B2", cv=0.3)] = 0.0614 * 60
    n2_to_n3: Annotated[Real, Par("1/h", "fitted#B6-B8", cv=0.3)] = 0.253 * 60
    slow_wave: Annotated[Real, Par("1", "fitted#B3", cv=0.35)] = 1.0
    slow_wave_pressure: Annotated[Real, Par("1", "fitted#B6-B8")] = 1.64
    slow_wave_arousal: Annotated[Real, Par("1", "baglioni2014#direction", cv=0.5)] = 0.15
    slow_wave_hypnotic: Annotated[Real, Par("1", "fitted#B16")] = 0.234
    n3_to_n2: Annotated[Real, Par("1/h", "fitted#B2", cv=0.3)] = 0.104 * 60
    n2_to_rem: Annotated[Real, Par("1/h", "fitted#B2-B6", cv=0.2)] = 0.0507 * 60
    rem_steepness: Annotated[Real, Par("1", "fitted#B7")] = 2.38
    rem_to_n2: Annotated[Real, Par("1/h", "fitted#B2-B6", cv=0.2)] = 0.165 * 60
    rem_ceiling: Annotated[Real, Par("1", "fitted#B7")] = 1.3
    rem_rise: Annotated[Real, Par("1/h", "fitted#B7", cv=0.2)] = 1.0 / 0.632
    rem_fall: Annotated[Real, Par("1/h", "fitted#B6", cv=0.2)] = 1.0 / 0.607
    rem_leak: Annotated[Real, Par("1/h", "judgement#leaks-in-wake")] = 1.0 / 2
    rem_clock: Annotated[Real, Par("1", "fitted#B6", cv=0.2)] = 1.20
    rem_peak: Annotated[Real, Par("h", "fitted#B6")] = 1.5
    rem_hypnotic: Annotated[Real, Par("1", "fitted#B16")] = 0.5


_OfDrive = Annotated[Real, Var("1")]
_PerHour = Annotated[Real, Var("1/h")]


class Stages(NamedTuple):
    """Probability of each state; all 0 out of bed."""

    waiting: Annotated[Real, Var("1", "probability of lying awake before sleep")]
    wake: Annotated[Real, Var("1", "probability of being awake after onset")]
    n1: Annotated[Real, Var("1", "probability of N1", "fitted#B2")]
    n2: Annotated[Real, Var("1", "probability of N2", "fitted#B2")]
    n3: Annotated[Real, Var("1", "probability of N3", "fitted#B2")]
    rem: Annotated[Real, Var("1", "probability of REM", "fitted#B2")]


class Drive(NamedTuple):
    """What the body says to the chain, in log-hazard units unless said."""

    sleep: _OfDrive
    """Drive for sleep without arousal."""
    waiting_bonus: _OfDrive
    """Extra pressure of those who have not slept since lights-out."""
    arousal: _OfDrive
    calm: _OfDrive
    """Magnesium's calming tone plus co-ingredients for onset."""
    hypnotic: _OfDrive
    staying: _OfDrive
    """Co-ingredients against waking."""
    caffeine_wake: _OfDrive
    pressure: _OfDrive
    """Effective homeostatic pressure, 0 to 1."""
    alcohol_slow_wave: _OfDrive
    alcohol_rem: _OfDrive
    rem_clock: _OfDrive
    """Cosine of the clock's distance from the hour that favours REM."""
    rem_pressure: _OfDrive


class Rates(NamedTuple):
    """Transition rates of the chain [1/h]."""

    waiting_n1: _PerHour
    wake_n1: _PerHour
    n1_n2: _PerHour
    n1_wake: _PerHour
    n2_n1: _PerHour
    n2_n3: _PerHour
    n2_rem: _PerHour
    n2_wake: _PerHour
    n3_n2: _PerHour
    n3_wake: _PerHour
    rem_n2: _PerHour
    rem_wake: _PerHour


@equation
def asleep(stages: Stages) -> Real:
    """Probability of being asleep."""
    return stages.n1 + stages.n2 + stages.n3 + stages.rem


@equation
def transition_rates(drive: Drive, chain: Chain) -> Rates:
    """Rates of the chain [1/h] under a drive."""
    calm = drive.calm + drive.hypnotic
    falling = chain.onset * exp(drive.sleep + drive.waiting_bonus + calm - drive.arousal)
    staying = (
        drive.sleep
        + calm
        + drive.staying
        - chain.arousal_maintenance * drive.arousal
        - drive.caffeine_wake
    )
    keep = exp(chain.maintenance * staying)
    waking = chain.wakefulness / keep
    deep = exp(
        drive.calm
        - chain.slow_wave_arousal * drive.arousal
        - chain.slow_wave_hypnotic * drive.hypnotic
        + drive.alcohol_slow_wave
    )
    dreaming = exp(
        chain.rem_clock * drive.rem_clock - drive.alcohol_rem - chain.rem_hypnotic * drive.hypnotic
    )
    return Rates(
        waiting_n1=falling * chain.onset_limit / (chain.onset_limit + falling),
        wake_n1=chain.return_to_sleep * keep,
        n1_n2=chain.n1_to_n2,
        n1_wake=chain.wake_from_n1 * waking,
        n2_n1=chain.n2_to_n1 * exp(0.5 * chain.arousal_maintenance * drive.arousal - 0.5 * calm),
        n2_n3=chain.n2_to_n3
        * chain.slow_wave
        * power(drive.pressure, chain.slow_wave_pressure)
        * deep,
        n2_rem=chain.n2_to_rem * dreaming * power(drive.rem_pressure, chain.rem_steepness),
        n2_wake=chain.wake_from_n2 * waking,
        n3_n2=chain.n3_to_n2 / sqrt(deep),
        n3_wake=chain.wake_from_n3 * waking,
        rem_n2=chain.rem_to_n2 * (chain.rem_ceiling - drive.rem_pressure),
        rem_wake=chain.wake_from_rem * waking,
    )


@equation
def stage_derivative(p: Stages, r: Rates) -> Stages:
    """Rate of change of the probabilities [1/h]: the forward equation of the chain."""
    woken = r.n1_wake * p.n1 + r.n2_wake * p.n2 + r.n3_wake * p.n3 + r.rem_wake * p.rem
    return Stages(
        waiting=-r.waiting_n1 * p.waiting,
        wake=woken - r.wake_n1 * p.wake,
        n1=r.waiting_n1 * p.waiting
        + r.wake_n1 * p.wake
        + r.n2_n1 * p.n2
        - (r.n1_n2 + r.n1_wake) * p.n1,
        n2=r.n1_n2 * p.n1
        + r.n3_n2 * p.n3
        + r.rem_n2 * p.rem
        - (r.n2_n1 + r.n2_n3 + r.n2_rem + r.n2_wake) * p.n2,
        n3=r.n2_n3 * p.n2 - (r.n3_n2 + r.n3_wake) * p.n3,
        rem=r.n2_rem * p.n2 - (r.rem_n2 + r.rem_wake) * p.rem,
    )


@equation
def rem_pressure_derivative(pressure: Real, p: Stages, wake: Real, chain: Chain) -> Real:
    """Rate of change of REM pressure [1/h]: up in NREM, down in REM, leaking awake."""
    nrem = p.n1 + p.n2 + p.n3
    return (
        chain.rem_rise * nrem * (1.0 - pressure)
        - chain.rem_fall * p.rem * pressure
        - chain.rem_leak * wake * pressure
    )
