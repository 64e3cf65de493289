"""The verdict: helps, no meaningful effect, harms, or cannot tell."""

from typing import Literal, NamedTuple

from somnesium.answers.selftrial.data import BETTER
from somnesium.answers.selftrial.posterior import Posterior
from somnesium.errors import InvalidInput

Word = Literal["helps", "no meaningful effect", "harms", "cannot tell"]
"""The four verdicts."""

CERTAIN = 0.955
"""Size of the interval that must leave out no effect before "helps" or "harms"
(definition#4.5-percent-at-the-end-0.5-percent-for-early-looks)."""

NEGLIGIBLE = 0.95
"""Probability of less than the smallest worthwhile change before "no meaningful effect"
(judgement#as-sure-as-of-an-effect)."""

FEWEST_PERIODS = 4
"""Measured periods below which nothing is told: two of each kind (judgement#replication)."""


class Verdict(NamedTuple):
    """The word, why, and the probabilities behind it.

    `better` is the probability of any gain, `worthwhile` of a gain of at least the smallest
    worthwhile change, `negligible` of a change smaller than it either way, `worse` of a harm at
    least as large.
    """

    word: Word
    why: str
    better: float
    worthwhile: float
    negligible: float
    worse: float


def _word(better: float, worthwhile: float, worse: float, negligible: float) -> tuple[Word, str]:
    """The word and its reason from the probabilities alone."""
    sure = 0.5 + 0.5 * CERTAIN
    if better >= sure and worthwhile >= 0.5:
        return "helps", "The gain is beyond chance, and more likely than not worth having."
    if better <= 1.0 - sure and worse >= 0.5:
        return "harms", "The loss is beyond chance, and more likely than not worth avoiding."
    if negligible >= NEGLIGIBLE:
        return "no meaningful effect", "Any change is smaller than you would care about."
    return "cannot tell", "The nights fit both a useful change and none."


def verdict(belief: Posterior, measure: str, gains: tuple[float, float], periods: int) -> Verdict:
    """The verdict on a posterior.

    `gains` are the effects, on the posterior's scale, that change the night by the smallest
    worthwhile amount downward and upward. With fewer than four measured periods nothing is told:
    a change of life that fell together with the only switch would look the same.
    """
    low, high = gains
    if not low < 0.0 < high:
        raise InvalidInput.field("worthwhile", gains, "a change greater than 0")
    more, less, lower = belief.above(high), 1.0 - belief.above(low), belief.above(0.0)
    if BETTER[measure] < 0:
        more, less, lower = less, more, 1.0 - lower
    negligible = belief.within(low, high)
    word, why = _word(lower, more, less, negligible)
    if periods < FEWEST_PERIODS:
        word = "cannot tell"
        why = (
            "There are too few periods. Whatever else changed with the only switch would look "
            "the same."
        )
    return Verdict(word, why, lower, more, negligible, less)
