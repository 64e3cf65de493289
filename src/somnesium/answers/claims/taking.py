"""C12, C13, C16, C27: which form, how much and when."""

import numpy as np

from somnesium.answers.claims.claim import ClaimFacts, Fact, Point, fact, point
from somnesium.answers.claims.harm import upset_stomach
from somnesium.answers.claims.lives import (
    STANDARD,
    change,
    changed,
    lived_taking,
    middle90,
    sleeper,
    spread,
    taking,
)
from somnesium.answers.claims.trials import arms_of, pooled, published
from somnesium.answers.intake.requirements import LifeStage, references
from somnesium.answers.qualification.laboratory import add, live, state_trace
from somnesium.engine.tiles import STEP
from somnesium.quantity import mg_to_mmol
from somnesium.simulation.individual import draw_bodies, reference_body
from somnesium.simulation.worlds import Worlds

_FORMS = ("citrate", "bisglycinate", "chloride", "lactate", "malate", "taurate", "sulfate", "oxide")


def _stomach(mg: str, key: str) -> Fact:
    return upset_stomach(float(mg), key, f"loose stools or upset stomach at {mg} mg")


def forms(seed: int) -> ClaimFacts:
    """C12: the same 300 mg in eight forms, in the same people."""
    request = sleeper(seed)
    worlds = lived_taking(request, {form: taking(request, 300.0, form) for form in _FORMS})
    stores = [change(worlds, f, f"stores on {f}", "tissue_magnesium", f) for f in _FORMS]
    means = {each.key: each.value or 0.0 for each in stores}
    best = max((form for form in _FORMS[2:] if form != "oxide"), key=lambda form: means[form])
    worse = min(("citrate", "bisglycinate"), key=lambda form: means[form])

    def less(key: str, label: str, form: str, other: str, sources: tuple[str, ...] = ()) -> Fact:
        values = changed(worlds, "tissue_magnesium", form, other)
        return spread(key, label, "%", values, worlds.draws.doubt, (*STANDARD, *sources))

    lead = less("lead", f"stores, {worse} less {best}, the best of the rest", worse, best)
    sources = ("firoz2001", "schutten2022")
    oxide = less("behind", "stores, oxide less citrate", "oxide", "citrate", sources)
    label = "time to fall asleep, oxide less citrate"
    sleep = change(worlds, "sleep", label, "latency", "oxide", "citrate")
    trials = (
        published("kappeler2017", "urine", "trial_urine"),
        published("schutten2022", "serum", "trial_citrate", "citrate"),
        arms_of("trials", "trials that compared forms on sleep", "form"),
    )
    points = tuple(point("model", each.key, each) for each in stores)
    return ClaimFacts((lead, oxide, sleep, *stores), trials, points)


_DOSES = ("50", "100", "200", "350", "500", "600")


def doses_compared(seed: int) -> ClaimFacts:
    """C13: sleep, stores and the stomach from nothing to 600 mg."""
    request = sleeper(seed)
    worlds = lived_taking(request, {mg: taking(request, float(mg)) for mg in _DOSES})
    latency, stores = (
        [change(worlds, f"{key}_{mg}", f"{label} at {mg} mg", name, mg) for mg in _DOSES]
        for key, label, name in (
            ("latency", "time to fall asleep", "latency"),
            ("stores", "stores", "tissue_magnesium"),
        )
    )
    label = "part of the effect of 600 mg had at 200 mg"
    sweet = _ratio(worlds, "200", "600", "had", label)
    label = "time to fall asleep, 350 mg less 200 mg"
    more = change(worlds, "more", label, "latency", "350", "200")
    trial = arms_of("trials", "trials of sleep that compared doses of magnesium", "elemental_mg")
    stomachs = (_stomach(mg, f"stomach_{mg}") for mg in _DOSES)
    points = (
        Point(series="model", x=0.0, y=0.0, low=0.0, high=0.0),
        *(point("model", float(mg), each) for mg, each in zip(_DOSES, latency, strict=True)),
    )
    engine = (sweet, more, *latency, *stores, *stomachs)
    return ClaimFacts(engine, (trial, *pooled("isi", "trial_isi")), points)


def _ratio(worlds: Worlds, dose: str, most: str, key: str, label: str) -> Fact:
    """Mean effect on the time to fall asleep at a dose over that at the most, over our doubts."""
    doubt = worlds.draws.doubt
    parts = []
    for k in np.unique(doubt):
        a, b = (changed(worlds, "latency", mg)[doubt == k].mean() for mg in (dose, most))
        parts.append(100.0 * a / b if abs(b) > 0.1 else np.nan)
    values = np.array(parts)[np.isfinite(parts)]
    if not len(values):
        return fact(key, label, None, "%", STANDARD)
    return fact(key, label, float(values.mean()), "%", STANDARD, middle90(values), "doubt90")


