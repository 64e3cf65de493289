"""What trials measure: every endpoint of the evidence table, its unit and what it can be."""

import csv
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from somnesium.quantity import MAGNESIUM_MOLAR_MASS
from somnesium.sources import packaged_text

INSTRUMENTS = ("diary", "psg", "actigraph", "ring", "questionnaire", "assay", "monitor")
"""What an endpoint was measured with; `monitor` is an electrocardiogram or a cuff."""

_CORTISOL_MOLAR_MASS = 362.46  # g/mol, definition#formula
_MELATONIN_MOLAR_MASS = 232.28  # g/mol, definition#formula
_MINUTES = {"h": 60.0, "s": 1.0 / 60.0}
_SERUM = {"mg/dL": 10.0 / MAGNESIUM_MOLAR_MASS, "mEq/L": 0.5}
_UNITS: Mapping[str, Mapping[str, float]] = {
    "se": {"ratio": 100.0},
    "absorption": {"ratio": 100.0},
    "serum": _SERUM,
    "ionised": _SERUM,
    "urine": {"mg/24h": 1.0 / MAGNESIUM_MOLAR_MASS, "mEq/24h": 0.5},
    "cortisol_serum": {"ug/dL": 1e4 / _CORTISOL_MOLAR_MASS, "ng/mL": 1e3 / _CORTISOL_MOLAR_MASS},
    "cortisol_urine": {"ug/24h": 1e3 / _CORTISOL_MOLAR_MASS},
    "melatonin": {"pg/mL": 1e3 / _MELATONIN_MOLAR_MASS},
}
"""Other units of an endpoint, and what turns them into its own; minutes may be hours or seconds."""


class Measure(NamedTuple):
    """An endpoint: what it means, its unit, and what its values can be.

    `low` and `high` bound every single value, so also every mean; outside them a number is
    impossible. A mean outside `odd_low` to `odd_high` is kept but asked about. `usual_sd` is how
    people in trials differ, of the right size only. `better` is the sign of an improvement, 0
    where there is none. `whole` says that one person's value is a whole number. `units` are other
    units and the factor that turns them into `unit`.
    """

    meaning: str
    unit: str
    low: float
    high: float
    odd_low: float
    odd_high: float
    usual_sd: float | None
    better: int
    whole: bool
    source: str
    units: Mapping[str, float]


def _measure(row: Mapping[str, str]) -> Measure:
    other_units = _MINUTES if row["unit"] == "min" else _UNITS.get(row["endpoint"], {})
    return Measure(
        meaning=row["meaning"],
        unit=row["unit"],
        low=float(row["low"]),
        high=float(row["high"]),
        odd_low=float(row["odd_low"]),
        odd_high=float(row["odd_high"]),
        usual_sd=float(row["usual_sd"]) if row["usual_sd"] else None,
        better=int(row["better"]),
        whole=row["whole"] == "yes",
        source=row["source"],
        units=MappingProxyType(other_units),
    )


_ROWS = csv.DictReader(packaged_text("trials/measures.csv").splitlines())
MEASURES: Mapping[str, Measure] = MappingProxyType(
    {row["endpoint"]: _measure(row) for row in _ROWS}
)
"""Every endpoint of the evidence table, by the word that stands in it."""
