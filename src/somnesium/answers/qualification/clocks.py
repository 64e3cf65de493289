"""B18–B21, B40–B45, X1: the clock, light, melatonin, cortisol and vagal tone over the day.

Shifts of the clock are measured on a ward of its own: any hours of sleep, dim light, and every
person against another who lives the same without the pulse or the pill.
"""

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np

from somnesium.answers.qualification.benchmark import Benchmark, Check
from somnesium.answers.qualification.laboratory import (
    MEALS,
    MELANOPIC,
    Nights,
    live,
    add,
    set_input,
    signal_trace,
    state_trace,
)
from somnesium.body.assembly import Body, Phases, State, clock_phase, phases
from somnesium.body.melatonin import synthesis_gate
from somnesium.body.nerves import vagal_tone
from somnesium.maths import direction
from somnesium.quantity import mg_to_mmol
from somnesium.simulation.engine import LIGHTS_OUT, MELATONIN, RISE
from somnesium.simulation.individual import draw_bodies, parameters, reference_body
from somnesium.simulation.lanes import column, leaf_index, leaf_names, pack
from somnesium.simulation.schedule import merge
from somnesium.simulation.simulate import Result, run_events, start_lanes

__all__ = ["BENCHMARKS"]

DAY = 30
"""The day of the experiment, counted from the start; the body has come to rest."""
SECOND = 1.0 / 3600
"""Our light comes a second after the laboratory's own at that hour, and so stays [h]."""
DIM = 5.0
"""Dim light of the day that finds the melatonin onset [photopic lux]."""
PMOL_PER_MG = 1e9 / 232.28
"""Melatonin."""


def _at(clock: float, day: int = DAY) -> float:
    """Hours from the start to a clock hour of a day; past 24 it is the next morning."""
    return 24.0 * day + clock


def _evening_light(lux: float, day: int, begin: float = 19.0) -> list:
    """Melanopic light from `begin` to lights-out, in place of the laboratory's own."""
    hours = {begin, 19.0}
    return [set_input("light", _at(hour, day) + SECOND, lux) for hour in hours]


def _dim_evening(day: int) -> list:
    return _evening_light(MELANOPIC * DIM, day, 17.0)


# --- ordinary days ---------------------------------------------------------------------------


@cache
def _ordinary() -> Nights:
    """A healthy 45-year-old: an ordinary evening, and one in dim light from 17:00."""
    return live([reference_body(45)] * 2, DAY + 2, per_body=[[], _dim_evening(DAY)], trace=True)


def _b18() -> tuple[Check, ...]:
    nights = _ordinary()
    trough = nights.value("trough", DAY, 1) - _at(24.0)
    onset = nights.value("dlmo", DAY, 1) - _at(0.0)
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
    def week(lux: float) -> list:
        evenings = [_evening_light(lux, DAY + k) for k in range(7)]
        return [event for evening in evenings for event in evening] + _dim_evening(DAY + 7)

    nights = live([reference_body(25)] * 2, DAY + 9, per_body=[week(3.0), week(100.0)])
    later = nights.value("dlmo", DAY + 7, 1) - nights.value("dlmo", DAY + 7, 0)
    longer = nights.minutes("latency", DAY + 6, 1) - nights.minutes("latency", DAY + 6, 0)
    return (
        Check("dim-light onset, tablet less book", later, 0.5, 2.2, "h"),
        Check("latency, tablet less book", longer, 3, 15, "min"),
    )


def _b21() -> tuple[Check, ...]:
    cortisol = state_trace(_ordinary(), "cortisol.plasma")
    rise = round(12 * _at(7.0))
    day = cortisol[rise : rise + 288]
    hours = np.arange(288) / 12.0 + 7.0
    response = 100.0 * (cortisol[rise + 6] / cortisol[rise] - 1.0)
    return (
        Check("peak", float(day.max()), 380, 500, "nmol/L"),
        Check("peak after rise", 60.0 * float(hours[day.argmax()] - 7.0), 30, 100, "min"),
        Check("nadir", float(day.min()), 0, 65, "nmol/L"),
        Check("hour of nadir", float(hours[day.argmin()]), 22.5, 25.5, "h"),
        Check("awakening response at 30 min", float(response), 30, 60, "%"),
    )


# --- the ward --------------------------------------------------------------------------------

BASELINE = 21
"""Ordinary days before the ward."""
Episode = tuple[float, float]
"""Rise and bed of one waking episode [h from the start]."""


def _awake(episode: Episode, lux: float) -> list:
    """One waking episode in steady photopic light, with a day's magnesium at its meals."""
    rise, bed = episode
    share = (bed - rise) / 16.0
    eaten = [(rise + share * (hour - 7.0), part) for hour, part in MEALS]
    return [
        (rise, RISE, 0.0),
        set_input("light", rise, MELANOPIC * lux),
        *(add("gut.swallowed", at, mg_to_mmol(340.0 * share * part)) for at, part in eaten),
        (bed, LIGHTS_OUT, 0.0),
        set_input("light", bed, 0.0),
    ]


def _ward(
    bodies: Sequence[Body],
    episodes: Sequence[Iterable[Episode]],
    lux: float,
    extra: Sequence[Iterable[tuple[float, int, float]]],
    until: float,
) -> Result:
    """`BASELINE` ordinary days, then each person's episodes in light of `lux`, and extra events.

    An extra event must not coincide with a change of the ward's own light.
    """
    before = [
        event
        for day in range(BASELINE)
        for event in _awake((_at(7.0, day), _at(23.0, day)), 150.0)
    ]
    schedules = [
        merge(before, [event for one in own for event in _awake(one, lux)], more)
        for own, more in zip(episodes, extra, strict=True)
    ]
    values = pack(list(bodies), Body)
    lanes = start_lanes(values, 7.0, 4.0)
    return run_events(lanes, values, schedules, np.arange(len(bodies)), until, trace=True)


def _phases_of(result: Result, first: float) -> np.ndarray:
    """Pacemaker of everyone as x turned against y, complex (steps, persons), from an hour on."""
    rows = [leaf_index(State, f"clock.{name}") for name in ("x", "y")]
    x, y = (result.trace[int(12 * first) :, row, :] for row in rows)
    return (y + 1j * x) / np.hypot(x, y)
