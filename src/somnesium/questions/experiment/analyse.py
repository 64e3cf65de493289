"""Did it work for me? An experiment into a verdict, with what speaks for and against it."""

import math
from datetime import date
from typing import Literal

import numpy as np
from pydantic import Field

from somnesium.answers.selftrial.analysis import Analysis, Belief, Question
from somnesium.answers.selftrial.analysis import analyse as analysed
from somnesium.answers.selftrial.design.question import scale_of
from somnesium.answers.selftrial.exposure import Carry
from somnesium.answers.selftrial.randomisation import Pairs
from somnesium.answers.selftrial.sensitivity import sensitivity, tipping_point
from somnesium.answers.selftrial.terms import Choices
from somnesium.answers.selftrial.verdict import Word
from somnesium.nights.instrument_error import instrument_error
from somnesium.person.document import Document, Number
from somnesium.questions.experiment.analysis_words import summary
from somnesium.questions.experiment.ran import Ran
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.version import model_version
from somnesium.sources import cite


class BeliefTold(Document):
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


class CheckTold(Document):
    """A check of the model: what it looks at, its p value, whether it passed."""

    name: str
    about: str
    p: Number
    passed: bool


class Varied(Document):
    """The effect with one choice changed; null, and why, where that could not be."""

    what: str
    mean: Number | None
    interval95: tuple[Number, Number] | None
    why_not: str


class ReadingTold(Document):
    """An instrument: nights it read, its noise [unit], and the source of that."""

    instrument: str
    nights: int
    noise: Number
    known: bool
    source: str


class NightTold(Document):
    """A night of the series: what was assigned and taken, and what each instrument read."""

    evening: date
    period: int
    on_plan: bool
    taken: Number | None
    values: tuple[Number | None, ...]


class AnalysisAnswer(Answer):
    """The analysis of an experiment; amounts in `unit`, the plan minus its comparison.

    `why` and `verdict` are in force; `beliefs` hold the nights alone first, then the sceptic's
    prior, then the forecast's. `always_valid` is the interval that holds at every look, null where
    an end is open. `evidence` above 200 would allow to stop early. `more_nights` would settle a
    verdict of cannot tell with the chance `more_nights_chance`; null if not within a year.
    """

    name: str
    plan: str
    comparison: str
    blinding: Literal["capsules", "open"]
    measure: str
    label: str
    unit: str
    better: Literal["more", "less"]
    worthwhile: Number
    finished: bool
    planned_nights: int
    nights: int
    measured: int
    periods: int
    period_nights: int
    half_life_nights: Number
    verdict: Word
    why: str
    beliefs: tuple[BeliefTold, ...]
    baseline: Number
    persistence: Number
    evidence: Number
    may_stop: bool
    always_valid: tuple[Number | None, Number | None]
    more_nights: int | None
    more_nights_chance: Number | None
    checks: tuple[CheckTold, ...]
    randomisation_p: Number
    randomisation_least: Number = Field(description="the smallest p these periods could give")
    sensitivity: tuple[Varied, ...]
    missing_undoes: Number | None = Field(
        description="missed nights on the plan would have to differ by this to undo the effect"
    )
    instruments: tuple[ReadingTold, ...]
    looks: int | None = Field(description="looks behind the seal so far; null without a store")
    preregistration: str | None = Field(description="SHA-256 of its text; null without a store")
    series: tuple[NightTold, ...]
    notes: tuple[str, ...]
    summary: tuple[str, ...] = Field(description="the answer in plain sentences")


