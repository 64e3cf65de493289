"""Series for the tests of self-experiments."""

from datetime import date

import numpy as np

from somnesium.answers.selftrial.data import Reading, Series
from somnesium.answers.selftrial.noise import Noise, covariance
from somnesium.answers.selftrial.randomisation import Pairs
from somnesium.answers.selftrial.scale import Transform
from somnesium.answers.selftrial.terms import Terms

FIRST = date(2026, 3, 2)


def lasting(persistence, nights, histories, random):
    """First-order autoregression of variance one, (nights, histories)."""
    shocks = random.standard_normal((nights, histories))
    out = shocks.copy()
    for k in range(1, nights):
        out[k] = persistence * out[k - 1] + np.sqrt(1.0 - persistence**2) * shocks[k]
    return out


def series(nights=56, block=4, effect=0.0, sd=20.0, persistence=0.3, seed=1, **changes):
    """Awake-after-onset nights around 60 minutes by polysomnograph, allocated in pairs."""
    random = np.random.default_rng(seed)
    scheme = Pairs(nights, block)
    dealt = scheme(random)
    values = 60.0 + effect * dealt + sd * lasting(persistence, nights, 1, random)[:, 0]
    made = Series(
        "awake_after_onset",
        FIRST,
        dealt,
        scheme.periods(),
        np.full(nights, np.nan),
        (Reading("psg", values),),
    )
    return made._replace(**changes)


def plain_terms(readings, columns, days_matter=False):
    """Rows without instruments, weekdays or scale."""
    count = len(readings)
    names = tuple(f"column {k}" for k in range(columns.shape[1]))
    night = np.arange(count)
    return Terms(
        np.asarray(readings, float),
        columns,
        names,
        night,
        night % 7,
        np.zeros(count),
        0.0,
        Transform("plain"),
        days_matter,
    )


INDEPENDENT = (Noise(0.0, 0.0),)
__all__ = ["FIRST", "INDEPENDENT", "covariance", "lasting", "plain_terms", "series"]
