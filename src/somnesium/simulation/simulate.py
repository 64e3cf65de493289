"""Bodies and events through the engine: settled starts, worlds side by side, trajectories."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from somnesium.body.assembly import Body, Inputs, Lost, State
from somnesium.body.calmatives import CalmativeState
from somnesium.body.clock import ClockState
from somnesium.body.cortisol import CortisolState
from somnesium.body.gut import GutState
from somnesium.body.melatonin import MelatoninState
from somnesium.body.pressure import PressureState
from somnesium.body.stimulants import AlcoholState, CaffeineState
from somnesium.body.stores import StoresState
from somnesium.errors import NotConverged
from somnesium.simulation.engine import LIGHTS_OUT, STEP, Lanes, run
from somnesium.simulation.lanes import leaf_index, leaf_names, pack
from somnesium.simulation.schedule import Events
from somnesium.simulation.tally import NightRow, Tally

__all__ = ["Result", "copy_lanes", "join", "resting_state", "run_events", "start_lanes"]

_ROW = NightRow._fields


def resting_state(body: Body, hour: float, trough: float) -> State:
    """A plausible state at `hour` of the day [h] for a temperature minimum at `trough` [h].

    The clock is put on its limit cycle at the right phase; run at least 15 nights before use.
    """
    angle = body.clock.hour_angle * (hour - trough + body.clock.trough_delay)
    angle -= np.pi / 2
    stores = body.stores
    return State(
        clock=ClockState(x=1.1 * float(np.sin(angle)), y=1.1 * float(np.cos(angle)), used=0.3),
        pressure=PressureState(level=0.4, waiting=0.4, strain=0.0),
        melatonin=MelatoninState(plasma=5.0, gut=0.0),
        cortisol=CortisolState(plasma=150.0, risen=0.5),
        load=body.nerves.trait,
        caffeine=CaffeineState(0.0, 0.0),
        alcohol=AlcoholState(0.0, 0.0),
        calmatives=CalmativeState(0.0, 0.0, 0.0, 0.0, 0.0),
        gut=GutState(0.0, 0.0, 0.0),
        stores=StoresState(
            plasma=stores.volume * stores.serum_typical,
            tissue=stores.tissue_size,
            slow=stores.slow_size,
        ),
        brain=1.0,
        rem_pressure=0.1,
        lost=Lost(0.0, 0.0, 0.0, 0.0),
    )


def start_lanes(bodies: np.ndarray, hour: float, trough: float) -> Lanes:
    """Lanes at rest for bodies (leaves, persons), beginning at `hour` of the day."""
    persons = bodies.shape[1]
    one = pack([resting_state(Body(), hour, trough)], State)
    state = np.repeat(one, persons, axis=1)
    for leaf, parameter in (
        ("stores.tissue", "stores.tissue_size"),
        ("stores.slow", "stores.slow_size"),
        ("load", "nerves.trait"),
    ):
        state[leaf_index(State, leaf)] = bodies[leaf_index(Body, parameter)]
    volume = bodies[leaf_index(Body, "stores.volume")]
    typical = bodies[leaf_index(Body, "stores.serum_typical")]
    state[leaf_index(State, "stores.plasma")] = volume * typical
    tally = np.zeros((len(leaf_names(Tally)), persons))
    tally[leaf_index(Tally, "day.last_load")] = state[leaf_index(State, "load")]
    return Lanes(
        state=state,
        stages=np.zeros((6, persons)),
        inputs=np.zeros((len(leaf_names(Inputs)), persons)),
        tally=tally,
        cursor=np.zeros(persons, np.int64),
        time=np.zeros(persons),
        rows=np.zeros(persons, np.int64),
        path=np.repeat(np.array([[-1], [0], [0]]), persons, axis=1),
    )


def copy_lanes(lanes: Lanes) -> Lanes:
    """An independent copy: the same people, about to live another world."""
    return Lanes(*(part.copy() for part in lanes))


def join(parts: Sequence[Lanes]) -> Lanes:
    """Lanes side by side."""
    return Lanes(
        *(
            np.ascontiguousarray(np.concatenate(fields, axis=-1))
            for fields in zip(*parts, strict=True)
        )
    )


class Result(NamedTuple):
    """What a run left behind.

    `rows` (nights, fields of NightRow, persons), unfilled rows NaN; `trace` (steps, leaves of
    State + Stages + Inputs, persons), the first step at `trace_start` hours; `epochs` (persons,
    30-s epochs from hour 0): 0 waiting, 1 awake, 2 N1, 3 N2, 4 N3, 5 REM, -1 out of bed.
    """

    rows: np.ndarray
    trace: np.ndarray
    epochs: np.ndarray

    def field(self, name: str) -> np.ndarray:
        """One field of the rows, (nights, persons)."""
        return self.rows[:, _ROW.index(name), :]


def run_events(
    lanes: Lanes,
    bodies: np.ndarray,
    schedules: Sequence[Events],
    schedule_of: np.ndarray,
    until: float,
    *,
    step: float = STEP,
    drawn: bool = False,
    seed: int = 1,
    people: np.ndarray | None = None,
    trace: bool = False,
) -> Result:
    """Run `lanes` (changed in place) to `until` [h] under each person's events.

    `schedule_of` (persons) indexes `schedules`. Events before the lanes' present are over.
    Raises `NotConverged` if a state stops being a finite number.
    """
    persons = bodies.shape[1]
    begins = np.cumsum([0, *(len(s.time) for s in schedules)])
    time = np.concatenate([s.time for s in schedules])
    channel = np.concatenate([s.channel for s in schedules])
    value = np.concatenate([s.value for s in schedules])
    nights = 0
    for k, s in enumerate(schedules):
        who = np.flatnonzero(schedule_of == k)
        if len(who):
            ahead = np.searchsorted(s.time, lanes.time[who] - 1e-9)
            lanes.cursor[who] = begins[k] + ahead
            nights = max(nights, int(np.sum(s.channel[ahead.min() :] == LIGHTS_OUT)) + 1)
    lanes.rows[:] = 0
    width = len(leaf_names(State)) + 6 + len(leaf_names(Inputs))
    steps = round(until / step) if trace else 0
    rows = np.full((nights, len(_ROW), persons), np.nan)
    traced = np.full((steps, width, persons), np.nan)
    epochs = np.full((persons, int(until * 120) + 1 if drawn else 0), -1, np.int8)
    who = np.arange(persons) if people is None else np.asarray(people, np.int64)
    run(
        lanes, np.ascontiguousarray(bodies), np.asarray(schedule_of, np.int64), begins,
        (time, channel, value), float(until), step, drawn, seed, who, rows, traced, epochs,
    )
    _check(lanes)
    return Result(rows=rows[: lanes.rows.max(initial=0)], trace=traced, epochs=epochs)


def _check(lanes: Lanes) -> None:
    """Refuse to return numbers that are not numbers."""
    bad = np.argwhere(~np.isfinite(lanes.state))
    if len(bad):
        leaf, person = bad[0]
        raise NotConverged(
            f"{leaf_names(State)[leaf]} of person {person} stopped being a finite number: "
            "a parameter lies outside the range on which the body is defined; "
            "please report the request file"
        )


