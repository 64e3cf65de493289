"""The whole analysis of a self-experiment: what the nights say, and how far to trust it."""

from typing import NamedTuple

import numpy as np

from somnesium.answers.selftrial.calibration import (
    MOST_HISTORIES,
    Likelihood,
    calibrate,
    calibrated,
)
from somnesium.answers.selftrial.checks import Check, checks
from somnesium.answers.selftrial.data import Series, checked
from somnesium.answers.selftrial.model import Fit, Marginal, fit, marginal, mean_noise
from somnesium.answers.selftrial.monitoring import Look, look
from somnesium.answers.selftrial.nights_needed import Needed, nights_needed
from somnesium.answers.selftrial.posterior import Posterior, Prior, posterior
from somnesium.answers.selftrial.randomisation import Pairs, Randomisation, randomisation_test
from somnesium.answers.selftrial.tails import tamed
from somnesium.answers.selftrial.terms import Choices, Terms, terms
from somnesium.answers.selftrial.verdict import Verdict, Word, verdict
from somnesium.errors import InvalidInput
from somnesium.nights.instrument_error import instrument_error
from somnesium.person.document import Document, Number


class Question(NamedTuple):
    """What is asked of the nights; amounts in the measure's unit.

    `worthwhile` is the smallest change the person cares about. `forecast` is the model's own
    (mean, sd) of the effect, None if it was not asked. `finished` says that the planned nights
    are over; before that only the evidence for early looks may decide. `redraw` deals the sealed
    allocation again, for the randomisation test.
    """

    worthwhile: float
    choices: Choices = Choices()
    forecast: tuple[float, float] | None = None
    finished: bool = True
    redraw: Pairs | None = None
    seed: int = 1


class Estimate(NamedTuple):
    """The calibrated fit: rows, design and fit, the likelihood of the effect, wild nights."""

    terms: Terms
    design: Marginal
    fit: Fit
    likelihood: Likelihood
    wild: int


class Belief(Document):
    """The effect under one prior [unit of the measure]: mean, 95 % credible interval, verdict.

    `better` is the probability of any gain, `enough` of one worth having, `small` of a change
    smaller than that either way, `worse` of a loss as large.
    """

    prior: str
    mean: Number
    interval95: tuple[Number, Number]
    verdict: Word
    better: Number
    enough: Number
    small: Number
    worse: Number


class Analysis(NamedTuple):
    """The answer. Amounts in the measure's unit, `beliefs` first from the nights alone.

    `verdict` is that of the nights alone, calibrated; the priors stand beside it. `baseline` is
    the usual night without magnesium, `persistence` the correlation with the night before.
    `always_valid` is the interval that holds at every look.
    """

    verdict: Verdict
    beliefs: tuple[Belief, ...]
    baseline: float
    persistence: float
    look: Look
    always_valid: tuple[float, float]
    needed: Needed | None
    checks: tuple[Check, ...]
    randomisation: Randomisation | None
    nights: int
    measured: int
    periods: int
    wild: int
    cautions: tuple[str, ...]


def estimate(series: Series, choices: Choices, most: int = MOST_HISTORIES) -> Estimate:
    """Fit one series under one set of choices, calibrated by at most `most` histories a noise."""
    rows = terms(series, choices)
    design, wild = marginal(rows), 0
    if choices.robust:
        rows, design, wild = tamed(rows, design)
    fitted = fit(design, rows.readings)
    likelihood = calibrated(fitted, calibrate(rows, design, most))
    return Estimate(rows, design, fitted, likelihood, wild)


def _priors(question: Question, rows: Terms) -> tuple[Prior | None, ...]:
    """No prior, the sceptic's, and the forecast's where there is one, on the model's scale.

    The sceptic thinks no effect most likely and one beyond the smallest worthwhile change as
    likely as one in three (judgement#sceptic).
    """
    scale, at = rows.scale, rows.baseline
    sceptic = Prior("sceptical", 0.0, float(scale.spread(question.worthwhile, at)))
    if question.forecast is None:
        return None, sceptic
    mean, sd = question.forecast
    if not sd > 0.0:
        raise InvalidInput.field("forecast", question.forecast, "a mean and an sd above 0")
    return None, sceptic, Prior("forecast", rows.effect(mean), float(scale.spread(sd, at)))


