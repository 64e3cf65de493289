"""Sobol indices of groups of independent inputs, by the estimators of saltelli2010.

First order is the share of variance that a group's own, independent part explains by itself;
total is the share that would be left with everything else known, interactions included.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

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
    points = np.repeat(a[None], inputs.groups, axis=0)
    for group in range(inputs.groups):
        rows = inputs.group == group
        points[group, rows] = b[rows]
    return points


def sobol(
    at_a: np.ndarray, at_exchanged: np.ndarray, at_b: np.ndarray, seed: int, resamples: int = 200
) -> Sobol:
    """Indices of an output from its values at `a` and `b` (people,) and at the exchanged points
    (groups, people); half-widths by bootstrap over people. NaN where the output never differs."""
    people, groups = len(at_a), len(at_exchanged)
    if np.ptp(at_a) == 0.0 and np.ptp(at_b) == 0.0:
        return Sobol(*np.full((4, groups), np.nan))
    outputs = np.concatenate([at_a[None], at_exchanged, at_b[None]]).T.copy()
    outputs = (outputs - outputs.mean()) / outputs.std()  # centred: the estimators are biased else
    drawn = np.random.default_rng(seed).integers(people, size=(people, resamples))
    a, b = outputs[:, 0], outputs[:, -1]
    z = ndtri(0.5 + _CONFIDENCE / 2.0)
    indices = np.empty((4, groups))
    for group, ab in enumerate(outputs.T[1:-1]):
        indices[::2, group] = _first_and_total(a, ab, b)
        resampled = _first_and_total(a[drawn], ab[drawn], b[drawn])
        indices[1::2, group] = z * resampled.std(axis=-1, ddof=1)
    return Sobol(*indices)


def _first_and_total(a: np.ndarray, ab: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Both indices of one group (2, …) from values at `a`, the exchanged points and `b`, along the
    first axis; zero where nothing differs."""
    variance = np.concatenate([a, b]).var(axis=0)
    parts = np.stack([(b * (ab - a)).mean(axis=0), 0.5 * ((a - ab) ** 2).mean(axis=0)])
    differs = np.broadcast_to(variance > np.finfo(float).eps, parts.shape)
    return np.divide(parts, variance, out=np.zeros_like(parts), where=differs)
