"""Answer documents: what a use case returns, the same for Python, command line and files.

No answer can be built without its cautions, its sources and the version of the model.
"""

from collections.abc import Iterable
from datetime import date, datetime

from pydantic import Field

from somnesium.answers.effect import Course, Effect, Noticed, Onset
from somnesium.answers.safety.evaluate import Caution
from somnesium.answers.sideeffects import SideEffect
from somnesium.person.document import Document, Number
from somnesium.sources import cite


class Source(Document):
    """Where a number comes from: key, citation, DOI, and a note (what of it, or a caveat)."""

    key: str
    citation: str
    doi: str = ""
    note: str = ""


def cited(keys: Iterable[str]) -> tuple[Source, ...]:
    """The sources behind keys, each once."""
    return tuple(Source(**cite(key)) for key in dict.fromkeys(keys))


class Answer(Document):
    """What every answer holds."""

    cautions: tuple[Caution, ...]
    sources: tuple[Source, ...]
    model_version: str


class Intake(Document):
    """Elemental magnesium a day [mg]: from food and water, and taken beside it (mean of days)."""

    food_mg: Number | None
    food_interval90: tuple[Number, Number] | None
    supplement_mg: Number
    missing: tuple[str, ...] = Field(description="foods whose magnesium no table holds")


class NightSummary(Document):
    """The typical person's expected last nights, for reading beside the effects [min, %]."""

    world: str
    evening: date
    lights_out: datetime
    rise: datetime
    latency: Number
    duration: Number
    awake_after_onset: Number
    efficiency: Number
    slow_wave: Number
    rem: Number


class Curves(Document):
    """The last day and night of the typical person, every 15 minutes.

    `hours` are local clock hours from noon (12) to noon (36); `worlds.<name>.<signal>` follow the
    units in `units`.
    """

    hours: tuple[Number, ...]
    units: dict[str, str]
    worlds: dict[str, dict[str, tuple[Number, ...]]]


class Hypnogram(Document):
    """One drawn night of the typical person: minutes after lights-out at which a stage begins."""

    world: str
    minutes: tuple[Number, ...]
    stages: tuple[str, ...]
    length: Number


class ForecastAnswer(Answer):
    """What a plan would do to this person's body and nights."""

    name: str
    plan: str
    days: int
    people: int
    intake: Intake
    effects: dict[str, Effect]
    magnesium_alone: dict[str, Effect] = Field(
        description="effects of the magnesium in the plan by itself; empty without co-ingredients"
    )
    noticed: Noticed
    onset: Onset
    side_effects: tuple[SideEffect, ...]
    nights: tuple[NightSummary, ...]
    courses: dict[str, Course]
    curves: Curves
    hypnograms: tuple[Hypnogram, ...]
    summary: tuple[str, ...] = Field(description="the answer in plain sentences")
