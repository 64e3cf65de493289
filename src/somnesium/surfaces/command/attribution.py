"""`somnesium attribute`: how big a part each input plays in sleep, with progress."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from somnesium import say
from somnesium.surfaces.command.window import table, write

if TYPE_CHECKING:
    from somnesium.questions.attribution.attribution import (
        AttributionAnswer,
        Report,
        Share,
        Variance,
    )


class Format(StrEnum):
    """How the answer is written."""

    text = "text"
    json = "json"


def attribute(
    people: Annotated[
        int | None, typer.Option(help="walks between two virtual people; more is surer")
    ] = None,
    seed: Annotated[int, typer.Option(help="seed of the random numbers")] = 1,
    format: Annotated[Format, typer.Option("--format", help="text or json")] = Format.text,
    figures: Annotated[Path | None, typer.Option(help="write the figure to this folder")] = None,
) -> None:
    """How big a part does magnesium play in sleep, and how big all the rest?"""
    from somnesium.engine.compiled import is_compiled
    from somnesium.questions.attribution.attribution import PEOPLE
    from somnesium.questions.attribution.attribution import attribute as ask

    if not is_compiled():
        _note("Compiling the body for this machine: about half a minute, only this once.")
    with _shown() as report:
        answer = ask(PEOPLE if people is None else people, seed, report)
    if format is Format.json:
        sys.stdout.write(answer.model_dump_json(indent=2) + "\n")
    else:
        write(attribution_text(answer))
    if figures is not None:
        from somnesium.surfaces.figures.attribution import save_figure

        for path in save_figure(answer, figures):
            _note(f"wrote {path}")


def _note(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


_EVERY = 10.0
"""Seconds between lines of progress where there is no terminal."""


@contextmanager
def _shown() -> "Iterator[Report]":
    """Show progress on standard error: a bar on a terminal, else a line now and then."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Left

    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("lives"), Left())
    bar = Progress(*columns, console=console, disable=not console.is_terminal)
    task = bar.add_task("", total=None)
    said = time.monotonic()

    def report(done: int, of: int) -> None:
        nonlocal said
        bar.update(task, completed=done, total=of)
        if bar.disable and time.monotonic() - said > _EVERY:
            said = time.monotonic()
            _note(f"{say.count(done)} of {say.count(of)} lives")

    with bar:
        yield report


_HEAD = ("share of the variance, %", "share", "90 % interval", "alone", "if it were held")


def _row(one: "Share") -> tuple[str, ...]:
    chances = (say.share(one.share, ""), say.share_span(one.interval90))
    return one.label, *chances, say.share(one.alone, ""), say.share(one.last, "")


def _section(variance: "Variance") -> list[str]:
    """The shares of one variance, the largest first."""
    from somnesium.questions.attribution.attribution import SCOPES

    rows = [_row(one) for one in sorted(variance.shares, key=lambda one: -one.share)]
    title = f"{SCOPES[variance.scope].capitalize()}: {variance.label}"
    return [
        f"{title} (SD {say.number(variance.sd, 1)} {variance.unit})",
        "",
        table(_HEAD, rows),
        "",
    ]


def _magnesium(answer: "AttributionAnswer") -> list[str]:
    """Magnesium's share of every outcome in every scope."""
    from somnesium.questions.attribution.attribution import SCOPES

    rows = []
    for variance in answer.variances:
        one = variance.magnesium
        rows.append(
            (
                SCOPES[variance.scope],
                variance.label,
                say.share(one.share, ""),
                say.share_span(one.interval90),
            )
        )
    return [
        "Magnesium's share of every variance, %",
        "",
        table(("of", "outcome", "share", "90 % interval"), rows),
        "",
    ]


def attribution_text(answer: "AttributionAnswer") -> str:
    """The sentence, the shares of sleep, magnesium's of every outcome, cautions and sources."""
    lines = [answer.headline, *answer.summary, ""]
    for variance in answer.variances:
        if variance.outcome == "duration":
            lines += _section(variance)
    lines += _magnesium(answer)
    lines += [
        f"{say.count(answer.lives)} lives. Intervals hold chance and our doubts about magnesium's "
        "effects.",
        "Naps, shift work and travel are not among virtual people.",
        *(f"Caution: {one.text}" for one in answer.cautions),
        "",
        "Sources: " + ", ".join(source.key for source in answer.sources),
        f"Model {answer.model_version}. The same again: {answer.command}",
    ]
    return "\n".join(lines) + "\n"
