"""`somnesium intake`, and the import of a newer food table, as text or JSON."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.surfaces.command.window import table, write

if TYPE_CHECKING:
    from somnesium.person.record import IntakeQuestion
    from somnesium.questions.intake.group import GroupAnswer, GroupRow
    from somnesium.questions.intake.intake import Adequacy, IntakeAnswer


class Format(StrEnum):
    """How the answer is written."""

    text = "text"
    json = "json"
    md = "md"


class Whose(StrEnum):
    """Whose reference intakes are asked about first."""

    us = "us"
    eu = "eu"
    uk = "uk"
    nordic = "nordic"
    who = "who"
    japan = "japan"


def intake(
    document: Annotated[
        str, typer.Argument(help="a .toml or .json document, a .csv table of people, or -")
    ],
    authority: Annotated[
        Whose | None, typer.Option(help="whose reference intakes: us, eu, uk, nordic, who, japan")
    ] = None,
    usual: Annotated[
        bool, typer.Option("--usual", help="the table holds usual intakes, not single days")
    ] = False,
    format: Annotated[Format, typer.Option("--format", help="text, json or md")] = Format.text,
) -> None:
    """How much magnesium do I get, is it enough, and which foods close the gap?

    A .csv table (person, age, sex, magnesium_mg) is answered for the group.
    """
    if document.lower().endswith(".csv"):
        from somnesium.questions.intake.group import group_intake

        refused = False
        answer = group_intake(Path(document), authority.value if authority else "us", usual)
        told = None if format is Format.json else group_text(answer, format is Format.md)
    elif usual:
        allowed = "a .csv table of people"
        raise InvalidInput.field("--usual", document, allowed, "leave it out for one person")
    else:
        from somnesium.questions.intake.intake import intake as ask

        answer = ask(_question(document, authority))
        told = None if format is Format.json else intake_text(answer, format is Format.md)
        refused = bool(answer.refusals)
    if told is None:
        sys.stdout.write(answer.model_dump_json(indent=2) + "\n")
    elif format is Format.md:
        sys.stdout.write(told)
    else:
        write(told)
    if refused:
        raise typer.Exit(3)


def _question(document: str, authority: Whose | None) -> "IntakeQuestion":
    """The document of one person, with the authority asked for."""
    from somnesium.person.document import read_document
    from somnesium.person.record import IntakeQuestion, read_intake
    from somnesium.sources import example_path

    path = Path(document)
    if document == "-":
        question = read_intake(sys.stdin.buffer.read())
    else:
        question = read_intake(path if path.exists() else example_path(document) or path)
    if authority is None:
        return question
    table = question.model_dump(exclude_unset=True) | {"authority": authority.value}
    return read_document(table, IntakeQuestion)


# --- one person ------------------------------------------------------------------------------

_AMOUNTS = ("", "mg a day", "9 of 10", "from")
_ADEQUACY = ("", "average need", "advised", "sure of enough", "if days vary more", "in words")
_FOODS = ("portion", "g", "mg", "9 of 10", "kcal")
_ORIGINS = {
    "table": "food table",
    "odd": "food table, an odd value",
    "imputed": "filled in from its group",
    "stated": "as you stated",
    "label": "label",
}


def _adequacy_row(one: "Adequacy") -> tuple[str, ...]:
    average = "none set" if one.average_mg is None else say.figures(one.average_mg)
    about = "" if one.average_mg is not None else " (of more than advised)"
    return (
        one.name,
        average,
        f"{say.figures(one.recommended_mg)} ({one.kind})",
        say.chance(one.confidence) + about,
        say.chance(one.wider_confidence),
        one.verdict,
    )


def _safety_lines(answer: "IntakeAnswer") -> list[str]:
    """What must be known first, refusals before cautions."""
    told = [f"- Do not take it as it stands: {one.text}" for one in answer.refusals]
    return told + [f"- {one.text}" for one in answer.cautions]


def _sources_of(answer: "IntakeAnswer", markdown: bool) -> list[str]:
    """Magnesium by source, and what else the products hold."""
    rows = [
        (one.name, say.number(one.mg), say.span(one.interval90), _ORIGINS[one.origin])
        for one in answer.amounts
    ]
    rows.append(("all", say.number(answer.total_mg), say.span(answer.total_interval90), ""))
    told = [table(_AMOUNTS, rows, markdown)]
    if answer.data_confidence is not None:
        told.append(
            f"Data confidence: {say.percent(answer.data_confidence)} of the magnesium in food and "
            "water rests on measured values or a label."
        )
    notes = dict.fromkeys(f"- {one.name}: {one.note}" for one in answer.amounts if one.note)
    told += ["\n".join(notes)] if notes else []
    if answer.beside:
        listed = ", ".join(f"{name} {say.figures(mg)} mg" for name, mg in answer.beside.items())
        told.append(f"The products also hold, a day: {listed}.")
    return told


def _closing(answer: "IntakeAnswer", markdown: bool) -> list[str]:
    """Foods that close the gap."""
    if answer.gap_mg < 0.5:
        return ["What you usually get is what is advised, or more: there is no gap to close."]
    told = [f"About {say.number(answer.gap_mg)} mg a day are missing to what is advised."]
    both = (("Together", answer.together), ("One portion of each", answer.suggestions))
    for title, foods in both:
        if foods:
            rows = [
                (
                    f"{one.food}, {one.portion}",
                    say.number(one.grams),
                    say.number(one.magnesium_mg),
                    say.span(one.interval90),
                    "" if one.energy_kcal is None else say.number(one.energy_kcal),
                )
                for one in foods
            ]
            told += [f"{title}:", table(_FOODS, rows, markdown)]
    return told + (["\n".join(f"- {note}" for note in answer.notes)] if answer.notes else [])


def intake_text(answer: "IntakeAnswer", markdown: bool = False) -> str:
    """The whole answer about one person."""

    def section(title: str) -> str:
        return f"## {title}" if markdown else f"{title}\n{'=' * len(title)}"

    parts = [section(f"Magnesium intake of {answer.name or 'you'}"), "\n".join(answer.summary)]
    safety = _safety_lines(answer)
    if safety:
        parts += [section("Know this first"), "\n".join(safety)]
    parts += [section("Where it comes from"), *_sources_of(answer, markdown)]
    rows = [_adequacy_row(one) for one in answer.adequacy]
    parts += [section("Is it enough?"), table(_ADEQUACY, rows, markdown)]
    kinds = dict.fromkeys((one.kind, one.meaning) for one in answer.adequacy)
    parts.append("\n".join(f"{kind}: {meaning}." for kind, meaning in kinds))
    if answer.conflicts:
        parts += [section("Where they disagree"), "\n".join(f"- {c}" for c in answer.conflicts)]
    parts += [section("Foods that close the gap"), *_closing(answer, markdown)]
    parts.append("This is information, not medical advice.")
    parts += [section("Sources"), _source_lines(answer)]
    return "\n\n".join(parts) + "\n"


def _source_lines(answer: "IntakeAnswer | GroupAnswer") -> str:
    """The sources, one a line."""
    return "\n".join(
        f"- {one.citation}"
        + (f" doi:{one.doi}" if one.doi else "")
        + (f" [{one.note}]" if one.note else "")
        for one in answer.sources
    )


# --- a group ---------------------------------------------------------------------------------

_GROUPS = ("group", "people", "mean mg", "too little", "9 of 10", "cut-point", "9 of 10")


def _group_row(row: "GroupRow") -> tuple[str, ...]:
    def shares(interval: tuple[float, float]) -> str:
        return f"{say.number(100 * interval[0])} to {say.percent(interval[1])}"

    return (
        row.group + (f" ({row.note})" if row.note else ""),
        str(row.people),
        say.number(row.mean_mg),
        say.percent(row.probability_approach),
        shares(row.probability_interval90),
        say.percent(row.cut_point),
        shares(row.cut_point_interval90),
    )


def group_text(answer: "GroupAnswer", markdown: bool = False) -> str:
    """The whole answer about a table of people."""
    rows = [_group_row(row) for row in answer.rows]
    parts = ["\n".join(answer.summary), table(_GROUPS, rows, markdown), _source_lines(answer)]
    return "\n\n".join(parts) + "\n"


# --- foods import ----------------------------------------------------------------------------


def imported_text(source: Path, style: str) -> str:
    """Import a FoodData Central CSV zip and say what came of it."""
    import json

    from somnesium.person.fooddata import import_foods

    found = import_foods(source)
    if style == "json":
        return json.dumps(found._asdict(), indent=2, default=str) + "\n"
    return (
        f"{found.label}: {found.foods} foods, {found.with_magnesium} with magnesium, "
        f"{found.with_portions} with portions.\nKept in {found.path}; remove that file to go back "
        "to the packaged table alone.\n"
    )
