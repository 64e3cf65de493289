"""B7–B11, B38, B46: REM cycles, lost sleep, naps, time in bed, the clock, nights that differ."""

from functools import cache

import numpy as np

from somnesium.answers.qualification.benchmark import Check, Experiments
from somnesium.answers.qualification.laboratory import (
    MEALS,
    MELANOPIC,
    Event,
    Nights,
    add,
    live,
    set_input,
    signal_trace,
)
from somnesium.body.assembly import Body
from somnesium.body.stages import Stages
from somnesium.engine.channels import LIGHTS_OUT, RISE
from somnesium.engine.lanes import pack
from somnesium.engine.randomness import UNREST, normals
from somnesium.engine.run import run_events, start_lanes
from somnesium.engine.schedule import merge
from somnesium.engine.tiles import STEP
from somnesium.nights.night import measure
from somnesium.quantity import mg_to_mmol
from somnesium.simulation.individual import Covariates, reference_body

REST = 40
"""Days until a healthy body has come to rest."""
LAST = REST - 1
DAY = 24.0
EPOCHS = 120
"""Thirty-second epochs in an hour."""
N1, REM = Stages._fields.index("n1"), Stages._fields.index("rem")


def lie_down(
    bed: float, rise: float, photopic: float = 150.0, nap: float = 0.0, unrest: float = 0.0
) -> list[Event]:
    """Events of lying down in the dark from `bed` to `rise` [h], and of the light on rising."""
    return [
        (bed, LIGHTS_OUT, nap),
        set_input("light", bed, 0.0),
        set_input("unrest", bed, unrest),
        (rise, RISE, 0.0),
        set_input("light", rise, MELANOPIC * photopic),
        set_input("unrest", rise, 0.0),
    ]


@cache
def _drawn_nights() -> Nights:
    """Drawn nights of 64 people of 25 and 64 of 45 years."""
    bodies = [reference_body(age) for age in (25, 45) for _ in range(64)]
    return live(bodies, REST + 21, drawn=True)


