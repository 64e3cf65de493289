"""`somnesium design`: plan an experiment on oneself, and begin it; `somnesium unseal`."""

import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.surfaces.command.window import table, write

if TYPE_CHECKING:
    from somnesium.answers.selftrial.design.question import DesignQuestion
    from somnesium.person.checked import CheckedPlan
    from somnesium.questions.experiment.design import DesignAnswer

KINETICS_HEAD = ("", "change", "nights until it is there", "nights until it is gone")
"""What the columns of `kinetics_rows` hold."""


class Format(StrEnum):
    """How the answer is written."""

    text = "text"
    json = "json"


Place = Annotated[str | None, typer.Option("--store", help="a file, or postgresql://…")]


def design(
    document: Annotated[
        str, typer.Argument(help="a .toml or .json document, or - for standard input")
    ],
    start: Annotated[str | None, typer.Option(help="first evening; else today")] = None,
    begin: Annotated[bool, typer.Option("--begin", help="draw, seal and keep it")] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="begin what is not worth it")] = False,
    kit: Annotated[
        Path, typer.Option(help="new folder for labels, calendar, preregistration")
    ] = Path("somnesium-experiment"),
    store: Place = None,
    format: Annotated[Format, typer.Option("--format", help="text or json")] = Format.text,
) -> None:
    """How do I find out if it works for me? Periods, weeks, power; and begin it."""
    from somnesium.engine.compiled import is_compiled
    from somnesium.questions.experiment.design import design_of, own_nights, tried_plan
    from somnesium.store.open import is_there, opened

    question = _question(document, start)
    if not is_compiled():
        sys.stderr.write("Compiling the body for this machine: about half a minute, once.\n")
    plan = tried_plan(question)
    earlier: tuple[float | None, ...] = ()
    if is_there(store):
        with opened(store) as kept:
            earlier = own_nights(kept, question.trial.measure, question.start)
    answer = design_of(plan, earlier)
    if format is Format.json:
        sys.stdout.write(answer.model_dump_json(indent=2) + "\n")
    else:
        write(design_text(answer))
    if begin:
        _begin(plan, answer, kit, store, anyway)


def _question(document: str, start: str | None) -> "DesignQuestion":
    from somnesium.answers.selftrial.design.question import DesignQuestion
    from somnesium.person.document import read_document
    from somnesium.sources import example_path

    if document == "-":
        question = read_document(sys.stdin.buffer.read(), DesignQuestion)
    else:
        path = Path(document)
        found = path if path.exists() else example_path(document) or path
        question = read_document(found, DesignQuestion)
    if start is None:
        if "start" in question.model_fields_set:
            return question
        zone = ZoneInfo(question.habits.time_zone)
        start = datetime.now(zone).date().isoformat()
    return read_document(question.model_dump(exclude_unset=True) | {"start": start}, DesignQuestion)


def _begin(
    plan: "CheckedPlan[DesignQuestion]",
    answer: "DesignAnswer",
    kit: Path,
    store: str | None,
    anyway: bool,
) -> None:
    """Draw and keep the allocation, and write the kit."""
    import secrets

    from somnesium.questions.experiment.design import begin, require_worth
    from somnesium.store.open import opened
    from somnesium.surfaces.paper.kit import write_kit

    require_worth(answer, anyway, "--begin", "begin it with --anyway")
    if kit.exists():
        raise InvalidInput.field("--kit", str(kit), "a new folder", "it is there: name another")
    with opened(store) as kept:
        begun = begin(kept, plan, answer, secrets.randbits(63), datetime.now(UTC))
        files = write_kit(kit, begun)
    for path in files:
        sys.stderr.write(f"wrote {path}\n")
    sys.stderr.write(
        f"Experiment {begun.experiment.id} is kept. Its preregistration has the SHA-256 "
        f"{begun.experiment.hash}\n"
    )
    if answer.blinding == "capsules":
        sys.stderr.write("Give the two files for the helper to your helper, unread.\n")


def unseal(
    number: Annotated[int, typer.Argument(help="number of the experiment")],
    reason: Annotated[str, typer.Option(help="why; it is written down")],
    store: Place = None,
) -> None:
    """Open the seal of an experiment: what A and B were. The look is written down."""
    from somnesium.answers.selftrial.design.allocation import read_sealed
    from somnesium.store.experiments import unblind
    from somnesium.store.open import opened

    with opened(store) as kept:
        found = unblind(kept, number, reason, datetime.now(UTC))
    letters = read_sealed(found.sealed).letters
    for letter, arm in sorted(letters.items()):
        sys.stdout.write(f"{letter}: {arm}\n")


def power_rows(answer: "DesignAnswer") -> list[tuple[str, str, str]]:
    """Changes, weeks until each is seen, and the chance of that in the planned weeks."""
    return [
        (
            f"{say.figures(row.change)} {answer.unit}",
            "more than a year" if row.weeks is None else f"{row.weeks}",
            say.percent(row.chance),
        )
        for row in answer.power
    ]


def kinetics_rows(answer: "DesignAnswer") -> list[tuple[str, ...]]:
    """What changes, by how much, and nights until it is there and until it is gone."""
    rows = []
    for one in (answer.kinetics.serum, answer.kinetics.tissue, answer.kinetics.night):
        nights = [("–" if n is None else f"{n}") for n in (one.arrives, one.leaves)]
        rows.append((one.label, say.figures(one.difference, 2, one.unit, sign=True), *nights))
    return rows


def spread_text(answer: "DesignAnswer") -> str:
    """How much single nights differ, and whose nights say so."""
    low, high = answer.night_sd_interval90
    whose = f"{answer.own_nights} own nights" if answer.own_nights else "people in general"
    return (
        f"Single nights differ by {say.number(answer.night_sd)} {answer.unit} "
        f"({say.span((low, high))}), from {whose}."
    )


def design_text(answer: "DesignAnswer") -> str:
    """Verdict, periods, power, kinetics, stop rules, cautions and sources."""
    lines = [
        *answer.summary,
        "",
        table(
            (f"change of {answer.label}", "weeks to see it", f"chance in {answer.weeks} weeks"),
            power_rows(answer),
        ),
        "",
        spread_text(answer),
        "",
        table(KINETICS_HEAD, kinetics_rows(answer)),
        "",
        answer.washout,
        answer.expectation,
        *(rule.text for rule in answer.stop_rules),
        *(f"Caution: {one.text}" for one in answer.cautions),
        "",
        "Sources: " + ", ".join(source.key for source in answer.sources),
        f"Model {answer.model_version}. This is no diagnosis and no treatment.",
    ]
    return "\n".join(lines) + "\n"
