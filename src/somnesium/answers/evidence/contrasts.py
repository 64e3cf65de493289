"""From rows of the evidence table to one difference a trial and arm, and why others were left out.

Rules (judgement#contrast-choice): a published difference comes before one worked out from the
arms, an adjusted one before a change, a change before an end value. One instrument a trial, in the
order psg, actigraph, ring, diary, and the time nearest the end of treatment. Placebo comes before
no treatment. Where several arms share a control, its people are shared out among them.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import product
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
from somnesium.answers.evidence.studies import Studies, studies_of
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
    blend: bool
    crossover: bool
    correlation: float | None
    n_shared: bool

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
    reason: str
    untold: bool


class Differences(NamedTuple):
    """What can be pooled for an endpoint, and what was left out."""

    usable: tuple[Difference, ...]
    left_out: tuple[LeftOut, ...]


class _Unusable(Exception):
    """Why a row gives no difference."""


def _order(row: Contrast | Endpoint, trial: Trial) -> tuple[int, float]:
    """Instrument first, then how far from the end of treatment it was measured, unknown last."""
    known = row.instrument in _INSTRUMENTS
    weeks = 1e6 if row.weeks is None else -row.weeks
    if row.weeks is not None and trial.weeks is not None:
        weeks = abs(row.weeks - trial.weeks)
    return _INSTRUMENTS.index(row.instrument) if known else 99, weeks


def _people(table: Evidence, trial: Trial, row_n: int | None, arm: Arm) -> tuple[float, bool]:
    """People in an arm, and whether that is an even share of those the trial has left."""
    printed = row_n if row_n is not None else arm.n
    n, shared = float(printed or 0), False
    if printed is None:
        total = trial.n_analysed if trial.n_analysed is not None else trial.n_randomised
        if total is None:
            raise _Unusable("the number of people is not given")
        arms = [each for each in table.arms if each.trial == trial.trial and each.kind != "pooled"]
        left = total - sum(each.n or 0 for each in arms)
        silent = sum(each.n is None for each in arms)
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
    key = (trial.trial, row.endpoint, row.instrument)
    spreads = [
        (sd, each.n or 1)
        for each in table.endpoints
        if (each.trial, each.endpoint, each.instrument) == key
        and each.arm in arms
        and (sd := each.post_sd or each.baseline_sd)
    ]
    if not spreads:
        raise _Unusable("no standard deviation between people to standardise with")
    total = sum(n for _, n in spreads)
    return (sum(n * sd**2 for sd, n in spreads) / total) ** 0.5


class _Groups(NamedTuple):
    """An arm and its control, `n` and `m` people, and whether those are shares of the trial's."""

    trial: Trial
    arm: Arm
    control: Arm
    n: float
    m: float
    shared: bool

    @property
    def crossover(self) -> bool:
        return self.trial.design == "crossover"

    @property
    def people(self) -> float:
        return self.n if self.crossover else self.n + self.m


def _groups(
    table: Evidence, trial: Trial, arms: tuple[Arm, Arm], counts: tuple[int | None, int | None]
) -> _Groups:
    """Both arms with their people, as a row counts them or the table does."""
    (n, n_shared), (m, m_shared) = (
        _people(table, trial, count, arm) for count, arm in zip(counts, arms, strict=True)
    )
    return _Groups(trial, *arms, n, m, n_shared or m_shared)


def _difference(
    groups: _Groups,
    row: Contrast | Endpoint,
    effect: Effect,
    measure: Measured,
    how: str,
    se_from: str,
    seen: str,
    correlation: float | None = None,
) -> Difference:
    return Difference(
        trial=groups.trial.trial,
        arm=groups.arm.arm,
        versus=groups.control.arm,
        control=groups.control.kind,
        instrument=row.instrument,
        unit="SD" if measure == "smd" else row.unit,
        weeks=row.weeks,
        n=groups.n,
        n_versus=groups.m,
        yi=effect.yi,
        vi=effect.vi,
        how=how,
        se_from=se_from,
        seen=seen,
        blend=groups.arm.kind == "combination",
        crossover=groups.crossover,
        correlation=correlation,
        n_shared=groups.shared,
    )


def _from_contrast(
    table: Evidence, trial: Trial, row: Contrast, arm: Arm, control: Arm, measure: Measured
) -> Difference:
    """A published difference, turned so that it is arm minus control."""
    if row.measure == "ratio":
        raise _Unusable("a ratio, not a difference")
    turned = row.arm != arm.arm
    counts = (row.n_versus, row.n_arm) if turned else (row.n_arm, row.n_versus)
    groups = _groups(table, trial, (arm, control), counts)
    se, se_from = _published_se(row, groups.people - (1 if groups.crossover else 2))
    effect = Effect((-1.0 if turned else 1.0) * float(row.estimate or 0.0), se**2)
    if row.measure == "md" and measure == "smd":
        sd = _spread_between(table, trial, row, (arm.arm, control.arm))
        effect = standardise(effect, sd, groups.people)
    elif row.measure == "smd" and measure == "md" and row.unit != "SD":
        raise _Unusable("published standardised only")
    return _difference(groups, row, effect, measure, "published", se_from, row.seen)


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
    both = len(changes) == 2
    if len(posts) == 2 and not (both and not any(side.assumed for side in changes)):
        return (posts[0], posts[1]), "post"
    if both:
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
    first, second = rows
    groups = _groups(table, trial, arms, (first.n, second.n))
    if groups.crossover:
        groups = groups._replace(n=min(groups.n, groups.m), m=min(groups.n, groups.m))
    n, m = groups.n, groups.m
    (a, b), how = _sides(rows, (n, m), correlation)
    if groups.crossover:
        effect = crossover_difference(a.mean, a.sd, b.mean, b.sd, n, correlation)
        how = "periods"
    else:
        effect = mean_difference(a.mean, a.sd, n, b.mean, b.sd, m)
    if measure == "smd":
        spreads = [row.post_sd or row.baseline_sd or 0.0 for row in rows]
        if not all(spreads):
            raise _Unusable("no standard deviation between people to standardise with")
        pooled = ((n * spreads[0] ** 2 + m * spreads[1] ** 2) / (n + m)) ** 0.5
        effect = standardise(effect, pooled, groups.people)
    seen = first.seen if first.seen == second.seen else f"{first.seen}, {second.seen}"
    assumed = correlation if a.assumed or b.assumed or groups.crossover else None
    return _difference(groups, first, effect, measure, how, "arms", seen, assumed)


