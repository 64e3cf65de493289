"""Lints of single numbers: can it be, is it in its unit, is the spread one of people."""

import math
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import NamedTuple

from somnesium import say
from somnesium.answers.evidence.finding import Lint, half_step, lint, printed_factor
from somnesium.answers.evidence.measures import MEASURES, Measure
from somnesium.answers.evidence.table import Contrast, Endpoint, Evidence

_MEANS = ("baseline_mean", "post_mean")
_SPREADS = (
    ("baseline_sd", "baseline_mean"),
    ("post_sd", "post_mean"),
    ("change_sd", "change_mean"),
)
_SMALL = 0.45  # judgement#spread: below this share of the usual SD an SE is thought of
_TINY = 0.15  # judgement#spread: below this share no trial of people is so alike
_MANY = 100  # judgement#spread: so many SDs that one trial does not move their median
_NEAR = 1.8  # judgement#spread: how near to SD / sqrt(n) counts as an SE


def _other_unit(row: Endpoint, value: float, measure: Measure) -> str:
    """The unit in which an odd mean would be ordinary; empty if there is none."""
    printed = row.printed.get("unit", row.unit)
    raw = value / printed_factor(row)
    for unit, factor in {measure.unit: 1.0, **measure.units}.items():
        if unit != printed and measure.odd_low <= raw * factor <= measure.odd_high:
            return unit
    return ""


def _mean_lints(row: Endpoint, measure: Measure) -> Iterator[Lint]:
    """Means that cannot be, or are odd."""
    for field in _MEANS:
        value = getattr(row, field)
        if value is None:
            continue
        value_text = f"{row.endpoint} {say.figures(value)} {measure.unit}"
        other = _other_unit(row, value, measure)
        hint = f"; it would be ordinary in {other}: a unit slip?" if other else ""
        if not measure.low <= value <= measure.high:
            ends = say.figures_span((measure.low, measure.high))
            reason = f"{value_text} cannot be: {measure.meaning} lies from {ends}{hint}"
            yield lint(row, field, "refuse", reason, measure.source)
        elif not measure.odd_low <= value <= measure.odd_high:
            reason = f"{value_text} is far from what groups of people have{hint}"
            yield lint(row, field, "flag", reason, "judgement#evidence-table")
    if row.change_mean is not None and abs(row.change_mean) > measure.high - measure.low:
        reason = f"a change of {say.figures(row.change_mean)} is more than the whole scale"
        yield lint(row, "change_mean", "refuse", reason, measure.source)


def _greatest_sd(field: str, mean: float, n: int | None, measure: Measure) -> float:
    """Greatest SD that values within the measure's bounds can have about a mean.

    Variance is at most (high - mean)(mean - low) [bhatia2000], times n / (n - 1) in a sample.
    """
    low, high = measure.low, measure.high
    if field == "change_sd":
        low, high = low - high, high - low
    number = 2 if n is None or n < 2 else n
    return math.sqrt(max(0.0, (high - mean) * (mean - low)) * number / (number - 1))


def _bound_lints(row: Endpoint, measure: Measure) -> Iterator[Lint]:
    """Spreads larger than the scale allows."""
    if not math.isfinite(measure.high):
        return
    for field, about in _SPREADS:
        spread, mean = getattr(row, field), getattr(row, about)
        if spread is None or mean is None:
            continue
        reach = (mean - half_step(row, about), mean, mean + half_step(row, about))
        most = max(_greatest_sd(field, each, row.n, measure) for each in reach)
        if spread - half_step(row, field) > most * (1.0 + 1e-9):
            reason = (
                f"an SD of {say.figures(spread)} about a mean of {say.figures(mean)} cannot be on "
                "this scale"
            )
            yield lint(
                row, field, "refuse", f"{reason}: at most {say.figures(most, 3)}", "bhatia2000"
            )
        elif spread == 0.0:
            yield lint(row, field, "flag", "an SD of zero: everyone alike", "bhatia2000")


class _Among(NamedTuple):
    """Every SD of an endpoint and column: with its trial, and the median of all."""

    of: tuple[tuple[str, float], ...]
    median: float


_Spreads = Mapping[tuple[str, str], _Among]


def _spreads(endpoints: Sequence[Endpoint]) -> _Spreads:
    """By endpoint and column: how people differed."""
    by_column: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for row in endpoints:
        for field, _ in _SPREADS:
            if spread := getattr(row, field):
                by_column.setdefault((row.endpoint, field), []).append((row.trial, spread))
    return {
        key: _Among(tuple(pairs), median(spread for _, spread in pairs))
        for key, pairs in by_column.items()
    }


