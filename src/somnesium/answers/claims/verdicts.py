"""From facts to a verdict, by rules that are data: the first case all of whose conditions hold.

A condition is `fact.side operator other`, such as `latency.high < -2` or `women.value >= us.value`.
Sides are `value`, `low` and `high` of the interval, `least` and `most` of the average's, which for
a fact without one are `low` and `high`. For an exact number all five are its value. A condition on
a fact that is missing does not hold, whichever way it points.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from somnesium import say
from somnesium.answers.claims.claim import Case, Claim, Fact
from somnesium.errors import SomnesiumError

_OPERATORS: Mapping[str, Callable[[float, float], bool]] = MappingProxyType(
    {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
)
_SIDE = r"([a-z0-9_]+)\.(value|low|high|least|most)"
_CONDITION = re.compile(rf"{_SIDE} (<=|>=|<|>) (?:{_SIDE}|(-?\d+(?:\.\d+)?))")
_PLACE = re.compile(r"\{([a-z0-9_]+)(\.plain)?\}")


def _sided(fact: Fact | None, side: str) -> float | None:
    """One side of a fact, None where it is not known."""
    if fact is None or fact.value is None:
        return None
    if side == "value":
        return fact.value
    ends = fact.interval
    if side in ("least", "most"):
        ends = fact.average90 or fact.interval
    low, high = ends or (fact.value, fact.value)
    return low if side in ("low", "least") else high


def _parsed(condition: str) -> tuple[str | None, ...]:
    """Fact, side, operator, and the other fact and side, or the number."""
    match = _CONDITION.fullmatch(condition)
    if match is None:
        raise SomnesiumError(f"{condition!r} is not a condition of a verdict")
    return match.groups()


def holds(condition: str, facts: Mapping[str, Fact]) -> bool:
    """Whether a condition holds; raises `SomnesiumError` if it cannot be read."""
    key, side, sign, other, other_side, number = _parsed(condition)
    left = _sided(facts.get(str(key)), str(side))
    if number is not None:
        right: float | None = float(number)
    else:
        right = _sided(facts.get(str(other)), str(other_side))
    if left is None or right is None:
        return False
    return _OPERATORS[str(sign)](left, right)


def verdict_of(claim: Claim, facts: Iterable[Fact]) -> Case:
    """The first case of a claim all of whose conditions hold, or what is left otherwise."""
    known = {fact.key: fact for fact in facts}
    for case in claim.cases:
        if all(holds(condition, known) for condition in case.when):
            return case
    return claim.otherwise


def _filled(fact: Fact | None, plain: bool) -> str:
    """A fact in words, with its interval unless it is to be plain."""
    if fact is None or fact.value is None:
        return "an unknown amount"
    value = say.amount(fact.value, fact.unit)
    if plain or fact.interval is None:
        return value
    low, high = fact.interval
    return f"{value} ({say.amount(low)} to {say.amount(high)})"


def filled_in(text: str, facts: Iterable[Fact]) -> str:
    """A sentence with its facts filled in."""
    known = {fact.key: fact for fact in facts}
    return _PLACE.sub(lambda m: _filled(known.get(m[1]), bool(m[2])), text)
