"""B18–B21, B40–B45, X1: the clock, light, melatonin, cortisol and vagal tone over the day."""

from functools import cache

import numpy as np

from somnesium.answers.qualification.benchmark import Check, Experiments
from somnesium.answers.qualification.laboratory import (
    MELANOPIC,
    Event,
    Nights,
    clock_at,
    live,
    moment_of,
    set_input,
    signal_trace,
    state_trace,
)
from somnesium.answers.qualification.ward import BASELINE, DAY, pills, pulsed, ward_of
from somnesium.body.assembly import Body, clock_phase, fix
from somnesium.body.melatonin import synthesis_gate
from somnesium.body.readouts import signals
from somnesium.body.stages import Stages
from somnesium.engine.lanes import leaf_index
from somnesium.engine.tiles import STEP
from somnesium.simulation.individual import draw_bodies, reference_body

SECOND = 1.0 / 3600
"""Our light comes a second after the laboratory's own at that hour, and so stays [h]."""


def _evening_light(lux: float, day: int, begin: float = 19.0) -> list[Event]:
    """Melanopic light from `begin` to lights-out, in place of the laboratory's own."""
    return [set_input("light", clock_at(hour, day) + SECOND, lux) for hour in (begin, 19.0)]


def _dim_evening(day: int) -> list[Event]:
    """5 photopic lux from 17:00, to find the melatonin onset."""
    return _evening_light(MELANOPIC * 5.0, day, 17.0)


@cache
def _ordinary() -> Nights:
    """A healthy 45-year-old: an ordinary evening, and one in dim light from 17:00."""
    return live([reference_body(45)] * 2, DAY + 2, per_body=[[], _dim_evening(DAY)], trace=True)


def _b18() -> tuple[Check, ...]:
    nights = _ordinary()
    trough = nights.value("trough", DAY, 1) - clock_at(24.0, DAY)
    onset = nights.value("dlmo", DAY, 1) - clock_at(0.0, DAY)
    return (
        Check("temperature minimum", trough, 3.2, 4.8, "h"),
        Check("dim-light onset before bed", 23.0 - onset, 1.5, 3.0, "h"),
        Check("temperature minimum less onset", trough + 24.0 - onset, 6.5, 7.8, "h"),
    )


def _b19() -> tuple[Check, ...]:
    evenings = [_evening_light(lux, DAY) for lux in (5.0, 100.0)]
    nights = live([reference_body(45)] * 2, DAY + 2, per_body=evenings)
    dim, lit = (nights.value("melatonin", DAY, person) for person in (0, 1))
    return (Check("fall of plasma melatonin at 23:00", 100.0 * (1.0 - lit / dim), 50, 100, "%"),)


def _b20() -> tuple[Check, ...]:
    def week(lux: float) -> list[Event]:
        evenings = [_evening_light(lux, DAY + k) for k in range(7)]
        return [event for evening in evenings for event in evening] + _dim_evening(DAY + 7)

    nights = live([reference_body(25)] * 2, DAY + 9, per_body=[week(3.0), week(100.0)])
    later = nights.value("dlmo", DAY + 7, 1) - nights.value("dlmo", DAY + 7, 0)
    return (
        Check("dim-light onset, tablet less book", later, 0.5, 2.2, "h"),
        Check("latency, tablet less book", nights.change("latency", DAY + 6), 3, 15, "min"),
    )


def _b21() -> tuple[Check, ...]:
    cortisol = state_trace(_ordinary(), "cortisol.plasma")
    rise = round(clock_at(7.0, DAY) / STEP)
    day = cortisol[rise : rise + round(24.0 / STEP)]
    hours = np.arange(len(day)) * STEP + 7.0
    response = 100.0 * (cortisol[rise + round(0.5 / STEP)] / cortisol[rise] - 1.0)
    return (
        Check("peak", float(day.max()), 380, 500, "nmol/L"),
        Check("peak after rise", 60.0 * float(hours[day.argmax()] - 7.0), 30, 100, "min"),
        Check("nadir", float(day.min()), 0, 65, "nmol/L"),
        Check("hour of nadir", float(hours[day.argmin()]), 22.5, 25.5, "h"),
        Check("awakening response at 30 min", float(response), 30, 60, "%"),
    )


def _observed_periods() -> tuple[float, ...]:
    """Periods [h] seen in 30 days of 28 h in 10 lux: of the usual clock, and of one of 24.18 h."""
    cycle, wake, every = 28.0, 56.0 / 3, 4
    usual = reference_body(25)
    bodies = [usual, usual._replace(clock=usual.clock._replace(period=24.18))]
    first = clock_at(7.0, BASELINE)
    episodes = [(first + cycle * k, first + cycle * k + wake) for k in range(30)]
    ward = ward_of(bodies, [episodes] * 2, 10.0, [[]] * 2)
    turned = np.unwrap(ward.follow(first + 24.0, round(29 * cycle), every), axis=0)
    periods = []
    for person, body in enumerate(bodies):
        beat = cycle * body.clock.period / (cycle - body.clock.period)
        last = round(4.0 * beat / every)
        rate = np.polyfit(every * np.arange(last), turned[-last:, person], 1)[0]
        periods.append(float(2.0 * np.pi / rate))
    return tuple(periods)


