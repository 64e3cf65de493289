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

    `better` is the probability of any gain, `enough` of a gain of at least the smallest
    worthwhile change, `small` of a change smaller than it either way, `worse` of a harm at least
    as large.
    """

    word: Word
    why: str
    better: float
    enough: float
    small: float
    worse: float


def verdict(effect: Posterior, measure: str, gains: tuple[float, float], periods: int) -> Verdict:
    """The verdict on a posterior.

    `gains` are the effects, on the posterior's scale, that change the night by the smallest
    worthwhile amount downward and upward. With fewer than four measured periods nothing is told:
    a change of life that fell together with the only switch would look the same.
    """
    low, high = gains
    if not low < 0.0 < high:
        raise InvalidInput.field("worthwhile", gains, "a change greater than 0")
    enough, worse, better = effect.above(high), 1.0 - effect.above(low), effect.above(0.0)
    if BETTER[measure] < 0:
        enough, worse, better = worse, enough, 1.0 - better
    small, sure = effect.within(low, high), 0.5 + 0.5 * CERTAIN
    word: Word = "cannot tell"
    why = "The nights fit both a useful change and none."
    if periods < FEWEST_PERIODS:
        why = (
            "There are too few periods. Whatever else changed with the only switch would look "
            "the same."
        )
    elif better >= sure and enough >= 0.5:
        word = "helps"
        why = "The gain is beyond chance, and more likely than not worth having."
    elif better <= 1.0 - sure and worse >= 0.5:
        word = "harms"
        why = "The loss is beyond chance, and more likely than not worth avoiding."
    elif small >= NEGLIGIBLE:
        word, why = "no meaningful effect", "Any change is smaller than you would care about."
    return Verdict(word, why, better, enough, small, worse)
