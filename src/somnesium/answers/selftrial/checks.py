"""Does the model fit these nights: left-over correlation, shape, spread by arm, missing nights."""

from typing import NamedTuple

import numpy as np
from scipy.stats import chi2, fisher_exact

from somnesium.answers.selftrial.data import Series
from somnesium.answers.selftrial.model import Fit, Marginal, fit
from somnesium.answers.selftrial.noise import covariance
from somnesium.answers.selftrial.tails import innovations
from somnesium.answers.selftrial.terms import Terms

_LAGS = 7
_DRAWS = 400
_DOUBT = 0.01


class Check(NamedTuple):
    """One check: what it looks at, its p value, and whether it passes (p of 0.01 or more)."""

    name: str
    about: str
    p: float
    passed: bool


def _correlation(left: np.ndarray) -> float:
    """p value of Ljung and Box over a week of lags."""
    count, centred = len(left), left - left.mean()
    lags = min(_LAGS, count // 4)
    whole = np.square(centred).sum()
    each = [(centred[k:] @ centred[:-k] / whole) ** 2 / (count - k) for k in range(1, lags + 1)]
    return float(chi2.sf(count * (count + 2) * sum(each), lags))


def _features(readings: np.ndarray, given: np.ndarray) -> np.ndarray:
    """What drawn and real histories are compared by, (features, histories).

    Excess of the farthest reading, asymmetry, and log ratio of the spreads of the two arms.
    """
    centred = readings - readings.mean(axis=0)
    spread = centred.std(axis=0)
    far = np.abs(centred).max(axis=0) / spread
    skew = np.power(centred / spread, 3).mean(axis=0)
    arms = np.log(readings[given].std(axis=0) / readings[~given].std(axis=0))
    return np.stack([far, skew, arms])


def _even(terms: Terms) -> np.ndarray:
    """What makes readings of unlike instruments and wild nights comparable, (rows, 1)."""
    return 1.0 / np.sqrt(1.0 + terms.error)[:, None]


def _drawn(terms: Terms, design: Marginal, found: Fit, seed: int) -> np.ndarray:
    """Left-overs of histories drawn from the posterior predictive, (rows, draws)."""
    random = np.random.Generator(np.random.Philox(key=seed))
    which = random.choice(len(design.grid), _DRAWS, p=found.probability[:, 0])
    out = np.empty((len(terms.readings), _DRAWS))
    for noise in np.unique(which):
        lower = np.linalg.cholesky(covariance(design.grid[noise], terms))
        places = np.flatnonzero(which == noise)
        drawn = lower @ random.standard_normal((len(lower), len(places)))
        out[:, places] = drawn - terms.columns @ (design.weights[noise] @ drawn)
    return out


def _missing(series: Series) -> float:
    """p value of nights being missed in one arm more than in the other."""
    on, seen = series.assigned == 1.0, series.measured
    table = [
        [int((on & seen).sum()), int((on & ~seen).sum())],
        [int((~on & seen).sum()), int((~on & ~seen).sum())],
    ]
    return float(np.asarray(fisher_exact(table))[1])


def checks(series: Series, terms: Terms, design: Marginal, seed: int = 1) -> tuple[Check, ...]:
    """Every check. Posterior predictive p values by 400 drawn histories.

    Two-sided, but for the farthest night, which can only be too far.
    """
    found = fit(design, terms.readings)
    best = int(found.probability[:, 0].argmax())
    left = terms.readings - terms.columns @ (design.weights[best] @ terms.readings)
    given = terms.columns[:, 0] >= 0.5
    seen = [
        (
            "correlation",
            "nights left unexplained by the nights before",
            _correlation(innovations(terms, design, found)),
        )
    ]
    if min(given.sum(), (~given).sum()) > 2:
        even = _even(terms)
        real = _features(even * left[:, None], given)
        drawn = _features(even * _drawn(terms, design, found, seed), given)
        above = ((drawn >= real).sum(axis=1) + 1.0) / (_DRAWS + 2.0)
        told = ("the farthest night", "nights leaning to one side", "spread with and without")
        names = ("extremes", "asymmetry", "spread")
        two = np.minimum(1.0, 2.0 * np.minimum(above, 1.0 - above))
        two[0] = above[0]
        seen += [(names[k], told[k], float(two[k])) for k in range(3)]
    seen.append(("missing", "nights missed with and without", _missing(series)))
    return tuple(Check(name, about, p, p >= _DOUBT) for name, about, p in seen)
