"""Laboratory values that look as if in another unit, or contradict each other: asked about.

A value that is asked about is used for nothing until it is settled.
"""

from typing import NamedTuple

from somnesium import say
from somnesium.person.cautions import Caution
from somnesium.person.laboratory import ionised_of
from somnesium.person.person import Person, serum_magnesium_of
from somnesium.quantity import MAGNESIUM_MOLAR_MASS

_MMOL_L_ASKED_FROM = 1.3  # judgement#serum-unit: far above health in mmol/L, ordinary in mg/dL
_MG_DL_ASKED_TO = 1.2  # judgement#serum-unit: far below health in mg/dL, ordinary in mmol/L


def _serum_question(value: float, unit: str, other: str, read: float, meant: float) -> Caution:
    """Ask which unit a laboratory sheet says; both readings in mmol/L."""
    return Caution(
        key="serum_unit",
        text=(
            f"You wrote a serum magnesium of {say.figures(value)} {unit}. That would be "
            f"{say.number(read, 2)} mmol/L, far out of the usual range. If your sheet says "
            f"{other}, it is {say.number(meant, 2)} mmol/L. Which unit does the sheet say? Write "
            "the value under that unit. If it is right as it stands, see a doctor today."
        ),
        clinician=(
            f"Serum magnesium {say.figures(value)} {unit}: implausible outside critical illness; "
            f"plausible in {other}. Confirm the unit before acting on it."
        ),
        sources=("judgement#serum-unit", "definition#molar-mass"),
    )


def serum_questions(person: Person) -> tuple[Caution, ...]:
    """A question where serum magnesium is implausible in its unit and plausible in the other."""
    molar, mass = person.serum_magnesium_mmol_l, person.serum_magnesium_mg_dl
    if molar is not None and molar >= _MMOL_L_ASKED_FROM:
        return (
            _serum_question(molar, "mmol/L", "mg/dL", molar, molar * 10.0 / MAGNESIUM_MOLAR_MASS),
        )
    if mass is not None and mass <= _MG_DL_ASKED_TO:
        return (_serum_question(mass, "mg/dL", "mmol/L", mass * 10.0 / MAGNESIUM_MOLAR_MASS, mass),)
    return ()


class _Look(NamedTuple):
    """A field whose value looks like another unit from `above` on, or up to `below`."""

    test: str
    field: str
    what: str
    unit: str
    other: str
    above: float | None = None
    below: float | None = None


# Borders lie where the value is far from health in its own unit and ordinary in the other
# (judgement#laboratory-units; ranges as in `laboratory.TESTS`).
_LOOKS = (
    _Look("ionised", "ionised_mmol_l", "free magnesium", "mmol/L", "mg/dL", above=0.9),
    _Look("ionised", "ionised_mg_dl", "free magnesium", "mg/dL", "mmol/L", below=0.7),
    _Look("red_cell", "red_cell_mmol_l", "red cell magnesium", "mmol/L", "mg/dL", above=3.8),
    _Look("red_cell", "red_cell_mg_dl", "red cell magnesium", "mg/dL", "mmol/L", below=2.8),
    _Look("urine", "urine_mmol_day", "urine magnesium", "mmol a day", "mg", above=20.0),
    _Look("urine", "urine_mg_day", "urine magnesium", "mg a day", "mmol", below=12.0),
)


def _question(look: _Look, value: float) -> Caution:
    """Ask which unit the sheet says."""
    return Caution(
        key="laboratory_unit",
        text=(
            f"You wrote {look.what} of {say.figures(value)} {look.unit}. That is far out of the "
            f"usual range, but would be usual in {look.other}. Which unit does the sheet say? "
            "Until you tell us, we do not use it. If it is right as it stands, show it to a "
            "doctor."
        ),
        clinician=(
            f"{look.field} = {say.figures(value)}: implausible in {look.unit}, plausible in "
            f"{look.other}. Left out until the unit is confirmed."
        ),
        sources=("judgement#laboratory-units", "definition#molar-mass"),
    )


def _asked(person: Person) -> list[tuple[str, Caution]]:
    """Fields that look like another unit: the test they are of, and the question."""
    found = [("serum", caution) for caution in serum_questions(person)]
    for look in _LOOKS:
        value = getattr(person.laboratory, look.field)
        if value is None:
            continue
        over = look.above is not None and value >= look.above
        if over or (look.below is not None and value <= look.below):
            found.append((look.test, _question(look, value)))
    return found


def _contradiction(person: Person) -> Caution | None:
    """Free magnesium is a part of all that is in the blood: more than it cannot be."""
    free, total = ionised_of(person.laboratory), serum_magnesium_of(person)
    if free is None or total is None or free < 0.95 * total:
        return None
    scale = MAGNESIUM_MOLAR_MASS / 10.0
    return Caution(
        key="laboratory_conflict",
        text=(
            f"Your free magnesium ({say.number(free, 2)} mmol/L, {say.number(free * scale, 2)} "
            f"mg/dL) would be as much as all magnesium in your blood ({say.number(total, 2)} "
            f"mmol/L, {say.number(total * scale, 2)} mg/dL). One of them has the wrong unit or "
            "name. Look at the sheet again. We use neither."
        ),
        clinician="Ionised magnesium at or above total: check units and assay; both left out.",
        sources=("newhouse2002", "judgement#laboratory-units"),
    )


def laboratory_questions(person: Person) -> tuple[tuple[Caution, ...], frozenset[str]]:
    """Questions about the person's laboratory values, and the tests left out until answered."""
    asked = _asked(person)
    left_out = {test for test, _ in asked}
    questions = [caution for _, caution in asked]
    conflict = None if left_out & {"ionised", "serum"} else _contradiction(person)
    if conflict is not None:
        questions.append(conflict)
        left_out |= {"ionised", "serum"}
    return tuple(questions), frozenset(left_out)
