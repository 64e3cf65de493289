"""The analysis of an experiment in plain sentences."""

from somnesium import say
from somnesium.answers.selftrial.analysis import Analysis, Belief
from somnesium.answers.selftrial.design.question import Scale
from somnesium.questions.experiment.ran import Ran

_HEADS = {
    "helps": "It helps you.",
    "no meaningful effect": "It makes no change that you would care about.",
    "harms": "It harms you.",
    "cannot tell": "Your nights cannot tell yet.",
}


def amount(value: float, unit: str) -> str:
    """An amount with its unit, whole where it is large."""
    return say.number(value, 0 if abs(value) >= 3 or unit == "min" else 1, unit)


def _way(value: float, label: str, unit: str) -> str:
    """A change in words: how much more or less of what."""
    size = amount(abs(value), unit)
    if size == amount(0.0, unit):
        return f"no change in {label}"
    return f"{size} {'more' if value > 0 else 'less'} {label}"


def _range(belief: Belief, label: str, unit: str) -> str:
    """The interval in words, each end with its direction."""
    low, high = belief.interval
    least, most = amount(abs(low), unit), amount(abs(high), unit)
    if low < 0.0 < high:
        return f"between {least} less and {most} more {label}"
    if high <= 0.0:
        least, most = most, least
    return f"between {least} and {_way(low if high <= 0.0 else high, label, unit)}"


def _beside(belief: Belief, first: Belief, unit: str) -> str:
    """Another prior's verdict beside that of the nights alone."""
    who = (
        "Someone who doubts it" if belief.prior == "sceptical" else "One who trusts our body model"
    )
    size = say.signed(belief.mean, unit=unit)
    if belief.verdict.word == first.verdict.word:
        return f"{who} would say the same ({size})."
    return f'{who} would say "{belief.verdict.word}" ({size}).'


def _more(found: Analysis) -> list[str]:
    """What to do where the nights cannot tell."""
    if found.needed is None:
        return []
    if found.needed.nights is None:
        return ["A year of nights would most likely not settle it. You can stop here."]
    return [
        f"About {found.needed.nights} more nights would settle it, with a chance of "
        f"{say.number(100 * found.needed.chance)} in 100."
    ]


def _chance(found: Analysis) -> list[str]:
    """The randomisation test in words."""
    dealt = found.randomisation
    if dealt is None:
        return []
    said = [
        f"If the plan did nothing, {say.number(100 * dealt.p)} in 100 draws of the order would "
        "look as good as yours."
    ]
    if dealt.least > 0.05:
        said.append(
            f"So few periods can never show less than {say.number(100 * dealt.least)} in 100 by "
            "this test."
        )
    return said


def summary(ran: Ran, found: Analysis, scale: Scale) -> tuple[str, ...]:
    """The answer: verdict, size, how sure, what else would think so, what to do."""
    alone = found.beliefs[0]
    size = amount(ran.worthwhile, scale.unit)
    lines = [
        _HEADS[found.verdict.word],
        found.verdict.why,
        f"On the plan you had {_way(alone.mean, scale.label, scale.unit)} than on {ran.comparison}."
        if alone.mean
        else "On the plan your nights were the same.",
        f"The chance is 95 in 100 that it is truly {_range(alone, scale.label, scale.unit)}.",
        f"You said you care about {size} or more. The chance of a gain that large is "
        f"{say.number(100 * alone.verdict.worthwhile)} in 100.",
        *(_beside(one, alone, scale.unit) for one in found.beliefs[1:]),
        *_more(found),
        *_chance(found),
    ]
    if not ran.finished and found.look.stop:
        lines.append("The nights so far are strong enough to stop early.")
    if ran.blinding == "open":
        lines.append("You knew what you took. So part of this may be hope.")
    return tuple(lines)
