"""What is measured, by which instrument, and how the mean of some nights reads there."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple, Self

import numpy as np
from pydantic import Field, model_validator

from somnesium.body.assembly import Body
from somnesium.engine.lanes import leaf_index
from somnesium.engine.tally import NightRow
from somnesium.nights.instruments import (
    actigraph_awake,
    actigraph_latency,
    diary_duration,
    diary_latency,
    isi,
    psqi,
)
from somnesium.person.document import Document, Whole, refuse

Instrument = Literal["diary", "psg", "actigraph", "questionnaire", "assay", "ring", "monitor"]
"""What a measure is read with; a monitor is an electrocardiogram worn."""

DEFAULT_NIGHTS: dict[str, int] = {
    "diary": 7,
    "psg": 2,
    "actigraph": 7,
    "questionnaire": 7,
    "assay": 1,
    "ring": 7,
    "monitor": 1,
}
"""Nights that a reading is taken over unless said (judgement#usual-protocols)."""

Means = Mapping[str, np.ndarray]


class Measure(NamedTuple):
    """A measure: what it is, its unit, its range and the instruments it is read with."""

    label: str
    unit: str
    low: float
    high: float
    instruments: tuple[str, ...]


_TIMED = ("diary", "psg", "actigraph", "ring")
_WORN = ("psg", "ring")
_HEART = (*_WORN, "monitor")

MEASURES: dict[str, Measure] = {
    "sol": Measure("time to fall asleep", "min", 0.0, 1440.0, _TIMED),
    "waso": Measure("awake after first falling asleep", "min", 0.0, 1440.0, _TIMED),
    "tst": Measure("sleep", "min", 0.0, 1440.0, _TIMED),
    "se": Measure("share of the time in bed asleep", "%", 0.0, 100.0, _TIMED),
    "n3": Measure("deep sleep (N3)", "min", 0.0, 1440.0, _WORN),
    "isi": Measure("Insomnia Severity Index", "points", 0.0, 28.0, ("questionnaire",)),
    "psqi": Measure("Pittsburgh index", "points", 0.0, 21.0, ("questionnaire",)),
    "serum": Measure("magnesium in blood", "mmol/L", 0.0, 10.0, ("assay",)),
    "tissue": Measure("soft-tissue magnesium, share of replete", "%", 0.0, 200.0, ("assay",)),
    "urine": Measure("magnesium in urine", "mmol/d", 0.0, 100.0, ("assay",)),
    "cortisol_serum": Measure("cortisol over the night", "nmol/L", 0.0, 2000.0, ("assay",)),
    "melatonin": Measure("highest melatonin", "pmol/L", 0.0, 1e6, ("assay",)),
    "heart_rate": Measure("heart rate over the night", "beats/min", 20.0, 200.0, _HEART),
    "rmssd": Measure("heart-rate variability (RMSSD)", "ms", 0.0, 500.0, _HEART),
}
"""Every measure by name: those of the evidence table that the model has."""

INSTRUMENTS: tuple[str, ...] = tuple(DEFAULT_NIGHTS)
"""Every instrument by name."""


class Endpoint(Document):
    """A measure read with an instrument, as the mean of the last `nights` nights before a visit."""

    measure: str
    instrument: Instrument
    nights: Whole | None = Field(default=None, ge=1, le=7, description="nights read over, 1 to 7")

    @model_validator(mode="after")
    def _readable(self) -> Self:
        """Refuse unknown measures, and instruments that do not read them."""
        if self.measure not in MEASURES:
            raise refuse(", ".join(MEASURES), "", "measure", self.measure)
        allowed = MEASURES[self.measure].instruments
        if self.instrument not in allowed:
            raise refuse(
                ", ".join(allowed), f"to read {self.measure}", "instrument", self.instrument
            )
        return self

    @property
    def label(self) -> str:
        """Measure and instrument in a word each."""
        return f"{self.measure} ({self.instrument})"


def screening(measure: str, endpoints: Sequence[Endpoint]) -> Endpoint:
    """How a measure is read at screening: as an endpoint of the trial, or the usual way."""
    for one in endpoints:
        if one.measure == measure:
            return one
    return Endpoint.model_validate(
        {"measure": measure, "instrument": MEASURES[measure].instruments[0]}
    )


_ROW = NightRow._fields
_PLAIN = {
    "latency": ("latency", 60.0),
    "awake": ("awake_after_onset", 60.0),
    "n3": ("n3", 60.0),
    "load": ("load", 1.0),
    "serum": ("serum", 1.0),
    "tissue": ("tissue", 1.0),
    "cortisol": ("cortisol", 1.0),
    "melatonin": ("melatonin_peak", 1.0),
    "heart_rate": ("heart_rate", 1.0),
    "vagal": ("vagal", 1.0),
}


def true_means(rows: np.ndarray, bodies: np.ndarray, nights: int) -> dict[str, np.ndarray]:
    """Means over each person's last `nights` nights of rows (nights, fields, people).

    Minutes for times, percent for the tissue, mmol/d for urine, else the units of `NightRow`.
    `bodies` are (leaves of Body, people). A person without nights has NaN.
    """
    filled = np.isfinite(rows[:, _ROW.index("rise")])
    count = filled.sum(axis=0)
    number = np.arange(len(rows))[:, None]
    kept = filled & (number >= count - nights)

    def mean(values: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore"):
            return np.where(kept, values, 0.0).sum(axis=0) / kept.sum(axis=0)

    def field(name: str) -> np.ndarray:
        return rows[:, _ROW.index(name)]

    found = {name: factor * mean(field(source)) for name, (source, factor) in _PLAIN.items()}
    asleep = field("n1") + field("n2") + field("n3") + field("rem")
    found["duration"] = 60.0 * mean(asleep)
    found["in_bed"] = 60.0 * mean(field("rise") - field("lights_out"))
    found["tissue"] = 100.0 * found["tissue"] / bodies[leaf_index(Body, "stores.tissue_size")]
    typical = bodies[leaf_index(Body, "nerves.rmssd_typical")]
    found["rmssd"] = typical * np.exp(found["vagal"])
    found["urine"] = _a_day(field("urine"), field("rise"), count)
    return found


def _a_day(total: np.ndarray, time: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Amount per 24 h between each person's first and last rise, from a running total."""
    who, last = np.arange(len(count)), np.maximum(count - 1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return 24.0 * (total[last, who] - total[0]) / (time[last, who] - time[0])


def _latency(means: Means, instrument: str) -> np.ndarray:
    if instrument == "diary":
        return np.asarray(diary_latency(means["latency"], means["load"]))
    if instrument in ("actigraph", "ring"):
        return np.asarray(actigraph_latency(means["latency"]))
    return means["latency"]


def _awake(means: Means, instrument: str) -> np.ndarray:
    worn = instrument in ("actigraph", "ring")
    return np.asarray(actigraph_awake(means["awake"])) if worn else means["awake"]


def _duration(means: Means, instrument: str) -> np.ndarray:
    if instrument == "diary":
        return np.asarray(diary_duration(means["duration"], means["load"]))
    if instrument in ("actigraph", "ring"):
        missed = means["latency"] - _latency(means, instrument)
        return means["duration"] + missed + means["awake"] - _awake(means, instrument)
    return means["duration"]


def _severity(means: Means, _instrument: str) -> np.ndarray:
    return np.asarray(isi(means["latency"], means["awake"], means["load"]))


def _plain(name: str) -> Callable[[Means, str], np.ndarray]:
    return lambda means, _instrument: means[name]


_READ: dict[str, Callable[[Means, str], np.ndarray]] = {
    "sol": _latency,
    "waso": _awake,
    "tst": _duration,
    "se": lambda means, by: 100.0 * _duration(means, by) / means["in_bed"],
    "isi": _severity,
    "psqi": lambda means, by: np.asarray(psqi(_severity(means, by))),
    "cortisol_serum": _plain("cortisol"),
    **{
        name: _plain(name)
        for name in ("n3", "serum", "tissue", "urine", "melatonin", "heart_rate", "rmssd")
    },
}


def read(means: Means, measure: str, instrument: str) -> np.ndarray:
    """What an instrument reads of true means, one entry a person, without noise.

    A diary's waking after onset is the true one, for want of a figure (judgement#diary-waking).
    """
    return _READ[measure](means, instrument)