def _usual_sd(spreads: _Spreads, row: Endpoint, field: str, measure: Measure) -> float | None:
    """How people differ in other trials: their median SD if three have one, else the catalogue.

    Among very many, those of the same trial hardly count and are not left out.
    """
    among = spreads.get((row.endpoint, field))
    if among is None:
        return measure.usual_sd
    if len(among.of) > _MANY:
        return among.median
    others = [spread for trial, spread in among.of if trial != row.trial]
    return median(others) if len(others) >= 3 else measure.usual_sd


def _spread_lints(spreads: _Spreads, row: Endpoint, measure: Measure) -> Iterator[Lint]:
    """Spreads so small that they look like standard errors."""
    for field, _ in _SPREADS:
        spread = getattr(row, field)
        usual = _usual_sd(spreads, row, field, measure)
        if not spread or not usual:
            continue
        share = spread / usual
        if row.n is not None and row.n >= 8:
            off = abs(math.log(share * math.sqrt(row.n)))
            if share < _SMALL and off < math.log(_NEAR):
                reason = (
                    f"an SD of {say.figures(spread)} where people differ by about "
                    f"{say.figures(usual, 3)}: close to {say.figures(usual, 3)}/sqrt({row.n}), so "
                    "perhaps a standard error"
                )
                yield lint(row, field, "flag", reason, "higgins2023")
                continue
        if share < _TINY:
            reason = (
                f"an SD of {say.figures(spread)} where people differ by about "
                f"{say.figures(usual, 3)}: improbable"
            )
            yield lint(row, field, "flag", reason, "judgement#size-of-spread")


def _grain_lints(row: Endpoint, measure: Measure) -> Iterator[Lint]:
    """Means of whole numbers that no such number of people can have [brown2017]."""
    if not measure.whole or row.n is None:
        return
    for field in (*_MEANS, "change_mean"):
        value, step = getattr(row, field), half_step(row, field)
        if value is None or step >= 0.5 or 2.0 * step * row.n >= 1.0:
            continue
        lowest, highest = (value - step) * row.n, (value + step) * row.n
        if math.floor(highest + 1e-9) < math.ceil(lowest - 1e-9):
            reason = (
                f"no whole-number scores of {row.n} people have the mean {row.printed[field]}; "
                "values filled in may explain it"
            )
            yield lint(row, field, "flag", reason, "brown2017")


def _change_lints(row: Endpoint, measure: Measure) -> Iterator[Lint]:
    """Changes that are not after less before."""
    parts = (row.baseline_mean, row.post_mean, row.change_mean)
    if None in parts:
        return
    before, after, change = (float(part) for part in parts if part is not None)
    slack = sum(half_step(row, field) for field in (*_MEANS, "change_mean"))
    slack = max(slack * 1.001, 0.05 * (measure.usual_sd or 0.0))
    if abs(after - before - change) > slack:
        reason = (
            f"a change of {say.figures(change)} is not {say.figures(after)} less "
            f"{say.figures(before)}: adjusted?"
        )
        yield lint(row, "change_mean", "flag", reason, "higgins2023")


def _contrast_lints(row: Contrast) -> Iterator[Lint]:
    """Differences that the scale cannot hold."""
    measure = MEASURES[row.endpoint]
    if row.estimate is None:
        return
    if row.measure == "md" and abs(row.estimate) > measure.high - measure.low:
        reason = f"a difference of {say.figures(row.estimate)} is more than the whole scale"
        yield lint(row, "estimate", "refuse", reason, measure.source)
    elif row.measure == "ratio" and row.estimate <= 0.0:
        yield lint(row, "estimate", "refuse", "a ratio is above zero", "definition#ratio")
    elif row.measure == "smd" and abs(row.estimate) > 3.0:
        reason = f"{say.figures(row.estimate)} SD is an effect nothing in sleep has"
        yield lint(row, "estimate", "flag", reason, "judgement#evidence-table")


def value_lints(evidence: Evidence) -> Iterator[Lint]:
    """Findings about single numbers of endpoints and contrasts."""
    spreads = _spreads(evidence.endpoints)
    for row in evidence.endpoints:
        measure = MEASURES[row.endpoint]
        yield from _mean_lints(row, measure)
        yield from _bound_lints(row, measure)
        yield from _spread_lints(spreads, row, measure)
        yield from _grain_lints(row, measure)
        yield from _change_lints(row, measure)
    for contrast in evidence.contrasts:
        yield from _contrast_lints(contrast)