def analyse(ran: Ran) -> AnalysisAnswer:
    """Analyse an experiment; `InvalidInput` says why one cannot be analysed."""
    scale = scale_of(ran.measure)
    choices = Choices(
        scale="log" if ran.measure == "latency" else "plain", carry=Carry((ran.half_life,), (1.0,))
    )
    scheme = Pairs(ran.series.nights, ran.allocation.period_nights)
    question = Question(ran.worthwhile, choices, ran.forecast, ran.finished, scheme)
    found = analysed(ran.series, question)
    alone = found.beliefs[0]
    return AnalysisAnswer(
        cautions=(),
        sources=_sources(ran, scale.sd_source),
        model_version=model_version(),
        name=ran.name,
        plan=ran.plan,
        comparison=ran.comparison,
        blinding=ran.blinding,
        measure=ran.measure,
        label=scale.label,
        unit=scale.unit,
        better="more" if scale.better > 0 else "less",
        worthwhile=ran.worthwhile,
        finished=ran.finished,
        planned_nights=ran.planned,
        nights=found.nights,
        measured=found.measured,
        periods=found.periods,
        period_nights=ran.allocation.period_nights,
        half_life_nights=ran.half_life,
        verdict=found.verdict.word,
        why=found.verdict.why,
        beliefs=tuple(_belief(one) for one in found.beliefs),
        baseline=found.baseline,
        persistence=found.persistence,
        evidence=found.look.evidence,
        may_stop=found.look.stop,
        always_valid=(_finite(found.always_valid[0]), _finite(found.always_valid[1])),
        more_nights=None if found.needed is None else found.needed.nights,
        more_nights_chance=None if found.needed is None else found.needed.chance,
        **_randomisation(found),
        checks=tuple(CheckTold(**one._asdict()) for one in found.checks),
        sensitivity=tuple(
            Varied(what=v.what, mean=v.mean, interval95=v.interval, why_not=v.why_not)
            for v in sensitivity(ran.series, choices)
        ),
        missing_undoes=tipping_point(ran.series, alone.mean),
        instruments=_instruments(ran),
        looks=None if ran.kept is None else len(ran.kept.looks),
        preregistration=None if ran.kept is None else ran.kept.hash,
        series=_nights(ran),
        notes=(*ran.notes, *found.cautions),
        summary=summary(ran, found, scale),
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _belief(one: Belief) -> BeliefTold:
    judged = one.verdict
    return BeliefTold(
        prior=one.prior,
        mean=one.mean,
        interval95=one.interval,
        verdict=judged.word,
        better=judged.better,
        enough=judged.worthwhile,
        small=judged.negligible,
        worse=judged.worse,
    )


def _randomisation(found: Analysis) -> dict[str, float]:
    """The test's p value, and the smallest it could have been."""
    dealt = found.randomisation
    if dealt is None:
        return {"randomisation_p": 1.0, "randomisation_least": 1.0}
    return {"randomisation_p": dealt.p, "randomisation_least": dealt.least}


def _instruments(ran: Ran) -> tuple[ReadingTold, ...]:
    """What is known of the instruments that were used."""
    out = []
    for one in ran.series.readings:
        error = instrument_error(one.instrument, ran.measure)
        out.append(
            ReadingTold(
                instrument=one.instrument,
                nights=int(np.isfinite(one.values).sum()),
                noise=error.sd,
                known=error.known,
                source=error.source,
            )
        )
    return tuple(out)


def _nights(ran: Ran) -> tuple[NightTold, ...]:
    """Every night of the calendar so far."""
    series = ran.series
    return tuple(
        NightTold(
            evening=series.evening(k),
            period=int(series.period[k]),
            on_plan=bool(series.assigned[k] == 1.0),
            taken=_finite(float(series.taken[k])),
            values=tuple(_finite(float(one.values[k])) for one in series.readings),
        )
        for k in range(series.nights)
    )


def _sources(ran: Ran, spread: str) -> tuple[Source, ...]:
    """Where the figures and methods come from."""
    keys = ["hendriksen2021", "judgement#sceptic", "judgement#replication", spread]
    keys += [instrument_error(one.instrument, ran.measure).source for one in ran.series.readings]
    keys += ["judgement#smallest-worthwhile-change"]
    return tuple(Source(**cite(key)) for key in dict.fromkeys(keys))