def _candidates(
    table: Evidence, trial: Trial, arm: Arm, control: Arm, endpoint: str
) -> list[Contrast | tuple[Endpoint, Endpoint]]:
    """Everything a trial tells of an endpoint in two arms, the best first."""
    key, sides = (trial.trial, endpoint), {arm.arm, control.arm}
    contrasts = [row for row in table.contrasts if (row.trial, row.endpoint) == key]
    published = [row for row in contrasts if {row.arm, row.versus} == sides]
    rows = [row for row in table.endpoints if (row.trial, row.endpoint) == key]
    both = [[row for row in rows if row.arm == name] for name in (arm.arm, control.arm)]
    alike = [(a, b) for a, b in product(*both) if a.instrument == b.instrument]
    pairs = [(a, b) for a, b in alike if a.weeks == b.weeks]

    def order(candidate: Contrast | tuple[Endpoint, Endpoint]) -> tuple[int, float, int]:
        if isinstance(candidate, Contrast):
            return (*_order(candidate, trial), _KINDS.index(candidate.kind))
        return (*_order(candidate[0], trial), len(_KINDS))

    return sorted([*published, *pairs], key=order)


def _control(table: Evidence, trial: str) -> Arm | None:
    """The arm to compare with: placebo, or else no treatment."""
    arms = [arm for arm in table.arms if arm.trial == trial and arm.kind in _CONTROLS]
    return min(arms, key=lambda arm: _CONTROLS.index(arm.kind), default=None)


def _of_arm(
    table: Evidence, trial: Trial, arm: Arm, endpoint: str, measure: Measured, correlation: float
) -> Difference | LeftOut | None:
    """The difference of one arm from its control, why there is none, or None if not measured."""
    every = (*table.endpoints, *table.contrasts)
    measured = [r for r in every if (r.trial, r.endpoint) == (trial.trial, endpoint)]
    if not any(arm.arm in (r.arm, getattr(r, "versus", None)) for r in measured):
        return None
    if trial.design == "synthesis":
        return LeftOut(trial.trial, arm.arm, "a pooling of trials, not a trial", False)
    control = _control(table, trial.trial)
    if trial.design == "single_arm" or control is None:
        return LeftOut(trial.trial, arm.arm, "no control arm without treatment", False)
    reasons = []
    for rows in _candidates(table, trial, arm, control, endpoint):
        try:
            if isinstance(rows, Contrast):
                return _from_contrast(table, trial, rows, arm, control, measure)
            return _from_arms(table, trial, rows, (arm, control), measure, correlation)
        except (_Unusable, InvalidInput) as error:
            reasons.append(str(error))
    reason = "; ".join(dict.fromkeys(reasons)) or "not measured alike in the control arm"
    return LeftOut(trial.trial, arm.arm, reason, True)


def _shared_out(differences: Sequence[Difference]) -> list[Difference]:
    """Control groups shared out among the arms of a trial that are compared with them.

    The variance grows as if the control had so many times fewer people, spreads being equal.
    """
    counts = Counter((each.trial, each.versus) for each in differences)
    shares = []
    for each in differences:
        arms = counts[each.trial, each.versus]
        wider = (1 / each.n + arms / each.n_versus) / (1 / each.n + 1 / each.n_versus)
        shares.append(each._replace(vi=each.vi * wider, n_versus=each.n_versus / arms))
    return shares


def differences_of(
    table: Evidence, endpoint: str, measure: Measured = "md", correlation: float = CORRELATION
) -> Differences:
    """One difference a trial and magnesium arm for an endpoint, and what was left out.

    Blends are among them, with `blend` set; pool them apart. `correlation` stands for those no
    trial tells. Distrusted trials are among them too: leaving them out is the caller's.
    """
    results = [
        _of_arm(table, trial, arm, endpoint, measure, correlation)
        for arm in table.arms
        if (trial := table.trial(arm.trial)) is not None and arm.kind in _MG
    ]
    usable = [each for each in results if isinstance(each, Difference)]
    left_out = tuple(each for each in results if isinstance(each, LeftOut))
    alone, blends = (_shared_out([d for d in usable if d.blend == b]) for b in (False, True))
    return Differences((*alone, *blends), left_out)


def studies_of_differences(differences: Sequence[Difference]) -> Studies:
    """Differences as studies to be pooled, each named by trial and arm."""
    names, yi, vi = zip(*((each.name, each.yi, each.vi) for each in differences), strict=True)
    return studies_of(names, yi, vi)
