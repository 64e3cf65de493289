"""The page My nights: the calendar, each night, the morning's diary, and one's own data."""

from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.person.document import read_document
from somnesium.surfaces.web.desk import Desk, Shown, Told
from somnesium.surfaces.web.drawings import Drawing, Table, svg
from somnesium.surfaces.web.forms import number
from somnesium.surfaces.web.nights_imports import formats, options_shown, zone_here

if TYPE_CHECKING:
    from somnesium.questions.nights.diary import Morning
    from somnesium.questions.nights.stored import NightsAnswer
    from somnesium.store.open import Store

router = APIRouter(prefix="/nights", include_in_schema=False)
"""The routes of this page."""

_NUMBERS = ("latency", "awake", "awakenings", "sleepiness", "alcohol", "caffeine", "isi", "psqi")
_TEXTS = ("day", "zone", "bed", "rise", "woke", "phase", "note")


def _today(here: Desk) -> date:
    return here.request.app.state.now().astimezone(ZoneInfo(zone_here())).date()


@contextmanager
def _kept(here: Desk) -> Iterator["Store | None"]:
    """The store, or None where nothing was ever kept: to look makes no file."""
    from somnesium.store.open import is_there, opened

    if not is_there(here.settings.store):
        yield None
        return
    with opened(here.settings.store) as store:
        yield store


# --- calendar --------------------------------------------------------------------------------


def _weeks(answer: "NightsAnswer") -> list[list[Any]]:
    """The evenings of a month in rows of seven, Monday first; None outside of it."""
    begin = answer.days[0].evening.weekday()
    cells = [None] * begin + list(answer.days)
    cells += [None] * (-len(cells) % 7)
    return [cells[k : k + 7] for k in range(0, len(cells), 7)]


def _months(answer: "NightsAnswer") -> dict[str, date]:
    first = answer.days[0].evening
    after = first + timedelta(days=monthrange(first.year, first.month)[1])
    return {"first": first, "before": first - timedelta(days=1), "after": after}


def _overview(here: Desk, error: InvalidInput | None = None) -> HTMLResponse:
    """The whole page."""
    from somnesium.questions.nights.morning import morning_kept, usual_morning
    from somnesium.questions.nights.stored import nights_kept

    today = _today(here)
    month = str(here.fields.get("month") or "") or f"{today:%Y-%m}"
    with _kept(here) as store:
        answer = nights_kept(store, month)
        told = morning_kept(store, today) if store else None
        usual = usual_morning(store, today, zone_here()) if store and not told else None
        place, records = _place(here, store)
    return here.page(
        "nights.html",
        error.http_status if error else 200,
        error=error,
        answer=answer,
        weeks=_weeks(answer),
        today=today,
        told=told,
        usual=usual,
        place=place,
        records=records,
        months=_months(answer),
        formats=formats(),
        asked=options_shown({}),
        said=str(here.fields.get("said", "")),
    )


def _place(here: Desk, store: "Store | None") -> tuple[str, int]:
    """Where everything is kept, without a password, and how many records there are."""
    from somnesium.store.copies import counts
    from somnesium.store.open import default_store

    if store is None:
        return str(here.settings.store or default_store()), 0
    shown = store.path or store.engine.url.render_as_string(hide_password=True)
    return str(shown), sum(counts(store).values())


@router.get("")
def overview(here: Shown) -> HTMLResponse:
    """The calendar of a month, and what can be done."""
    return _overview(here)


def _course(answer: "NightsAnswer", screen: str) -> Drawing:
    from somnesium.surfaces.figures.nights import course_chart

    title = "Hours asleep over the nights"
    rows = tuple(
        (night.evening.isoformat(), night.instrument.replace("_", " "), say.number(night.duration))
        for day in answer.course
        for night in day.nights
        if night.duration is not None and not night.nap
    )
    table = Table(("night of", "recorder", "asleep, min"), rows)
    return Drawing("course", title, svg(course_chart(answer), "course", title, screen), table)


@router.get("/figure")
def figure(here: Shown) -> HTMLResponse:
    """The nights over time, as a part of the page or by itself."""
    from somnesium.questions.nights.stored import nights_kept

    with _kept(here) as store:
        answer = nights_kept(store, str(here.fields.get("month", "")))
    if here.live:
        return here.page("figure_part.html", one=_course(answer, here.screen))
    return here.page("nights_figure.html", one=_course(answer, ""), answer=answer)


@router.get("/day/{day}")
def night(here: Shown, day: date) -> HTMLResponse:
    """One evening: every recorder's night, the dose, and what else was told."""
    from somnesium.questions.nights.stored import day_kept

    with _kept(here) as store:
        answer = day_kept(store, day)
    return here.page("nights_day.html", answer=answer, after=day + timedelta(days=1))


# --- mornings --------------------------------------------------------------------------------