_CLOCKS = ("07:00", "12:00", "17:00", "20:00", "21:00", "22:00", "22:15", "22:45")
_BEFORE = 0.75


def clock_times(seed: int) -> ClaimFacts:
    """C16: 250 mg at eight clock times, and what of one dose is taken up by lights-out."""
    request = sleeper(seed)
    worlds = lived_taking(request, {at: taking(request, 250.0, at=at) for at in _CLOCKS})
    times = [
        change(
            worlds, f"at_{at.replace(':', '')}", f"time to fall asleep, dose at {at}", "latency", at
        )
        for at in _CLOCKS
    ]
    label = "time to fall asleep, dose at 22:15 less dose at 07:00"
    gain = change(worlds, "bedtime", label, "latency", "22:15", "07:00")
    changes, doubt = [changed(worlds, "latency", at) for at in _CLOCKS], worlds.draws.doubt
    means = [[values[doubt == k].mean() for values in changes] for k in np.unique(doubt)]
    ranges = np.ptp(np.array(means), axis=1)
    label, mean = "best clock time against the worst, on average", float(ranges.mean())
    swing = fact("swing", label, mean, "min", STANDARD, middle90(ranges), "doubt90")
    points = tuple(
        point("model", float(at[:2]) + float(at[3:]) / 60.0, each, average=True)
        for at, each in zip(_CLOCKS, times, strict=True)
    )
    compared = arms_of("trials", "trials that compared clock times of magnesium", "timing")
    return ClaimFacts((gain, swing, *_one_dose(seed), *times), (compared,), points)


def _one_dose(seed: int) -> tuple[Fact, ...]:
    """Of one dose 45 minutes before bed: what is absorbed, and how much brain magnesium rose, by
    lights-out; and the first night's change, as hours until half of it is taken up."""
    bodies = draw_bodies(reference_body(45), 4, 8, seed)
    day, n = 30, len(bodies.doubt)
    at = 24.0 * day + 23.0 - _BEFORE
    dose = [add("gut.swallowed", at, mg_to_mmol(250.0))]
    twice = np.hstack([bodies.values] * 2)
    nights = live(twice, day + 2, per_body=[[]] * n + [dose] * n, trace=True)
    begin, bed = round(at / STEP), round((24.0 * day + 23.0) / STEP)
    shares, brains, halves = [], [], []
    for k in range(n):
        plain, taken = (state_trace(nights, "lost.absorbed", who) for who in (k, n + k))
        extra = (taken - plain)[begin : begin + round(24.0 / STEP)]
        shares.append(100.0 * extra[bed - begin] / extra[-1])
        halves.append(STEP * float(np.argmax(extra >= 0.5 * extra[-1])))
        first, second = (state_trace(nights, "brain", who)[bed] for who in (k, n + k))
        brains.append(100.0 * (second / first - 1.0))
    sources = ("fine1991", "sabatier2003", "judgement#one-dose")
    return tuple(
        spread(key, label, unit, np.array(values), bodies.doubt, sources)
        for key, label, unit, values in (
            ("by_bed", "of a dose 45 min before bed, taken up by lights-out", "%", shares),
            ("half", "hours until half of what is taken up of a dose is in", "h", halves),
            ("brain", "brain magnesium at lights-out, by that dose", "%", brains),
        )
    )


def large_dose(seed: int) -> ClaimFacts:
    """C27: 500 mg in mild insomnia, beside trials and upper limits."""
    request = sleeper(seed)
    worlds = lived_taking(request, {"500": taking(request, 500.0)})
    facts = tuple(
        change(worlds, key, label, key, "500")
        for key, label in (
            ("latency", "time to fall asleep"),
            ("isi", "insomnia severity"),
            ("duration", "sleep"),
        )
    )
    authorities = references(LifeStage(55.0, "female"))
    limits = [a.supplement_limit_mg for a in authorities if a.supplement_limit_mg is not None]
    sources = ("iom1997", "scf2001", "evm2003")
    least = fact("limit", "least upper limit from supplements", min(limits), "mg", sources)
    label = "most any authority allows from supplements"
    most = fact("limit_most", label, max(limits), "mg", sources)
    trials = (
        *pooled("sol", "trial_sol"),
        *pooled("isi", "trial_isi"),
        published("mah2021", "sol", "trial_review"),
    )
    points = tuple(
        point("model" if each in facts else "trials", each.label, each)
        for each in (*facts, *trials)
        if each.unit == "min" and each.value is not None and not each.key.endswith("_next")
    )
    return ClaimFacts((*facts, least, most, _stomach("500", "stomach")), trials, points)
