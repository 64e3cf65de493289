"""The answer about risk in plain sentences."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from somnesium import say
from somnesium.answers.risk.status import Probability
from somnesium.answers.safety.evaluate import Caution

if TYPE_CHECKING:
    from somnesium.answers.risk.factors import Factor
    from somnesium.questions.risk.risk import RiskAnswer, Status

_POSSIBLE = 0.1  # judgement#words
_LEAST_CHANGE = 0.005  # mmol/L of serum below which a factor is not worth a sentence


def in_100(one: Probability) -> str:
    """`12 in 100 (8 to 17)`."""
    low, high = one.interval90
    return f"{say.hundredths(one.mean)} in 100 ({say.hundredths(low)} to {say.hundredths(high)})"


def few_people(left: float, fewest: float) -> Caution:
    """A warning that the laboratory values fit hardly anyone like this person."""
    return Caution(
        key="few_people",
        text=(
            f"Your test values fit hardly any of the people we drew: about {say.number(left)} are "
            f"left to speak, and we want {say.number(fewest)}. Look at the values and units again. "
            "The figures with them are only rough. Values this far out need a doctor."
        ),
        clinician=(
            f"Effective sample size {say.number(left, 1)} after importance weighting (threshold "
            f"{say.figures(fewest)}): values far outside the prior predictive distribution; "
            "posterior unreliable."
        ),
        sources=("kish1965", "judgement#fewest-people"),
    )


def not_settled(drift: float, weeks: int) -> Caution:
    """A warning that the body had not come to rest."""
    return Caution(
        key="not_settled",
        text=(
            f"After {weeks} weeks of this life the body was still on the move, by up to "
            f"{say.percent(drift, 1)} a week. It would go on in the same way. See a doctor."
        ),
        clinician=f"No steady state: serum still drifts by up to {say.percent(drift, 2)} a week.",
        sources=("judgement#steady",),
    )


def _word(share: float) -> str:
    """A probability in a word."""
    return "likely" if share >= 0.5 else "possible" if share >= _POSSIBLE else "unlikely"


def _by_key(status: "Sequence[Status]", key: str) -> "Status":
    return next(one for one in status if one.key == key)


def _stores(answer: "RiskAnswer") -> str:
    """How much the stores lack, or hold beyond the need."""
    middle, (low, high) = answer.shortfall.mean, answer.shortfall.interval90
    if middle >= 0.0:
        said, span = "less than they need", (100.0 * low, 100.0 * high)
    else:
        said, span = "more than they need", (-100.0 * high, -100.0 * low)
    return (
        f"On average such people hold {say.number(abs(100.0 * middle))} % {said} ({say.span(span)} "
        "%)."
    )


def _lowering(factors: "Sequence[Factor]") -> list[str]:
    """What makes it low, and what makes it high, most first."""
    lines = []
    falls = [one for one in factors if one.serum.mean <= -_LEAST_CHANGE]
    rises = [one for one in reversed(factors) if one.serum.mean >= _LEAST_CHANGE]
    for said, group in (("lowers", falls), ("raises", rises)):
        for one in group[:3]:
            low, high = sorted(abs(v) for v in one.serum.interval90)
            lines.append(
                f"{one.label[:1].upper()}{one.label[1:]} {said} your blood value by "
                f"{say.number(abs(one.serum.mean), 2)} mmol/L ({say.span((low, high), 2)}), next "
                f"to {one.instead}."
            )
    return lines


def _tests(answer: "RiskAnswer") -> list[str]:
    """What the laboratory values changed, and how little each test tells."""
    if not answer.laboratory:
        return [
            "You gave no test result. A blood test would help a little, though it sees less than "
            "1 % of the magnesium in the body."
        ]
    lines = []
    stores = _by_key(answer.status, "stores_low")
    if stores.before is not None:
        lines.append(
            f"Your test results are counted in. Without them, low stores would be "
            f"{in_100(stores.before)}."
        )
    return lines + [one.text for one in answer.laboratory]


def _signs(answer: "RiskAnswer") -> list[str]:
    """What the signs are worth."""
    if not answer.signs:
        return []
    lines = [
        "What you feel does not change these figures. No sign alone tells low magnesium apart.",
        answer.signs_together,
    ]
    for one in answer.signs:
        lines += [one.text, *([one.at_once] if one.at_once else [])]
    return lines


def risk_summary(answer: "RiskAnswer") -> tuple[str, ...]:
    """The answer in plain sentences: what cannot wait first."""
    low, stores = (_by_key(answer.status, key) for key in ("serum_below_0.75", "stores_low"))
    high = _by_key(answer.status, "serum_above_1.05")
    lines = list(answer.urgent)
    rough = ("few_people", "not_settled")
    lines += [one.text for one in answer.cautions if one.key in rough]
    lines.append(
        f"Low blood magnesium is {_word(low.probability.mean)}. Of people like you, "
        f"{in_100(low.probability)} are below 0.75 mmol/L."
    )
    lines.append(
        f"Low stores are {_word(stores.probability.mean)}. Of people like you, "
        f"{in_100(stores.probability)} lack at least 2 %. {_stores(answer)}"
    )
    if high.probability.mean >= _POSSIBLE:
        lines.append(
            f"Too much in the blood is {_word(high.probability.mean)}. Of people like you, "
            f"{in_100(high.probability)} are above 1.05 mmol/L. Take no magnesium before you "
            "have asked a doctor."
        )
    lines += _tests(answer) + _lowering(answer.factors) + _signs(answer)
    lines += [one.text for one in answer.uncounted]
    return (*lines, "These are figures of a model, not a finding about you.")
