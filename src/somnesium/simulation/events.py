"""Doses as an event table, the way NONMEM, nlmixr and mrgsolve write them; in and out.

Columns (header in any case, `.` or empty is missing): ID, TIME [h], AMT, EVID, CMT, II [h], ADDL,
SS, RATE [per h], and ours, FORM (a magnesium form) and FOOD (1 with food). DV and MDV are passed
over. AMT is mmol elemental magnesium in `gut` and `plasma`, mg of substance elsewhere.

What is done and what is refused:

- EVID 0 (observation), 1 (dose) and 2 (other) are kept; without the column a row with an AMT is a
  dose. EVID 3 and 4 (reset) are refused: a body does not start anew; give it a new ID.
- ADDL further doses, II hours apart, are written out: what is read has II 0 and ADDL 0.
- SS 1 is refused: the slow stores take months; write the doses that lead in, by ADDL.
- RATE > 0 is an infusion and is kept; a negative RATE (modelled) is refused.
- TIME may not fall within an ID. Rows of one ID and time may stand in any order.
"""

import csv
import difflib
import io
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.person.regimen import SUBSTANCES, Dose
from somnesium.person.supplements import find_form
from somnesium.quantity import mg_to_mmol, mmol_to_mg

COMPARTMENTS = (
    "gut",
    "plasma",
    "melatonin_gut",
    "caffeine_gut",
    "tryptophan_gut",
    "glycine_gut",
    "theanine_gut",
    "ashwagandha_gut",
    "zinc_gut",
    "vitamin_b6_gut",
    "hydroxytryptophan_gut",
)
"""Where an event can go; CMT is the name, or the number counted from 1."""

_COLUMNS = ("ID", "TIME", "AMT", "EVID", "CMT", "II", "ADDL", "SS", "RATE", "FORM", "FOOD")
_PASSED_OVER = ("DV", "MDV")
_MOST_BYTES = 64 * 1024 * 1024
_MOST_EVENTS = 1_000_000
_MOST_HOURS = 24.0 * 366 * 100


class EventRow(NamedTuple):
    """One event of one person. Named as the columns are.

    TIME [h] from the start; AMT [mmol elemental] in gut and plasma, [mg] elsewhere; II [h];
    RATE [AMT's unit per h], 0 for all at once. FORM is a form's key or "" (not said).
    """

    ID: int
    TIME: float
    AMT: float = 0.0
    EVID: int = 1
    CMT: str = "gut"
    II: float = 0.0
    ADDL: int = 0
    SS: int = 0
    RATE: float = 0.0
    FORM: str = ""
    FOOD: bool = False


def _canonical(rows: Iterable[EventRow]) -> tuple[EventRow, ...]:
    """Rows in the one order that depends on nothing but the rows."""
    return tuple(sorted(rows))


def _text_of(source: Path | str) -> str:
    """The table's text: a path is read, a string with a line break is the table itself."""
    if isinstance(source, str) and ("\n" in source or "\r" in source):
        return source.removeprefix("\ufeff")
    path = Path(source)
    try:
        if path.exists() and not path.is_file():
            raise InvalidInput.field("events", str(source), "a file, or CSV text")
        if path.stat().st_size > _MOST_BYTES:
            raise InvalidInput.field(
                "events", str(source), "a file of up to 64 MiB", "split it by ID"
            )
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:
        allowed = "a readable CSV file in UTF-8"
        raise InvalidInput.field("events", str(source), allowed, str(error)) from None


def _header(cells: list[str]) -> list[str]:
    """Column names in capitals, all known and each once."""
    names = [name.strip().upper() for name in cells]
    for name in names:
        if name not in _COLUMNS + _PASSED_OVER:
            near = difflib.get_close_matches(name, _COLUMNS, n=1)
            fix = f"did you mean {near[0]}?" if near else "remove it"
            raise InvalidInput.field("events header", name, ", ".join(_COLUMNS + _PASSED_OVER), fix)
    for name in ("ID", "TIME", *names):
        if names.count(name) != 1:
            raise InvalidInput.field("events header", cells, f"{name} exactly once")
    return names


