"""The verdict of an experiment: looked at by a deliberate step, which is written down."""

from functools import cache
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, Response

from somnesium.errors import InvalidInput, SomnesiumError
from somnesium.surfaces.web.desk import Desk, Shown, Told
from somnesium.surfaces.web.experiment_pages import Number, sent, stored, tonight
from somnesium.surfaces.web.experiment_shown import Analysed, drawings, priors, varied, verdict_file

router = APIRouter(prefix="/experiment", include_in_schema=False)
"""The routes of verdicts, and of the example."""
_SEALED_FILES = ("summary.json",)
"""Files of a verdict that do not tell which nights were on the plan."""


@cache
def _example() -> Analysed:
    """The bundled experiment, analysed once a server."""
    from somnesium.questions.experiment.analyse import analyse
    from somnesium.questions.experiment.table import example_ran

    ran = example_ran()
    return Analysed(ran, analyse(ran))


def _shown(found: Analysed | None, sealed: bool) -> dict[str, Any]:
    """What the part with the verdict needs."""
    if found is None:
        return {"answer": None}
    return {
        "answer": found.answer,
        "sealed": sealed,
        "priors": priors(found.answer),
        "varied": varied(found.answer),
        "drawings": drawings(found.answer, sealed),
        "failed": [one.about for one in found.answer.checks if not one.passed],
    }


@router.get("/example")
def example(here: Shown) -> HTMLResponse:
    """What a verdict looks like, from invented nights."""
    return here.page(
        "experiment_example.html", base="/experiment/example", **_shown(_example(), sealed=False)
    )


@router.get("/example/{name}")
def example_file(here: Shown, name: str) -> Response:  # noqa: ARG001 - counted as a visit
    """A file of the example."""
    return _file(_example(), name, f"example-{name}")


def _file(found: Analysed, name: str, called: str) -> Response:
    told = verdict_file(name, found)
    if told is None:
        raise HTTPException(404, "file: not one of a verdict; choose from the page")
    return sent(told[0], called, told[1])


def _remembered(here: Desk, number: int, over: int) -> Analysed | None:
    """The verdict that was opened last, if no night is over since."""
    found = here.request.app.state.experiments.find(number)
    return found if found is not None and found.answer.nights >= over else None


def _context(here: Desk, number: int) -> dict[str, Any]:
    """What the page of a verdict needs; letters only once they may be told."""
    from somnesium.questions.experiment.seal import GUESSES, guess_of, letters_told
    from somnesium.store.experiments import unblindings

    today = tonight(here, number)
    with stored(here, number) as (store, _):
        letters, looks = letters_told(store, number), unblindings(store, number)
        guess = guess_of(store, number)
    found = _remembered(here, number, today.over)
    return {
        "today": today,
        "letters": letters,
        "looks": looks,
        "guess": guess,
        "guesses": GUESSES,
        "base": f"/experiment/{number}/verdict",
        **_shown(found, sealed=letters is None),
    }


@router.get("/{number:int}/verdict")
def verdict(here: Shown, number: Number) -> HTMLResponse:
    """The verdict, or what it costs to look."""
    return here.page("experiment_verdict.html", **_context(here, number))


def _onward(here: Desk, number: int) -> Response:
    """To the verdict; the page itself when only a part was asked for."""
    path = f"/experiment/{number}/verdict"
    if here.live:
        return Response(status_code=204, headers={"hx-redirect": path})
    return here.go(path)


def _failed(here: Desk, number: int, error: SomnesiumError) -> HTMLResponse:
    if here.live:
        return here.part_failed(error)
    return here.failed("experiment_verdict.html", error, **_context(here, number))


@router.post("/{number:int}/verdict")
def look(here: Told, number: Number) -> Response:
    """Open the verdict: the guess is kept first, and the look is written down."""
    from somnesium.questions.experiment.analyse import analyse
    from somnesium.questions.experiment.seal import keep_guess, letters_told
    from somnesium.questions.experiment.stored import experiment_ran

    today, now = tonight(here, number), here.request.app.state.now()
    try:
        if today.over < today.planned and not here.fields.get("sure"):
            fix = "tick that you want it, or wait for the end"
            raise InvalidInput.field("sure", "no", "yes, before an early look", fix)
        with stored(here, number) as (store, _):
            if today.over >= today.planned and letters_told(store, number) is None:
                keep_guess(store, number, str(here.fields.get("guess", "")), now)
            with here.request.app.state.engine:
                ran = experiment_ran(store, number, now)
        found = Analysed(ran, analyse(ran))
    except SomnesiumError as error:
        return _failed(here, number, error)
    here.request.app.state.experiments.keep(number, found)
    return _onward(here, number)


@router.post("/{number:int}/unblind")
def unblind(here: Told, number: Number) -> Response:
    """Open the seal before its time, with a reason that is written down."""
    from somnesium.questions.experiment.seal import keep_guess, letters_told, open_seal

    tonight(here, number)
    now, guess = here.request.app.state.now(), str(here.fields.get("guess", ""))
    try:
        with stored(here, number) as (store, _):
            if guess and letters_told(store, number) is None:
                keep_guess(store, number, guess, now)
            open_seal(store, number, str(here.fields.get("reason", "")), now)
    except SomnesiumError as error:
        return _failed(here, number, error)
    return _onward(here, number)


@router.get("/{number:int}/verdict/{name}")
def file(here: Shown, number: Number, name: str) -> Response:
    """A file of the verdict that was opened last."""
    from somnesium.questions.experiment.seal import letters_told

    found = _remembered(here, number, tonight(here, number).over)
    if found is None:
        raise InvalidInput.field("verdict", "not opened", "an opened verdict", "open it first")
    with stored(here, number) as (store, _):
        sealed = letters_told(store, number) is None
    if sealed and name not in _SEALED_FILES:
        fix = "it tells what was taken when: wait for the end, or open the seal"
        raise InvalidInput.field("seal", "shut", "an opened seal", fix)
    return _file(found, name, f"experiment-{number}-{name}")
