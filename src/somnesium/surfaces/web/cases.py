"""The use cases of the API: what document each reads, what answers it, what may be asked beside.

Modules of the library are imported when a case is first asked, so that the server starts quickly.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, Field

from somnesium.errors import InvalidInput, SomnesiumError, UnsafePlan
from somnesium.person.document import Document, Flag, Number, Whole, near_miss, read_document
from somnesium.surfaces.web import asking, keeping
from somnesium.surfaces.web.asking import Asked, Place, Report


class Options(Document):
    """What may be asked beside the document, in the query; each case takes some of them."""

    budget: Number | None = Field(
        default=None, ge=0, le=10_000, description="dollars a month a plan may cost"
    )
    replicates: Whole | None = Field(
        default=None, ge=1, le=10_000, description="times a trial is lived"
    )
    target_error: Number | None = Field(
        default=None, gt=0, lt=0.5, description="stop at this error of power"
    )
    size_power: Number | None = Field(
        default=None, gt=0, lt=1, description="search people for this power"
    )
    person: Whole | None = Field(default=None, ge=0, lt=20_000, description="which person")
    language: Literal["sbml", "antimony"] = Field(default="sbml", description="of the model")
    days: Whole | None = Field(
        default=None, ge=1, le=366, description="days of events; the document's if left out"
    )
    events: Flag = Field(default=True, description="write the person's life as timed events")
    anyway: Flag = Field(default=False, description="begin what is not worth starting")


class Case(NamedTuple):
    """A use case: the classes of `question` and `answer` by their places, and what it is `about`.

    `options` are names of `Options` it takes; `engine` says that the body is run, `long` that it
    may take minutes, `files` that as a job it writes some. `media` is what is answered with.
    """

    question: str
    answer: str
    about: str
    engine: bool = False
    options: tuple[str, ...] = ()
    long: bool = False
    files: bool = False
    media: str = "application/json"


_REQUEST, _OWN = "person.request.Request", "surfaces.web.questions"
_DESIGN = "answers.selftrial.design.question.DesignQuestion"
_CSV = "text/csv"

CASES: Mapping[str, Case] = MappingProxyType(
    {
        "check": Case(
            _REQUEST,
            "answers.safety.evaluate.SafetyAnswer",
            "Is this plan safe for this person?",
            True,
        ),
        "intake": Case(
            "person.record.IntakeQuestion",
            "questions.intake.intake.IntakeAnswer",
            "How much magnesium do I get, and is it enough?",
        ),
        "intake_group": Case(
            f"{_OWN}.GroupQuestion",
            "questions.intake.group.GroupAnswer",
            "How many of a group eat too little?",
        ),
        "risk": Case(
            _REQUEST, "questions.risk.risk.RiskAnswer", "Is my magnesium low?", True, long=True
        ),
        "forecast": Case(
            _REQUEST,
            "questions.forecast.answer.ForecastAnswer",
            "What would this plan do to my body and nights?",
            True,
        ),
        "plan": Case(
            _REQUEST,
            "questions.plan.PlanAnswer",
            "What should I do for my nights?",
            True,
            ("budget",),
            long=True,
        ),
        "events": Case(_REQUEST, "", "The doses of a document as a NONMEM-style table", media=_CSV),
        "regimen": Case(
            f"{_OWN}.RegimenQuestion",
            "person.regimen.Regimen",
            "A NONMEM-style table of doses as the regimen of a document",
        ),
        "export": Case(
            _REQUEST,
            "",
            "The body of a document's person as SBML or Antimony",
            True,
            ("language", "days", "events"),
            media="text/plain",
        ),
        "population": Case(
            f"{_OWN}.PopulationQuestion",
            "questions.population.PopulationAnswer",
            "What happens to many people?",
            True,
            long=True,
            files=True,
        ),
        "population_person": Case(
            f"{_OWN}.PopulationQuestion",
            "questions.population.PersonAnswer",
            "One person of a population, pulled out",
            True,
            ("person",),
        ),
        "trial": Case(
            "answers.trial.design.Trial",
            "questions.trial.trial.TrialAnswer",
            "What would a trial find?",
            True,
            ("replicates", "target_error", "size_power"),
            long=True,
        ),
        "trial_published": Case(
            f"{_OWN}.PublishedQuestion",
            "questions.trial.published.PublishedAnswer",
            "Why do the published trials disagree?",
            True,
            long=True,
        ),
        "attribute": Case(
            f"{_OWN}.AttributionQuestion",
            "questions.attribution.attribution.AttributionAnswer",
            "How big a part does magnesium play?",
            True,
            long=True,
        ),
        "claims": Case(
            f"{_OWN}.ClaimsQuestion",
            "questions.claims.ClaimsAnswer",
            "Are the claims of the two articles true?",
            True,
            long=True,
        ),
        "evidence": Case(
            f"{_OWN}.EvidenceQuestion",
            "questions.evidence.answer.EvidenceAnswer",
            "What do the trials say?",
        ),
        "evidence_table": Case(
            f"{_OWN}.TableQuestion",
            "questions.evidence.answer.TableAnswer",
            "What does a table of studies say, pooled?",
        ),
        "qualify": Case(
            f"{_OWN}.QualificationQuestion",
            "questions.qualify.Qualification",
            "Does the model reproduce what was published?",
            True,
            long=True,
        ),
        "predicted": Case(
            f"{_OWN}.PredictedQuestion",
            "questions.predicted.TrialsAnswer",
            "Published trials, predicted against observed",
            True,
            long=True,
        ),
        "calibrate": Case(
            f"{_OWN}.CalibrationQuestion",
            "questions.calibration.CalibrationAnswer",
            "What do the trials teach about the body's uncertain gains?",
            True,
            long=True,
            files=True,
        ),
        "record": Case(
            "questions.nights.diary.Morning",
            "questions.nights.diary.MorningAnswer",
            "How was the night?",
        ),
        "design": Case(
            _DESIGN,
            "questions.experiment.design.DesignAnswer",
            "How do I find out if it works for me?",
            True,
        ),
        "begin": Case(
            _DESIGN, f"{_OWN}.BegunAnswer", "Draw, seal and keep an experiment", True, ("anyway",)
        ),
        "unseal": Case(
            f"{_OWN}.UnsealQuestion",
            f"{_OWN}.UnsealedAnswer",
            "What A and B were; the look is written down",
        ),
        "analyse": Case(
            f"{_OWN}.AnalysisQuestion",
            "questions.experiment.analyse.AnalysisAnswer",
            "Did it work for me?",
            True,
            long=True,
        ),
        "cent": Case(
            f"{_OWN}.AnalysisQuestion",
            "questions.experiment.cent.CentReport",
            "An experiment as a CENT 2015 report",
            True,
            long=True,
        ),
        "trial_summary": Case(
            f"{_OWN}.AnalysisQuestion",
            "questions.experiment.pooling.TrialSummary",
            "What of an experiment may be shared: effect and error",
            True,
            long=True,
        ),
        "pool": Case(
            f"{_OWN}.PoolQuestion",
            "questions.experiment.pooling.PoolAnswer",
            "What do several people's experiments say together?",
        ),
        "delete": Case(
            f"{_OWN}.DeletionQuestion", f"{_OWN}.DeletedAnswer", "Delete everything kept, for good"
        ),
    }
)
"""Every use case of the API by its name."""

ANSWERS = MappingProxyType({**asking.ANSWERS, **keeping.ANSWERS})
"""How each is answered."""


def part(place: str) -> Any:  # noqa: ANN401
    """`app.safety.safety` to that function."""
    module, _, name = place.rpartition(".")
    return getattr(import_module(f"somnesium.{module}"), name)


def _option(text: str) -> object:
    """A number, true or false in a query; what is none is left for the document to refuse."""
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


def options_of(case: Case, query: Mapping[str, str]) -> dict[str, Any]:
    """What a query asks beside the document, or `InvalidInput`."""
    for name in query:
        if name not in case.options:
            allowed = ", ".join(case.options) or "nothing"
            fix = near_miss(name, case.options) or "leave it out"
            raise InvalidInput.field("query", name, allowed, fix)
    table = {name: _option(text) for name, text in query.items()}
    return read_document(table, Options).model_dump(exclude_unset=True)


def read_question(case: Case, document: bytes) -> Any:  # noqa: ANN401
    """The document of a case, or `InvalidInput`."""
    return read_document(document, part(case.question))


def answered(
    name: str,
    document: bytes,
    query: Mapping[str, str],
    place: Place,
    report: Report = lambda _d, _t: None,
) -> BaseModel | str:
    """The answer to a document, as the library gives it; raises what the library raises."""
    case = CASES[name]
    options = options_of(case, query)
    return ANSWERS[name](Asked(read_question(case, document), options, place, report))


def told(answer: BaseModel | str) -> str:
    """An answer as it is sent: JSON in one line, or text as it is."""
    return answer if isinstance(answer, str) else answer.model_dump_json()


def error_body(error: SomnesiumError) -> dict[str, Any]:
    """An error as the API tells it: kind, the one line, exit code, and refusals if there are."""
    found: dict[str, Any] = {
        "error": type(error).__name__,
        "message": str(error),
        "exit_code": error.exit_code,
    }
    if isinstance(error, UnsafePlan):
        found["refusals"] = list(error.refusals)
    return found
