"""The command line: `somnesium <question> <document | ->`.

Exit codes: 0 answered; 2 bad input; 3 refused for safety (what can be told all the same is
printed); 4 the body could not be computed; 5 an optional package is missing; 6 (`check` and
`qualify` only) answered, with cautions or with benchmarks that fall short. Heavy imports happen
inside the commands, so that `--help` is quick.
"""

import io
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from somnesium import say
from somnesium.errors import InvalidInput, SomnesiumError
from somnesium.surfaces.command.analyse import analyse
from somnesium.surfaces.command.attribution import attribute
from somnesium.surfaces.command.calibration import calibrate
from somnesium.surfaces.command.claims import claims
from somnesium.surfaces.command.data import data
from somnesium.surfaces.command.design import design, unseal
from somnesium.surfaces.command.evidence import evidence
from somnesium.surfaces.command.export import Days, Events, Language, model_text
from somnesium.surfaces.command.imports import import_
from somnesium.surfaces.command.intake import intake
from somnesium.surfaces.command.plan import plan
from somnesium.surfaces.command.population import population
from somnesium.surfaces.command.record import record
from somnesium.surfaces.command.report import report
from somnesium.surfaces.command.risk import risk
from somnesium.surfaces.command.serve import serve
from somnesium.surfaces.command.share import share
from somnesium.surfaces.command.trial import trial
from somnesium.surfaces.command.window import window

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="The magnesium–sleep system of the human body: what would a plan do to your nights?",
)
"""The command line's commands."""


class Format(StrEnum):
    """How an answer is written."""

    text = "text"
    json = "json"
    md = "md"


Document = Annotated[str, typer.Argument(help="a .toml or .json document, or - for standard input")]
FormatOption = Annotated[Format, typer.Option("--format", help="text, json or md")]
Output = Annotated[Path | None, typer.Option("--output", help="write the answer to this file")]


def _request(document: str) -> Any:  # noqa: ANN401
    from somnesium.person.request import read_request
    from somnesium.sources import example_path

    if document == "-":
        return read_request(sys.stdin.buffer.read())
    path = Path(document)
    return read_request(path if path.exists() else example_path(document) or path)


