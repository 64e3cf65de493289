"""The columns of a population's tables: what is known of each night and each person.

A table is an array a column; unknown numbers are NaN and words stand as their place in `WORDS`.
Nights are rounded to float32 once, here; the means of a person are taken from the rounded nights,
so that anyone who reads the files finds the same means.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from somnesium.body.assembly import Body
from somnesium.engine.lanes import leaf_index
from somnesium.engine.tally import NightRow
from somnesium.population.covariates import COVARIATES, WORDS, Table
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
    """A column: its type, unit and meaning."""

    kind: type
    unit: str
    meaning: str


_NUMBER = np.float32

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
    "person": Column(np.int64, "–", "number of the virtual person, from 0"),
    "night": Column(np.int16, "–", "day on whose evening it began, from 1, a Monday"),
    "world": Column(np.int8, "–", "`without` the plan or `with` it"),
    "nap": Column(np.bool_, "–", "whether it was a nap"),
    "lights_out": Column(_NUMBER, "h", "local clock hour, 0 to 24"),
    "rise": Column(_NUMBER, "h", "local clock hour, 0 to 24"),
    "dlmo": Column(_NUMBER, "h", "dim-light melatonin onset, local clock hour; empty if none"),
    "trough": Column(_NUMBER, "h", "minimum of core temperature, local clock hour; empty if none"),
    **MEASURES,
}
"""Columns of `nights/`, in order."""

SLOW = 30.0
"""Minutes to fall asleep above which a night is slow (lichstein2003)."""


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
    rmssd, store = (
        np.broadcast_to(bodies[leaf_index(Body, name)][:, None], lived.shape)[lived]
        for name in ("nerves.rmssd_typical", "stores.tissue_size")
    )
    night = {name: rows[:, k].T[lived] for k, name in enumerate(NightRow._fields)}
    asleep = night["n1"] + night["n2"] + night["n3"] + night["rem"]
    columns = {
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
        "rmssd": rmssd * np.exp(night["vagal"]),
        "cortisol": night["cortisol"],
        "melatonin_peak": night["melatonin_peak"],
        "serum_magnesium": night["serum"],
        "tissue_magnesium": 100.0 * night["tissue"] / store,
        "sleepiness": np.clip(night["sleepiness"], 1.0, 9.0),
    }
    typed = {name: values.astype(COLUMNS[name].kind) for name, values in columns.items()}
    return Lived(lived.sum(axis=1), typed)


def _clock(hours: np.ndarray) -> np.ndarray:
    """Hours of the run to the hour of the clock, below 24 when rounded to float32 too."""
    clock = hours % 24.0
    return np.where(clock.astype(np.float32) >= 24.0, 0.0, clock)


def _mark(hours: np.ndarray, rise: np.ndarray) -> np.ndarray:
    """A mark of the clock as the hour of the clock, NaN where it is of another day."""
    return np.where(rise - hours < _STALE, _clock(hours), np.nan)


def nights_table(person: np.ndarray, worlds: Mapping[str, Lived]) -> Table:
    """Nights of people (numbers `person`) in their worlds: by person, then world, then time."""
    counts = np.stack([lived.nights for lived in worlds.values()], axis=1)  # (people, worlds)
    who = np.concatenate(
        [np.repeat(np.arange(len(person)), lived.nights) for lived in worlds.values()]
    )
    world = np.repeat(np.arange(len(worlds), dtype=np.int8), counts.sum(axis=0))
    order = np.lexsort((world, who))  # stable: nights stay in the order of time
    table = {"person": person[who], "world": world} | {
        name: np.concatenate([lived.columns[name] for lived in worlds.values()])
        for name in next(iter(worlds.values())).columns
    }
    return {name: table[name][order] for name in COLUMNS}


def persons_table(people: People, worlds: Mapping[str, Lived]) -> Table:
    """One row a person: covariates, weight, number of nights, and the means of the measures.

    Naps are left out. `<measure>_<world>` is a mean over a person's nights in a world and
    `<measure>_difference` that with the plan minus that without it; `work_night_hours_<world>` is
    the mean sleep on nights before work [h] and `slow_nights_<world>` the share of slow nights.
    """
    table = {name: _covariate(name, values) for name, values in people._asdict().items()}
    means: dict[str, dict[str, np.ndarray]] = {}
    for world, lived in worlds.items():
        count = len(lived.nights)
        who = np.repeat(np.arange(count), lived.nights)
        night = ~lived.columns["nap"]
        table.setdefault("nights", np.bincount(who[night], minlength=count).astype(np.int16))
        weekday = (lived.columns["night"].astype(np.int64) - 1) % 7
        before_work = night & ~np.isin(weekday, FREE_EVENINGS)
        hours = lived.columns["duration"].astype(float) / 60.0
        table[f"work_night_hours_{world}"] = _mean(who, hours, before_work, count)
        slow = lived.columns["latency"] > SLOW
        table[f"slow_nights_{world}"] = _mean(who, slow, night, count)
        means[world] = {name: _mean(who, lived.columns[name], night, count) for name in MEASURES}
    if "with" in means:
        means[DIFFERENCE] = {
            name: means["with"][name] - means["without"][name] for name in MEASURES
        }
    for name in MEASURES:
        table |= {f"{name}_{world}": values[name] for world, values in means.items()}
    return table


def _mean(who: np.ndarray, value: np.ndarray, of: np.ndarray, people: int) -> np.ndarray:
    """Mean over each person's nights `of` a kind; NaN for those who have none."""
    with np.errstate(invalid="ignore"):
        return np.bincount(who[of], value[of].astype(float), people) / np.bincount(
            who[of], minlength=people
        )


def _covariate(name: str, values: np.ndarray) -> np.ndarray:
    """A column of people in the type it is kept in."""
    kinds = {"grade": np.int8, "flag": np.bool_, "count": np.int16}
    what = COVARIATES.get(name)
    return values.astype(kinds.get(what.kind, values.dtype) if what else values.dtype)


def join(tables: Sequence[Table]) -> Table:
    """Tables of people who follow one another as one."""
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}


def rows_of(table: Table) -> list[dict[str, Any]]:
    """The rows of a table as plain values: words as words, None for what is unknown."""
    cells = {
        name: [WORDS[name][code] for code in column]
        if name in WORDS
        else [None if math.isnan(cell) else cell for cell in column.tolist()]
        for name, column in table.items()
    }
    return [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)]
