"""`somnesium record`: a morning's diary, by flags, a document, or a few questions."""

import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from somnesium.errors import InvalidInput
from somnesium.surfaces.command.window import write

if TYPE_CHECKING:
    from somnesium.questions.nights.diary import LastMorning, MorningAnswer


class Format(StrEnum):
    """How the answer is written."""

    text = "text"
    json = "json"


Place = Annotated[str | None, typer.Option("--store", help="a file, or postgresql://…")]


def local_zone() -> str:
    """The IANA name of this machine's time zone: `TZ`, or what /etc/localtime points to."""
    import os

    named = os.environ.get("TZ", "").lstrip(":")
    if not named:
        _, _, named = str(Path("/etc/localtime").resolve()).partition("zoneinfo/")
    return named or "UTC"


def record(
    document: Annotated[
        str | None, typer.Argument(help="a .toml or .json document, or - for standard input")
    ] = None,
    day: Annotated[str | None, typer.Option("--date", help="date of getting up; today")] = None,
    zone: Annotated[str | None, typer.Option(help="time zone, such as Europe/Berlin")] = None,
    bed: Annotated[str | None, typer.Option(help="lights out, HH:MM")] = None,
    rise: Annotated[str | None, typer.Option(help="up, HH:MM")] = None,
    latency: Annotated[float | None, typer.Option(help="minutes to fall asleep")] = None,
    awake: Annotated[float | None, typer.Option(help="minutes awake in the night")] = None,
    woke: Annotated[str | None, typer.Option(help="last waking, if you lay awake then")] = None,
    awakenings: Annotated[int | None, typer.Option(help="times awake in the night")] = None,
    sleepiness: Annotated[int | None, typer.Option(help="0 wide awake to 10")] = None,
    dose: Annotated[str | None, typer.Option(help="yes, no, or yes@21:30")] = None,
    what: Annotated[str | None, typer.Option(help="what the dose is, in your words")] = None,
    alcohol: Annotated[float | None, typer.Option(help="drinks last evening")] = None,
    caffeine: Annotated[float | None, typer.Option(help="cups after noon")] = None,
    travel: Annotated[bool | None, typer.Option(help="travelled")] = None,
    illness: Annotated[bool | None, typer.Option(help="ill")] = None,
    phase: Annotated[str | None, typer.Option(help="menstruation, follicular, …")] = None,
    note: Annotated[str | None, typer.Option(help="a note")] = None,
    isi: Annotated[int | None, typer.Option(help="an ISI total filled in elsewhere")] = None,
    psqi: Annotated[int | None, typer.Option(help="a PSQI total filled in elsewhere")] = None,
    store: Place = None,
    format: Annotated[Format, typer.Option("--format", help="text or json")] = Format.text,
) -> None:
    """How was the night? Clock times, minutes, the dose: kept in your own store."""
    told = {
        "day": day,
        "zone": zone,
        "bed": bed,
        "rise": rise,
        "latency": latency,
        "awake": awake,
        "woke": woke,
        "awakenings": awakenings,
        "sleepiness": sleepiness,
        "alcohol": alcohol,
        "caffeine": caffeine,
        "travel": travel,
        "illness": illness,
        "phase": phase,
        "note": note,
        "isi": isi,
        "psqi": psqi,
        "dose": _dose(dose, what),
    }
    answer = _kept(document, {k: v for k, v in told.items() if v is not None}, store)
    if format is Format.json:
        sys.stdout.write(answer.model_dump_json(indent=2) + "\n")
    else:
        write(record_text(answer))


def _kept(document: str | None, flags: dict[str, Any], where: str | None) -> "MorningAnswer":
    """A morning from a document and flags, or from questions about what the flags left out."""
    from somnesium.person.document import read_document
    from somnesium.questions.nights.diary import Morning, last_morning
    from somnesium.questions.nights.diary import record as keep
    from somnesium.store.open import opened

    table: dict[str, Any] = {}
    if document is not None:
        source = sys.stdin.buffer.read() if document == "-" else Path(document)
        table = read_document(source, Morning).model_dump(exclude_unset=True)
    table |= flags
    table.setdefault("zone", local_zone())
    if "day" not in table:
        table["day"] = _today(table["zone"])
    with opened(where) as store:
        if document is None and _somebody_is_here():
            table = _asked(table, last_morning(store))
        return keep(store, read_document(table, Morning), datetime.now(UTC))


def _somebody_is_here() -> bool:
    return sys.stdin.isatty()


def _today(zone: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        return datetime.now(ZoneInfo(zone)).date().isoformat()
    except (KeyError, ValueError, OSError):
        raise InvalidInput.field("zone", zone, "a time zone such as Europe/Berlin") from None


def _dose(text: str | None, what: str | None) -> dict[str, Any] | None:
    """`yes`, `no`, `yes@21:30` or a clock time as an answer about the dose."""
    if text is None:
        return None
    word, _, at = text.strip().lower().partition("@")
    if ":" in word and not at:
        word, at = "yes", word
    if word not in ("yes", "y", "no", "n"):
        raise InvalidInput.field("dose", text, "yes, no, or yes@21:30")
    found: dict[str, Any] = {"taken": word.startswith("y")}
    if at:
        found["at"] = at.strip()
    return found | ({"what": what} if what else {})


def _asked(table: dict[str, Any], last: "LastMorning | None") -> dict[str, Any]:
    """Ask for what the flags left out; Enter takes last night's answer."""

    def ask(name: str, words: str, before: object, kind: type = str) -> None:
        if name not in table:
            table[name] = typer.prompt(words, default=before, type=kind)

    typer.echo(f"Night to {table['day']} ({table['zone']}). Enter keeps what is in brackets.")
    ask("bed", "Light out to sleep", last.bed if last else None)
    ask("rise", "Up", last.rise if last else None)
    ask("latency", "Minutes to fall asleep", last.latency if last else 15.0, float)
    ask("awake", "Minutes awake in the night", last.awake if last else 10.0, float)
    ask("sleepiness", "Sleepy now, 0 to 10", 3, int)
    if "dose" not in table:
        usual = f"yes@{last.dose_at}" if last and last.dose_at else "no"
        text = typer.prompt("Dose taken (yes, no, yes@21:30)", default=usual)
        table["dose"] = _dose(text, last.what if last else None)
    return table


def record_text(answer: "MorningAnswer") -> str:
    """What was kept, in a few lines."""
    lines = [*answer.summary]
    lines += [f"Caution: {text}" for text in (one.text for one in answer.cautions)]
    return "\n".join(lines) + "\n"
