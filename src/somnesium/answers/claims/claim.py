"""What a claim is, and what it is answered with: facts with intervals, and the points of a picture.

A fact is one number that anyone can make again by the printed command and seed. Verdicts are not
here: they are computed from facts by the rules in `data/claims.toml` (`answers.claims.verdicts`).
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal, NamedTuple

from pydantic import Field

from somnesium.person.document import Document, Number, read_document
from somnesium.sources import packaged_toml

VerdictWord = Literal["supported", "qualified", "unsupported", "contradicted", "cannot tell"]
"""What a claim may come to: unsupported is that nothing shows it, contradicted that something
shows the opposite."""

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


class ClaimFacts(NamedTuple):
    """What the engine and what trials give for a claim, and the points of its picture."""

    engine: tuple[Fact, ...]
    trials: tuple[Fact, ...]
    points: tuple[Point, ...]


def fact(
    key: str,
    label: str,
    value: float | None,
    unit: str,
    sources: tuple[str, ...],
    interval: tuple[float, float] | None = None,
    level: Level = "exact",
) -> Fact:
    """A fact, exact unless an interval and what it holds are told."""
    return Fact(
        key=key,
        label=label,
        value=value,
        unit=unit,
        interval=interval,
        level=level,
        sources=sources,
    )


def point(series: str, x: float | str, of: Fact, average: bool = False) -> Point:
    """A fact as a point of a picture, with its interval, or with that of the average."""
    low, high = (of.average90 if average else of.interval) or (None, None)
    y = 0.0 if of.value is None else of.value
    return Point(series=series, x=x, y=y, low=low, high=high)


def labelled(series: str, facts: Iterable[Fact]) -> tuple[Point, ...]:
    """Facts as points, each at its own label."""
    return tuple(point(series, each.label, each) for each in facts)


def strictest_and_widest(facts: Iterable[Fact]) -> tuple[Fact, Fact]:
    """The least and the greatest of facts that differ by definition, `fewest` and `most`."""
    ordered = sorted(facts, key=lambda each: each.value or 0.0)
    least = {"key": "fewest", "label": "by the strictest definition"}
    most = {"key": "most", "label": "by the widest definition"}
    return ordered[0].model_copy(update=least), ordered[-1].model_copy(update=most)


class Case(Document):
    """A verdict, the conditions which must all hold for it, and why in a sentence."""

    verdict: VerdictWord
    when: tuple[str, ...] = ()
    because: str


class Claim(Document):
    """A row of `claims.toml`: the claim in our words, and how it is judged.

    `engine`, `trial` and the `because` of a case are sentences in which `{key}` is a fact with its
    interval and `{key.plain}` its number alone. Cases are tried in order; `otherwise` is left.
    `picture` is the title of the figure, `axes` the figure without its points.
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
    axes: Picture
    pages: tuple[str, ...]
    sources: tuple[str, ...]


@cache
def claims() -> Mapping[str, Claim]:
    """Every claim by its number, in order."""
    rows = {}
    for key, row in packaged_toml("claims.toml").items():
        if key != "reviewed":
            texts = {name: row[name] for name in ("articles", "claim", "shown_true_by")}
            answer = row["answer"] | {"axes": {"points": [], **row["answer"]["axes"]}}
            claim = {"key": key, "pages": row["answered_by"], **texts, **answer}
            rows[key] = read_document(claim, Claim)
    return rows
