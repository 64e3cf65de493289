"""Does a person's usual intake meet their own requirement? The Institute of Medicine's method.

From a few days neither usual intake nor the person's requirement is known, but the difference
between the observed mean and the average requirement is, with its standard deviation. Sources:
iom2000 (pages 52 to 61 and appendix B). Made for intakes that are roughly normal from day to day.
"""

import math
from typing import NamedTuple

from somnesium.quantity import require_finite

Z_SURE = 2.0
"""Standard deviations at which the Institute is sure, 97.5 % (iom2000: 1.96, rounded)."""


class Difference(NamedTuple):
    """Observed mean less the reference [mg], its standard deviation [mg], their ratio, and the
    confidence, 0 to 1, that usual intake is above what it is compared with."""

    difference_mg: float
    sd_mg: float
    z: float
    confidence: float


def chance_below(z: float) -> float:
    """The standard normal distribution at `z`."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def standard_deviation_of_difference(
    requirement_sd_mg: float, day_to_day_sd_mg: float, days: float
) -> float:
    """Standard deviation [mg] of observed mean intake less requirement; source: iom2000.

    The root of the variance of requirements and the day-to-day variance over the number of days.
    `InvalidInput` unless both are zero or more, not both zero, and there is at least one day.
    """
    require_finite("requirement_sd_mg", requirement_sd_mg, 0.0, 1e6, "mg")
    require_finite("day_to_day_sd_mg", day_to_day_sd_mg, 0.0, 1e6, "mg")
    require_finite("days", days, 1.0, 1e6, "days")
    sd = math.hypot(requirement_sd_mg, day_to_day_sd_mg / math.sqrt(days))
    require_finite("standard deviation", sd, 1e-9, 2e6, "mg")
    return sd


def difference(mean_mg: float, reference_mg: float, sd_mg: float) -> Difference:
    """Compare an observed mean [mg] with a reference [mg]; `sd_mg` is that of the difference.

    With the average requirement as reference the confidence is that intake is adequate. With an
    adequate intake it is only that usual intake exceeds it: below one, nothing follows.
    """
    require_finite("sd_mg", sd_mg, 1e-9, 2e6, "mg")
    gap = mean_mg - reference_mg
    return Difference(gap, sd_mg, gap / sd_mg, chance_below(gap / sd_mg))


def intake_for_confidence(average_mg: float, sd_mg: float, z: float = Z_SURE) -> float:
    """Observed mean [mg] from which usual intake is adequate with the confidence of `z`."""
    return average_mg + z * sd_mg


def clear_deficit_below(average_mg: float, sd_mg: float, z: float = Z_SURE) -> float:
    """Observed mean [mg] below which intake is clearly inadequate; never below zero."""
    return max(0.0, average_mg - z * sd_mg)
