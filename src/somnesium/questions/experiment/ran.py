"""An experiment as it is to be analysed: its nights, what was planned, and how it was kept."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

import numpy as np

from somnesium.answers.selftrial.data import Reading, Series, checked
from somnesium.answers.selftrial.design.allocation import Allocation
from somnesium.answers.selftrial.design.question import Measure
from somnesium.errors import InvalidInput
from somnesium.nights.recorders import instrument_named

AT_THE_END = "at the planned end"
"""How the reason of a look begins that an analysis took after the planned nights."""

EARLY_LOOK = "early look"
"""How the reason of a look begins that an analysis took before the planned end."""

_FEWEST = 5
"""Nights below which an instrument is left out (judgement#too-few-to-compare)."""


class Look(NamedTuple):
    """A look behind the seal: when, and why."""

    at: datetime
    reason: str


class Kept(NamedTuple):
    """What only a store knows of an experiment.

    `preregistered` is the text of the preregistration, read, and `hash` its SHA-256. `ledger`
    counts rows of the imports whose nights were used.
    """

    number: int
    made_at: datetime
    state: str
    preregistered: Mapping[str, Any]
    hash: str
    seed: int
    looks: tuple[Look, ...]
    ledger: Mapping[str, int]


class Ran(NamedTuple):
    """An experiment that was carried out, or is being.

    `series` holds the nights so far, of `planned` ones. `half_life` of the effect is in nights.
    `forecast` is the body model's (mean, sd) of the effect, None if it was not asked. `notes` say
    in plain words what was left out of the nights.
    """

    name: str
    plan: str
    comparison: str
    blinding: Literal["capsules", "open"]
    measure: Measure
    worthwhile: float
    series: Series
    allocation: Allocation
    planned: int
    half_life: float
    finished: bool
    forecast: tuple[float, float] | None
    notes: tuple[str, ...]
    kept: Kept | None = None


def letters_told(allocation: Allocation) -> tuple[np.ndarray, np.ndarray]:
    """Of each night whether it was on the plan (1 or 0), and its period from 0, (nights,)."""
    given = [float(allocation.letters[letter] == "the plan") for _, letter in allocation.nights]
    number = np.arange(len(given)) // allocation.period_nights
    return np.array(given), number.astype(float)


def readings_of(
    told: Sequence[tuple[date, str, str, float]], first: date, nights: int
) -> tuple[Reading, ...]:
    """Readings by instrument from (evening, instrument, device, value), the diary's first.

    Two devices of one make are two instruments. Of several values of one device on one evening
    the last counts.
    """
    found: dict[tuple[str, str], np.ndarray] = {}
    for evening, instrument, device, value in told:
        night = (evening - first).days
        if 0 <= night < nights:
            key = (instrument, device)
            found.setdefault(key, np.full(nights, np.nan))[night] = value
    order = sorted(found, key=lambda key: (key[0] != "diary", key))
    return tuple(Reading(key[0], found[key]) for key in order)


def usable(series: Series, notes: Sequence[str] = ()) -> tuple[Series, tuple[str, ...]]:
    """The series with the instruments that can be analysed, and in words which cannot, and why.

    Raises `InvalidInput` if none can.
    """
    kept, out, why = [], list(notes), None
    for one in series.readings:
        count = int(np.isfinite(one.values).sum())
        if count < _FEWEST and len(series.readings) > 1:
            out.append(f"{one.instrument} read only {count} nights and was left out.")
            continue
        try:
            checked(series._replace(readings=(one,)))
        except InvalidInput as error:
            why = error
            reason = str(error).rpartition("; ")[2]
            out.append(f"{one.instrument} was left out: {reason}.")
            continue
        kept.append(one)
    if not kept:
        raise why or InvalidInput.field(
            "nights",
            "none",
            "nights of this measure during the experiment",
            "keep them with somnesium record or import",
        )
    return series._replace(readings=tuple(kept)), tuple(out)


def with_instruments(ran: Ran, instruments: Sequence[str]) -> Ran:
    """The experiment by these instruments alone; all, if none is named."""
    if not instruments:
        return ran
    named = {instrument_named(name) for name in instruments}
    there = {one.instrument for one in ran.series.readings}
    if named - there:
        raise InvalidInput.field("instrument", min(named - there), ", ".join(sorted(there)))
    kept = tuple(one for one in ran.series.readings if one.instrument in named)
    return ran._replace(series=ran.series._replace(readings=kept))
