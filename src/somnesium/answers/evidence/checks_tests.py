"""Lints of what was tested: intervals, standard errors, p values and baselines that disagree."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

from scipy.special import ndtr, ndtri, stdtr, stdtrit

from somnesium import say
from somnesium.answers.evidence.finding import Lint, half_step, lint
from somnesium.answers.evidence.table import Contrast, Endpoint, Evidence

_SLACK_P = 1.5  # judgement#p: how far a p value may be off beyond rounding, as a factor
_SLACK_SE = 1.15  # judgement#se: the same of a standard error
_ODDS = 0.05  # definition#one-in-twenty
_MOST_ARMS = 20  # judgement#arms: beyond so many arms of one trial pairs say nothing
_UNEQUAL = 3.0  # judgement#spread: SDs of two arms further apart than this


def _two_sided(t: float, freedom: float) -> float:
    """Two-sided p of a t value; normal where degrees of freedom are endless."""
    below = -abs(t)
    return 2.0 * float(stdtr(freedom, below) if math.isfinite(freedom) else ndtr(below))


def _half_width(freedom: float) -> float:
    """Half-width of a 95 % interval in standard errors."""
    return float(stdtrit(freedom, 0.975) if math.isfinite(freedom) else ndtri(0.975))


def welch(
    first: tuple[float, float, float], second: tuple[float, float, float]
) -> tuple[float, float]:
    """Two-sided p and degrees of freedom of two (mean, SE, n), unequal variances [welch1947]."""
    v1, v2 = first[1] ** 2, second[1] ** 2
    if v1 + v2 == 0.0:
        return (1.0 if first[0] == second[0] else 0.0), math.inf
    parts = v1**2 / (first[2] - 1.0) + v2**2 / (second[2] - 1.0)
    freedom = (v1 + v2) ** 2 / parts if parts > 0.0 else math.inf
    t = (first[0] - second[0]) / math.sqrt(v1 + v2)
    return _two_sided(t, freedom), freedom


def _freedom(row: Contrast) -> float | None:
    """Degrees of freedom of a published difference, if people are counted."""
    if row.n_arm is None or row.n_versus is None:
        return None
    number = row.n_arm - 1 if row.kind == "crossover" else row.n_arm + row.n_versus - 2
    return float(max(number, 1))


def _quantiles(row: Contrast) -> tuple[float, ...]:
    """Half-widths of a 95 % interval in standard errors: normal, and t where people are counted."""
    freedom = _freedom(row)
    z = _half_width(math.inf)
    return (z,) if freedom is None else (z, _half_width(freedom))


def _interval_lints(
    row: Endpoint | Contrast, names: tuple[str, str, str], ratio: bool
) -> Iterator[Lint]:
    """Intervals that do not hold their estimate, or lie lopsided about it."""
    estimate, low, high = (getattr(row, name) for name in names)
    if low is not None and high is not None and low > high:
        yield lint(
            row,
            names[1],
            "refuse",
            f"{say.figures(low)} is above {say.figures(high)}",
            "definition#interval",
        )
        return
    if estimate is None or low is None or high is None:
        return
    steps = [half_step(row, name) for name in names]
    if not low - steps[1] - steps[0] <= estimate <= high + steps[2] + steps[0]:
        reason = (
            f"{say.figures(estimate)} lies outside its own interval, {say.figures(low)} to "
            f"{say.figures(high)}"
        )
        yield lint(row, names[0], "refuse", reason, "definition#interval")
        return
    if ratio and min(low, estimate) > 0.0:
        steps = [step / value for step, value in zip(steps, (estimate, low, high), strict=True)]
        estimate, low, high = math.log(estimate), math.log(low), math.log(high)
    slack = max(steps[0] + 0.5 * (steps[1] + steps[2]), 0.03 * (high - low))
    if abs(0.5 * (low + high) - estimate) > slack * 1.001:
        reason = "the interval is lopsided about the estimate: a misprint, or not a plain interval"
        yield lint(row, names[0], "flag", reason, "higgins2023")


def _error_lints(row: Contrast) -> Iterator[Lint]:
    """Standard errors that are not the width of the interval."""
    if row.se is None or row.low is None or row.high is None or row.measure == "ratio":
        return
    steps = half_step(row, "low") + half_step(row, "high")
    width = row.high - row.low
    fits = [
        (width - steps) / (2.0 * q) / _SLACK_SE - half_step(row, "se")
        <= row.se
        <= (width + steps) / (2.0 * q) * _SLACK_SE + half_step(row, "se")
        for q in _quantiles(row)
    ]
    if not any(fits):
        meant = width / (2.0 * _quantiles(row)[0])
        reason = (
            f"an SE of {say.figures(row.se)} does not fit the interval, which says "
            f"{say.figures(meant, 3)}"
        )
        yield lint(row, "se", "flag", reason, "higgins2023")


def _width(row: Contrast) -> tuple[float, float] | None:
    """Width of a published interval and how far rounding may shift it, on the scale of tests."""
    if row.low is None or row.high is None or row.high < row.low:
        return None
    steps = half_step(row, "low"), half_step(row, "high")
    if row.measure != "ratio":
        return row.high - row.low, sum(steps)
    if row.low <= 0.0:
        return None
    return math.log(row.high / row.low), steps[0] / row.low + steps[1] / row.high


def _p_range(row: Contrast) -> tuple[float, float] | None:
    """Lowest and highest p that estimate and interval (or SE) allow, given how they are printed."""
    if row.estimate is None or (row.measure == "ratio" and row.estimate <= 0.0):
        return None
    size, around = row.estimate, half_step(row, "estimate")
    if row.measure == "ratio":
        size, around = math.log(row.estimate), around / row.estimate
    freedoms = dict.fromkeys((math.inf, _freedom(row) or math.inf))
    width = _width(row)
    ps = []
    for freedom in freedoms:
        if row.se is not None:
            step = half_step(row, "se")
            errors = (row.se - step, row.se + step)
        elif width is not None:
            quantile = 2.0 * _half_width(freedom)
            errors = ((width[0] - width[1]) / quantile, (width[0] + width[1]) / quantile)
        else:
            return None
        for far, error in product((max(abs(size) - around, 0.0), abs(size) + around), errors):
            ps.append(_two_sided(far / error if error > 0.0 else math.inf, freedom))
    return min(ps), max(ps)


def _p_fits(row: Endpoint | Contrast, lowest: float, highest: float) -> bool:
    """Whether the printed p lies in a range, or its bound can hold."""
    if row.p is None:
        return True
    if row.printed.get("p", "").startswith(("<", "≤")):
        return lowest / _SLACK_P <= row.p
    step = half_step(row, "p")
    return lowest / _SLACK_P - step <= row.p <= highest * _SLACK_P + step


def _p_lints(row: Contrast) -> Iterator[Lint]:
    """P values that the estimate and its interval do not give."""
    p_range = _p_range(row)
    if p_range is not None and not _p_fits(row, *p_range):
        reason = (
            f"p = {row.printed.get('p', row.p)} does not fit the estimate and its interval, which "
            f"give {say.figures_span(p_range, 2)}; adjusted, one-sided or a misprint?"
        )
        yield lint(row, "p", "flag", reason, "higgins2023")


def _arm_estimate(row: Endpoint, change: bool) -> tuple[float, float, float] | None:
    """Mean, its SE and the people of an arm, from change or from after; None if not printed.

    Where people are not counted, an interval still gives the SE, as of very many.
    """
    mean = row.change_mean if change else row.post_mean
    spread = row.change_sd if change else row.post_sd
    people = math.inf if row.n is None else float(row.n)
    if mean is None or people < 2.0:
        return None
    if spread is not None and math.isfinite(people):
        return mean, spread / math.sqrt(people), people
    if change and row.change_low is not None and row.change_high is not None:
        quantile = _half_width(people - 1.0)
        return mean, (row.change_high - row.change_low) / (2.0 * quantile), people
    return None


def _pooled_p(first: tuple[float, float, float], second: tuple[float, float, float]) -> float:
    """Two-sided p of two (mean, SE, n), one common variance."""
    n1, n2 = first[2], second[2]
    if not math.isfinite(n1 + n2):
        return welch(first, second)[0]
    sums = first[1] ** 2 * n1 * (n1 - 1.0) + second[1] ** 2 * n2 * (n2 - 1.0)
    error = math.sqrt(sums / (n1 + n2 - 2.0) * (1.0 / n1 + 1.0 / n2))
    if error == 0.0:
        return welch(first, second)[0]
    return _two_sided((first[0] - second[0]) / error, n1 + n2 - 2.0)


_Groups = Mapping[tuple[object, ...], Sequence[Endpoint]]


def _key(row: Endpoint | Contrast) -> tuple[object, ...]:
    """What rows of one endpoint of one trial have in common."""
    return row.trial, row.endpoint, row.instrument, row.weeks


def _groups(evidence: Evidence) -> _Groups:
    """Rows of one endpoint of one trial together."""
    groups: dict[tuple[object, ...], list[Endpoint]] = {}
    for row in evidence.endpoints:
        groups.setdefault(_key(row), []).append(row)
    return groups


def _arms_lints(groups: _Groups, row: Contrast) -> Iterator[Lint]:
    """P values that the printed means, spreads and people of both arms do not give."""
    if row.p is None or row.kind == "crossover":
        return
    rows = {each.arm: each for each in groups.get(_key(row), ())}
    if row.arm not in rows or row.versus not in rows:
        return
    for change in (True, False):
        arm = _arm_estimate(rows[row.arm], change)
        versus = _arm_estimate(rows[row.versus], change)
        if arm is None or versus is None:
            continue
        p, pooled = welch(arm, versus)[0], _pooled_p(arm, versus)
        lowest, highest = min(p, pooled) / 1.3, max(p, pooled) * 1.3  # rounding of the means
        if not _p_fits(row, lowest, highest):
            what = "changes" if change else "values after"
            reason = (
                f"p = {row.printed.get('p', row.p)} is not what the {what} by arm give "
                f"({say.figures(p, 2)}); it may be adjusted for the baseline"
            )
            yield lint(row, "p", "flag", reason, "welch1947")
        return


def _pairs(evidence: Evidence, groups: _Groups) -> Iterator[tuple[Endpoint, Endpoint]]:
    """Pairs of arms of parallel trials with the same endpoint."""
    parallel = {row.trial for row in evidence.trials if row.design == "parallel"}
    for rows in groups.values():
        if rows[0].trial in parallel and len(rows) <= _MOST_ARMS:
            yield from ((a, b) for a, b in combinations(rows, 2) if a.arm != b.arm)


def _baseline_lints(evidence: Evidence, groups: _Groups) -> Iterator[Lint]:
    """Arms that differed, or whose spreads differed much, before anything was taken."""
    for first, second in _pairs(evidence, groups):
        parts = [
            (row.baseline_mean, row.baseline_sd / math.sqrt(row.n), float(row.n))
            for row in (first, second)
            if row.baseline_mean is not None and row.baseline_sd and row.n and row.n > 1
        ]
        if len(parts) == 2 and (p := welch(parts[0], parts[1])[0]) < _ODDS:
            reason = (
                f"{first.arm} and {second.arm} differed before (p = {say.figures(p, 2)}); chance "
                "does this once in twenty"
            )
            yield lint(second, "baseline_mean", "flag", reason, "carlisle2017")
        for field in ("baseline_sd", "post_sd", "change_sd"):
            spreads = sorted(s for row in (first, second) if (s := getattr(row, field)))
            if len(spreads) == 2 and spreads[1] > _UNEQUAL * spreads[0]:
                reason = (
                    f"SDs of {first.arm} and {second.arm} are {say.figures(spreads[0])} and "
                    f"{say.figures(spreads[1])}: one may be a standard error"
                )
                yield lint(second, field, "flag", reason, "higgins2023")


def statistic_lints(evidence: Evidence) -> Iterator[Lint]:
    """Findings about intervals, standard errors, p values and baselines."""
    groups = _groups(evidence)
    for row in evidence.endpoints:
        yield from _interval_lints(row, ("change_mean", "change_low", "change_high"), False)
    for row in evidence.contrasts:
        yield from _interval_lints(row, ("estimate", "low", "high"), row.measure == "ratio")
        yield from _error_lints(row)
        yield from _p_lints(row)
        yield from _arms_lints(groups, row)
    yield from _baseline_lints(evidence, groups)
