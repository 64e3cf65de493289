"""C01, C17, C18, C23, C24, C32: sleeping badly, signs, watching one's own sleep, and learning."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from scipy.stats import norm

from somnesium.answers.claims.claim import NO_CHANGE, Fact, Found, Limit, Point, bars, lines
from somnesium.answers.claims.crowd import CROWD, crowd, share
from somnesium.answers.claims.lives import (
    DAYS,
    OWN,
    STANDARD,
    Ask,
    change,
    changed,
    diet,
    effect,
    lived,
    point,
    sleeper,
    spread,
)
from somnesium.answers.claims.trials import measured_in, named_in, published
from somnesium.answers.effect import nightly, noticed
from somnesium.answers.plan.habit_changes import habit_changes
from somnesium.answers.plan.lives import Life
from somnesium.population.prevalence import OUTCOMES, prevalence
from somnesium.simulation.worlds import Worlds

_ASKED = (("short", "told"), ("short", "slept"), ("trouble", "slept"))


def _c01(ask: Ask) -> Found:
    """How many virtual adults sleep short or are long awake, beside what Americans told."""
    rows = prevalence(crowd(ask.seed))
    facts, told = [], []
    for outcome, of in _ASKED:
        these = [r for r in rows if (r.outcome, r.of) == (outcome, of) and r.people]
        people = sum(r.people for r in these)
        mean = sum(r.people * r.share for r in these) / people
        known = share(
            f"{outcome}_{of}",
            f"{OUTCOMES[outcome][1]}, {of}",
            np.full(people, mean),
            (*CROWD, "lauderdale2008", "lichstein2003"),
        )
        facts.append(known)
        told.append(sum(r.people * r.reported for r in these) / people)
    seen = tuple(
        Fact(key=key, label=label, value=100.0 * value, unit="%", sources=("nhanes2009",))
        for key, label, value in (
            ("seen_short", "Americans who told of less than 7 h", told[0]),
            ("seen_trouble", "Americans who told a doctor of trouble sleeping", told[2]),
        )
    )
    ordered = sorted(facts, key=lambda fact: fact.value or 0.0)
    least = ordered[0].model_copy(update={"key": "fewest", "label": "by the strictest definition"})
    most = ordered[-1].model_copy(update={"key": "most", "label": "by the widest definition"})
    return Found(
        (*facts, least, most),
        seen,
        bars(
            "definition of bad sleep",
            "share of US adults, %",
            (
                *(point("virtual adults", f.label, f) for f in facts),
                *(point("interviews", f.label, f) for f in seen),
            ),
            "90 %, by chance of drawing people",
            limits=(Limit(value=100.0 / 3.0, label="a third"),),
        ),
    )


_AUROC = (0.6, 0.7, 0.8)
"""How well lists of signs tell a lack from none: area under the curve, low, middle, high
(judgement#evidence10): half is a coin's, one is perfect."""


def _chance_after(before: float, area: float) -> float:
    """Chance of a lack after a list of signs says so, 0 to 1.

    Two normals of one spread, cut where sensitivity and specificity are the same, which then is
    the normal distribution at the root of a half of the quantile of the area.
    """
    right = float(norm.cdf(norm.ppf(area) / math.sqrt(2.0)))
    odds = before / (1.0 - before) * right / (1.0 - right)
    return odds / (1.0 + odds)


def _c17(ask: Ask) -> Found:
    """What signs add to the chance of a lack in virtual adults."""
    serum = crowd(ask.seed)["serum_magnesium_without"]
    before = share(
        "before",
        "adults with serum below 0.75 mmol/L",
        serum < 0.75,
        (*CROWD, "judgement#definitions-of-a-lack"),
    )
    ends = before.interval or (0.0, 0.0)
    low, high = _chance_after(ends[0] / 100.0, _AUROC[0]), _chance_after(ends[1] / 100.0, _AUROC[2])
    after = Fact(
        key="after",
        label="chance of a lack in someone with the signs",
        unit="%",
        value=100.0 * _chance_after((before.value or 0.0) / 100.0, _AUROC[1]),
        interval=(100.0 * low, 100.0 * high),
        level="doubt90",
        sources=(*before.sources, "judgement#evidence10"),
    )
    points = []
    for chance in np.arange(0.02, 0.5, 0.04).tolist():
        worst, middle, best = (100.0 * _chance_after(chance, area) for area in _AUROC)
        points.append(
            Point(series="with the signs", x=100.0 * chance, y=middle, low=worst, high=best)
        )
    return Found(
        (before, after),
        (published("garrison2020", "cramps", "trial_cramps"),),
        lines(
            "chance of a lack before, %",
            "chance with the signs, %",
            tuple(points),
            "lists of signs that tell least and most",
            limits=(Limit(value=50.0, label="as likely as not"),),
        ),
    )


_NIGHT_SD = {"latency": 30.7, "duration": 75.6}
"""Spread of one person's nights [min] (knutson2007)."""


def _c18(ask: Ask) -> Found:
    """Who would notice 250 mg, and whether a fortnight's diary can tell."""
    worlds = effect(ask.seed, 250.0)
    plain = Worlds(
        worlds.line,
        worlds.days,
        worlds.draws,
        {"with": worlds.results["taken"], "without": worlds.results[OWN]},
    )
    felt = noticed(plain)
    low, high = felt.interval90
    facts = [
        Fact(
            key="noticed",
            label=f"people who notice it: {felt.rule}",
            value=100.0 * felt.share,
            unit="%",
            interval=(100.0 * low, 100.0 * high),
            level="people90",
            sources=felt.sources,
        ),
        change(worlds, "latency", "time to fall asleep on 250 mg", "latency", "taken"),
        change(worlds, "sleep", "sleep on 250 mg", "duration", "taken"),
    ]
    error = _NIGHT_SD["latency"] * math.sqrt(2.0 / 14.0)
    powers = norm.cdf(-1.96 - changed(worlds, "latency", "taken") / error)
    facts.append(
        spread(
            "seen",
            "chance that two fortnights of a diary show it",
            "%",
            100.0 * powers,
            worlds.draws.doubt,
            ("knutson2007", *STANDARD),
        )
    )
    values = np.sort(changed(worlds, "latency", "taken"))
    points = tuple(
        Point(series="people", x=float(100.0 * (k + 0.5) / len(values)), y=float(value))
        for k, value in enumerate(values)
    )
    return Found(
        tuple(facts),
        (measured_in("tst", "trials"),),
        lines(
            "people, % (those it changes most first)",
            "change of the time to fall asleep, min",
            points,
            "each point is one simulated person",
            limits=(Limit(value=-10.0, label="enough to notice"),),
        ),
    )


_RISKS = (
    ("gut", "gut disease", {"conditions": ["gut_disease"]}),
    ("alcohol", "alcohol use disorder", {"conditions": ["alcohol_use_disorder"]}),
    ("sugar", "type 2 diabetes", {"conditions": ["diabetes_type_2"]}),
    ("age", "80 years old", {"age": 80}),
)


def _c23(ask: Ask) -> Found:
    """Blood and stores of people with each of four risks, against the same people without."""
    plain = lived(sleeper(ask, days=28), {})
    facts, stores = [], []
    for key, label, person in _RISKS:
        worlds = lived(sleeper(ask, days=28, person=person), {})
        values = _mean_serum(worlds) - _mean_serum(plain)
        facts.append(
            spread(
                key,
                f"serum with {label}, less without",
                "mmol/L",
                values,
                worlds.draws.doubt,
                ("judgement#sizes-of-risks", *STANDARD),
            )
        )
        absorbed = _absorbed(worlds) - _absorbed(plain)
        stores.append(
            spread(
                f"{key}_absorbed",
                f"taken up a day with {label}, less without",
                "mmol/d",
                absorbed,
                worlds.draws.doubt,
                STANDARD,
            )
        )
    lower = Fact(
        key="lower",
        label="of four risks, those with less magnesium in blood",
        value=float(sum((f.average90 or (0.0, 0.0))[1] < 0.0 for f in facts)),
        sources=STANDARD,
    )
    return Found(
        (lower, *facts, *stores),
        (),
        bars(
            "risk",
            "serum against the same people without, mmol/L",
            tuple(point("model", label, f) for (_, label, _), f in zip(_RISKS, facts, strict=True)),
            "90 % of people and doubts",
            limits=(NO_CHANGE,),
        ),
    )


def _mean_serum(worlds: Worlds) -> np.ndarray:
    return worlds.results[OWN].field("serum")[14:28].mean(axis=0)


def _absorbed(worlds: Worlds) -> np.ndarray:
    """Magnesium absorbed [mmol a day] of the own life."""
    result = worlds.results[OWN]
    days = np.diff(result.field("rise")[[14, 27]], axis=0)[0] / 24.0
    return np.diff(result.field("absorbed")[[14, 27]], axis=0)[0] / days


def _c24(ask: Ask) -> Found:
    """Eight weeks on 100 mg a day after a diet of 350 mg."""
    request = sleeper(ask, diet_mg=350.0)
    worlds = lived(request, {"poor diet": Life(request.habits, diet(100.0))})
    facts = tuple(
        change(worlds, key, label, key, "poor diet")
        for key, label in (
            ("latency", "time to fall asleep on a poor diet"),
            ("awake_after_onset", "awake in the night on a poor diet"),
            ("duration", "sleep on a poor diet"),
            ("tissue_magnesium", "stores on a poor diet"),
        )
    )
    none = named_in("trials", "trials that took magnesium away and measured sleep", "depletion")
    points = []
    for world in worlds.results:
        values = nightly(worlds, world, "latency")
        for night in range(0, min(DAYS, len(values)), 3):
            low, high = (float(v) for v in np.quantile(values[night], [0.05, 0.95]))
            points.append(
                Point(
                    series=world,
                    x=float(night + 1),
                    y=float(values[night].mean()),
                    low=low,
                    high=high,
                )
            )
    return Found(
        facts,
        (none,),
        lines("night", "time to fall asleep, min", tuple(points), "middle 90 % of people"),
    )


_TAUGHT = ("screens_off", "caffeine_earlier", "wind_down", "shorter_bed", "regular_times")
"""Lessons of a weekly plan that the model can live (judgement#lessons)."""


def _c32(ask: Ask) -> Found:
    """Lessons put into practice, one by one."""
    request = sleeper(ask)
    known = habit_changes(request.person, request.habits)
    lives = {name: Life(known[name], request.diet) for name in _TAUGHT if name in known}
    worlds = lived(request, lives)
    facts = [change(worlds, name, name.replace("_", " "), "latency", name) for name in lives]
    done = min(facts, key=lambda fact: fact.value or 0.0)
    best = done.model_copy(update={"key": "best", "label": f"best lesson: {done.label}"})
    course = Fact(
        key="course",
        label="a course of therapy by a guide (CBT-I): time to fall asleep",
        value=-19.0,
        unit="min",
        interval=(-23.9, -14.1),
        level="mean95",
        sources=("trauer2015",),
    )
    read = named_in("trials", "trials of weekly reading", "education")
    return Found(
        (best, *facts),
        (course, read),
        bars(
            "lesson put into practice",
            "change of the time to fall asleep, min",
            (
                *(point("model", f.label, f) for f in facts),
                point("trials", "a guided course (CBT-I)", course),
            ),
            "90 % of people and doubts; 95 % of the mean for the course",
            limits=(NO_CHANGE,),
        ),
    )


CLAIMS: Mapping[str, Callable[[Ask], Found]] = MappingProxyType(
    {"C01": _c01, "C17": _c17, "C18": _c18, "C23": _c23, "C24": _c24, "C32": _c32}
)
"""How each claim of this file is answered."""
