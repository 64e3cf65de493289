"""The page My experiment: design, begin, tonight, the kit. Verdicts stand in a file of their own.

While the seal is shut these pages read the preregistration only, which does not hold the letters.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Path
from fastapi.responses import HTMLResponse, Response

from somnesium.errors import InvalidInput, SomnesiumError
from somnesium.person.document import read_document
from somnesium.surfaces.web.desk import Desk, Shown, Told

if TYPE_CHECKING:
    from somnesium.answers.selftrial.design.question import DesignQuestion
    from somnesium.person.checked import CheckedPlan
    from somnesium.questions.experiment.design import Begun, DesignAnswer
    from somnesium.questions.experiment.today import TodayAnswer
    from somnesium.store.experiments import Experiment
    from somnesium.store.open import Store

router = APIRouter(prefix="/experiment", include_in_schema=False)
"""The routes of this page."""
Number = Annotated[int, Path(ge=1, le=10**9)]
"""An experiment's number in an address."""
_KEPT = 8


@lru_cache(_KEPT)
def _designed(document: str, earlier: tuple[float | None, ...]) -> "DesignAnswer":
    """The design of a question; the newest are kept, so that what was seen is what is begun."""
    from somnesium.answers.selftrial.design.question import DesignQuestion
    from somnesium.questions.experiment.design import design

    return design(read_document(document, DesignQuestion), earlier)


def _design(here: Desk, question: "DesignQuestion") -> "DesignAnswer":
    """Ask the body, with own nights out of the store if there are some."""
    from somnesium.questions.experiment.design import own_nights
    from somnesium.store.open import is_there, opened

    earlier: tuple[float | None, ...] = ()
    if is_there(here.settings.store):
        with opened(here.settings.store) as store:
            earlier = own_nights(store, question.trial.measure, question.start)
    with here.request.app.state.engine:
        return _designed(question.model_dump_json(exclude_unset=True), earlier)


def _asked(here: Desk) -> "DesignQuestion":
    """The question of the form; without a start it begins today, where the person lives."""
    from somnesium.surfaces.web.experiment_forms import design_question

    zone = ZoneInfo(here.question.habits.time_zone)
    today = here.request.app.state.now().astimezone(zone).date()
    return design_question(here.question, here.fields, today)


@router.get("")
def experiments(here: Shown) -> HTMLResponse:
    """All experiments, tonight's first; how to begin one."""
    from somnesium.questions.experiment.today import kept_experiments, today
    from somnesium.store.open import is_there, opened

    found, going = (), None
    if is_there(here.settings.store):
        now = here.request.app.state.now()
        with opened(here.settings.store) as store:
            found = kept_experiments(store, now)
            first = next((one for one in found if one.phase in ("run-in", "running")), None)
            going = first and today(store, first.number, now, _person(here))
    return here.page("experiments.html", experiments=found, going=going)


def _person(here: Desk) -> Any:  # noqa: ANN401
    """Who the visitor says they are by now; None if they have not said."""
    return None if here.visit.request is None else here.question.person


def _form(here: Desk) -> dict[str, Any]:
    """What the form of a design needs."""
    from somnesium.surfaces.web.experiment_forms import USUAL, measures

    question = here.question
    return {
        "measures": measures(),
        "plan": question.regimen.name,
        "taken": bool(question.regimen.intakes),
        "fields": {name: here.fields.get(name, usual) for name, usual in USUAL.items()},
    }


def _told(answer: "DesignAnswer") -> dict[str, Any]:
    """The tables of a design."""
    from somnesium.surfaces.command.design import (
        KINETICS_HEAD,
        kinetics_rows,
        power_rows,
        spread_text,
    )

    head = (f"change of {answer.label}", "weeks to see it", f"chance in {answer.weeks} weeks")
    return {
        "answer": answer,
        "power": (head, power_rows(answer)),
        "spread": spread_text(answer),
        "kinetics": (("what", *KINETICS_HEAD[1:]), kinetics_rows(answer)),
    }


@router.get("/design")
def design_page(here: Shown) -> HTMLResponse:
    """A few questions about the experiment."""
    return here.page("experiment_design.html", answer=None, **_form(here))


@router.post("/design")
def designed(here: Told) -> HTMLResponse:
    """How it would run, what it can show, and whether it is worth starting."""
    context = _form(here)
    try:
        answer = _design(here, _asked(here))
    except SomnesiumError as error:
        if here.live:
            return here.part_failed(error)
        return here.failed("experiment_design.html", error, answer=None, **context)
    template = "experiment_designed_part.html" if here.live else "experiment_design.html"
    return here.page(template, **context, **_told(answer))


