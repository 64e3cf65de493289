"""Is magnesium low? The probability under several definitions, with an honest interval."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from somnesium.answers.risk.laboratory import Crowd, shortfall
from somnesium.answers.shares import wilson
from somnesium.answers.sideeffects import HIGH_SERUM
from somnesium.person.document import Document, Number

LEAST_SHORTFALL = 0.02
"""Share of soft-tissue magnesium that must lack to call stores low: below it the model's body
feels nothing (judgement#shortfall)."""


class Definition(NamedTuple):
    """A definition of low (or high) magnesium, and who meets it."""

    key: str
    label: str
    meaning: str
    met: Callable[[Crowd], np.ndarray]
    sources: tuple[str, ...]


DEFINITIONS = (
    Definition(
        "serum_below_0.75",
        "blood magnesium below 0.75 mmol/L",
        "Below the normal range of most laboratories.",
        lambda crowd: crowd.own.serum < 0.75,
        ("lowenstein1986", "bertinato2017"),
    ),
    Definition(
        "serum_below_0.85",
        "blood magnesium below 0.85 mmol/L",
        "Below the higher limit that some experts ask for. About half of all healthy people are.",
        lambda crowd: crowd.own.serum < 0.85,
        ("costello2016",),
    ),
    Definition(
        "stores_low",
        "body stores below what you need",
        "Soft tissue holds at least 2 % less than your own body would hold if it were healthy "
        "and ate what the average person needs.",
        lambda crowd: shortfall(crowd) >= LEAST_SHORTFALL,
        ("iom1997", "judgement#shortfall"),
    ),
    Definition(
        "serum_above_1.05",
        "blood magnesium above 1.05 mmol/L",
        "Too much in the blood, as happens with weak kidneys.",
        lambda crowd: crowd.own.serum > HIGH_SERUM,
        ("mori2019", "judgement#evidence8.1"),
    ),
)
"""Every definition, in the order in which they are told."""


class Probability(Document):
    """A probability, 0 to 1, with a 90 % interval: our doubts, and how many people were drawn."""

    mean: Number
    interval90: tuple[Number, Number]


def _quantile(values: np.ndarray, share: np.ndarray, level: float) -> float:
    """Quantile of values that count by `share` (which sums to 1)."""
    order = np.argsort(values, kind="stable")
    reached = np.searchsorted(np.cumsum(share[order]), level * (1.0 - 1e-12))
    return float(values[order][min(int(reached), len(values) - 1)])


def probability(met: np.ndarray, share: np.ndarray, crowd: Crowd) -> Probability:
    """Weighted share of people who meet a definition.

    The interval spans the doubts, each counted by the weight it got, and the error of drawing
    people. The draws of one person in several doubts are not new people.
    """
    draws = crowd.own.draws
    mean = float(np.clip(np.sum(share * met), 0.0, 1.0))
    doubt = np.bincount(draws.doubt, share)
    held = doubt > 0.0
    each = np.bincount(draws.doubt, share * met)[held] / doubt[held]
    by_person = np.bincount(draws.person, share)
    low, high = wilson(mean, 1.0 / float(np.sum(by_person**2)))
    return Probability(
        mean=mean,
        interval90=(
            max(0.0, min(low, _quantile(each, doubt[held], 0.05))),
            min(1.0, max(high, _quantile(each, doubt[held], 0.95))),
        ),
    )


class Spread(Document):
    """A quantity in people like this one: mean, and the middle 90 % of them."""

    mean: Number
    interval90: tuple[Number, Number]
    unit: str
    sources: tuple[str, ...]


def spread_of(values: np.ndarray, share: np.ndarray, unit: str, sources: tuple[str, ...]) -> Spread:
    """Weighted mean and middle 90 % of a value of every person."""
    return Spread(
        mean=float(np.sum(share * values)),
        interval90=(_quantile(values, share, 0.05), _quantile(values, share, 0.95)),
        unit=unit,
        sources=sources,
    )
