"""C01, C17, C18, C23, C24, C32: sleeping badly, signs, watching one's own sleep, and learning."""

import math

import numpy as np
from scipy.stats import norm

from somnesium.answers.claims.claim import (
    ClaimFacts,
    Point,
    fact,
    labelled,
    point,
    strictest_and_widest,
)
from somnesium.answers.claims.crowd import CROWD, LACK, crowd, share
from somnesium.answers.claims.lives import (
    DAYS,
    OWN,
    STANDARD,
    between_rises,
    change,
    changed,
    diet,
    effect,
    every_third_night,
    lived,
    mean_serum,
    sleeper,
    spread,
)
from somnesium.answers.claims.trials import measured_in, named_in, published
from somnesium.answers.effect import nightly, noticed
from somnesium.answers.plan.habit_changes import habit_changes
from somnesium.answers.plan.lives import Life
from somnesium.population.prevalence import OUTCOMES, prevalence
from somnesium.simulation.worlds import Worlds

_BAD_SLEEP = (("short", "told"), ("short", "slept"), ("trouble", "slept"))
"""Outcomes of `population.prevalence`, and whether told or simulated."""


def bad_sleepers(seed: int) -> ClaimFacts:
    """C01: how many virtual adults sleep short or are long awake, beside what Americans told."""
    rows = prevalence(crowd(seed))
    facts, reported = [], []
    for outcome, of in _BAD_SLEEP:
        groups = [row for row in rows if (row.outcome, row.of) == (outcome, of) and row.people]
        people = sum(row.people for row in groups)
        mean = sum(row.people * row.share for row in groups) / people
        label, sources = (
            f"{OUTCOMES[outcome][1]}, {of}",
            (*CROWD, "lauderdale2008", "lichstein2003"),
        )
        facts.append(share(f"{outcome}_{of}", label, np.full(people, mean), sources))
        reported.append(100.0 * (sum(row.people * row.reported for row in groups) / people))
    interviews = (
        fact(
            "seen_short", "Americans who told of less than 7 h", reported[0], "%", ("nhanes2009",)
        ),
        fact(
            "seen_trouble",
            "Americans who told a doctor of trouble sleeping",
            reported[2],
            "%",
            ("nhanes2009",),
        ),
    )
    points = (*labelled("virtual adults", facts), *labelled("interviews", interviews))
    return ClaimFacts((*facts, *strictest_and_widest(facts)), interviews, points)


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


def signs(seed: int) -> ClaimFacts:
    """C17: what signs add to the chance of a lack in virtual adults."""
    serum = crowd(seed)["serum_magnesium_without"]
    before = share("before", "adults with serum below 0.75 mmol/L", serum < 0.75, LACK)
    low, high = before.interval or (0.0, 0.0)
    ends = (low / 100.0, (before.value or 0.0) / 100.0, high / 100.0)
    least, middle, most = (
        100.0 * _chance_after(end, area) for end, area in zip(ends, _AUROC, strict=True)
    )
    label = "chance of a lack in someone with the signs"
    sources = (*before.sources, "judgement#evidence10")
    after = fact("after", label, middle, "%", sources, (least, most), "doubt90")
    points = []
    for chance in np.arange(0.02, 0.5, 0.04).tolist():
        worst, usual, best = (100.0 * _chance_after(chance, area) for area in _AUROC)
        points.append(
            Point(series="with the signs", x=100.0 * chance, y=usual, low=worst, high=best)
        )
    trial = published("garrison2020", "cramps", "trial_cramps")
    return ClaimFacts((before, after), (trial,), tuple(points))


_LATENCY_SD = 30.7
"""Spread of the time to fall asleep between one person's nights [min] (knutson2007)."""


def noticing(seed: int) -> ClaimFacts:
    """C18: who would notice 250 mg, and whether a fortnight's diary can tell."""
    worlds = effect(seed, 250.0)
    with_and_without = {"with": worlds.results["taken"], "without": worlds.results[OWN]}
    felt = noticed(Worlds(worlds.line, worlds.days, worlds.draws, with_and_without))
    low, high = (100.0 * end for end in felt.interval90)
    latency = changed(worlds, "latency", "taken")
    powers = norm.cdf(-1.96 - latency / (_LATENCY_SD * math.sqrt(2.0 / 14.0)))
    label, sources = "chance that two fortnights of a diary show it", ("knutson2007", *STANDARD)
    facts = (
        fact(
            "noticed",
            f"people who notice it: {felt.rule}",
            100.0 * felt.share,
            "%",
            felt.sources,
            (low, high),
            "people90",
        ),
        change(worlds, "latency", "time to fall asleep on 250 mg", "latency", "taken"),
        change(worlds, "sleep", "sleep on 250 mg", "duration", "taken"),
        spread("seen", label, "%", 100.0 * powers, worlds.draws.doubt, sources),
    )
    points = tuple(
        Point(series="people", x=float(100.0 * (k + 0.5) / len(latency)), y=float(minutes))
        for k, minutes in enumerate(np.sort(latency))
    )
    return ClaimFacts(facts, (measured_in("tst", "trials"),), points)


