"""Side effects: what is not absorbed goes to the stool; what is not excreted stays in the blood."""

import math
from collections.abc import Sequence

import numpy as np

from somnesium import say
from somnesium.answers.shares import wilson
from somnesium.person.document import Document, Number
from somnesium.person.person import Person
from somnesium.person.regimen import Dose
from somnesium.person.supplements import find_form
from somnesium.quantity import mg_to_mmol
from somnesium.simulation.worlds import Worlds

STOOL_GRAMS_PER_MMOL = 7.3
"""Stool [g] per mmol of magnesium in it (fine1991b)."""
_INTERCEPT, _SLOPE = -5.85, 1.6
_FOOD = 1.6
_WIDE = 3.0
HIGH_SERUM = 1.05
"""Serum magnesium above which a laboratory calls it high [mmol/L] (judgement#evidence8.1)."""
VERY_HIGH_SERUM = 1.234
"""3.0 mg/dL, hypermagnesaemia of the laxative studies [mmol/L] (mori2019)."""


class SideEffect(Document):
    """A side effect: its probability with a 90 % interval, in words, with sources."""

    key: str
    label: str
    probability: Number | None
    interval90: tuple[Number, Number] | None
    text: str
    sources: tuple[str, ...]


def unabsorbed(dose_mg: float) -> float:
    """Magnesium [mmol] left unabsorbed of one soluble dose [mg elemental] with a meal.

    The share 40.3 / (33.4 + D) + 0.07 is absorbed, through the ends of Fine 1991; below the least
    dose studied there (36 mg) the share is held at its 65 %.
    """
    share = min(40.3 / (33.4 + dose_mg) + 0.07, 0.65)  # fine1991
    return mg_to_mmol(dose_mg * (1.0 - share))


def stool_grams(unabsorbed_mmol: float) -> float:
    """Extra stool [g] of unabsorbed magnesium [mmol] (fine1991b)."""
    return STOOL_GRAMS_PER_MMOL * unabsorbed_mmol


def symptom_probability(
    dose_mg: float, laxative: float = 1.0, with_food: bool = False
) -> tuple[float, float, float]:
    """Probability of loose stools or stomach upset beyond placebo from one dose: (mean, low, high).

    Logistic in the logarithm of what is left unabsorbed, between our prior (350 mg 10 %) and the
    6 of 21 who had symptoms at 360 mg (bashir1993); the interval spans a factor of three each way
    in odds. `laxative` is the form's factor (1.3 for oxide, 0.7 for bisglycinate).
    """
    if dose_mg <= 0.0:
        return 0.0, 0.0, 0.0
    return _probability(unabsorbed(dose_mg), laxative / (_FOOD if with_food else 1.0))


def _probability(mmol: float, factor: float) -> tuple[float, float, float]:
    """Probability (mean, low, high) at an amount unabsorbed [mmol] and a factor of the odds."""
    odds = math.exp(_INTERCEPT + _SLOPE * math.log(mmol)) * factor
    low, mean, high = (o / (1.0 + o) for o in (odds / _WIDE, odds, odds * _WIDE))
    return mean, low, high


def day_probability(taken: Sequence[Dose]) -> tuple[float, float, float]:
    """Probability of symptoms beyond placebo from the magnesium of one day: (mean, low, high).

    What is left unabsorbed of each clock time adds up, so that doses split over the day leave
    less than the same at once; form and food count by their share of what is left.
    """
    times: dict[float, list[Dose]] = {}
    for dose in taken:
        if dose.substance == "magnesium" and dose.amount_mg > 0.0:
            times.setdefault(dose.clock_hours, []).append(dose)
    left, weighted = 0.0, 0.0
    for together in times.values():
        amount = sum(dose.amount_mg for dose in together)
        rest = unabsorbed(amount)
        left += rest
        weighted += sum(rest * dose.amount_mg / amount * _gentle(dose) for dose in together)
    return _probability(left, weighted / left) if left > 0.0 else (0.0, 0.0, 0.0)


