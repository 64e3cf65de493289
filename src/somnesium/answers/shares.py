"""Shares of people, and the error of having drawn only so many of them."""

import math

Z90 = 1.645
"""Half width of a 90 % interval in standard deviations (source: definition)."""


def wilson(share: float, people: float) -> tuple[float, float]:
    """90 % interval of a share, 0 to 1, seen in so many people (wilson1927)."""
    z2 = Z90**2
    middle = (share + z2 / (2.0 * people)) / (1.0 + z2 / people)
    root = math.sqrt(share * (1.0 - share) / people + z2 / (4.0 * people**2))
    side = Z90 * root / (1.0 + z2 / people)
    return max(0.0, middle - side), min(1.0, middle + side)
