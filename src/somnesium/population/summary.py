"""Distributions of a population while it streams: mergeable sketches in fixed bins.

A sketch holds, for every cell of people, how the weight of a measure falls into fixed bins, with
exact numbers, mean, spread and extremes beside. Sketches of files are merged in the order of the
files, so the summary does not depend on how, where or in how many pieces they were computed.
Cells are disjoint (age band × sex × insomnia); a group of people is a sum of cells.

A quantile is interpolated within its bin: it is right to the width of the bin, or, outside the
bins, lies between the last bin's edge and the extreme found.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numba import njit

from somnesium.population.cells import CELLS, cells_of
from somnesium.population.columns import DIFFERENCE, MEASURES
from somnesium.population.covariates import WORDS, Table

BINS = 480
"""Bins between the edges of a grid; one more on each side takes what lies beyond."""

QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
"""Quantiles told."""


class Grid(NamedTuple):
    """Where the bins of a measure begin and end, in its unit."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """Width of a bin: the resolution of a quantile."""
        return (self.high - self.low) / BINS


GRIDS: dict[str, tuple[Grid, Grid]] = {
    "latency": (Grid(0.0, 240.0), Grid(-60.0, 60.0)),
    "duration": (Grid(0.0, 960.0), Grid(-120.0, 120.0)),
    "awake_after_onset": (Grid(0.0, 480.0), Grid(-120.0, 120.0)),
    "efficiency": (Grid(0.0, 120.0), Grid(-30.0, 30.0)),
    "n1": (Grid(0.0, 240.0), Grid(-60.0, 60.0)),
    "n2": (Grid(0.0, 480.0), Grid(-60.0, 60.0)),
    "slow_wave": (Grid(0.0, 240.0), Grid(-60.0, 60.0)),
    "rem": (Grid(0.0, 240.0), Grid(-60.0, 60.0)),
    "awakenings": (Grid(0.0, 120.0), Grid(-30.0, 30.0)),
    "rem_latency": (Grid(0.0, 480.0), Grid(-120.0, 120.0)),
    "heart_rate": (Grid(30.0, 150.0), Grid(-30.0, 30.0)),
    "rmssd": (Grid(0.0, 240.0), Grid(-60.0, 60.0)),
    "cortisol": (Grid(0.0, 960.0), Grid(-120.0, 120.0)),
    "melatonin_peak": (Grid(0.0, 2400.0), Grid(-600.0, 600.0)),
    "serum_magnesium": (Grid(0.4, 1.6), Grid(-0.24, 0.24)),
    "tissue_magnesium": (Grid(0.0, 240.0), Grid(-24.0, 24.0)),
    "sleepiness": (Grid(0.0, 12.0), Grid(-6.0, 6.0)),
}
"""Grid of each measure's values, and of its differences between worlds."""


class Key(NamedTuple):
    """What a sketch is of: `nights`, or the `means` of persons; in which world; which measure."""

    of: str
    world: str
    measure: str


class Sketch(NamedTuple):
    """Weight in each bin (cells, BINS + 2), and per cell: number, weight, mean, sum of squared
    deviations, least and most."""

    bins: np.ndarray
    number: np.ndarray
    weight: np.ndarray
    mean: np.ndarray
    square: np.ndarray
    low: np.ndarray
    high: np.ndarray


Summary = Mapping[Key, Sketch]
"""Every sketch of some people."""


def _grid(key: Key) -> Grid:
    return GRIDS[key.measure][key.world == DIFFERENCE]


def sketch(key: Key, values: np.ndarray, weights: np.ndarray, cells: np.ndarray) -> Sketch:
    """Sketch values (n) of weight (n) in cells (n, numbers below CELLS); NaN is left out."""
    grid = _grid(key)
    found = Sketch(
        bins=np.zeros((CELLS, BINS + 2)),
        number=np.zeros(CELLS, np.int64),
        weight=np.zeros(CELLS),
        mean=np.zeros(CELLS),
        square=np.zeros(CELLS),
        low=np.full(CELLS, np.inf),
        high=np.full(CELLS, -np.inf),
    )
    _fill(found, values, weights, cells, grid.low, grid.width)
    return found


