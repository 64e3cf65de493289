"""The border between people's units and ours, and what every parameter, state and signal declares.

Inside Somnesium amounts are mmol, volumes L, times h, concentrations mmol/L (melatonin pmol/L,
cortisol nmol/L, caffeine mg, alcohol g/L). Milligrams and clock times exist only here.
"""

import math
import re
from typing import Annotated, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from somnesium import say
from somnesium.errors import InvalidInput

Real = float
"""A real number: a float in use, a unit-carrying or symbolic number in tests and exports."""

MAGNESIUM_MOLAR_MASS = 24.305
"""g/mol, equal to mg/mmol (IUPAC 2021 standard atomic weight, abridged)."""


class Par(NamedTuple):
    """What a parameter is: its unit, where it comes from, how it differs, how sure we are.

    `cv` is the between-person coefficient of variation of a log-normal; `sd` the between-person
    standard deviation, in the parameter's unit, of a normal. `doubt` is our own uncertainty about
    the typical value, as a relative standard deviation of a normal, so that it includes zero and
    the other sign. All default to none.
    """

    unit: str
    source: str
    cv: float = 0.0
    sd: float = 0.0
    doubt: float = 0.0


class Var(NamedTuple):
    """What a state, input or signal is: its unit, meaning, source, and the substance it counts."""

    unit: str
    meaning: str = ""
    source: str = ""
    substance: str = ""


_Declared = TypeVar("_Declared", Par, Var)


def declared(kind: type[tuple[object, ...]], what: type[_Declared]) -> dict[str, _Declared]:
    """What every leaf of a NamedTuple declares, by dotted name in order: `stores.plasma`, …

    The parts of an annotated tuple are told apart by it: `cosine` of `the clock's phase`.
    Raises `TypeError` where a leaf declares nothing.
    """
    leaves: dict[str, _Declared] = {}
    for field, hint in get_type_hints(kind, include_extras=True).items():
        inner, *extras = get_args(hint) if get_origin(hint) is Annotated else (hint,)
        declaration = next((extra for extra in extras if isinstance(extra, what)), None)
        if isinstance(inner, type) and issubclass(inner, tuple):
            for name, part in declared(inner, what).items():
                leaf = f"{field}.{name}"
                leaves[leaf] = part
                if isinstance(part, Var) and isinstance(declaration, Var):
                    leaves[leaf] = part._replace(meaning=f"{part.meaning} of {declaration.meaning}")
        elif declaration is None:
            raise TypeError(f"{kind.__name__}.{field} declares no {what.__name__}")
        else:
            leaves[field] = declaration
    return leaves


def require_finite(field: str, value: float, low: float, high: float, unit: str) -> float:
    """Return `value`, or raise `InvalidInput` if it is NaN, infinite or outside [low, high]."""
    if not math.isfinite(value) or not low <= value <= high:
        raise InvalidInput.field(
            field, value, f"a number from {say.typed(low)} to {say.typed(high)} {unit}"
        )
    return value


def mg_to_mmol(milligrams: float) -> float:
    """Elemental magnesium, mg to mmol. Never pass the mass of a compound."""
    return milligrams / MAGNESIUM_MOLAR_MASS


def mmol_to_mg(millimoles: float) -> float:
    """Magnesium, mmol to elemental mg."""
    return millimoles * MAGNESIUM_MOLAR_MASS


_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})$")


def clock_hours(text: str, field: str = "time") -> float:
    """Clock time `HH:MM` to hours after midnight, [0, 24). `24:00` and `25:10` are refused."""
    match = _CLOCK.match(text.strip()) if isinstance(text, str) else None
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise InvalidInput.field(
            field, text, "a clock time from 00:00 to 23:59", 'write it as "22:30"'
        )
    return int(match[1]) + int(match[2]) / 60


def clock_text(hours: float) -> str:
    """Hours after midnight (any day) to `HH:MM`, rounded to the minute."""
    minutes = round(hours * 60) % 1440
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
