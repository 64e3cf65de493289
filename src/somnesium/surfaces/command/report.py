"""`somnesium report`: two pages for a doctor or pharmacist, or a CENT 2015 report, as PDF."""

import sys
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from somnesium.errors import InvalidInput

if TYPE_CHECKING:
    from somnesium.person.request import Request
    from somnesium.questions.report.stored import Stored


class Format(StrEnum):
    """How the report is written."""

    pdf = "pdf"
    json = "json"


def report(
    document: Annotated[
        str | None, typer.Argument(help="a .toml or .json document, or - for standard input")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="the file; report.pdf if left out")
    ] = None,
    format: Annotated[Format, typer.Option("--format", help="pdf or json")] = Format.pdf,
    plan: Annotated[
        bool, typer.Option("--plan/--no-plan", help="forecast what the plan would do")
    ] = True,
    cent: Annotated[
        bool, typer.Option("--cent", help="a CENT 2015 report of an experiment instead")
    ] = False,
    experiment: Annotated[
        int | None, typer.Option(help="number of the experiment; else the latest")
    ] = None,
    example: Annotated[
        bool, typer.Option("--example", help="with --cent: a bundled experiment")
    ] = False,
    store: Annotated[str | None, typer.Option("--store", help="a file, or postgresql://…")] = None,
) -> None:
    """Two pages for my doctor or pharmacist: what is asked, intake, status, plan, nights.

    Nights and experiments are those of the store, where there is one; with a bundled example only
    those of a store that is named.
    """
    _consistent(document, cent, experiment, example)
    now = datetime.now(UTC)
    if cent:
        _cent(experiment, example, store, now, output, format)
        return
    assert document is not None
    request, bundled = _request(document)
    _warm()
    from somnesium.questions.report.report import report as ask
    from somnesium.questions.report.stored import Stored

    alone = bundled and store is None and experiment is None
    stored = Stored() if alone else stored_there(request, store, now, experiment)
    answer = ask(request, made_on(request, now), stored, plan)
    if format is Format.json:
        _json(answer, output)
    else:
        from somnesium.surfaces.paper.pdf import report_pdf

        _write(report_pdf(answer), output or Path("report.pdf"))
    if answer.check.refusals:
        sys.stderr.write("The plan is refused; the report says so first.\n")
        raise typer.Exit(3)


def _consistent(document: str | None, cent: bool, experiment: int | None, example: bool) -> None:
    """Refuse a question that is about two things, or about none."""
    if cent and document is not None:
        raise InvalidInput.field("report", document, "no document with --cent")
    if not cent and document is None:
        allowed = "a document, or --cent with --experiment or --example"
        raise InvalidInput.field("report", "nothing", allowed)
    if example and (not cent or experiment is not None):
        raise InvalidInput.field("--example", "given", "only with --cent, and no --experiment")


def made_on(request: "Request", now: datetime) -> date:
    """The day of a report where the person lives."""
    return now.astimezone(ZoneInfo(request.habits.time_zone)).date()


def _request(document: str) -> "tuple[Request, bool]":
    """The document, and whether it is a bundled example by its name."""
    from somnesium.person.request import read_request
    from somnesium.sources import example_path

    if document == "-":
        return read_request(sys.stdin.buffer.read()), False
    path = Path(document)
    found = None if path.exists() else example_path(document)
    return read_request(found or path), found is not None


def _warm() -> None:
    from somnesium.engine.compiled import is_compiled

    if not is_compiled():
        sys.stderr.write("Compiling the body for this machine: about half a minute, once.\n")


def stored_there(
    request: "Request", store: str | None, now: datetime, experiment: int | None = None
) -> "Stored":
    """What the store at a place adds to a report, if there is one; a named experiment needs it."""
    from somnesium.questions.report.stored import Stored, stored_for_report
    from somnesium.store.open import is_there, opened

    if not is_there(store):
        if experiment is not None:
            fix = "name the store with --store, or leave --experiment out"
            raise InvalidInput.field("store", "none", "a store with an experiment", fix)
        return Stored()
    with opened(store) as kept:
        return stored_for_report(kept, now, request.habits.time_zone, experiment)


def _cent(
    number: int | None,
    example: bool,
    store: str | None,
    now: datetime,
    output: Path | None,
    format: Format,
) -> None:
    """The CENT 2015 report of an experiment of the store, or of the bundled one."""
    from somnesium.questions.experiment.analyse import analyse
    from somnesium.questions.experiment.cent import cent
    from somnesium.questions.experiment.stored import experiment_ran
    from somnesium.questions.experiment.table import example_ran
    from somnesium.store.open import is_there, opened

    if example:
        ran = example_ran()
    elif is_there(store):
        _warm()
        with opened(store) as kept:
            ran = experiment_ran(kept, number, now)
    else:
        fix = "begin an experiment with somnesium design, or see --example"
        raise InvalidInput.field("store", "none yet", "a store with an experiment", fix)
    analysis = analyse(ran)
    found = cent(ran, analysis)
    if format is Format.json:
        _json(found, output)
        return
    from somnesium.surfaces.paper.pdf import cent_pdf

    _write(cent_pdf(found, analysis, now.date()), output or Path("cent.pdf"))


def _json(answer: Any, output: Path | None) -> None:  # noqa: ANN401
    """The whole document, printed or into a file."""
    text = answer.model_dump_json(indent=2) + "\n"
    if output is None:
        sys.stdout.write(text)
    else:
        _write(text.encode(), output)


def _write(content: bytes, path: Path) -> None:
    """A whole file or none."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        allowed = "a file in a folder you can write to"
        raise InvalidInput.field("--output", str(path), allowed, str(error.strerror)) from None
    sys.stderr.write(f"wrote {path}\n")
