"""The columns of a population's files: what each night and each person is told by.

Nights are rounded to float32 once, here; the means of a person are taken from the rounded nights,
so that anyone who reads the files finds the same means.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from somnesium.body.assembly import Body
from somnesium.engine.lanes import leaf_index
from somnesium.engine.tally import NightRow
from somnesium.population.covariates import COVARIATES
from somnesium.population.lives import BEGIN
from somnesium.population.pattern import FREE_EVENINGS
from somnesium.population.people import People

DIFFERENCE = "difference"
"""What a person's mean with the plan minus that without it is called."""

_EVENING = 6.0
"""Clock hour before which a lights-out counts to the evening before, as in `nights.night`."""
_STALE = 36.0
"""Hours before rise after which a mark of the clock is stale (judgement#a-day-and-a-half)."""


class Column(NamedTuple):
    """A column: its Arrow type, unit and meaning."""

    kind: pa.DataType
    unit: str
    meaning: str


_NUMBER = pa.float32()

MEASURES: dict[str, Column] = {
    "latency": Column(_NUMBER, "min", "lights-out to falling asleep"),
    "duration": Column(_NUMBER, "min", "asleep"),
    "awake_after_onset": Column(_NUMBER, "min", "awake after first falling asleep"),
    "efficiency": Column(_NUMBER, "%", "share of the time in bed asleep"),
    "n1": Column(_NUMBER, "min", "stage N1"),
    "n2": Column(_NUMBER, "min", "stage N2"),
    "slow_wave": Column(_NUMBER, "min", "stage N3"),
    "rem": Column(_NUMBER, "min", "REM sleep"),
    "awakenings": Column(_NUMBER, "1", "times woken"),
    "rem_latency": Column(_NUMBER, "min", "sleep before the first REM"),
    "heart_rate": Column(_NUMBER, "beats/min", "mean in bed"),
    "rmssd": Column(_NUMBER, "ms", "of the mean vagal tone in bed"),
    "cortisol": Column(_NUMBER, "nmol/L", "mean in bed"),
    "melatonin_peak": Column(_NUMBER, "pmol/L", "highest since the last rise"),
    "serum_magnesium": Column(_NUMBER, "mmol/L", "in blood, at rise"),
    "tissue_magnesium": Column(_NUMBER, "%", "soft tissue, of the person's replete store, at rise"),
    "sleepiness": Column(_NUMBER, "1", "rated (Karolinska, 1-9), at rise"),
}
"""Measures of a night that are averaged and summarised."""

COLUMNS: dict[str, Column] = {
    "person": Column(pa.int64(), "–", "number of the virtual person, from 0"),
    "night": Column(pa.int16(), "–", "day on whose evening it began, from 1, a Monday"),
    "world": Column(pa.dictionary(pa.int8(), pa.string()), "–", "`without` the plan or `with` it"),
    "nap": Column(pa.bool_(), "–", "whether it was a nap"),
    "lights_out": Column(_NUMBER, "h", "local clock hour, 0 to 24"),
    "rise": Column(_NUMBER, "h", "local clock hour, 0 to 24"),
    "dlmo": Column(_NUMBER, "h", "dim-light melatonin onset, local clock hour; empty if none"),
    "trough": Column(_NUMBER, "h", "minimum of core temperature, local clock hour; empty if none"),
    **MEASURES,
}
"""Columns of `nights/`, in order."""


SLOW = 30.0
"""Minutes to fall asleep above which a night is slow (lichstein2003)."""
HABITS: dict[str, Column] = {
    "work_night_hours": Column(pa.float64(), "h", "mean sleep on nights before work"),
    "slow_nights": Column(pa.float64(), "1", "share of nights with over 30 min to fall asleep"),
}
"""Usual sleep of a person in a world, for comparison with what people tell."""


class Lived(NamedTuple):
    """Nights of some people in one world: number of each person's nights, and a column of each
    (all nights, those of the first person first, by time)."""

    nights: np.ndarray
    columns: dict[str, np.ndarray]


def measured(rows: np.ndarray, bodies: np.ndarray, days: int) -> Lived:
    """Columns of the nights 1 to `days`, from rows (nights, fields of NightRow, people).

    `bodies` (leaves of Body, people) give each person's replete store and typical RMSSD.
    """
    begun = rows[:, NightRow._fields.index("lights_out")].T  # (people, nights)
    evening = np.floor((np.nan_to_num(begun) - BEGIN - _EVENING) / 24.0) + 1.0
    lived = np.isfinite(begun) & (evening >= 1.0) & (evening <= days)
    own = {
        name: np.broadcast_to(bodies[leaf_index(Body, name)][:, None], lived.shape)[lived]
        for name in ("nerves.rmssd_typical", "stores.tissue_size")
    }
    night = {name: rows[:, k].T[lived] for k, name in enumerate(NightRow._fields)}
    asleep = night["n1"] + night["n2"] + night["n3"] + night["rem"]
    found = {
        "night": evening[lived],
        "nap": night["nap"] > 0.5,
        "lights_out": _clock(night["lights_out"]),
        "rise": _clock(night["rise"]),
        "dlmo": _mark(night["dlmo"], night["rise"]),
        "trough": _mark(night["trough"], night["rise"]),
        "latency": 60.0 * night["latency"],
        "duration": 60.0 * asleep,
        "awake_after_onset": 60.0 * night["awake_after_onset"],
        "efficiency": 100.0 * asleep / (night["rise"] - night["lights_out"]),
        "n1": 60.0 * night["n1"],
        "n2": 60.0 * night["n2"],
        "slow_wave": 60.0 * night["n3"],
        "rem": 60.0 * night["rem"],
        "awakenings": night["awakenings"],
        "rem_latency": 60.0 * night["rem_latency"],
        "heart_rate": night["heart_rate"],
        "rmssd": own["nerves.rmssd_typical"] * np.exp(night["vagal"]),
        "cortisol": night["cortisol"],
        "melatonin_peak": night["melatonin_peak"],
        "serum_magnesium": night["serum"],
        "tissue_magnesium": 100.0 * night["tissue"] / own["stores.tissue_size"],
        "sleepiness": np.clip(night["sleepiness"], 1.0, 9.0),
    }
    typed = {name: v.astype(COLUMNS[name].kind.to_pandas_dtype()) for name, v in found.items()}
    return Lived(lived.sum(axis=1), typed)


