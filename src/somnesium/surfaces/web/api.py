"""REST: every use case at `POST /api/<name>`, and the same as jobs with progress and cancel.

Documents are read by the library itself, so that what is refused is refused in the same words as
on the command line.
"""

from threading import BoundedSemaphore, Lock
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from somnesium.errors import InvalidInput, SomnesiumError
from somnesium.person.document import read_document
from somnesium.surfaces.web.cases import CASES, Case, answered, error_body, options_of, part
from somnesium.surfaces.web.jobs import Job, Jobs, TooManyJobs

__all__ = ["Engine", "error_response", "openapi", "router"]

router = APIRouter(prefix="/api", include_in_schema=False)
"""The routes of the API."""

_TYPES = ("application/json", "application/toml")
_WAITING = 16


class Engine:
    """The body's engine, for one question at a time: it fills the cores it may use by itself."""

    def __init__(self) -> None:
        """Nobody waits."""
        self._places, self._lock = BoundedSemaphore(_WAITING), Lock()

    def __enter__(self) -> None:
        """Wait for the engine; `TooManyJobs` if too many wait already."""
        if not self._places.acquire(blocking=False):
            raise TooManyJobs(f"engine: {_WAITING} questions wait already; try again later")
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        """Let the next one in."""
        self._lock.release()
        self._places.release()


def error_response(error: SomnesiumError) -> JSONResponse:
    """An error with its status."""
    return JSONResponse(error_body(error), error.http_status)


def _missing(what: str, given: str, known: tuple[str, ...]) -> JSONResponse:
    found = InvalidInput.field(what, given, ", ".join(known) or "a known one")
    return JSONResponse(error_body(found), 404)


async def _document(request: Request) -> bytes:
    """The body of a request that says it is a document."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _TYPES:
        raise InvalidInput.field("Content-Type", kind, " or ".join(_TYPES), "say what is sent")
    return await request.body()


def _answer(request: Request, case: Case, document: bytes) -> str:
    query = dict(request.query_params)
    if not case.engine:
        return answered(case, document, query).model_dump_json()
    with request.app.state.engine:
        return answered(case, document, query).model_dump_json()


@router.get("")
def cases() -> dict[str, Any]:
    """What can be asked."""
    return {name: {"about": case.about, "post": f"/api/{name}"} for name, case in CASES.items()}


@router.get("/foods")
def foods(text: str, limit: str = "15") -> Response:
    """Foods whose name is like a text."""
    from somnesium.surfaces.words import foods_text

    if not limit.isdecimal():
        raise InvalidInput.field("limit", limit, "a whole number from 1 to 200")
    return Response(foods_text(text, int(limit), "json"), media_type="application/json")


@router.get("/schema/{name}")
def schema(name: str) -> Response:
    """The JSON Schema of a document."""
    from somnesium.surfaces.schemas import schema_text

    return Response(schema_text(name), media_type="application/schema+json")


def _jobs(request: Request) -> Jobs:
    return request.app.state.jobs


def _job(request: Request, id: str) -> Job | None:
    return _jobs(request).find(id)


@router.api_route("/jobs/{id}", methods=["GET", "DELETE"])
def job(request: Request, id: str) -> Response:
    """How far a job is; DELETE ends it."""
    found = _job(request, id)
    if found is None:
        return _missing("job", id, ())
    if request.method == "DELETE":
        _jobs(request).cancel(found)
    return JSONResponse(found.told())


@router.post("/{name}/jobs")
async def begin(request: Request, name: str) -> Response:
    """Ask as a job: checked at once, answered later."""
    if name not in CASES:
        return _missing("job", name, tuple(CASES))
    document, query = await _document(request), dict(request.query_params)
    options_of(CASES[name], query)
    await run_in_threadpool(lambda: read_document(document, part(CASES[name].question)))
    job = _jobs(request).begin(name, {"document": document.decode(), "options": query})
    return JSONResponse(job.told(), 202, {"location": f"/api/jobs/{job.id}"})


@router.get("/jobs/{id}/answer")
def answer(request: Request, id: str) -> Response:
    """The answer of a job that is done."""
    found = _job(request, id)
    if found is None or not found.answer:
        return _missing("answer", id, ("a job that is done",))
    return Response(found.answer, media_type="application/json")


@router.post("/{name}")
async def ask(request: Request, name: str) -> Response:
    """Ask, and wait for the answer."""
    if name not in CASES:
        return _missing("use case", name, tuple(CASES))
    document = await _document(request)
    found = await run_in_threadpool(_answer, request, CASES[name], document)
    return Response(found, media_type="application/json")


def openapi(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1 of the use cases, made from the documents' own schemas."""
    from pydantic.json_schema import JsonSchemaMode, models_json_schema

    from somnesium.app.version import model_version

    questions = sorted({case.question for case in CASES.values()})
    answers = sorted({case.answer for case in CASES.values()})
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((part(one), "validation") for one in questions),
        *((part(one), "serialization") for one in answers),
    ]
    places, defined = models_json_schema(models, ref_template="#/components/schemas/{model}")
    schemas = {**defined.get("$defs", {}), "Error": _ERROR}
    paths: dict[str, Any] = {}
    for name, case in CASES.items():
        asked = places[(part(case.question), "validation")]
        told = places[(part(case.answer), "serialization")]
        paths[f"/api/{name}"] = {"post": _operation(name, case, asked, told)}
        paths[f"/api/{name}/jobs"] = {"post": _begun(name, case, asked)}
    paths["/api/jobs/{id}"] = {"get": _resource("job"), "delete": _resource("cancel_job")}
    paths["/api/jobs/{id}/answer"] = {"get": _resource("answer_of_job")}
    return {
        "openapi": "3.1.0",
        "info": {"title": app.title, "version": model_version(), "summary": app.summary},
        "paths": paths,
        "components": {"schemas": schemas},
    }


