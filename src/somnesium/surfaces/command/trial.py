"""`somnesium trial`: virtual trials, as text or JSON, with progress."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.surfaces.command.window import table, write

if TYPE_CHECKING:
    from somnesium.answers.trial.design import Trial
    from somnesium.answers.trial.power import Estimated, Performance
    from somnesium.answers.trial.size import Tried
    from somnesium.questions.trial.trial import TrialAnswer


class Format(StrEnum):
    """How the answer is written."""

    text = "text"
    json = "json"


def trial(
    document: Annotated[
        str,
        typer.Argument(
            help="a trial's .toml or .json document, or - for standard input; after "
            "--published a trial of the evidence table, all if left out"
        ),
    ] = "",
    replicates: Annotated[
        int | None, typer.Option(help="times it is lived; 1000, or 200 of each published")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="seed of the random numbers")] = None,
    target_error: Annotated[
        float | None, typer.Option(help="stop once the power is known with this error")
    ] = None,
    size_for: Annotated[
        float | None, typer.Option(help="also search the people needed for this power")
    ] = None,
    published: Annotated[
        bool, typer.Option("--published", help="live every published trial: why they disagree")
    ] = False,
    format: Annotated[Format, typer.Option("--format", help="text or json")] = Format.text,
) -> None:
    """What would this trial find, how often, and how many people does it need?"""
    from somnesium.questions.trial.trial import trial as ask

    if published:
        if target_error is not None or size_for is not None:
            fix = "leave out --target-error and --size-for"
            raise InvalidInput.field("--published", "with a search", "designs as they are", fix)
        _published(document, replicates, seed, format)
        return
    if not document:
        raise InvalidInput.field("document", "nothing", "a trial's document", "name one")
    asked = _document(document, seed)
    _warm()
    answer = ask(
        asked,
        1000 if replicates is None else replicates,
        target_error=target_error,
        size_power=size_for,
        progress=_progress,
        told=_tried,
    )
    _end_line()
    if format is Format.json:
        sys.stdout.write(answer.model_dump_json(indent=2) + "\n")
    else:
        write(trial_text(answer, document))


def _published(name: str, replicates: int | None, seed: int | None, format: Format) -> None:
    """`--published`: one body through the published designs."""
    from somnesium.questions.trial.published import published as ask
    from somnesium.surfaces.command.trial_published import published_text

    _warm()

    def said(number: int, total: int, one: str) -> None:
        sys.stderr.write(f"[{number}/{total}] {one}\n")
        sys.stderr.flush()

    answer = ask(
        200 if replicates is None else replicates,
        1 if seed is None else seed,
        (name,) if name else (),
        progress=said,
    )
    if format is Format.json:
        sys.stdout.write(answer.model_dump_json(indent=2) + "\n")
    else:
        write(published_text(answer, name))


def _document(document: str, seed: int | None) -> "Trial":
    """The trial's document, a file, an example or standard input, with the seed put in."""
    from somnesium.answers.trial.design import Trial
    from somnesium.person.document import read_document
    from somnesium.sources import example_path

    if document == "-":
        found = read_document(sys.stdin.buffer.read(), Trial)
    else:
        path = Path(document)
        found = read_document(path if path.exists() else example_path(document) or path, Trial)
    if seed is None:
        return found
    return read_document(found.model_dump(exclude_unset=True) | {"seed": seed}, Trial)


def _warm() -> None:
    from somnesium.engine.compiled import is_compiled

    if not is_compiled():
        sys.stderr.write("Compiling the body for this machine: about half a minute, once.\n")


def _progress(done: int, asked: int, power: float) -> None:
    """One line that is written over, where someone can see it."""
    end = "\r" if sys.stderr.isatty() else "\n"
    sys.stderr.write(
        f"{say.count(done)} of {say.count(asked)} trials, power {say.number(power, 2)}{end}"
    )
    sys.stderr.flush()


def _end_line() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\n")


def _tried(one: "Tried") -> None:
    sys.stderr.write(
        f"{say.count(one.people)} people: power {say.with_error(one.power, one.error, 2)}\n"
    )
    sys.stderr.flush()


_HEAD = (
    "endpoint",
    "true effect",
    "power",
    "mean estimate",
    "bias",
    "SD of estimates",
    "mean SE",
    "coverage",
    "failed",
)


def _said(found: "Estimated", digits: int) -> str:
    return "–" if found.value is None else say.with_error(found.value, found.error, digits)


def _row(one: "Performance") -> tuple[str, ...]:
    digits = say.decimals(one.empirical_se.value)
    figures = (
        _said(found, digits) for found in (one.mean, one.bias, one.empirical_se, one.model_se)
    )
    return (
        f"{one.endpoint}, {one.unit}",
        _said(one.truth, digits),
        _said(one.power, 3),
        *figures,
        _said(one.coverage, 3),
        f"{one.failed} of {one.replicates}",
    )


def trial_text(answer: "TrialAnswer", document: str) -> str:
    """The ADEMP report, the table of performance, the search for a size, and how to repeat it."""
    report = answer.report
    lines = [
        *answer.summary,
        "",
        f"Aims. {report.aims}",
        "",
        "Data.",
        *report.data,
        "",
        f"Estimand. {report.estimand}",
        "",
        "Methods.",
        *report.methods,
        "",
        "Performance (± is the Monte-Carlo standard error).",
    ]
    rows = [_row(one) for one in answer.performance]
    lines += [table(_HEAD, rows), ""]
    for one in answer.performance:
        lines += [f"Failed, {one.endpoint}: {count} × {why}" for why, count in one.failures.items()]
    if answer.significant_alone is not None:
        share = 100 * answer.significant_alone
        lines += [f"Of single persons, {say.number(share)} in 100 are significant by themselves."]
    if answer.screened_per_person > 1.0:
        lines += [
            f"{say.number(answer.screened_per_person, 1)} people were looked at for each one "
            "enrolled."
        ]
    lines += _size_lines(answer)
    lines += [f"Caution: {one.text}" for one in answer.cautions]
    lines += ["", "Sources: " + ", ".join(source.key for source in answer.sources)]
    again = f"somnesium trial {document} --replicates {answer.replicates} --seed {answer.seed}"
    lines += [f"Again: {again}", f"Model {answer.model_version}."]
    return "\n".join(lines) + "\n"


def _size_lines(answer: "TrialAnswer") -> list[str]:
    """The search for a size."""
    if answer.size is None:
        return []
    rows = [
        (say.count(one.people), say.with_error(one.power, one.error, 2), f"{one.replicates}")
        for one in answer.size.tried
    ]
    interval = answer.size.interval95
    needed = "more than can be tried"
    if answer.size.people is not None and interval is not None:
        needed = (
            f"{say.count(answer.size.people)} ({say.count(interval[0])} to "
            f"{say.count(interval[1])})"
        )
    return [
        f"People for a power of {say.figures(answer.size.power)}: {needed}",
        table(("people", "power", "replicates"), rows),
        "",
    ]