def _gentle(dose: Dose) -> float:
    """Factor of the odds of symptoms by form and food."""
    laxative = find_form(dose.form).laxative_factor if dose.form else 1.0
    return laxative / (_FOOD if dose.with_food else 1.0)


def _stomach(taken: Sequence[Dose]) -> SideEffect | None:
    """Stools and stomach on the worst day of the plan; None if it holds no magnesium."""
    days: dict[int, list[Dose]] = {}
    for dose in taken:
        if dose.substance == "magnesium" and dose.amount_mg > 0.0:
            days.setdefault(dose.day, []).append(dose)
    if not days:
        return None
    mean, low, high = max(day_probability(day) for day in days.values())
    return SideEffect(
        key="stomach",
        label="loose stools or stomach upset",
        probability=mean,
        interval90=(low, high),
        text=(
            f"Loose stools, cramps or nausea: about {say.number(100 * mean)} in 100 people "
            f"({say.span((100 * low, 100 * high))}). Smaller doses, with food, are gentler."
        ),
        sources=("bashir1993", "fine1991", "judgement#evidence2.3"),
    )


def high_share(serum: np.ndarray, person: np.ndarray, limit: float) -> tuple[float, float, float]:
    """Share of people whose serum [mmol/L] (nights, draws) ever passes a limit: (mean, low, high).

    `person` says which person each draw is; the 90 % interval (wilson1927) counts people, since
    the draws of one person are not new people.
    """
    over = np.nanmax(serum, axis=0) > limit
    share, n = float(over.mean()), len(np.unique(person))
    return share, *wilson(share, n)


def _high_serum(person: Person, worlds: Worlds) -> SideEffect:
    """Share of people like this one whose blood magnesium goes above the laboratory limit."""
    who = worlds.draws.person
    plain = high_share(worlds.results["without"].field("serum"), who, HIGH_SERUM)[0]
    share, low, high = high_share(worlds.results["with"].field("serum"), who, HIGH_SERUM)
    known = (
        ""
        if person.egfr or person.creatinine_mg_dl or person.creatinine_umol_l
        else (" Your kidneys were not measured; we took the usual for your age.")
    )
    return SideEffect(
        key="high_serum",
        label=f"blood magnesium above {say.figures(HIGH_SERUM)} mmol/L",
        probability=share,
        interval90=(low, high),
        text=(
            f"Too much magnesium in the blood (above {say.figures(HIGH_SERUM)} mmol/L): "
            f"{say.number(100 * share)} in 100 ({say.span((100 * low, 100 * high))}), against "
            f"{say.number(100 * plain)} in 100 without the plan.{known}"
        ),
        sources=("mori2019", "wakai2019", "judgement#evidence8.1"),
    )


def _stool(worlds: Worlds) -> SideEffect:
    """Extra stool from what the plan leaves unabsorbed."""
    out = {}
    for world in ("without", "with"):
        result = worlds.results[world]
        days = np.diff(result.field("rise")[[0, -1]], axis=0)[0] / 24.0
        out[world] = np.diff(result.field("stool")[[0, -1]], axis=0)[0] / days
    extra = STOOL_GRAMS_PER_MMOL * (out["with"] - out["without"])
    low, high = (float(v) for v in np.quantile(extra, [0.05, 0.95]))
    return SideEffect(
        key="stool",
        label="softer, heavier stool",
        probability=None,
        interval90=None,
        text=(
            f"Stool heavier by about {say.number(extra.mean())} g a day ({say.span((low, high))}), "
            "which some want and some do not."
        ),
        sources=("fine1991b",),
    )


def side_effects(person: Person, taken: Sequence[Dose], worlds: Worlds) -> tuple[SideEffect, ...]:
    """Side effects of the magnesium in a plan; none if it holds none."""
    stomach = _stomach(taken)
    if stomach is None:
        return ()
    return stomach, _stool(worlds), _high_serum(person, worlds)
