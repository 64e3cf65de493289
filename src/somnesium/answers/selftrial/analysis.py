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
from somnesium.answers.selftrial.model import Fit, Marginal, fit, marginal
from somnesium.answers.selftrial.monitoring import Look, look
from somnesium.answers.selftrial.nights_needed import Needed, nights_needed
from somnesium.answers.selftrial.posterior import Posterior, Prior, posterior
from somnesium.answers.selftrial.randomisation import Randomisation, Redraw, randomisation_test
from somnesium.answers.selftrial.scale import scale_of
from somnesium.answers.selftrial.tails import tamed
from somnesium.answers.selftrial.terms import Choices, Terms, terms
from somnesium.answers.selftrial.verdict import Verdict, verdict
from somnesium.errors import InvalidInput
from somnesium.nights.instrument_error import instrument_error


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
    redraw: Redraw | None = None
    seed: int = 1


class Estimate(NamedTuple):
    """The calibrated fit: rows, design and fit, the likelihood of the effect, wild nights."""

    terms: Terms
    design: Marginal
    found: Fit
    likelihood: Likelihood
    wild: int


class Belief(NamedTuple):
    """The effect under one prior, in the measure's unit: mean, 95 % credible interval, verdict."""

    prior: str
    mean: float
    interval: tuple[float, float]
    verdict: Verdict


class Analysis(NamedTuple):
    """The answer. Amounts in the measure's unit, `beliefs` first from the nights alone.

    `verdict` is that of the nights alone, calibrated; the priors stand beside it. `baseline` is
    the usual night without magnesium, `sd` the spread of nights around what the model explains
    (on the model's scale), `persistence` the correlation with the night before. `always_valid` is
    the interval that holds at every look.
    """

    verdict: Verdict
    beliefs: tuple[Belief, ...]
    baseline: float
    sd: float
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
    scale_of(choices.scale)
    rows = terms(series, choices)
    design, wild = marginal(rows), 0
    if choices.robust:
        rows, design, wild = tamed(rows, design)
    found = fit(design, rows.readings)
    likelihood = calibrated(found, calibrate(rows, design, most))
    return Estimate(rows, design, found, likelihood, wild)


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
    told = Prior("forecast", scale.effect(mean, at), float(scale.spread(sd, at)))
    return None, sceptic, told


def _gains(question: Question, rows: Terms) -> tuple[float, float]:
    """Effects that change the usual night by the smallest worthwhile amount, down and up."""
    change, at = question.worthwhile, rows.baseline
    return rows.scale.effect(-change, at), rows.scale.effect(change, at)


def _belief(
    prior: Prior | None, found: Posterior, series: Series, question: Question, rows: Terms
) -> Belief:
    """One posterior told in the measure's unit."""
    low, high = found.interval()
    change = rows.scale.change
    return Belief(
        prior="the nights alone" if prior is None else prior.name,
        mean=float(change(found.values, rows.baseline) @ found.mass)
        if rows.scale.name == "plain"
        else float(change(found.quantile(0.5), rows.baseline)),
        interval=(float(change(low, rows.baseline)), float(change(high, rows.baseline))),
        verdict=verdict(found, series.measure, _gains(question, rows), series.periods),
    )


def _settled(alone: Verdict, question: Question, seen: Look) -> Verdict:
    """The verdict in force: before the planned end only strong early evidence may decide."""
    if question.finished or (seen.stop and alone.word in ("helps", "harms")):
        return alone
    why = "The experiment is not over. The nights so far are not strong enough to stop early."
    return alone._replace(word="cannot tell", why=why)


def _doses_told(series: Series, taken: bool) -> list[str]:
    """Where doses and plan part, and what following the doses costs."""
    told = []
    given = (series.assigned == 1.0) & np.isfinite(series.taken)
    off = (series.assigned == 0.0) & np.isfinite(series.taken)
    left_out, extra = int((series.taken[given] == 0.0).sum()), int((series.taken[off] > 0.0).sum())
    if left_out:
        told.append(f"The dose was left out on {left_out} of {int(given.sum())} nights it was due.")
    if extra:
        told.append(f"A dose was taken on {extra} nights without one in the plan.")
    if taken:
        told.append(
            "This follows the doses you took, not the draw. If you took them by how you felt, "
            "the result can mislead."
        )
    return told


def _cautions(series: Series, taken: bool, tests: tuple[Check, ...], wild: int) -> tuple[str, ...]:
    """What to bear in mind, in plain words."""
    told = _doses_told(series, taken)
    for one in series.readings:
        if not instrument_error(one.instrument, series.measure).known:
            told.append(f"We found no test of how well {one.instrument} reads this.")
    missed = series.nights - int(series.measured.sum())
    if missed:
        told.append(
            f"{missed} of {series.nights} nights have no reading. They are taken to be like other "
            "nights with the same dose, day and date."
        )
    if wild:
        told.append(f"{wild} nights lie far from the rest. They count for less.")
    told += [f"The model does not fit well: {one.about}." for one in tests if not one.passed]
    return tuple(told)


def analyse(series: Series, question: Question) -> Analysis:
    """Analyse a self-experiment. A series that cannot be analysed is refused with its reason."""
    checked(series)
    if not question.worthwhile > 0.0:
        raise InvalidInput.field("worthwhile", question.worthwhile, "a change above 0")
    made = estimate(series, question.choices)
    rows, found = made.terms, made.found
    priors = _priors(question, rows)
    beliefs = tuple(
        _belief(p, posterior(made.likelihood, p), series, question, rows) for p in priors
    )
    seen = look(rows, made.likelihood.centre, float(found.sd[0]))
    word = _settled(beliefs[0].verdict, question, seen)
    needed = None
    if word.word == "cannot tell":
        gains = _gains(question, rows)
        needed = nights_needed(series, rows, made.design, found, made.likelihood, gains)
    tests = checks(series, rows, made.design, question.seed)
    dealt = None
    if question.redraw is not None:
        dealt = randomisation_test(series, question.choices, question.redraw, question.seed)
    persistence, own = found.probability[:, 0] @ np.array(made.design.grid)
    return Analysis(
        verdict=word,
        beliefs=beliefs,
        baseline=rows.baseline,
        sd=float(found.sd[0]),
        persistence=float(persistence * (1.0 - own)),
        look=seen,
        always_valid=(
            float(rows.scale.change(seen.interval[0], rows.baseline)),
            float(rows.scale.change(seen.interval[1], rows.baseline)),
        ),
        needed=needed,
        checks=tests,
        randomisation=dealt,
        nights=series.nights,
        measured=int(series.measured.sum()),
        periods=series.periods,
        wild=made.wild,
        cautions=_cautions(series, question.choices.taken, tests, made.wild),
    )
