"""What every quantity of the exported body is: its name there, unit, meaning, source, substance.

A name in an exported file is the dotted name with underscores (`stores.plasma` becomes
`stores_plasma`); stages, inputs, drives, rates and sums of the night carry the name of
their kind before it (`stage_n1`, `input_light`, `night_latency`).
"""

from typing import Annotated, NamedTuple

from somnesium.body.assembly import Body, Exposure, Fixed, Inputs, Slow, State
from somnesium.body.readouts import Signals
from somnesium.body.stages import Drive, Rates, Stages
from somnesium.quantity import Par, Var, declared


class Slept(NamedTuple):
    """Expected times since the last lights-out [h]."""

    latency: Annotated[float, Var("h", "expected time to fall asleep since lights-out")]
    awake_after_onset: Annotated[float, Var("h", "expected time awake after first falling asleep")]
    duration: Annotated[float, Var("h", "expected time asleep since lights-out")]


PREFIXES: dict[type[tuple[object, ...]], str] = {
    State: "",
    Body: "",
    Stages: "stage.",
    Inputs: "input.",
    Fixed: "fixed.",
    Exposure: "exposure.",
    Slow: "slow.",
    Signals: "",
    Drive: "drive.",
    Rates: "rate.",
    Slept: "night.",
}
"""What stands before the name of a leaf of each kind."""


class Quantity(NamedTuple):
    """One number of the exported body."""

    name: str
    """Dotted name."""
    unit: str
    meaning: str
    source: str = ""
    """Source key, empty where the number is neither a parameter nor a signal."""
    substance: str = ""
    """ChEBI number of what it is an amount or concentration of, empty if of nothing."""


_CHEBI = {
    "magnesium": "18420",
    "melatonin": "16796",
    "cortisol": "17650",
    "caffeine": "27732",
    "ethanol": "16236",
}
_ALONG_THE_WAY = [
    Quantity("asleep", "1", "probability of being asleep"),
    Quantity("caffeine_block", "1", "adenosine receptors that caffeine holds"),
]
_SAME = ("melatonin", "cortisol", "clock_x")
"""Signals that are a state under another name."""
_WORDS: dict[type[tuple[object, ...]], str] = {
    Drive: "what the body tells the stage chain,",
    Rates: "transition rate of the stage chain,",
}


def identifier(name: str) -> str:
    """The dotted name as the other languages allow it."""
    return name.replace(".", "_")


def _variable(kind: type[tuple[object, ...]], leaf: str, variable: Var) -> Quantity:
    """Only a signal is cited; the equations of a state are, in its parameters."""
    meaning = variable.meaning or f"{_WORDS[kind]} {leaf}".replace("_", " ")
    source = variable.source if kind is Signals else ""
    substance = _CHEBI.get(variable.substance, "")
    return Quantity(PREFIXES[kind] + leaf, variable.unit, meaning, source, substance)


def quantities() -> dict[str, Quantity]:
    """Every quantity of the exported body, by its dotted name."""
    listed = [
        Quantity(name, par.unit, name.replace(".", ": ").replace("_", " "), par.source)
        for name, par in declared(Body, Par).items()
    ]
    listed += [
        _variable(kind, leaf, variable)
        for kind in PREFIXES
        if kind is not Body
        for leaf, variable in declared(kind, Var).items()
        if kind is not Signals or leaf not in _SAME
    ]
    return {quantity.name: quantity for quantity in listed + _ALONG_THE_WAY}
