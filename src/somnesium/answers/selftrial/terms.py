"""A series as rows of a linear model: one row a reading, one column a reason nights differ."""

from typing import NamedTuple

import numpy as np

from somnesium.answers.selftrial.data import Series
from somnesium.answers.selftrial.exposure import Carry, exposure
from somnesium.answers.selftrial.scale import SCALES, Transform
from somnesium.errors import InvalidInput
from somnesium.nights.instrument_error import instrument_error

_FEWEST = 10
"""Readings beyond the columns of the model, at the least (judgement#enough-to-see-noise)."""

_LEAST_NIGHT = 0.2
"""Least share of the readings' variance that is the night's, not the instrument's
(judgement#no-instrument-is-all-noise)."""


class Choices(NamedTuple):
    """What an analysis may choose; sensitivity goes through these one by one.

    `taken`: follow the doses as taken, not as assigned. `robust`: let wild nights count for less
    where there are any.
    """

    scale: str = "plain"
    carry: Carry = Carry()
    taken: bool = False
    trend: bool = True
    weekday: bool = True
    covariates: bool = True
    robust: bool = True


class Terms(NamedTuple):
    """Rows of the model, on its scale.

    `readings` (rows,); `columns` (rows, columns), the exposure first, named by `names`; `night`
    and `weekday` (rows,); `error` (rows,), variance of the instrument over that of the night;
    `baseline`, the usual night without magnesium in minutes.
    """

    readings: np.ndarray
    columns: np.ndarray
    names: tuple[str, ...]
    night: np.ndarray
    weekday: np.ndarray
    error: np.ndarray
    baseline: float
    scale: Transform
    days_matter: bool

    def change(self, effect: np.ndarray | float) -> np.ndarray:
        """An effect on the model's scale as a change of the usual night in minutes."""
        return self.scale.change(effect, self.baseline)

    def effect(self, change: float) -> float:
        """A change of the usual night in minutes as an effect on the model's scale."""
        return self.scale.effect(change, self.baseline)


def _doses(series: Series, taken: bool) -> np.ndarray:
    """Dose of each night as a share of the planned one."""
    if not taken:
        return series.assigned
    return np.where(np.isfinite(series.taken), series.taken, series.assigned)


def _covariate(values: np.ndarray, measured: np.ndarray) -> np.ndarray | None:
    """A covariate around its mean, unlogged days at the mean; None where it never varies."""
    known = np.isfinite(values) & measured
    if known.sum() < 2 or np.ptp(values[known]) == 0.0:
        return None
    spread = values[known].std()
    return np.where(np.isfinite(values), (values - values[known].mean()) / spread, 0.0)


def _night_columns(series: Series, choices: Choices) -> tuple[list[str], list[np.ndarray]]:
    """What differs from night to night: exposure, level, trend, covariates; each (nights,)."""
    nights = series.nights
    names = ["exposure", "level"]
    columns = [exposure(_doses(series, choices.taken), choices.carry), np.ones(nights)]
    if choices.trend:
        names.append("trend")
        columns.append(np.arange(nights) / max(nights - 1, 1) - 0.5)
    for name, values in series.covariates.items() if choices.covariates else ():
        column = _covariate(np.asarray(values, float), series.measured)
        if column is not None:
            names.append(name)
            columns.append(column)
    return names, columns


def _true_minutes(series: Series) -> tuple[np.ndarray, np.ndarray]:
    """Readings turned back to the true night, and their noise; both (instruments, nights)."""
    minutes, noise = [], []
    for reading in series.readings:
        error = instrument_error(reading.instrument, series.measure)
        minutes.append((np.asarray(reading.values, float) - error.bias) / error.slope)
        noise.append(np.full(series.nights, error.sd / error.slope))
    return np.array(minutes), np.array(noise)


def _error_ratio(readings: np.ndarray, columns: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Variance of the instrument over that of the night itself, (rows,)."""
    left = readings - columns @ np.linalg.lstsq(columns, readings, rcond=None)[0]
    whole = (left**2).sum() / max(len(readings) - columns.shape[1], 1)
    night = max(whole - (noise**2).mean(), _LEAST_NIGHT * whole, 1e-12)
    return noise**2 / night


def terms(series: Series, choices: Choices) -> Terms:
    """The rows of a series under the choices made."""
    if choices.scale not in SCALES:
        raise InvalidInput.field("scale", choices.scale, ", ".join(SCALES))
    scale = Transform(choices.scale)
    names, by_night = _night_columns(series, choices)
    minutes, noise = _true_minutes(series)
    which, night = np.nonzero(np.isfinite(minutes))
    plain = minutes[which, night]
    columns = np.array(by_night).T[night]
    for number in range(1, len(series.readings)):
        if 0 < (which == number).sum() < len(which):
            names.append(f"offset of {series.readings[number].instrument}")
            columns = np.column_stack([columns, which == number])
    if len(plain) < columns.shape[1] + _FEWEST:
        raise InvalidInput.field(
            "readings",
            len(plain),
            f"at least {columns.shape[1] + _FEWEST} measured nights",
            "go on with the experiment, or log fewer covariates",
        )
    if np.linalg.matrix_rank(columns) < columns.shape[1]:
        raise InvalidInput.field(
            "covariates",
            ", ".join(names),
            "columns that can be told apart",
            "leave out a covariate that repeats another or the assignment",
        )
    without = by_night[0][night] < 0.5
    baseline = float(np.median(plain[without] if without.any() else plain))
    readings = scale.of(plain)
    spread = scale.spread(noise[which, night], baseline)
    return Terms(
        readings=readings,
        columns=columns,
        names=tuple(names),
        night=night,
        weekday=series.weekday[night],
        error=_error_ratio(readings, columns, spread),
        baseline=baseline,
        scale=scale,
        days_matter=choices.weekday,
    )
