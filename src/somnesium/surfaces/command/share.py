"""`somnesium share`: what was recorded and planned, in a format that other programs read."""

import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from somnesium.surfaces.command.window import write

if TYPE_CHECKING:
    from somnesium.questions.share import ShareAnswer, ShareQuestion


class Format(StrEnum):
    """What the file is written in."""

    fhir = "fhir"
    open_mhealth = "open-mhealth"
    ics = "ics"
    csv = "csv"
    parquet = "parquet"


def share(
    document: Annotated[
        str, typer.Argument(help="a person's document, or -; needed for ics, may be for fhir")
    ] = "",
    format: Annotated[
        Format, typer.Option("--as", help="fhir, open-mhealth, ics, csv or parquet")
    ] = ...,  # type: ignore[assignment]
    output: Annotated[Path, typer.Option("--output", "-o", help="a new file")] = ...,  # type: ignore[assignment]
    first: Annotated[str, typer.Option("--from", help="first evening, as 2026-01-05")] = "",
    last: Annotated[str, typer.Option("--to", help="last evening")] = "",
    name: Annotated[str, typer.Option(help="a name, only for fhir; none if left out")] = "",
    born: Annotated[int | None, typer.Option(help="year of birth, only for fhir")] = None,
    store: Annotated[str | None, typer.Option("--store", help="a file, or postgresql://…")] = None,
) -> None:
    """My nights, doses and plan for others: FHIR, Open mHealth, a calendar, CSV or Parquet."""
    from somnesium.questions.share import share_from
    from somnesium.store.copies import write_private

    given = {"first": first, "last": last, "name": name, "born": born}
    question = _question(document, format.value, {k: v for k, v in given.items() if v})
    found = share_from(store, question, datetime.now(UTC))
    write_private(output, found.content)
    write(share_text(found.answer, output))


def _question(document: str, format: str, given: dict[str, Any]) -> "ShareQuestion":
    from somnesium.person.document import read_document
    from somnesium.person.request import read_request
    from somnesium.questions.share import ShareQuestion
    from somnesium.sources import example_path

    fields = {"format": format, **given}
    if document:
        path = Path(document)
        source = (
            sys.stdin.buffer.read()
            if document == "-"
            else (path if path.exists() else example_path(document) or path)
        )
        fields["request"] = read_request(source)
    return read_document(fields, ShareQuestion)


def share_text(answer: "ShareAnswer", to: Path) -> str:
    """What was written, in words."""
    lines = [f"Wrote {to}.", *answer.summary]
    lines += [f"Caution: {one.text}" for one in answer.cautions]
    return "\n".join(lines) + "\n"
