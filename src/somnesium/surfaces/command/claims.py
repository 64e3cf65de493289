"""`somnesium claims`: the thirty-two claims of the two articles, with a verdict each."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from somnesium.answers.claims.claim import Fact
    from somnesium.questions.claims import ClaimAnswer, ClaimsAnswer, Report
from somnesium import say
from somnesium.surfaces.command.window import table, write


class Format(StrEnum):
    """How the answer is written."""

    text = "text"
    json = "json"


def claims(
    names: Annotated[
        list[str] | None, typer.Argument(help="claims by number, such as C16; all if left out")
    ] = None,
    seed: Annotated[int, typer.Option(help="seed of the random numbers")] = 1,
    format: Annotated[Format, typer.Option("--format", help="text or json")] = Format.text,
    figures: Annotated[Path | None, typer.Option(help="write a figure each to this folder")] = None,
) -> None:
    """Are the claims of the two founding articles true? Engine, trials and a verdict for each."""
    from somnesium.engine.compiled import is_compiled
    from somnesium.questions.claims import answer_claims

    if not is_compiled():
        _note("Compiling the body for this machine: about half a minute, only this once.")
    with _shown() as report:
        answer = answer_claims(names or (), seed, report)
    if format is Format.json:
        sys.stdout.write(answer.model_dump_json(indent=2) + "\n")
    else:
        write(claims_text(answer))
    if figures is not None:
        from somnesium.surfaces.figures.claims import save_figures

        for path in save_figures(answer, figures):
            _note(f"wrote {path}")


def _note(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


@contextmanager
def _shown() -> "Iterator[Report]":
    """Show progress on standard error: a bar on a terminal, else a line for every eighth claim."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("claims {task.description}"))
    bar = Progress(*columns, console=console, disable=not console.is_terminal)
    task = bar.add_task("", total=None)

    def report(done: int, of: int, key: str) -> None:
        bar.update(task, completed=done, total=of, description=key)
        if bar.disable and of > 1 and done and done % 8 == 0:
            _note(f"{done} of {of} claims")

    with bar:
        yield report


_LEVELS = {
    "people90": "9 in 10 people and doubts",
    "chance90": "90 %, chance of drawing people",
    "doubt90": "90 % of our doubts",
    "mean95": "95 % of the mean",
    "exact": "–",
}


def fact_rows(facts: "tuple[Fact, ...]") -> list[tuple[str, ...]]:
    """What, number, interval, what it holds, and sources of each fact, as words."""
    rows = []
    for fact in facts:
        value = "not told" if fact.value is None else say.amount(fact.value, fact.unit)
        ends = "–"
        if fact.interval is not None:
            ends = f"{say.amount(fact.interval[0])} to {say.amount(fact.interval[1])}"
        held = "not known" if fact.value is None else _LEVELS[fact.level]
        rows.append((fact.label, value, ends, held, ", ".join(fact.sources)))
    return rows


def _articles(one: "ClaimAnswer") -> str:
    return say.listed(one.articles)


def claim_text(one: "ClaimAnswer") -> str:
    """One claim in full: verdict, engine, trials, rule, every number, and the command."""
    rows = fact_rows((*one.engine_facts, *one.trial_facts))
    lines = [
        f"{one.key} (article {_articles(one)}): {one.claim}",
        f"Verdict: {one.verdict}. {one.because}",
        "",
        f"Engine: {one.engine}",
        f"Trials: {one.trial}",
        f"What would show it true: {one.shown_true_by}",
        f"Rule: {one.rule}",
        "",
        table(("number", "", "interval", "which holds"), [row[:4] for row in rows]),
        "",
        "Sources: " + ", ".join(one.sources),
        f"Again: {one.command}",
    ]
    return "\n".join(lines) + "\n"


def claims_text(answer: "ClaimsAnswer") -> str:
    """Every claim asked about: in full for a few, as a table of verdicts for many."""
    counts = ", ".join(f"{word} {count}" for word, count in sorted(answer.verdicts.items()))
    if len(answer.claims) <= 4:
        body = "\n".join(claim_text(one) for one in answer.claims)
    else:
        rows = [(one.key, one.claim, one.verdict, one.because) for one in answer.claims]
        body = table(("", "claim", "verdict", "because"), rows) + "\n"
    lines = [body, f"Verdicts: {counts}.", f"Again: {answer.command}"]
    lines.append(f"Model {answer.model_version}. This is no diagnosis and no treatment.")
    return "\n".join(lines) + "\n"
