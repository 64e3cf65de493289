"""Shares of variance with intervals: the bootstrap over walks, and what we doubt.

The effects of magnesium on the body are known within a factor. Every walk is made with gains drawn
from that doubt; a group that holds doubtful gains has a part of the variance that follows them, in
first order with their square. So its part is told as a quadratic in the walk's doubt, and an
interval draws a doubt and resamples the walks together.
"""

from typing import NamedTuple

import numpy as np

_INNER, _OUTER = 0.05, 0.95
_CHUNK = 50
"""Resamples whose sums are made at once."""


class Shares(NamedTuple):
    """Shares of the `variance` of one output, (groups,), at the typical doubt (zero).

    `resampled` and `sampled` (resamples, groups) are shares drawn again: with chance of drawing
    and our doubts, and with chance alone.
    """

    share: np.ndarray
    resampled: np.ndarray
    sampled: np.ndarray
    variance: float

    @property
    def interval(self) -> np.ndarray:
        """90 % intervals (2, groups) that hold chance and our doubts."""
        return interval90(self.resampled)

    @property
    def sampling(self) -> np.ndarray:
        """90 % intervals (2, groups) that hold chance alone."""
        return interval90(self.sampled)


def interval90(drawn: np.ndarray) -> np.ndarray:
    """The middle 90 % of draws along the first axis: (2, …), undefined ones (NaN) left out.

    With few walks a draw may leave no variance at all to share; NaN where no draw is defined.
    """
    if np.isnan(drawn).all():
        return np.full((2, *drawn.shape[1:]), np.nan)
    return np.nanquantile(drawn, [_INNER, _OUTER], axis=0)


def _terms(doubt: np.ndarray) -> np.ndarray:
    """One, the doubt, and its square: (walks, 3)."""
    return np.stack([np.ones_like(doubt), doubt, doubt**2], axis=1)


def _at(
    parts: np.ndarray,
    terms: np.ndarray,
    doubtful: np.ndarray,
    weight: np.ndarray,
    doubts: np.ndarray,
) -> np.ndarray:
    """Each group's part of the variance at the doubts: (resamples, groups).

    `weight` (resamples, walks) counts how often each walk was drawn; `doubts` is one a resample.
    """
    total = weight.sum(axis=1)
    found = (weight @ parts) / total[:, None]
    if doubtful.any() and np.ptp(terms[:, 1]) > 0.0:
        normal = np.einsum("rw,wi,wj->rij", weight, terms, terms, optimize=True)
        right = np.einsum("rw,wi,wg->rig", weight, terms, parts[:, doubtful], optimize=True)
        slopes = np.linalg.solve(normal, right)
        # A part of a variance is never negative, but a fitted curve can be.
        found[:, doubtful] = np.maximum(np.einsum("ri,rig->rg", _terms(doubts), slopes), 0.0)
    return found


def shares(
    parts: np.ndarray, doubt: np.ndarray, doubtful: np.ndarray, seed: int, resamples: int = 500
) -> Shares:
    """Shares of one output from the walks' `parts` (walks, groups).

    `doubt` (walks,) is each walk's doubt in standard deviations and `doubtful` (groups,) says
    whose part depends on it. Doubts of an interval are those of walks, drawn at random.
    """
    walks = len(parts)
    terms = _terms(doubt)
    draw = np.random.default_rng(seed)
    plain = _at(parts, terms, doubtful, np.ones((1, walks)), np.zeros(1))[0]
    both, sampling = [], []
    for begin in range(0, resamples, _CHUNK):
        count = min(_CHUNK, resamples - begin)
        weight = draw.multinomial(walks, np.full(walks, 1.0 / walks), size=count).astype(float)
        drawn = draw.choice(doubt, count)
        both.append(_normed(_at(parts, terms, doubtful, weight, drawn)))
        sampling.append(_normed(_at(parts, terms, doubtful, weight, np.zeros(count))))
    return Shares(
        share=_normed(plain[None])[0],
        resampled=np.concatenate(both),
        sampled=np.concatenate(sampling),
        variance=float(plain.sum()),
    )


def _normed(parts: np.ndarray) -> np.ndarray:
    """Parts over their sum; NaN where nothing differs."""
    total = parts.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0.0, parts / total, np.nan)