def _first(here: Desk, day: date) -> dict[str, Any]:
    """What stands in the form of a first morning: the document's usual times, if there is one."""
    found: dict[str, Any] = {"day": day.isoformat(), "zone": zone_here()}
    if here.visit.request is not None:
        from somnesium.surfaces.web.forms import person_fields

        usual = person_fields(here.question)
        found |= {"bed": usual["bedtime"], "rise": usual["rise"]}
    return found


def _form(here: Desk, error: InvalidInput | None = None) -> HTMLResponse:
    """The morning's form: as it was filled in, as it was told, as the last one, or empty."""
    from somnesium.questions.nights.morning import morning_kept, usual_morning

    today = _today(here)
    text = str(here.fields.get("day") or today.isoformat())
    fields, told = dict(here.fields), None
    if error is None:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise InvalidInput.field("day", text, "a date such as 2026-01-05") from None
        with _kept(here) as store:
            told = morning_kept(store, day) if store else None
            usual = usual_morning(store, day, zone_here()) if store and told is None else None
        found = told or (usual and usual.model_dump(mode="json", exclude_none=True))
        fields = _flat(found) if found else _first(here, day)
    return here.page(
        "nights_morning.html",
        error.http_status if error else 200,
        error=error,
        fields=fields,
        told=told is not None,
        today=today.isoformat(),
    )


def _flat(table: dict[str, Any]) -> dict[str, Any]:
    """A morning as the fields of its form."""
    dose = table.get("dose")
    found = {name: value for name, value in table.items() if name != "dose"}
    if dose:
        found |= {"dose": "yes" if dose["taken"] else "no", "what": dose.get("what", "")}
        found["at"] = dose.get("at") or ""
    return found


def _morning(here: Desk) -> "Morning":
    """The form as a morning, or `InvalidInput`."""
    from somnesium.questions.nights.diary import Morning

    given = {name: str(here.fields.get(name, "")).strip() for name in (*_TEXTS, *_NUMBERS)}
    table: dict[str, Any] = {name: text for name, text in given.items() if text}
    table |= {name: number(table[name]) for name in _NUMBERS if name in table}
    for name in ("travel", "illness"):
        table[name] = name in here.fields
    said = str(here.fields.get("dose", ""))
    if said in ("yes", "no"):
        at, what = (str(here.fields.get(name, "")).strip() for name in ("at", "what"))
        table["dose"] = {"taken": said == "yes"}
        table["dose"] |= {"at": at} if at and said == "yes" else {}
        table["dose"] |= {"what": what} if what else {}
    return read_document(table, Morning)


@router.get("/morning")
def morning(here: Shown) -> HTMLResponse:
    """The diary of a morning in one screen."""
    return _form(here)


@router.post("/morning")
def keep(here: Told) -> Response:
    """Keep a morning as it was filled in."""
    from somnesium.questions.nights.diary import record
    from somnesium.store.open import opened

    try:
        told = _morning(here)
        with opened(here.settings.store) as store:
            answer = record(store, told, here.request.app.state.now())
    except InvalidInput as error:
        return _form(here, error)
    return here.page("nights_kept.html", answer=answer)


@router.post("/usual")
def usual(here: Told) -> Response:
    """Keep this morning as the last one was."""
    from somnesium.questions.nights.diary import record
    from somnesium.questions.nights.morning import usual_morning
    from somnesium.store.open import opened

    with opened(here.settings.store) as store:
        told = usual_morning(store, _today(here), zone_here())
        if told is None:
            return here.go("/nights/morning")
        try:
            answer = record(store, told, here.request.app.state.now())
        except InvalidInput as error:
            shown = _flat(told.model_dump(mode="json", exclude_none=True))
            return _form(here._replace(fields=shown), error)
    return here.page("nights_kept.html", answer=answer)


# --- one's own data --------------------------------------------------------------------------


@router.post("/data")
def download(here: Told) -> Response:
    """Everything that is kept, in one zip."""
    from somnesium.store.copies import export_zip
    from somnesium.store.open import opened

    with TemporaryDirectory(prefix="somnesium-") as folder, opened(here.settings.store) as store:
        path = Path(folder) / "somnesium.zip"
        export_zip(store, path)
        content = path.read_bytes()
    day: datetime = here.request.app.state.now()
    named = {"content-disposition": f'attachment; filename="somnesium-{day:%Y-%m-%d}.zip"'}
    return Response(content, media_type="application/zip", headers=named)


@router.post("/delete")
def delete(here: Told) -> Response:
    """Delete everything that is kept, if the word was typed."""
    from somnesium.store.copies import delete_everything
    from somnesium.store.open import is_there, opened

    word = str(here.fields.get("word", "")).strip().lower()
    if word != "delete":
        fix = "nothing was deleted"
        return _overview(here, InvalidInput.field("word", word, "the word delete", fix))
    if is_there(here.settings.store):
        with opened(here.settings.store) as store:
            delete_everything(store)
    return here.go("/nights?said=deleted")
