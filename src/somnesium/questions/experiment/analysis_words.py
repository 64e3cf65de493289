"""The analysis of an experiment in plain sentences."""

from somnesium import say
from somnesium.answers.selftrial.analysis import Analysis, Belief
from somnesium.answers.selftrial.design.question import Scale
from somnesium.answers.selftrial.nights_needed import Needed
from somnesium.answers.selftrial.randomisation import Randomisation
from somnesium.questions.experiment.ran import Ran

_HEADS = {
    "helps": "It helps you.",
    "no meaningful effect": "It makes no change that you would care about.",
    "harms": "It harms you.",
    "cannot tell": "Your nights cannot tell yet.",
}


def _amount(value: float, unit: str) -> str:
    """An amount with its unit, whole where it is large."""
    return say.number(value, 0 if abs(value) >= 3 or unit == "min" else 1, unit)


def _way(value: float, label: str, unit: str) -> str:
    """A change in words: how much more or less of what."""
    size = _amount(abs(value), unit)
    if size == _amount(0.0, unit):
        return f"no change in {label}"
    return f"{size} {'more' if value > 0 else 'less'} {label}"


def _range(belief: Belief, label: str, unit: str) -> str:
    """The interval in words, each end with its direction."""
    low, high = belief.interval95
    least, most = _amount(abs(low), unit), _amount(abs(high), unit)
    if low < 0.0 < high:
        return f"between {least} less and {most} more {label}"
    if high <= 0.0:
        return f"between {most} and {_way(low, label, unit)}"
    return f"between {least} and {_way(high, label, unit)}"


def _beside(belief: Belief, alone: Belief, unit: str) -> str:
    """Another prior's verdict beside that of the nights alone."""
    doubts = belief.prior == "sceptical"
    who = "Someone who doubts it" if doubts else "One who trusts our body model"
    same = belief.verdict == alone.verdict
    word = "the same" if same else f'"{belief.verdict}"'
    return f"{who} would say {word} ({say.signed(belief.mean, unit=unit)})."


def _more(needed: Needed) -> str:
    """What to do where the nights cannot tell."""
    if needed.nights is None:
        return "A year of nights would most likely not settle it. You can stop here."
    return (
        f"About {needed.nights} more nights would settle it, with a chance of "
        f"{say.number(100 * needed.chance)} in 100."
    )


def _chance(test: Randomisation) -> list[str]:
    """The randomisation test in words."""
    lines = [
        f"If the plan did nothing, {say.number(100 * test.p)} in 100 draws of the order would look "
        "as good as yours."
    ]
    if test.least > 0.05:
        lines.append(
            f"So few periods can never show less than {say.number(100 * test.least)} in 100 by "
            "this test."
        )
    return lines


def summary(ran: Ran, analysis: Analysis, scale: Scale) -> tuple[str, ...]:
    """The answer: verdict, size, how sure, what else would think so, what to do."""
    alone, label, unit = analysis.beliefs[0], scale.label, scale.unit
    change = f"On the plan you had {_way(alone.mean, label, unit)} than on {ran.comparison}."
    lines = [
        _HEADS[analysis.verdict.word],
        analysis.verdict.why,
        change if alone.mean else "On the plan your nights were the same.",
        f"The chance is 95 in 100 that it is truly {_range(alone, label, unit)}.",
        f"You said you care about {_amount(ran.worthwhile, unit)} or more. The chance of a gain "
        f"that large is {say.number(100 * alone.enough)} in 100.",
        *(_beside(belief, alone, unit) for belief in analysis.beliefs[1:]),
    ]
    if analysis.needed is not None:
        lines.append(_more(analysis.needed))
    if analysis.randomisation is not None:
        lines += _chance(analysis.randomisation)
    if not ran.finished and analysis.look.stop:
        lines.append("The nights so far are strong enough to stop early.")
    if ran.blinding == "open":
        lines.append("You knew what you took. So part of this may be hope.")
    return tuple(lines)
