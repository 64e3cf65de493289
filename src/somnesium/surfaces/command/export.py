"""`somnesium export`: the body of a document's person as SBML or Antimony."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from somnesium.person.request import Request


class Language(StrEnum):
    """What the body is written in."""

    sbml = "sbml"
    antimony = "antimony"


Days = Annotated[int | None, typer.Option(help="days of events, 1 to 366; the document's if left")]
"""How many days of the person's life go into the file."""
Events = Annotated[bool, typer.Option(help="write the person's own timeline as timed events")]
"""Whether the life goes with the body."""


def model_text(request: "Request", language: Language, days: int | None, events: bool) -> str:
    """The text of the file."""
    from somnesium.questions.export import export_model

    return export_model(request, language.value, days, events=events)
