"""`somnesium plan`: what to do for the nights, as text or JSON."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from somnesium import say
from somnesium.surfaces.command.window import table, write

if TYPE_CHECKING:
    from somnesium.questions.plan import Option, PlanAnswer


class Format(StrEnum):
    """How the answer is written."""

    text = "text"
    json = "json"


def plan(
    document: Annotated[
        str, typer.Argument(help="a .toml or .json document, or - for standard input")
    ],
    format: Annotated[Format, typer.Option("--format", help="text or json")] = Format.text,
    budget: Annotated[
        float | None, typer.Option(help="the most a plan may cost, dollars a month")
    ] = None,
) -> None:
    """What should I do: which magnesium, food, a habit, nothing, or see someone first?"""
    from somnesium.engine.compiled import is_compiled
    from somnesium.person.request import read_request
    from somnesium.questions.plan import plan as ask
    from somnesium.sources import example_path

    if document == "-":
        request = read_request(sys.stdin.buffer.read())
    else:
        path = Path(document)
        request = read_request(path if path.exists() else example_path(document) or path)
    if not is_compiled():
        sys.stderr.write("Compiling the body for this machine: about half a minute, once.\n")
    answer = ask(request, budget)
    if format is Format.json:
        sys.stdout.write(answer.model_dump_json(indent=2) + "\n")
    else:
        write(plan_text(answer))
    if answer.refusals:
        raise typer.Exit(3)


def _row(one: "Option") -> tuple[str, ...]:
    sleep, total = one.gain.duration, one.gain.combined
    return (
        one.label,
        say.estimate(sleep.mean, sleep.interval90, 0, sign=True),
        say.estimate(total.mean, total.interval90, 2, sign=True),
        say.estimate(one.burden.points, one.burden.interval90, 1),
        say.estimate(one.value.mean, one.value.interval90, 2, sign=True),
        one.verdict + (", ask first" if one.ask else ""),
    )


_HEAD = ("", "sleep, min", "gain (1 = worth having)", "burden, points", "gain a point", "verdict")


def plan_text(answer: "PlanAnswer") -> str:
    """The best, the ranking, foods, why the rest fell, cautions and sources."""
    lines = [f"Best: {answer.best}", "", *answer.summary, ""]
    if answer.options:
        lines += [table(_HEAD, [_row(one) for one in answer.options]), ""]
        whom = f"{answer.people} people like you over {answer.days} days"
        lines += [f"Intervals hold 9 in 10 of {whom}."]
    lines += [f"To do: {text}" for one in answer.options for text in one.to_do]
    for one in answer.rejected:
        lines.append(f"Left out ({one.reason}), {one.count}: {one.text}")
    lines += [f"Caution: {one.text}" for one in answer.cautions]
    lines += ["", "Sources: " + ", ".join(source.key for source in answer.sources)]
    lines += [f"Model {answer.model_version}. This is no diagnosis and no treatment."]
    return "\n".join(lines) + "\n"
