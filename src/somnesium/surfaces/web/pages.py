"""The pages Start, Me and Is it safe?, what they share, and logging in."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from somnesium.errors import InvalidInput, SomnesiumError
from somnesium.person.person import CONDITIONS, SYMPTOMS
from somnesium.person.request import read_request
from somnesium.surfaces.web import forms
from somnesium.surfaces.web.desk import Desk, Shown, Told
from somnesium.surfaces.web.habit_forms import KINDS, habit_rows, with_habits
from somnesium.surfaces.web.security import session_token

router = APIRouter(include_in_schema=False)
"""The routes of these pages."""


@router.get("/")
def start(here: Shown) -> HTMLResponse:
    """Three questions to a first picture."""
    return here.page("start.html", fields={})


@router.post("/start")
def begin(here: Told) -> Response:
    """The three answers into a document, and on to the first picture."""
    try:
        table = forms.first_request(here.fields)
        read_request(table)
    except InvalidInput as error:
        return here.failed("start.html", error, fields=here.fields)
    return here.go("/forecast", here.visit.model_copy(update={"request": table}))


def _me(here: Desk, error: SomnesiumError | None = None, saved: bool = False) -> HTMLResponse:
    """The page Me; with an error, as it was filled in."""
    fields = forms.person_fields(here.question)
    if error is not None:
        fields |= dict.fromkeys(("pregnant", "lactating", "smoker"), "")
        fields |= {"conditions": (), "symptoms": ()} | dict(here.fields)
    habits = here.question.model_dump(mode="json", exclude_unset=True)["habits"]
    rows = habit_rows(habits, None if error is None else here.fields)
    return here.page(
        "me.html",
        200 if error is None else error.http_status,
        error=error,
        fields=fields,
        conditions=CONDITIONS,
        symptoms=SYMPTOMS,
        saved=saved,
        kinds=KINDS,
        rows=rows,
    )


@router.get("/me")
def me(here: Shown) -> HTMLResponse:
    """Who: person, medicines and habits."""
    return _me(here, saved=here.fields.get("saved") == "1")


@router.post("/me")
def save(here: Told) -> Response:
    """The page into the document."""
    question = here.question
    before = question.model_dump(mode="json", exclude_unset=True)
    table = forms.with_person(before, here.fields)
    table["habits"] = with_habits(table["habits"], here.fields)
    try:
        read_request(table)
        return here.go("/me?saved=1", here.visit.model_copy(update={"request": table}))
    except InvalidInput as error:
        return _me(here, error)


@router.get("/me/document.json")
def document(here: Shown) -> Response:
    """The document, as the command line reads it."""
    text = here.question.model_dump_json(exclude_unset=True, indent=2) + "\n"
    named = {"content-disposition": 'attachment; filename="somnesium.json"'}
    return Response(text, media_type="application/json", headers=named)


@router.post("/me/document")
def open_document(here: Told) -> Response:
    """A document from a file, or a bundled example by its name."""
    from somnesium.sources import example_path

    given, name = here.fields.get("file") or b"", str(here.fields.get("example", ""))
    path = example_path(name) if name else None
    try:
        if name and path is None:
            raise InvalidInput.field("example", name, "a bundled example", "choose another")
        question = read_request(path or given)
        table = question.model_dump(mode="json", exclude_unset=True)
        return here.go("/me?saved=1", here.visit.model_copy(update={"request": table}))
    except InvalidInput as error:
        return here.failed("start.html", error, fields={})


@router.post("/me/forget")
def forget(here: Told) -> Response:
    """Everything the browser keeps, gone."""
    from somnesium.surfaces.web.visit import new_visit

    return here.go("/", new_visit())


@router.post("/look")
def look(here: Told) -> Response:
    """Light, dark, evening, or as the device says."""
    wanted = str(here.fields.get("look", ""))
    if wanted not in ("auto", "light", "dark", "evening"):
        return here.go("/")
    back = str(here.fields.get("back", "/"))
    local = back.startswith("/") and not back.startswith(("//", "/\\"))
    return here.go(back if local else "/", here.visit.model_copy(update={"look": wanted}))


def _rows(here: Desk) -> list[dict]:
    """Lines of the regimen for the form, and one empty line."""
    rows = [
        {
            "form": one.form,
            "mg": one.magnesium_mg,
            "mass_is": one.mass_is or "",
            "time": time,
            "food": one.with_food,
        }
        for one in here.question.regimen.intakes
        if one.form is not None
        for time in one.times
    ]
    empty = {"form": "citrate", "mg": "", "mass_is": "", "time": "21:00", "food": False}
    return [*rows[:8], empty]


def _products(here: Desk) -> list[str]:
    """Names of the products of the document, which the form keeps as they are."""
    return [one.product.name for one in here.question.regimen.intakes if one.product is not None]


def _given_rows(here: Desk) -> list[dict]:
    """The lines as they were filled in."""
    names = {"form": "citrate", "mg": "", "mass_is": "", "time": "", "food": ""}
    return [
        {name: here.fields.get(f"{name}{row}", usual) for name, usual in names.items()}
        for row in range(9)
        if f"form{row}" in here.fields
    ]


@router.get("/safe")
def safe(here: Shown) -> HTMLResponse:
    """Is it safe? The form."""
    from somnesium.person.supplements import forms as known

    medicines = "\n".join(here.question.person.medicines)
    return here.page(
        "safe.html",
        rows=_rows(here),
        medicines=medicines,
        known_forms=known(),
        products=_products(here),
        answer=None,
        moves=None,
    )


@router.post("/safe")
def judge(here: Told) -> Response:
    """The rules' answer to what is taken, and how doses could be moved."""
    from somnesium.answers.safety.gate import judge as judged
    from somnesium.answers.safety.separation import mended
    from somnesium.person.supplements import forms as known

    medicines = str(here.fields.get("medicines", ""))
    context = {"medicines": medicines, "known_forms": known(), "rows": _given_rows(here)}
    context |= {"products": _products(here)}
    table = here.question.model_dump(mode="json", exclude_unset=True)
    lines = [line.strip() for line in medicines.splitlines() if line.strip()]
    table |= {"regimen": forms.regimen_table(here.fields, here.question.regimen)}
    table |= {"person": {**table["person"], "medicines": lines}}
    try:
        question = read_request(table)
        with here.request.app.state.engine:
            judgement = judged(question)
        changed = here._replace(visit=here.visit.model_copy(update={"request": table}))
        moves = mended(judgement.medicines, question.regimen)
        return changed.page("safe.html", answer=judgement.answer, moves=moves, **context)
    except SomnesiumError as error:
        return here.failed("safe.html", error, answer=None, moves=None, **context)


@router.get("/login")
def login(here: Shown) -> HTMLResponse:
    """The password, where the server is open to others."""
    return here.page("login.html")


@router.post("/login")
def log_in(here: Told) -> Response:
    """Let in who knows the password; five tries a minute from one address."""
    from argon2 import PasswordHasher
    from argon2.exceptions import Argon2Error

    client = here.request.client
    allowed = here.request.app.state.attempts.allowed(client.host if client else "")
    fix = "wait a minute" if not allowed else "try again"
    error = InvalidInput("password: not the right one, or tried too often; " + fix)
    if not allowed or not here.settings.password_hash:
        return here.page("login.html", 429 if not allowed else 422, error=error)
    try:
        given = str(here.fields.get("password", ""))[:1000]
        PasswordHasher().verify(here.settings.password_hash, given)
    except Argon2Error:
        return here.failed("login.html", error)
    response = here.go("/")
    response.set_cookie(
        "somnesium_session",
        session_token(here.settings.secret),
        httponly=True,
        samesite="strict",
        secure=here.request.url.scheme == "https",
    )
    return response
