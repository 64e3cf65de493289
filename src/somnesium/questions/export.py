"""A request's body and life in the languages of other tools."""

from typing import Literal

from somnesium.answers.safety.gate import checked_plan
from somnesium.exchange.antimony import antimony_of
from somnesium.exchange.life import life_of
from somnesium.exchange.sbml import sbml_of
from somnesium.person.request import Request

Language = Literal["sbml", "antimony"]
"""Languages that a body can be written in."""


def export_model(
    request: Request, language: Language, days: int | None = None, *, events: bool = True
) -> str:
    """The typical body of the request's person, settled, and its plan of `days` (the request's).

    Without `events` the inputs stay as they are at the start, for tools that set them. Raises
    `InvalidInput`, `UnsafePlan`, or `MissingPart` without the extra `exchange`.
    """
    life = life_of(checked_plan(request), request.days if days is None else days)
    write = sbml_of if language == "sbml" else antimony_of
    return write(life, events=events)