_ERROR = {
    "type": "object",
    "required": ["error", "message"],
    "properties": {
        "error": {"type": "string"},
        "message": {"type": "string"},
        "exit_code": {"type": "integer"},
        "refusals": {"type": "array", "items": {"type": "string"}},
    },
}
_ERRORS = {
    str(status): {
        "description": about,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    for status, about in (
        (404, "no such thing"), (409, "refused for safety"), (422, "a value is wrong"),
        (429, "too many questions wait"), (500, "the body could not be computed"),
        (501, "an optional package is missing"),
    )
}  # fmt: skip


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    toml = {"schema": {"type": "string", "description": "the same document as TOML"}}
    content = {"application/json": {"schema": schema}, "application/toml": toml}
    return {"required": True, "content": content}


def _parameters(case: Case) -> list[dict[str, Any]]:
    number = {"type": "number"}
    return [{"name": one, "in": "query", "schema": number} for one in case.options]


def _operation(name: str, case: Case, asked: Any, told: Any) -> dict[str, Any]:  # noqa: ANN401
    found = {"description": "the answer", "content": {"application/json": {"schema": told}}}
    return {
        "operationId": name, "summary": case.about, "parameters": _parameters(case),
        "requestBody": _body(asked), "responses": {"200": found, **_ERRORS},
    }  # fmt: skip


def _begun(name: str, case: Case, asked: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "operationId": f"begin_{name}", "summary": f"{case.about} (as a job)",
        "parameters": _parameters(case), "requestBody": _body(asked),
        "responses": {"202": {"description": "the job, and where it is"}, **_ERRORS},
    }  # fmt: skip


def _resource(operation: str) -> dict[str, Any]:
    where = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    found = {"description": "found", "content": {"application/json": {"schema": {}}}}
    return {
        "operationId": operation, "parameters": [where],
        "responses": {"200": found, "404": _ERRORS["404"]},
    }  # fmt: skip


