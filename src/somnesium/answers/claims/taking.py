"""C12, C13, C16, C27: which form, how much and when."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from somnesium import say
from somnesium.answers.claims.claim import NO_CHANGE, Fact, Found, Point, bars, lines
from somnesium.answers.claims.lives import (
    STANDARD,
    Ask,
    change,
    changed,
    lived,
    point,
    sleeper,
    spread,
    taking,
)
from somnesium.answers.claims.trials import arms_of, pooled, published
from somnesium.answers.intake.requirements import LifeStage, references
from somnesium.answers.plan.lives import Life
from somnesium.answers.qualification.laboratory import add, live, state_trace
from somnesium.answers.sideeffects import symptom_probability
from somnesium.engine.tiles import STEP
from somnesium.person.regimen import Dose
from somnesium.person.request import Request
from somnesium.quantity import mg_to_mmol
from somnesium.simulation.individual import draw_bodies, reference_body
from somnesium.simulation.worlds import Worlds

_FORMS = ("citrate", "bisglycinate", "chloride", "lactate", "malate", "taurate", "sulfate", "oxide")


def lives_taking(request: Request, plans: Mapping[str, tuple[Dose, ...]]) -> dict[str, Life]:
    """The own life with each of these plans of doses."""
    return {name: Life(request.habits, request.diet, taken) for name, taken in plans.items()}


def _stomach(mg: float, key: str) -> Fact:
    """Chance of an upset stomach or loose stool beyond placebo from one dose [mg]."""
    mean, low, high = symptom_probability(mg)
    return Fact(
        key=key,
        label=f"loose stools or upset stomach at {say.typed(mg)} mg",
        value=100.0 * mean,
        unit="%",
        interval=(100.0 * low, 100.0 * high),
        level="doubt90",
        sources=("bashir1993", "fine1991", "judgement#evidence2.3"),
    )


def _c12(ask: Ask) -> Found:
    """The same 300 mg in eight forms, in the same people."""
    request = sleeper(ask)
    worlds = lived(request, lives_taking(request, {f: taking(request, 300.0, f) for f in _FORMS}))
    stores = [change(worlds, f, f"stores on {f}", "tissue_magnesium", f) for f in _FORMS]
    named, others = ("citrate", "bisglycinate"), [f for f in _FORMS[2:] if f != "oxide"]
    means = {f.key: f.value or 0.0 for f in stores}
    best = max(others, key=lambda form: means[form])
    worse = min(named, key=lambda form: means[form])
    lead = spread(
        "lead",
        f"stores, {worse} less {best}, the best of the rest",
        "%",
        changed(worlds, "tissue_magnesium", worse, best),
        worlds.draws.doubt,
        STANDARD,
    )
    oxide = spread(
        "behind",
        "stores, oxide less citrate",
        "%",
        changed(worlds, "tissue_magnesium", "oxide", "citrate"),
        worlds.draws.doubt,
        (*STANDARD, "firoz2001", "schutten2022"),
    )
    sleep = change(
        worlds, "sleep", "time to fall asleep, oxide less citrate", "latency", "oxide", "citrate"
    )
    trials = (
        published("kappeler2017", "urine", "trial_urine"),
        published("schutten2022", "serum", "trial_citrate", "citrate"),
        arms_of("trials", "trials that compared forms on sleep", "form"),
    )
    return Found(
        (lead, oxide, sleep, *stores),
        trials,
        bars(
            "form, 300 mg a day for eight weeks",
            "change of the soft-tissue store, %",
            tuple(point("model", f.key, f) for f in stores),
            "90 % of people and doubts",
        ),
    )


_DOSES = (50.0, 100.0, 200.0, 350.0, 500.0, 600.0)


def _c13(ask: Ask) -> Found:
    """Sleep, stores and the stomach from nothing to 600 mg."""
    request = sleeper(ask)
    plans = {say.typed(mg): taking(request, mg) for mg in _DOSES}
    worlds = lived(request, lives_taking(request, plans))
    facts = [
        change(
            worlds,
            f"latency_{say.typed(mg)}",
            f"time to fall asleep at {say.typed(mg)} mg",
            "latency",
            say.typed(mg),
        )
        for mg in _DOSES
    ]
    stores = [
        change(
            worlds,
            f"stores_{say.typed(mg)}",
            f"stores at {say.typed(mg)} mg",
            "tissue_magnesium",
            say.typed(mg),
        )
        for mg in _DOSES
    ]
    sweet = _ratio(worlds, "200", "600", "had", "part of the effect of 600 mg had at 200 mg")
    more = change(
        worlds, "more", "time to fall asleep, 350 mg less 200 mg", "latency", "350", "200"
    )
    trial = arms_of("trials", "trials of sleep that compared doses of magnesium", "elemental_mg")
    stomachs = tuple(_stomach(mg, f"stomach_{say.typed(mg)}") for mg in _DOSES)
    points = (
        Point(series="model", x=0.0, y=0.0, low=0.0, high=0.0),
        *(point("model", mg, f) for mg, f in zip(_DOSES, facts, strict=True)),
    )
    return Found(
        (sweet, more, *facts, *stores, *stomachs),
        (trial, *pooled("isi", "trial_isi")),
        lines(
            "citrate at 22:00, mg a day",
            "change of the time to fall asleep, min",
            points,
            "90 % of people and doubts",
        ),
    )


def _ratio(worlds: Worlds, dose: str, most: str, key: str, label: str) -> Fact:
    """Mean effect on the time to fall asleep at a dose over that at the most, over our doubts."""
    doubt = worlds.draws.doubt
    parts = []
    for k in np.unique(doubt):
        a, b = (changed(worlds, "latency", one)[doubt == k].mean() for one in (dose, most))
        parts.append(100.0 * a / b if abs(b) > 0.1 else np.nan)
    values = np.array(parts)[np.isfinite(parts)]
    if not len(values):
        return Fact(key=key, label=label, value=None, unit="%", sources=STANDARD)
    low, high = (float(v) for v in np.quantile(values, [0.05, 0.95]))
    return Fact(
        key=key,
        label=label,
        value=float(values.mean()),
        unit="%",
        interval=(low, high),
        level="doubt90",
        sources=STANDARD,
    )


_CLOCKS = ("07:00", "12:00", "17:00", "20:00", "21:00", "22:00", "22:15", "22:45")
_BEFORE = 0.75


def _c16(ask: Ask) -> Found:
    """250 mg at eight clock times, and what of one dose is taken up by lights-out."""
    request = sleeper(ask)
    plans = {at: taking(request, 250.0, at=(at,)) for at in _CLOCKS}
    worlds = lived(request, lives_taking(request, plans))
    times = [
        change(
            worlds, f"at_{at.replace(':', '')}", f"time to fall asleep, dose at {at}", "latency", at
        )
        for at in _CLOCKS
    ]
    gain = change(
        worlds,
        "bedtime",
        "time to fall asleep, dose at 22:15 less dose at 07:00",
        "latency",
        "22:15",
        "07:00",
    )
    doubt = worlds.draws.doubt
    means = np.array(
        [
            [changed(worlds, "latency", at)[doubt == k].mean() for at in _CLOCKS]
            for k in np.unique(doubt)
        ]
    )
    ranges = np.ptp(means, axis=1)
    low, high = (float(v) for v in np.quantile(ranges, [0.05, 0.95]))
    swing = Fact(
        key="swing",
        label="best clock time against the worst, on average",
        value=float(ranges.mean()),
        unit="min",
        interval=(low, high),
        level="doubt90",
        sources=STANDARD,
    )
    points = tuple(
        point("model", float(at[:2]) + float(at[3:]) / 60.0, fact, average=True)
        for at, fact in zip(_CLOCKS, times, strict=True)
    )
    compared = arms_of("trials", "trials that compared clock times of magnesium", "timing")
    return Found(
        (gain, swing, *_one_dose(ask), *times),
        (compared,),
        lines(
            "clock hour of the dose (lights-out at 23)",
            "change of the time to fall asleep, min",
            points,
            "90 % of our doubts about the average",
        ),
    )


def _one_dose(ask: Ask) -> tuple[Fact, Fact, Fact]:
    """Of one dose 45 minutes before bed: what is absorbed, and how much brain magnesium rose, by
    lights-out; and the first night's change, as hours until half of it is taken up."""
    drawn = draw_bodies(reference_body(45), 4, 8, ask.seed)
    day, n = 30, len(drawn.doubt)
    at = 24.0 * day + 23.0 - _BEFORE
    dose = [add("gut.swallowed", at, mg_to_mmol(250.0))]
    nights = live(
        np.hstack([drawn.values] * 2), day + 2, per_body=[[]] * n + [dose] * n, trace=True
    )
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
    return (
        spread(
            "by_bed",
            "of a dose 45 min before bed, taken up by lights-out",
            "%",
            np.array(shares),
            drawn.doubt,
            sources,
        ),
        spread(
            "half",
            "hours until half of what is taken up of a dose is in",
            "h",
            np.array(halves),
            drawn.doubt,
            sources,
        ),
        spread(
            "brain",
            "brain magnesium at lights-out, by that dose",
            "%",
            np.array(brains),
            drawn.doubt,
            sources,
        ),
    )


