"""Jobs told as they go on: server-sent events, one for every change, until the job is over."""

import asyncio
import json
import time
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from somnesium.surfaces.web.api import found_job
from somnesium.surfaces.web.jobs import Job

router = APIRouter(prefix="/api", include_in_schema=False)
"""The route of the events."""

_EVERY = 0.2
"""Seconds between two looks at a job."""
_BEAT = 1.0
"""Seconds after which it is told in any case: time goes on, and a dead line is noticed."""


def _event(kind: str, text: str) -> str:
    return f"event: {kind}\ndata: {text}\n\n"


async def _told(request: Request, job: Job) -> AsyncIterator[str]:
    """`progress` for every change and every second; in the end `done`, `failed` or `cancelled`.

    A browser that lost the line asks again; it is told where the job stands, so nothing has to be
    remembered of what it heard before.
    """
    before, said = None, time.monotonic()
    yield "retry: 2000\n\n"
    while not job.over:
        now = (job.state, job.done, job.total)
        if now != before or time.monotonic() - said > _BEAT:
            before, said = now, time.monotonic()
            yield _event("progress", json.dumps(job.told()))
        await asyncio.sleep(_EVERY)
        if await request.is_disconnected():
            return
    yield _event(job.state, json.dumps(job.told()))


@router.get("/jobs/{id}/events")
async def events(request: Request, id: str) -> StreamingResponse:
    """What becomes of a job, as it happens."""
    return StreamingResponse(_told(request, found_job(request, id)), media_type="text/event-stream")
