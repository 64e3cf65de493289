"""Usual intake from a few days, drawn towards what people usually eat.

The margin of usual intakes in the population is log-normal, an observed mean is normal about the
usual intake, and the posterior is summed up on a grid. The fewer days, the nearer to the margin.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from somnesium import say
from somnesium.answers.intake.adequacy import chance_below
from somnesium.answers.intake.requirements import LifeStage
from somnesium.sources import packaged_toml

STATED_USUAL_CV = 0.25
"""Coefficient of variation of what people say they usually eat, whether as a list of how often, a
typical week or mg a day (judgement#stated-usual)."""

_POINTS = 2001


class DayToDay(NamedTuple):
    """Standard deviation of one person's food magnesium from day to day [mg], and its source."""

    sd_mg: float
    source: str


class Margin(NamedTuple):
    """Usual intakes from food in the population: median [mg], log-normal sigma [1], source."""

    median_mg: float
    sigma: float
    source: str


class Usual(NamedTuple):
    """The posterior of usual intake from food: `mg` on a grid with `weights` that sum to one.

    `observed_share` is the share, 0 to 1, of the observed mean's distance from the margin's mean
    that is left; None without a margin.
    """

    mg: np.ndarray
    weights: np.ndarray
    observed_share: float | None

    @property
    def mean_mg(self) -> float:
        """Posterior mean, mg."""
        return float(self.mg @ self.weights)

    def quantile(self, share: float) -> float:
        """The intake [mg] below which the posterior holds `share`."""
        return float(np.interp(share, np.cumsum(self.weights), self.mg))


def _row_of(table: str, stage: LifeStage) -> dict[str, Any] | None:
    """The row of a life stage in a table of `reference_intakes.toml`."""
    for row in packaged_toml("reference_intakes.toml")[table]:
        if row["sex"] == stage.sex and row["age_from"] <= stage.age < row.get("age_below", 121):
            return row
    return None


def day_to_day(stage: LifeStage) -> DayToDay:
    """Pooled day-to-day standard deviation of people of this age and sex.

    The Institute pools over people, because that of one person's few days is unreliable.
    """
    row = _row_of("day_to_day", stage)
    if row is None:
        raise LookupError(f"no day-to-day standard deviation at age {say.figures(stage.age)}")
    return DayToDay(float(row["sd_mg"]), row["source"])


def margin_of(stage: LifeStage) -> Margin | None:
    """Usual intakes of people of this age and sex; None below 9 years, where none is held."""
    row = _row_of("usual", stage)
    return None if row is None else Margin(row["median_mg"], row["sigma"], row["source"])


def usual_intake(observed_mg: float, sd_mg: float, margin: Margin | None) -> Usual:
    """Posterior of usual food intake given an observed mean [mg] with standard error `sd_mg` [mg].

    Without a margin the observed mean alone counts, kept above zero.
    """
    low, high = max(observed_mg - 6.0 * sd_mg, 1e-3), observed_mg + 6.0 * sd_mg + 1.0
    if margin is not None:
        low = min(low, margin.median_mg * math.exp(-5.0 * margin.sigma))
        high = max(high, margin.median_mg * math.exp(5.0 * margin.sigma))
    # The step must resolve the narrower of the two curves.
    points = max(_POINTS, int(8.0 * (high - low) / max(sd_mg, 0.25)) + 1)
    mg = np.linspace(low, high, min(points, 100_001))
    logs = -0.5 * ((observed_mg - mg) / max(sd_mg, 1e-6)) ** 2
    if margin is not None:
        logs -= 0.5 * (np.log(mg / margin.median_mg) / margin.sigma) ** 2 + np.log(mg)
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    observed_share = None
    if margin is not None:
        mean = margin.median_mg * math.exp(0.5 * margin.sigma**2)
        variance = mean**2 * math.expm1(margin.sigma**2)
        observed_share = variance / (variance + sd_mg**2)
    return Usual(mg, weights, observed_share)


def probability_adequate(
    usual: Usual, rest_mg: float, rest_sd_mg: float, average_mg: float, requirement_sd_mg: float
) -> float:
    """Probability, 0 to 1, that usual food intake with the rest [mg] meets the own requirement.

    The requirement is normal with mean `average_mg` and standard deviation `requirement_sd_mg`,
    and independent of what is eaten.
    """
    sd = math.hypot(rest_sd_mg, requirement_sd_mg)
    z = (usual.mg + rest_mg - average_mg) / sd
    return float(np.vectorize(chance_below)(z) @ usual.weights)
