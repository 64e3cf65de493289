"""Would the answer be another had one choice been another: each choice changed in turn."""

from collections.abc import Iterator

import numpy as np

from somnesium.answers.selftrial.analysis import estimate
from somnesium.answers.selftrial.data import Reading, Series
from somnesium.answers.selftrial.posterior import posterior
from somnesium.answers.selftrial.terms import Choices
from somnesium.errors import InvalidInput
from somnesium.person.document import Document, Number

_HISTORIES = 400
_SETTLING = 2


class Variation(Document):
    """The effect with one choice changed [unit of the measure]; null, and why, if not possible."""

    what: str
    mean: Number | None
    interval95: tuple[Number, Number] | None
    why_not: str


def _settled_in(series: Series) -> Series:
    """Without the first nights of each period, in which an effect may still come or go."""
    begins = np.flatnonzero(np.diff(series.period, prepend=series.period[0] - 1) != 0)
    early = np.zeros(series.nights, bool)
    for begin in begins:
        early[begin : begin + _SETTLING] = True
    return series._replace(
        readings=tuple(
            Reading(reading.instrument, np.where(early, np.nan, reading.values))
            for reading in series.readings
        )
    )


def _variations(series: Series, choices: Choices) -> Iterator[tuple[str, Series, Choices]]:
    """Every change of one choice that would make a difference here."""
    changes: list[tuple[str, Choices]] = []
    other = "log" if choices.scale == "plain" else "plain"
    changes.append((f"scale: {other}", choices._replace(scale=other)))
    if any(half_life > 0 for half_life in choices.carry.half_lives):
        for word, factor in (("half", 0.5), ("twice", 2.0)):
            carry = choices.carry.stretched(factor)
            changes.append((f"carry-over {word} as long", choices._replace(carry=carry)))
    if np.isfinite(series.taken).any():
        word = "doses as assigned" if choices.taken else "doses as taken"
        changes.append((word, choices._replace(taken=not choices.taken)))
    for label, name, off, on in (
        ("trend", "trend", "left out", "kept"),
        ("weekdays", "weekday", "left out", "kept"),
        ("covariates", "covariates", "left out", "kept"),
        ("wild nights", "robust", "count in full", "count for less"),
    ):
        if name != "covariates" or series.covariates:
            chosen = getattr(choices, name)
            word = f"{label} {off if chosen else on}"
            changes.append((word, choices._replace(**{name: not chosen})))
    for word, changed in changes:
        yield word, series, changed
    if len(series.readings) > 1:
        for reading in series.readings:
            yield f"{reading.instrument} alone", series._replace(readings=(reading,)), choices
    yield f"without the first {_SETTLING} nights of a period", _settled_in(series), choices


def sensitivity(series: Series, choices: Choices) -> tuple[Variation, ...]:
    """The effect from the nights alone under each change; intervals by a coarser calibration."""
    variations = []
    for what, changed, chosen in _variations(series, choices):
        mean, interval, why_not = None, None, ""
        try:
            rows, _, _, likelihood, _ = estimate(changed, chosen, _HISTORIES)
            effect = posterior(likelihood)
            quantiles = (effect.quantile(level) for level in (0.025, 0.5, 0.975))
            low, mean, high = (float(rows.change(quantile)) for quantile in quantiles)
            interval = low, high
        except InvalidInput as error:
            why_not = str(error)
        variations.append(Variation(what=what, mean=mean, interval95=interval, why_not=why_not))
    return tuple(variations)


def tipping_point(series: Series, effect: float) -> float | None:
    """How far missed nights with magnesium would have to differ to undo the effect.

    In the measure's unit, against nights like them that were measured; None if none was missed.
    Missed nights are otherwise taken to be like measured ones of the same dose, day and date.
    """
    assigned = series.assigned == 1.0
    missed = float(np.mean(~series.measured[assigned]))
    return None if missed == 0.0 else -effect / missed
