"""Reference intakes of six authorities side by side, and where they and the articles disagree."""

import csv
import io
from functools import cache, lru_cache
from typing import Literal, NamedTuple, cast

from somnesium import say
from somnesium.person.person import Person
from somnesium.person.record import AUTHORITIES, Authority
from somnesium.sources import packaged_text, packaged_toml

Kind = Literal["RDA", "RNI", "AI"]
"""What an advised intake is: a recommended allowance, a reference intake, an adequate intake."""


class LifeStage(NamedTuple):
    """What reference intakes depend on: age in years, sex, pregnancy, lactation."""

    age: float
    sex: str
    pregnant: bool = False
    lactating: bool = False

    @property
    def state(self) -> str:
        """Pregnant before lactating, where someone is both."""
        return "pregnant" if self.pregnant else "lactating" if self.lactating else "none"


def life_stage_of(person: Person) -> LifeStage:
    """The life stage of a person."""
    return LifeStage(person.age, person.sex, person.pregnant, person.lactating)


class Reference(NamedTuple):
    """What an authority sets for people like this one, mg a day.

    `kind` is RDA, RNI or AI, explained in `meaning`. `average_mg` and `requirement_sd_mg` are the
    average requirement and how requirements differ, None where none was set.
    `supplement_limit_mg` is the most that may come from supplements. `read` says how we know.
    """

    authority: Authority
    name: str
    kind: Kind
    meaning: str
    average_mg: float | None
    requirement_sd_mg: float | None
    recommended_mg: float
    supplement_limit_mg: float | None
    sources: tuple[str, ...]
    read: str


class _Row(NamedTuple):
    """For whom a reference is: sex, age from and below [years], state."""

    sex: str
    age_from: float
    age_below: float
    state: str
    reference: Reference


@cache
def _rows() -> tuple[_Row, ...]:
    """The table `reference_intakes.csv`."""
    table = packaged_toml("reference_intakes.toml")

    def number(text: str) -> float | None:
        return float(text) if text else None

    rows = []
    for row in csv.DictReader(io.StringIO(packaged_text("reference_intakes.csv"))):
        about, kind = table["authorities"][row["authority"]], cast("Kind", row["kind"])
        limit = number(row["supplement_limit_mg"])
        reference = Reference(
            authority=cast("Authority", row["authority"]),
            name=about["name"],
            kind=kind,
            meaning=table["kinds"][kind],
            average_mg=number(row["average_mg"]),
            requirement_sd_mg=number(row["requirement_sd_mg"]),
            recommended_mg=float(row["recommended_mg"]),
            supplement_limit_mg=limit,
            sources=(row["source"],) if limit is None else (row["source"], about["limits"]),
            read=row["read"],
        )
        ages = float(row["age_from"]), float(row["age_below"])
        rows.append(_Row(row["sex"], *ages, row["state"], reference))
    return tuple(rows)


@lru_cache(maxsize=4096)
def reference(stage: LifeStage, authority: Authority) -> Reference | None:
    """What an authority sets for someone of this age, sex and state; None if nothing.

    None below one year, and for pregnancy and lactation at ages for which none was set.
    """
    for row in _rows():
        if (
            row.reference.authority == authority
            and row.sex in ("any", stage.sex)
            and row.state in ("any", stage.state)
            and row.age_from <= stage.age < row.age_below
        ):
            return row.reference
    return None


def references(stage: LifeStage) -> tuple[Reference, ...]:
    """What every authority that has set something sets for this life stage, in their order."""
    by_authority = (reference(stage, authority) for authority in AUTHORITIES)
    return tuple(each for each in by_authority if each is not None)


# --- disagreement ----------------------------------------------------------------------------


def _span(low: float, high: float) -> str:
    return f"{say.figures(low)} mg" if low == high else f"{say.figures_span((low, high))} mg"


def _between_authorities(set_by: tuple[Reference, ...]) -> list[str]:
    """Where the authorities part."""
    lines = []
    least = min(set_by, key=lambda each: each.recommended_mg)
    most = max(set_by, key=lambda each: each.recommended_mg)
    if least.recommended_mg < most.recommended_mg:
        ratio = most.recommended_mg / least.recommended_mg
        lines.append(
            f"The authorities disagree: {least.name} sets {say.figures(least.recommended_mg)} mg a "
            f"day for people like you, {most.name} {say.figures(most.recommended_mg)} mg "
            f"({say.number(ratio, 1)} times as much)."
        )
    without = [each.name for each in set_by if each.average_mg is None]
    if without:
        lines.append(
            f"No average requirement was set by: {', '.join(without)}. From eating less than "
            "they advise it does not follow that you eat too little."
        )
    limits = [each for each in set_by if each.supplement_limit_mg is not None]
    if len({each.supplement_limit_mg for each in limits}) > 1:
        advice = "; ".join(
            f"{each.name} {say.figures(each.supplement_limit_mg)} mg" for each in limits
        )
        lines.append(f"The most from supplements is not agreed on either: {advice}.")
    return lines


def _balance(set_by: tuple[Reference, ...]) -> list[str]:
    """What balance studies say against the average requirements."""
    balance = packaged_toml("reference_intakes.toml")["balance"]
    averages = [each.average_mg for each in set_by if each.average_mg is not None]
    if not averages:
        return []
    return [
        "Pooled balance studies of adults put the mean need at "
        f"{say.figures(balance['average_mg'])} mg a day; the average requirements above are "
        f"{_span(min(averages), max(averages))}. The two are in open conflict."
    ]


def _articles(stage: LifeStage, set_by: tuple[Reference, ...]) -> list[str]:
    """What the founding articles say against the authorities; they speak of adults."""
    lines = []
    values = [each.recommended_mg for each in set_by]
    limits = [each.supplement_limit_mg for each in set_by if each.supplement_limit_mg is not None]
    advice = []
    for article in packaged_toml("reference_intakes.toml")["articles"]:
        low, high = article[f"{stage.sex}_mg"]
        advice.append(f"{article['name']} says {_span(low, high)}")
        _, most = article["supplement_mg"]
        below = [limit for limit in limits if limit < most]
        if below:
            lines.append(
                f"{article['name']} allows {say.figures(most)} mg from supplements; that is above "
                f"the limit of {_span(min(below), max(below))} set by {len(below)} of "
                f"{len(limits)} authorities."
            )
    each = f"{'; '.join(advice)}; the authorities say {_span(min(values), max(values))}."
    kind = "a woman" if stage.sex == "female" else "a man"
    return [f"For {kind} to get in a day: {each}", *lines]


def conflicts(stage: LifeStage) -> tuple[str, ...]:
    """Sentences on where authorities, balance studies and the two articles disagree."""
    set_by = references(stage)
    if not set_by:
        return ()
    lines = _between_authorities(set_by)
    if stage.age >= 18:
        lines += _balance(set_by)
        if stage.state == "none":
            lines += _articles(stage, set_by)
    return tuple(lines)


def article_sources() -> tuple[str, ...]:
    """Source keys of what `conflicts` compares the authorities with."""
    table = packaged_toml("reference_intakes.toml")
    return (table["balance"]["source"], *(article["key"] for article in table["articles"]))
