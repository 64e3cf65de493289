"""Wild nights: where a few are far from all others, they count for less.

Nights with heavier tails than the normal's are a normal whose variance is drawn anew each night
(a scale mixture, the Student t). Given the variances the model stays exact, so wild nights get
theirs by a few rounds of expectation and maximisation, and only where a t with four degrees of
freedom fits the left-overs clearly better than a normal.
"""

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

from somnesium.answers.selftrial.model import Fit, Marginal, fit, left_over, marginal
from somnesium.answers.selftrial.noise import covariance
from somnesium.answers.selftrial.terms import Terms

_FREEDOM = 4.0
"""Degrees of freedom of the nights' t, where there are wild nights (judgement#as-usual)."""
_CLEARLY = 3.0
"""Log likelihood by which the t must be better (judgement#twenty-to-one)."""
_ROUNDS = 3


def innovations(terms: Terms, design: Marginal, fitted: Fit) -> np.ndarray:
    """What each reading adds to those before it, in its own standard deviations, (rows,).

    Under the most probable noise; they are independent and standard normal if the model holds.
    """
    left, noise = left_over(terms, design, fitted)
    order = np.argsort(terms.night, kind="stable")
    cover = covariance(noise, terms)[np.ix_(order, order)]
    white = np.linalg.solve(np.linalg.cholesky(cover), left[order])
    added = np.empty(len(white))
    added[order] = white * np.sqrt((len(white) - 1.0) / np.square(white).sum())
    return added


def _heavier(left: np.ndarray) -> bool:
    """Whether left-overs of mean square one fit the t clearly better than the normal."""
    scales = np.linspace(0.4, 1.1, 15)
    wild = [(student.logpdf(left / s, _FREEDOM) - np.log(s)).sum() for s in scales]
    return max(wild) - norm.logpdf(left).sum() > _CLEARLY


def _plain_left(plain: Terms, terms: Terms, design: Marginal, fitted: Fit) -> np.ndarray:
    """Left-overs of the tamed fit in units of an untamed night, (rows,)."""
    left, noise = left_over(terms, design, fitted)
    white = np.linalg.solve(np.linalg.cholesky(covariance(noise, plain)), left)
    return white / max(float(fitted.sd[0]), 1e-12)


def tamed(terms: Terms, design: Marginal) -> tuple[Terms, Marginal, int]:
    """The same rows with wild readings given a larger error, and how many those are.

    Where no night is wild, the very same terms and design, and 0.
    """
    left = innovations(terms, design, fit(design, terms.readings))
    if not _heavier(left):
        return terms, design, 0
    plain, weight = terms, np.ones(len(left))
    extra = np.zeros(len(left))
    for _ in range(_ROUNDS):
        core = np.sqrt(np.average(np.square(left), weights=weight) * weight.mean())
        weight = (_FREEDOM + 1.0) / (_FREEDOM + np.square(left / max(core, 1e-9)))
        extra = np.maximum(1.0 / weight - 1.0, 0.0)
        terms = plain._replace(error=plain.error + extra)
        design = marginal(terms, design.grid)
        left = _plain_left(plain, terms, design, fit(design, terms.readings))
    return terms, design, int((extra > 1.0).sum())
