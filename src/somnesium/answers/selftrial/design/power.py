"""How many weeks until a change would be seen, before anything is taken.

A change is seen when it is beyond chance by the measure of the analysis (`CERTAIN`). The standard
error is that of generalised least squares with AR(1) noise, beside a mean, a trend and the
weekend; the chance is that of the non-central t distribution, averaged over what we do not know
of the person's nights and over orders of the periods. The analysis does not know the noise and is
calibrated for that; what it costs is simulated (`simulated.py`) and told by `cost_of`.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit
from scipy.stats import nct

from somnesium.answers.selftrial.design.allocation import orders
from somnesium.answers.selftrial.design.spread import Spread
from somnesium.answers.selftrial.exposure import Carry, exposure
from somnesium.answers.selftrial.verdict import CERTAIN

POWER = 0.8
"""Chance of seeing a change that is wanted (judgement#power-80)."""
FEWEST_NIGHTS = 28
"""Nights below which the analysis has too little to tell noise by (judgement#four-weeks)."""
_ORDERS = 6
_MOST_WEEKS = 52
_GRID = np.linspace(-0.3, 0.9, 9)


class Layout(NamedTuple):
    """Blocks of two periods of so many nights, after a run-in.

    `half_life` [nights] is how long what is taken stays: 0 if only the same night counts.
    """

    blocks: int
    period_nights: int
    half_life: float

    @property
    def nights(self) -> int:
        """Nights of all periods."""
        return 2 * self.blocks * self.period_nights


def _covariates(layout: Layout, order: int) -> np.ndarray:
    """Columns of a drawn order: exposure, mean, trend, weekend."""
    letters = orders(order, layout.blocks)
    taken = np.repeat([float(letter == "A") for letter in letters], layout.period_nights)
    at = np.arange(len(taken))
    weekend = (at % 7 >= 5).astype(float)
    share = exposure(taken, Carry((layout.half_life,), (1.0,)))
    return np.stack([share, np.ones(len(at)), at / len(at) - 0.5, weekend], axis=1)


def _whitened(x: np.ndarray, phi: float) -> np.ndarray:
    """Columns of consecutive nights without their AR(1) correlation."""
    rest = (x[1:] - phi * x[:-1]) / np.sqrt(1.0 - phi * phi)
    return np.concatenate([x[:1], rest])


def seen_share(layout: Layout, half_life: float) -> float:
    """Share of a full effect between taking and not taking, if it lasts with `half_life` [nights].

    The mean over drawn orders of exposure on nights with minus on nights without.
    """
    shares = []
    for order in range(_ORDERS):
        taken = _covariates(layout._replace(half_life=0.0), order)[:, 0]
        share = exposure(taken, Carry((half_life,), (1.0,)))
        shares.append(share[taken == 1.0].mean() - share[taken == 0.0].mean())
    return float(np.mean(shares))


def standard_errors(layout: Layout, phi: np.ndarray) -> np.ndarray:
    """Standard error of the effect per unit of spread at each correlation, (phi).

    The mean variance over drawn orders; computed on a grid of correlations and read off between.
    """
    variances = []
    designs = [_covariates(layout, order) for order in range(_ORDERS)]
    for correlation in _GRID:
        whitened = [_whitened(x, float(correlation)) for x in designs]
        variances.append(np.mean([np.linalg.inv(a.T @ a)[0, 0] for a in whitened]))
    return np.sqrt(np.interp(phi, _GRID, variances))


def power(layout: Layout, spread: Spread, change: float) -> float:
    """Chance that a full effect of size `change`, in the units of the spread, is seen."""
    free = layout.nights - 5
    if free < 3:
        return 0.0
    shift = abs(change) / (spread.sd * standard_errors(layout, spread.phi))
    edge = stdtrit(free, 0.5 + 0.5 * CERTAIN)
    # A shift this large is seen for certain, and the distribution's series would not converge.
    chance = nct.sf(edge, free, np.minimum(shift, 30.0))
    return float(np.mean(np.where(shift > 30.0, 1.0, chance)))


def _bisected(low: float, high: float, too_high: Callable[[float], bool]) -> float:
    """Where `too_high` begins to hold between two ends, from above."""
    for _ in range(30):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if too_high(middle) else (middle, high)
    return high


def visible(layout: Layout, spread: Spread) -> float:
    """The change that is seen with `POWER` in a layout, in the units of the spread."""
    most = 40.0 * float(np.max(spread.sd))
    return _bisected(0.0, most, lambda change: not power(layout, spread, change) < POWER)


def cost_of(layout: Layout, spread: Spread, change: float, chance: float) -> float:
    """Factor on the spread with which the formula gives the simulated `chance`; 0.8 to 3."""

    def too_wide(factor: float) -> bool:
        return not power(layout, spread._replace(sd=factor * spread.sd), change) > chance

    return _bisected(0.8, 3.0, too_wide)


def fewest_blocks(period_nights: int) -> int:
    """Blocks that make two periods of each kind, and `FEWEST_NIGHTS`."""
    return max(2, -(-FEWEST_NIGHTS // (2 * period_nights)))


def best_period(lengths: Sequence[int], half_life: float, weeks: int, spread: Spread) -> Layout:
    """The layout within so many weeks whose effect is known most exactly.

    The shortest length is taken where none fits.
    """
    layouts = [Layout(max(fewest_blocks(n), 7 * weeks // (2 * n)), n, half_life) for n in lengths]
    fits = [layout for layout in layouts if layout.nights <= 7 * weeks] or layouts[:1]
    worst = [float(np.mean(standard_errors(layout, spread.phi) * spread.sd)) for layout in fits]
    return fits[int(np.argmin(worst))]


def weeks_to_see(layout: Layout, spread: Spread, change: float) -> int | None:
    """Weeks of the layout's periods until a change is seen with `POWER`; None: not in a year."""

    def seen(blocks: int) -> bool:
        return power(layout._replace(blocks=blocks), spread, change) >= POWER

    low = fewest_blocks(layout.period_nights)
    high = 7 * _MOST_WEEKS // (2 * layout.period_nights)
    if high < low or not seen(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if seen(middle) else (middle + 1, high)
    return -(-layout._replace(blocks=low).nights // 7)
