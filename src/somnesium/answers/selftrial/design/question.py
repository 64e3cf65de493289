"""The question of a self-experiment: what is asked of which measure, and how it is carried out."""

from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BeforeValidator, Field, model_validator

from somnesium.person.document import Document, Number, Whole, refuse
from somnesium.person.request import Request
from somnesium.sources import packaged_toml

Measure = Literal["latency", "duration", "awake_after_onset", "efficiency"]
"""What a self-experiment can look at: what a diary tells of a night."""

Kind = Literal["acute", "stores"]
"""What a self-experiment can ask."""


class Scale(NamedTuple):
    """A measure: unit, better by more (1) or less (−1), smallest change worth having, steps that
    power is told for, and the spread of single nights where the person's own is not known."""

    label: str
    unit: str
    better: int
    worthwhile: float
    steps: tuple[float, float, float]
    night_sd: float
    sd_source: str


MEASURES: tuple[Measure, ...] = ("latency", "duration", "awake_after_onset", "efficiency")
"""All of them."""


def scale_of(measure: Measure) -> Scale:
    """The scale of a measure; the smallest changes worth having stand in `plan.toml`."""
    row = packaged_toml("selftrial.toml")["measure"][measure]
    least = packaged_toml("plan.toml")["worthwhile"][row["worthwhile"]]
    return Scale(**row | {"worthwhile": least, "steps": tuple(row["steps"])})


def _missing(value: object) -> object:
    """The word `missing` for a night without a value: TOML knows no null."""
    return None if value == "missing" else value


Value = Annotated[
    Annotated[Number, Field(ge=0, le=1440)] | None,
    BeforeValidator(_missing, json_schema_input_type=float | str | None),
]


class Trial(Document):
    """What is asked, of which measure, and how.

    `question`: does a dose help the same night (`acute`), or do filled stores help (`stores`)? Left
    out, it is the one that would show more of the body model's effect.
    `blinding`: capsules filled by a helper, or openly taken and left out. `nights` are own earlier
    nights of the measure [min, %], one a night in order, "missing" where there is none; without
    them those in the store are used. `seed` draws the allocation; left out, a new one is drawn.
    """

    question: Kind | None = None
    measure: Measure = "latency"
    worthwhile: Number | None = Field(
        default=None, gt=0, le=240, description="smallest change worth having, min or %"
    )
    blinding: Literal["capsules", "open"] = "capsules"
    most_weeks: Whole = Field(default=12, ge=2, le=52, description="weeks you are willing to give")
    nights: tuple[Value, ...] = Field(default=(), max_length=1000)
    seed: Whole | None = Field(default=None, ge=0, le=2**63 - 1)


class DesignQuestion(Request):
    """A request, and the experiment that is to answer it for this one person."""

    trial: Trial = Trial()

    @model_validator(mode="after")
    def _something_is_tried(self) -> Self:
        """A regimen that is taken every day, on which the experiment is."""
        if not self.regimen.intakes:
            raise refuse("what is to be tried", "add an intake", "regimen.intakes", "nothing")
        for i, intake in enumerate(self.regimen.intakes):
            for field in ("start_day", "end_day", "missed_days"):
                stated = getattr(intake, field)
                if stated != type(intake).model_fields[field].default:
                    fix = "the experiment says on which days it is taken: remove it"
                    at = f"regimen.intakes[{i}].{field}"
                    raise refuse("nothing in an experiment", fix, at, stated)
        return self