class _Line:
    """One line being read: cells by column, and where it stands, for the message."""

    def __init__(self, number: int, cells: Mapping[str, str]) -> None:
        self.number = number
        self.cells = cells

    def wrong(self, column: str, cell: object, allowed: str, fix: str = "") -> InvalidInput:
        """The refusal of a cell."""
        return InvalidInput.field(f"events row {self.number}, {column}", cell, allowed, fix)

    def text(self, column: str) -> str:
        """The cell, or "" where it is missing."""
        cell = self.cells.get(column, "").strip()
        return "" if cell == "." else cell

    def number_of(self, column: str, high: float, why: str = "", fix: str = "") -> float:
        """The cell as a number from 0 to `high`, 0 where it is missing."""
        cell = self.text(column)
        try:
            value = float(cell.replace("_", "?")) if cell else 0.0
        except ValueError:
            value = math.nan
        if not 0.0 <= value <= high:
            raise self.wrong(column, cell, why or f"a number from 0 to {say.typed(high)}", fix)
        return value + 0.0

    def whole(self, column: str, high: float, why: str = "", fix: str = "") -> int:
        """The cell as a whole number from 0 to `high`, 0 where it is missing."""
        value = self.number_of(column, high, why, fix)
        if value != int(value):
            raise self.wrong(column, self.text(column), why or "a whole number", fix)
        return int(value)


def _compartment(line: _Line) -> str:
    """CMT as a name; missing is the gut."""
    cell = line.text("CMT").lower()
    if cell.isdigit() and 1 <= int(cell) <= len(COMPARTMENTS):
        return COMPARTMENTS[int(cell) - 1]
    if cell and cell not in COMPARTMENTS:
        near = difflib.get_close_matches(cell, COMPARTMENTS, n=1)
        allowed = ", ".join(COMPARTMENTS) + f", or 1 to {len(COMPARTMENTS)}"
        raise line.wrong("CMT", cell, allowed, f"did you mean {near[0]}?" if near else "")
    return cell or "gut"


def _form(line: _Line, compartment: str) -> str:
    """FORM as a form's key, for magnesium in the gut only."""
    cell = line.text("FORM")
    if cell and compartment != "gut":
        raise line.wrong("FORM", cell, "nothing unless CMT is gut", "remove it")
    try:
        return find_form(cell).key if cell else ""
    except InvalidInput as error:
        raise InvalidInput(f"events row {line.number}, FORM: {error}") from None


def _kind(line: _Line, amount: float) -> int:
    """EVID, or what the amount makes it; resets refused."""
    kind = line.whole("EVID", 4) if line.text("EVID") else int(amount > 0.0)
    if kind in (3, 4):
        fix = "a body does not start anew: give what follows a new ID"
        raise line.wrong("EVID", kind, "0, 1 or 2 (no resets)", fix)
    if kind != 1 and amount > 0.0:
        raise line.wrong("AMT", amount, f"0 or . where EVID is {kind}", "EVID 1 makes it a dose")
    return kind


def _row(line: _Line) -> EventRow:
    """The line as an event, everything in it checked."""
    for column in ("ID", "TIME"):
        if not line.text(column):
            raise line.wrong(column, "nothing", "a number")
    amount = line.number_of("AMT", 1e6)
    kind = _kind(line, amount)
    more, interval = line.whole("ADDL", _MOST_EVENTS), line.number_of("II", _MOST_HOURS)
    if more and (interval <= 0.0 or kind != 1):
        fix = "give the hours between doses" if kind == 1 else "only doses repeat"
        raise line.wrong("II", interval, "more than 0 where ADDL is, with EVID 1", fix)
    fix = "the slow stores take months to settle: write the doses that lead in, by ADDL"
    line.whole("SS", 0.0, "0 (no steady state)", fix)
    fix = "a negative RATE asks the model for it, and ours has none: give AMT per hour"
    rate = line.number_of("RATE", 1e6, "0, or more for an infusion", fix)
    if rate > 0.0 and amount == 0.0:
        raise line.wrong("RATE", rate, "0 where AMT is 0")
    compartment = _compartment(line)
    return EventRow(
        ID=line.whole("ID", 2**53),
        TIME=line.number_of("TIME", _MOST_HOURS, "hours from the start, 0 to 100 years"),
        AMT=amount,
        EVID=kind,
        CMT=compartment,
        II=interval if more else 0.0,
        ADDL=more,
        RATE=rate,
        FORM=_form(line, compartment),
        FOOD=bool(line.whole("FOOD", 1.0)),
    )


def _expanded(row: EventRow) -> Iterator[EventRow]:
    """The dose and its ADDL further doses, each on its own."""
    for count in range(row.ADDL + 1):
        yield row._replace(TIME=row.TIME + count * row.II, II=0.0, ADDL=0)


