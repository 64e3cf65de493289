"""From rows of the evidence table to one difference a trial and arm, and why others were left out.

Rules (judgement#contrast-choice): a published difference comes before one worked out from the
arms, an adjusted one before a change, a change before an end value. One instrument a trial, in the
order psg, actigraph, ring, diary, and the time nearest the end of treatment. Placebo comes before
no treatment. Where several arms share a control, its people are shared out among them.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from somnesium.answers.evidence.effect_sizes import (
    Effect,
    crossover_difference,
    mean_difference,
    sd_of_change,
    se_from_interval,
    se_from_p,
    standardise,
)
from somnesium.answers.evidence.table import Arm, Contrast, Endpoint, Evidence, Trial
from somnesium.errors import InvalidInput

CORRELATION = 0.5
"""Correlation of one person's values before and after, or in two periods, where a trial does not
tell (judgement#within-person-correlation); higgins2019 asks for a sensitivity analysis."""

Measured = Literal["md", "smd"]
"""Differences in the endpoint's unit, or in standard deviations between people."""

_INSTRUMENTS = ("psg", "actigraph", "ring", "diary", "questionnaire", "monitor", "assay")
_KINDS = ("ancova", "crossover", "change", "post")
_CONTROLS = ("placebo", "no_treatment")
_MG = ("magnesium", "combination")


class Difference(NamedTuple):
    """One arm against its control: the difference `yi`, its variance `vi`, and where they are from.

    `how` is `published`, `change`, `post` or `periods`; `se_from` is `se`, `interval`, `p`,
    `p_bound` or `arms`. `correlation` is the one assumed, None where none was needed. `blend` says
    that other ingredients were taken too. `n` and `n_versus` are people in each arm; of a
    crossover trial they are the same people. `n_shared` says that the arms' sizes were not told and
    the trial's people were shared out evenly.
    """

    trial: str
    arm: str
    versus: str
    control: str
    endpoint: str
    instrument: str
    unit: str
    weeks: float | None
    n: float
    n_versus: float
    yi: float
    vi: float
    how: str
    se_from: str
    seen: str
    place: str
    blend: bool
    crossover: bool
    correlation: float | None = None
    n_shared: bool = False

    @property
    def name(self) -> str:
        """Trial and arm in words."""
        return f"{self.trial} {self.arm}"

    @property
    def people(self) -> float:
        """People in both arms; those of a crossover trial count once."""
        return self.n if self.crossover else self.n + self.n_versus


class LeftOut(NamedTuple):
    """A trial's endpoint that could not be used, and why.

    `untold` says that it was measured against a control, but without figures to be used.
    """

    trial: str
    arm: str
    endpoint: str
    reason: str
    untold: bool


class Differences(NamedTuple):
    """What can be pooled for an endpoint, and what was left out."""

    kept: tuple[Difference, ...]
    left_out: tuple[LeftOut, ...]


class _Unusable(Exception):
    """Why a row gives no difference."""


def _time(weeks: float | None, trial: Trial) -> float:
    """How far from the end of treatment something was measured, unknown last."""
    if weeks is None or trial.weeks is None:
        return 1e6 if weeks is None else -weeks
    return abs(weeks - trial.weeks)


def _order(row: Contrast | Endpoint, trial: Trial) -> tuple[int, float]:
    """Instrument first, then time."""
    known = row.instrument in _INSTRUMENTS
    return (_INSTRUMENTS.index(row.instrument) if known else 99, _time(row.weeks, trial))


def _n(table: Evidence, trial: Trial, row_n: int | None, arm: Arm) -> tuple[float, bool]:
    """People in an arm, and whether that is an even share of those the trial has left."""
    told = row_n if row_n is not None else arm.n
    if told is not None:
        n, shared = float(told), False
    else:
        total = trial.n_analysed if trial.n_analysed is not None else trial.n_randomised
        if total is None:
            raise _Unusable("the number of people is not given")
        others = [one for one in table.arms if one.trial == trial.trial and one.kind != "pooled"]
        left = total - sum(one.n or 0 for one in others)
        silent = sum(1 for one in others if one.n is None)
        n = float(total) if trial.design == "crossover" else left / max(1, silent)
        shared = True
    if n < 2:
        raise _Unusable("fewer than two people in an arm")
    return n, shared


def _published_se(row: Contrast, df: float) -> tuple[float, str]:
    """Standard error of a published difference and what it was worked out from."""
    if row.estimate is None:
        raise _Unusable("only a p value was published")
    if row.se is not None and row.se > 0:
        return row.se, "se"
    if row.low is not None and row.high is not None:
        return se_from_interval(row.low, row.high, df), "interval"
    if row.p is not None and 0 < row.p < 1 and row.estimate != 0:
        bound = row.printed.get("p", "").lstrip().startswith(("<", "≤"))
        if not bound or row.p <= 0.05:
            return se_from_p(row.estimate, row.p, df), "p_bound" if bound else "p"
    raise _Unusable("a difference without a standard error, interval or usable p")


def _spread_between(table: Evidence, trial: Trial, row: Contrast, arms: Sequence[str]) -> float:
    """Standard deviation between people of a trial's endpoint, the largest arms' pooled."""
    found = [
        (sd, n or 1)
        for one in table.endpoints
        if one.trial == trial.trial
        and one.endpoint == row.endpoint
        and one.arm in arms
        and one.instrument == row.instrument
        for sd, n in ((one.post_sd or one.baseline_sd, one.n),)
        if sd
    ]
    if not found:
        raise _Unusable("no standard deviation between people to standardise with")
    total = sum(n for _, n in found)
    return (sum(n * sd**2 for sd, n in found) / total) ** 0.5


def _from_contrast(
    table: Evidence, trial: Trial, row: Contrast, arm: Arm, control: Arm, measure: Measured
) -> Difference:
    """A published difference, turned so that it is arm minus control."""
    if row.measure == "ratio":
        raise _Unusable("a ratio, not a difference")
    turned = row.arm != arm.arm
    n, n_shared = _n(table, trial, row.n_versus if turned else row.n_arm, arm)
    m, m_shared = _n(table, trial, row.n_arm if turned else row.n_versus, control)
    crossover = trial.design == "crossover"
    se, se_from = _published_se(row, n - 1 if crossover else n + m - 2)
    sign = -1.0 if turned else 1.0
    effect = Effect(sign * float(row.estimate or 0.0), se**2)
    if row.measure == "md" and measure == "smd":
        sd = _spread_between(table, trial, row, (arm.arm, control.arm))
        effect = standardise(effect, sd, n if crossover else n + m)
    elif row.measure == "smd" and measure == "md" and row.unit != "SD":
        raise _Unusable("published standardised only")
    return Difference(
        trial.trial,
        arm.arm,
        control.arm,
        control.kind,
        row.endpoint,
        row.instrument,
        "SD" if measure == "smd" else row.unit,
        row.weeks,
        n,
        m,
        effect.yi,
        effect.vi,
        "published",
        se_from,
        row.seen,
        row.place,
        arm.kind == "combination",
        crossover,
        None,
        n_shared or m_shared,
    )


def _change_sd(row: Endpoint, n: float, correlation: float) -> tuple[float | None, bool]:
    """Standard deviation of the change in an arm, and whether a correlation was assumed for it."""
    if row.change_sd:
        return row.change_sd, False
    if row.change_low is not None and row.change_high is not None:
        return se_from_interval(row.change_low, row.change_high, n - 1) * n**0.5, False
    if row.baseline_sd and row.post_sd:
        return sd_of_change(row.baseline_sd, row.post_sd, correlation), True
    return None, False


class _Side(NamedTuple):
    """Mean and spread of an arm, as a change or an end value."""

    mean: float
    sd: float
    assumed: bool


def _sides(
    rows: tuple[Endpoint, Endpoint], ns: tuple[float, float], correlation: float
) -> tuple[tuple[_Side, _Side], str]:
    """Both arms as changes where both tell them, else as end values."""
    changes, posts = [], []
    for row, n in zip(rows, ns, strict=True):
        sd, assumed = _change_sd(row, n, correlation)
        mean = row.change_mean
        if mean is None and row.baseline_mean is not None and row.post_mean is not None:
            mean = row.post_mean - row.baseline_mean
        if mean is not None and sd:
            changes.append(_Side(mean, sd, assumed))
        if row.post_mean is not None and row.post_sd:
            posts.append(_Side(row.post_mean, row.post_sd, False))
    told = len(changes) == 2 and not any(one.assumed for one in changes)
    if len(posts) == 2 and not told:
        return (posts[0], posts[1]), "post"
    if len(changes) == 2:
        return (changes[0], changes[1]), "change"
    raise _Unusable("means without standard deviations, or in one arm only")


def _from_arms(
    table: Evidence,
    trial: Trial,
    rows: tuple[Endpoint, Endpoint],
    arms: tuple[Arm, Arm],
    measure: Measured,
    correlation: float,
) -> Difference:
    """A difference worked out from what two arms report."""
    (n, n_shared), (m, m_shared) = (
        _n(table, trial, row.n, arm) for row, arm in zip(rows, arms, strict=True)
    )
    crossover = trial.design == "crossover"
    n, m = (min(n, m),) * 2 if crossover else (n, m)
    (one, two), how = _sides(rows, (n, m), correlation)
    assumed = one.assumed or two.assumed or crossover
    if crossover:
        effect = crossover_difference(one.mean, one.sd, two.mean, two.sd, n, correlation)
        how = "periods"
    else:
        effect = mean_difference(one.mean, one.sd, n, two.mean, two.sd, m)
    if measure == "smd":
        spreads = [row.post_sd or row.baseline_sd for row in rows]
        if not all(spreads):
            raise _Unusable("no standard deviation between people to standardise with")
        pooled = ((n * (spreads[0] or 0) ** 2 + m * (spreads[1] or 0) ** 2) / (n + m)) ** 0.5
        effect = standardise(effect, pooled, n if crossover else n + m)
    first, second = rows
    seen = first.seen if first.seen == second.seen else f"{first.seen}, {second.seen}"
    return Difference(
        trial.trial,
        arms[0].arm,
        arms[1].arm,
        arms[1].kind,
        first.endpoint,
        first.instrument,
        "SD" if measure == "smd" else first.unit,
        first.weeks,
        n,
        m,
        effect.yi,
        effect.vi,
        how,
        "arms",
        seen,
        first.place,
        arms[0].kind == "combination",
        crossover,
        correlation if assumed else None,
        n_shared or m_shared,
    )


def _candidates(
    table: Evidence, trial: Trial, arm: Arm, control: Arm, endpoint: str
) -> list[Contrast | tuple[Endpoint, Endpoint]]:
    """Everything a trial tells of an endpoint in two arms, the best first."""
    sides = {arm.arm, control.arm}
    published = [
        row
        for row in table.contrasts
        if row.trial == trial.trial and row.endpoint == endpoint and {row.arm, row.versus} == sides
    ]
    mine, theirs = (
        [
            row
            for row in table.endpoints
            if (row.trial, row.endpoint, row.arm) == (trial.trial, endpoint, name)
        ]
        for name in (arm.arm, control.arm)
    )
    pairs = [
        (a, b) for a in mine for b in theirs if (a.instrument, a.weeks) == (b.instrument, b.weeks)
    ]
    found: list[tuple[tuple, Contrast | tuple[Endpoint, Endpoint]]] = []
    found += [((*_order(row, trial), _KINDS.index(row.kind)), row) for row in published]
    found += [((*_order(pair[0], trial), len(_KINDS)), pair) for pair in pairs]
    found.sort(key=lambda one: one[0])
    return [one for _, one in found]


def _control(table: Evidence, trial: str) -> Arm | None:
    """The arm to compare with: placebo, or else no treatment."""
    arms = [one for one in table.arms if one.trial == trial and one.kind in _CONTROLS]
    return min(arms, key=lambda one: _CONTROLS.index(one.kind), default=None)


def _of_arm(
    table: Evidence, trial: Trial, arm: Arm, endpoint: str, measure: Measured, correlation: float
) -> Difference | LeftOut | None:
    """The difference of one arm from its control, why there is none, or None if not measured."""
    rows = (*table.endpoints, *table.contrasts)
    measured = [r for r in rows if (r.trial, r.endpoint) == (trial.trial, endpoint)]
    if not any(arm.arm in (r.arm, getattr(r, "versus", None)) for r in measured):
        return None
    if trial.design == "synthesis":
        return LeftOut(trial.trial, arm.arm, endpoint, "a pooling of trials, not a trial", False)
    control = _control(table, trial.trial)
    if trial.design == "single_arm" or control is None:
        return LeftOut(trial.trial, arm.arm, endpoint, "no control arm without treatment", False)
    reasons = []
    for one in _candidates(table, trial, arm, control, endpoint):
        try:
            if isinstance(one, Contrast):
                return _from_contrast(table, trial, one, arm, control, measure)
            return _from_arms(table, trial, one, (arm, control), measure, correlation)
        except (_Unusable, InvalidInput) as error:
            reasons.append(str(error))
    said = "; ".join(dict.fromkeys(reasons)) or "not measured alike in the control arm"
    return LeftOut(trial.trial, arm.arm, endpoint, said, True)


def _shared(found: Sequence[Difference]) -> list[Difference]:
    """Control groups shared out among the arms of a trial that are compared with them.

    The variance grows as if the control had so many times fewer people, spreads being equal.
    """
    counts = Counter((one.trial, one.versus) for one in found)
    result = []
    for one in found:
        arms = counts[one.trial, one.versus]
        wider = (1 / one.n + arms / one.n_versus) / (1 / one.n + 1 / one.n_versus)
        result.append(one._replace(vi=one.vi * wider, n_versus=one.n_versus / arms))
    return result


def differences_of(
    table: Evidence, endpoint: str, measure: Measured = "md", correlation: float = CORRELATION
) -> Differences:
    """One difference a trial and magnesium arm for an endpoint, and what was left out.

    Blends are among them, with `blend` set; pool them apart. `correlation` stands for those no
    trial tells. Distrusted trials are among them too: leaving them out is the caller's.
    """
    kept: list[Difference] = []
    left_out: list[LeftOut] = []
    for arm in table.arms:
        trial = table.trial(arm.trial)
        if trial is None or arm.kind not in _MG:
            continue
        found = _of_arm(table, trial, arm, endpoint, measure, correlation)
        if isinstance(found, Difference):
            kept.append(found)
        elif found is not None:
            left_out.append(found)
    alone = _shared([one for one in kept if not one.blend])
    blends = _shared([one for one in kept if one.blend])
    return Differences((*alone, *blends), tuple(left_out))
