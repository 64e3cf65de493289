"""`somnesium import`: the nights of an export, kept, and what became of each of its rows."""

import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.progress import Progress
from somnesium.surfaces.command.window import table, write

if TYPE_CHECKING:
    from somnesium.questions.nights.imports import ImportAnswer, ImportedNight

_SHOWN = 14
"""Nights shown, the latest; JSON holds all."""


def import_(
    file: Annotated[Path, typer.Argument(help="an export: a file, a zip or a folder")],
    format: Annotated[str, typer.Option(help="auto, or the name of a format")] = "auto",
    zone: Annotated[
        str, typer.Option(help="IANA time zone of clock times, such as Europe/Berlin")
    ] = "",
    map: Annotated[
        Path | None, typer.Option(help="a map (TOML) for a table no reader knows")
    ] = None,
    explain: Annotated[bool, typer.Option(help="show what every file and row came to")] = False,
    first_night: Annotated[
        str, typer.Option(help="date of the first evening, for logs that number their nights")
    ] = "",
    person: Annotated[str, typer.Option(help="whose rows, in a file of several people")] = "",
    instrument: Annotated[
        str, typer.Option(help="what recorded it, such as fitbit or diary; else guessed")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="show, and keep nothing")] = False,
    store: Annotated[str | None, typer.Option("--store", help="a file, or postgresql://…")] = None,
    json: Annotated[bool, typer.Option("--json", help="write the whole answer as JSON")] = False,
) -> None:
    """Which nights does this export hold, and what became of its rows? Keeps them."""
    from somnesium.nights.reading import read_nights
    from somnesium.nights.recorders import instrument_named
    from somnesium.questions.nights.imports import import_answer, keep_read

    if instrument:
        instrument_named(instrument)
    read = read_nights(
        file,
        format=format,
        zone=zone,
        map=map,
        first_night=_date(first_night),
        person=person,
        progress=_shown_progress(),
    )
    if dry_run:
        answer = import_answer(read)
    else:
        from somnesium.store.open import opened

        with opened(store) as kept:
            answer = keep_read(kept, read, file, datetime.now(UTC), instrument)
    if json:
        sys.stdout.write(answer.model_dump_json(indent=2) + "\n")
    else:
        write(import_text(answer, explain))


def _date(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        allowed = "a date such as 2026-01-05"
        raise InvalidInput.field("first night", text, allowed) from None


def _shown_progress() -> Progress:
    """A line about how far reading is, at most one in two seconds."""
    last = begun = time.monotonic()

    def show(done: int, total: int, _what: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < 2.0:
            return
        last = now
        of = f" of {say.number(total / 1e6)}" if total else ""
        sys.stderr.write(f"Read {say.number(done / 1e6)}{of} MB in {say.number(now - begun)} s\n")
        sys.stderr.flush()

    return show


def _minutes(value: float | None) -> str:
    return "–" if value is None else say.number(value)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _clock(when: datetime) -> str:
    return f"{when:%H:%M}"


def _row(night: "ImportedNight") -> tuple[str, ...]:
    return (
        night.evening.isoformat() + (" nap" if night.nap else ""),
        f"{_clock(night.lights_out)}–{_clock(night.rise)}",
        _minutes(night.latency),
        _minutes(night.duration),
        _minutes(night.awake_after_onset),
        _minutes(night.slow_wave),
        night.device,
    )


_HEAD = ("night of", "in bed", "to fall asleep", "asleep", "awake", "deep", "recorder")


def import_text(answer: "ImportAnswer", explain: bool = False) -> str:
    """The nights, the counts of the ledger, the reasons, and with `explain` every row."""
    ledger, lines = answer.ledger, []
    for found in answer.formats:
        lines.append(
            f"{found.label}: {', '.join(found.files[:3])}"
            + (f" and {_count(len(found.files) - 3, 'more file')}" if len(found.files) > 3 else "")
        )
    if answer.files_left:
        lines.append(f"Not sleep, or not known: {_count(answer.files_left, 'file')}")
    naps = sum(night.nap for night in answer.nights)
    lines += ["", f"Nights: {len(answer.nights) - naps}. Naps: {naps}.", ""]
    if answer.nights:
        lines += [table(_HEAD, [_row(night) for night in answer.nights[-_SHOWN:]]), ""]
        if len(answer.nights) > _SHOWN:
            lines.append(f"The last {_SHOWN} are shown. Minutes.")
        else:
            lines.append("Minutes.")
    lines.append(
        f"Rows read: {ledger.rows} = {ledger.accepted} accepted + {ledger.partial} partial"
        f" + {ledger.rejected} rejected."
    )
    lines += [f"  {_count(count, 'row')}: {reason}" for reason, count in ledger.reasons.items()]
    lines += _kept(answer)
    if explain:
        lines += ["", *_explained(answer)]
    lines += ["", "Sources: " + ", ".join(source.key for source in answer.sources)]
    return "\n".join(lines) + "\n"


def _kept(answer: "ImportAnswer") -> list[str]:
    """What keeping it did, and by which instruments."""
    kept = answer.kept
    if kept is None:
        return ["Nothing was kept."]
    by = ", ".join(f"{count} {name}" for name, count in kept.instruments.items()) or "none"
    return [
        f"Kept as import {kept.number}: {kept.new} new, {kept.changed} changed,"
        f" {kept.unchanged} unchanged. Instruments: {by}."
    ]


def _explained(answer: "ImportAnswer") -> list[str]:
    """How the map read its first rows, and what became of every row."""
    lines = []
    for number, row in enumerate(answer.cells, 1):
        lines.append(f"Row {number} by the map:")
        lines += [f"  {c.measure} <- {c.column!r}: {c.given!r} -> {c.read}" for c in row]
    lines.append("Every row:")
    for entry in answer.ledger.entries:
        night = f" (night of {entry.evening})" if entry.evening else ""
        count = f" [{entry.rows} rows]" if entry.rows != 1 else ""
        said = f": {entry.reason}" if entry.reason else ""
        lines.append(f"  {entry.where}{count} {entry.verdict}{night}{said}")
    return lines
