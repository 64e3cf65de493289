"""How sure a pooled effect is, by GRADE, with every reason as figures a machine can read.

Randomised trials begin at high and lose a step for each serious concern (guyatt2011). The rules
are written down here so that the same figures always lose the same steps; where a panel would
judge, they say `judgement#grade`.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from somnesium.answers.evidence.pooling import Pooled
from somnesium.answers.evidence.small_study import ENOUGH, Asymmetry
from somnesium.person.document import Document, Number

Certainty = Literal["high", "moderate", "low", "very low"]
"""How sure we can be that the true effect is close to the pooled one."""

Domain = Literal["risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias"]
"""The five concerns of GRADE."""

Bias = Literal["low", "some", "high", "unclear"]
"""Risk of bias of a trial."""

ENOUGH_PEOPLE = 400
"""People below whom a pooled difference of means is imprecise whatever its interval
(guyatt2011imprecision)."""

_LEVELS: tuple[Certainty, ...] = ("very low", "low", "moderate", "high")
_OLD = 60.0


class TrialFacts(NamedTuple):
    """What GRADE asks of a trial; None where it was not reported.

    `share` is its part of the pooled mean, 0 to 1; `bias` the worst over the domains.
    """

    trial: str
    share: float
    people: float | None
    bias: Bias
    industry: bool
    age_mean: float | None


class Reason(Document):
    """One domain: how many steps it costs (0 to 2), why, and the figures behind it."""

    domain: Domain
    steps: int
    rule: str
    text: str
    figures: dict[str, Number | None]
    sources: tuple[str, ...]


class Grade(Document):
    """Certainty of a pooled effect and a reason for every domain."""

    certainty: Certainty
    start: Certainty
    reasons: tuple[Reason, ...]


def worst_bias(domains: Sequence[str]) -> Bias:
    """Overall risk of bias of a trial: high if one domain is, low only if all are.

    Missing and unclear domains count as `unclear`, which weighs like `some`.
    """
    if "high" in domains:
        return "high"
    if "some" in domains:
        return "some"
    return "low" if domains and all(domain == "low" for domain in domains) else "unclear"


def _reason(
    domain: Domain, steps: int, rule: str, text: str, source: str, **figures: float | None
) -> Reason:
    return Reason(
        domain=domain,
        steps=steps,
        rule=rule,
        text=text,
        figures=figures,
        sources=(source, "judgement#grade"),
    )


def _risk_of_bias(trials: Sequence[TrialFacts]) -> Reason:
    high = sum(trial.share for trial in trials if trial.bias == "high")
    unsure = sum(trial.share for trial in trials if trial.bias != "low")
    steps, rule, text = 0, "most_low", "Most of the weight is in trials at low risk of bias."
    if unsure > 0.5:
        steps, rule = 1, "most_not_low"
        text = "Most of the weight is in trials that were not at low risk of bias."
    if high > 0.5:
        steps, rule = 2, "most_high"
        text = "Most of the weight is in trials at high risk of bias."
    return _reason(
        "risk_of_bias", steps, rule, text, "guyatt2011bias", share_high=high, share_not_low=unsure
    )


def _inconsistency(pooled: Pooled) -> Reason:
    between, source = pooled.between, "guyatt2011inconsistency"
    if between is None:
        text = "With one trial nothing is known of how trials differ."
        return _reason("inconsistency", 0, "one_trial", text, source, i2=None, q_p=None)
    steps, rule, text = 0, "agree", "The trials agree about as well as chance allows."
    if between.i2 >= 50.0 or between.q_p < 0.1:
        steps, rule, text = 1, "differ", "The trials differ by more than chance."
    if between.i2 >= 75.0 and between.q_p < 0.1:
        steps, rule, text = 2, "differ_much", "The trials differ far more than chance allows."
    figures = {"i2": between.i2, "q_p": between.q_p, "tau2": between.tau2}
    return _reason("inconsistency", steps, rule, text, source, **figures)


def _indirectness(trials: Sequence[TrialFacts]) -> Reason:
    old = sum(trial.share for trial in trials if (trial.age_mean or 0.0) >= _OLD)
    known = sum(trial.share for trial in trials if trial.age_mean is not None)
    steps, rule, text = 0, "like_us", "The people in the trials are much like those who ask."
    if old > 0.5:
        steps, rule = 1, "mostly_old"
        text = "Most of the weight is in trials of people of about 60 and more."
    source = "guyatt2011indirectness"
    return _reason("indirectness", steps, rule, text, source, share_old=old, share_age_known=known)


def _imprecision(pooled: Pooled, people: float | None, worth: float | None) -> Reason:
    low, high = pooled.used.interval
    few = people is None or people < ENOUGH_PEOPLE
    wide = low <= 0.0 <= high and (worth is None or high >= worth or low <= -worth)
    steps = int(few) + int(wide)
    text = {
        (False, False): "Enough people, and the interval is narrow.",
        (True, False): f"Fewer than {ENOUGH_PEOPLE} people in all.",
        (False, True): "The interval holds no effect and one worth having.",
        (True, True): f"Fewer than {ENOUGH_PEOPLE} people, and a wide interval.",
    }[(few, wide)]
    rule = "_and_".join(name for name, on in (("few_people", few), ("wide", wide)) if on)
    figures = {"people": people, "low": low, "high": high, "worth": worth}
    source = "guyatt2011imprecision"
    return _reason("imprecision", steps, rule or "precise", text, source, **figures)


def _publication_bias(
    pooled: Pooled, trials: Sequence[TrialFacts], egger: Asymmetry | None, untold: int
) -> Reason:
    industry = sum(trial.share for trial in trials if trial.industry)
    p = egger.p if egger is not None and egger.reliable else None
    steps, rule = 0, "not_testable" if pooled.k < ENOUGH else "no_sign"
    text = (
        f"Fewer than {ENOUGH} trials: unpublished ones could not be noticed."
        if pooled.k < ENOUGH
        else "Small trials do not tell another story than large ones."
    )
    if industry > 0.5:
        steps, rule = 1, "mostly_industry"
        text = "Most of the weight is in trials paid for by makers."
    if untold >= pooled.k:
        steps, rule = 1, "figures_missing"
        text = "As many trials measured this without telling figures that can be used."
    if p is not None and p < 0.1:
        steps, rule = 1, "asymmetric"
        text = "Small trials tell another story than large ones."
    figures = {"share_industry": industry, "egger_p": p}
    figures |= {"trials": float(pooled.k), "untold": float(untold)}
    return _reason("publication_bias", steps, rule, text, "guyatt2011publication", **figures)


def grade(
    pooled: Pooled,
    trials: Sequence[TrialFacts],
    egger: Asymmetry | None,
    worth: float | None = None,
    untold: int = 0,
) -> Grade:
    """Certainty of a pooled difference of randomised trials.

    `worth` is the smallest effect worth having, in the unit of the estimate, without its sign;
    None if none is agreed on. `untold` counts trials that measured it without usable figures.
    Shares of `trials` add up to 1.
    """
    people = [trial.people for trial in trials]
    known = [count for count in people if count is not None]
    total = sum(known) if len(known) == len(people) else None
    reasons = (
        _risk_of_bias(trials),
        _inconsistency(pooled),
        _indirectness(trials),
        _imprecision(pooled, total, worth),
        _publication_bias(pooled, trials, egger, untold),
    )
    left = max(0, 3 - sum(reason.steps for reason in reasons))
    return Grade(certainty=_LEVELS[left], start="high", reasons=reasons)
