"""Serum magnesium on a plan, forecast by the body: run to its steady state, in people like this."""

import numpy as np

from somnesium.answers.sideeffects import HIGH_SERUM, VERY_HIGH_SERUM
from somnesium.person.document import Document, Number
from somnesium.person.regimen import Dose
from somnesium.person.request import Request
from somnesium.simulation.steady import MOST_DRIFT, Life, Steady, steady

_DOUBTS = 8


class SerumForecast(Document):
    """Serum magnesium [mmol/L] of people like this one on their plan, at steady state.

    `interval90` is for one person like this. `share_high` and `share_very_high` are the shares
    over 1.05 and 1.234 mmol/L (3.0 mg/dL). `drift_per_week` is the largest relative change anyone
    still shows in a week.
    """

    mean: Number
    interval90: tuple[Number, Number]
    share_high: Number
    share_very_high: Number
    unit: str = "mmol/L"
    people: int
    weeks: int
    drift_per_week: Number
    settled: bool
    sources: tuple[str, ...] = ("zhang2016", "mori2019", "judgement#steady")


def forecast_serum(
    request: Request, week: tuple[Dose, ...], people: int = 512, seed: int = 1
) -> SerumForecast:
    """Serum magnesium of `people` like the request's person who take a week's doses for good.

    Without doses this is the life as it is. At least 8 people are drawn, in eight doubts about
    what food holds.
    """
    life = Life(request.person, request.habits, request.diet, week)
    return serum_of(steady({"plan": life}, max(1, people // _DOUBTS), _DOUBTS, seed)["plan"])


def serum_of(rest: Steady) -> SerumForecast:
    """Serum of a life at steady state, in figures."""
    low, high = (float(v) for v in np.quantile(rest.serum, [0.05, 0.95]))
    drift = float(rest.drift.max())
    return SerumForecast(
        mean=float(rest.serum.mean()),
        interval90=(low, high),
        share_high=float(np.mean(rest.serum > HIGH_SERUM)),
        share_very_high=float(np.mean(rest.serum > VERY_HIGH_SERUM)),
        people=len(rest.serum),
        weeks=rest.weeks,
        drift_per_week=drift,
        settled=drift <= MOST_DRIFT,
    )
