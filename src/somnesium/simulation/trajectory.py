"""The course of one body through time, with units and sources in the attributes."""

from datetime import UTC
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from somnesium.body.assembly import Inputs, State, fix
from somnesium.body.readouts import Signals, signals
from somnesium.body.stages import Stages
from somnesium.engine.lanes import gather, leaf_names, scatter
from somnesium.engine.run import Result
from somnesium.engine.steps import BODY, INPUTS, STAGES, STATE
from somnesium.engine.tiles import STEP
from somnesium.simulation.inputs import Timeline

if TYPE_CHECKING:
    import xarray as xr

UNITS: dict[str, tuple[str, str, str]] = {
    "serum": ("mmol/L", "serum magnesium", "zhang2016"),
    "relative_plasma": ("1", "serum magnesium over 0.85 mmol/L", "schutten2022"),
    "deficit": ("1", "magnesium deficit of soft tissue", "judgement#replete-is-flat"),
    "nmda_block": ("1", "NMDA receptors blocked by magnesium", "chahal1998"),
    "gaba_tone": ("1", "calming tone from magnesium status", "fitted#B34-B35"),
    "melatonin": ("pmol/L", "plasma melatonin", "brown1997"),
    "cortisol": ("nmol/L", "plasma cortisol", "debono2009"),
    "arousal": ("1", "arousal of the moment", "fitted#B5"),
    "vagal": ("1", "parasympathetic tone, log RMSSD", "boudreau2013"),
    "sympathetic": ("1", "sympathetic tone", "boudreau2013"),
    "heart_rate": ("beats/min", "heart rate", "boudreau2013"),
    "rmssd": ("ms", "beat-to-beat variability", "umetani1998"),
    "sleepiness": ("1", "Karolinska sleepiness 1–9", "axelsson2008"),
    "wake_drive": ("1", "the clock's drive for wakefulness", "fitted#B11"),
    "clock_x": ("1", "pacemaker coordinate", "sthilaire2007"),
    "urine_flux": ("mmol/h", "magnesium into urine", "zhang2016"),
    "absorbed_flux": ("mmol/h", "magnesium absorbed", "fine1991"),
    "pressure": ("1", "homeostatic sleep pressure", "daan1984"),
    "tissue": ("mmol", "soft-tissue magnesium", "avioli1966"),
    "slow": ("mmol", "bone and deep-muscle magnesium", "elin1987"),
    "plasma": ("mmol", "magnesium in blood and extracellular fluid", "avioli1966"),
    "brain": ("1", "brain extracellular magnesium over normal", "mckee2005"),
    "light": ("lux", "melanopic light at the eye", "brown2022"),
    "in_bed": ("1", "in bed", "definition#input"),
    "awake": ("1", "probability of being awake", "fitted#B1-B5"),
    "n1": ("1", "probability of N1", "fitted#B2"),
    "n2": ("1", "probability of N2", "fitted#B2"),
    "n3": ("1", "probability of N3", "fitted#B2"),
    "rem": ("1", "probability of REM", "fitted#B2"),
}
"""Variable: unit, meaning, source key."""

_STATES = {
    "pressure": "pressure.level",
    "tissue": "stores.tissue",
    "slow": "stores.slow",
    "plasma": "stores.plasma",
    "brain": "brain",
}


@njit(cache=True)
def _read_out(state, stages, inputs, body, out, like) -> None:  # noqa: ANN001
    """Signals of every moment (columns) of one body."""
    state_like, stages_like, inputs_like, body_like = like
    b = gather(body_like, body, 0, 0)
    fixed = fix(b)
    for k in range(state.shape[1]):
        s = gather(state_like, state, 0, k)
        p = gather(stages_like, stages, 0, k)
        found = signals(s, p, gather(inputs_like, inputs, 0, k), b, fixed)
        scatter(found, out, 0, k)


class Readings(NamedTuple):
    """Signals and main states of one body: hours from the start's midnight, values by name."""

    hours: np.ndarray
    values: dict[str, np.ndarray]


def readings(
    result: Result, line: Timeline, bodies: np.ndarray, person: int = 0, every: int = 1
) -> Readings:
    """All variables of `UNITS` in a traced run from the start on, every `every` steps."""
    trace = result.trace[:, :, person]
    known = np.flatnonzero(np.isfinite(trace[:, 0]))[::every]
    kept = known[known * STEP >= line.begin - 1e-9]
    moments = np.ascontiguousarray(trace[kept].T)
    a, b = len(leaf_names(State)), len(leaf_names(State)) + 6
    state, stages, inputs = (np.ascontiguousarray(p) for p in np.split(moments, [a, b]))
    own = np.ascontiguousarray(bodies[:, person : person + 1])
    out = np.empty((len(Signals._fields), len(kept)))
    _read_out(state, stages, inputs, own, out, (STATE, STAGES, INPUTS, BODY))
    values = dict(zip(Signals._fields, out, strict=True))
    values |= {name: state[leaf_names(State).index(leaf)] for name, leaf in _STATES.items()}
    values |= {name: stages[Stages._fields.index(name)] for name in ("n1", "n2", "n3", "rem")}
    values["awake"] = 1.0 - stages[2:].sum(axis=0)
    values |= {name: inputs[Inputs._fields.index(name)] for name in ("light", "in_bed")}
    return Readings(kept * STEP - line.begin, {name: values[name] for name in UNITS})


def trajectory(
    result: Result, line: Timeline, bodies: np.ndarray, person: int = 0, every: int = 1
) -> "xr.Dataset":
    """The readings as a dataset; every variable carries `units`, `long_name` and `source`.

    Coordinates: `time` (universal time) and `hours` from the start date's local midnight.
    """
    import xarray as xr

    hours, values = readings(result, line, bodies, person, every)
    zero = np.datetime64(line.zero.astimezone(UTC).replace(tzinfo=None), "ns")
    moment = zero + ((hours + line.begin) * 3.6e12).round().astype("timedelta64[ns]")
    return xr.Dataset(
        {name: ("time", value, _attributes(name)) for name, value in values.items()},
        coords={"time": ("time", moment), "hours": ("time", hours, {"units": "h"})},
        attrs={"start": str(line.start), "time_zone": line.habits.time_zone},
    )


def _attributes(name: str) -> dict[str, str]:
    unit, meaning, source = UNITS[name]
    return {"units": unit, "long_name": meaning, "source": source}
