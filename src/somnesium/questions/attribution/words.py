"""The attribution in plain sentences: what magnesium does, and what does more."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from somnesium import say

if TYPE_CHECKING:
    from somnesium.questions.attribution.attribution import Part, Share, Variance

_SAID = {"duration": "how long they sleep", "isi": "how bad their sleep feels"}
_SHORT = {
    "magnesium": "magnesium",
    "light": "light",
    "caffeine": "coffee and tea",
    "alcohol": "alcohol",
    "stress": "stress",
    "insomnia": "how tense one is as a rule",
    "age": "age",
    "size": "sex and size",
    "clock": "the body clock",
    "schedule": "bedtimes",
    "exercise": "sport",
    "traits": "other traits",
    "chance": "chance",
}


def _said(share: "Part | Share") -> str:
    low, high = share.interval90
    # A share cannot be negative; an estimate of a small one can.
    return (
        f"{say.share(max(share.share, 0.0))} ({say.share(max(low, 0.0), '')} to {say.share(high)})"
    )


def _of(variances: Sequence["Variance"], scope: str, outcome: str) -> "Variance":
    return next(v for v in variances if v.scope == scope and v.outcome == outcome)


def headline(variances: Sequence["Variance"]) -> str:
    """The sentence that answers how big a part magnesium plays, with its interval."""
    share = _said(_of(variances, "people", "duration").magnesium)
    return f"Magnesium makes up {share} of how people differ in {_SAID['duration']}."


def summary(variances: Sequence["Variance"]) -> tuple[str, ...]:
    """Magnesium's other parts, and what plays the largest ones."""
    feels = _said(_of(variances, "people", "isi").magnesium)
    nights = _said(_of(variances, "nights", "duration").magnesium)
    taken = _said(
        next(
            one
            for one in _of(variances, "people", "duration").shares
            if one.input == "magnesium_intake"
        )
    )
    lines = [
        f"Of how long they sleep, what they eat and take of it makes up {taken}.",
        f"It makes up {feels} of how they differ in {_SAID['isi']}.",
        f"It makes up {nights} of how one night differs from the next.",
    ]
    for scope, start in (
        ("people", "Most of how people differ is due to"),
        ("nights", "Most of how nights differ is due to"),
        ("change", "What a pill does for sleep is most due to"),
    ):
        variance = _of(variances, scope, "duration")
        parts = {
            one.input: one.share for one in variance.shares if "magnesium" not in one.input
        } | {"magnesium": variance.magnesium.share}
        most = sorted(parts, key=lambda name: -parts[name])[:3]
        named = [f"{_SHORT[name]} ({say.share(parts[name])})" for name in most]
        lines.append(f"{start} {say.listed(named)}.")
    return tuple(lines)
