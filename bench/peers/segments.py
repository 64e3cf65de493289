"""Events as a driver of another tool sees them: stretches between moments, by names in the SBML."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from somnesium.body.assembly import Inputs, State
from somnesium.body.melatonin import melatonin_dose
from somnesium.body.stages import Stages
from somnesium.engine.channels import ADD, LIGHTS_OUT, MELATONIN, RISE
from somnesium.engine.lanes import leaf_names
from somnesium.exchange.life import Life
from somnesium.exchange.quantities import PREFIXES, identifier
from somnesium.exchange.symbols import leaves

_INPUTS, _STATES = leaf_names(Inputs), leaf_names(State)
_SCORES = ("night_latency", "night_awake_after_onset", "night_duration")


class Moment(NamedTuple):
    """One moment [h]: what is set, what is added, what takes another's value."""

    time: float
    sets: dict[str, float]
    adds: dict[str, float]
    copies: dict[str, str]
    rises: bool


def moments(life: Life) -> Iterator[Moment]:
    """Everything that happens in a life, by the names of its SBML."""
    events = life.events
    rows = zip(events.time.tolist(), events.channel.tolist(), events.value.tolist(), strict=True)
    for time, group in groupby(rows, key=lambda row: row[0]):
        sets: dict[str, float] = {}
        adds: dict[str, float] = {}
        copies: dict[str, str] = {}
        rises = False
        for _, channel, value in group:
            if channel < ADD:
                sets[identifier(PREFIXES[Inputs] + _INPUTS[channel])] = value
            elif channel < LIGHTS_OUT:
                name = identifier(_STATES[channel - ADD])
                adds[name] = adds.get(name, 0.0) + value
            elif channel == MELATONIN:
                dose = melatonin_dose(value, life.body.pineal)
                adds["melatonin_gut"] = adds.get("melatonin_gut", 0.0) + dose
            else:
                lights_out = channel == LIGHTS_OUT
                rises = rises or channel == RISE
                sets |= {"input_in_bed": float(lights_out), **_stages(float(lights_out))}
                if lights_out:
                    sets |= dict.fromkeys(_SCORES, 0.0)
                    copies["pressure_waiting"] = "pressure_level"
        yield Moment(time, sets, adds, copies, rises)


def _stages(waiting: float) -> dict[str, float]:
    names = [identifier(PREFIXES[Stages] + name) for name in Stages._fields]
    return dict.fromkeys(names, 0.0) | {names[0]: waiting}


def start(life: Life) -> dict[str, float]:
    """Values of parameters and state at hour 0 by the names of the SBML."""
    parts = (
        ("", life.body),
        ("", life.state),
        (PREFIXES[Stages], life.stages),
        (PREFIXES[Inputs], life.inputs),
    )
    found = {
        identifier(name): float(value)
        for prefix, part in parts
        for name, value in leaves(part, prefix).items()
    }
    return found | dict.fromkeys(_SCORES, 0.0)
