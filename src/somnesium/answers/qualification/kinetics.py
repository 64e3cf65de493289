"""B26–B32 and B47–B51: magnesium in, through and out of the body."""

import math
from functools import cache

import numpy as np

from somnesium import say
from somnesium.answers.qualification.benchmark import Check, Experiments
from somnesium.answers.qualification.laboratory import (
    LaboratoryLife,
    Nights,
    add,
    live,
    magnesium_doses,
    oxide_doses,
    state_trace,
)
from somnesium.answers.sideeffects import stool_grams, symptom_probability
from somnesium.body.assembly import Body
from somnesium.body.stores import Stores
from somnesium.engine.tiles import STEP
from somnesium.quantity import mg_to_mmol
from somnesium.simulation.individual import Covariates

DAY = round(24.0 / STEP)
START = 28


def day_mean(nights: Nights, leaf: str, day: int, person: int = 0) -> float:
    """24-h mean of a leaf of the state on a day."""
    return float(np.mean(state_trace(nights, leaf, person)[day * DAY : (day + 1) * DAY]))


def _serum(nights: Nights, day: int, person: int = 0) -> float:
    return day_mean(nights, "stores.plasma", day, person) / Stores().volume


def _urine(nights: Nights, day: int, person: int = 0) -> float:
    total = state_trace(nights, "lost.urine", person)
    return float(total[(day + 1) * DAY] - total[day * DAY])


FINE_MG = (36.0, 70.0, 150.0, 300.0, 500.0, 973.0)


@cache
def _single_doses() -> Nights:
    """A dose alone in an empty gut, one dose size a body."""
    doses = [[add("gut.swallowed", 10.0, mg_to_mmol(mg))] for mg in FINE_MG]
    empty = LaboratoryLife(diet=0.0)
    return live([Body()] * len(FINE_MG), 3, per_body=doses, life=empty, trace=True, settle=0)


def _b26() -> tuple[Check, ...]:
    checks = []
    for k, mg in enumerate(FINE_MG):
        absorbed = float(state_trace(_single_doses(), "lost.absorbed", k)[-1])
        share = 100.0 * absorbed / mg_to_mmol(mg)
        fine = 40.3 / (33.4 + mg) * 100.0 + 7.0
        checks.append(
            Check(f"absorbed of {say.figures(mg)} mg", share, 0.9 * fine, 1.1 * fine, "%")
        )
        if mg == 70.0:
            checks.append(Check("absorbed of 70 mg, tracer", share, 42, 52, "%"))
    return tuple(checks)


@cache
def _twelve_weeks() -> Nights:
    """Usual and other diets, each without and with 365 mg a day for twelve weeks."""
    last = START + 84
    meals = magnesium_doses(182.5, (8.0, 19.0), START, last, 0.9)
    share = 0.9 * Body().gut.fasting_share
    between = magnesium_doses(182.5, (10.5, 22.0), START, last, share)
    diets = (340.0, 340.0, 340.0, 180.0, 180.0, 480.0, 480.0)
    doses = [[], meals, between, [], meals, [], meals]
    lives = [LaboratoryLife(diet=diet) for diet in diets]
    return live([Body()] * 7, last, per_body=doses, lives=lives, trace=True)


LAST = START + 82


def _b27() -> tuple[Check, ...]:
    nights = _twelve_weeks()
    return (
        Check("serum", _serum(nights, LAST), 0.83, 0.87, "mmol/L"),
        Check("urine", _urine(nights, LAST), 4.2, 5.6, "mmol/d"),
    )


def _change(plain: int, taken: int) -> tuple[float, float]:
    nights = _twelve_weeks()
    return (
        _serum(nights, LAST, taken) - _serum(nights, LAST, plain),
        _urine(nights, LAST, taken) - _urine(nights, LAST, plain),
    )


def _b28() -> tuple[Check, ...]:
    meals, between = _change(0, 1), _change(0, 2)
    return (
        Check("serum", (meals[0] + between[0]) / 2, 0.02, 0.06, "mmol/L"),
        Check("urine", (meals[1] + between[1]) / 2, 1.20, 1.83, "mmol/d"),
    )


