"""Documents of the API for what the command line asks by options, files and several words.

What would be a file there is its text here: the server reads no file that a document names.
"""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from somnesium.answers.intake.requirements import Authority
from somnesium.person.document import Document, Flag, Number, Whole, refuse
from somnesium.person.regimen import Regimen
from somnesium.population.spec import PopulationSpec
from somnesium.questions.experiment.pooling import TrialSummary
from somnesium.questions.experiment.table import Carried

MOST_PEOPLE = 20_000
"""Virtual people of a population by the API (judgement#a-minute-or-two-of-two-cores)."""
_MOST_DAYS = 2_000_000
"""People times days of such a population: under 0.4 GB of files (judgement#disk-of-a-job)."""
_MOST_TEXT = 4_000_000
"""Characters of a table: a little less than a request may hold."""

Seed = Annotated[Whole, Field(ge=0, le=2**32 - 1)]
Names = tuple[Annotated[str, Field(max_length=100)], ...]
Table = Annotated[str, Field(min_length=1, max_length=_MOST_TEXT)]
Estimator = Literal["REML", "DL", "PM", "ML", "EB", "SJ", "HE", "HS", "FE"]


class Trials(Document):
    """Trials of your own beside the packaged ones: the text of a CSV or TOML table."""

    text: Table
    format: Literal["csv", "toml"] = "csv"


class EvidenceQuestion(Document):
    """What do the trials say? All endpoints if none is named."""

    endpoints: Names = Field(default=(), max_length=50)
    method: Estimator = "REML"
    interval: Literal["hk", "z"] = "hk"
    measure: Literal["md", "smd"] = "md"
    trials: Trials | None = None


class TableQuestion(Document):
    """A table of studies pooled: CSV with the columns study, yi, vi."""

    table: Table
    name: str = Field(default="table", max_length=200)
    method: Estimator = "REML"
    interval: Literal["hk", "z"] = "hk"
    sd: Number | None = Field(default=None, gt=0, description="SD between people; scales priors")
    outcome: Literal["rated", "marker", "events"] = "rated"


class AttributionQuestion(Document):
    """How big a part does magnesium play? For so many virtual people."""

    people: Whole = Field(default=1000, ge=40, le=100_000)
    seed: Seed = 1


class QualificationQuestion(Document):
    """Does the model reproduce what was published? All benchmarks if none is named."""

    ids: Names = Field(default=(), max_length=200, description="such as B1")


class PredictedQuestion(Document):
    """Published trials, predicted against observed."""

    seed: Seed = 1


class ClaimsQuestion(Document):
    """Are the claims of the two articles true? All if none is named."""

    names: Names = Field(default=(), max_length=40, description="such as C16")
    seed: Seed = 1


class PublishedQuestion(Document):
    """Every published trial lived by one body: why they disagree. All if none is named."""

    names: Names = Field(default=(), max_length=100)
    replicates: Whole = Field(default=200, ge=2, le=2000, description="times each is lived")
    seed: Seed = 1


class CalibrationQuestion(Document):
    """What do the trials teach about the body's uncertain gains?"""

    points: Whole = Field(default=128, ge=64, le=4096, description="a power of two")
    people: Whole = Field(default=48, ge=8, le=4096)
    seed: Seed = 1
    recoveries: Whole = Field(default=100, ge=0, le=4096, description="at most the points")
    trials: Trials | None = None


def _no_file(given: object) -> object:
    """Refuse a table that is a file: it would be read where the server is."""
    table = given.get("table") if isinstance(given, dict) else None
    if isinstance(table, str):
        raise refuse("columns or rows", "put the people into the document", "table", table)
    return given


class PopulationQuestion(Document):
    """What happens to many people? Who they are, and what everyone takes.

    `population` is the document of the command line, its table as columns or rows. At most 20,000
    people, and people times days at most 2,000,000; more is for the command line.
    """

    population: Annotated[PopulationSpec, BeforeValidator(_no_file)] = PopulationSpec()
    regimen: Regimen | None = None
    precision: Literal["float64", "float32"] = "float64"

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        """Refuse what would keep this machine busy or fill its disk."""
        people, days = self.population.people, self.population.days
        fix = "use somnesium population for more"
        if people > MOST_PEOPLE:
            raise refuse(f"up to {MOST_PEOPLE} people", fix, "population.people", people)
        if people * days > _MOST_DAYS:
            allowed = f"people times days up to {_MOST_DAYS}"
            raise refuse(allowed, fix, "population.days", days)
        return self


class GroupQuestion(Document):
    """How many of a group eat too little? CSV: person, age, sex, magnesium_mg."""

    table: Table
    authority: Authority = "us"
    usual: Flag = Field(default=False, description="usual intakes, not single days")


class RegimenQuestion(Document):
    """Doses of one person as a NONMEM-style table (CSV)."""

    table: Table
    name: str = Field(default="", max_length=200)


class AnalysisQuestion(Document):
    """Did it work for me? From the store, from a table, or the bundled example.

    `experiment` is the number of one of the store, the latest if nothing else is said. `nights` is
    a table (CSV of evening, value, …) that goes with `allocation`. Asked of the store, the seal is
    opened and the look written down. `forecast` asks the body model beside it.
    """

    experiment: Whole | None = Field(default=None, ge=1, le=2**31)
    nights: Table | None = None
    allocation: Carried | None = None
    example: Flag = False
    instruments: Names = Field(default=(), max_length=20)
    forecast: Flag = True

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        """Refuse two sources of nights, or half of one."""
        table = self.nights is not None or self.allocation is not None
        if (self.experiment is not None) + table + self.example > 1:
            allowed = "one of: experiment, nights with allocation, example"
            raise refuse(allowed, "", "experiment", "several sources of nights")
        if (self.nights is None) != (self.allocation is None):
            missing = "nights" if self.nights is None else "allocation"
            raise refuse("nights and allocation together", "", missing, "nothing")
        return self


class PoolQuestion(Document):
    """Summaries of several people's self-experiments, put together."""

    summaries: tuple[TrialSummary, ...] = Field(min_length=2, max_length=20_000)


class UnsealQuestion(Document):
    """Open the seal of an experiment of the store; the look and its reason are written down."""

    experiment: Whole = Field(ge=1, le=2**31)
    reason: str = Field(min_length=1, max_length=1000)


class UnsealedAnswer(Document):
    """What the letters were."""

    experiment: int
    letters: dict[Literal["A", "B"], str]


class BegunAnswer(Document):
    """An experiment that was drawn, sealed and kept; `hash` is its preregistration's SHA-256."""

    experiment: int
    name: str
    made_at: datetime
    first_evening: date
    hash: str
    preregistration: str = Field(max_length=1_000_000, description="the text that the hash is of")


class DeletionQuestion(Document):
    """Everything of the store, gone for good."""

    word: Literal["delete"] = Field(description="the word delete")


class DeletedAnswer(Document):
    """How many rows of each table went."""

    deleted: dict[str, int]
