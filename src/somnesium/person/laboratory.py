"""Laboratory values of magnesium other than serum, and signs that people put down to magnesium.

Every value has a field for each unit a laboratory may print, and at most one of them is given.
Nothing is converted by guessing: what looks like another unit is asked about.
"""

from typing import Literal, NamedTuple, Self, get_args

from pydantic import Field, model_validator

from somnesium.person.document import Document, Number, refuse
from somnesium.quantity import MAGNESIUM_MOLAR_MASS, mg_to_mmol

Sign = Literal[
    "fatigue",
    "palpitations",
    "nausea",
    "night_cramps",
    "forgetfulness",
    "mood",
    "high_blood_pressure",
    "headache",
    "muscle_weakness",
]
"""Something people notice and put down to a lack of magnesium."""

SIGNS: tuple[str, ...] = get_args(Sign)
"""All sign keys."""


class _Pair(NamedTuple):
    """The same measurement in two units."""

    molar: str
    mass: str


_PAIRS = (
    _Pair("ionised_mmol_l", "ionised_mg_dl"),
    _Pair("red_cell_mmol_l", "red_cell_mg_dl"),
    _Pair("urine_mmol_day", "urine_mg_day"),
)


class Laboratory(Document):
    """Magnesium measured elsewhere than in serum; serum stands with the person.

    Ionised: in blood. Red cell: in packed red cells. Urine: of a whole 24-hour collection.
    Loading: share of magnesium given into a vein (30 mmol, or 0.1 mmol/kg) that was kept over
    24 hours [%]; it can be negative.
    """

    ionised_mmol_l: Number | None = Field(
        default=None, ge=0.1, le=2, description="ionised magnesium in mmol/L"
    )
    ionised_mg_dl: Number | None = Field(
        default=None, ge=0.24, le=4.9, description="ionised magnesium in mg/dL"
    )
    red_cell_mmol_l: Number | None = Field(
        default=None, ge=0.4, le=8, description="red cell magnesium in mmol/L"
    )
    red_cell_mg_dl: Number | None = Field(
        default=None, ge=1, le=20, description="red cell magnesium in mg/dL"
    )
    urine_mmol_day: Number | None = Field(
        default=None, ge=0.05, le=500, description="magnesium in 24-hour urine, mmol a day"
    )
    urine_mg_day: Number | None = Field(
        default=None, ge=1, le=1500, description="magnesium in 24-hour urine, mg a day"
    )
    loading_retained_percent: Number | None = Field(
        default=None, ge=-100, le=100, description="share kept of a loading test, %"
    )

    @model_validator(mode="after")
    def _one_unit_each(self) -> Self:
        """Refuse the same measurement in two units."""
        for pair in _PAIRS:
            second = getattr(self, pair.mass)
            if getattr(self, pair.molar) is not None and second is not None:
                fix = f"{pair.molar} is given as well: keep the unit on your sheet"
                raise refuse(f"only one of {pair.molar}, {pair.mass}", fix, pair.mass, second)
        return self


def _per_litre(molar: float | None, mass: float | None) -> float | None:
    """mmol/L of a value given in mmol/L or in mg/dL."""
    return molar if mass is None else mass * 10.0 / MAGNESIUM_MOLAR_MASS


def ionised_of(laboratory: Laboratory) -> float | None:
    """Ionised magnesium, mmol/L; None if it was not measured."""
    return _per_litre(laboratory.ionised_mmol_l, laboratory.ionised_mg_dl)


def red_cell_of(laboratory: Laboratory) -> float | None:
    """Magnesium in red cells, mmol/L of cells; None if it was not measured."""
    return _per_litre(laboratory.red_cell_mmol_l, laboratory.red_cell_mg_dl)


def urine_of(laboratory: Laboratory) -> float | None:
    """Magnesium in 24-hour urine, mmol/d; None if it was not measured."""
    mass = laboratory.urine_mg_day
    return laboratory.urine_mmol_day if mass is None else mg_to_mmol(mass)
