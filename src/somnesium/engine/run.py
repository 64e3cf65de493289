"""Bodies and events through the engine: settled starts, worlds side by side, trajectories."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

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
from somnesium.engine.channels import ADD, LIGHTS_OUT, MELATONIN, SET, UNKNOWN, Lanes, Plan
from somnesium.engine.lanes import leaf_index, leaf_names, pack
from somnesium.engine.schedule import Events
from somnesium.engine.steps import CARRIED, K, N, P, X
from somnesium.engine.tally import NightRow, Tally
from somnesium.engine.tiles import STEP, first_after, run
from somnesium.errors import InvalidInput, NotConverged

Precision = Literal["float64", "float32"]
"""The numbers the engine computes with."""
Device = Literal["cpu", "gpu"]
"""What it computes on."""
WEEK = 168.0
"""Hours in a week."""

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
    rest = pack([resting_state(Body(), hour, trough)], State)
    state = np.repeat(rest, persons, axis=1)
    for leaf, parameter in (
        ("stores.tissue", "stores.tissue_size"),
        ("stores.slow", "stores.slow_size"),
        ("load", "nerves.trait"),
    ):
        state[leaf_index(State, leaf)] = bodies[leaf_index(Body, parameter)]
    volume = bodies[leaf_index(Body, "stores.volume")]
    typical = bodies[leaf_index(Body, "stores.serum_typical")]
    state[leaf_index(State, "stores.plasma")] = volume * typical
    carried = np.zeros((CARRIED, persons))
    carried[X:P] = state
    carried[N + leaf_index(Tally, "day.last_load")] = state[leaf_index(State, "load")]
    carried[K:] = UNKNOWN
    return Lanes(
        carried=carried,
        cursor=np.zeros((2, persons), np.int64),
        time=np.zeros(persons),
        rows=np.zeros(persons, np.int64),
        path=np.repeat(np.array([[-1], [0], [0]]), persons, axis=1),
    )


def copy_lanes(lanes: Lanes) -> Lanes:
    """An independent copy: the same people, about to live another world."""
    return Lanes(*(part.copy() for part in lanes))


def join(parts: Sequence[Lanes]) -> Lanes:
    """Lanes side by side."""
    fields = (np.concatenate(columns, axis=-1) for columns in zip(*parts, strict=True))
    return Lanes(*map(np.ascontiguousarray, fields))


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
    unrest: float = 0.0,
    trace: bool = False,
    precision: Precision = "float64",
    device: Device = "cpu",
) -> Result:
    """Run `lanes` (changed in place) to `until` [h] under each person's events.

    `schedule_of` (persons) indexes `schedules`. Events before the lanes' present are over.
    `people` are the persons' numbers and `unrest` the spread of a night's chance arousal, for the
    random numbers. Raises `NotConverged` if a state stops being a finite number.
    """
    begins = np.cumsum([0, *(len(s.time) for s in schedules)])
    events = Events(*(np.concatenate(column) for column in zip(*schedules, strict=True)))
    nights = 0
    for k, s in enumerate(schedules):
        who = np.flatnonzero(schedule_of == k)
        if len(who):
            ahead = np.searchsorted(s.time, lanes.time[who] - 1e-9)
            lanes.cursor[0, who] = begins[k] + ahead
            nights = max(nights, int(np.sum(s.channel[ahead.min() :] == LIGHTS_OUT)) + 1)
    persons = bodies.shape[1]
    plan = Plan(
        schedule=np.asarray(schedule_of, np.int64),
        begins=begins,
        times=events.time,
        channels=events.channel,
        values=events.value,
        period=0.0,
        until=float(until),
        longest=step,
        seed=seed,
        people=np.arange(persons) if people is None else np.asarray(people, np.int64),
        unrest=unrest,
        drawn=drawn,
    )
    return _run_together(lanes, bodies, plan, nights, trace, precision, device)


def run_weeks(
    lanes: Lanes,
    bodies: np.ndarray,
    begins: np.ndarray,
    week: Events,
    until: float,
    *,
    people: np.ndarray,
    seed: int,
    unrest: float,
    step: float = STEP,
    drawn: bool = False,
    trace: bool = False,
    precision: Precision = "float64",
    device: Device = "cpu",
) -> Result:
    """Run `lanes` (changed in place) to `until` [h], each person's week over and over.

    Person k's week is events `begins[k]` to `begins[k + 1]` of `week`, sorted, in hours from the
    start of the run's first week, below 168. The rest as in `run_events`.
    """
    persons = bodies.shape[1]
    lap = np.floor(lanes.time / WEEK + 1e-12)
    ahead = lanes.time - WEEK * lap - 1e-9
    lanes.cursor[0] = first_after(week.time, begins, ahead)
    lanes.cursor[1] = lap.astype(np.int64)
    begun = np.diff(np.append(0, np.cumsum(week.channel == LIGHTS_OUT))[begins])
    weeks = np.ceil((until - lanes.time.min(initial=until)) / WEEK) + 1
    plan = Plan(
        schedule=np.arange(persons),
        begins=np.asarray(begins, np.int64),
        times=week.time,
        channels=week.channel,
        values=week.value,
        period=WEEK,
        until=float(until),
        longest=step,
        seed=seed,
        people=np.asarray(people, np.int64),
        unrest=unrest,
        drawn=drawn,
    )
    nights = int(np.max(begun, initial=0) * weeks)
    return _run_together(lanes, bodies, plan, nights, trace, precision, device)


def _bedtimes(plan: Plan) -> np.ndarray:
    """Hours after noon at which each schedule first goes to bed; infinite if it never does."""
    hours = np.full(len(plan.begins) - 1, np.inf)
    out = np.flatnonzero((plan.channels == LIGHTS_OUT) & (plan.values == 0.0))
    of = np.searchsorted(plan.begins, out, "right") - 1
    np.minimum.at(hours, of, (plan.times[out] + 12.0) % 24.0)
    return hours


def _run_together(
    lanes: Lanes,
    bodies: np.ndarray,
    plan: Plan,
    nights: int,
    trace: bool,
    precision: Precision,
    device: Device,
) -> Result:
    """Run a plan with people in the order in which they go to bed, and give them back in theirs.

    Neighbours in a tile then sleep together, and the night's work is skipped when they are up.
    Nobody's numbers depend on it.
    """
    _check_events(plan)
    hours = _bedtimes(plan)[plan.schedule]
    if not len(hours) or np.all(hours == hours[0]):
        return _run(lanes, bodies, plan, nights, trace, precision, device)
    order = np.argsort(hours, kind="stable")
    together = Lanes(*(np.ascontiguousarray(part[..., order]) for part in lanes))
    plan = plan._replace(schedule=plan.schedule[order], people=plan.people[order])
    ordered = _run(together, bodies[:, order], plan, nights, trace, precision, device)
    for part, moved in zip(lanes, together, strict=True):
        part[..., order] = moved
    back = np.argsort(order)
    return Result(ordered.rows[..., back], ordered.trace[..., back], ordered.epochs[back])


def _run(
    lanes: Lanes,
    bodies: np.ndarray,
    plan: Plan,
    nights: int,
    trace: bool,
    precision: Precision,
    device: Device,
) -> Result:
    """Run a plan with room for `nights` rows a person."""
    persons = bodies.shape[1]
    lanes.rows[:] = 0
    steps = round(plan.until / plan.longest) if trace else 0
    rows = np.full((nights, len(_ROW), persons), np.nan)
    traced = np.full((steps, N, persons), np.nan)
    epochs = np.full((persons, int(plan.until * 120) + 1 if plan.drawn else 0), -1, np.int8)
    engine = run
    if device == "gpu":
        from somnesium.engine.cuda import run_on_gpu

        engine = run_on_gpu
    engine(np.empty(0, precision), lanes, np.ascontiguousarray(bodies), plan, rows, traced, epochs)
    _check(lanes, plan)
    return Result(rows=rows[: lanes.rows.max(initial=0)], trace=traced, epochs=epochs)


def _check_events(plan: Plan) -> None:
    """Refuse events that the engine cannot carry out: it does not look before it writes."""
    inputs, leaves = len(leaf_names(Inputs)), len(leaf_names(State))
    channel = plan.channels
    known = (channel >= SET) & (channel < SET + inputs)
    known |= (channel >= ADD) & (channel < ADD + leaves)
    known |= (channel >= LIGHTS_OUT) & (channel <= MELATONIN)
    bad = np.flatnonzero(~(known & np.isfinite(plan.times) & np.isfinite(plan.values)))
    if len(bad):
        k = bad[0]
        event = f"channel {channel[k]} at {plan.times[k]} h with {plan.values[k]}"
        allowed = "a known channel, a finite time and a finite value"
        raise InvalidInput.field("events", event, allowed, "check what wrote the event")


def _check(lanes: Lanes, plan: Plan) -> None:
    """Refuse to return numbers that are not numbers."""
    bad = np.argwhere(~np.isfinite(lanes.state))
    if len(bad):
        leaf, person = bad[0]
        raise NotConverged(
            f"{leaf_names(State)[leaf]} of person {plan.people[person]} stopped being a finite "
            "number: a parameter lies outside the range on which the body is defined; "
            "please report the request file"
        )
