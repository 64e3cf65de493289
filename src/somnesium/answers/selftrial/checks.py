"""Does the model fit these nights: left-over correlation, shape, spread by arm, missing nights."""

import numpy as np
from scipy.stats import chi2, fisher_exact

from somnesium.answers.selftrial.data import Series
from somnesium.answers.selftrial.model import Fit, Marginal, fit, left_over
from somnesium.answers.selftrial.noise import covariance
from somnesium.answers.selftrial.tails import innovations
from somnesium.answers.selftrial.terms import Terms
from somnesium.person.document import Document, Number

_LAGS = 7
_DRAWS = 400
_DOUBT = 0.01


class Check(Document):
    """One check: what it looks at, its p value, and whether it passes (p of 0.01 or more)."""

    name: str
    about: str
    p: Number
    passed: bool


def _correlation(left: np.ndarray) -> float:
    """p value of Ljung and Box over a week of lags."""
    count, centred = len(left), left - left.mean()
    lags = min(_LAGS, count // 4)
    whole = np.square(centred).sum()
    each = [(centred[k:] @ centred[:-k] / whole) ** 2 / (count - k) for k in range(1, lags + 1)]
    return float(chi2.sf(count * (count + 2) * sum(each), lags))


def _features(readings: np.ndarray, exposed: np.ndarray) -> np.ndarray:
    """What drawn and real histories are compared by, (features, histories).

    Excess of the farthest reading, asymmetry, and log ratio of the spreads of the two arms.
    """
    centred = readings - readings.mean(axis=0)
    spread = centred.std(axis=0)
    far = np.abs(centred).max(axis=0) / spread
    skew = np.power(centred / spread, 3).mean(axis=0)
    arms = np.log(readings[exposed].std(axis=0) / readings[~exposed].std(axis=0))
    return np.stack([far, skew, arms])


def _drawn(terms: Terms, design: Marginal, fitted: Fit, seed: int) -> np.ndarray:
    """Left-overs of histories drawn from the posterior predictive, (rows, draws)."""
    random = np.random.Generator(np.random.Philox(key=seed))
    which = random.choice(len(design.grid), _DRAWS, p=fitted.probability[:, 0])
    histories = np.empty((len(terms.readings), _DRAWS))
    for noise in np.unique(which):
        lower = np.linalg.cholesky(covariance(design.grid[noise], terms))
        places = np.flatnonzero(which == noise)
        drawn = lower @ random.standard_normal((len(lower), len(places)))
        histories[:, places] = drawn - terms.columns @ (design.weights[noise] @ drawn)
    return histories


def _missing(series: Series) -> float:
    """p value of nights being missed in one arm more than in the other."""
    on, measured = series.assigned == 1.0, series.measured
    table = [[int((arm & night).sum()) for night in (measured, ~measured)] for arm in (on, ~on)]
    return float(np.asarray(fisher_exact(table))[1])


def checks(series: Series, terms: Terms, design: Marginal, seed: int = 1) -> tuple[Check, ...]:
    """Every check. Posterior predictive p values by 400 drawn histories.

    Two-sided, but for the farthest night, which can only be too far.
    """
    fitted = fit(design, terms.readings)
    exposed = terms.columns[:, 0] >= 0.5
    results = [
        (
            "correlation",
            "nights left unexplained by the nights before",
            _correlation(innovations(terms, design, fitted)),
        )
    ]
    if min(exposed.sum(), (~exposed).sum()) > 2:
        # Makes readings of unlike instruments and wild nights comparable, (rows, 1).
        even = 1.0 / np.sqrt(1.0 + terms.error)[:, None]
        real = _features(even * left_over(terms, design, fitted)[0][:, None], exposed)
        drawn = _features(even * _drawn(terms, design, fitted, seed), exposed)
        above = ((drawn >= real).sum(axis=1) + 1.0) / (_DRAWS + 2.0)
        two = np.minimum(1.0, 2.0 * np.minimum(above, 1.0 - above))
        results += [
            ("extremes", "the farthest night", float(above[0])),
            ("asymmetry", "nights leaning to one side", float(two[1])),
            ("spread", "spread with and without", float(two[2])),
        ]
    results.append(("missing", "nights missed with and without", _missing(series)))
    return tuple(
        Check(name=name, about=about, p=p, passed=p >= _DOUBT) for name, about, p in results
    )
