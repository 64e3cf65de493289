"""What is taken, how much, when: intakes of a form or a product, and the doses they come to."""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BeforeValidator, Field, model_validator

from somnesium.errors import InvalidInput
from somnesium.person.document import (
    Document,
    Flag,
    Number,
    Whole,
    near_miss,
    read_document,
    refuse,
    refuse_as,
)
from somnesium.person.habits import WEEKDAYS, ClockTime, Days, occurs
from somnesium.person.supplements import ambiguous, elemental_mg, find_form
from somnesium.quantity import clock_hours, clock_text
from somnesium.sources import packaged_toml

SUBSTANCES = (
    "magnesium",
    "melatonin",
    "tryptophan",
    "hydroxytryptophan",
    "glycine",
    "theanine",
    "ashwagandha",
    "zinc",
    "vitamin_b6",
)
"""What a dose can be of; hydroxytryptophan is 5-HTP. Not all are known to the body."""

MassIs = Literal["elemental", "compound"]


def _check_magnesium(amount_mg: float, form: str | None, mass_is: str | None) -> None:
    """Refuse a magnesium amount without a known form, or readable in two ways."""
    if form is None:
        fix = 'say which, as on the label (such as "citrate")'
        raise refuse("the magnesium form", fix, "form", "nothing")
    try:
        find_form(form)
    except InvalidInput as error:
        raise refuse_as(error, "form") from None
    if mass_is is None and amount_mg > 0.0:
        readings = ambiguous(amount_mg, form)
        raise refuse("elemental or compound", readings, "mass_is", "nothing")


class Ingredient(Document):
    """One substance in a serving [mg]; for magnesium also its form and what the mass is of.

    Zinc and vitamin B6 are elemental zinc and pyridoxine; a magnesium mass that could be the
    element's or the compound's is refused.
    """

    substance: Literal[
        "magnesium",
        "melatonin",
        "tryptophan",
        "hydroxytryptophan",
        "glycine",
        "theanine",
        "ashwagandha",
        "zinc",
        "vitamin_b6",
    ]
    amount_mg: Number = Field(ge=0, le=20_000, description="amount in a serving, mg")
    form: str | None = Field(default=None, max_length=100, description="the magnesium form")
    mass_is: MassIs | None = None

    @model_validator(mode="after")
    def _unambiguous(self) -> Self:
        """Form and mass are said for magnesium, and for nothing else."""
        if self.substance == "magnesium":
            _check_magnesium(self.amount_mg, self.form, self.mass_is)
        for field in ("form", "mass_is"):
            if self.substance != "magnesium" and getattr(self, field) is not None:
                given = getattr(self, field)
                raise refuse(
                    "nothing, unless the substance is magnesium", "remove it", field, given
                )
        return self


class Product(Document):
    """A label: what one serving holds."""

    name: str = Field(min_length=1, max_length=200)
    serving: str = Field(default="1 serving", max_length=100, description="what one serving is")
    ingredients: tuple[Ingredient, ...] = Field(min_length=1, max_length=30)
    note: str = Field(default="", max_length=1000)


@cache
def products() -> dict[str, Product]:
    """The packaged products by key: generic archetypes written by us, no maker's label."""
    table = packaged_toml("products.toml")
    return {key: read_document(entry, Product) for key, entry in table.items()}


def find_product(text: str) -> Product:
    """A packaged product by its key or name, or `InvalidInput` with the nearest and all keys."""
    wanted = text.strip().casefold().replace("-", " ").replace("_", " ")
    for key, product in products().items():
        if wanted in (key.replace("_", " "), product.name.casefold().replace("-", " ")):
            return product
    near = near_miss(text, products()) or near_miss(text, (p.name for p in products().values()))
    raise InvalidInput.field("product", text, ", ".join(products()), near or "or write its label")


def _product(value: object) -> object:
    """A name to its packaged product; labels pass."""
    if not isinstance(value, str):
        return value
    try:
        return find_product(value)
    except InvalidInput:
        near = near_miss(value, products())
        allowed = ", ".join(products()) + ", or a table with name and ingredients"
        raise refuse(allowed, near or "write its label as a table") from None


