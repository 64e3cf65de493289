"""C25, C30: virtual adults of the United States, for the claims about how many lack magnesium."""

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

import numpy as np
from scipy.stats import binomtest

from somnesium import say
from somnesium.answers.claims.claim import Fact, Found, Limit, bars
from somnesium.answers.claims.lives import DAYS, OWN, Ask, diet, lived, point, sleeper, spread
from somnesium.answers.intake.requirements import LifeStage, reference
from somnesium.answers.plan.lives import Life
from somnesium.population.chunk import live_chunk
from somnesium.population.covariates import Table
from somnesium.population.people import People, draw_people
from somnesium.population.spec import PopulationSpec

CROWD = ("nhanes2009", "census2019", "judgement#population-of-virtual-people")
"""Sources of the virtual people."""
_LIVED, _DRAWN, _DAYS = 384, 20_000, 14


def _spec(seed: int, people: int) -> PopulationSpec:
    return PopulationSpec(people=people, days=_DAYS, seed=seed)


@cache
def crowd(seed: int) -> Table:
    """Adults lived for a fortnight in their own life, one row each (`population.columns`)."""
    return live_chunk(_spec(seed, _LIVED), 0, _LIVED).persons


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


_CUTS = (0.70, 0.75, 0.76, 0.85)


def _c25(ask: Ask) -> Found:
    """How many lack magnesium by each definition of a lack."""
    people = crowd(ask.seed)
    serum = people["serum_magnesium_without"]
    facts = [
        share(
            f"below_{round(100 * cut)}",
            f"serum below {say.figures(cut)} mmol/L",
            serum < cut,
            (*CROWD, "judgement#definitions-of-a-lack"),
        )
        for cut in _CUTS
    ]
    everyone = adults(ask.seed)
    average, _ = averages(everyone.age, everyone.sex == 0)
    eaten = everyone.food_mg + everyone.supplement_mg
    facts.append(
        share(
            "intake", "food and pills below the average need", eaten < average, (*CROWD, "iom1997")
        )
    )
    ordered = sorted(facts, key=lambda fact: fact.value or 0.0)
    least = ordered[0].model_copy(update={"key": "fewest", "label": "by the strictest definition"})
    most = ordered[-1].model_copy(update={"key": "most", "label": "by the widest definition"})
    seen = tuple(
        share(
            f"seen_{round(100 * cut)}",
            f"16,000 Germans: serum below {say.figures(cut)} mmol/L",
            np.arange(16_000) < 16_000 * part,
            ("schimatschek2001",),
        )
        for cut, part in ((0.70, 0.02), (0.76, 0.145))
    )
    return Found(
        (*facts, least, most),
        seen,
        bars(
            "definition",
            "lack magnesium, % of adults",
            (
                *(point("virtual US adults", f.label, f) for f in facts),
                *(point("survey", f.label, f) for f in seen),
            ),
            "90 %, by chance of drawing people",
            limits=(Limit(value=2.0, label="the article's two in a hundred"),),
        ),
    )


def _c30(ask: Ask) -> Found:
    """People whose blood test is normal while they eat below their need, or stores are low."""
    people = crowd(ask.seed)
    serum = people["serum_magnesium_without"]
    tissue = people["tissue_magnesium_without"]
    eaten = people["food_mg"] + people["supplement_mg"]
    average, _ = averages(people["age"], people["sex"] == 0)
    normal = serum >= 0.75
    sources = (*CROWD, "iom1997", "judgement#definitions-of-a-lack")
    facts = (
        share(
            "short",
            "normal serum, intake below the average need",
            normal & (eaten < average),
            sources,
        ),
        share(
            "stores",
            "normal serum, stores below 95 % of replete",
            normal & (tissue < 95.0),
            sources,
        ),
        share("lab", "serum below 0.75 mmol/L", ~normal, sources),
    )
    request = sleeper(ask, diet_mg=320.0)
    worlds = lived(request, {"half": Life(request.habits, diet(160.0))})
    fall = 100.0 * (
        worlds.results["half"].field("serum")[DAYS] / worlds.results[OWN].field("serum")[DAYS] - 1.0
    )
    drop = spread(
        "drop",
        "serum when intake is halved for eight weeks",
        "%",
        fall,
        worlds.draws.doubt,
        ("definition#standard-sleeper",),
    )
    return Found(
        (*facts, drop),
        (),
        bars(
            "who",
            "share of US adults, %",
            tuple(point("virtual adults", f.label, f) for f in facts),
            "90 %, by chance of drawing people",
        ),
    )


CLAIMS: Mapping[str, Callable[[Ask], Found]] = MappingProxyType({"C25": _c25, "C30": _c30})
"""How each claim of this file is answered."""
