"""Sobol indices of groups of independent inputs, by SALib.

First order is the share of variance that a group's own, independent part explains by itself;
total is the share that would be left with everything else known, interactions included.
"""

from typing import NamedTuple

import numpy as np

from somnesium.answers.attribution.shapley import Gaussian

_CONFIDENCE = 0.9


class Sobol(NamedTuple):
    """Indices (groups,) of one output with half-widths of their 90 % intervals."""

    first: np.ndarray
    first_half: np.ndarray
    total: np.ndarray
    total_half: np.ndarray


def exchanged(inputs: Gaussian, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Points that differ from `a` in one group taken from `b`: (groups, inputs, people).

    `a` and `b` (inputs, people) are independent normals, before they are mixed; so are the points.
    """
    found = np.repeat(a[None], inputs.groups, axis=0)
    for group in range(inputs.groups):
        rows = inputs.group == group
        found[group, rows] = b[rows]
    return found


def sobol(
    at_a: np.ndarray, at_exchanged: np.ndarray, at_b: np.ndarray, seed: int, resamples: int = 200
) -> Sobol:
    """Indices of an output from its values at `a` and `b` (people,) and at the exchanged points
    (groups, people); half-widths by bootstrap over people. NaN where the output never differs."""
    from SALib.analyze.sobol import analyze

    groups = len(at_exchanged)
    if np.ptp(at_a) == 0.0 and np.ptp(at_b) == 0.0:
        nothing = np.full(groups, np.nan)
        return Sobol(nothing, nothing, nothing, nothing)
    names = [f"x{k}" for k in range(groups)]
    problem = {"num_vars": groups, "names": names, "bounds": [[0.0, 1.0]] * groups}
    # SALib's order: for each person a, then the exchanged points, then b.
    ordered = np.concatenate([at_a[None], at_exchanged, at_b[None]]).T.reshape(-1)
    found = analyze(
        problem,
        ordered,
        calc_second_order=False,
        num_resamples=resamples,
        conf_level=_CONFIDENCE,
        seed=seed,
    )
    first, first_half, total, total_half = (
        np.asarray(found[key], float) for key in ("S1", "S1_conf", "ST", "ST_conf")
    )
    return Sobol(first, first_half, total, total_half)
