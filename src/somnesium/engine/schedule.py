"""Sorted events, as the engine reads them."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np


class Events(NamedTuple):
    """Sorted events: time [h from the start of the time line], channel, value."""

    time: np.ndarray
    channel: np.ndarray
    value: np.ndarray


def merge(*parts: Events | Iterable[tuple[float, int, float]]) -> Events:
    """Sort events by time, channel and value, whatever order they are given in."""
    columns: list[list[np.ndarray]] = [[], [], []]
    for part in parts:
        rows = part if isinstance(part, Events) else tuple(zip(*part, strict=True)) or ((), (), ())
        for column, values in zip(columns, rows, strict=True):
            column.append(np.asarray(values, float))
    time, channel, value = (np.concatenate(c) if c else np.empty(0) for c in columns)
    order = np.lexsort((value, channel, time))
    return Events(time[order], channel[order].astype(np.int64), value[order])


def scaled(events: Events, channel: int, factor: float) -> Events:
    """The events with the values of one channel multiplied."""
    return events._replace(value=np.where(events.channel == channel, factor, 1.0) * events.value)
