"""Differences between two arms with their sampling variances, from what trials print.

A difference is arm minus control, in the unit of the outcome (mean differences) or in standard
deviations between people (standardised). higgins2019 is the Cochrane Handbook, chapters 6 and 23.
"""

import math
from typing import NamedTuple

from scipy import special, stats

from somnesium.errors import InvalidInput


class Effect(NamedTuple):
    """A difference `yi` and its sampling variance `vi`, the unit squared."""

    yi: float
    vi: float


def _spread(field: str, sd: float) -> float:
    if not (math.isfinite(sd) and sd > 0.0):
        raise InvalidInput.field(field, sd, "a standard deviation above 0")
    return sd


def _people(field: str, n: float) -> float:
    if not (math.isfinite(n) and n >= 2):
        raise InvalidInput.field(field, n, "two people or more")
    return n


def _correlation(r: float) -> float:
    if not -1.0 < r < 1.0:
        raise InvalidInput.field("correlation", r, "a number between −1 and 1")
    return r


def mean_difference(
    mean: float, sd: float, n: float, control_mean: float, control_sd: float, control_n: float
) -> Effect:
    """Difference of the means of two groups, in the unit of the outcome; spreads may differ.

    `n` may be a fraction where a control group is shared between arms.
    """
    vi = _spread("sd", sd) ** 2 / _people("n", n)
    vi += _spread("control_sd", control_sd) ** 2 / _people("control_n", control_n)
    return Effect(mean - control_mean, vi)


def small_sample_factor(df: float) -> float:
    """Hedges' factor J that takes the small-sample bias from a standardised difference, exactly.

    Γ(m/2) / (√(m/2) Γ((m−1)/2)) at m = `df` degrees of freedom, above 1 (hedges1981).
    """
    if not df > 1.0:
        raise InvalidInput.field("degrees of freedom", df, "more than 1")
    return math.exp(
        special.gammaln(df / 2) - 0.5 * math.log(df / 2) - special.gammaln((df - 1) / 2)
    )


def sd_of_change(baseline_sd: float, post_sd: float, correlation: float) -> float:
    """Standard deviation of a change, from those before and after and their correlation."""
    before, after = _spread("baseline_sd", baseline_sd), _spread("post_sd", post_sd)
    variance = before**2 + after**2 - 2 * _correlation(correlation) * before * after
    return math.sqrt(variance)


def crossover_difference(
    mean: float, sd: float, control_mean: float, control_sd: float, n: float, correlation: float
) -> Effect:
    """Difference within the same `n` people, from both periods' figures and their correlation.

    elbourne2002. A trial analysed as if its periods were two groups has correlation 0.
    """
    spread = sd_of_change(sd, control_sd, correlation)
    return Effect(mean - control_mean, spread**2 / _people("n", n))


def standardise(effect: Effect, sd: float, people: float) -> Effect:
    """A difference of `people` in all, in standard deviations `sd` between them.

    For adjusted differences and changes, whose own spread is not that between people; the doubt of
    `sd` is added, g²/2n.
    """
    factor = small_sample_factor(_people("people", people) - 2) if people > 3 else 1.0
    yi = factor * effect.yi / _spread("sd", sd)
    return Effect(yi, factor**2 * effect.vi / sd**2 + yi**2 / (2 * people))


def _reach(chance: float, df: float | None) -> float:
    """How many standard errors a two-sided `chance` is away, by t or, without `df`, normal."""
    return float(stats.norm.isf(chance / 2) if df is None else stats.t.isf(chance / 2, df))


def se_from_interval(
    low: float, high: float, df: float | None = None, level: float = 0.95
) -> float:
    """Standard error of a mean or difference from its confidence interval."""
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise InvalidInput.field("interval", (low, high), "a lower end below the upper one")
    return (high - low) / (2 * _reach(1 - level, df))


def se_from_p(difference: float, p: float, df: float | None = None) -> float:
    """Standard error from a two-sided p of the difference; p must be exact, not "below"."""
    if not 0.0 < p < 1.0:
        raise InvalidInput.field("p", p, "above 0 and below 1")
    if difference == 0.0 or not math.isfinite(difference):
        raise InvalidInput.field("difference", difference, "a number other than 0")
    return abs(difference) / _reach(p, df)