_RISKS = (
    ("gut", "gut disease", {"conditions": ["gut_disease"]}),
    ("alcohol", "alcohol use disorder", {"conditions": ["alcohol_use_disorder"]}),
    ("sugar", "type 2 diabetes", {"conditions": ["diabetes_type_2"]}),
    ("age", "80 years old", {"age": 80}),
)


def risks(seed: int) -> ClaimFacts:
    """C23: blood and stores of people with each of four risks, against the same people without."""
    plain = lived(sleeper(seed, days=28), {})
    blood, taken_up = {}, []
    for key, label, person in _RISKS:
        worlds = lived(sleeper(seed, days=28, person=person), {})
        doubt, without = worlds.draws.doubt, f"with {label}, less without"
        serum = mean_serum(worlds) - mean_serum(plain)
        sources = ("judgement#sizes-of-risks", *STANDARD)
        blood[label] = spread(key, f"serum {without}", "mmol/L", serum, doubt, sources)
        absorbed, text = _absorbed(worlds) - _absorbed(plain), f"taken up a day {without}"
        taken_up.append(spread(f"{key}_absorbed", text, "mmol/d", absorbed, doubt, STANDARD))
    count = float(sum((each.average90 or (0.0, 0.0))[1] < 0.0 for each in blood.values()))
    label = "of four risks, those with less magnesium in blood"
    lower = fact("lower", label, count, "", STANDARD)
    points = tuple(point("model", label, each) for label, each in blood.items())
    return ClaimFacts((lower, *blood.values(), *taken_up), (), points)


def _absorbed(worlds: Worlds) -> np.ndarray:
    """Magnesium absorbed [mmol a day] of the own life."""
    amount, hours = between_rises(worlds.results[OWN], "absorbed", 14, 27)
    return amount / (hours / 24.0)


def poor_diet(seed: int) -> ClaimFacts:
    """C24: eight weeks on 100 mg a day after a diet of 350 mg."""
    request = sleeper(seed, diet_mg=350.0)
    worlds = lived(request, {"poor diet": Life(request.habits, diet(100.0))})
    facts = tuple(
        change(worlds, key, f"{label} on a poor diet", key, "poor diet")
        for key, label in (
            ("latency", "time to fall asleep"),
            ("awake_after_onset", "awake in the night"),
            ("duration", "sleep"),
            ("tissue_magnesium", "stores"),
        )
    )
    none = named_in("trials", "trials that took magnesium away and measured sleep", "depletion")
    latency = {world: nightly(worlds, world, "latency")[:DAYS] for world in worlds.results}
    return ClaimFacts(facts, (none,), every_third_night(latency))


_TAUGHT = ("screens_off", "caffeine_earlier", "wind_down", "shorter_bed", "regular_times")
"""Lessons of a weekly plan that the model can live (judgement#lessons)."""


def lessons(seed: int) -> ClaimFacts:
    """C32: lessons put into practice, one by one."""
    request = sleeper(seed)
    known = habit_changes(request.person, request.habits)
    lives = {name: Life(known[name], request.diet) for name in _TAUGHT if name in known}
    worlds = lived(request, lives)
    facts = [change(worlds, name, name.replace("_", " "), "latency", name) for name in lives]
    shortest = min(facts, key=lambda each: each.value or 0.0)
    best = shortest.model_copy(update={"key": "best", "label": f"best lesson: {shortest.label}"})
    label = "a course of therapy by a guide (CBT-I): time to fall asleep"
    course = fact("course", label, -19.0, "min", ("trauer2015",), (-23.9, -14.1), "mean95")
    reading = named_in("trials", "trials of weekly reading", "education")
    guided = point("trials", "a guided course (CBT-I)", course)
    return ClaimFacts((best, *facts), (course, reading), (*labelled("model", facts), guided))