@router.post("/begin")
def begin(here: Told) -> Response:
    """Draw, seal and keep it; nothing of the draw is shown."""
    from somnesium.questions.experiment.design import begin as begun
    from somnesium.questions.experiment.design import require_worth, tried_plan
    from somnesium.questions.experiment.today import require_free
    from somnesium.store.open import opened

    try:
        question = _asked(here)
        answer = _design(here, question)
        require_worth(answer, bool(here.fields.get("anyway")), "begin", "begin it anyway")
        with opened(here.settings.store) as store:
            require_free(store, answer.first_run_in)
            now = here.request.app.state.now()
            found = begun(store, tried_plan(question), answer, secrets.randbits(63), now)
    except SomnesiumError as error:
        return here.failed("experiment_design.html", error, answer=None, **_form(here))
    here.request.app.state.experiments.begun(found.experiment.id)
    return here.go(f"/experiment/{found.experiment.id}?begun=1")


@contextmanager
def stored(here: Desk, number: int) -> Iterator[tuple["Store", "Experiment"]]:
    """The store and an experiment in it; if it is not there, neither is the page."""
    from somnesium.store.experiments import experiment
    from somnesium.store.open import is_there, opened

    unknown = HTTPException(404, "experiment: not one of yours; choose from the list")
    if not is_there(here.settings.store):
        raise unknown
    with opened(here.settings.store) as store:
        try:
            kept = experiment(store, number)
        except InvalidInput:
            raise unknown from None
        yield store, kept


def tonight(here: Desk, number: int) -> "TodayAnswer":
    """The experiment as it stands now."""
    from somnesium.questions.experiment.today import today

    with stored(here, number) as (store, _):
        return today(store, number, here.request.app.state.now(), _person(here))


@router.get("/{number:int}")
def tonight_page(here: Shown, number: Number) -> HTMLResponse:
    """Tonight's bottle, and how far it is."""
    return here.page("experiment.html", **_standing(here, number))


def _standing(here: Desk, number: int) -> dict[str, Any]:
    """What the page of an experiment needs."""
    return {
        "today": tonight(here, number),
        "begun": here.fields.get("begun") == "1",
        "unprinted": here.request.app.state.experiments.unprinted(number),
    }


def sent(content: bytes | str, name: str, media: str) -> Response:
    """A file to keep."""
    named = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media, headers=named)


@router.get("/{number:int}/kit.zip")
def kit(here: Shown, number: Number) -> Response:
    """Preregistration and calendar for the one who takes part; made without opening the seal."""
    from somnesium.questions.experiment.design import Begun
    from somnesium.questions.experiment.seal import unopened
    from somnesium.surfaces.paper.kit import kit_files

    with stored(here, number) as (_, kept):
        pass
    begun = Begun(_plan(kept), kept, unopened(kept))
    return _zip(kit_files, begun, f"somnesium-experiment-{number}.zip")


def _plan(kept: "Experiment") -> "CheckedPlan[DesignQuestion]":
    """The plan of a stored experiment, checked anew."""
    from somnesium.answers.selftrial.design.question import DesignQuestion
    from somnesium.questions.experiment.design import tried_plan

    return tried_plan(read_document(kept.question, DesignQuestion))


def _zip(files: Any, begun: "Begun", name: str) -> Response:  # noqa: ANN401
    """Files about an experiment, as one zip."""
    from somnesium.surfaces.web.experiment_shown import zipped

    content = zipped(files(begun), begun.experiment.made_at)
    return sent(content, name, "application/zip")


@router.post("/{number:int}/helper")
def helper(here: Told, number: Number) -> Response:
    """The helper's sheet and labels: once after beginning, later only as a look with a reason."""
    from somnesium.answers.selftrial.design.allocation import read_sealed
    from somnesium.questions.experiment.design import Begun
    from somnesium.questions.experiment.seal import open_for_helper, unopened
    from somnesium.store.experiments import allocation
    from somnesium.surfaces.paper.kit import helper_files

    now, remembered = here.request.app.state.now(), here.request.app.state.experiments
    with stored(here, number) as (store, kept):
        if unopened(kept).letters:
            raise HTTPException(404, "helper: an open experiment needs none")
        try:
            if remembered.printed(number):
                sealed = allocation(store, number)
            else:
                sealed = open_for_helper(store, number, str(here.fields.get("reason", "")), now)
        except InvalidInput as error:
            return here.failed("experiment.html", error, **_standing(here, number))
    dealt = Begun(_plan(kept), kept, read_sealed(sealed.sealed))
    return _zip(helper_files, dealt, f"for-the-helper-only-{number}.zip")


@router.post("/{number:int}/state")
def change(here: Told, number: Number) -> Response:
    """Stop it, or go on with what was stopped."""
    from somnesium.store.experiments import set_state

    wanted = str(here.fields.get("state", ""))
    try:
        if wanted not in ("stopped", "running"):
            raise InvalidInput.field("state", wanted, "stopped, running")
        with stored(here, number) as (store, _):
            set_state(store, number, wanted)
    except InvalidInput as error:
        return here.failed("experiment.html", error, **_standing(here, number))
    return here.go(f"/experiment/{number}")
