"""Why nights differ without a reason we know: what lasts, what is the night's own, the day.

The covariance of readings, in units of the variance of a night: a first-order autoregression
with `persistence` from night to night, a share `fleeting` that belongs to the night alone,
exchangeable days of the week, and the instrument's error on each reading.
"""

from typing import NamedTuple

import numpy as np

from somnesium.answers.selftrial.terms import Terms

WEEKDAY_SD = 0.5
"""Prior spread of weekdays around their mean, in spreads of a night (judgement#weekday)."""


class Noise(NamedTuple):
    """Correlation of what lasts from one night to the next, and the share that does not last."""

    persistence: float
    fleeting: float


_FLOOR = 1e-6
"""Least error of a reading, so that two on one night never agree exactly (definition#numerical)."""

GRID: tuple[Noise, ...] = tuple(
    Noise(persistence, fleeting)
    for persistence in (-0.3, 0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9)
    for fleeting in (0.0, 0.3, 0.6)
    if persistence > 0.0 or fleeting == 0.0
)
"""Where the noise is integrated over, with equal weight (judgement#sleep-is-weakly-correlated)."""


def covariance(noise: Noise, terms: Terms, weekday_sd: float = WEEKDAY_SD) -> np.ndarray:
    """Covariance of the readings over the variance of a night, (rows, rows)."""
    apart = np.abs(terms.night[:, None] - terms.night[None, :])
    same = (apart == 0).astype(float)
    lasting = same if noise.persistence == 0.0 else np.power(noise.persistence, apart, dtype=float)
    out = (
        (1.0 - noise.fleeting) * lasting
        + noise.fleeting * same
        + np.diag(np.maximum(terms.error, _FLOOR))
    )
    if terms.days_matter:
        out += weekday_sd**2 * (terms.weekday[:, None] == terms.weekday[None, :])
    return out
