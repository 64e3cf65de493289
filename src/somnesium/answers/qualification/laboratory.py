"""The laboratory of the benchmarks: a standard life, changed where an experiment changes it.

Lights-out 23:00, rise 07:00, 150 lux by day and 130 lux from 19:00 (photopic, 4100 K), 340 mg of
magnesium in four meals; no stress, caffeine, alcohol or exercise. Hours count from midnight
before the first day; an experiment's day `settled` is the first after the body has come to rest.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from somnesium.body.assembly import Body, Fixed, Inputs, State, fix
from somnesium.body.readouts import Signals, signals
from somnesium.body.stages import Stages
from somnesium.engine.channels import ADD, LIGHTS_OUT, RISE, SET, SETTLE
from somnesium.engine.lanes import column, leaf_index, leaf_names, pack
from somnesium.engine.run import Result, run_events, start_lanes
from somnesium.engine.schedule import Events, merge
from somnesium.engine.tiles import STEP
from somnesium.quantity import mg_to_mmol

MELANOPIC = 0.6176
"""Melanopic over photopic lux of the laboratory's 4100 K light (tekieh2020)."""
MEALS = ((8.0, 0.2), (12.5, 0.3), (16.0, 0.1), (19.0, 0.4))


class Life(NamedTuple):
    """A standard life; times in clock hours, light in photopic lux, diet in mg a day."""

    bed: float = 23.0
    rise: float = 7.0
    day_light: float = 150.0
    evening_light: float = 130.0
    diet: float = 340.0
    meals: tuple[tuple[float, float], ...] = MEALS


def set_input(name: str, time: float, value: float) -> tuple[float, int, float]:
    """Event: from `time` [h] an input (`light` in melanopic lux, `stress`, …) has this value."""
    return time, SET + leaf_index(Inputs, name), value


def add(leaf: str, time: float, amount: float) -> tuple[float, int, float]:
    """Event: an amount enters a leaf of the state, such as `caffeine.gut` [mg]."""
    return time, ADD + leaf_index(State, leaf), amount


def magnesium_doses(
    milligrams: float, clocks: Sequence[float], first: int, last: int, dissolved: float = 1.0
) -> list:
    """Daily soluble magnesium, elemental mg each time, on days `first` to `last` - 1."""
    out = []
    for day in range(first, last):
        for clock in clocks:
            amount = mg_to_mmol(milligrams)
            at = 24.0 * day + clock
            out.append(add("gut.swallowed", at, amount * dissolved))
            out.append(add("lost.stool", at, amount * (1.0 - dissolved)))
    return out


def _standard_day(day: int, life: Life, sleeps: bool) -> list:
    """Light, bed and meals of one day, with the night that begins on its evening."""
    at = 24.0 * day
    out = [
        set_input("light", at + life.rise, MELANOPIC * life.day_light),
        set_input("light", at + 19.0, MELANOPIC * life.evening_light),
    ]
    out += [add("gut.swallowed", at + h, mg_to_mmol(life.diet * s)) for h, s in life.meals]
    if sleeps:
        bed = at + life.bed
        rise = at + life.rise + 24.0
        out += [(bed, LIGHTS_OUT, 0.0), set_input("light", bed, 0.0), (rise, RISE, 0.0)]
    return out


class Nights(NamedTuple):
    """An experiment's outcome: its rows by field name, minutes or natural units."""

    result: Result
    bodies: np.ndarray

    def minutes(self, field: str, night: int, person: int = 0) -> float:
        """A duration of one night [min]."""
        return 60.0 * float(self.result.field(field)[night, person])

    def value(self, field: str, night: int, person: int = 0) -> float:
        """Any field of one night in its own unit."""
        return float(self.result.field(field)[night, person])

    def duration(self, night: int, person: int = 0) -> float:
        """Total sleep time [min]."""
        return sum(self.minutes(stage, night, person) for stage in ("n1", "n2", "n3", "rem"))

    def efficiency(self, night: int, person: int = 0) -> float:
        """Sleep efficiency [%]."""
        bed = self.value("rise", night, person) - self.value("lights_out", night, person)
        return 100.0 * self.duration(night, person) / (60.0 * bed)

    def share(self, stage: str, night: int, person: int = 0) -> float:
        """A stage as a share of sleep [%]."""
        return 100.0 * self.minutes(stage, night, person) / self.duration(night, person)


def live(
    bodies: Body | Sequence[Body] | np.ndarray,
    days: int,
    *,
    life: Life = Life(),  # noqa: B008 - a frozen value
    events: Sequence[tuple[float, int, float]] = (),
    per_body: Sequence[Sequence[tuple[float, int, float]]] | None = None,
    lives: Sequence[Life] | None = None,
    waking_days: Sequence[int] = (),
    settle: int = 21,
    **options: object,
) -> Nights:
    """Live `days` standard days from midnight of day 0, with `events` on top.

    Night k begins on the evening of day k (day 0's begins at its `bed`), and there is a part
    night before. `per_body` adds events, `lives` a life, to each body; on `waking_days` nobody
    goes to bed. For the first `settle` days slow states are hastened to their rest.
    """
    if isinstance(bodies, Body):
        bodies = [bodies]
    values = bodies if isinstance(bodies, np.ndarray) else pack(list(bodies), Body)
    persons = values.shape[1]
    schedules: list[Events] = []
    for k in range(persons if (per_body or lives) else 1):
        own = lives[k] if lives else life
        base = [
            event
            for day in range(days)
            for event in _standard_day(day, own, day not in waking_days)
        ]
        base += [(24.0 * k - 6.0, SETTLE, 4.0) for k in range(1, settle + 1)]
        schedules.append(merge(base, events, per_body[k] if per_body else ()))
    of = np.arange(persons) if len(schedules) > 1 else np.zeros(persons, np.int64)
    lanes = start_lanes(values, 0.0, 4.0)
    result = run_events(lanes, values, schedules, of, 24.0 * days, **options)  # type: ignore[arg-type]
    return Nights(result=result, bodies=values)


def state_trace(nights: Nights, leaf: str, person: int = 0) -> np.ndarray:
    """A leaf of the state, or `stages.n3` and the like, at every step of a traced run."""
    if leaf.startswith("stages."):
        row = len(leaf_names(State)) + Stages._fields.index(leaf.removeprefix("stages."))
    else:
        row = leaf_index(State, leaf)
    return nights.result.trace[:, row, person]


def signal_trace(nights: Nights, person: int = 0, every: int = 1) -> dict[str, np.ndarray]:
    """All signals, and `hours`, of a traced run, every so many steps."""
    trace = nights.result.trace[::every, :, person]
    body = column(nights.bodies, Body, person)
    fixed: Fixed = fix(body)
    split = len(leaf_names(State))
    found = []
    for moment in trace:
        state = column(moment[:split, None], State, 0)
        stages = column(moment[split : split + 6, None], Stages, 0)
        inputs = column(moment[split + 6 :, None], Inputs, 0)
        found.append(signals(state, stages, inputs, body, fixed))
    out = {name: np.array([getattr(s, name) for s in found]) for name in Signals._fields}
    out["hours"] = np.arange(len(trace)) * STEP * every
    return out
