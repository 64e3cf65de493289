"""The reports as PDF: two pages for a doctor or pharmacist, also by REST, and CENT 2015."""

from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from somnesium.errors import InvalidInput
from somnesium.surfaces.web.api import document_of
from somnesium.surfaces.web.desk import Shown, Told

if TYPE_CHECKING:
    from somnesium.person.request import Request as Question
    from somnesium.questions.report.report import ReportAnswer

router = APIRouter(include_in_schema=False)
"""The routes of the reports."""


def _answer(request: Request, question: "Question", plan: bool, nights: bool) -> "ReportAnswer":
    """The report of a document, with what is kept here if that is wanted."""
    from somnesium.questions.report.report import report
    from somnesium.questions.report.stored import Stored
    from somnesium.surfaces.command.report import made_on, stored_there

    now: datetime = request.app.state.now()
    with request.app.state.engine:
        where = request.app.state.settings.store
        stored = stored_there(question, where, now) if nights else Stored()
        return report(question, made_on(question, now), stored, plan)


def _file(content: bytes, name: str, made: date) -> Response:
    named = {"content-disposition": f'attachment; filename="{name}_{made.isoformat()}.pdf"'}
    return Response(content, media_type="application/pdf", headers=named)


@router.get("/report")
def about(here: Shown) -> HTMLResponse:
    """What the report holds, and which experiments could be reported."""
    from somnesium.questions.report.stored import finished_experiments
    from somnesium.store.open import is_there, opened

    finished: tuple[tuple[int, str], ...] = ()
    where = here.settings.store
    if is_there(where):
        with opened(where) as store:
            finished = finished_experiments(store, here.request.app.state.now())
    return here.page("report.html", question=here.question, finished=finished)


@router.post("/report")
def for_doctor(here: Told) -> Response:
    """The two pages."""
    from somnesium.surfaces.paper.pdf import report_pdf

    plan = here.fields.get("plan", "1") == "1"
    nights = here.fields.get("nights", "1") == "1"
    answer = _answer(here.request, here.question, plan, nights)
    return _file(report_pdf(answer), "report", answer.made)


@router.post("/report/cent")
def for_science(here: Told) -> Response:
    """A finished experiment by CENT 2015."""
    from somnesium.questions.experiment.analyse import analyse
    from somnesium.questions.experiment.cent import cent
    from somnesium.questions.experiment.stored import experiment_ran
    from somnesium.questions.report.stored import finished_experiments
    from somnesium.store.open import is_there, opened
    from somnesium.surfaces.paper.pdf import cent_pdf

    told, now = str(here.fields.get("experiment", "")), here.request.app.state.now()
    where = here.settings.store
    wrong = InvalidInput.field("experiment", told[:20], "one of yours that is over", "wait for it")
    if not is_there(where):
        raise wrong
    with opened(where) as store, here.request.app.state.engine:
        known = {str(number): number for number, _ in finished_experiments(store, now)}
        if told not in known:
            raise wrong
        ran = experiment_ran(store, known[told], now)
        analysis = analyse(ran)
    return _file(cent_pdf(cent(ran, analysis), analysis, now.date()), "cent", now.date())


# --- REST ------------------------------------------------------------------------------------

_QUERY = MappingProxyType(
    {"format": ("pdf", "json"), "plan": ("true", "false"), "nights": ("true", "false")}
)
"""What may be asked in the query; the first is meant where nothing is said."""


def _asked(request: Request) -> dict[str, str]:
    """The query, each name once and each value a known one."""
    found = {name: allowed[0] for name, allowed in _QUERY.items()}
    seen: set[str] = set()
    for name, value in request.query_params.multi_items():
        if name not in _QUERY or name in seen:
            raise InvalidInput.field("query", name[:100], ", ".join(_QUERY) + ", each once")
        if value not in _QUERY[name]:
            raise InvalidInput.field(name, value[:100], " or ".join(_QUERY[name]))
        seen.add(name)
        found[name] = value
    return found


def _sent(request: Request, document: bytes) -> Response:
    """The report of a document that was sent."""
    from somnesium.person.request import read_request
    from somnesium.surfaces.paper.pdf import report_pdf

    asked = _asked(request)
    question = read_request(document)
    answer = _answer(request, question, asked["plan"] == "true", asked["nights"] == "true")
    if asked["format"] == "json":
        return Response(answer.model_dump_json(), media_type="application/json")
    return _file(report_pdf(answer), "report", answer.made)


@router.post("/api/report")
async def sent(request: Request) -> Response:
    """The report of a document, as PDF or JSON."""
    document = await document_of(request)
    return await run_in_threadpool(_sent, request, document)


def _operation() -> dict[str, Any]:
    """How OpenAPI tells of it."""
    error = {"$ref": "#/components/schemas/Error"}
    binary, told = {"type": "string", "format": "binary"}, {"type": "object"}
    body = {
        "application/json": {"schema": {"$ref": "#/components/schemas/Request"}},
        "application/toml": {"schema": {"type": "string"}},
    }
    found = {"application/pdf": {"schema": binary}, "application/json": {"schema": told}}
    wrong = {
        "401": "no password was given",
        "403": "another site's page asks",
        "413": "too large",
        "421": "an unknown host",
        "422": "a value is wrong",
        "429": "too many requests, or too many questions wait",
        "500": "the body could not be computed",
        "501": "an optional package is missing",
    }
    errors = {
        status: {"description": about, "content": {"application/json": {"schema": error}}}
        for status, about in wrong.items()
    }
    return {
        "operationId": "report",
        "summary": "Two pages for a doctor or pharmacist",
        "parameters": [
            {"name": name, "in": "query", "schema": {"enum": list(allowed), "default": allowed[0]}}
            for name, allowed in _QUERY.items()
        ],
        "requestBody": {"required": True, "content": body},
        "responses": {"200": {"description": "the report", "content": found}, **errors},
    }


OPERATIONS = MappingProxyType({"/api/report": {"post": _operation()}})
"""The routes under /api, as OpenAPI describes them."""
