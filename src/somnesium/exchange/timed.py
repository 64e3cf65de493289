"""What happens at each moment of a life, as assignments in infix text.

All events of one moment become one, because what a file's simultaneous events do to one variable
depends on a tool's choice of order; here it is carried out in the engine's order beforehand.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from somnesium.body.assembly import Inputs, State
from somnesium.body.stages import Stages
from somnesium.engine.channels import ADD, LIGHTS_OUT, MELATONIN, RISE
from somnesium.engine.lanes import leaf_names
from somnesium.engine.schedule import Events
from somnesium.exchange.quantities import PREFIXES, Slept, identifier, quantities
from somnesium.exchange.symbols import formula, melatonin_of_dose
from somnesium.exchange.units import unit_identifier

_INPUTS, _STATES = leaf_names(Inputs), leaf_names(State)
_DOSE = "dose"


class Happening(NamedTuple):
    """One moment [h]: what it is, and new values of dotted names, as infix text."""

    time: float
    name: str
    changes: tuple[tuple[str, str], ...]


def happenings(events: Events) -> Iterator[Happening]:
    """The moments of sorted events, each with everything that happens then."""
    units = {name: unit_identifier(known.unit) for name, known in quantities().items()}
    rows = zip(events.time.tolist(), events.channel.tolist(), events.value.tolist(), strict=True)
    for time, moment in groupby(rows, key=lambda row: row[0]):
        changes: dict[str, str] = {}
        names: list[str] = []
        for _, channel, value in moment:
            what, new = _change(channel, value, changes, units)
            changes |= new
            names.append(what)
        yield Happening(time, ", ".join(dict.fromkeys(names)), tuple(changes.items()))


def _change(
    channel: int, value: float, changes: dict[str, str], units: dict[str, str]
) -> tuple[str, dict[str, str]]:
    """What one event is called, and what it makes of variables that `changes` may have changed."""
    if channel < ADD:
        name = PREFIXES[Inputs] + _INPUTS[channel]
        return name, {name: f"{value!r} {units[name]}"}
    if channel < LIGHTS_OUT:
        name = _STATES[channel - ADD]
        before = changes.get(name, identifier(name))
        return f"into {name}", {name: f"{before} + {value!r} {units[name]}"}
    if channel == MELATONIN:
        name = "melatonin.gut"
        before = changes.get(name, identifier(name))
        added = formula(melatonin_of_dose(_DOSE)).replace(
            _DOSE, f"({value!r} {unit_identifier('pmol')})"
        )
        return "melatonin swallowed", {name: f"{before} + {added}"}
    if channel == LIGHTS_OUT:
        level = changes.get("pressure.level", identifier("pressure.level"))
        return "lights out", {
            "input.in_bed": "1.0 dimensionless",
            "pressure.waiting": level,
            **_stages(1.0),
            **{PREFIXES[Slept] + name: f"0.0 {unit_identifier('h')}" for name in Slept._fields},
        }
    if channel == RISE:
        return "rise", {"input.in_bed": "0.0 dimensionless", **_stages(0.0)}
    raise AssertionError(f"channel {channel} has no counterpart in a file")


def _stages(waiting: float) -> dict[str, str]:
    """The stage probabilities with `waiting` awake before sleep and 0 elsewhere."""
    return {
        PREFIXES[Stages] + name: f"{waiting if name == 'waiting' else 0.0!r} dimensionless"
        for name in Stages._fields
    }
