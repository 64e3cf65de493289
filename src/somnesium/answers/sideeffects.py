"""Side effects: what is not absorbed goes to the stool; what is not excreted stays in the blood."""

import math
from collections.abc import Sequence

import numpy as np

from somnesium.person.document import Document, Number
from somnesium.person.person import Person
from somnesium.person.regimen import Dose
from somnesium.person.supplements import find_form
from somnesium.quantity import mg_to_mmol
from somnesium.simulation.worlds import Worlds

__all__ = ["SideEffect", "side_effects", "stool_grams", "symptom_probability", "unabsorbed"]

STOOL_GRAMS_PER_MMOL = 7.3
"""Stool [g] per mmol of magnesium in it (fine1991b)."""
_INTERCEPT, _SLOPE = -5.85, 1.6
_FOOD = 1.6
_WIDE = 3.0
HIGH_SERUM = 1.05
"""Serum magnesium above which a laboratory calls it high [mmol/L] (judgement#evidence8.1)."""


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

    The hyperbola 40.3 D / (33.4 + D) + 0.07 D through the ends of Fine 1991.
    """
    absorbed = 40.3 * dose_mg / (33.4 + dose_mg) + 0.07 * dose_mg
    return mg_to_mmol(dose_mg - absorbed)


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
    odds = math.exp(_INTERCEPT + _SLOPE * math.log(unabsorbed(dose_mg)))
    odds *= laxative / (_FOOD if with_food else 1.0)
    low, mean, high = (o / (1.0 + o) for o in (odds / _WIDE, odds, odds * _WIDE))
    return mean, low, high


def _stomach(taken: Sequence[Dose]) -> SideEffect | None:
    """The dose of the plan most likely to upset."""
    risks = [
        symptom_probability(
            dose.amount_mg, find_form(dose.form).laxative_factor if dose.form else 1.0,
            dose.with_food,
        )
        for dose in {d._replace(day=0) for d in taken if d.substance == "magnesium"}
    ]
    if not risks:
        return None
    mean, low, high = max(risks)
    return SideEffect(
        key="stomach",
        label="loose stools or stomach upset",
        probability=mean,
        interval90=(low, high),
        text=(
            f"Loose stools, cramps or nausea: about {100 * mean:.0f} in 100 people "
            f"({100 * low:.0f} to {100 * high:.0f}). Smaller doses, with food, are gentler."
        ),
        sources=("bashir1993", "fine1991", "judgement#evidence2.3"),
    )


def _high_serum(person: Person, worlds: Worlds) -> SideEffect:
    """Share of people like this one whose blood magnesium goes above the laboratory limit."""
    serum = worlds.results["with"].field("serum")
    over = np.nanmax(serum, axis=0) > HIGH_SERUM
    share, n = float(over.mean()), len(over)
    error = 1.645 * math.sqrt(max(share * (1 - share), 0.25 / n) / n)
    known = "" if person.egfr or person.creatinine_mg_dl or person.creatinine_umol_l else (
        " Your kidneys were not measured; we took the usual for your age."
    )
    low, high = max(0.0, share - error), min(1.0, share + error)
    return SideEffect(
        key="high_serum",
        label=f"blood magnesium above {HIGH_SERUM:g} mmol/L",
        probability=share,
        interval90=(low, high),
        text=(
            f"Too much magnesium in the blood (above {HIGH_SERUM:g} mmol/L): "
            f"{100 * share:.0f} in 100 ({100 * low:.0f} to {100 * high:.0f}).{known}"
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
            f"Stool heavier by about {extra.mean():.0f} g a day ({low:.0f} to {high:.0f}), "
            "which some want and some do not."
        ),
        sources=("fine1991b",),
    )


def side_effects(
    person: Person, taken: Sequence[Dose], worlds: Worlds
) -> tuple[SideEffect, ...]:
    """Side effects of the magnesium in a plan; none if it holds none."""
    stomach = _stomach(taken)
    if stomach is None:
        return ()
    return stomach, _stool(worlds), _high_serum(person, worlds)
