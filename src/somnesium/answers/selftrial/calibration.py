"""The posterior held to its promise: histories without an effect, in this very design.

A posterior that has to learn the persistence of nights from a few weeks is too sure of itself
where nights persist and blocks are long, and too unsure where they do not. So we simulate
thousands of histories in the person's own design with no effect, under noises from none to strong
persistence, and stretch the posterior until its 95 % interval misses 5 % of the time under each
of them. The stretch depends on one number of the fit, `width`; the method is Monte-Carlo
calibration of a posterior, and the random numbers are fixed, so the same nights give the same
answer.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import least_squares
from scipy.stats import t as student

from somnesium.answers.selftrial.model import Fit, Marginal, fit
from somnesium.answers.selftrial.noise import Noise, covariance
from somnesium.answers.selftrial.terms import Terms

NULL: tuple[Noise, ...] = (
    *(Noise(lasting, 0.0) for lasting in (-0.2, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)),
    *(Noise(lasting, 0.3) for lasting in (0.2, 0.4, 0.6, 0.7)),
    *(Noise(lasting, 0.6) for lasting in (0.5, 0.7)),
)
"""Noises under which the miss rate is held (judgement#null-noises)."""

MOST_HISTORIES = 800
"""Simulated histories at each noise; the miss rate then has a standard error of 0.8 %."""

_FEWEST_HISTORIES = 80
_WORK = 1e7
"""Histories times squared rows, beyond which histories are saved (judgement#a-second-or-two)."""

_KNOTS = 5
_MISS = 0.05
_SOFT = 0.06
_SMOOTH = 1.5
_STRETCHES = (1.0, 6.0)
_WEEKDAY_SD = 0.25
_FREEDOMS = np.array([2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0, 60.0])
_SEED = 20261121


class Calibration(NamedTuple):
    """Log stretch of the posterior at `knots` of its width, and the shape of its tails."""

    knots: np.ndarray
    log_stretch: np.ndarray
    freedom: float

    def stretch(self, width: np.ndarray) -> np.ndarray:
        """Half a 95 % interval over the posterior's standard deviation."""
        return np.exp(np.interp(width, self.knots, self.log_stretch))


class Likelihood(NamedTuple):
    """What the nights say of the effect: a Student t around `centre`, on the model's scale."""

    centre: float
    scale: float
    freedom: float


def _histories(terms: Terms, count: int, seed: int) -> np.ndarray:
    """Readings without an effect, `count` at each noise of `NULL`: (rows, noises · count)."""
    random = np.random.Generator(np.random.Philox(key=seed))
    readings = [
        np.linalg.cholesky(covariance(noise, terms, _WEEKDAY_SD))
        @ random.standard_normal((len(terms.night), count))
        for noise in NULL
    ]
    return np.concatenate(readings, axis=1)


def _basis(width: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """Weights of piecewise linear interpolation, (histories, knots)."""
    return np.stack([np.interp(width, knots, unit) for unit in np.eye(len(knots))], axis=1)


def _tails(ratio: np.ndarray) -> float:
    """Degrees of freedom of the t whose quantiles are those of |effect| over its half-interval."""
    levels = np.array([0.5, 0.8, 0.99])
    observed = np.log(np.quantile(ratio, levels))
    tail = 0.5 + 0.5 * levels
    shapes = [np.log(student.ppf(tail, d) / student.ppf(0.975, d)) for d in _FREEDOMS]
    return float(_FREEDOMS[int(np.argmin([np.square(s - observed).sum() for s in shapes]))])


def calibrate(
    terms: Terms, design: Marginal, most: int = MOST_HISTORIES, seed: int = _SEED
) -> Calibration:
    """The stretch that makes 95 % intervals of this design miss 5 % of the time.

    At most `most` histories a noise; fewer for very long series, which need less of a stretch.
    """
    affordable = int(_WORK / len(terms.night) ** 2)
    histories = min(most, max(_FEWEST_HISTORIES, affordable))
    fitted = fit(design, _histories(terms, histories, seed))
    log_ratio = np.log(np.abs(fitted.centre) / fitted.spread + 1e-12)
    knots = np.quantile(fitted.width, np.linspace(0.02, 0.98, _KNOTS))
    knots = knots + 1e-9 * np.arange(_KNOTS)
    basis = _basis(fitted.width, knots)

    def off(log_stretch: np.ndarray) -> np.ndarray:
        late = np.clip((log_ratio - basis @ log_stretch) / _SOFT, -40.0, 40.0)
        miss = (1.0 / (1.0 + np.exp(-late))).reshape(len(NULL), -1).mean(axis=1)
        rough = _SMOOTH * np.diff(log_stretch, 2)
        pull = 0.1 * (log_stretch - np.log(2.0))
        return np.concatenate([(miss - _MISS) / 0.01, rough, pull])

    start, bounds = np.full(_KNOTS, np.log(2.0)), tuple(np.log(_STRETCHES))
    log_stretch = least_squares(off, start, bounds=bounds).x
    return Calibration(knots, log_stretch, _tails(np.exp(log_ratio - basis @ log_stretch)))


def calibrated(fitted: Fit, calibration: Calibration) -> Likelihood:
    """The calibrated likelihood of the first history's effect."""
    half = float(fitted.spread[0] * calibration.stretch(fitted.width[0]))
    scale = half / float(student.ppf(0.975, calibration.freedom))
    return Likelihood(float(fitted.centre[0]), scale, calibration.freedom)
