"""One file per peer, each with `LABEL`, `LADDER` and `prepare(problem)`.

`prepare` loads or compiles and gives a function (lives by number, options) -> nights of each,
(nights, 3): latency and duration [min] and plasma magnesium [mmol] at each rise. Options are those
of one step of the ladder. A peer that is not installed raises ImportError when its file is read.
"""

from collections.abc import Callable, Sequence

import numpy as np

Options = dict[str, float]
"""Tolerances, and whatever else a solver can be told."""
Simulate = Callable[[Sequence[int], Options], list[np.ndarray]]
"""Nights of some lives under some options."""

NAMES = (
    "numbalsoda",
    "scipy",
    "roadrunner_segments",
    "roadrunner_events",
    "copasi",
    "myokit",
    "diffrax",
)
"""Modules of this folder."""

RELATIVE = (3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 1e-6)
"""Relative tolerances tried, loose to tight."""
SHARES = (10.0, 1.0, 0.1, 1e-2)
"""Absolute tolerances tried with each, as multiples of it, in the unit of every state."""


def tolerances() -> list[list[Options]]:
    """Flights of tolerances, each from loose to tight with one multiple."""
    return [[{"rtol": r, "atol": min(r * share, 0.1)} for r in RELATIVE] for share in SHARES]


def one_by_one(simulate: Callable[[int, Options], np.ndarray]) -> Simulate:
    """A solver that takes one life at a time."""
    return lambda lives, options: [simulate(k, options) for k in lives]
