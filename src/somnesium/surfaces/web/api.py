"""REST: every use case at `POST /api/<name>`, and the same as jobs with progress and cancel.

Documents are read by the library itself, so that what is refused is refused in the same words as
on the command line.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore, Lock
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from somnesium.errors import InvalidInput, MissingPart, NotConverged, SomnesiumError, UnsafePlan
from somnesium.surfaces.web.cases import (
    CASES,
    Place,
    answered,
    error_body,
    options_of,
    read_question,
    told,
)
from somnesium.surfaces.web.jobs import Job, Jobs, TooManyJobs

router = APIRouter(prefix="/api", include_in_schema=False)
"""The routes of the API."""

_TYPES = ("application/json", "application/toml")
_BESIDE = ("foods", "forms", "schema/<name>", "jobs/<id>", "data", "import", "report", "share")
_WAITING = 16
_PATIENCE = 8.0
"""Seconds that a long question is waited for before its job is told (judgement#http-patience)."""
_STATUS = {
    one.exit_code: one.http_status for one in (InvalidInput, UnsafePlan, NotConverged, MissingPart)
}


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
    """An error with its status; what has to wait is told for how long."""
    later = {"retry-after": "5"} if isinstance(error, TooManyJobs) else None
    return JSONResponse(error_body(error), error.http_status, later)


def unknown(path: str) -> JSONResponse:
    """There is no such address; what could have been meant."""
    known = ", ".join((*CASES, *_BESIDE))
    found = InvalidInput.field("address", path, f"/api/ and one of {known}")
    return JSONResponse(error_body(found), 404)


async def document_of(request: Request) -> bytes:
    """The body of a request that says it is a document."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _TYPES:
        raise InvalidInput.field("Content-Type", kind, " or ".join(_TYPES), "say what is sent")
    document = await request.body()
    if kind == "application/json":
        _require_json(document)
    return document


def _require_json(document: bytes) -> None:
    """Refuse TOML that is said to be JSON; the library tells the two by how they begin."""
    text = document.decode("utf-8-sig", "replace").lstrip()
    if text[:1] in ("", "{", "\ufffd"):  # the library says what is wrong with these
        return
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200]
        fix = "send TOML as application/toml"
        raise InvalidInput(f"document: not readable as JSON: {reason}; {fix}") from None


def _query(request: Request) -> dict[str, str]:
    """The query; a name that comes twice is refused."""
    pairs = request.query_params.multi_items()
    if len(pairs) != len(dict(pairs)):
        raise InvalidInput.field("query", request.url.query[:200], "each name once")
    return dict(pairs)


def _answer(request: Request, name: str, document: bytes) -> Response:
    """The answer, the engine waited for if the body is run."""
    case, query = CASES[name], _query(request)
    place = Place(request.app.state.settings.store, request.app.state.now())
    options_of(case, query)  # what is wrong is refused before anyone waits
    read_question(case, document)
    if not case.engine:
        found = answered(name, document, query, place)
    else:
        with request.app.state.engine:
            found = answered(name, document, query, place)
    return Response(told(found), media_type=case.media)


def begin_job(request: Request, name: str, document: bytes, query: dict[str, str]) -> Job:
    """A job for a document: checked at once, answered later."""
    case = CASES[name]
    options_of(case, query)
    read_question(case, document)
    asked = {
        "document": document.decode("utf-8-sig"),
        "options": query,
        "store": request.app.state.settings.store,
        "now": request.app.state.now().isoformat(),
    }
    return request.app.state.jobs.begin(name, asked, case.files)


def _place(job: Job) -> dict[str, str]:
    return {"location": f"/api/jobs/{job.id}"}


async def _patiently(request: Request, name: str, document: bytes) -> Response:
    """The answer of a job, or the job itself if it takes long; ended if nobody waits any more."""
    job = await run_in_threadpool(begin_job, request, name, document, _query(request))
    until = time.monotonic() + _PATIENCE
    while not job.over and time.monotonic() < until:
        await asyncio.sleep(0.05)
        if await request.is_disconnected():
            request.app.state.jobs.cancel(job)
    if job.state == "done":
        return Response(job.answer, media_type="application/json", headers=_place(job))
    if job.state == "failed":
        return JSONResponse(job.error, _STATUS.get(job.error.get("exit_code", 0), 500))
    return JSONResponse(job.told(), 202, _place(job))


def _ask(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def ask(request: Request) -> Response:
        """Ask, and wait for the answer."""
        document = await document_of(request)
        if CASES[name].long:
            return await _patiently(request, name, document)
        return await run_in_threadpool(_answer, request, name, document)

    return ask


def _begin(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def begin(request: Request) -> Response:
        """Ask as a job."""
        document = await document_of(request)
        job = await run_in_threadpool(begin_job, request, name, document, _query(request))
        return JSONResponse(job.told(), 202, _place(job))

    return begin


for _name, _case in CASES.items():
    router.add_api_route(f"/{_name}", _ask(_name), methods=["POST"])
    if _case.media == "application/json":
        router.add_api_route(f"/{_name}/jobs", _begin(_name), methods=["POST"])


@router.get("")
def cases() -> dict[str, Any]:
    """What can be asked."""
    return {
        name: {"about": case.about, "post": f"/api/{name}", "options": case.options}
        for name, case in CASES.items()
    }


@router.get("/foods")
def foods(text: str, limit: str = "15") -> Response:
    """Foods whose name is like a text."""
    from somnesium.surfaces.command.words import foods_text

    if not (limit.isascii() and limit.isdecimal() and len(limit) < 9):
        raise InvalidInput.field("limit", limit, "a whole number from 1 to 200")
    return Response(foods_text(text, int(limit), "json"), media_type="application/json")


@router.get("/forms")
def forms(text: str = "") -> Response:
    """Forms of magnesium, all or those whose name is like a text."""
    from somnesium.surfaces.command.words import forms_text

    return Response(forms_text(text, "json"), media_type="application/json")


@router.get("/schema/{name}")
def schema(name: str) -> Response:
    """The JSON Schema of a document."""
    from somnesium.surfaces.schemas import schema_text

    return Response(schema_text(name), media_type="application/schema+json")


@router.get("/data")
def data(request: Request) -> Response:
    """Everything that is kept, as a zip of CSV tables and JSON."""
    from somnesium.store.copies import export_zip
    from somnesium.store.open import is_there, opened

    where = request.app.state.settings.store
    if not is_there(where):
        raise HTTPException(404, "data: nothing is kept yet")
    with TemporaryDirectory(prefix="somnesium-") as folder, opened(where) as store:
        path = Path(folder) / "somnesium.zip"
        export_zip(store, path)
        content = path.read_bytes()
    named = {"content-disposition": 'attachment; filename="somnesium.zip"'}
    return Response(content, media_type="application/zip", headers=named)


# --- jobs ---


def found_job(request: Request, id: str) -> Job:
    """A job by its id, or 404."""
    jobs: Jobs = request.app.state.jobs
    found = jobs.find(id)
    if found is None:
        raise HTTPException(404, "job: not one that is kept; begin it again")
    return found


@router.api_route("/jobs/{id}", methods=["GET", "DELETE"])
def job(request: Request, id: str) -> Response:
    """How far a job is; DELETE ends it."""
    found = found_job(request, id)
    if request.method == "DELETE":
        request.app.state.jobs.cancel(found)
    return JSONResponse(found.told())


@router.get("/jobs/{id}/answer")
def answer(request: Request, id: str) -> Response:
    """The answer of a job that is done."""
    found = found_job(request, id)
    if not found.answer:
        raise HTTPException(404, "answer: not there; the job is not done")
    return Response(found.answer, media_type="application/json")


@router.get("/jobs/{id}/files/{name:path}")
def file(request: Request, id: str, name: str) -> Response:
    """A file that a job wrote; only those it names are given."""
    path = found_job(request, id).files.get(name)
    if path is None:
        raise HTTPException(404, "file: not one of this job, or no longer kept")
    return FileResponse(path, filename=path.name)
