"""What every quantity of the exported body is: its name there, unit, meaning, source, substance.

A name in an exported file is the dotted name with underscores (`stores.plasma` becomes
`stores_plasma`); stages, inputs, drives, rates and sums of the night carry the name of
their kind before it (`stage_n1`, `input_light`, `night_latency`).
"""

from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

from somnesium.body.assembly import Body, Exposure, Fixed, Inputs, Slow, State
from somnesium.body.readouts import Signals
from somnesium.body.stages import Drive, Rates, Stages
from somnesium.engine.lanes import leaf_names
from somnesium.quantity import Par
from somnesium.simulation.trajectory import UNITS


class Slept(NamedTuple):
    """Expected times since the last lights-out [h]."""

    latency: float
    awake_after_onset: float
    duration: float


PREFIXES = {
    State: "",
    Body: "",
    Stages: "stage.",
    Inputs: "input.",
    Fixed: "fixed.",
    Exposure: "exposure.",
    Slow: "slow.",
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
    """Source key, empty where the number is not a parameter."""
    substance: str = ""
    """ChEBI number of what it is an amount or concentration of, empty if of nothing."""


MAGNESIUM, MELATONIN, CORTISOL = "18420", "16796", "17650"
CAFFEINE, ETHANOL = "27732", "16236"

MEANINGS: dict[str, tuple[str, str, str]] = {
    "clock.x": ("1", "pacemaker coordinate x", ""),
    "clock.y": ("1", "pacemaker coordinate y", ""),
    "clock.used": ("1", "share of photoreceptors in use", ""),
    "pressure.level": ("1", "homeostatic sleep pressure", ""),
    "pressure.waiting": ("1", "sleep pressure of those not yet asleep since lights-out", ""),
    "pressure.strain": ("1", "missed sleep, in points of sleepiness", ""),
    "melatonin.plasma": ("pmol/L", "plasma melatonin", MELATONIN),
    "melatonin.gut": ("pmol/L", "swallowed melatonin, as the plasma it would make", MELATONIN),
    "cortisol.plasma": ("nmol/L", "total plasma cortisol", CORTISOL),
    "cortisol.risen": ("1", "time out of bed, low-passed", ""),
    "load": ("1", "arousal load that lasts from day to day", ""),
    "caffeine.gut": ("mg", "caffeine in the gut", CAFFEINE),
    "caffeine.body": ("mg", "caffeine in the body", CAFFEINE),
    "alcohol.blood": ("g/L", "alcohol in blood", ETHANOL),
    "alcohol.lagged": ("g/L", "alcohol in blood, two hours behind", ETHANOL),
    "calmatives.onset_gut": ("1", "glycine and theanine in the gut, doses studied", ""),
    "calmatives.onset": ("1", "glycine and theanine acting, doses studied", ""),
    "calmatives.staying_gut": ("1", "tryptophan in the gut, doses studied", ""),
    "calmatives.staying": ("1", "tryptophan acting, doses studied", ""),
    "calmatives.adaptogen": ("1", "ashwagandha acting over weeks, doses studied", ""),
    "gut.swallowed": ("mmol", "soluble magnesium swallowed", MAGNESIUM),
    "gut.solid": ("mmol", "magnesium still solid in the gut", MAGNESIUM),
    "gut.lumen": ("mmol", "magnesium dissolved in the intestine", MAGNESIUM),
    "stores.plasma": ("mmol", "magnesium in blood and extracellular fluid", MAGNESIUM),
    "stores.tissue": ("mmol", "magnesium in soft tissue", MAGNESIUM),
    "stores.slow": ("mmol", "magnesium in bone and deep muscle", MAGNESIUM),
    "brain": ("1", "brain extracellular magnesium over normal", MAGNESIUM),
    "rem_pressure": ("1", "pressure for REM sleep", ""),
    "lost.absorbed": ("mmol", "magnesium absorbed since settling began", MAGNESIUM),
    "lost.urine": ("mmol", "magnesium lost in urine since settling began", MAGNESIUM),
    "lost.stool": ("mmol", "magnesium passed in stool since settling began", MAGNESIUM),
    "lost.endogenous": ("mmol", "magnesium the body itself lost into the gut", MAGNESIUM),
    "stage.waiting": ("1", "probability of lying awake before sleep", ""),
    "stage.wake": ("1", "probability of being awake after onset", ""),
    "stage.n1": ("1", "probability of N1", ""),
    "stage.n2": ("1", "probability of N2", ""),
    "stage.n3": ("1", "probability of N3", ""),
    "stage.rem": ("1", "probability of REM", ""),
    "night.latency": ("h", "expected time to fall asleep since lights-out", ""),
    "night.awake_after_onset": ("h", "expected time awake after first falling asleep", ""),
    "night.duration": ("h", "expected time asleep since lights-out", ""),
    "input.light": ("lux", "melanopic daylight illuminance at the open eye", ""),
    "input.in_bed": ("1", "1 within a sleep opportunity, else 0", ""),
    "input.stress": ("1", "stress, 0 to 1", ""),
    "input.exercise": ("1", "exercise, 0 to 1", ""),
    "input.hypnotic": ("1", "a hypnotic's effect, log-hazard units", ""),
    "input.drinking": ("g/h", "ethanol drunk", ETHANOL),
    "input.unrest": ("1", "arousal of one night by chance, log-hazard units", ""),
    "asleep": ("1", "probability of being asleep", ""),
    "caffeine_block": ("1", "adenosine receptors that caffeine holds", ""),
    "exposure.photic_open": ("1/h", "rate at which light uses photoreceptors, eyes open", ""),
    "exposure.photic_closed": ("1/h", "rate at which light uses photoreceptors, eyes closed", ""),
    "exposure.melatonin_open": ("1", "melatonin synthesis that light leaves, eyes open", ""),
    "exposure.melatonin_closed": ("1", "melatonin synthesis that light leaves, eyes closed", ""),
    "exposure.drinking": ("g/L/h", "ethanol entering its volume", ETHANOL),
    "slow.phase.cos": ("1", "cosine of the clock's phase from the temperature minimum", ""),
    "slow.phase.sin": ("1", "sine of the clock's phase from the temperature minimum", ""),
    "slow.deficit": ("1", "magnesium deficit of soft tissue", ""),
    "slow.active": ("1", "gain of being awake on the clock", ""),
    "slow.shift": ("1", "drive of melatonin on the clock", ""),
    "slow.gate": ("1", "gate of melatonin synthesis", ""),
    "slow.cortisol": ("nmol/L/h", "daily drive of cortisol", ""),
    "slow.brain": ("1", "brain magnesium at rest with the plasma, over normal", ""),
    "slow.filtered": ("mmol/h", "magnesium the sober kidney spills", MAGNESIUM),
}
"""Unit, meaning and substance (ChEBI) of states, inputs, and what is named along the way."""

_STATES = ("melatonin", "cortisol", "clock_x")  # signals that are a state under another name


def identifier(name: str) -> str:
    """The dotted name as the other languages allow it."""
    return name.replace(".", "_")


def _parameters(kind: type, prefix: str = "") -> Iterator[Quantity]:
    """The parameters of a tuple of `Par`-annotated fields, the fields of its tuples among them."""
    for field, hint in get_type_hints(kind, include_extras=True).items():
        if get_origin(hint) is Annotated:
            par = next(extra for extra in get_args(hint) if isinstance(extra, Par))
            words = f"{prefix}{field}".replace(".", ": ").replace("_", " ")
            yield Quantity(f"{prefix}{field}", par.unit, words, par.source)
        else:
            yield from _parameters(hint, f"{prefix}{field}.")


def _between(kind: Any, unit: str, words: str) -> Iterator[Quantity]:  # noqa: ANN401
    """Quantities of one unit that stand between state and rates: drives, rates, what is fixed."""
    for leaf in leaf_names(kind):
        meaning = f"{words} {leaf}".replace("_", " ").replace(".", ", ")
        yield Quantity(PREFIXES[kind] + leaf, unit, meaning)


def quantities() -> dict[str, Quantity]:
    """Every quantity of the exported body, by its dotted name."""
    rates = "transition rate of the stage chain,"
    found = [
        *_parameters(Body),
        *(Quantity(name, *rest[:2], substance=rest[2]) for name, rest in MEANINGS.items()),
        *(Quantity(name, *UNITS[name]) for name in Signals._fields if name not in _STATES),
        *_between(Fixed, "1", "what follows from parameters alone,"),
        *_between(Drive, "1", "what the body tells the stage chain,"),
        *_between(Rates, "1/h", rates),
    ]
    return {quantity.name: quantity for quantity in found}
