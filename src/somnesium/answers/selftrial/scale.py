"""The scale on which nights are compared: as they are, or skewed measures on a log or root."""

from typing import NamedTuple

import numpy as np

_OFFSET = 5.0
"""Minutes added before a logarithm, so that a latency of 0 can be told (judgement#latency-log)."""

_MOST_LOG = 700.0
"""Logarithm beyond which minutes are told as infinite (definition#largest-number)."""


class Transform(NamedTuple):
    """A way to write minutes: `name` is plain, log (of minutes plus 5) or root."""

    name: str

    def of(self, minutes: np.ndarray | float) -> np.ndarray:
        """Minutes as numbers of this scale; below zero counts as zero where it must."""
        values = np.asarray(minutes, float)
        if self.name == "log":
            return np.log(np.maximum(values, 0.0) + _OFFSET)
        return np.sqrt(np.maximum(values, 0.0)) if self.name == "root" else values

    def minutes(self, values: np.ndarray | float) -> np.ndarray:
        """Numbers of this scale as minutes again; on log and root never below zero."""
        numbers = np.asarray(values, float)
        if self.name == "log":
            bounded = np.where(numbers > _MOST_LOG, np.inf, numbers)
            return np.maximum(np.exp(bounded) - _OFFSET, 0.0)
        return np.maximum(numbers, 0.0) ** 2 if self.name == "root" else numbers

    def change(self, effect: np.ndarray | float, baseline: float) -> np.ndarray:
        """An effect on this scale as a change in minutes from a `baseline` in minutes."""
        return self.minutes(self.of(baseline) + np.asarray(effect, float)) - self.minutes(
            self.of(baseline)
        )

    def effect(self, change: float, baseline: float) -> float:
        """A change in minutes from a `baseline` as an effect on this scale."""
        return float(self.of(baseline + change) - self.of(baseline))

    def spread(self, sd: np.ndarray | float, baseline: float) -> np.ndarray:
        """A small standard deviation in minutes, on this scale, around a `baseline`."""
        at = max(baseline, 0.0)
        steep = {"log": 1.0 / (at + _OFFSET), "root": 0.5 / np.sqrt(max(at, 1.0))}
        return np.asarray(sd, float) * steep.get(self.name, 1.0)


SCALES = ("plain", "log", "root")
"""The scales that can be asked for."""
