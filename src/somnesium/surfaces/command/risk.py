"""`somnesium risk`: is my magnesium low, as text or JSON."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from somnesium import say
from somnesium.surfaces.command.window import table, write

if TYPE_CHECKING:
    from somnesium.questions.risk.risk import RiskAnswer, Status, TestResult


class Format(StrEnum):
    """How the answer is written."""

    text = "text"
    json = "json"


def risk(
    document: Annotated[
        str, typer.Argument(help="a .toml or .json document, or - for standard input")
    ],
    format: Annotated[Format, typer.Option("--format", help="text or json")] = Format.text,
) -> None:
    """How likely is my magnesium low, why, and what do tests and signs add?"""
    from somnesium.engine.compiled import is_compiled
    from somnesium.person.request import read_request
    from somnesium.questions.risk.risk import risk as ask
    from somnesium.sources import example_path

    if document == "-":
        request = read_request(sys.stdin.buffer.read())
    else:
        path = Path(document)
        request = read_request(path if path.exists() else example_path(document) or path)
    if not is_compiled():
        sys.stderr.write("Compiling the body for this machine: about half a minute, once.\n")
    answer = ask(request)
    if format is Format.json:
        sys.stdout.write(answer.model_dump_json(indent=2) + "\n")
    else:
        write(risk_text(answer))
    if answer.refusals:
        raise typer.Exit(3)


def _chance(one: "Status") -> tuple[str, ...]:
    from somnesium.questions.risk.words import in_100

    parts = (one.before, one.probability, one.on_plan)
    return (one.label, *("" if part is None else in_100(part) for part in parts))


def _test(one: "TestResult") -> tuple[str, ...]:
    from somnesium.questions.risk.words import in_100

    low, high = one.expected.interval90
    usual = say.estimate(one.expected.mean, (low, high), 2)
    alone = in_100(one.stores_low) if one.used else "not used: we ask first"
    return one.label, say.number(one.value, 2, one.unit), usual, alone


def _lines(answer: "RiskAnswer") -> list[str]:
    """The tables."""
    head = ("of people like you", "before tests", "now", "on the plan, for good")
    lines = [table(head, [_chance(one) for one in answer.status]), ""]
    if answer.laboratory:
        titles = ("test", "yours", "one reading of people like you", "low stores, by this alone")
        lines += [table(titles, [_test(one) for one in answer.laboratory]), ""]
    if answer.effective_people is not None:
        left, all_ = answer.effective_people, answer.people
        lines.append(f"Your tests leave {say.number(left)} of {all_} people to speak.")
    low, high = answer.serum.interval90
    lines.append(
        f"Blood magnesium: {say.number(answer.serum.mean, 2)} mmol/L ({say.span((low, high), 2)})."
    )
    if answer.serum_on_plan is not None:
        low, high = answer.serum_on_plan.interval90
        mean = answer.serum_on_plan.mean
        lines.append(
            f"On the plan, for good: {say.number(mean, 2)} mmol/L ({say.span((low, high), 2)})."
        )
    rest = say.percent(answer.drift_per_week, 2)
    lines.append(
        f"{answer.people} people after {answer.weeks} weeks of this life; blood magnesium then "
        f"moves by at most {rest} a week. Intervals hold 9 in 10."
    )
    return lines


def risk_text(answer: "RiskAnswer") -> str:
    """The answer in sentences, then tables, cautions and sources."""
    lines = [*answer.summary, "", *_lines(answer)]
    said = set(answer.summary)
    lines += [f"Refused: {one.text}" for one in answer.refusals if one.text not in said]
    lines += [f"Caution: {one.text}" for one in answer.cautions if one.text not in said]
    lines += ["", "Sources: " + ", ".join(source.key for source in answer.sources)]
    lines += [f"Model {answer.model_version}. This is no diagnosis and no treatment."]
    return "\n".join(lines) + "\n"
