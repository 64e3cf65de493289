"""The calibrating trials lived by the body at many values of the gains; kept between runs.

Each trial is simulated as it was run: people like its own, its arms, weeks and instruments. What
was lived lies in one file a trial, named by a hash of everything it depends on, so that a stopped
calibration goes on where it was, and a changed trial is lived anew.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from somnesium.answers.trial.design import Trial
from somnesium.answers.trial.expected import expected, prepare
from somnesium.simulation.gains import from_normal

Progress = Callable[[str, int, int], None]
"""Told the trial, the points lived, and of how many."""


class _Asked(NamedTuple):
    trial: str
    points: bytes
    people: int
    seed: int
    model: str


def _name(asked: _Asked) -> str:
    """A file name that changes with whatever the numbers depend on."""
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:20] + ".npz"


def live_trial(
    trial: Trial,
    z: np.ndarray,
    *,
    people: int,
    seed: int,
    model: str,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """What a trial comes to at each point of the gains, without the response to a placebo.

    Untreated (points, endpoints) and at the last visit (points, arms, endpoints). `z` (points,
    gains) are standard normals; `model` names the version of the body; `folder` keeps what was
    lived.
    """
    asked = _Asked(trial.model_dump_json(), z.tobytes(), people, seed, model)
    path = None if folder is None else folder / _name(asked)
    if path is not None and path.is_file():
        with np.load(path, allow_pickle=False) as kept:
            return kept["baseline"], kept["post"]
    prepared = prepare(trial, people, seed)
    baseline, post = [], []
    for done, factors in enumerate(from_normal(z), start=1):
        found = expected(prepared, factors, seed, "float32")
        baseline.append(found.baseline)
        post.append(found.post[:, -1])
        if progress is not None:
            progress(trial.name, done, len(z))
    if path is not None:
        _keep(path, np.stack(baseline), np.stack(post))
    return np.stack(baseline), np.stack(post)


def _keep(path: Path, baseline: np.ndarray, post: np.ndarray) -> None:
    """Write the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(file, baseline=baseline, post=post)
    part.replace(path)
