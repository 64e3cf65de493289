"""Take it with me: what was recorded and planned, as a file for others; on a page and by REST."""

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from somnesium.errors import InvalidInput, SomnesiumError
from somnesium.surfaces.web.desk import Desk, Shown, Told

if TYPE_CHECKING:
    from somnesium.questions.share import ShareQuestion

router = APIRouter(include_in_schema=False)
"""The routes of this page, and that of the API."""

_WORDS = {
    "csv": ("Tables for a spreadsheet (CSV)", "nights, doses, ratings and circumstances"),
    "parquet": ("Tables for data tools (Parquet)", "the same, with types"),
    "fhir": ("For a doctor's system (FHIR R4)", "also your plan and what you told, if you wish"),
    "open-mhealth": ("For health apps (Open mHealth)", "nights and doses"),
    "ics": ("A calendar of my plan (ICS)", "when to take what, and when to go to bed"),
}
_TYPES = ("application/json", "application/toml")


def _file(request: Request, question: "ShareQuestion") -> Response:
    from somnesium.questions.share import share_from

    found = share_from(request.app.state.settings.store, question, request.app.state.now())
    named = {"content-disposition": f'attachment; filename="{found.answer.file}"'}
    return Response(found.content, media_type=found.answer.media_type, headers=named)


def _page(here: Desk, error: SomnesiumError | None = None) -> HTMLResponse:
    fields = {name: str(here.fields.get(name, "")) for name in ("first", "last", "name", "born")}
    status = 200 if error is None else error.http_status
    chosen = str(here.fields.get("as", "csv"))
    return here.page(
        "share.html", status, error=error, fields=fields, formats=_WORDS, chosen=chosen
    )


@router.get("/nights/share")
def about(here: Shown) -> HTMLResponse:
    """What can be taken along, and in which format."""
    return _page(here)


def _asked(here: Desk) -> dict[str, Any]:
    """The form as the document of the question; fields of other formats are not read."""
    format = str(here.fields.get("as", ""))
    found: dict[str, Any] = {"format": format}
    given = {
        name: str(here.fields.get(name, "")).strip() for name in ("first", "last", "name", "born")
    }
    found |= {name: given[name] for name in ("first", "last") if given[name]}
    if format == "fhir":
        born = given["born"]
        found |= {"name": given["name"]} if given["name"] else {}
        found |= {"born": int(born) if born.isdecimal() else born} if born else {}
    wanted = format == "ics" or (format == "fhir" and here.fields.get("with") == "1")
    if wanted and here.visit.request is not None:
        found["request"] = here.visit.request
    return found


@router.post("/nights/share")
def take(here: Told) -> Response:
    """The file, or the page again with what is wrong."""
    from somnesium.person.document import read_document
    from somnesium.questions.share import ShareQuestion

    try:
        return _file(here.request, read_document(_asked(here), ShareQuestion))
    except SomnesiumError as error:
        return _page(here, error)


# --- REST ------------------------------------------------------------------------------------


def _sent(request: Request, document: bytes) -> Response:
    """The file of the format in the query, about what the document says, if one was sent."""
    from somnesium.person.document import read_document
    from somnesium.questions.share import FORMATS, ShareDetails, ShareQuestion

    pairs = request.query_params.multi_items()
    if [name for name, _ in pairs] != ["as"]:
        shown = request.url.query[:100] or "nothing"
        raise InvalidInput.field("query", shown, f"as={'|'.join(FORMATS)}, once")
    told = read_document(document, ShareDetails) if document.strip() else ShareDetails()
    asked = {**told.model_dump(exclude_unset=True), "format": pairs[0][1]}
    return _file(request, read_document(asked, ShareQuestion))


@router.post("/api/share")
async def sent(request: Request) -> Response:
    """What is kept, as a file."""
    document = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if document and kind not in _TYPES:
        raise InvalidInput.field("Content-Type", kind, " or ".join(_TYPES), "say what is sent")
    return await run_in_threadpool(_sent, request, document)


def _operation() -> dict[str, Any]:
    """How OpenAPI tells of it."""
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    binary = {"schema": {"type": "string", "format": "binary"}}
    date = {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}
    asked = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "first": date,
            "last": date,
            "request": {"anyOf": [{"$ref": "#/components/schemas/Request"}, {"type": "null"}]},
            "name": {"type": "string", "maxLength": 200},
            "born": {
                "anyOf": [{"type": "integer", "minimum": 1900, "maximum": 2100}, {"type": "null"}]
            },
        },
    }
    toml = {"schema": {"type": "string"}}
    body = {"application/json": {"schema": asked}, "application/toml": toml}
    files = ("application/fhir+json", "application/json", "text/calendar", "application/zip")
    wrong = {
        "401": "no password was given",
        "403": "another site's page asks",
        "409": "a document whose plan is refused for safety",
        "413": "too large",
        "421": "an unknown host",
        "422": "a value is wrong, or nothing is kept",
        "429": "too many requests",
        "501": "an optional package is missing",
    }
    return {
        "operationId": "share",
        "summary": "What is kept, as FHIR, Open mHealth, a calendar, CSV or Parquet",
        "parameters": [
            {"name": "as", "in": "query", "required": True, "schema": {"enum": list(_WORDS)}}
        ],
        "requestBody": {"required": False, "content": body},
        "responses": {
            "200": {"description": "the file", "content": dict.fromkeys(files, binary)},
            **{status: {"description": about, "content": error} for status, about in wrong.items()},
        },
    }


OPERATIONS = MappingProxyType({"/api/share": {"post": _operation()}})
"""The route under /api, as OpenAPI describes it."""
