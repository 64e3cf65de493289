"""The web app put together: pages, API, guard, errors, and the engine warmed in the background."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException as StarletteError
from starlette.staticfiles import StaticFiles

from somnesium.errors import InvalidInput, SomnesiumError
from somnesium.surfaces.web import (
    api,
    events,
    experiment_pages,
    experiment_verdict,
    food_pages,
    forecast_pages,
    nights_imports,
    nights_pages,
    pages,
    plan_pages,
    report_pages,
    research_pages,
    share_pages,
    true_pages,
    uploads,
)
from somnesium.surfaces.web.desk import Desk, StartFirst
from somnesium.surfaces.web.experiment_shown import Remembered
from somnesium.surfaces.web.incoming import clear_dead
from somnesium.surfaces.web.jobs import Jobs
from somnesium.surfaces.web.openapi import openapi
from somnesium.surfaces.web.security import Attempts, Guard, Settings

_TRIES, _MINUTE = 5, 60.0


def create_app(settings: Settings) -> FastAPI:
    """The whole app; `settings` say how it is run."""
    app = FastAPI(
        title="Somnesium",
        summary="The magnesium–sleep system of the human body",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.settings, app.state.engine, app.state.jobs = settings, api.Engine(), Jobs()
    app.state.attempts = Attempts(_TRIES, _MINUTE)
    app.state.experiments, app.state.uploads = Remembered(), uploads.Uploads()
    app.state.now = lambda: datetime.now(UTC)
    app.add_middleware(Guard, settings=settings)
    app.mount("/static", StaticFiles(directory=Path(__file__).with_name("static")), "static")

    @app.get("/api/openapi.json", include_in_schema=False)
    def described() -> JSONResponse:
        return JSONResponse(openapi(app.title, app.summary))

    app.include_router(uploads.router)
    app.include_router(api.router)
    app.include_router(events.router)
    for one in (
        share_pages,
        pages,
        food_pages,
        forecast_pages,
        plan_pages,
        true_pages,
        nights_pages,
        nights_imports,
        experiment_pages,
        experiment_verdict,
        report_pages,
        research_pages,
    ):
        app.include_router(one.router)
    app.add_exception_handler(SomnesiumError, _explained)
    app.add_exception_handler(StarletteError, _http)
    app.add_exception_handler(RequestValidationError, _wrong_address)
    app.add_exception_handler(StartFirst, _to_start)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Warm the engine while the first page is read; end jobs when the server ends."""
    threading.Thread(target=_warm, args=(app,), daemon=True, name="warm").start()
    clear_dead()
    yield
    app.state.jobs.close()
    app.state.uploads.incoming.close()


def _warm(app: FastAPI) -> None:
    from somnesium.person.foods import search_foods

    search_foods("oats", 1)
    with app.state.engine:
        forecast_pages.warm()
    true_pages.warm()


async def _explained(request: Request, error: Exception) -> Response:
    """An error of the library: JSON for the API, a page for people."""
    known = error if isinstance(error, SomnesiumError) else SomnesiumError(str(error))
    if request.url.path.startswith("/api"):
        return api.error_response(known)
    here = await Desk.of(request)
    return here.part_failed(known) if here.live else here.failed("error.html", known)


async def _http(request: Request, error: Exception) -> Response:
    """Unknown places, and what the guard's forms refuse."""
    status = error.status_code if isinstance(error, HTTPException | StarletteError) else 500
    detail = str(getattr(error, "detail", "")) or "something went wrong"
    found = InvalidInput(detail if ":" in detail else f"{request.url.path}: {detail}")
    if request.url.path.startswith("/api"):
        if status == 404 and detail == "Not Found":
            return api.unknown(request.url.path)
        body = {"error": "Refused", "message": str(found)}
        return JSONResponse(body, status, getattr(error, "headers", None))
    here = await Desk.of(request)
    return here.page(
        "error_part.html" if here.live else "error.html", status, error=found, refusals=()
    )


async def _wrong_address(request: Request, error: Exception) -> Response:
    """A part of an address that is missing or no number."""
    told = error.errors() if isinstance(error, RequestValidationError) else ()
    first = next(iter(told), {"loc": ("address",), "msg": "not readable", "input": ""})
    found = InvalidInput.field(str(first["loc"][-1]), first["input"], first["msg"], "change it")
    return await _explained(request, found)


async def _to_start(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """A page that needs a person sends to the three questions."""
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"hx-redirect": "/"})
    return RedirectResponse("/", 303)
