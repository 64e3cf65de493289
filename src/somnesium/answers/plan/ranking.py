"""What each life gains the night, in units of a change worth having, and gain per burden."""

from typing import Literal

import numpy as np

from somnesium.answers.effect import WINDOW, nightly
from somnesium.answers.plan.burden import Burden
from somnesium.person.document import Document, Number
from somnesium.simulation.worlds import Worlds
from somnesium.sources import packaged_toml

Verdict = Literal["worthwhile", "perhaps", "too small"]
"""Whether the 90 % interval for one person lies above 1, reaches it, or stays below."""


class Measured(Document):
    """A number with its 90 % prediction interval for one person, unit and sources.

    As in a forecast the interval holds how people differ and what we do not know; it is of the
    body model, whose own errors of form no interval tells.
    """

    mean: Number
    interval90: tuple[Number, Number]
    unit: str
    sources: tuple[str, ...]


class Gain(Document):
    """What the nights gain: combined, and each measure by itself.

    `combined` is the mean of the changes of sleep, time to fall asleep (less is better) and
    efficiency, each over the smallest worth having; the three overlap, since minutes gained at
    the start of the night count in all. `average90` is the interval of the average person.
    """

    combined: Measured
    average90: tuple[Number, Number]
    duration: Measured
    latency: Measured
    efficiency: Measured


def _measured(values: np.ndarray, unit: str, sources: tuple[str, ...]) -> Measured:
    """Mean over people, and where nine of ten of them lie."""
    low, high = (float(v) for v in np.quantile(values, [0.05, 0.95]))
    return Measured(mean=float(values.mean()), interval90=(low, high), unit=unit, sources=sources)


def gain_of(worlds: Worlds, world: str, against: str) -> Gain:
    """What one life gains against another over the last fortnight, in the same people."""
    least, doubt = packaged_toml("plan.toml")["worthwhile"], worlds.draws.doubt
    change = {
        name: nightly(worlds, world, name)[-WINDOW:].mean(axis=0)
        - nightly(worlds, against, name)[-WINDOW:].mean(axis=0)
        for name in ("duration", "latency", "efficiency")
    }
    total = (
        change["duration"] / least["duration_min"]
        - change["latency"] / least["latency_min"]
        + change["efficiency"] / least["efficiency_percent"]
    ) / 3.0
    means = [float(total[doubt == k].mean()) for k in np.unique(doubt)]
    low, high = (float(v) for v in np.quantile(means, [0.05, 0.95]))
    return Gain(
        combined=_measured(total, "worthwhile changes", (least["source"],)),
        average90=(low, high),
        duration=_measured(change["duration"], "min", ("boulos2019",)),
        latency=_measured(change["latency"], "min", ("boulos2019",)),
        efficiency=_measured(change["efficiency"], "%", ("boulos2019",)),
    )


def verdict_of(gain: Gain) -> Verdict:
    """Whether the gain is worth having, as far as its interval goes."""
    low, high = gain.combined.interval90
    return "worthwhile" if low >= 1.0 else "perhaps" if high >= 1.0 else "too small"


def value_of(gain: Gain, burden: Burden) -> Measured:
    """Gain per burden; the interval takes the least of the one with the most of the other."""
    low, high = gain.combined.interval90
    least, most = burden.interval90
    ends = [g / b for g in (low, high) for b in (least, most)]
    return Measured(
        mean=gain.combined.mean / burden.points,
        interval90=(min(ends), max(ends)),
        unit="worthwhile changes a burden point",
        sources=(*gain.combined.sources, *burden.sources),
    )
