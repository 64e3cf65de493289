"""How many more nights would settle it, if the experiment went on as it is."""

from typing import NamedTuple

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

from somnesium.answers.selftrial.calibration import Likelihood
from somnesium.answers.selftrial.data import Series
from somnesium.answers.selftrial.model import Fit, Marginal, marginal, mean_noise
from somnesium.answers.selftrial.terms import Terms
from somnesium.answers.selftrial.verdict import CERTAIN, FEWEST_PERIODS, NEGLIGIBLE

LONGEST = 364
"""Nights beyond which nobody should be told to go on (judgement#a-year)."""

_CHANCE = 0.8
_PERIODS_AHEAD = (2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 364)
_BELIEFS = 401


class Needed(NamedTuple):
    """Nights more for a four in five chance of a verdict; None where a year would not do.

    `chance` is the probability of a verdict after those nights, or after the longest tried.
    """

    nights: int | None
    chance: float


def _longer(series: Series, terms: Terms, more: int, length: int) -> Terms:
    """The rows with `more` nights of the first instrument, magnesium every other period."""
    ahead = series.nights + np.arange(more)
    assigned = ((np.arange(more) // length) % 2 == 0).astype(float)
    if series.assigned[-1] == 1.0:
        assigned = 1.0 - assigned
    rows, columns = len(terms.night), len(terms.names)
    added = np.zeros((more, columns))
    added[:, 0], added[:, 1] = assigned, 1.0
    table = np.vstack([terms.columns, added])
    if "trend" in terms.names:
        night = np.concatenate([terms.night, ahead])
        table[:, terms.names.index("trend")] = night / night.max() - 0.5
    weekday = (series.first_evening.weekday() + ahead) % 7
    return terms._replace(
        readings=np.zeros(rows + more),
        columns=table,
        night=np.append(terms.night, ahead),
        weekday=np.append(terms.weekday, weekday),
        error=np.append(terms.error, np.full(more, np.median(terms.error))),
    )


def _settles(
    effects: np.ndarray, error: float, gains: tuple[float, float], sure: float, negligible: float
) -> float:
    """Chance that an estimate with standard error `error` ends in a verdict.

    `effects` are what the true effect may be, equally likely.
    """
    low, high = gains
    reach = sure * error
    beyond = norm.sf((max(high, reach) - effects) / error)
    beyond += norm.cdf((min(low, -reach) - effects) / error)
    inner = high - negligible * error, low + negligible * error
    within = 0.0
    if inner[0] > inner[1]:
        within = norm.cdf((inner[0] - effects) / error) - norm.cdf((inner[1] - effects) / error)
    return float(np.clip(np.mean(beyond + within), 0.0, 1.0))


def nights_needed(
    series: Series,
    terms: Terms,
    design: Marginal,
    fitted: Fit,
    likelihood: Likelihood,
    gains: tuple[float, float],
) -> Needed:
    """Nights more, by what the present nights say of the effect and of the noise.

    The standard error of a longer series is that of the linear model at the mean noise, widened
    by what the calibration adds now, which shrinks as the nights grow; periods go on at their
    length. An estimate: the nights to come need not be like those before.
    """
    middle = (np.arange(_BELIEFS) + 0.5) / _BELIEFS
    effects = likelihood.centre + likelihood.scale * student.ppf(middle, likelihood.freedom)
    allotted = max(series.periods, 1)
    length = max(1, round(int((series.period >= 0).sum()) / allotted))
    noise = (mean_noise(design, fitted),)
    now = marginal(terms, noise).scale[0]
    surplus = (likelihood.scale / float(fitted.sd[0])) ** 2 / now
    chance = 0.0
    for periods in _PERIODS_AHEAD:
        more = periods * length
        if more > LONGEST:
            break
        if allotted + periods < FEWEST_PERIODS:
            continue
        grown = marginal(_longer(series, terms, more, length), noise)
        share = len(terms.night) / (len(terms.night) + more)
        error = float(fitted.sd[0] * np.sqrt(grown.scale[0] * (1.0 + (surplus - 1.0) * share)))
        freedom = likelihood.freedom / share
        sure = float(student.ppf(0.5 + 0.5 * CERTAIN, freedom))
        near = float(student.ppf(0.5 + 0.5 * NEGLIGIBLE, freedom))
        chance = _settles(effects, error, gains, sure, near)
        if chance >= _CHANCE:
            return Needed(more, chance)
    return Needed(None, chance)