def _belief(prior: Prior | None, effect: Posterior, judged: Verdict, rows: Terms) -> Belief:
    """One posterior and its verdict in the measure's unit."""
    plain, (low, high) = rows.scale.name == "plain", effect.interval()
    middle = (
        rows.change(effect.values) @ effect.mass if plain else rows.change(effect.quantile(0.5))
    )
    return Belief(
        prior="the nights alone" if prior is None else prior.name,
        mean=float(middle),
        interval95=(float(rows.change(low)), float(rows.change(high))),
        verdict=judged.word,
        better=judged.better,
        enough=judged.enough,
        small=judged.small,
        worse=judged.worse,
    )


def _cautions(series: Series, taken: bool, tests: tuple[Check, ...], wild: int) -> tuple[str, ...]:
    """What to bear in mind, in plain words."""
    lines = []
    doses = series.taken[np.isfinite(series.taken)]
    due = series.assigned[np.isfinite(series.taken)] == 1.0
    left_out, extra = int((doses[due] == 0.0).sum()), int((doses[~due] > 0.0).sum())
    if left_out:
        lines.append(f"The dose was left out on {left_out} of {int(due.sum())} nights it was due.")
    if extra:
        lines.append(f"A dose was taken on {extra} nights without one in the plan.")
    if taken:
        lines.append(
            "This follows the doses you took, not the draw. If you took them by how you felt, "
            "the result can mislead."
        )
    for reading in series.readings:
        if not instrument_error(reading.instrument, series.measure).known:
            lines.append(f"We found no test of how well {reading.instrument} reads this.")
    missed = series.nights - int(series.measured.sum())
    if missed:
        lines.append(
            f"{missed} of {series.nights} nights have no reading. They are taken to be like other "
            "nights with the same dose, day and date."
        )
    if wild:
        lines.append(f"{wild} nights lie far from the rest. They count for less.")
    lines += [f"The model does not fit well: {test.about}." for test in tests if not test.passed]
    return tuple(lines)


def analyse(series: Series, question: Question) -> Analysis:
    """Analyse a self-experiment. A series that cannot be analysed is refused with its reason."""
    checked(series)
    if not question.worthwhile > 0.0:
        raise InvalidInput.field("worthwhile", question.worthwhile, "a change above 0")
    rows, design, fitted, likelihood, wild = estimate(series, question.choices)
    gains = rows.effect(-question.worthwhile), rows.effect(question.worthwhile)
    priors = _priors(question, rows)
    effects = [posterior(likelihood, prior) for prior in priors]
    judged = [verdict(effect, series.measure, gains, series.periods) for effect in effects]
    early, final = look(rows, likelihood.centre, float(fitted.sd[0])), judged[0]
    if not (question.finished or (early.stop and final.word in ("helps", "harms"))):
        why = "The experiment is not over. The nights so far are not strong enough to stop early."
        final = final._replace(word="cannot tell", why=why)
    needed = None
    if final.word == "cannot tell":
        needed = nights_needed(series, rows, design, fitted, likelihood, gains)
    tests = checks(series, rows, design, question.seed)
    randomisation = None
    if question.redraw is not None:
        randomisation = randomisation_test(series, question.choices, question.redraw, question.seed)
    noise = mean_noise(design, fitted)
    low, high = rows.change(np.array(early.interval))
    return Analysis(
        verdict=final,
        beliefs=tuple(map(_belief, priors, effects, judged, [rows] * len(priors))),
        baseline=rows.baseline,
        persistence=noise.persistence * (1.0 - noise.fleeting),
        look=early,
        always_valid=(float(low), float(high)),
        needed=needed,
        checks=tests,
        randomisation=randomisation,
        nights=series.nights,
        measured=int(series.measured.sum()),
        periods=series.periods,
        wild=wild,
        cautions=_cautions(series, question.choices.taken, tests, wild),
    )
