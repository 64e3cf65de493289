"""One request of a page: the visit it belongs to, its form, and how a page is sent back."""

import hmac
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import UploadFile

from somnesium import say
from somnesium.errors import SomnesiumError, UnsafePlan
from somnesium.person.request import Request as Question
from somnesium.person.request import read_request
from somnesium.surfaces.web.security import Settings
from somnesium.surfaces.web.visit import COOKIE, Visit, opened, sealed, token

PAGES = (
    ("/", "Start"),
    ("/me", "Me"),
    ("/food", "Food"),
    ("/safe", "Is it safe?"),
    ("/forecast", "What would it do?"),
    ("/plan", "My plan"),
    ("/nights", "My nights"),
    ("/experiment", "My experiment"),
    ("/true", "What is true?"),
    ("/research", "For researchers"),
)
"""The pages, in the order of the navigation."""
_WEEKS = 180 * 24 * 3600
_LISTS = ("conditions", "symptoms", "signs")


class StartFirst(Exception):
    """A page needs a person, and none has been told yet."""


@cache
def _templates() -> Any:  # noqa: ANN401
    from jinja2 import Environment, PackageLoader, StrictUndefined

    found = Environment(
        loader=PackageLoader("somnesium.surfaces.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["words"] = lambda key: str(key).replace("_", " ")
    found.filters["signed"] = say.signed
    found.filters["shown"] = say.number
    found.filters["figures"] = say.figures
    found.filters["typed"] = say.typed
    return found


class Desk(NamedTuple):
    """A request, its visit and its form; what the pages work with."""

    request: Request
    visit: Visit
    fields: Mapping[str, Any]

    @classmethod
    async def of(cls, request: Request) -> "Desk":
        """The desk of a request that only shows."""
        settings: Settings = request.app.state.settings
        visit = opened(settings.secret, request.cookies.get(COOKIE, ""))
        return cls(request, visit, await _fields(request))

    @classmethod
    async def trusted(cls, request: Request) -> "Desk":
        """The desk of a form that changes something; it must carry our token."""
        found = await cls.of(request)
        given = request.headers.get("x-form-token") or str(found.fields.get("token", ""))
        wanted = token(found.settings.secret, found.visit)
        if not hmac.compare_digest(given.encode(), wanted.encode()):
            raise HTTPException(403, "form: too old or not ours; open the page again and repeat")
        return found

    @property
    def settings(self) -> Settings:
        """How the server is run."""
        return self.request.app.state.settings

    @property
    def live(self) -> bool:
        """Whether only a part of the page is wanted."""
        return self.request.headers.get("hx-request") == "true"

    @property
    def screen(self) -> str:
        """`narrow` if a part of a page comes to a screen as wide as a phone's, else `wide`."""
        return "narrow" if self.request.headers.get("x-screen") == "narrow" else "wide"

    @property
    def question(self) -> Question:
        """The document of the visit; `StartFirst` without one."""
        if self.visit.request is None:
            raise StartFirst
        return read_request(self.visit.request)

    def page(self, template: str, status: int = 200, **context: Any) -> HTMLResponse:  # noqa: ANN401
        """A page, or a part of one."""
        shown = {
            "token": token(self.settings.secret, self.visit),
            "look": self.visit.look,
            "pages": PAGES,
            "path": self.request.url.path,
            "error": None,
            "known": self.visit.request is not None,
            **context,
        }
        text = _templates().get_template(template).render(shown)
        return self._kept(HTMLResponse(text, status), self.visit)

    def failed(self, template: str, error: SomnesiumError, **context: Any) -> HTMLResponse:  # noqa: ANN401
        """A page again, with what is wrong above it."""
        return self.page(template, error.http_status, error=error, **context)

    def part_failed(self, error: SomnesiumError) -> HTMLResponse:
        """What is wrong, in place of a part of a page."""
        refusals = error.refusals if isinstance(error, UnsafePlan) else ()
        return self.page("error_part.html", error.http_status, error=error, refusals=refusals)

    def go(self, path: str, visit: Visit | None = None) -> Response:
        """On to another page, the visit changed."""
        return self._kept(RedirectResponse(path, 303), visit or self.visit)

    def _kept(self, response: Any, visit: Visit) -> Any:  # noqa: ANN401
        """The visit put into the browser's keeping."""
        response.set_cookie(
            COOKIE,
            sealed(self.settings.secret, visit),
            max_age=_WEEKS,
            path="/",
            httponly=True,
            samesite="strict",
            secure=self.request.url.scheme == "https",
        )
        return response


async def _fields(request: Request) -> dict[str, Any]:
    """The form of a request: a text a field, or all texts of a field with several."""
    if request.method not in ("POST", "PUT"):
        return dict(request.query_params)
    found: dict[str, Any] = {}
    async with request.form(max_files=1, max_fields=300) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                found[name] = await value.read()
            elif name in _LISTS:
                found.setdefault(name, []).append(value)
            else:
                found[name] = value
    return found


Shown = Annotated[Desk, Depends(Desk.of)]
"""The desk of a page that shows."""
Told = Annotated[Desk, Depends(Desk.trusted)]
"""The desk of a form that changes."""
