"""The page What is true?: the claims of two articles with verdicts, and the trials pooled."""

from functools import cache
from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse

from somnesium import say
from somnesium.surfaces.web.desk import Shown
from somnesium.surfaces.web.drawings import Drawing, Table, svg

if TYPE_CHECKING:
    from somnesium.questions.claims import ClaimAnswer, ClaimsAnswer
    from somnesium.questions.evidence.answer import EvidenceAnswer

router = APIRouter(include_in_schema=False)
"""The routes of these pages."""

_ARTICLES = {"A": "Alaska Sleep Education Center", "B": "The Betterment Project"}


@cache
def _evidence() -> "EvidenceAnswer":
    """The packaged trials, pooled once a server."""
    from somnesium.questions.evidence.evidence import evidence

    return evidence()


@cache
def _claims() -> "ClaimsAnswer":
    """The packaged answers to all claims."""
    from somnesium.questions.claims import kept_claims

    return kept_claims()


def warm() -> None:
    """What these pages show, read and pooled before someone asks."""
    _claims()
    _evidence()


@router.get("/true")
def true(here: Shown) -> HTMLResponse:
    """What two articles say, with a verdict each, and what trials say, endpoint by endpoint."""
    return here.page("true.html", claims=_claims(), answer=_evidence())


@router.get("/true/claims/{key}")
def claim(here: Shown, key: str) -> HTMLResponse:
    """One claim: verdict, engine, trials, rule, figure, every number."""
    from somnesium.sources import cite
    from somnesium.surfaces.command.claims import fact_rows

    keys = [one.key for one in _claims().claims]
    if key not in keys:
        raise HTTPException(404, f"claim {key}: allowed: {keys[0]} to {keys[-1]}; choose one")
    place = keys.index(key)
    one = _claims().claims[place]
    near = (keys[place - 1] if place else None, (*keys[place + 1 :], None)[0])
    return here.page(
        "claim.html",
        one=one,
        picture=_drawn(one, _claims().model_version),
        near=near,
        facts=fact_rows((*one.engine_facts, *one.trial_facts)),
        version=_claims().model_version,
        said_by=say.listed(_ARTICLES[article] for article in one.articles),
        sources=[cite(key) for key in one.sources],
    )


def _drawn(one: "ClaimAnswer", version: str) -> Drawing:
    """The figure of a claim with its numbers."""
    from somnesium.surfaces.figures.claims import claim_chart

    head = ("", one.picture.x or "what", one.picture.y, "from", "to")
    rows = []
    for p in one.picture.points:
        at = p.x if isinstance(p.x, str) else say.amount(p.x)
        ends = ["–" if end is None else say.amount(end) for end in (p.low, p.high)]
        rows.append((p.series, at, say.amount(p.y), *ends))
    picture = svg(claim_chart(one, version), one.key, one.picture_title)
    return Drawing("claim", one.picture_title, picture, Table(head, tuple(rows)))


@router.get("/true/{number}")
def endpoint(here: Shown, number: int) -> HTMLResponse:
    """One endpoint: forest plot, trials, and how sure one can be."""
    from somnesium.surfaces.figures.evidence import forest

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
