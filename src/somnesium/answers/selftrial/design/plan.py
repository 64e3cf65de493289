"""From a question to periods, blocks and weeks, and whether it is worth starting."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from somnesium import say
from somnesium.answers.selftrial.design.kinetics import Kinetics
from somnesium.answers.selftrial.design.power import (
    POWER,
    Layout,
    best_period,
    cost_of,
    fewest_blocks,
    power,
    seen_share,
    visible,
    weeks_to_see,
)
from somnesium.answers.selftrial.design.question import Kind, Measure, Scale, Trial
from somnesium.answers.selftrial.design.simulated import simulated_power
from somnesium.answers.selftrial.design.spread import ENOUGH, Spread, spread_of, usual_spread
from somnesium.person.document import Document, Number

Verdict = Literal["worth starting", "not worth starting"]
"""Whether an answer is likely within the weeks given, and likely to matter."""

_ACUTE = (1, 2, 3, 4, 5, 7)
_STORES = (7, 14, 21, 28)
"""Nights of a period that are tried (judgement#period-lengths)."""
_TRIED = 112
_UNLIKELY = 0.05
"""Share of people like this one below which a change worth having is not to be hoped for
(judgement#unlikely)."""
_UNSEEN = 0.5
"""Share of the body model's effect that the periods must be able to show
(judgement#unseen-half)."""


class PowerRow(Document):
    """A change of the measure: weeks until it is seen four times in five (None: not within a
    year), and the chance of seeing it in the planned weeks."""

    change: Number
    weeks: int | None
    chance: Number


class Planned(NamedTuple):
    """The layout, the run-in [nights], what it shows, and the verdict with its reasons.

    `seen` is the share of the body model's effect that shows between the periods, and `carry` the
    nights after the last dose until less than a tenth of it is left (None: unknown).
    """

    kind: Kind
    layout: Layout
    run_in: int
    weeks: int
    spread: Spread
    rows: tuple[PowerRow, ...]
    seen: float
    carry: int | None
    verdict: Verdict
    reasons: tuple[str, ...]


def kind_of(trial: Trial, courses: Kinetics) -> Kind:
    """The question asked; left out, `acute` if the first night brings half the effect or more."""
    if trial.question is not None:
        return trial.question
    first = courses.night.first_night
    return "acute" if first is not None and first >= _UNSEEN else "stores"


def _layout(
    trial: Trial, lengths: Sequence[int], best: Layout, spread: Spread, size: float
) -> tuple[Layout, bool]:
    """The layout that sees the change in the fewest weeks; `best` in full if none does in time."""
    in_time = []
    for length in lengths:
        fewest = best._replace(period_nights=length, blocks=fewest_blocks(length))
        weeks = weeks_to_see(fewest, spread, size)
        if weeks is not None and weeks <= trial.most_weeks:
            full = fewest._replace(blocks=max(fewest.blocks, 7 * weeks // (2 * length)))
            in_time.append((weeks, -power(full, spread, size), full))
    return (min(in_time)[2], True) if in_time else (best, False)


def _costed(best: Layout, spread: Spread, measure: Measure, seed: int) -> Spread:
    """The spread as wide as the analysis makes it, which does not know the noise either.

    Simulated in at most 112 nights; longer experiments cost less than that.
    """
    least = fewest_blocks(best.period_nights)
    tried = best._replace(blocks=min(best.blocks, max(least, _TRIED // (2 * best.period_nights))))
    change = visible(tried, spread)
    (chance,) = simulated_power(tried, spread, measure, (change,), seed)
    return spread._replace(sd=cost_of(tried, spread, change, chance) * spread.sd)


def planned(
    trial: Trial, scale: Scale, courses: Kinetics, nights: Sequence[float | None], seed: int
) -> Planned:
    """Periods, weeks and verdict for a question, from own nights and the body's own kinetics."""
    size = trial.worthwhile or scale.worthwhile
    spread = spread_of(nights, seed) or usual_spread(scale, seed)
    kind = kind_of(trial, courses)
    lengths = _ACUTE if kind == "acute" else _STORES
    # Nights in which the effect halves; of the tissue if the night shows nothing.
    lasting = courses.night.half_life or courses.tissue.half_life or 0.0
    best = best_period(lengths, 0.0 if kind == "acute" else lasting, trial.most_weeks, spread)
    costed = _costed(best, spread, trial.measure, seed)
    layout, in_time = _layout(trial, lengths, best, costed, size)
    seen = 1.0 if courses.night.half_life is None else seen_share(layout, lasting)
    seen = max(seen, courses.night.first_night or 0.0)
    reasons = []
    if layout.nights > 7 * trial.most_weeks:
        weeks = -(-layout.nights // 7)
        reasons.append(f"It needs {weeks} weeks at the least; you give {trial.most_weeks}.")
    if not in_time:
        reasons.append(
            f"Your nights differ too much by chance: in {trial.most_weeks} weeks a change of "
            f"{say.figures(size)} {scale.unit} would be seen less than "
            f"{say.number(100 * POWER)} times in 100."
        )
    if courses.chance < _UNLIKELY:
        reasons.append(
            f"In the body model fewer than {say.number(100 * _UNLIKELY)} in 100 people like you "
            f"gain {say.figures(size)} {scale.unit} or more from this plan."
        )
    if kind == "acute" and seen < _UNSEEN and courses.night.half_life is not None:
        length = "1 night" if layout.period_nights == 1 else f"{layout.period_nights} nights"
        reasons.append(
            f"In the body model the plan works by filling stores: periods of {length} would show "
            f'{say.percent(max(seen, 0.0))} of it. Ask the question "stores" for that.'
        )
    return Planned(
        kind=kind,
        layout=layout,
        run_in=0 if spread.nights >= ENOUGH else ENOUGH,
        weeks=-(-layout.nights // 7),
        spread=spread,
        rows=tuple(
            PowerRow(
                change=change,
                weeks=weeks_to_see(layout, costed, change),
                chance=power(layout, costed, change),
            )
            for change in sorted({*scale.steps, size})
        ),
        seen=seen,
        carry=courses.night.leaves_late or courses.night.leaves or courses.tissue.leaves,
        verdict="not worth starting" if reasons else "worth starting",
        reasons=tuple(reasons),
    )


def spread_summary(spread: Spread) -> tuple[float, tuple[float, float], float]:
    """Mean spread of nights, its 90 % interval, and the mean correlation of neighbours."""
    low, high = (float(v) for v in np.quantile(spread.sd, [0.05, 0.95]))
    return float(spread.sd.mean()), (low, high), float(spread.phi.mean())
