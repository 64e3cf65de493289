"""An experiment out of two files, for people without a store: a table of nights, and the plan."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

import numpy as np
from pydantic import Field, model_validator

from somnesium import say
from somnesium.answers.selftrial.data import Series
from somnesium.answers.selftrial.design.allocation import Allocation, Letter, nights_of
from somnesium.answers.selftrial.design.question import Measure, scale_of
from somnesium.errors import InvalidInput
from somnesium.nights.readers.opening import opened
from somnesium.nights.readers.reader import Unreadable
from somnesium.nights.readers.tables import Row, rows
from somnesium.nights.recorders import instrument_named
from somnesium.person.document import Document, Flag, Number, Whole, read_document, refuse
from somnesium.person.request import StartDate
from somnesium.questions.experiment.ran import Ran, letters_told, readings_of, usable
from somnesium.sources import packaged_path

_COLUMNS = ("evening", "value", "instrument", "device", "taken", "assigned")
_MOST_ROWS = 20_000


class Expected(Document):
    """What somebody, or the body model, expects of the plan: mean and sd of the effect [min, %]."""

    mean: Number
    sd: Number = Field(gt=0)


class Carried(Document):
    """How an experiment was carried out: what was asked, and what was to be taken when.

    Periods of `period_nights` nights from `first_evening` on `order`, a letter a period, drawn in
    blocks of two, one of each; `plan_letter` was the plan, the other `comparison`. The effect
    halves in `half_life_nights` after the last dose. `finished` left out, it is so when the last
    planned night is in the table.
    """

    name: str = Field(default="", max_length=200)
    plan: str = Field(default="the plan", max_length=200)
    comparison: str = Field(default="nothing", max_length=200)
    blinding: Literal["capsules", "open"] = "open"
    measure: Measure = "latency"
    worthwhile: Number | None = Field(default=None, gt=0, le=240)
    first_evening: StartDate
    period_nights: Whole = Field(ge=1, le=60)
    order: Annotated[str, Field(pattern=r"^[AB]+$", max_length=400)]
    plan_letter: Literal["A", "B"]
    half_life_nights: Number = Field(default=0.0, ge=0, le=365)
    finished: Flag | None = None
    forecast: Expected | None = None

    @model_validator(mode="after")
    def _in_blocks(self) -> Self:
        """Blocks of two, one of each letter: the only drawing the randomisation test knows."""
        pairs = [self.order[k : k + 2] for k in range(0, len(self.order), 2)]
        if any(pair not in ("AB", "BA") for pair in pairs):
            raise refuse("blocks of AB or BA, such as ABBA", "", "order", self.order)
        return self


class _Line(NamedTuple):
    """One row: a value of one instrument, the dose, and what else the row holds."""

    evening: date
    instrument: str
    device: str
    value: float
    taken: float
    assigned: float
    others: dict[str, float]


def table_ran(nights: Path | str, carried: Path | str | Carried) -> Ran:
    """An experiment from a table of nights and a document of how it was carried out.

    The table has a row a night and instrument: `evening`, `value`, and if known `instrument`,
    `device`, `taken` (0 to 2 times the dose), `assigned`; all other columns are covariates.
    Raises `InvalidInput` for what cannot be read, or contradicts the document.
    """
    plan = carried if isinstance(carried, Carried) else read_document(Path(carried), Carried)
    lines, first = tuple(_lines(Path(nights))), plan.first_evening
    allocation = _allocation(plan)
    assigned, period = letters_told(allocation)
    over = max(((line.evening - first).days + 1 for line in lines), default=0)
    over = min(over, len(assigned))
    if over < 1:
        raise InvalidInput.field("nights", f"{len(lines)} rows", f"evenings from {first} on")
    inside = [line for line in lines if 0 <= (line.evening - first).days < over]
    _agrees(inside, first, assigned)

    def column(values: Iterable[float]) -> np.ndarray:
        """One number a night, the last known of each evening; NaN where there is none."""
        by_night = np.full(over, np.nan)
        for line, value in zip(inside, values, strict=True):
            if not np.isnan(value):
                by_night[(line.evening - first).days] = value
        return by_night

    taken = column(line.taken for line in inside)
    if plan.blinding == "capsules":  # a capsule of the other bottle holds nothing
        taken = taken * assigned[:over]
    names = sorted({name for line in inside for name in line.others})
    series = Series(
        plan.measure,
        first,
        assigned[:over],
        period[:over],
        taken,
        readings_of([line[:4] for line in inside], first, over),
        {name: column(line.others.get(name, np.nan) for line in inside) for name in names},
    )
    outside = len(lines) - len(inside)
    notes = (f"{outside} rows lie outside the experiment and were left out.",) * (outside > 0)
    series, notes = usable(series, notes)
    worthwhile = plan.worthwhile or scale_of(plan.measure).worthwhile
    return Ran(
        name=plan.name,
        plan=plan.plan,
        comparison=plan.comparison,
        blinding=plan.blinding,
        measure=plan.measure,
        worthwhile=float(worthwhile),
        series=series,
        allocation=allocation,
        planned=len(assigned),
        half_life=plan.half_life_nights,
        finished=over == len(assigned) if plan.finished is None else plan.finished,
        forecast=plan.forecast and (plan.forecast.mean, plan.forecast.sd),
        notes=notes,
    )


def example_ran() -> Ran:
    """The bundled example: 56 invented nights in eight periods, by a diary and a ring."""
    return table_ran(packaged_path("selftrial/nights.csv"), packaged_path("selftrial/plan.toml"))


def _allocation(plan: Carried) -> Allocation:
    """The allocation as it was carried out."""
    periods: tuple[Letter, ...] = tuple("A" if letter == "A" else "B" for letter in plan.order)
    letters: dict[Letter, str] = {"A": plan.comparison, "B": plan.comparison}
    letters[plan.plan_letter] = "the plan"
    nights = nights_of(periods, plan.period_nights, plan.first_evening)
    return Allocation("as told", 0, plan.period_nights, periods, letters, nights)


def _lines(path: Path) -> Iterable[_Line]:
    """Every row of the table, checked."""
    with opened(path) as parts:
        if len(parts) != 1:
            raise InvalidInput.field("--nights", f"{len(parts)} files", "one table")
        for count, row in enumerate(rows(parts[0]), 1):
            if count > _MOST_ROWS:
                raise InvalidInput.field("--nights", path.name, f"up to {_MOST_ROWS} rows")
            try:
                yield _line(row)
            except Unreadable as error:
                allowed = "numbers, and dates such as 2026-01-05"
                raise InvalidInput.field(row.where, str(error), allowed) from None


def _line(row: Row) -> _Line:
    """One row as numbers; an empty cell is unknown."""
    for name in ("evening", "value"):
        if name not in row.columns:
            allowed = "the columns evening and value"
            raise InvalidInput.field("--nights", f"no column {name}", allowed)
    try:
        evening = date.fromisoformat(row.text("evening"))
    except ValueError:
        raise Unreadable(f"not a date: {row.text('evening')[:40]!r}") from None

    def number(name: str) -> float:
        cell = row.number(name)
        return np.nan if cell is None else cell

    value = number("value")
    if not 0 <= value <= 1440 and not np.isnan(value):
        raise Unreadable(f"not minutes or percent of a night: {say.figures(value)}")
    return _Line(
        evening,
        instrument_named(row.text("instrument") or "diary"),
        row.text("device"),
        value,
        number("taken"),
        number("assigned"),
        {name: number(name) for name in row.columns if name and name not in _COLUMNS},
    )


def _agrees(lines: Iterable[_Line], first: date, assigned: np.ndarray) -> None:
    """Refuse a table that says another allocation than the document."""
    for line in lines:
        meant = assigned[(line.evening - first).days]
        if not np.isnan(line.assigned) and line.assigned != meant:
            at, allowed = f"assigned on {line.evening}", say.figures(meant)
            fix = "table and plan contradict each other: mend one of them"
            raise InvalidInput.field(at, line.assigned, allowed, fix)
