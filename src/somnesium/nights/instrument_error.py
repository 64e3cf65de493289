"""How far an instrument's reading lies from the true (polysomnographic) night, by measure.

A reading is bias + slope · true + noise. Figures and sources stand in `data/instruments.toml`.
"""

from functools import cache
from typing import NamedTuple

from somnesium.sources import packaged_toml


class InstrumentError(NamedTuple):
    """Bias and noise of one reading (the measure's unit), slope [1], and where they come from.

    `known` is False where nobody measured this instrument and the figures are those of its kind.
    """

    instrument: str
    measure: str
    bias: float
    slope: float
    sd: float
    source: str
    known: bool = True


@cache
def _table() -> dict[tuple[str, str], InstrumentError]:
    """Every row of the packaged table."""
    rows = packaged_toml("instruments.toml")["error"]
    return {
        (row["instrument"], row["measure"]): InstrumentError(
            row["instrument"], row["measure"], row["bias"], row["slope"], row["sd"], row["source"]
        )
        for row in rows
    }


def instruments() -> tuple[str, ...]:
    """Names of the instruments in the table."""
    return tuple(sorted({instrument for instrument, _ in _table()}))


def instrument_error(instrument: str, measure: str) -> InstrumentError:
    """Error of an instrument for a measure; that of a wearable of unknown make if none is known.

    Where not even that is known the reading is taken as it stands: bias 0, slope 1, noise 0.
    """
    name = instrument.strip().lower()
    error = _table().get((name, measure))
    if error is not None:
        return error
    kind = _table().get(("wearable", measure))
    if kind is None or name in instruments():
        return InstrumentError(name, measure, 0.0, 1.0, 0.0, "judgement#no-figure-known", False)
    return kind._replace(instrument=name, known=False)