class Intake(Document):
    """One line of a regimen: a magnesium form, or a product, at one or more clock times.

    `magnesium_mg` is what is taken at each time in one serving; days are counted from 1, and
    `end_day` is the last day of taking. A time after midnight belongs to the new date.
    """

    form: str | None = Field(default=None, max_length=100, description="the magnesium form")
    product: Annotated[
        Product | None, BeforeValidator(_product, json_schema_input_type=Product | str | None)
    ] = Field(default=None, description="a packaged product's name, or a label")
    magnesium_mg: Number | None = Field(
        default=None, ge=0, le=20_000, description="magnesium in one serving, mg"
    )
    mass_is: MassIs | None = None
    servings: Number = Field(default=1.0, ge=0, le=50, description="servings at each time")
    times: tuple[ClockTime, ...] = Field(
        min_length=1, max_length=24, description="clock times of taking"
    )
    with_food: Flag = False
    days: Days = WEEKDAYS
    start_day: Whole = Field(default=1, ge=1, le=366, description="first day of taking, from 1")
    end_day: Whole | None = Field(default=None, ge=1, le=366, description="last day of taking")
    missed_days: tuple[Annotated[Whole, Field(ge=1, le=366)], ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        """One thing taken, unambiguously, on days in order."""
        if self.product is not None:
            for field in ("form", "magnesium_mg", "mass_is"):
                if getattr(self, field) is not None:
                    given, fix = getattr(self, field), "the product's label says it: remove it"
                    raise refuse("nothing beside a product", fix, field, given)
        else:
            _check_line(self)
        if self.end_day is not None and self.end_day < self.start_day:
            allowed = f"a day from start_day ({self.start_day}) on"
            raise refuse(allowed, "change one of them", "end_day", self.end_day)
        if len(set(self.times)) < len(self.times):
            fix = "use servings for more at once"
            raise refuse("each clock time once", fix, "times", list(self.times))
        return self


def _check_line(intake: Intake) -> None:
    """Refuse a line that names no product and no complete amount of a form."""
    if intake.form is None and intake.magnesium_mg is None:
        raise refuse("a form with magnesium_mg, or a product", "give one", "form", "nothing")
    if intake.magnesium_mg is None:
        raise refuse("milligrams", "add how much", "magnesium_mg", "nothing")
    _check_magnesium(intake.magnesium_mg, intake.form, intake.mass_is)


class Regimen(Document):
    """What a person takes. No intakes: nothing is taken."""

    name: str = Field(default="", max_length=200)
    intakes: tuple[Intake, ...] = Field(default=(), max_length=50)


class Dose(NamedTuple):
    """One amount of one substance swallowed at one time.

    `day` counts from 0; `clock_hours` is local, [0, 24); `amount_mg` is elemental for magnesium;
    `form` is the key of a magnesium form, else None; `line` the intake of the regimen, from 0.
    """

    day: int
    clock_hours: float
    substance: str
    amount_mg: float
    form: str | None
    with_food: bool
    line: int = 0


def _ingredients(intake: Intake) -> tuple[tuple[str, float, str | None], ...]:
    """Substance, mg (elemental for magnesium) and form of everything in one taking."""
    if intake.product is None:
        parts: tuple[Ingredient, ...] = (
            Ingredient(
                substance="magnesium",
                amount_mg=intake.magnesium_mg or 0.0,
                form=intake.form,
                mass_is=intake.mass_is,
            ),
        )
    else:
        parts = intake.product.ingredients
    found: list[tuple[str, float, str | None]] = []
    for part in parts:
        amount, form = part.amount_mg, None
        if part.substance == "magnesium" and part.form is not None:
            form = find_form(part.form).key
            amount = elemental_mg(amount, form, part.mass_is or "elemental")
        found.append((part.substance, amount * intake.servings, form))
    return tuple(found)


def doses(regimen: Regimen, first_weekday: int, days: int) -> tuple[Dose, ...]:
    """All doses of the first `days` days, day 0 being `first_weekday` (0 Monday), in order.

    The order (day, time, substance, form, food, amount) does not depend on the order of the
    intakes. Amounts of zero are left out, so that a zero dose is no dose.
    """
    found: list[Dose] = []
    for line, intake in enumerate(regimen.intakes):
        parts = [part for part in _ingredients(intake) if part[1] > 0.0]
        last = min(days, intake.end_day or days)
        for day in range(intake.start_day - 1, last):
            if day + 1 in intake.missed_days or not occurs(intake.days, first_weekday + day):
                continue
            for time in intake.times:
                for substance, amount, form in parts:
                    hours, food = clock_hours(time), intake.with_food
                    found.append(Dose(day, hours, substance, amount, form, food, line))
    found.sort(key=lambda d: (d.day, d.clock_hours, d.substance, d.form or "", d[5], d[3]))
    return tuple(found)


def regimen_of_doses(taken: Sequence[Dose], name: str = "") -> Regimen:
    """The regimen whose doses these are: a line for each clock time, thing taken and equal copy."""
    groups: dict[tuple[Dose, int], list[int]] = {}
    for dose, count in Counter(dose._replace(line=0) for dose in taken).items():
        for copy in range(count):  # equal doses of one day are lines of their own
            groups.setdefault((dose._replace(day=0), copy), []).append(dose.day + 1)
    intakes: list[Intake] = []
    for (dose, _), days in sorted(groups.items(), key=lambda group: repr(group[0])):
        substance = dose.substance
        label = {"substance": substance, "amount_mg": dose.amount_mg, "form": dose.form}
        if substance == "magnesium":
            label["mass_is"] = "elemental"
        part = Ingredient.model_validate(label)
        intakes.append(
            Intake(
                product=Product(name=f"{dose.form or ''} {substance}".strip(), ingredients=(part,)),
                times=(clock_text(dose.clock_hours),),
                with_food=dose.with_food,
                start_day=min(days),
                end_day=max(days),
                missed_days=tuple(sorted(set(range(min(days), max(days))) - set(days))),
            )
        )
    return Regimen(name=name, intakes=tuple(intakes))