def _c27(ask: Ask) -> Found:
    """500 mg in mild insomnia, beside trials and upper limits."""
    request = sleeper(ask)
    worlds = lived(request, lives_taking(request, {"500": taking(request, 500.0)}))
    facts = tuple(
        change(worlds, key, label, key, "500")
        for key, label in (
            ("latency", "time to fall asleep"),
            ("isi", "insomnia severity"),
            ("duration", "sleep"),
        )
    )
    limits = [
        one.supplement_limit_mg
        for one in references(LifeStage(55.0, "female"))
        if one.supplement_limit_mg is not None
    ]
    sources = ("iom1997", "scf2001", "evm2003")
    limit = Fact(
        key="limit",
        label="least upper limit from supplements",
        value=min(limits),
        unit="mg",
        sources=sources,
    )
    most = Fact(
        key="limit_most",
        label="most any authority allows from supplements",
        value=max(limits),
        unit="mg",
        sources=sources,
    )
    trials = (
        *pooled("sol", "trial_sol"),
        *pooled("isi", "trial_isi"),
        published("mah2021", "sol", "trial_review"),
    )
    known = [
        f
        for f in (*facts, *trials)
        if f.unit == "min" and f.value is not None and not f.key.endswith("_next")
    ]
    return Found(
        (*facts, limit, most, _stomach(500.0, "stomach")),
        trials,
        bars(
            "what",
            "change, min",
            tuple(point("model" if f in facts else "trials", f.label, f) for f in known),
            "90 % of people and doubts; 95 % of the mean for trials",
            limits=(NO_CHANGE,),
        ),
    )


CLAIMS: Mapping[str, Callable[[Ask], Found]] = MappingProxyType(
    {"C12": _c12, "C13": _c13, "C16": _c16, "C27": _c27}
)
"""How each claim of this file is answered."""
