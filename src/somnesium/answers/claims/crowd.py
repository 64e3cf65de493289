"""Virtual adults of the United States for the claims about how many: their nights and magnesium."""

from functools import cache

import numpy as np
import polars as pl
from scipy.stats import binomtest

from somnesium.answers.claims.claim import Fact
from somnesium.answers.intake.requirements import LifeStage, reference
from somnesium.population.chunk import live_chunk
from somnesium.population.people import People, draw_people
from somnesium.population.spec import PopulationSpec

CROWD = ("nhanes2009", "census2019", "judgement#population-of-virtual-people")
"""Sources of the virtual people."""
_LIVED, _DRAWN, _DAYS = 384, 20_000, 14


def _spec(seed: int, people: int) -> PopulationSpec:
    return PopulationSpec(people=people, days=_DAYS, seed=seed)


@cache
def crowd(seed: int) -> pl.DataFrame:
    """Adults lived for a fortnight in their own life, one row each (`population.columns`)."""
    found = live_chunk(_spec(seed, _LIVED), 0, _LIVED).persons
    return pl.DataFrame(found.to_pydict())


@cache
def adults(seed: int) -> People:
    """Many more adults, whose nights are not lived."""
    return draw_people(_spec(seed, _DRAWN), 0, _DRAWN)


def averages(age: np.ndarray, female: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Average requirement of the United States and its spread [mg a day] of each person."""
    found = [
        reference(LifeStage(float(a), "female" if f else "male"), "us")
        for a, f in zip(np.floor(age), female, strict=True)
    ]
    rows = [(one.average_mg or np.nan, one.requirement_sd_mg or np.nan) for one in found if one]
    mean, sd = np.array(rows).T
    return mean, sd


def share(key: str, label: str, held: np.ndarray, sources: tuple[str, ...] = CROWD) -> Fact:
    """Percent of people of whom something holds, or holds with some chance.

    The interval (wilson1927, 90 %) counts people only: it holds neither the doubts of the model nor
    of the survey behind the virtual people.
    """
    n, mean = len(held), float(np.mean(held))
    ends = binomtest(round(mean * n), n).proportion_ci(0.9, method="wilson")
    interval = (100.0 * min(ends.low, mean), 100.0 * max(ends.high, mean))
    return Fact(
        key=key,
        label=label,
        value=100.0 * mean,
        unit="%",
        interval=interval,
        level="chance90",
        sources=(*sources, "wilson1927"),
    )
