"""Exports sent to the server: each read and kept by a bounded process of its own, as a job.

What such a process may take is in `Bounds`. Reading and keeping an Apple export of 500 MB takes
220 MB of memory, of which 250 MB must be allowed, and 14 s of computing on a shared core.
"""

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from somnesium import errors, say
from somnesium.errors import InvalidInput, SomnesiumError
from somnesium.person.document import Document, Flag, StartDate, near_miss, read_document
from somnesium.surfaces.web.cases import error_body
from somnesium.surfaces.web.incoming import Incoming, Received
from somnesium.surfaces.web.jobs import Job, Lane, TooManyJobs
from somnesium.surfaces.web.upload_worker import refusal

router = APIRouter(prefix="/api", include_in_schema=False)
"""The routes of the API that take files."""


class Bounds(NamedTuple):
    """What reading one export may take: bytes of memory, seconds of computing, seconds in all."""

    memory: int = 1_000_000_000
    cpu: int = 900
    seconds: float = 1800.0


BOUNDS = Bounds()
"""Four times the memory that 500 MB of Apple Health need, sixty times the computing.

The largest file that is read at all, 8 GB unpacked, takes about four minutes
(judgement#upload-limits).
"""
_AT_ONCE = 4
"""Exports received, waiting or being read at once: each takes its size of disk."""
_WORKER = "somnesium.surfaces.web.upload_worker"
_YES, _NO = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")


class ImportAsked(Document):
    """What the person says of a file, as the options of `somnesium import`."""

    format: str = Field(default="auto", max_length=60)
    zone: str = Field(default="", max_length=60)
    first_night: StartDate | None = None
    person: str = Field(default="", max_length=200)
    instrument: str = Field(default="", max_length=60)
    dry_run: Flag = False


def import_asked(texts: Mapping[str, str]) -> ImportAsked:
    """The options from texts of a form or an address, empty ones left out; or `InvalidInput`."""
    from somnesium.nights.recorders import instrument_named

    for name in texts:
        if name not in ImportAsked.model_fields:
            allowed = ", ".join(ImportAsked.model_fields)
            raise InvalidInput.field("form", name, allowed, near_miss(name, allowed.split(", ")))
    table: dict[str, Any] = {name: text.strip() for name, text in texts.items() if text.strip()}
    said = str(table.pop("dry_run", "")).lower()
    if said not in (*_YES, *_NO):
        raise InvalidInput.field("dry_run", said, "true or false")
    found = read_document(table | {"dry_run": said in _YES}, ImportAsked)
    if found.instrument:
        instrument_named(found.instrument)
    return found


class Uploads:
    """Exports on their way through one server."""

    def __init__(self, bounds: Bounds = BOUNDS) -> None:
        """None yet."""
        self.bounds, self.incoming = bounds, Incoming()
        self._places = BoundedSemaphore(_AT_ONCE)

    async def received(self, request: Request) -> "_Upload":
        """A form with an export, streamed into a folder; `TooManyJobs` if many are under way."""
        if not self._places.acquire(blocking=False):
            raise TooManyJobs(f"uploads: {_AT_ONCE} are under way; try again later")
        upload = _Upload(self._places)
        try:
            upload.folder = self.incoming.folder()
            upload.form = await Received.of(request, upload.folder, ("file", "map"))
        except BaseException:
            upload.gone()
            raise
        return upload


class _Upload:
    """One form with its files; `gone` once, whatever happens."""

    def __init__(self, places: BoundedSemaphore) -> None:
        self._places: BoundedSemaphore | None = places
        self.folder: Path | None = None
        self.form = Received({}, {})

    def gone(self) -> None:
        """Remove the files, and let another in."""
        places, self._places = self._places, None
        if places is not None:
            if self.folder is not None:
                shutil.rmtree(self.folder, ignore_errors=True)
            places.release()


