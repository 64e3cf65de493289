"""What a claim is, and what it is answered with: facts with intervals, and the points of a picture.

A fact is one number that anyone can make again by the printed command and seed. Verdicts are not
here: they are computed from facts by the rules in `data/claims.toml` (`answers.claims.verdicts`).
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal, NamedTuple, get_args

from pydantic import Field

from somnesium.person.document import Document, Number
from somnesium.sources import packaged_toml

VerdictWord = Literal["supported", "qualified", "unsupported", "contradicted", "cannot tell"]
"""What a claim may come to: unsupported is that nothing shows it, contradicted that something
shows the opposite."""
VERDICTS: tuple[VerdictWord, ...] = get_args(VerdictWord)
"""Every verdict."""

Article = Literal["A", "B"]
"""A is the Alaska Sleep Education Center, B The Betterment Project."""

Level = Literal["people90", "chance90", "doubt90", "mean95", "exact"]
"""What an interval holds: 90 % of people and doubts, 90 % by the chance of drawing people, 90 % of
our doubts, 95 % of a mean over trials or within one, or nothing (an exact number)."""


class Fact(Document):
    """One number, its interval and where it comes from.

    `value` is None where it is not known. `average90` is the 90 % interval of the mean over people,
    over our doubts, where the interval itself is of single people.
    """

    key: str
    label: str
    value: Number | None
    unit: str = ""
    interval: tuple[Number, Number] | None = None
    level: Level = "exact"
    average90: tuple[Number, Number] | None = None
    sources: tuple[str, ...] = ()


class Point(Document):
    """A point of a picture: which series, where, and how sure."""

    series: str
    x: Number | str
    y: Number
    low: Number | None = None
    high: Number | None = None


class Limit(Document):
    """A line drawn across a picture at a value of y."""

    value: Number
    label: str


Marks = Literal["line", "bars"]
"""How points are drawn: against a number, or one for each word."""


class Picture(Document):
    """What a figure is drawn from; titles of axes hold their units."""

    x: str
    y: str
    marks: Marks
    points: tuple[Point, ...]
    limits: tuple[Limit, ...] = ()
    intervals: str = Field(default="", description="what the intervals hold, in words")


NO_CHANGE = Limit(value=0.0, label="")
"""A line at nothing changed."""


def bars(
    x: str, y: str, points: Iterable[Point], intervals: str, limits: tuple[Limit, ...] = ()
) -> Picture:
    """A picture with one bar for each word."""
    return Picture(x=x, y=y, marks="bars", points=tuple(points), limits=limits, intervals=intervals)


def lines(
    x: str, y: str, points: Iterable[Point], intervals: str, limits: tuple[Limit, ...] = ()
) -> Picture:
    """A picture of points against a number, a line for each series."""
    return Picture(x=x, y=y, marks="line", points=tuple(points), limits=limits, intervals=intervals)


class Found(NamedTuple):
    """What the engine and what trials found, and the picture."""

    engine: tuple[Fact, ...]
    trials: tuple[Fact, ...]
    picture: Picture


class Case(Document):
    """A verdict, the conditions which must all hold for it, and why in a sentence."""

    verdict: VerdictWord
    when: tuple[str, ...] = ()
    because: str


class Claim(Document):
    """A row of `claims.toml`: the claim in our words, and how it is judged.

    `engine`, `trial` and the `because` of a case are sentences in which `{key}` is a fact with its
    interval and `{key.plain}` its number alone. Cases are tried in order; `otherwise` is left.
    """

    key: str
    articles: tuple[Article, ...]
    claim: str
    shown_true_by: str
    engine: str
    trial: str
    rule: str
    cases: tuple[Case, ...]
    otherwise: Case
    picture: str
    pages: tuple[str, ...]
    sources: tuple[str, ...]


@cache
def claims() -> Mapping[str, Claim]:
    """Every claim by its number, in order."""
    found = {}
    for key, row in packaged_toml("claims.toml").items():
        if key == "reviewed":
            continue
        answer = row["answer"]
        found[key] = Claim(
            key=key,
            articles=tuple(row["articles"]),
            claim=row["claim"],
            shown_true_by=row["shown_true_by"],
            engine=answer["engine"],
            trial=answer["trial"],
            rule=answer["rule"],
            picture=answer["picture"],
            cases=tuple(_case(case) for case in answer["cases"]),
            otherwise=_case(answer["otherwise"]),
            pages=tuple(row["answered_by"]),
            sources=tuple(answer["sources"]),
        )
    return found


def _case(row: Mapping) -> Case:
    """A case of a rule; the one left otherwise has no conditions."""
    return Case(verdict=row["verdict"], when=tuple(row.get("when", ())), because=row["because"])