def _say(text: str, output: Path | None) -> None:
    """Print, or write the whole file at once or not at all."""
    if output is None:
        sys.stdout.write(text)
        return
    part = output.with_name(output.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(output)
    except OSError as error:
        part.unlink(missing_ok=True)
        allowed = "a file in a folder you can write to"
        raise InvalidInput.field("--output", str(output), allowed, str(error.strerror)) from None


def _json(document: Any) -> str:  # noqa: ANN401
    return document.model_dump_json(indent=2) + "\n"


def _note(text: str) -> None:
    """A line about progress, where someone can see it."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _warm() -> None:
    """Say so when the body has to be compiled first."""
    from somnesium.engine.compiled import is_compiled

    if not is_compiled():
        _note("Compiling the body for this machine: about half a minute, only this once.")


@app.command()
def forecast(
    document: Document,
    format: FormatOption = Format.text,
    figures: Annotated[Path | None, typer.Option(help="write figures to this folder")] = None,
    output: Output = None,
    days: Annotated[int | None, typer.Option(help="days to simulate, 7 to 366")] = None,
    people: Annotated[int | None, typer.Option(help="virtual people drawn, 8 to 4096")] = None,
    seed: Annotated[int | None, typer.Option(help="seed of the random numbers")] = None,
    events: Annotated[
        Path | None, typer.Option(help="NONMEM-style table of doses, in place of the regimen")
    ] = None,
) -> None:
    """What would this plan do to my body and nights? With minus without, with intervals."""
    from somnesium.person.document import read_document
    from somnesium.person.request import Request

    request = _request(document)
    table = request.model_dump(exclude_unset=True)
    changed = {"days": days, "people": people, "seed": seed}
    table |= {name: value for name, value in changed.items() if value is not None}
    if events is not None:
        from somnesium.questions.events import regimen_of_table

        table["regimen"] = regimen_of_table(events).model_dump(exclude_unset=True)
    request = read_document(table, Request)
    _warm()
    from somnesium.questions.forecast.forecast import forecast as ask

    answer = ask(request)
    if format is Format.json:
        _say(_json(answer), output)
    else:
        from somnesium.surfaces.command.text import forecast_text

        width = window() if output is None and format is Format.text else None
        _say(say.wrap(forecast_text(answer, format is Format.md, width), width), output)
    if figures is not None:
        from somnesium.surfaces.figures.forecast import save_figures

        for path in save_figures(answer, figures):
            _note(f"wrote {path}")


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="where the figures go")] = Path("somnesium-demo"),
) -> None:
    """The first minute: a bundled example, its forecast and its figures."""
    forecast("stressed_45", Format.text, folder)


@app.command()
def check(document: Document, format: FormatOption = Format.text) -> None:
    """Is this plan safe for this person? Refusals and cautions, with sources."""
    from somnesium.answers.safety.gate import judge
    from somnesium.answers.safety.separation import mended
    from somnesium.surfaces.command.words import mended_text, safety_text

    request = _request(document)
    judgement = judge(request)
    answer = judgement.answer
    text = safety_text(answer) + mended_text(mended(judgement.medicines, request.regimen))
    _say(_json(answer) if format is Format.json else say.wrap(text, window()), None)
    if answer.refusals:
        raise typer.Exit(3)
    if answer.cautions:
        raise typer.Exit(6)


@app.command()
def foods(
    text: Annotated[str, typer.Argument(help="part of a food's name, or the word import")],
    source: Annotated[
        Path | None, typer.Argument(help="after import: a FoodData Central CSV zip")
    ] = None,
    limit: Annotated[int, typer.Option(help="how many, 1 to 200")] = 15,
    format: FormatOption = Format.text,
) -> None:
    """Find foods and their magnesium (USDA SR24, 7,907 foods), or import a newer table."""
    if text == "import":
        from somnesium.surfaces.command.intake import imported_text

        if source is None:
            allowed = "a CSV zip of FoodData Central"
            raise InvalidInput.field("foods import", "nothing", allowed, "add the file")
        _say(imported_text(source, format.value), None)
        return
    if source is not None:
        raise InvalidInput.field("foods", str(source), "one name", "put it in quotation marks")
    from somnesium.surfaces.command.words import foods_text

    _say(foods_text(text, limit, format.value), None)


@app.command()
def forms(
    text: Annotated[str, typer.Argument(help="a form, such as glycinate; all if left out")] = "",
    format: FormatOption = Format.text,
) -> None:
    """Forms of magnesium: elemental share, what dissolves, and what is known."""
    from somnesium.surfaces.command.words import forms_text

    _say(forms_text(text, format.value), None)


@app.command()
def events(document: Document, output: Output = None) -> None:
    """The doses of a document as a NONMEM-style table (CSV)."""
    from somnesium.questions.events import table_of_request

    _say(table_of_request(_request(document)), output)


@app.command()
def export(
    language: Language,
    document: Document,
    days: Days = None,
    events: Events = True,
    output: Output = None,
) -> None:
    """The body of a document's person as SBML or Antimony, for other simulators."""
    _warm()
    _say(model_text(_request(document), language, days, events), output)


@app.command()
def schema(
    name: Annotated[str, typer.Argument(help="request or forecast")] = "request",
    output: Output = None,
) -> None:
    """The JSON Schema of a document."""
    from somnesium.surfaces.schemas import schema_text

    _say(schema_text(name), output)


@app.command()
def qualify(
    ids: Annotated[
        list[str] | None, typer.Argument(help="benchmarks, such as B1; all if left out")
    ] = None,
    trials: Annotated[
        bool, typer.Option("--trials", help="published trials, predicted against observed")
    ] = False,
    seed: Annotated[int, typer.Option(help="seed of the random numbers of --trials")] = 1,
    figures: Annotated[Path | None, typer.Option(help="folder for the picture of --trials")] = None,
    format: FormatOption = Format.text,
    output: Output = None,
) -> None:
    """Does the model reproduce what was published? Benchmark by benchmark, or trial by trial."""
    _warm()
    if trials:
        from somnesium.surfaces.command.predicted import ask_trials, save_predicted, trials_text

        answer = ask_trials(seed, None)
        _say(_json(answer) if format is Format.json else trials_text(answer), output)
        if figures is not None:
            save_predicted(answer, figures)
        return
    from somnesium.questions.qualify import qualify as ask
    from somnesium.surfaces.command.text import qualification_text

    outcomes = []
    for done, total, outcome in ask(ids or []):
        outcomes.append(outcome)
        verdict = "reproduced" if outcome.passed else "falls short"
        _note(f"[{done}/{total}] {outcome.id} {verdict}: {outcome.phenomenon}")
    if format is Format.json:
        from somnesium.questions.qualify import qualification_document

        _say(_json(qualification_document(outcomes)), output)
    else:
        _say(qualification_text(outcomes, format is Format.md), output)
    if not all(outcome.passed for outcome in outcomes):
        raise typer.Exit(6)


app.command()(intake)
app.command()(plan)
app.command()(risk)
app.command()(population)
app.command()(evidence)
app.command()(calibrate)
app.command()(trial)
app.command()(attribute)
app.command()(claims)
app.command("import")(import_)
app.command()(record)
app.command()(design)
app.command()(unseal)
app.command()(analyse)
app.command()(report)
app.add_typer(data, name="data")
app.command()(share)
app.command()(serve)


def main() -> None:
    """Run the command line; an error we can explain is one line and its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except SomnesiumError as error:
        _note(f"somnesium: {error}")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)
    except KeyboardInterrupt:
        _note("somnesium: stopped; nothing was written")
        sys.exit(130)
