"""Laboratory values that look as if they were in another unit: asked about, never converted."""

from somnesium import say
from somnesium.answers.safety.evaluate import Caution
from somnesium.person.person import Person
from somnesium.quantity import MAGNESIUM_MOLAR_MASS

_MMOL_L_ASKED_FROM = 1.3  # judgement#serum-unit: far above health in mmol/L, ordinary in mg/dL
_MG_DL_ASKED_TO = 1.2  # judgement#serum-unit: far below health in mg/dL, ordinary in mmol/L


def _question(value: float, unit: str, other: str, read: float, meant: float) -> Caution:
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
        return (_question(molar, "mmol/L", "mg/dL", molar, molar * 10.0 / MAGNESIUM_MOLAR_MASS),)
    if mass is not None and mass <= _MG_DL_ASKED_TO:
        return (_question(mass, "mg/dL", "mmol/L", mass * 10.0 / MAGNESIUM_MOLAR_MASS, mass),)
    return ()
