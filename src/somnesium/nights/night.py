"""One night, simulated or measured: the same record, in minutes, percent and clock times."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple

import numpy as np

from somnesium.engine.run import Result
from somnesium.simulation.inputs import Timeline


class Night(NamedTuple):
    """A sleep opportunity. Durations in minutes; efficiency in percent; None is unknown.

    `evening` is the local date on which the night began, a bedtime before noon counting to the
    evening before; a day sleep counts to its own date.
    """

    kind: Literal["simulated", "measured"]
    evening: date
    lights_out: datetime
    rise: datetime
    nap: bool
    latency: float | None = None
    duration: float | None = None
    awake_after_onset: float | None = None
    efficiency: float | None = None
    n1: float | None = None
    n2: float | None = None
    slow_wave: float | None = None
    rem: float | None = None
    awakenings: float | None = None
    rem_latency: float | None = None
    heart_rate: float | None = None
    rmssd: float | None = None

    @property
    def time_in_bed(self) -> float:
        """Minutes between lights-out and rise, clock changes included."""
        # In one zone Python subtracts wall clocks; in universal time it subtracts moments.
        return (self.rise.astimezone(UTC) - self.lights_out.astimezone(UTC)) / timedelta(minutes=1)


_STAGES = ("n1", "n2", "n3", "rem")


def measure(result: Result, name: str) -> np.ndarray:
    """A measure of every row, (nights, persons), in the units of `MEASURES`."""
    if name == "duration":
        return 60.0 * sum(result.field(stage) for stage in _STAGES)  # type: ignore[return-value]
    if name == "efficiency":
        bed = 60.0 * (result.field("rise") - result.field("lights_out"))
        return 100.0 * measure(result, "duration") / bed
    field, factor, _ = MEASURES[name]
    values = factor * result.field(field)
    return np.clip(values, 1.0, 9.0) if name == "sleepiness" else values  # the scale's ends


MEASURES: dict[str, tuple[str, float, str]] = {
    "latency": ("latency", 60.0, "min"),
    "duration": ("", 60.0, "min"),
    "awake_after_onset": ("awake_after_onset", 60.0, "min"),
    "efficiency": ("", 100.0, "%"),
    "n1": ("n1", 60.0, "min"),
    "n2": ("n2", 60.0, "min"),
    "slow_wave": ("n3", 60.0, "min"),
    "rem": ("rem", 60.0, "min"),
    "awakenings": ("awakenings", 1.0, "1"),
    "rem_latency": ("rem_latency", 60.0, "min"),
    "heart_rate": ("heart_rate", 1.0, "beats/min"),
    "cortisol": ("cortisol", 1.0, "nmol/L"),
    "melatonin_peak": ("melatonin_peak", 1.0, "pmol/L"),
    "serum_magnesium": ("serum", 1.0, "mmol/L"),
    "sleepiness": ("sleepiness", 1.0, "1"),
}
"""Measure: field of the engine's row, factor, unit."""


def nights_of(
    result: Result, line: Timeline, person: int = 0, rmssd_typical: float | None = None
) -> tuple[Night, ...]:
    """The nights of one person. `rmssd_typical` [ms] turns vagal tone into RMSSD."""
    columns = {name: measure(result, name)[:, person] for name in MEASURES}
    begin, end = result.field("lights_out")[:, person], result.field("rise")[:, person]
    naps, vagal = result.field("nap")[:, person], result.field("vagal")[:, person]
    out = []
    for k in range(len(begin)):
        if not np.isfinite(begin[k]):
            continue
        lights_out = line.local(float(begin[k]))
        early = lights_out.hour < 6
        measures = {name: float(columns[name][k]) for name in Night._fields if name in columns}
        out.append(
            Night(
                kind="simulated",
                evening=lights_out.date() - timedelta(days=1 if early else 0),
                lights_out=lights_out,
                rise=line.local(float(end[k])),
                nap=bool(naps[k]),
                rmssd=None if rmssd_typical is None else rmssd_typical * float(np.exp(vagal[k])),
                **measures,  # type: ignore[arg-type]
            )
        )
    return tuple(out)
