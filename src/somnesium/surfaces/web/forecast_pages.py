"""The page What would it do?: sliders, a quick look, the whole forecast, figure by figure."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from somnesium.answers.safety.gate import checked_plan
from somnesium.errors import InvalidInput, SomnesiumError
from somnesium.person.request import Request, read_request
from somnesium.surfaces.web.desk import Desk, Shown, Told
from somnesium.surfaces.web.drawings import FIGURE_WORDS, drawing
from somnesium.surfaces.web.forms import slid, sliders_of

if TYPE_CHECKING:
    from somnesium.questions.forecast.answer import ForecastAnswer

router = APIRouter(prefix="/forecast", include_in_schema=False)
"""The routes of this page."""
QUICK_PEOPLE = 32
"""Virtual people of the quick look (judgement#quick-look)."""
QUICK_DAYS = 14
"""Days of the quick look: those an effect is averaged over (judgement#quick-look)."""
_KEPT = 24


@lru_cache(_KEPT)
def _lived(document: str) -> "ForecastAnswer":
    """The forecast of a document; the newest are kept in memory for their figures."""
    from somnesium.questions.forecast.forecast import forecast

    return forecast(read_request(document))


def _forecast(here: Desk, request: Request) -> "ForecastAnswer":
    with here.request.app.state.engine:
        return _lived(request.model_dump_json(exclude_unset=True))


def _quick(request: Request) -> Request:
    """The same question of few people for two weeks; journeys and pauses later are left out."""
    table = request.model_dump(mode="json", exclude_unset=True)
    table |= {"people": QUICK_PEOPLE, "days": QUICK_DAYS}
    habits = dict(table["habits"])
    habits["travel"] = [one for one in habits.get("travel", []) if one["day"] <= QUICK_DAYS]
    regimen = dict(table.get("regimen", {}))
    regimen["intakes"] = [
        one for one in regimen.get("intakes", []) if one.get("start_day", 1) <= QUICK_DAYS
    ]
    return read_request({**table, "habits": habits, "regimen": regimen})


def warm() -> None:
    """Everything a first forecast needs, loaded and compiled."""
    from somnesium.sources import example_path

    answer = _lived(_quick(read_request(example_path("healthy_30") or "")).model_dump_json())
    drawing(answer, "effects")


def _context(here: Desk) -> dict[str, Any]:
    """What the sliders need."""
    from somnesium.person.supplements import forms

    question = here.question
    stand = sliders_of(question) | {
        name: here.fields[name] for name in sliders_of(question) if name in here.fields
    }
    products = [one.product.name for one in question.regimen.intakes if one.product is not None]
    return {"at": stand, "known_forms": forms(), "products": products, "question": question}


def _figures(answer: "ForecastAnswer") -> list[str]:
    """The figures in the order they are shown; where nothing changes, a night comes first."""
    from somnesium.surfaces.figures.forecast import changes

    if changes(answer.effects):
        return list(FIGURE_WORDS)
    return ["hypnogram", *(name for name in FIGURE_WORDS if name not in ("effects", "hypnogram"))]


@router.get("")
def forecast_page(here: Shown) -> HTMLResponse:
    """The sliders; the picture is asked for by the page itself."""
    return here.page("forecast.html", answer=None, drawings=(), **_context(here))


@router.post("")
def whole_page(here: Told) -> HTMLResponse:
    """The sliders and every figure at once, for browsers without scripts."""
    context = _context(here)
    try:
        answer = _forecast(here, read_request(slid(here.question, here.fields)))
    except SomnesiumError as error:
        return here.failed("forecast.html", error, answer=None, drawings=(), **context)
    drawings = [drawing(answer, name) for name in _figures(answer)]
    return here.page("forecast.html", answer=answer, drawings=drawings, **context)


@router.post("/quick")
def quick(here: Told) -> HTMLResponse:
    """The quick look at where the sliders stand."""
    try:
        request = read_request(slid(here.question, here.fields))
        with here.request.app.state.engine:
            checked_plan(request)  # all of it, not only the days of the quick look
        answer = _forecast(here, _quick(request))
    except SomnesiumError as error:
        return here.part_failed(error)
    return here.page(
        "picture_part.html",
        answer=answer,
        quick=True,
        waiting=(),
        drawings=[drawing(answer, _figures(answer)[0], here.screen)],
    )


@router.post("/whole")
def whole(here: Told) -> HTMLResponse:
    """The whole forecast in words and numbers; its figures come one by one."""
    try:
        answer = _forecast(here, read_request(slid(here.question, here.fields)))
    except SomnesiumError as error:
        return here.part_failed(error)
    first, *others = _figures(answer)
    waiting = [(name, FIGURE_WORDS[name]) for name in others]
    return here.page(
        "picture_part.html",
        answer=answer,
        quick=False,
        waiting=waiting,
        drawings=[drawing(answer, first, here.screen)],
    )


@router.post("/figure/{name}")
def figure(here: Told, name: str) -> HTMLResponse:
    """One figure of the whole forecast."""
    try:
        if name not in FIGURE_WORDS:
            raise InvalidInput.field("figure", name, ", ".join(FIGURE_WORDS))
        answer = _forecast(here, read_request(slid(here.question, here.fields)))
    except SomnesiumError as error:
        return here.part_failed(error)
    return here.page("figure_part.html", one=drawing(answer, name, here.screen))


@router.post("/keep")
def keep(here: Told) -> Response:
    """Where the sliders stand, into the document."""
    try:
        table = slid(here.question, here.fields)
        read_request(table)
    except SomnesiumError as error:
        context = _context(here)
        return here.failed("forecast.html", error, answer=None, drawings=(), **context)
    return here.go("/safe", here.visit.model_copy(update={"request": table}))
