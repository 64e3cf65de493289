"""What was eaten on recorded days, what is eaten how often, and what is not eaten at all.

An intake document holds a person and one statement of what they eat: recorded days, a list of
how often, or a diet as in a request. A request is an intake document too: what only a forecast
needs is read and left aside.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from somnesium.person.diet import Diet, FoodItem, Water
from somnesium.person.document import (
    Document,
    Flag,
    Number,
    StartDate,
    Whole,
    read_document,
    refuse,
)
from somnesium.person.habits import Habits
from somnesium.person.person import Person
from somnesium.person.regimen import Regimen

Authority = Literal["us", "eu", "uk", "nordic", "who", "japan"]
"""Whose reference intakes."""

AUTHORITIES: tuple[Authority, ...] = ("us", "eu", "uk", "nordic", "who", "japan")
"""All authorities, in the order they are shown in."""

_PER_DAY = {"day": 1.0, "week": 1.0 / 7.0, "month": 12.0 / 365.25}


class RecordedDay(Document):
    """One day as it was: the `foods` eaten, or their magnesium [mg], supplements and water apart.

    A day on which nothing was eaten is `magnesium_mg = 0`.
    """

    name: str = Field(default="", max_length=200, description="a date or a weekday, may be empty")
    foods: tuple[FoodItem, ...] = Field(default=(), max_length=200)
    magnesium_mg: Number | None = Field(
        default=None, ge=0, le=3000, description="magnesium in food that day, mg"
    )

    @model_validator(mode="after")
    def _one_statement(self) -> Self:
        """Exactly one of foods and magnesium."""
        if bool(self.foods) == (self.magnesium_mg is not None):
            given = self.magnesium_mg if self.foods else "nothing"
            raise refuse("either foods or magnesium_mg", "give one of them", given=given)
        return self


class EatenOften(FoodItem):
    """A food, how much of it at a time, and how many `times` in a day, week or month."""

    times: Number = Field(ge=0, le=200, description="how many times")
    per: Literal["day", "week", "month"] = "week"

    @property
    def times_per_day(self) -> float:
        """Times a day; a month is a twelfth of 365.25 days."""
        return self.times * _PER_DAY[self.per]


class Avoid(Document):
    """What food must not be suggested.

    `nuts` is an allergy to peanuts or tree nuts; `kidney_diet` one low in potassium and
    phosphate. Of `dislikes`, every food whose name holds all the words of one is left out.
    """

    vegan: Flag = False
    nuts: Flag = False
    kidney_diet: Flag = False
    dislikes: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = Field(
        default=(), max_length=50, description="foods not eaten, in words"
    )


class IntakeQuestion(Document):
    """How much magnesium do I get, and is it enough?

    `authority` is whose average requirement is asked about first; only "us", "uk" and "japan"
    have set one. Supplements are averaged over the first `days` days of the regimen. `habits`,
    `start`, `people` and `seed` are read, so that a request is answered too, and not used
    otherwise; `start` decides on which weekday the regimen begins.
    """

    name: str = Field(default="", max_length=200)
    person: Person
    record: tuple[RecordedDay, ...] = Field(
        default=(), max_length=366, description="days recorded, one table each"
    )
    often: tuple[EatenOften, ...] = Field(
        default=(), max_length=300, description="foods and how often they are eaten"
    )
    diet: Diet | None = Field(default=None, description="a typical week, or mg a day")
    water: Water | None = None
    regimen: Regimen = Regimen()
    avoid: Avoid = Avoid()
    authority: Authority = "us"
    days: Whole = Field(default=56, ge=7, le=366, description="days supplements are averaged over")
    start: StartDate = date(2026, 1, 5)
    habits: Habits | None = None
    people: Whole | None = None
    seed: Whole | None = None

    @model_validator(mode="after")
    def _one_statement(self) -> Self:
        """Exactly one of record, often and diet, and water said once."""
        given = [name for name in ("record", "often", "diet") if getattr(self, name)]
        if len(given) != 1:
            shown = " and ".join(given) or "nothing"
            allowed = "one of record, often and diet"
            raise refuse(allowed, "say once what is eaten", given[-1] if given else "diet", shown)
        if self.water is not None and self.diet is not None and self.diet.water is not None:
            fix = "diet.water says it already: remove one"
            raise refuse("water stated once", fix, "water", self.water.litres_per_day)
        for i, intake in enumerate(self.regimen.intakes):
            if intake.start_day > self.days:
                at = f"regimen.intakes[{i}].start_day"
                raise refuse(f"a day from 1 to {self.days}", "or raise days", at, intake.start_day)
        return self

    @property
    def drunk(self) -> Water | None:
        """Water, wherever it was stated."""
        return self.water or (self.diet.water if self.diet is not None else None)


def read_intake(source: Path | str | bytes | Mapping[str, Any]) -> IntakeQuestion:
    """Read an intake document from a path, a text or a table, or raise `InvalidInput`."""
    return read_document(source, IntakeQuestion)
