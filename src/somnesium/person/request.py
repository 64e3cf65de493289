"""The request document: a person, how they live, eat and what they take, and how to run it."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Self

from pydantic import Field, model_validator

from somnesium.person.diet import Diet
from somnesium.person.document import Document, StartDate, Whole, read_document, refuse
from somnesium.person.habits import Habits
from somnesium.person.person import Person
from somnesium.person.record import Avoid
from somnesium.person.regimen import Regimen


class Request(Document):
    """One person's question: who, how they live, eat, what they take, for how many days.

    `people` virtual persons like this one are drawn with `seed`; the same seed gives the same
    numbers on every machine.
    """

    name: str = Field(default="", max_length=200)
    person: Person
    habits: Habits
    diet: Diet
    regimen: Regimen = Regimen()
    avoid: Avoid = Field(default=Avoid(), description="what food must not be suggested")
    days: Whole = Field(default=56, ge=7, le=366, description="days to simulate")
    start: StartDate = date(2026, 1, 5)
    people: Whole = Field(default=256, ge=8, le=4096, description="virtual persons drawn")
    seed: Whole = Field(default=1, ge=0, le=2**63 - 1, description="seed of the random numbers")

    @model_validator(mode="after")
    def _within_the_days(self) -> Self:
        """Refuse journeys and intakes that would begin after the last day."""
        for i, move in enumerate(self.habits.travel):
            if move.day > self.days:
                at = f"habits.travel[{i}].day"
                raise refuse(f"a day from 1 to {self.days}", "or raise days", at, move.day)
        for i, intake in enumerate(self.regimen.intakes):
            if intake.start_day > self.days:
                at = f"regimen.intakes[{i}].start_day"
                raise refuse(f"a day from 1 to {self.days}", "or raise days", at, intake.start_day)
        return self


def read_request(source: Path | str | bytes | Mapping[str, Any]) -> Request:
    """Read a request from a path, a text or a table, or raise `InvalidInput` in one line."""
    return read_document(source, Request)