def _b29() -> tuple[Check, ...]:
    nights = _twelve_weeks()
    gains = []
    for plain, taken in ((3, 4), (0, 1), (5, 6)):
        serum, urine = _change(plain, taken)
        absorbed = [
            state_trace(nights, "lost.absorbed", k)[[LAST * DAY, (LAST + 1) * DAY]]
            for k in (plain, taken)
        ]
        more = float(np.diff(absorbed[1])[0] - np.diff(absorbed[0])[0])
        gains.append((serum, urine / more))
    low, usual, high = gains
    return (
        Check("serum rise, low less usual diet", low[0] - usual[0], 0, 1, "mmol/L"),
        Check("serum rise, usual less high diet", usual[0] - high[0], 0, 1, "mmol/L"),
        Check("urine over absorbed, usual less low", usual[1] - low[1], 0, 1),
        Check("urine over absorbed, high less usual", high[1] - usual[1], 0, 1),
    )


def _b30() -> tuple[Check, ...]:
    """Renal wasting brings the serum to 0.61; about 300 mg for thirteen weeks."""
    body = Body()
    wasting = body._replace(kidney=body.kidney._replace(leak=6.0 / 24))
    start, last = 60, 60 + 91
    doses = magnesium_doses(150.0, (8.0, 19.0), start, last)
    nights = live(
        [wasting] * 2,
        last,
        per_body=[[], doses],
        life=LaboratoryLife(diet=265.0),
        settle=45,
        trace=True,
    )
    low, high = _serum(nights, last - 2, 0), _serum(nights, last - 2, 1)
    return (
        Check("serum before", low, 0.56, 0.66, "mmol/L"),
        Check("serum rise", high - low, 0.11, 0.30, "mmol/L"),
    )


@cache
def _one_dose() -> Nights:
    """400 mg at 08:00 on a day without food until the evening, and the same day without."""
    day = 24.0 * 30
    amount = mg_to_mmol(400.0) * Body().gut.fasting_share
    life = LaboratoryLife()
    fast = [
        add("gut.swallowed", day + clock, -mg_to_mmol(life.diet * share))
        for clock, share in life.meals
        if clock < 18.0
    ]
    dose = [add("gut.swallowed", day + 8.0, amount)]
    return live([Body()] * 2, 32, per_body=[fast, fast + dose], trace=True)


def _b31() -> tuple[Check, ...]:
    nights = _one_dose()
    plain, taken = (state_trace(nights, "stores.plasma", k) for k in (0, 1))
    rise = 100.0 * (taken / plain - 1.0)
    at = 30 * DAY + round(8.0 / STEP)
    brain = 100.0 * (state_trace(nights, "brain", 1) / state_trace(nights, "brain", 0) - 1.0)
    return (
        Check("highest serum rise", float(rise[at : at + DAY].max()), 3, 7, "%"),
        Check("serum rise at 12 h", float(rise[at + 144]), -1, 2.5, "%"),
        Check("highest change of the brain", float(np.abs(brain[at:]).max()), 0, 1, "%"),
    )


def _b32() -> tuple[Check, ...]:
    c, body = Covariates(), Body()

    def with_threshold(shift: float) -> Body:
        kidney = body.kidney._replace(threshold=body.kidney.threshold + shift)
        return body._replace(kidney=kidney)

    bodies = [body, with_threshold(c.threshold_thiazide), with_threshold(c.threshold_diabetes)]
    nights = live(bodies, 60, settle=45, trace=True)
    plain = _serum(nights, 58)
    return (
        Check("serum under a thiazide", _serum(nights, 58, 1) - plain, -0.025, -0.012, "mmol/L"),
        Check("serum in diabetes", _serum(nights, 58, 2) - plain, -0.07, -0.04, "mmol/L"),
    )


def _b47() -> tuple[Check, ...]:
    s = Stores()
    fast = s.volume * s.serum_typical + s.tissue_size
    return (
        Check("exchanging within days", 100.0 * fast / (fast + s.slow_size), 10.5, 19.5, "%"),
        Check("half-time of soft tissue", math.log(2) / s.tissue_rate, 9.8, 45.5, "h"),
        Check("half-time of the slow store", math.log(2) / s.slow_rate, 700, 1300, "h"),
    )


