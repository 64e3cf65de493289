"""The series of a self-experiment: nights in a row, what was assigned and taken, what was read."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from somnesium import say
from somnesium.errors import InvalidInput

BETTER: dict[str, float] = {
    "latency": -1.0,
    "duration": 1.0,
    "awake_after_onset": -1.0,
    "efficiency": 1.0,
    "slow_wave": 1.0,
    "rem": 1.0,
    "awakenings": -1.0,
    "sleepiness": -1.0,
    "heart_rate": -1.0,
    "rmssd": 1.0,
}
"""Measures that can be asked about: 1 where more is better, −1 where less is."""


class Reading(NamedTuple):
    """What one instrument read: one value a night in the measure's unit, NaN where it read none."""

    instrument: str
    values: np.ndarray


class Series(NamedTuple):
    """Nights in a row from `first_evening`, gaps included; every array has one entry a night.

    `assigned` is 1 where magnesium was assigned and 0 elsewhere. `period` numbers the allocated
    periods from 0 and is −1 in a run-in or wash-out. `taken` is the share of the dose that was
    taken, NaN where nobody wrote it down. `readings` holds one entry an instrument; two
    instruments on one night are two measurements of the same night. `covariates` are numbers of
    the day before, NaN where not logged.
    """

    measure: str
    first_evening: date
    assigned: np.ndarray
    period: np.ndarray
    taken: np.ndarray
    readings: tuple[Reading, ...]
    covariates: Mapping[str, np.ndarray] = MappingProxyType({})

    @property
    def nights(self) -> int:
        """Nights on the calendar, measured or not."""
        return len(self.assigned)

    @property
    def measured(self) -> np.ndarray:
        """Nights that at least one instrument read, (nights,)."""
        return np.any([np.isfinite(reading.values) for reading in self.readings], axis=0)

    @property
    def weekday(self) -> np.ndarray:
        """Day of the week on which each night began, Monday 0, (nights,)."""
        return (self.first_evening.weekday() + np.arange(self.nights)) % 7

    @property
    def periods(self) -> int:
        """Allocated periods in which at least one night was measured."""
        measured = self.period[self.measured]
        return len(np.unique(measured[measured >= 0]))

    def until(self, nights: int) -> "Series":
        """The same series cut after its first `nights` nights, as it stood that morning."""
        return self._replace(
            assigned=self.assigned[:nights],
            period=self.period[:nights],
            taken=self.taken[:nights],
            readings=tuple(Reading(o.instrument, o.values[:nights]) for o in self.readings),
            covariates={name: values[:nights] for name, values in self.covariates.items()},
        )

    def evening(self, night: int) -> date:
        """Local date on which a night began."""
        return self.first_evening + timedelta(days=night)


_MOST_ALIKE = 0.8
"""Share of one instrument's readings that may be one and the same value (judgement#it-reads)."""


def _alike(reading: Reading) -> None:
    """Refuse an instrument that reads nearly always the same, as some do for latency."""
    known = reading.values[np.isfinite(reading.values)]
    if len(known) and np.unique(known, return_counts=True)[1].max() > _MOST_ALIKE * len(known):
        value = float(np.median(known))
        raise InvalidInput.field(
            f"readings.{reading.instrument}",
            f"nearly always {say.figures(value)}",
            "readings that differ",
            "this instrument does not measure it: ask about another measure or use a diary",
        )


def _of_length(field: str, values: np.ndarray, nights: int) -> None:
    """Refuse an array that does not have one entry a night."""
    if np.shape(values) != (nights,):
        raise InvalidInput.field(
            field,
            np.shape(values),
            f"one value for each of {nights} nights",
            "write NaN where nothing is known",
        )


def checked(series: Series) -> Series:
    """The series itself, or an error that says what is wrong with it."""
    nights = series.nights
    if series.measure not in BETTER:
        raise InvalidInput.field("measure", series.measure, ", ".join(BETTER))
    if not series.readings:
        raise InvalidInput.field("readings", (), "at least one instrument", "record some nights")
    for field in ("assigned", "period", "taken"):
        _of_length(field, getattr(series, field), nights)
    for reading in series.readings:
        _of_length(f"readings.{reading.instrument}", reading.values, nights)
        _alike(reading)
    for name, values in series.covariates.items():
        _of_length(f"covariates.{name}", values, nights)
    if not np.isin(series.assigned, (0.0, 1.0)).all():
        raise InvalidInput.field("assigned", sorted(set(series.assigned)), "0 or 1 each night")
    taken = series.taken[np.isfinite(series.taken)]
    if ((taken < 0.0) | (taken > 2.0)).any():
        raise InvalidInput.field("taken", float(taken.max()), "0 to 2 times the planned dose")
    arms = set(series.assigned[series.measured])
    if arms != {0.0, 1.0}:
        raise InvalidInput.field(
            "assigned",
            sorted(arms),
            "measured nights with and without magnesium",
            "go on until both kinds of period have nights",
        )
    return series
