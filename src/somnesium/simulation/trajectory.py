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
from somnesium.errors import MissingPart
from somnesium.quantity import Var, declared
from somnesium.simulation.inputs import Timeline

if TYPE_CHECKING:
    import xarray as xr

_STATES = {
    "pressure": "pressure.level",
    "tissue": "stores.tissue",
    "slow": "stores.slow",
    "plasma": "stores.plasma",
    "brain": "brain",
}
_INPUTS = ("light", "in_bed")
_ASLEEP = ("n1", "n2", "n3", "rem")

VARIABLES: dict[str, Var] = {
    **declared(Signals, Var),
    **{name: declared(State, Var)[leaf] for name, leaf in _STATES.items()},
    **{name: declared(Inputs, Var)[name] for name in _INPUTS},
    "awake": Var("1", "probability of being awake", "fitted#B1-B5"),
    **{name: declared(Stages, Var)[name] for name in _ASLEEP},
}
"""What every variable of a trajectory is, as its declaration says."""


@njit(cache=True)
def _read_out(state, stages, inputs, body, out, like) -> None:  # noqa: ANN001
    """Signals of every moment (columns) of one body."""
    state_like, stages_like, inputs_like, body_like = like
    b = gather(body_like, body, 0, 0)
    fixed = fix(b)
    for k in range(state.shape[1]):
        s = gather(state_like, state, 0, k)
        p = gather(stages_like, stages, 0, k)
        scatter(signals(s, p, gather(inputs_like, inputs, 0, k), b, fixed), out, 0, k)


class Readings(NamedTuple):
    """Signals and main states of one body: hours from the start's midnight, values by name."""

    hours: np.ndarray
    values: dict[str, np.ndarray]


def readings(
    result: Result, line: Timeline, bodies: np.ndarray, person: int = 0, every: int = 1
) -> Readings:
    """All `VARIABLES` in a traced run from the start on, every `every` steps."""
    trace = result.trace[:, :, person]
    known = np.flatnonzero(np.isfinite(trace[:, 0]))[::every]
    steps = known[known * STEP >= line.begin - 1e-9]
    moments = np.ascontiguousarray(trace[steps].T)
    a, b = len(leaf_names(State)), len(leaf_names(State)) + 6
    state, stages, inputs = (np.ascontiguousarray(p) for p in np.split(moments, [a, b]))
    body = np.ascontiguousarray(bodies[:, person : person + 1])
    out = np.empty((len(Signals._fields), len(steps)))
    _read_out(state, stages, inputs, body, out, (STATE, STAGES, INPUTS, BODY))
    values = dict(zip(Signals._fields, out, strict=True))
    values |= {name: state[leaf_names(State).index(leaf)] for name, leaf in _STATES.items()}
    values |= {name: stages[Stages._fields.index(name)] for name in _ASLEEP}
    values["awake"] = 1.0 - stages[2:].sum(axis=0)
    values |= {name: inputs[Inputs._fields.index(name)] for name in _INPUTS}
    return Readings(steps * STEP - line.begin, {name: values[name] for name in VARIABLES})


def trajectory(
    result: Result, line: Timeline, bodies: np.ndarray, person: int = 0, every: int = 1
) -> "xr.Dataset":
    """The readings as a dataset; every variable carries `units`, `long_name` and `source`.

    Coordinates: `time` (universal time) and `hours` from the start date's local midnight.
    Raises `MissingPart` without xarray.
    """
    try:
        import xarray as xr
    except ImportError:
        raise MissingPart(
            "A trajectory needs xarray: pip install 'somnesium[trajectories]'"
        ) from None
    hours, values = readings(result, line, bodies, person, every)
    zero = np.datetime64(line.zero.astimezone(UTC).replace(tzinfo=None), "ns")
    moment = zero + ((hours + line.begin) * 3.6e12).round().astype("timedelta64[ns]")
    return xr.Dataset(
        {name: ("time", value, _attributes(name)) for name, value in values.items()},
        coords={"time": ("time", moment), "hours": ("time", hours, {"units": "h"})},
        attrs={"start": str(line.start), "time_zone": line.habits.time_zone},
    )


def _attributes(name: str) -> dict[str, str]:
    variable = VARIABLES[name]
    return {"units": variable.unit, "long_name": variable.meaning, "source": variable.source}