def _lines(text: str) -> Iterator[_Line]:
    """Lines with their cells; empty lines are passed over."""
    if "\0" in text:
        raise InvalidInput.field("events", "a NUL character", "CSV text", "save it as plain CSV")
    try:
        table = csv.reader(io.StringIO(text, newline=""), strict=True)
        names: list[str] = []
        for cells in table:
            if not any(cell.strip() for cell in cells):
                continue
            if not names:
                names = _header(cells)
                continue
            if len(cells) != len(names):
                allowed = f"{len(names)} cells as in the header"
                raise InvalidInput.field(
                    f"events row {table.line_num}", f"{len(cells)} cells", allowed
                )
            yield _Line(table.line_num, dict(zip(names, cells, strict=True)))
    except csv.Error as error:
        raise InvalidInput.field("events", str(error), "CSV text", "is it cut short?") from None
    if not names:
        raise InvalidInput.field("events", "nothing", "a header and rows", "start with ID,TIME,AMT")


def read_events(source: Path | str) -> tuple[EventRow, ...]:
    """Events of a CSV file, or of CSV text, expanded and in canonical order.

    The order is by ID, TIME and then every other column, so that rows of one time may come in
    any order. `InvalidInput` names the row (the line of the file) and the column.
    """
    events: list[EventRow] = []
    latest: dict[int, float] = {}
    for line in _lines(_text_of(source)):
        row = _row(line)
        if latest.get(row.ID, 0.0) > row.TIME:
            allowed = f"{say.typed(latest[row.ID])} h or later, as in the row before of ID {row.ID}"
            raise line.wrong("TIME", row.TIME, allowed, "sort the table by time")
        latest[row.ID] = row.TIME
        last = row.TIME + row.ADDL * row.II
        if len(events) + row.ADDL + 1 > _MOST_EVENTS or last > _MOST_HOURS:
            raise line.wrong("ADDL", row.ADDL, "a million events within 100 years in all")
        events.extend(_expanded(row))
    return _canonical(events)


def write_events(rows: Iterable[EventRow]) -> str:
    """The table as CSV text, in canonical order; `read_events` gives back the same rows.

    Every number is written so that it is read back to the last bit. ADDL and II are written as
    they stand in the rows and come back written out.
    """
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(_COLUMNS)
    for row in _canonical(rows):
        cells = row._replace(FORM=row.FORM or ".", FOOD=int(row.FOOD))
        table.writerow(f"{cell!r}" if isinstance(cell, float) else cell for cell in cells)
    return out.getvalue()


def events_of_doses(doses: Iterable[Dose], person: int = 1) -> tuple[EventRow, ...]:
    """Doses of a regimen as events of ID `person`, TIME from midnight of day 0 [h].

    Magnesium [mg elemental] becomes mmol in the gut; other substances keep their mg.
    """
    rows: list[EventRow] = []
    for dose in doses:
        if dose.substance not in SUBSTANCES:
            raise InvalidInput.field("substance", dose.substance, ", ".join(SUBSTANCES))
        ours = dose.substance == "magnesium"
        rows.append(
            EventRow(
                ID=person,
                TIME=24.0 * dose.day + dose.clock_hours,
                AMT=mg_to_mmol(dose.amount_mg) if ours else dose.amount_mg,
                CMT="gut" if ours else f"{dose.substance}_gut",
                FORM=dose.form or "",
                FOOD=dose.with_food,
            )
        )
    return _canonical(rows)


def doses_of_events(rows: Iterable[EventRow]) -> tuple[Dose, ...]:
    """Events swallowed as doses of a regimen; observations fall away; mg and clock to rounding.

    `InvalidInput` for what no regimen says: several IDs, infusions, doses into the blood, caffeine.
    """
    events = [each for row in _canonical(rows) for each in _expanded(row) if row.EVID == 1]
    if len({row.ID for row in events}) > 1:
        raise InvalidInput.field("ID", "several", "one person", "choose the rows of one ID")
    doses: list[Dose] = []
    for row in sorted(events):
        substance = "magnesium" if row.CMT == "gut" else row.CMT.removesuffix("_gut")
        if substance not in SUBSTANCES or row.RATE > 0.0:
            allowed = "doses swallowed at once: " + ", ".join(SUBSTANCES)
            raise InvalidInput.field("CMT", f"{row.CMT} at {say.typed(row.TIME)} h", allowed)
        day, clock = divmod(row.TIME, 24.0)
        amount = mmol_to_mg(row.AMT) if row.CMT == "gut" else row.AMT
        doses.append(Dose(int(day), clock, substance, amount, row.FORM or None, row.FOOD))
    return tuple(doses)