def cycle_lengths(epochs: np.ndarray) -> np.ndarray:
    """Minutes from the start of each REM period of a night to the start of the next.

    A period ends where 15 min without REM follow and, the first excepted, holds 5 min of REM:
    the usual rule of scoring.
    """
    rem = np.flatnonzero(epochs == REM)
    periods = np.split(rem, np.flatnonzero(np.diff(rem) > EPOCHS // 4) + 1)
    starts = [
        period[0]
        for k, period in enumerate(periods)
        if len(period) >= EPOCHS // 12 or (k == 0 and len(period))
    ]
    return np.diff(starts) / 2.0


@cache
def _latency_and_cycle(people: range) -> tuple[float, float]:
    """Median REM latency after sleep onset and median cycle [min] of drawn nights."""
    result = _drawn_nights().result
    begin, end = result.field("lights_out"), result.field("rise")
    latencies, cycles = [], []
    for person in people:
        for night in range(REST, result.rows.shape[0]):
            first = int(np.ceil(begin[night, person] * EPOCHS - 1e-6))
            last = int(np.floor(end[night, person] * EPOCHS + 1e-6))
            epochs = result.epochs[person, first:last]
            rem, slept = np.flatnonzero(epochs == REM), np.flatnonzero(epochs >= N1)
            if len(rem):
                latencies.append((rem[0] - slept[0]) / 2.0)
                cycles.append(cycle_lengths(epochs))
    return float(np.median(latencies)), float(np.median(np.concatenate(cycles)))


def _b7() -> tuple[Check, ...]:
    young, middle = _latency_and_cycle(range(64)), _latency_and_cycle(range(64, 128))
    return (
        Check("REM latency at 25", young[0], 75, 115, "min"),
        Check("REM latency at 45", middle[0], 75, 115, "min"),
    )


def _x2() -> tuple[Check, ...]:
    young, middle = _latency_and_cycle(range(64)), _latency_and_cycle(range(64, 128))
    return (
        Check("cycle at 25", young[1], 80, 120, "min"),
        Check("cycle at 45", middle[1], 80, 120, "min"),
    )


def _b8() -> tuple[Check, ...]:
    nights = live(reference_body(25), REST + 4, waking_days=[REST])
    recovery = LAST + 1
    awake = [nights.minutes("awake_after_onset", night) for night in (LAST, recovery)]
    deep = [nights.minutes("n3", night) for night in (LAST, recovery)]
    return (
        Check("N3, times usual", deep[1] / deep[0], 1.3, 1.6, "1"),
        Check("fall of awake after onset", 100.0 * (1.0 - awake[1] / awake[0]), 35, 100, "%"),
        Check("latency", nights.minutes("latency", recovery), 0, 6, "min"),
        Check("pressure at lights-out", nights.value("pressure", recovery), 0.88, 0.92, "1"),
    )


def _b9() -> tuple[Check, ...]:
    noon = DAY * REST
    nap = lie_down(noon + 14.0, noon + 16.0, nap=1.0)
    nights = live(reference_body(25), REST + 4, events=nap)
    doze, same, after = LAST + 1, LAST + 2, LAST + 3

    def change(field: str, night: int) -> float:
        return nights.minutes(field, night) - nights.minutes(field, LAST)

    return (
        Check("latency of the nap", nights.minutes("latency", doze), 6, 16, "min"),
        Check("sleep in the nap", nights.duration(doze), 90, 112, "min"),
        Check("latency, the night after", change("latency", same), 5, 20, "min"),
        Check("duration, the night after", change("duration", same), -40, -10, "min"),
        Check("latency, a day later", change("latency", after), -3, 3, "min"),
        Check("duration, a day later", change("duration", after), -3, 3, "min"),
    )


def _b10() -> tuple[Check, ...]:
    rest, short = 60, 21
    severe = reference_body(70, Covariates().load_severe)
    days = range(rest, rest + short)
    beds = [event for d in days for event in lie_down(DAY * d + 24.0, DAY * d + 30.0)]
    nights = live(severe, rest + short + 1, events=beds, waking_days=[*days, rest + short])
    before, after = rest - 1, rest + short - 1

    def change(field: str) -> float:
        return nights.minutes(field, after) - nights.minutes(field, before)

    return (
        Check("latency", change("latency"), -60, -15, "min"),
        Check("awake after onset", change("awake_after_onset"), -120, -20, "min"),
        Check("efficiency", nights.efficiency(after) - nights.efficiency(before), 6, 13, "%"),
    )


def _dim_days(days: int, cycles: int) -> list[Event]:
    """Usual days, then days of 28 h: 18.67 h awake at 9 lux and 9.33 h in bed."""
    beds = [event for d in range(days) for event in lie_down(DAY * d + 23.0, DAY * d + 31.0)]
    start = DAY * days + 7.0
    waking = 28.0 * 2.0 / 3.0
    beds += [
        event
        for k in range(cycles)
        for event in lie_down(start + 28.0 * k + waking, start + 28.0 * (k + 1), photopic=9.0)
    ]
    meals = [
        add("gut.swallowed", DAY * day + hour, mg_to_mmol(340.0 * share))
        for day in range(days)
        for hour, share in MEALS
    ]
    meals += [
        add("gut.swallowed", start + 28.0 * k + (hour - 7.0) * 28.0 / 24.0, mg_to_mmol(400.0 * s))
        for k in range(cycles)
        for hour, s in MEALS
    ]
    return [*meals, set_input("light", start + 0.001, MELANOPIC * 9.0), *beds]


@cache
def _desynchrony() -> tuple[np.ndarray, np.ndarray]:
    """Phase of mid-sleep after the temperature minimum [h] and efficiency [%], 28-h days."""
    days, cycles = 25, 36
    body = reference_body(25)
    bodies = pack([body], Body)
    lanes = start_lanes(bodies, 0.0, 4.0)
    until = DAY * days + 7.0 + 28.0 * cycles + 1.0
    result = run_events(lanes, bodies, [merge(_dim_days(days, cycles))], np.zeros(1, int), until)
    nights = Nights(result, bodies)
    rows = range(days + 1, days + cycles)
    middle = np.array(
        [0.5 * (nights.value("lights_out", k) + nights.value("rise", k)) for k in rows]
    )
    trough = np.array([nights.value("trough", k) for k in rows])
    efficiency = np.array([nights.efficiency(k) for k in rows])
    return (middle - trough + 4.0) % body.clock.period - 4.0, efficiency


def _b11() -> tuple[Check, ...]:
    phase, efficiency = _desynchrony()
    best, worst = int(np.argmax(efficiency)), int(np.argmin(efficiency))
    return (
        Check("best efficiency", efficiency[best], 89, 97, "%"),
        Check("its mid-sleep after the minimum", phase[best], -1, 6, "h"),
        Check("worst efficiency", efficiency[worst], 62, 80, "%"),
        Check("its mid-sleep after the minimum", phase[worst], 11, 18, "h"),
    )


@cache
def _unlike_nights() -> Nights:
    """Drawn nights at 45 with chance arousal (SD 1.1) and time in bed (SD 79 min)."""
    people, count = 64, 60
    chance = normals(1, np.arange(people), UNREST, 0, 2 * count).reshape(people, 2, count)
    stay = 0.5 * np.clip(79.0 / 60.0 * chance[:, 1], -4.0, 4.0)
    events = [
        [
            event
            for k in range(count)
            for event in lie_down(
                DAY * (REST + k) + 23.0 - stay[person, k],
                DAY * (REST + k) + 31.0 + stay[person, k],
                unrest=1.1 * chance[person, 0, k],
            )
        ]
        for person in range(people)
    ]
    days = REST + count + 1
    return live(
        [reference_body(45)] * people,
        days,
        per_body=events,
        drawn=True,
        waking_days=range(REST, days),
    )


def _b38() -> tuple[Check, ...]:
    result = _unlike_nights().result
    bed = 60.0 * (result.field("rise") - result.field("lights_out"))[REST:]
    slept = measure(result, "duration")[REST:]

    def spread(values: np.ndarray) -> float:
        return float(np.sqrt(np.mean(np.var(values, axis=0, ddof=1))))

    return (
        Check("latency", spread(60.0 * result.field("latency")[REST:]), 22, 36, "min"),
        Check("duration", spread(slept), 60, 90, "min"),
        Check("efficiency", spread(100.0 * slept / bed), 6.5, 10, "%"),
    )


@cache
def rated_days() -> np.ndarray:
    """Mean rated sleepiness 10:00–20:00: a usual day, then after each of five nights of 4 h."""
    days = range(REST, REST + 5)
    beds = [event for d in days for event in lie_down(DAY * d + 27.0, DAY * d + 31.0)]
    nights = live(reference_body(25), REST + 6, events=beds, waking_days=days, trace=True)
    trace = signal_trace(nights, steps=slice(round(DAY * REST / STEP), None))
    hours, rated = trace["hours"], trace["sleepiness"]
    days_apart = [(hours >= DAY * k + 10.0) & (hours < DAY * k + 20.0) for k in range(6)]
    return np.array([np.mean(rated[awake]) for awake in days_apart])


def _b46() -> tuple[Check, ...]:
    slope = float(np.polyfit(np.arange(5), rated_days()[1:], 1)[0])
    return (Check("rated sleepiness, a day", slope, 0.3, 1.0, "1/d"),)


EXPERIMENTS: Experiments = {
    "B7": _b7,
    "X2": _x2,
    "B8": _b8,
    "B9": _b9,
    "B10": _b10,
    "B11": _b11,
    "B38": _b38,
    "B46": _b46,
}
"""The experiments of this file by the number of their benchmark."""
