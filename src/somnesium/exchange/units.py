"""Our units in SBML's: `mmol/L/h` is built from seconds, moles, litres and grams."""

from typing import NamedTuple


class Factor(NamedTuple):
    """One factor of a unit: (multiplier · 10^scale · kind)^exponent, kind an SBML base unit."""

    kind: str
    exponent: int = 1
    scale: int = 0
    multiplier: float = 1.0


class BuiltUnit(NamedTuple):
    """A unit definition: its identifier, the text it comes from, its factors."""

    identifier: str
    text: str
    factors: tuple[Factor, ...]


_FACTORS = {
    "mol": Factor("mole"),
    "mmol": Factor("mole", scale=-3),
    "nmol": Factor("mole", scale=-9),
    "pmol": Factor("mole", scale=-12),
    "L": Factor("litre"),
    "h": Factor("second", multiplier=3600.0),
    "min": Factor("second", multiplier=60.0),
    "ms": Factor("second", scale=-3),
    "g": Factor("gram"),
    "mg": Factor("gram", scale=-3),
    "lux": Factor("lux"),
}
_COUNTED = ("1", "beats")


def unit_identifier(text: str) -> str:
    """The identifier of a unit such as `mmol/L`: `mmol_per_L`; of `1`, `dimensionless`."""
    over, *under = text.split("/")
    if over in _COUNTED and not under:
        return "dimensionless"
    words = [] if over == "1" else [over]
    return "_".join(words + [f"per_{part}" for part in under])


def built_unit(text: str) -> BuiltUnit:
    """The definition of a unit written as ours are: factors divided one by one."""
    over, *under = text.split("/")
    factors = () if over in _COUNTED else (_FACTORS[over],)
    below = tuple(_FACTORS[part]._replace(exponent=-1) for part in under)
    return BuiltUnit(unit_identifier(text), text, factors + below)
