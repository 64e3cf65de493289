"""The safety rules as documents: what `safety.toml` and `interactions.toml` may say.

A condition is a small set of fields, each tested by one line in `safety.py`. A mistyped field or
substance in the data is refused when the table is read.
"""

from datetime import date
from functools import cache
from typing import Literal, Self

from pydantic import Field, model_validator

from somnesium.person.document import Document, Flag, Number, Whole, refuse
from somnesium.person.person import Condition, Symptom
from somnesium.person.regimen import SUBSTANCES
from somnesium.sources import packaged_toml

Region = Literal["us", "eu"]
"""Whose upper limits."""

Severity = Literal["refusal", "caution"]
"""Whether the plan stops."""


class When(Document):
    """The condition of a rule: every field given must hold, and one of `any_of` if there are any.

    `..._below` and `..._above` are strict, `..._from` includes the limit. Of a value that was
    not measured no limit holds.
    """

    age_below: Number | None = None
    age_from: Number | None = None
    egfr_below: Number | None = None
    egfr_from: Number | None = None
    egfr_unknown: Literal[True] | None = None
    serum_below: Number | None = None
    serum_above: Number | None = None
    forecast_above: Number | None = None
    pregnant: Literal[True] | None = None
    lactating: Literal[True] | None = None
    conditions_any: tuple[Condition, ...] | None = None
    conditions_all: tuple[Condition, ...] | None = None
    conditions_none: tuple[Condition, ...] | None = None
    symptoms_any: tuple[Symptom, ...] | None = None
    insomnia_any: tuple[Literal["mild", "moderate", "severe"], ...] | None = None
    isi_from: Whole | None = None
    medicine_classes_any: tuple[str, ...] | None = None
    medicine_unknown: Literal[True] | None = None
    medicine_respelt: Literal[True] | None = None
    region: Region | None = None
    any_dose: Flag | None = None
    substances_any: tuple[str, ...] | None = None
    substances_none: tuple[str, ...] | None = None
    daily_mg_above: Number | None = None
    single_mg_above: Number | None = None
    any_of: tuple["When", ...] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        """Substances are known, and an amount says whose it is."""
        for name in (*(self.substances_any or ()), *(self.substances_none or ())):
            if name not in SUBSTANCES:
                raise refuse(", ".join(SUBSTANCES), "", "substances_any", name)
        limited = self.daily_mg_above is not None or self.single_mg_above is not None
        if limited and len(self.substances_any or ()) != 1:
            raise refuse("one substance beside an amount", "", "substances_any", "not one")
        return self


class Rule(Document):
    """One rule of `safety.toml`."""

    key: str
    severity: Severity
    text: str
    clinician: str
    sources: tuple[str, ...] = Field(min_length=1)
    reviewed: date
    when: When


class Interaction(Document):
    """One row of `interactions.toml`: medicines by key or class, against substances of the plan."""

    key: str
    medicines_any: tuple[str, ...] = Field(min_length=1)
    medicines_none: tuple[str, ...] = ()
    substances_any: tuple[str, ...] = Field(min_length=1)
    mechanism: str
    effect: Literal[
        "less_medicine", "more_medicine", "less_magnesium", "more_magnesium", "additive"
    ]
    size: str
    action: Literal["separate", "avoid", "monitor", "test"]
    hours_before: Number | None = None
    hours_after: Number | None = None
    without_dose: Flag = False
    severity: Severity
    text: str
    clinician: str
    sources: tuple[str, ...] = Field(min_length=1)
    evidence: Literal["read", "secondary", "memory", "judgement"]
    reviewed: date

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        """Hours stand with `separate`, and only there."""
        for hours in (self.hours_before, self.hours_after):
            if (hours is None) == (self.action == "separate"):
                raise refuse("hours with separate, and only there", "", "action", self.action)
        return self


@cache
def rules() -> tuple[Rule, ...]:
    """The rules of a person and a plan, in order; reviewed with their table if not since."""
    table = packaged_toml("safety.toml")
    return tuple(Rule(**{"reviewed": table["reviewed"], **entry}) for entry in table["rule"])


@cache
def interactions() -> tuple[Interaction, ...]:
    """The interacting medicines, in order; reviewed with their table if not since."""
    table = packaged_toml("interactions.toml")
    rows = table["interaction"]
    return tuple(Interaction(**{"reviewed": table["reviewed"], **row}) for row in rows)
