"""A drawn night as a hypnogram: what stage, from which minute on."""

from typing import NamedTuple

import numpy as np

from somnesium.engine.run import Result

STAGE_NAMES = ("awake", "awake", "N1", "N2", "N3", "REM")
"""Names of the engine's stage codes 0 (awake before sleep) to 5."""


class Bout(NamedTuple):
    """A stretch in one stage: minutes after lights-out, and the stage's name."""

    minute: float
    stage: str


def hypnogram(epochs: np.ndarray, lights_out: float, rise: float) -> tuple[Bout, ...]:
    """Bouts of one person's 30-s epochs (from hour 0 of the run) between two hours."""
    first, last = int(np.ceil(lights_out * 120 - 1e-6)), int(np.floor(rise * 120 + 1e-6))
    bouts: list[Bout] = []
    for k in range(first, min(last, len(epochs))):
        if epochs[k] < 0:
            continue
        name = STAGE_NAMES[int(epochs[k])]
        if not bouts or bouts[-1].stage != name:
            bouts.append(Bout((k - first) / 2.0, name))
    return tuple(bouts)


def drawn_hypnograms(result: Result, person: int = 0) -> tuple[tuple[Bout, ...], ...]:
    """The hypnogram of every row of a drawn run, naps included."""
    begin, end = result.field("lights_out")[:, person], result.field("rise")[:, person]
    return tuple(
        hypnogram(result.epochs[person], float(b), float(e))
        for b, e in zip(begin, end, strict=True)
        if np.isfinite(b)
    )
