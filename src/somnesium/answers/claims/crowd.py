"""Virtual adults of the United States, and the claims about how many lack magnesium (C25, C30)."""

from functools import cache

import numpy as np
from scipy.stats import binomtest

from somnesium import say
from somnesium.answers.claims.claim import ClaimFacts, Fact, fact, labelled, strictest_and_widest
from somnesium.answers.claims.lives import DAYS, OWN, STANDARD, diet, lived, sleeper, spread
from somnesium.answers.intake.requirements import LifeStage, reference
from somnesium.answers.plan.lives import Life
from somnesium.population.chunk import live_chunk
from somnesium.population.covariates import Table
from somnesium.population.people import People, draw_people
from somnesium.population.spec import PopulationSpec

CROWD = ("nhanes2009", "census2019", "judgement#population-of-virtual-people")
"""Sources of the virtual people."""
LACK = (*CROWD, "judgement#definitions-of-a-lack")
"""Sources of how many of them lack magnesium."""
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
    needs = [
        reference(LifeStage(float(a), "female" if f else "male"), "us")
        for a, f in zip(np.floor(age), female, strict=True)
    ]
    rows = [(need.average_mg or np.nan, need.requirement_sd_mg or np.nan) for need in needs if need]
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
    return fact(key, label, 100.0 * mean, "%", (*sources, "wilson1927"), interval, "chance90")


def lack_by_definition(seed: int) -> ClaimFacts:
    """C25: how many lack magnesium by each definition of a lack."""
    serum = crowd(seed)["serum_magnesium_without"]
    lacks = [
        share(
            f"below_{round(100 * cut)}", f"serum below {say.figures(cut)} mmol/L", serum < cut, LACK
        )
        for cut in (0.70, 0.75, 0.76, 0.85)
    ]
    people = adults(seed)
    average, _ = averages(people.age, people.sex == 0)
    eaten = people.food_mg + people.supplement_mg
    label = "food and pills below the average need"
    lacks.append(share("intake", label, eaten < average, (*CROWD, "iom1997")))
    survey = tuple(
        share(
            f"seen_{round(100 * cut)}",
            f"16,000 Germans: serum below {say.figures(cut)} mmol/L",
            np.arange(16_000) < 16_000 * part,
            ("schimatschek2001",),
        )
        for cut, part in ((0.70, 0.02), (0.76, 0.145))
    )
    points = (*labelled("virtual US adults", lacks), *labelled("survey", survey))
    return ClaimFacts((*lacks, *strictest_and_widest(lacks)), survey, points)


def normal_but_short(seed: int) -> ClaimFacts:
    """C30: people whose blood is normal while they eat below their need, or stores are low."""
    people = crowd(seed)
    serum = people["serum_magnesium_without"]
    tissue = people["tissue_magnesium_without"]
    eaten = people["food_mg"] + people["supplement_mg"]
    average, _ = averages(people["age"], people["sex"] == 0)
    normal = serum >= 0.75
    sources = (*CROWD, "iom1997", "judgement#definitions-of-a-lack")
    short = normal & (eaten < average)
    facts = (
        share("short", "normal serum, intake below the average need", short, sources),
        share(
            "stores",
            "normal serum, stores below 95 % of replete",
            normal & (tissue < 95.0),
            sources,
        ),
        share("lab", "serum below 0.75 mmol/L", ~normal, sources),
    )
    request = sleeper(seed, diet_mg=320.0)
    worlds = lived(request, {"half": Life(request.habits, diet(160.0))})
    half, whole = (worlds.results[world].field("serum")[DAYS] for world in ("half", OWN))
    label = "serum when intake is halved for eight weeks"
    drop = spread("drop", label, "%", 100.0 * (half / whole - 1.0), worlds.draws.doubt, STANDARD)
    return ClaimFacts((*facts, drop), (), labelled("virtual adults", facts))
