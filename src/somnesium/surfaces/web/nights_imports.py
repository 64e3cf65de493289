"""The part of My nights that takes files: sent, followed, and what became of every row."""

import csv
import hmac
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from somnesium.errors import InvalidInput, SomnesiumError
from somnesium.surfaces.web.desk import Desk, Shown, Told
from somnesium.surfaces.web.jobs import Job
from somnesium.surfaces.web.uploads import ImportAsked, begun, import_asked
from somnesium.surfaces.web.visit import COOKIE, opened, token

if TYPE_CHECKING:
    from somnesium.questions.nights.imports import ImportAnswer

router = APIRouter(prefix="/nights", include_in_schema=False)
"""The routes of this part."""
_SHOWN = 100
"""Lines of a ledger on one page (judgement#a-page)."""
_NIGHTS = 14
"""Nights shown, the latest, as on the command line."""


def zone_here() -> str:
    """The time zone of this machine, or UTC if it has none we know."""
    from somnesium.surfaces.command.record import local_zone

    try:
        return ZoneInfo(local_zone()).key
    except (KeyError, ValueError, OSError):
        return "UTC"


def formats() -> tuple[tuple[str, str], ...]:
    """Formats that are known, with their labels."""
    from somnesium.nights.readers.formats import READERS

    return tuple((one.name, one.label) for one in READERS)


def options_shown(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Every option for the form: as given, else this machine's zone and nothing."""
    empty = dict.fromkeys(ImportAsked.model_fields, "") | {"zone": zone_here()}
    return empty | {name: value for name, value in asked.items() if value is not None}


def _form(here: Desk, asked: dict[str, Any], error: SomnesiumError | None = None) -> HTMLResponse:
    """The form by itself, as it was filled in; a browser does not keep the file's name."""
    status = error.http_status if error else 200
    return here.page(
        "nights_import.html",
        status,
        error=error,
        asked=options_shown(asked),
        formats=formats(),
        job=None,
        answer=None,
    )


@router.get("/import")
def empty(here: Shown) -> HTMLResponse:
    """The form that takes an export."""
    return _form(here, {})


@router.post("/import")
async def send(request: Request) -> Response:
    """Take an export, and read it as a job.

    The form is read here and not by `Desk`, which would hold the file in memory.
    """
    state = request.app.state
    here = Desk(request, opened(state.settings.secret, request.cookies.get(COOKIE, "")), {})
    try:
        upload = await state.uploads.received(request)
    except SomnesiumError as error:
        return _form(here, {}, error)
    fields = dict(upload.form.fields)
    try:
        given = request.headers.get("x-form-token") or fields.pop("token", "")
        wanted = token(state.settings.secret, here.visit)
        if not hmac.compare_digest(given.encode(), wanted.encode()):
            fix = "open the page again and repeat"
            raise InvalidInput.field("form", "an old one", "a form of this page", fix)  # noqa: TRY301
        fields.pop("token", None)
        job = begun(request, upload, import_asked(fields))
    except SomnesiumError as error:
        upload.gone()
        return _form(here, fields, error)
    except BaseException:
        upload.gone()
        raise
    return here.go(f"/nights/import/{job.id}")


def _job(here: Desk, id: str) -> Job:
    job = here.request.app.state.jobs.find(id)
    if job is None or job.name != "import":
        raise HTTPException(404, "import: its answer is no longer held; what was kept stays kept")
    return job


def _answer(job: Job) -> "ImportAnswer | None":
    from somnesium.questions.nights.imports import ImportAnswer

    return ImportAnswer.model_validate_json(job.answer) if job.state == "done" else None


@router.get("/import/{id}")
def progress(here: Shown, id: str) -> HTMLResponse:
    """How far reading is, or the ledger."""
    job = _job(here, id)
    answer = _answer(job)
    given = str(here.fields.get("from", "0"))
    begin = min(int(given), 10**9) if given.isdecimal() else 0
    shown: dict[str, Any] = {
        "job": job,
        "answer": answer,
        "asked": options_shown(job.about["options"]),
        "formats": formats(),
        "begin": 0,
        "most": _SHOWN,
    }
    if answer is not None:
        shown["begin"] = begin if begin < len(answer.ledger.entries) else 0
        shown["entries"] = answer.ledger.entries[shown["begin"] : shown["begin"] + _SHOWN]
        shown["nights"] = answer.nights[-_NIGHTS:]
        shown["naps"] = sum(one.nap for one in answer.nights)
    return here.page("nights_import_part.html" if here.live else "nights_import.html", **shown)


@router.post("/import/{id}/cancel")
def cancel(here: Told, id: str) -> Response:
    """End reading."""
    here.request.app.state.jobs.cancel(_job(here, id))
    return here.go(f"/nights/import/{id}")


@router.get("/import/{id}/answer.json")
def whole(here: Shown, id: str) -> Response:
    """The whole answer."""
    job = _job(here, id)
    if job.state != "done":
        raise HTTPException(404, "import: not done")
    named = {"content-disposition": 'attachment; filename="import.json"'}
    return Response(job.answer, media_type="application/json", headers=named)


@router.get("/import/{id}/ledger.csv")
def ledger(here: Shown, id: str) -> Response:
    """What became of every row, as a table."""
    from somnesium.store.copies import guarded

    answer = _answer(_job(here, id))
    if answer is None:
        raise HTTPException(404, "import: not done")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("where", "rows", "verdict", "reason", "evening"))
    for one in answer.ledger.entries:
        cells = (one.where, one.rows, one.verdict, one.reason, one.evening or "")
        writer.writerow([guarded(cell) for cell in cells])
    named = {"content-disposition": 'attachment; filename="ledger.csv"'}
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8", headers=named)


@router.get("/imports")
def past(here: Shown) -> HTMLResponse:
    """Every import that is kept."""
    from somnesium.store.nights import imports
    from somnesium.store.open import is_there
    from somnesium.store.open import opened as store_opened

    found: tuple[Any, ...] = ()
    if is_there(here.settings.store):
        with store_opened(here.settings.store) as store:
            found = imports(store)[::-1]
    return here.page("nights_imports.html", found=found[:200], count=len(found))
