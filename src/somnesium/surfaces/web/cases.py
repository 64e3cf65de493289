"""The use cases of the API: what document each reads, what answers it, what may be asked beside.

Modules of the library are imported when a case is first asked, so that the server starts quickly.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, Field

from somnesium.errors import InvalidInput, SomnesiumError, UnsafePlan
from somnesium.person.document import Document, Number, Whole, near_miss, read_document

__all__ = [
    "CASES",
    "AttributionQuestion",
    "Case",
    "EvidenceQuestion",
    "Options",
    "QualificationQuestion",
    "Report",
    "answered",
    "error_body",
    "options_of",
    "part",
]

Report = Callable[[int, int], None]
"""Told what is done, and of how much."""


class EvidenceQuestion(Document):
    """What do the trials say? All endpoints if none is named."""

    endpoints: tuple[str, ...] = Field(default=(), max_length=50)
    method: Literal["REML", "DL", "PM", "ML", "EB", "SJ", "HE", "HS", "FE"] = "REML"
    interval: Literal["hk", "z"] = "hk"
    measure: Literal["md", "smd"] = "md"


class AttributionQuestion(Document):
    """How big a part does magnesium play? For so many virtual people."""

    people: Whole = Field(default=1000, ge=40, le=100_000)
    seed: Whole = Field(default=1, ge=0, le=2**32 - 1)


class QualificationQuestion(Document):
    """Does the model reproduce what was published? All benchmarks if none is named."""

    ids: tuple[str, ...] = Field(default=(), max_length=200, description="such as B1")


class Options(Document):
    """What may be asked beside the document, in the query; each case takes some of them."""

    budget: Number | None = Field(default=None, description="dollars a month a plan may cost")
    replicates: Whole | None = Field(default=None, description="times a trial is lived")
    target_error: Number | None = Field(default=None, description="stop at this error of power")
    size_power: Number | None = Field(default=None, description="search people for this power")


class Case(NamedTuple):
    """A use case: the `question`'s class and the function that answers, by their places.

    `options` are names of `Options` it takes; `engine` says that the body is run; `call` turns the
    question into arguments, and passes progress on.
    """

    question: str
    ask: str
    answer: str
    about: str
    engine: bool
    call: Callable[[Callable[..., Any], Any, dict[str, Any], Report], Any]
    options: tuple[str, ...] = ()


def part(place: str) -> Any:  # noqa: ANN401
    """`app.safety.safety` to that function."""
    module, _, name = place.rpartition(".")
    return getattr(import_module(f"somnesium.{module}"), name)


def _alone(ask: Callable[..., Any], question: Any, options: dict[str, Any], _: Report) -> Any:  # noqa: ANN401
    return ask(question, **options)


def _fields(ask: Callable[..., Any], question: Any, _o: dict[str, Any], _: Report) -> Any:  # noqa: ANN401
    return ask(**dict(question))


def _evidence(ask: Callable[..., Any], asked: Any, _o: dict[str, Any], _: Report) -> Any:  # noqa: ANN401
    return ask(asked.endpoints, None, asked.method, asked.interval, asked.measure)


def _trial(ask: Callable[..., Any], asked: Any, options: dict[str, Any], report: Report) -> Any:  # noqa: ANN401
    def told(done: int, total: int, *_: object) -> None:
        report(done, total)

    return ask(asked, **options, progress=told)


def _attribute(ask: Callable[..., Any], asked: Any, _: dict[str, Any], report: Report) -> Any:  # noqa: ANN401
    return ask(asked.people, asked.seed, report)


def _qualify(ask: Callable[..., Any], asked: Any, _: dict[str, Any], report: Report) -> Any:  # noqa: ANN401
    outcomes = []
    for done, total, outcome in ask(asked.ids):
        outcomes.append(outcome)
        report(done, total)
    return part("app.qualify.qualification_document")(outcomes)


_REQUEST, _OWN = "person.request.Request", "surfaces.web.cases"

CASES: Mapping[str, Case] = {
    "check": Case(
        _REQUEST, "app.safety.safety", "answers.safety.SafetyAnswer",
        "Is this plan safe for this person?", True, _alone,
    ),
    "intake": Case(
        "person.record.IntakeQuestion", "app.intake.intake", "app.intake.IntakeAnswer",
        "How much magnesium do I get, and is it enough?", False, _alone,
    ),
    "risk": Case(
        _REQUEST, "app.risk.risk", "app.risk.RiskAnswer", "Is my magnesium low?", True, _alone,
    ),
    "forecast": Case(
        _REQUEST, "app.usecases.forecast", "app.schema.ForecastAnswer",
        "What would this plan do to my body and nights?", True, _alone,
    ),
    "plan": Case(
        _REQUEST, "app.plan.plan", "app.plan.PlanAnswer",
        "What should I do for my nights?", True, _alone, ("budget",),
    ),
    "trial": Case(
        "answers.trial.design.Trial", "app.trial.trial", "app.trial.TrialAnswer",
        "What would a trial find?", True, _trial, ("replicates", "target_error", "size_power"),
    ),
    "attribute": Case(
        f"{_OWN}.AttributionQuestion", "app.attribution.attribute",
        "app.attribution.AttributionAnswer", "How big a part does magnesium play?", True,
        _attribute,
    ),
    "evidence": Case(
        f"{_OWN}.EvidenceQuestion", "app.evidence.evidence",
        "app.evidence_answer.EvidenceAnswer", "What do the trials say?", False, _evidence,
    ),
    "qualify": Case(
        f"{_OWN}.QualificationQuestion", "app.qualify.qualify", "app.qualify.Qualification",
        "Does the model reproduce what was published?", True, _qualify,
    ),
}  # fmt: skip
"""Every use case of the API by its name."""


def _option(name: str, text: str) -> object:
    """A number in a query; what is none is left for the document to refuse."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def options_of(case: Case, query: Mapping[str, str]) -> dict[str, Any]:
    """What a query asks beside the document, or `InvalidInput`."""
    for name in query:
        if name not in case.options:
            allowed = ", ".join(case.options) or "nothing"
            fix = near_miss(name, case.options) or "leave it out"
            raise InvalidInput.field("query", name, allowed, fix)
    table = {name: _option(name, text) for name, text in query.items()}
    return read_document(table, Options).model_dump(exclude_unset=True)


def answered(
    case: Case, document: bytes, query: Mapping[str, str], report: Report = lambda _d, _t: None
) -> BaseModel:
    """The answer to a document, as the library gives it; raises what the library raises."""
    options = options_of(case, query)
    question = read_document(document, part(case.question))
    return case.call(part(case.ask), question, options, report)


def error_body(error: SomnesiumError) -> dict[str, Any]:
    """An error as the API tells it: kind, the one line, exit code, and refusals if there are."""
    found: dict[str, Any] = {
        "error": type(error).__name__, "message": str(error), "exit_code": error.exit_code,
    }  # fmt: skip
    if isinstance(error, UnsafePlan):
        found["refusals"] = list(error.refusals)
    return found