def _b40() -> tuple[Check, ...]:
    usual, published = _observed_periods()
    period = Body().clock.period
    return (
        Check("observed less the parameter", usual - period, -0.1, 0.1, "h"),
        Check("observed at a parameter of 24.18 h", published, 24.08, 24.28, "h"),
    )


def _b41() -> tuple[Check, ...]:
    centres = [clock_at(15.0 + k, BASELINE + 1) for k in range(24)]
    long, short = np.ptp(pulsed(centres, [(6.7, 10_000.0), (1.0, 8_000.0)]), axis=1)
    return (
        Check("peak to peak, 6.7 h of 10,000 lux", float(long), 3.5, 6, "h"),
        Check("peak to peak, 1 h of 8,000 lux", float(short), 1.7, 2.7, "h"),
    )


def _b42() -> tuple[Check, ...]:
    lux = np.geomspace(3.0, 9100.0, 24)
    centre = clock_at(0.5, BASELINE + 2)  # 3.5 h before the temperature minimum
    delay = -pulsed([centre], [(6.5, float(each)) for each in lux])[:, 0]
    above = delay - delay[0]
    half = float(np.exp(np.interp(0.5 * above[-1], above, np.log(lux))))
    return (Check("half of the greatest delay", half, 40, 250, "lux"),)


def _b43() -> tuple[Check, ...]:
    body, nights = reference_body(45), _ordinary()
    fixed = fix(body)
    first = round(clock_at(12.0, DAY) / STEP)
    day = nights.result.trace[first : first + round(24.0 / STEP), :, 1]
    phases = [clock_phase(moment_of(row)[0], fixed) for row in day]
    gate = np.array([synthesis_gate(phase, fixed.melatonin, body.pineal) for phase in phases])
    hours = 12.0 + np.arange(round(24.0 / STEP)) * STEP
    middle = int(gate.argmax())
    on = float(np.interp(0.5, gate[:middle], hours[:middle]))
    off = float(np.interp(-0.5, -gate[middle:], hours[middle:])) - 24.0
    half_life = 60.0 * np.log(2.0) / body.pineal.clearance
    return (
        Check("half-life", float(half_life), 14.8, 59.9, "min"),
        Check("synthesis on", on, 22.1 - 1.0, 22.1 + 1.0, "h"),
        Check("synthesis off", off, 6.35 - 1.0, 6.35 + 1.0, "h"),
    )


def _b44() -> tuple[Check, ...]:
    groups, size = 400, 55
    drawn = draw_bodies(reference_body(25), groups * size, 1, seed=44)
    half = drawn.values[leaf_index(Body, "pineal.half_light")].reshape(groups, size)
    ratio = float(np.median(half.max(axis=1) / half.min(axis=1)))
    return (Check("least over most sensitive of 55, median", ratio, 20, 100),)


def _vagal_by_stage() -> dict[str, float]:
    """Vagal tone of the ordinary person at 02:00, were they wholly in one stage."""
    body = reference_body(45)
    row = _ordinary().result.trace[round(clock_at(26.0, DAY) / STEP), :, 0]
    state, _, inputs = moment_of(row)
    nothing = Stages(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    return {
        stage: signals(state, nothing._replace(**{stage: 1.0}), inputs, body, fix(body)).vagal
        for stage in ("n2", "n3", "rem")
    }


def _b45() -> tuple[Check, ...]:
    first = round(clock_at(7.0, DAY) / STEP)
    day = signal_trace(_ordinary(), steps=slice(first, first + round(24.0 / STEP)))
    hours = day["hours"] + 7.0
    night = hours >= 23.0
    highest = hours[night][day["vagal"][night].argmax()] - 24.0
    dip = day["heart_rate"][~night].mean() - day["heart_rate"][night].mean()
    stage = _vagal_by_stage()
    return (
        Check("hour of the greatest vagal tone", float(highest), 0.5, 3.5, "h"),
        Check("vagal tone, N3 less N2", stage["n3"] - stage["n2"], 0.001, 2),
        Check("vagal tone, N2 less REM", stage["n2"] - stage["rem"], 0.001, 2),
        Check("heart rate, day less night", float(dip), 5, 13, "beats/min"),
    )


def _x1() -> tuple[Check, ...]:
    onset = _ordinary().value("dlmo", DAY, 1) - clock_at(0.0, DAY)
    before, after = pills([onset - 5.0, onset + 11.0])
    return (
        Check("advance, 5 h before melatonin onset", float(before), 0.3, 2.5, "h"),
        Check("delay, 11 h after melatonin onset", float(-after), 0.2, 2.5, "h"),
    )


EXPERIMENTS: Experiments = {
    "B18": _b18,
    "B19": _b19,
    "B20": _b20,
    "B21": _b21,
    "B40": _b40,
    "B41": _b41,
    "B42": _b42,
    "B43": _b43,
    "B44": _b44,
    "B45": _b45,
    "X1": _x1,
}
"""The experiments of this file by the number of their benchmark."""
