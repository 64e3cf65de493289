"""Equal accuracy: how wrong a solver's nights are, and the loosest setting that is good enough."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

MINUTES = 0.5
"""How wrong the expected latency and duration of any night may be [min]."""
SHARE = 1e-3
"""How wrong blood magnesium at any rise may be, relative."""


class Wrong(NamedTuple):
    """The worst over persons and nights: latency or duration [min], magnesium [relative]."""

    minutes: float
    magnesium: float

    @property
    def good(self) -> bool:
        """Whether it is within the allowance; numbers that are no numbers are not."""
        return self.minutes <= MINUTES and self.magnesium <= SHARE


class Setting(NamedTuple):
    """A solver's setting as tried: what it is, how wrong, and seconds for the scored nights."""

    words: str
    options: dict[str, float]
    wrong: Wrong
    seconds: float


def wrong_by(found: Sequence[np.ndarray], truth: Sequence[np.ndarray]) -> Wrong:
    """Compare nights: per person an array (nights, 3) of latency, duration [min] and magnesium.

    The first row, whose night began before hour 0, counts for magnesium alone.
    """
    minutes = [np.abs(f - t)[1:, :2] for f, t in zip(found, truth, strict=True)]
    shares = [np.abs(f[:, 2] / t[:, 2] - 1.0) for f, t in zip(found, truth, strict=True)]
    return Wrong(
        float(max(np.max(m, initial=0.0) for m in minutes)),
        float(max(np.max(s, initial=0.0) for s in shares)),
    )


def fastest(
    ladder: Iterable[Sequence[dict[str, float]]],
    score: Callable[[dict[str, float]], Setting | None],
) -> Setting | None:
    """The fastest setting that is good enough: the first such of each flight of the ladder.

    A flight goes from loose to tight. `score` gives None where a solver gave up.
    """
    good = []
    for flight in ladder:
        for options in flight:
            setting = score(options)
            if setting is not None and setting.wrong.good:
                good.append(setting)
                break
    return min(good, key=lambda setting: setting.seconds, default=None)