def begun(request: Request, upload: _Upload, asked: ImportAsked) -> Job:
    """The job that reads and keeps an upload; its files are gone when it is over.

    Raises `InvalidInput` if no file was sent.
    """
    state = request.app.state
    bounds: Bounds = state.uploads.bounds
    path, map = upload.form.files.get("file"), upload.form.files.get("map")
    if path is None:
        raise InvalidInput.field("file", "nothing", "an export", "choose a file")
    options = asked.model_dump(mode="json")
    question = {
        "file": str(path),
        "map": str(map or ""),
        "options": options,
        "store": state.settings.store,
        "now": state.now().isoformat(),
        "memory": bounds.memory,
        "cpu": bounds.cpu,
    }

    def last(job: Job) -> None:
        upload.gone()
        if job.fate:
            job.error = error_body(refusal(path.name, _limit(job.fate, bounds), job.stage))

    return state.jobs.begin(
        "import",
        question,
        lane=Lane(_WORKER, bounds.seconds),
        last=last,
        about={"file": path.name, "options": options},
    )


def _limit(fate: str, bounds: Bounds) -> str:
    """What an export must keep to, of which reading it was ended."""
    return {
        "late": f"what can be read within {say.typed(bounds.seconds)} s",
        "cpu": f"what can be read with {bounds.cpu} s of computing",
        "died": "what can be read without the reader being ended",
    }[fate]


def status_of(job: Job) -> int:
    """The HTTP status of a job's error."""
    kind = getattr(errors, str(job.error.get("error")), SomnesiumError)
    return kind.http_status


# --- REST ------------------------------------------------------------------------------------


async def _job_of(request: Request) -> Job:
    """The job of a request to the API; its options may stand in the address or in the form."""
    upload = await request.app.state.uploads.received(request)
    try:
        asked = import_asked(dict(request.query_params) | upload.form.fields)
        return begun(request, upload, asked)
    except BaseException:
        upload.gone()
        raise


@router.post("/import")
async def ask(request: Request) -> Response:
    """Read and keep an export, and wait for the answer."""
    try:
        job = await _job_of(request)
    except SomnesiumError as error:
        return JSONResponse(error_body(error), error.http_status)
    while not job.over:  # noqa: ASYNC110 - another process ends it
        await asyncio.sleep(0.05)
    if job.state == "done":
        return Response(job.answer, media_type="application/json")
    if job.state == "cancelled":
        return JSONResponse(error_body(SomnesiumError("the import was cancelled")), 500)
    return JSONResponse(job.error, status_of(job))


@router.post("/import/jobs")
async def begin(request: Request) -> Response:
    """Read and keep an export as a job."""
    try:
        job = await _job_of(request)
    except SomnesiumError as error:
        return JSONResponse(error_body(error), error.http_status)
    return JSONResponse(job.told(), 202, {"location": f"/api/jobs/{job.id}"})


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


_ERROR = _content({"$ref": "#/components/schemas/Error"})
_FILE = {"type": "string", "format": "binary"}
_TEXTS = ("format", "zone", "first_night", "person", "instrument", "dry_run")
_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {**_FILE, "description": "the export"},
                    "map": {**_FILE, "description": "a map (TOML), for a table no reader knows"},
                    **{name: {"type": "string"} for name in _TEXTS},
                },
            }
        }
    },
}
_REFUSED = {
    "413": {"description": "over 1 GB", **_ERROR},
    "422": {"description": "no export we know, or a wrong option", **_ERROR},
    "429": {"description": "too many are under way", **_ERROR},
}


def _operation(name: str, about: str, status: str, told: dict[str, Any]) -> dict[str, Any]:
    texts = [{"name": one, "in": "query", "schema": {"type": "string"}} for one in _TEXTS]
    return {
        "post": {
            "operationId": name,
            "summary": about,
            "parameters": texts,
            "requestBody": _BODY,
            "responses": {status: told, **_REFUSED},
        }
    }


OPERATIONS: Mapping[str, Any] = {
    "/api/import": _operation(
        "import",
        "Which nights does this export hold? Keeps them.",
        "200",
        {"description": "the answer, as /api/schema/import says", **_content({"type": "object"})},
    ),
    "/api/import/jobs": _operation(
        "begin_import",
        "Which nights does this export hold? Keeps them. (as a job)",
        "202",
        {"description": "the job, and where it is", **_content({"type": "object"})},
    ),
}
"""The routes of this module as OpenAPI path items."""