def _b48() -> tuple[Check, ...]:
    """From the usual diet to 30 mg a day, by meals that leave the rest out."""
    start, last = 40, 40 + 16
    usual, low = LaboratoryLife(), 30.0 / 340.0
    less = [
        add("gut.swallowed", 24.0 * day + clock, -mg_to_mmol(usual.diet * share) * (1.0 - low))
        for day in range(start, last)
        for clock, share in usual.meals
    ]
    nights = live([Body()], last, events=less, trace=True, settle=35)
    return (Check("urine on day 10", _urine(nights, start + 9), 0, 1, "mmol/d"),)


GFRS = (1.0, 0.6, 0.3, 0.1)


@cache
def _failing_kidneys() -> Nights:
    body = Body()
    bodies = [body._replace(kidney=body.kidney._replace(gfr=g)) for g in GFRS for _ in range(2)]
    doses = [[], oxide_doses(603.0, (8.0, 19.0), 60, 60 + 56)] * len(GFRS)
    return live(bodies, 116, per_body=doses, settle=45, trace=True)


def _b49() -> tuple[Check, ...]:
    nights = _failing_kidneys()
    plain = [_serum(nights, 58, 2 * k) for k in range(len(GFRS))]
    extra = [_serum(nights, 114, 2 * k + 1) - _serum(nights, 114, 2 * k) for k in range(4)]
    return (
        Check("serum at eGFR 60", plain[1], 0.75, 0.955, "mmol/L"),
        Check("serum at eGFR 30", plain[2], 0.75, 1.0, "mmol/L"),
        Check("serum at eGFR 10", plain[3], 1.05, 2.0, "mmol/L"),
        Check("rise with oxide, eGFR 10 less 100", extra[3] - extra[0], 0.02, 2.0, "mmol/L"),
    )


def _b50() -> tuple[Check, ...]:
    mean, _, _ = symptom_probability(360.0)
    return (
        Check("stool of a mmol unabsorbed", stool_grams(1.0), 7.2, 7.4, "g"),
        Check("symptoms from 360 mg at once", 100.0 * mean, 10, 45, "%"),
    )


def _b51() -> tuple[Check, ...]:
    rng = np.random.default_rng(51)
    events = []
    swallowed = 0.0
    for day in range(365):
        for _ in range(int(rng.integers(0, 4))):
            amount = float(rng.uniform(0.0, 30.0))
            swallowed += amount
            where = "gut.solid" if rng.random() < 0.5 else "gut.swallowed"
            events.append(add(where, 24.0 * day + float(rng.uniform(0.0, 24.0)), amount))
    life = LaboratoryLife()
    nights = live([Body()], 366, events=events, life=life, settle=0, trace=True)
    swallowed += 365 * mg_to_mmol(life.diet)
    inside = (
        "gut.swallowed",
        "gut.solid",
        "gut.lumen",
        "stores.plasma",
        "stores.tissue",
        "stores.slow",
    )
    lost = ("lost.urine", "lost.stool", "lost.endogenous")
    at = 365 * DAY
    total = {leaf: state_trace(nights, leaf) for leaf in (*inside, *lost)}
    before = sum(float(total[leaf][0]) for leaf in inside)
    after = sum(float(total[leaf][at]) for leaf in (*inside, *lost))
    error = abs(after - before - swallowed) / (before + swallowed)
    return (Check("magnesium made or lost by the arithmetic in a year", error, 0, 1e-9),)


EXPERIMENTS: Experiments = {
    "B26": _b26,
    "B27": _b27,
    "B28": _b28,
    "B29": _b29,
    "B30": _b30,
    "B31": _b31,
    "B32": _b32,
    "B47": _b47,
    "B48": _b48,
    "B49": _b49,
    "B50": _b50,
    "B51": _b51,
}
"""The experiments of this file by the number of their benchmark."""
