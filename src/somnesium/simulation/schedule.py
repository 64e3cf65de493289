"""Sorted events, as the engine reads them."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

__all__ = ["Events", "merge"]


class Events(NamedTuple):
    """Sorted events: time [h from the start of the time line], channel, value."""

    time: np.ndarray
    channel: np.ndarray
    value: np.ndarray


def merge(*parts: Iterable) -> Events:
    """Sort events by time, channel and value."""
    rows = sorted(event for part in parts for event in part)
    times, channels, values = zip(*rows, strict=True) if rows else ((), (), ())
    return Events(
        np.array(times, float), np.array(channels, np.int64), np.array(values, float)
    )
