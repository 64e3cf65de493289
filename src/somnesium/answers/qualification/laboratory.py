"""The laboratory of the benchmarks: a standard life, changed where an experiment changes it.

Lights-out 23:00, rise 07:00, 150 lux by day and 130 lux from 19:00 (photopic, 4100 K), 340 mg of
magnesium in four meals; no stress, caffeine, alcohol or exercise. Hours count from midnight
before the first day; an experiment's day `settled` is the first after the body has come to rest.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from somnesium.body.assembly import Body, Inputs, State, fix
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
"""Clock hour of each meal, and its share of a day's magnesium."""
PMOL_PER_MG = 1e9 / 232.28
"""Melatonin."""
Event = tuple[float, int, float]
"""Time [h from the start], channel and value."""


class LaboratoryLife(NamedTuple):
    """A standard life; times in clock hours, light in photopic lux, diet in mg a day."""

    bed: float = 23.0
    rise: float = 7.0
    day_light: float = 150.0
    evening_light: float = 130.0
    diet: float = 340.0
    meals: tuple[tuple[float, float], ...] = MEALS


def clock_at(clock: float, day: int) -> float:
    """Hours from the start to a clock hour of a day; past 24 it is the next morning."""
    return 24.0 * day + clock


def set_input(name: str, time: float, value: float) -> Event:
    """Event: from `time` [h] an input (`light` in melanopic lux, `stress`, …) has this value."""
    return time, SET + leaf_index(Inputs, name), value


def add(leaf: str, time: float, amount: float) -> Event:
    """Event: an amount enters a leaf of the state, such as `caffeine.gut` [mg]."""
    return time, ADD + leaf_index(State, leaf), amount


def magnesium_doses(
    milligrams: float,
    clocks: Sequence[float],
    first: int,
    last: int,
    dissolved: float = 1.0,
    into: str = "gut.swallowed",
) -> list[Event]:
    """Daily magnesium, elemental mg each time, on days `first` to `last` - 1.

    Slow forms go `into` "gut.solid"; what is not `dissolved` is lost at once.
    """
    events, amount = [], mg_to_mmol(milligrams)
    for day in range(first, last):
        for clock in clocks:
            at = clock_at(clock, day)
            events.append(add(into, at, amount * dissolved))
            events.append(add("lost.stool", at, amount * (1.0 - dissolved)))
    return events


OXIDE = 0.13
"""Share of magnesium oxide that dissolves."""


def oxide_doses(milligrams: float, clocks: Sequence[float], first: int, last: int) -> list[Event]:
    """Daily magnesium oxide [elemental mg at each clock time]: slow, most of it undissolved."""
    return magnesium_doses(milligrams, clocks, first, last, OXIDE, "gut.solid")


def _standard_day(day: int, life: LaboratoryLife, sleeps: bool) -> list[Event]:
    """Light, bed and meals of one day, with the night that begins on its evening."""
    at = 24.0 * day
    events = [
        set_input("light", at + life.rise, MELANOPIC * life.day_light),
        set_input("light", at + 19.0, MELANOPIC * life.evening_light),
    ]
    events += [add("gut.swallowed", at + h, mg_to_mmol(life.diet * s)) for h, s in life.meals]
    if sleeps:
        bed = at + life.bed
        rise = at + life.rise + 24.0
        events += [(bed, LIGHTS_OUT, 0.0), set_input("light", bed, 0.0), (rise, RISE, 0.0)]
    return events


class Nights(NamedTuple):
    """An experiment's outcome: its rows by field name, minutes or natural units."""

    result: Result
    bodies: np.ndarray

    def minutes(self, field: str, night: int, person: int = 0) -> float:
        """A duration of one night [min]; `duration` itself is all sleep."""
        if field == "duration":
            return self.duration(night, person)
        return 60.0 * float(self.result.field(field)[night, person])

    def value(self, field: str, night: int, person: int = 0) -> float:
        """Any field of one night in its own unit."""
        return float(self.result.field(field)[night, person])

    def duration(self, night: int, person: int = 0) -> float:
        """Total sleep time [min]."""
        return sum(self.minutes(stage, night, person) for stage in ("n1", "n2", "n3", "rem"))

    def change(self, field: str, night: int, treated: int = 1, control: int = 0) -> float:
        """Minutes of one person's night less another's."""
        return self.minutes(field, night, treated) - self.minutes(field, night, control)

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
    life: LaboratoryLife = LaboratoryLife(),  # noqa: B008 - a frozen value
    events: Sequence[Event] = (),
    per_body: Sequence[Sequence[Event]] | None = None,
    lives: Sequence[LaboratoryLife] | None = None,
    waking_days: Sequence[int] = (),
    settle: int = 21,
    step: float = STEP,
    drawn: bool = False,
    people: np.ndarray | None = None,
    trace: bool = False,
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
        days_of = lives[k] if lives else life
        base = [
            event
            for day in range(days)
            for event in _standard_day(day, days_of, day not in waking_days)
        ]
        base += [(24.0 * k - 6.0, SETTLE, 4.0) for k in range(1, settle + 1)]
        schedules.append(merge(base, events, per_body[k] if per_body else ()))
    of = np.arange(persons) if len(schedules) > 1 else np.zeros(persons, np.int64)
    lanes = start_lanes(values, 0.0, 4.0)
    until = 24.0 * days
    result = run_events(
        lanes, values, schedules, of, until, step=step, drawn=drawn, people=people, trace=trace
    )
    return Nights(result, values)


def state_trace(nights: Nights, leaf: str, person: int = 0) -> np.ndarray:
    """A leaf of the state, or `stages.n3` and the like, at every step of a traced run."""
    if leaf.startswith("stages."):
        row = len(leaf_names(State)) + Stages._fields.index(leaf.removeprefix("stages."))
    else:
        row = leaf_index(State, leaf)
    return nights.result.trace[:, row, person]


def moment_of(row: np.ndarray) -> tuple[State, Stages, Inputs]:
    """State, shares of the stages and inputs of one person at one step of a traced run."""
    split = len(leaf_names(State))
    state = column(row[:split, None], State, 0)
    stages = column(row[split : split + 6, None], Stages, 0)
    return state, stages, column(row[split + 6 :, None], Inputs, 0)


def signal_trace(
    nights: Nights, person: int = 0, every: int = 1, steps: slice = slice(None)
) -> dict[str, np.ndarray]:
    """All signals, and `hours` from the first, of these steps of a traced run, every so many."""
    trace = nights.result.trace[steps][::every, :, person]
    body = column(nights.bodies, Body, person)
    fixed = fix(body)
    moments = [signals(*moment_of(row), body, fixed) for row in trace]
    traces = {name: np.array([getattr(each, name) for each in moments]) for name in Signals._fields}
    return traces | {"hours": np.arange(len(trace)) * STEP * every}
