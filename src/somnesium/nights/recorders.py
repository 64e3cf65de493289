"""Which instrument recorded a night: guessed from its device, then from its file's format."""

import re

from somnesium.errors import InvalidInput
from somnesium.nights.instrument_error import instruments
from somnesium.sources import packaged_toml

OTHER = "wearable"
"""The instrument of a recorder that nothing is known of (judgement#unknown-wearable)."""

_LONGEST = 40


def instrument_of(device: str, source: str) -> str:
    """The instrument's name, by the words of `data/instruments.toml`; `wearable` if none fits."""
    rows = packaged_toml("instruments.toml")["recorder"]
    for text in (device.casefold(), source.casefold()):
        for row in rows:
            if any(word in text for word in row["words"]):
                return row["instrument"]
    return OTHER


def instrument_named(name: str) -> str:
    """A name as a person writes it, such as `Apple Watch`, as an instrument's name.

    A make that the table does not hold keeps its name and has the error of an unknown wearable.
    """
    instrument = re.sub(r"[\s-]+", "_", name.strip().casefold())
    if not re.fullmatch(r"[a-z0-9_]+", instrument) or len(instrument) > _LONGEST:
        known = ", ".join(instruments())
        raise InvalidInput.field("instrument", name, f"one of {known}, or a make in plain letters")
    return instrument
