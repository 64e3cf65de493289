# pyright: basic
"""The kernel of the GPU engine: one thread lives one person's life, in a tile of one lane.

All it calls is the engine's own: `run_tile` and what that is made of, compiled a second time, for
the GPU, from the same source. The tile lies in the thread's local memory, of which the GPU keeps
what it can in registers.
"""

import numpy as np
from numba import cuda

from somnesium.engine.chain import CHANGES
from somnesium.engine.channels import Lanes, Plan
from somnesium.engine.lanes import pointer
from somnesium.engine.steps import ROWS
from somnesium.engine.tiles import desk, output, pointed, run_tile

_TIMES = 4 + 6 + CHANGES
_WHOLE = 6 + CHANGES


@cuda.jit(cache=True, fastmath=True)
def live(
    like: np.ndarray,
    lanes: Lanes,
    bodies: np.ndarray,
    plan: Plan,
    rows: np.ndarray,
    trace: np.ndarray,
    epochs: np.ndarray,
) -> None:
    """Step the person of this thread to the end of the plan; arguments as of `engine.run`."""
    person = cuda.grid(1)  # type: ignore[call-arg]
    if person < lanes.time.shape[0]:
        w = cuda.local.array(ROWS, like.dtype)
        times = cuda.local.array(_TIMES, np.float64)
        whole = cuda.local.array(_WHOLE, np.int64)
        for row in range(ROWS):
            w[row] = 0.0
        tile = desk(times, whole, 1)
        out = output(rows, trace, epochs)
        run_tile(person, 1, pointer(w), tile, lanes, bodies, pointed(plan), out)
