"""Every published difference beside what the calibrated body predicts for it.

Trials that were fitted and trials held out are predicted alike: each is lived at draws of the
posterior; the trial's own error and the discrepancy between trials are added, and the published
number is looked for in the 90 % interval. Where a paper prints no number, its word stands: for
`null` the expected difference must be less than the trial could have seen, for `higher` and
`lower` the chance of that sign is told.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from scipy.stats import norm

from somnesium.answers.calibration.designs import Comparison, scale_of
from somnesium.answers.calibration.problem import HIGH_RISK
from somnesium.answers.evidence.measures import MEASURES
from somnesium.answers.evidence.table import Evidence

_POWER = 0.8


class Prediction(NamedTuple):
    """A published difference and its prediction, in its unit.

    `mean` and `expected90` are of the expected difference; `predicted90` of what the trial would
    publish. `detectable` is the least difference it could see (80 % power, two-sided 5 %).
    `held` is None where a sign is told; `sign` the chance of the sign told.
    """

    comparison: Comparison
    role: str
    mean: float
    expected90: tuple[float, float]
    predicted90: tuple[float, float]
    detectable: float | None
    held: bool | None
    sign: float | None


class Coverage(NamedTuple):
    """Of the predictions with a number: how many, in the interval, and the mean width in scales."""

    role: str
    number: int
    inside: int
    width: float


def _sizes(table: Evidence, one: Comparison) -> tuple[float, float] | None:
    """People in each arm; half the trial's each where arms are not told."""
    trial = table.trial(one.trial)
    found = []
    for name in (one.arm, one.versus):
        arm = table.arm(one.trial, name)
        total = trial and (trial.n_analysed or trial.n_randomised)
        size = arm.n if arm is not None and arm.n else total and total / 2
        if not size:
            return None
        found.append(float(size))
    return found[0], found[1]


def detectable(table: Evidence, one: Comparison) -> float | None:
    """Least difference a trial could see with 80 % power at 5 %, from the usual spread of people
    and its size, or from its printed error; None if neither is known."""
    reach = float(norm.ppf(0.975) + norm.ppf(_POWER))
    if one.error is not None:
        return reach * one.error
    sizes, sd = _sizes(table, one), MEASURES[one.endpoint].usual_sd
    if sizes is None or sd is None:
        return None
    return reach * sd * float(np.sqrt(1.0 / sizes[0] + 1.0 / sizes[1]))


def _outcome(
    one: Comparison, mean: float, predicted: tuple[float, float], least: float | None
) -> bool | None:
    """Whether a published number lies in its interval, or a null is predicted as near-null."""
    if one.value is not None:
        return predicted[0] <= one.value <= predicted[1]
    if one.told == "null" and least is not None:
        return abs(mean) < least
    return None


def predictions(
    rows: Sequence[Comparison],
    lived: np.ndarray,
    discrepancy: np.ndarray,
    table: Evidence,
    seed: int,
) -> tuple[Prediction, ...]:
    """Predictions of `rows` from `lived` (draws, rows) at as many draws of the discrepancy."""
    rng, found = np.random.default_rng([seed, 21]), []
    for k, one in enumerate(rows):
        drawn = lived[:, k]
        scale = scale_of(one.measure) * (HIGH_RISK if one.high_risk else 1.0)
        least = detectable(table, one)
        error = one.error
        if error is None:
            error = 0.0 if least is None else least / float(norm.ppf(0.975) + norm.ppf(_POWER))
        spread = np.sqrt(error**2 + (discrepancy * scale) ** 2)
        many = rng.standard_normal((64, len(drawn)))
        low, high = np.quantile(drawn + spread * many, [0.05, 0.95])
        trial = table.trial(one.trial)
        sign = {"higher": 1.0, "lower": -1.0}.get(one.told)
        mean = float(drawn.mean())
        found.append(
            Prediction(
                comparison=one,
                role=trial.role if trial else "",
                mean=mean,
                expected90=tuple(float(v) for v in np.quantile(drawn, [0.05, 0.95])),  # type: ignore[arg-type]
                predicted90=(float(low), float(high)),
                detectable=least,
                held=_outcome(one, mean, (float(low), float(high)), least),
                sign=None if sign is None else float(np.mean(sign * drawn > 0.0)),
            )
        )
    return tuple(found)


def coverage(found: Sequence[Prediction], role: Literal["calibrate", "held_out"]) -> Coverage:
    """How many published numbers of a role lie in their 90 % intervals, and how wide these are."""
    told = [one for one in found if one.role == role and one.comparison.value is not None]
    widths = [
        (one.predicted90[1] - one.predicted90[0]) / scale_of(one.comparison.measure) for one in told
    ]
    return Coverage(
        role=role,
        number=len(told),
        inside=sum(bool(one.held) for one in told),
        width=float(np.mean(widths)) if widths else float("nan"),
    )
