"""What is taken, line by line and by the clock, and what must be kept apart from which medicine."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from somnesium.answers.safety.gate import Judgement
from somnesium.answers.safety.rules import interactions
from somnesium.answers.safety.separation import UNKNOWN_HOURS, Need, clash, meets, need_of, takings
from somnesium.person.document import Document, Flag, Number
from somnesium.person.habits import WEEKDAYS
from somnesium.person.medicines import Medicine
from somnesium.person.regimen import Ingredient, Intake
from somnesium.person.request import Request
from somnesium.person.supplements import elemental_mg, find_form
from somnesium.quantity import clock_text

Kept = Literal["kept", "too near", "time unknown"]
"""Whether a medicine is far enough from the plan's doses, or its time is not stated."""


class Taken(Document):
    """One substance of one line of the plan, as taken at each of its times.

    `amount_mg` is elemental for magnesium; `compound_mg` is the mass of the whole magnesium
    compound in it (None for what is no magnesium). `stated_as` is what the label's number meant.
    """

    name: str
    substance: str
    form: str | None
    amount_mg: Number
    compound_mg: Number | None
    stated_as: Literal["elemental", "compound", "amount"]
    times: tuple[str, ...]
    servings: Number
    with_food: Flag
    days: str
    sources: tuple[str, ...] = Field(description="where the form's elemental share comes from")


class Apart(Document):
    """A medicine, what it must be kept from, and for how long [h]; `why` is for a professional.

    In the plan as it stands they are `hours_apart` where they are too near.
    """

    rule: str
    medicine: str
    times: tuple[str, ...]
    substances: tuple[str, ...]
    hours_before: Number
    hours_after: Number
    state: Kept
    hours_apart: Number | None
    why: str
    sources: tuple[str, ...]


class Moment(Document):
    """A clock time of the day, and what is taken then."""

    time: str
    what: str
    kind: Literal["medicine", "plan"]


def _parts(intake: Intake) -> tuple[Ingredient, ...]:
    """What one serving holds."""
    if intake.product is not None:
        return intake.product.ingredients
    return (
        Ingredient(
            substance="magnesium",
            amount_mg=intake.magnesium_mg or 0.0,
            form=intake.form,
            mass_is=intake.mass_is,
        ),
    )


def _days(intake: Intake) -> str:
    """On which days, in words."""
    text = "every day" if len(intake.days) == len(WEEKDAYS) else ", ".join(intake.days)
    if intake.start_day > 1 or intake.end_day is not None:
        last = f" to {intake.end_day}" if intake.end_day is not None else " on"
        text += f", from day {intake.start_day}{last}"
    left = len(intake.missed_days)
    return text + (f", {left} day{'s' if left > 1 else ''} left out" if left else "")


def _line(intake: Intake, part: Ingredient) -> Taken:
    """One substance of one line."""
    amount, compound, form = part.amount_mg * intake.servings, None, None
    sources: tuple[str, ...] = ()
    stated: Literal["elemental", "compound", "amount"] = "amount"
    if part.substance == "magnesium" and part.form is not None:
        found, stated = find_form(part.form), part.mass_is or "elemental"
        amount = elemental_mg(part.amount_mg, found.key, stated) * intake.servings
        compound, form, sources = amount / found.elemental_fraction, found.key, found.sources
    return Taken(
        name=intake.product.name if intake.product is not None else f"magnesium {form}",
        substance=part.substance,
        form=form,
        amount_mg=amount,
        compound_mg=compound,
        stated_as=stated,
        times=intake.times,
        servings=intake.servings,
        with_food=intake.with_food,
        days=_days(intake),
        sources=sources,
    )


def taken_lines(request: Request) -> tuple[Taken, ...]:
    """Every substance of every line of the plan, in its order; amounts of zero are left out."""
    lines = (_line(one, part) for one in request.regimen.intakes for part in _parts(one))
    return tuple(one for one in lines if one.amount_mg > 0.0)


def _wanted(medicines: tuple[Medicine, ...]) -> Iterator[tuple[str, Need, str, tuple[str, ...]]]:
    """Rule, need, reason and sources of all that is to be kept apart."""
    for row in interactions():
        if row.action != "separate":
            continue
        for medicine in takings(medicines):
            if meets(row, medicine):
                yield row.key, need_of(row, medicine), row.clinician, row.sources
    why = "Not in our table: kept as far from magnesium as any medicine listed by its label."
    for medicine in medicines:
        if medicine.key is None and medicine.name_given.strip():
            need = Need(
                medicine.name_given,
                medicine.times,
                frozenset({"magnesium"}),
                UNKNOWN_HOURS,
                UNKNOWN_HOURS,
            )
            yield "unknown_medicine", need, why, ("emc4841",)


def kept_apart(judgement: Judgement) -> tuple[Apart, ...]:
    """Every separation that the plan's substances ask for, and whether it is kept."""
    clocks, told = judgement.taken.clocks, []
    for rule, need, why, sources in _wanted(judgement.medicines):
        held = sorted(need.substances & set(clocks))
        if not held:
            continue
        near = clash(need, [time for name in held for time in clocks[name]])
        state: Kept = "too near" if near else "kept" if need.times else "time unknown"
        told.append(
            Apart(
                rule=rule,
                medicine=need.medicine,
                times=tuple(map(clock_text, need.times)),
                substances=tuple(held),
                hours_before=need.hours_before,
                hours_after=need.hours_after,
                state=state,
                hours_apart=None if near is None else near.hours,
                why=why,
                sources=sources,
            )
        )
    return tuple(told)


def by_the_clock(judgement: Judgement) -> tuple[Moment, ...]:
    """Medicines with stated times and the plan's doses, from morning to night."""
    found = [
        (time, Moment(time=clock_text(time), what=one.name_given, kind="medicine"))
        for one in judgement.medicines
        for time in one.times
    ]
    taken: dict[float, list[str]] = {}
    for name, times in judgement.taken.clocks.items():
        for time in times:
            taken.setdefault(time, []).append(name.replace("_", " "))
    found += [
        (time, Moment(time=clock_text(time), what=", ".join(names), kind="plan"))
        for time, names in taken.items()
    ]
    return tuple(one for _, one in sorted(found, key=lambda pair: (pair[0], pair[1].what)))
