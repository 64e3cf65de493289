"""The pages My plan, which is a job, and What is true?, the trials pooled."""

from functools import cache
from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, Response

from somnesium.errors import SomnesiumError
from somnesium.person.document import read_document
from somnesium.surfaces.web.desk import Desk, Shown, Told
from somnesium.surfaces.web.drawings import svg
from somnesium.surfaces.web.jobs import Job

if TYPE_CHECKING:
    from somnesium.app.evidence_answer import EvidenceAnswer

__all__ = ["router", "warm"]

router = APIRouter(include_in_schema=False)
"""The routes of these pages."""


@router.get("/plan")
def plan(here: Shown) -> HTMLResponse:
    """What is compared, and a button to begin."""
    return here.page("plan.html", job=None, answer=None, question=here.question)


@router.post("/plan")
def begin(here: Told) -> Response:
    """Begin the comparison as a job."""
    budget = str(here.fields.get("budget", "")).strip()
    document = here.question.model_dump_json(exclude_unset=True)
    asked = {"document": document, "options": {"budget": budget} if budget else {}}
    try:
        job = here.request.app.state.jobs.begin("plan", asked)
    except SomnesiumError as error:
        return here.failed("plan.html", error, job=None, answer=None, question=here.question)
    return here.go(f"/plan/{job.id}")


def _job(here: Desk, id: str) -> Job:
    job = here.request.app.state.jobs.find(id)
    if job is None or job.name != "plan":
        raise HTTPException(404, "plan: no longer kept; begin it again")
    return job


@router.get("/plan/{id}")
def progress(here: Shown, id: str) -> HTMLResponse:
    """How far the comparison is, or its answer."""
    from somnesium.app.plan import PlanAnswer

    job = _job(here, id)
    answer = read_document(job.answer, PlanAnswer) if job.state == "done" else None
    template = "plan_part.html" if here.live else "plan.html"
    return here.page(template, job=job, answer=answer, question=here.question)


@router.post("/plan/{id}/cancel")
def cancel(here: Told, id: str) -> Response:
    """End the comparison."""
    here.request.app.state.jobs.cancel(_job(here, id))
    return here.go(f"/plan/{id}")


@cache
def _evidence() -> "EvidenceAnswer":
    """The packaged trials, pooled once a server."""
    from somnesium.app.evidence import evidence

    return evidence()


def warm() -> None:
    """The trials pooled before someone asks."""
    _evidence()


@router.get("/true")
def true(here: Shown) -> HTMLResponse:
    """What the trials say, endpoint by endpoint."""
    return here.page("true.html", answer=_evidence())


@router.get("/true/{number}")
def endpoint(here: Shown, number: int) -> HTMLResponse:
    """One endpoint: forest plot, trials, and how sure one can be."""
    from somnesium.surfaces.evidence_figures import forest

    answer = _evidence()
    if not 0 <= number < len(answer.endpoints):
        raise HTTPException(404, "endpoint: not one of those pooled; choose from the list")
    one = answer.endpoints[number]
    title = one.meaning[0].upper() + one.meaning[1:] + (", blends" if one.blend else "")
    picture = None
    if one.synthesis is not None:
        chart = forest(one.synthesis, answer.model_version, title, one.unit)
        picture = svg(chart, f"forest{number}", f"Forest plot: {title}")
    return here.page("endpoint.html", one=one, title=title, picture=picture, answer=answer)
