"""The page My plan, which is a job."""

from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, Response

from somnesium.errors import SomnesiumError
from somnesium.person.document import read_document
from somnesium.surfaces.web.api import begin_job
from somnesium.surfaces.web.desk import Desk, Shown, Told
from somnesium.surfaces.web.jobs import Job

router = APIRouter(include_in_schema=False)
"""The routes of this page."""


def _empty(here: Desk, budget: str = "") -> dict[str, Any]:
    """The page before anything is compared."""
    return {"job": None, "answer": None, "question": here.question, "budget": budget}


@router.get("/plan")
def plan(here: Shown) -> HTMLResponse:
    """What is compared, and a button to begin."""
    return here.page("plan.html", **_empty(here))


@router.post("/plan")
def begin(here: Told) -> Response:
    """Begin the comparison as a job."""
    budget = str(here.fields.get("budget", "")).strip().replace(",", ".")
    document = here.question.model_dump_json(exclude_unset=True)
    try:
        job = begin_job(
            here.request, "plan", document.encode(), {"budget": budget} if budget else {}
        )
    except SomnesiumError as error:
        return here.failed("plan.html", error, **_empty(here, budget))
    return here.go(f"/plan/{job.id}")


def _job(here: Desk, id: str) -> Job:
    job = here.request.app.state.jobs.find(id)
    if job is None or job.name != "plan":
        raise HTTPException(404, "plan: no longer kept; begin it again")
    return job


@router.get("/plan/{id}")
def progress(here: Shown, id: str) -> HTMLResponse:
    """How far the comparison is, or its answer."""
    from somnesium.questions.plan import PlanAnswer

    job = _job(here, id)
    answer = read_document(job.answer, PlanAnswer) if job.state == "done" else None
    template = "plan_part.html" if here.live else "plan.html"
    return here.page(template, job=job, answer=answer, question=here.question, budget="")


@router.post("/plan/{id}/cancel")
def cancel(here: Told, id: str) -> Response:
    """End the comparison."""
    here.request.app.state.jobs.cancel(_job(here, id))
    return here.go(f"/plan/{id}")