def _clock(hours: np.ndarray) -> np.ndarray:
    """Hours of the run to the hour of the clock, below 24 when rounded to float32 too."""
    clock = hours % 24.0
    return np.where(clock.astype(np.float32) >= 24.0, 0.0, clock)


def _mark(hours: np.ndarray, rise: np.ndarray) -> np.ndarray:
    """A mark of the clock as the hour of the clock, NaN where it is of another day."""
    return np.where(rise - hours < _STALE, _clock(hours), np.nan)


def nights_schema(metadata: Mapping[str, str] | None = None) -> pa.Schema:
    """Arrow schema of the nights."""
    fields = [pa.field(name, column.kind) for name, column in COLUMNS.items()]
    return pa.schema(fields, metadata=dict(metadata) if metadata else None)


def nights_table(person: np.ndarray, worlds: Mapping[str, Lived]) -> pa.Table:
    """Nights of people (numbers `person`) in their worlds: by person, then world, then time."""
    counts = np.stack([lived.nights for lived in worlds.values()], axis=1)  # (people, worlds)
    who = np.concatenate(
        [np.repeat(np.arange(len(person)), lived.nights) for lived in worlds.values()]
    )
    world = np.repeat(np.arange(len(worlds)), counts.sum(axis=0))
    order = np.lexsort((world, who))  # stable: nights stay in the order of time
    arrays: dict[str, pa.Array] = {}
    for name, column in COLUMNS.items():
        if name == "person":
            arrays[name] = pa.array(person[who[order]], column.kind)
        elif name == "world":
            codes = pa.array(world[order], pa.int8())
            arrays[name] = pa.DictionaryArray.from_arrays(codes, pa.array(list(worlds)))
        else:
            joined = np.concatenate([lived.columns[name] for lived in worlds.values()])
            arrays[name] = pa.array(joined[order], column.kind, from_pandas=True)
    return pa.table(arrays, schema=nights_schema())


def persons_table(people: People, worlds: Mapping[str, Lived]) -> pa.Table:
    """One row a person: covariates, weight, number of nights, and the means of the measures.

    Naps are left out of the means and of the `HABITS`. `<measure>_<world>` is a mean over a
    person's nights in a world; `<measure>_difference` that with the plan minus that without it.
    """
    columns = {name: _covariate(name, values) for name, values in people._asdict().items()}
    means: dict[str, dict[str, np.ndarray]] = {}
    for world, lived in worlds.items():
        who = np.repeat(np.arange(len(lived.nights)), lived.nights)
        night = ~lived.columns["nap"]
        count = np.bincount(who[night], minlength=len(lived.nights))
        if "nights" not in columns:
            columns["nights"] = pa.array(count, pa.int16())
        with np.errstate(invalid="ignore"):
            weekday = (lived.columns["night"].astype(np.int64) - 1) % 7
            before_work = night & ~np.isin(weekday, FREE_EVENINGS)
            hours = lived.columns["duration"].astype(float) / 60.0
            habits = {
                "work_night_hours": _mean(who, hours, before_work, len(count)),
                "slow_nights": _mean(who, lived.columns["latency"] > SLOW, night, len(count)),
            }
            for name, values in habits.items():
                columns[f"{name}_{world}"] = pa.array(values, pa.float64(), from_pandas=True)
            means[world] = {
                name: np.bincount(
                    who[night], lived.columns[name][night].astype(float), len(lived.nights)
                )
                / count
                for name in MEASURES
            }
    if "with" in means:
        means[DIFFERENCE] = {
            name: means["with"][name] - means["without"][name] for name in MEASURES
        }
    for name in MEASURES:
        for world, values in means.items():
            columns[f"{name}_{world}"] = pa.array(values[name], pa.float64(), from_pandas=True)
    return pa.table({"person": columns.pop("person"), **columns})


def _mean(who: np.ndarray, value: np.ndarray, of: np.ndarray, people: int) -> np.ndarray:
    """Mean over each person's nights `of` a kind; NaN for those who have none."""
    return np.bincount(who[of], value[of].astype(float), people) / np.bincount(
        who[of], minlength=people
    )


def _covariate(name: str, values: np.ndarray) -> pa.Array:
    """A column of people as Arrow: grades in words, flags as booleans."""
    what = COVARIATES.get(name)
    if what is not None and what.kind == "grade":
        return pa.DictionaryArray.from_arrays(values.astype(np.int8), list(what.names))
    if what is not None and what.kind == "flag":
        return pa.array(values.astype(bool))
    if what is not None and what.kind == "count":
        return pa.array(values.astype(np.int16))
    return pa.array(np.ascontiguousarray(values))
