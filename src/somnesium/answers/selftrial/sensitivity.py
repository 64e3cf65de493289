"""Would the answer be another had one choice been another: each choice changed in turn."""

from typing import NamedTuple

import numpy as np

from somnesium.answers.selftrial.analysis import estimate
from somnesium.answers.selftrial.data import Reading, Series
from somnesium.answers.selftrial.posterior import posterior
from somnesium.answers.selftrial.terms import Choices
from somnesium.errors import InvalidInput

_HISTORIES = 400
_SETTLING = 2


class Variation(NamedTuple):
    """The effect with one choice changed, in the measure's unit; None with the reason if not."""

    what: str
    mean: float | None
    interval: tuple[float, float] | None
    why_not: str = ""


def _settled_in(series: Series) -> Series:
    """Without the first nights of each period, in which an effect may still come or go."""
    begins = np.flatnonzero(np.diff(series.period, prepend=series.period[0] - 1) != 0)
    early = np.zeros(series.nights, bool)
    for begin in begins:
        early[begin : begin + _SETTLING] = True
    kept = tuple(Reading(o.instrument, np.where(early, np.nan, o.values)) for o in series.readings)
    return series._replace(readings=kept)


def _variations(series: Series, choices: Choices) -> list[tuple[str, Series, Choices]]:
    """Every change of one choice that would make a difference here."""
    other = "log" if choices.scale == "plain" else "plain"
    out = [(f"scale: {other}", series, choices._replace(scale=other))]
    if any(h > 0 for h in choices.carry.half_lives):
        out += [
            (
                f"carry-over {word} as long",
                series,
                choices._replace(carry=choices.carry.stretched(by)),
            )
            for word, by in (("half", 0.5), ("twice", 2.0))
        ]
    if np.isfinite(series.taken).any():
        word = "doses as assigned" if choices.taken else "doses as taken"
        out.append((word, series, choices._replace(taken=not choices.taken)))
    out.append(
        (
            "trend " + ("left out" if choices.trend else "kept"),
            series,
            choices._replace(trend=not choices.trend),
        )
    )
    out.append(
        (
            "weekdays " + ("left out" if choices.weekday else "kept"),
            series,
            choices._replace(weekday=not choices.weekday),
        )
    )
    if series.covariates:
        word = "covariates " + ("left out" if choices.covariates else "kept")
        out.append((word, series, choices._replace(covariates=not choices.covariates)))
    word = "wild nights " + ("count in full" if choices.robust else "count for less")
    out.append((word, series, choices._replace(robust=not choices.robust)))
    if len(series.readings) > 1:
        out += [
            (f"{one.instrument} alone", series._replace(readings=(one,)), choices)
            for one in series.readings
        ]
    out.append((f"without the first {_SETTLING} nights of a period", _settled_in(series), choices))
    return out


def sensitivity(series: Series, choices: Choices) -> tuple[Variation, ...]:
    """The effect from the nights alone under each change; intervals by a coarser calibration."""
    out = []
    for what, changed, chosen in _variations(series, choices):
        try:
            made = estimate(changed, chosen, _HISTORIES)
        except InvalidInput as wrong:
            out.append(Variation(what, None, None, str(wrong)))
            continue
        belief, rows = posterior(made.likelihood), made.terms
        low, middle, high = (
            float(rows.scale.change(belief.quantile(q), rows.baseline)) for q in (0.025, 0.5, 0.975)
        )
        out.append(Variation(what, middle, (low, high)))
    return tuple(out)


def tipping_point(series: Series, effect: float) -> float | None:
    """How far missed nights with magnesium would have to differ to undo the effect.

    In the measure's unit, against nights like them that were measured; None if none was missed.
    Missed nights are otherwise taken to be like measured ones of the same dose, day and date.
    """
    given = series.assigned == 1.0
    missed = float(np.mean(~series.measured[given]))
    return None if missed == 0.0 else -effect / missed
