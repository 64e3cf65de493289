"""The page For researchers: populations, virtual trials and attribution, as jobs."""

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, Response

from somnesium.errors import SomnesiumError
from somnesium.surfaces.web.api import begin_job
from somnesium.surfaces.web.desk import Desk, Shown, Told
from somnesium.surfaces.web.jobs import Job
from somnesium.surfaces.web.research_forms import KINDS, document_of, endpoints
from somnesium.surfaces.web.research_shown import shown

router = APIRouter(prefix="/research", include_in_schema=False)
"""The routes of these pages."""

_OF_CASE = {kind.case: name for name, kind in KINDS.items()}


def _kind(name: str) -> str:
    if name not in KINDS:
        raise HTTPException(404, "question: not one of ours; choose from the page")
    return name


def _job(here: Desk, id: str) -> Job:
    job = here.request.app.state.jobs.find(id)
    if job is None or job.name not in _OF_CASE:
        raise HTTPException(404, "job: no longer kept; begin it again")
    return job


def _overview(here: Desk, error: SomnesiumError | None = None) -> HTMLResponse:
    jobs = [one for one in here.request.app.state.jobs.newest if one.name in _OF_CASE]
    return here.page(
        "research.html",
        200 if error is None else error.http_status,
        error=error,
        kinds=KINDS,
        jobs=jobs,
        of_case=_OF_CASE,
    )


@router.get("")
def overview(here: Shown) -> HTMLResponse:
    """What can be asked, what was asked, and what can be taken away."""
    return _overview(here)


@router.get("/evidence.json")
def evidence(here: Shown) -> Response:
    """What the packaged trials say, as `somnesium evidence --format json` tells it."""
    from somnesium.questions.evidence.evidence import evidence as ask

    del here
    return Response(ask().model_dump_json(indent=2), media_type="application/json")


@router.post("/model")
def model(here: Told) -> Response:
    """The body of the visit's person, for other simulators."""
    from somnesium.questions.export import export_model

    language = "antimony" if here.fields.get("language") == "antimony" else "sbml"
    try:
        with here.request.app.state.engine:
            text = export_model(here.question, language)
    except SomnesiumError as error:
        return _overview(here, error)
    name = "somnesium.xml" if language == "sbml" else "somnesium.ant"
    named = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/plain; charset=utf-8", headers=named)


def _form(here: Desk, name: str, fields: dict, error: SomnesiumError | None = None) -> HTMLResponse:
    from somnesium.person.supplements import forms as known

    return here.page(
        "research_form.html",
        200 if error is None else error.http_status,
        error=error,
        name=name,
        kind=KINDS[name],
        fields={**KINDS[name].first, **fields},
        known_forms=known(),
        endpoints=endpoints() if name == "trial" else {},
    )


@router.get("/{name}")
def form(here: Shown, name: str) -> HTMLResponse:
    """The form of one question."""
    return _form(here, _kind(name), {})


@router.post("/{name}")
def begin(here: Told, name: str) -> Response:
    """Begin it as a job."""
    kind = KINDS[_kind(name)]
    try:
        document, asked = document_of(name, here.fields)
        job = begin_job(here.request, kind.case, document, asked)
    except SomnesiumError as error:
        return _form(here, name, dict(here.fields), error)
    return here.go(f"/research/jobs/{job.id}")


@router.get("/jobs/{id}")
def progress(here: Shown, id: str) -> HTMLResponse:
    """How far a job is, or its answer."""
    job = _job(here, id)
    name = _OF_CASE[job.name]
    told = shown(job) if job.state == "done" else None
    template = "research_part.html" if here.live else "research_job.html"
    return here.page(template, job=job, name=name, kind=KINDS[name], told=told)


@router.post("/jobs/{id}/cancel")
def cancel(here: Told, id: str) -> Response:
    """End a job."""
    here.request.app.state.jobs.cancel(_job(here, id))
    return here.go(f"/research/jobs/{id}")
