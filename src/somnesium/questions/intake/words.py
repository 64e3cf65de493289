"""The answer about intake in plain sentences."""

from collections.abc import Sequence
from typing import Protocol

from somnesium import say
from somnesium.answers.intake.adequacy import chance_below
from somnesium.answers.intake.amounts import Amounts
from somnesium.person.record import Authority

_SURE, _LIKELY = chance_below(1.96), chance_below(1.0)


class _Judged(Protocol):
    """What a sentence needs of an adequacy."""

    @property
    def authority(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def average_mg(self) -> float | None: ...
    @property
    def recommended_mg(self) -> float: ...
    @property
    def confidence(self) -> float: ...
    @property
    def probability(self) -> float | None: ...
    @property
    def enough_from_mg(self) -> float | None: ...
    @property
    def supplement_limit_mg(self) -> float | None: ...
    @property
    def verdict(self) -> str: ...


def verdict(confidence: float, has_average: bool) -> str:
    """A confidence, 0 to 1, in words; where no average requirement was set, little follows."""
    if not has_average:
        if confidence >= _SURE:
            return "above what is advised"
        return "likely above what is advised" if confidence >= _LIKELY else "cannot tell"
    if confidence >= _SURE:
        return "enough"
    if confidence >= _LIKELY:
        return "probably enough"
    if confidence >= 0.5:
        return "not sure; perhaps enough"
    return "probably too little" if confidence > 1.0 - _SURE else "too little"


def _needs(one: _Judged, days: int | None) -> str:
    """What would have to be observed to be sure."""
    what = f"from {days} day{'s' if days != 1 else ''}" if days else "from a stated habit"
    return (
        f"To be 97.5 % sure {what}, intake would have to be {say.number(one.enough_from_mg)} mg a "
        "day. A number of that size is not a goal; more days recorded bring it down."
    )


def _limits(found: Amounts, adequacy: Sequence[_Judged]) -> list[str]:
    """Supplements against the upper limits."""
    taken = found.supplement_mg * (1.0 - 1e-9)  # three times 116.667 mg is 350 mg
    over = [
        f"{one.name} {say.figures(one.supplement_limit_mg)} mg"
        for one in adequacy
        if one.supplement_limit_mg is not None and taken > one.supplement_limit_mg
    ]
    if not over:
        return []
    return [
        f"Supplements bring {say.number(found.supplement_mg)} mg a day, above these limits for "
        f"supplements: {'; '.join(over)}."
    ]


def intake_summary(
    found: Amounts,
    days: int | None,
    usual_mg: float,
    usual_interval90: tuple[float, float],
    adequacy: Sequence[_Judged],
    authority: Authority,
) -> tuple[str, ...]:
    """The answer in a few sentences."""
    low, high = found.total_interval90
    lines = [
        f"You get about {say.number(found.total_mg)} mg of magnesium a day "
        f"({say.span((low, high))}): {say.number(found.food_mg)} from food, "
        f"{say.number(found.water_mg)} from water, {say.number(found.supplement_mg)} from "
        "supplements."
    ]
    bottom, top = usual_interval90
    lines.append(
        f"What you usually get is likely {say.number(usual_mg)} mg ({say.span((bottom, top))}), "
        "once chance days and what other people eat are weighed in."
    )
    asked = next((one for one in adequacy if one.authority == authority), None)
    if asked is None:
        lines.append("That authority has set no value for people like you.")
    elif asked.average_mg is None:
        lines.append(
            f"{asked.name} advises {say.figures(asked.recommended_mg)} mg and has set no average "
            f"need: {asked.verdict}. Ask with authority us, uk or japan for a chance of having "
            "enough."
        )
    else:
        lines.append(
            f"Is it enough? {asked.verdict[0].upper()}{asked.verdict[1:]}. By the Institute of "
            f"Medicine's method one can be {say.chance(asked.confidence)} sure that it is, with "
            f"the values of {asked.name}. With what other people eat weighed in, the chance is "
            f"{say.chance(asked.probability or 0.0)}."
        )
        lines.append(_needs(asked, days))
    if found.data_confidence is not None and found.data_confidence < 0.8:
        lines.append(
            f"Only {say.percent(found.data_confidence)} of the food magnesium rests on measured "
            "foods: the rest is stated, odd or filled in from the food group."
        )
    lines += _limits(found, adequacy)
    lines.append("People tend to write down less than they eat: the true intake may be higher.")
    return tuple(lines)