@njit(cache=True)
def _fill(found, values, weights, cells, low, width):  # noqa: ANN001, ANN202 - compiled
    """Add values to an empty sketch, in order: first the sums, then the squares about the mean."""
    for k in range(len(values)):
        value, weight, cell = float(values[k]), weights[k], cells[k]
        if not np.isfinite(value):
            continue
        at = min(max(np.floor((value - low) / width), -1.0), float(BINS))
        found.bins[cell, int(at) + 1] += weight
        found.number[cell] += 1
        found.weight[cell] += weight
        found.mean[cell] += weight * value
        found.low[cell] = min(found.low[cell], value)
        found.high[cell] = max(found.high[cell], value)
    for cell in range(CELLS):
        if found.weight[cell] > 0.0:
            found.mean[cell] /= found.weight[cell]
    for k in range(len(values)):
        value, weight, cell = float(values[k]), weights[k], cells[k]
        if np.isfinite(value):
            found.square[cell] += weight * (value - found.mean[cell]) ** 2


def merge(a: Sketch, b: Sketch) -> Sketch:
    """The sketch of both, a before b (means and squares by Chan's pairwise update)."""
    weight = a.weight + b.weight
    share = b.weight / np.where(weight > 0.0, weight, 1.0)
    apart = b.mean - a.mean
    return Sketch(
        bins=a.bins + b.bins,
        number=a.number + b.number,
        weight=weight,
        mean=a.mean + apart * share,
        square=a.square + b.square + apart**2 * a.weight * share,
        low=np.minimum(a.low, b.low),
        high=np.maximum(a.high, b.high),
    )


def merge_all(first: Summary, second: Summary) -> Summary:
    """The sketches of both, key by key, the first before the second."""
    return {
        key: merge(first[key], second[key])
        if key in first and key in second
        else first.get(key) or second[key]
        for key in dict.fromkeys((*first, *second))
    }


def summarise(nights: Table, persons: Table) -> Summary:
    """Sketches of a file's nights and of its persons' means; naps are left out."""
    cells, weights = cells_of(persons), persons["weight"].astype(float)
    of = np.searchsorted(persons["person"], nights["person"])
    worlds = WORDS["world"][: nights["world"].max() + 1]
    there = [(nights["world"] == k) & ~nights["nap"] for k in range(len(worlds))]
    sketches = {}
    for name in MEASURES:
        for world, rows in zip(worlds, there, strict=True):
            key = Key("nights", world, name)
            sketches[key] = sketch(key, nights[name][rows], weights[of[rows]], cells[of[rows]])
    for world in (*worlds, DIFFERENCE):
        for name in MEASURES:
            if f"{name}_{world}" in persons:
                key = Key("means", world, name)
                sketches[key] = sketch(key, persons[f"{name}_{world}"], weights, cells)
    return sketches


class Distribution(NamedTuple):
    """How a measure is spread over a group: number of values, weighted mean, SD and quantiles."""

    number: int
    mean: float
    sd: float
    quantiles: tuple[float, ...]


def distribution(key: Key, whole: Sketch, members: np.ndarray) -> Distribution | None:
    """The distribution over the cells in `members` (booleans, CELLS); None if nobody is there."""
    cells = [int(c) for c in np.flatnonzero(members) if whole.weight[c] > 0.0]
    if not cells:
        return None
    part = _pooled(whole, cells)
    spread = float(np.sqrt(part.square[0] / part.weight[0]))
    return Distribution(
        number=int(part.number[0]),
        mean=float(part.mean[0]),
        sd=spread,
        quantiles=tuple(_quantiles(_grid(key), part)),
    )


def _pooled(whole: Sketch, cells: list[int]) -> Sketch:
    """The sketch of some cells as one."""
    first, *rest = (Sketch(*(values[[c]] for values in whole)) for c in cells)
    for one in rest:
        first = merge(first, one)
    return first


def _quantiles(grid: Grid, part: Sketch) -> Iterator[float]:
    """Interpolated within bins, whose edges are held within the extremes."""
    low, high = part.low[0], part.high[0]
    edges = grid.low + grid.width * np.arange(BINS + 1)
    edges = np.clip(np.concatenate([[low], edges, [high]]), low, high)
    below = np.concatenate([[0.0], np.cumsum(part.bins[0])])
    for share in QUANTILES:
        wanted = share * below[-1]
        k = int(np.clip(np.searchsorted(below, wanted, "left") - 1, 0, BINS + 1))
        inside = (wanted - below[k]) / (below[k + 1] - below[k]) if below[k + 1] > below[k] else 0.0
        yield float(edges[k] + inside * (edges[k + 1] - edges[k]))
