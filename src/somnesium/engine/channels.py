"""What the engine reads and writes: channels of events, plans, and where a run stands."""

from typing import NamedTuple

import numpy as np

from somnesium.engine.steps import K, N, P, U, X

SET = 0
"""Channel of an event that sets input k: SET + k."""
ADD = 100
"""Channel of an event that adds to leaf k of the state: ADD + k."""
LIGHTS_OUT = 200
"""Channel: the sleep opportunity begins; value 1 for a nap, else 0."""
RISE = 201
"""Channel: it ends."""
SETTLE = 202
"""Channel: slow states are hastened to their rest, the load `value` times as fast."""
MELATONIN = 203
"""Channel: melatonin swallowed [pmol]."""

UNKNOWN = 9.0
"""In place of the slow part where it has not been worked out (it begins with a cosine)."""


class Lanes(NamedTuple):
    """Where a run stands, one column a person; a run changes it in place and can go on from it."""

    carried: np.ndarray
    """State, stage probabilities, inputs, tally and slow part, by the rows of `steps`."""
    cursor: np.ndarray
    """Next event of each person, and how often the schedule has been gone through (int64)."""
    time: np.ndarray
    """Hours from the start of the run."""
    rows: np.ndarray
    """Night rows written so far (int64)."""
    path: np.ndarray
    """Stage of a drawn path (-1 out of bed), its next random draw, and nights lived (int64)."""

    @property
    def state(self) -> np.ndarray:
        """Leaves of State, by person."""
        return self.carried[X:P]

    @property
    def stages(self) -> np.ndarray:
        """Stage probabilities, by person."""
        return self.carried[P:U]

    @property
    def inputs(self) -> np.ndarray:
        """Leaves of Inputs, by person."""
        return self.carried[U:N]

    @property
    def tally(self) -> np.ndarray:
        """Leaves of Tally, by person."""
        return self.carried[N:K]


class Plan(NamedTuple):
    """What happens, until when, and by which random numbers."""

    schedule: np.ndarray
    """Which schedule each person follows (int64)."""
    begins: np.ndarray
    """Schedule k is events `begins[k]` to `begins[k + 1]` (int64)."""
    times: np.ndarray
    """Hours, sorted within a schedule."""
    channels: np.ndarray
    values: np.ndarray
    period: float
    """Hours after which schedules begin again; 0 if they do not."""
    until: float
    longest: float
    """Longest step [h]."""
    seed: int
    people: np.ndarray
    """The persons' numbers, for the random ones (int64)."""
    unrest: float
    """Spread of a night's chance arousal, drawn at lights-out; 0 to leave that input alone."""
    drawn: bool
    """Whether the stage chain is drawn."""
