"""Did it work for me? An experiment into a verdict, with what speaks for and against it."""

import math
from datetime import date
from typing import Literal

import numpy as np
from pydantic import Field

from somnesium.answers.selftrial.analysis import Belief, Question
from somnesium.answers.selftrial.analysis import analyse as analysed
from somnesium.answers.selftrial.checks import Check
from somnesium.answers.selftrial.design.question import scale_of
from somnesium.answers.selftrial.exposure import Carry
from somnesium.answers.selftrial.randomisation import Pairs
from somnesium.answers.selftrial.sensitivity import Variation, sensitivity, tipping_point
from somnesium.answers.selftrial.terms import Choices
from somnesium.answers.selftrial.verdict import Word
from somnesium.nights.instrument_error import instrument_error
from somnesium.person.document import Document, Number
from somnesium.questions.experiment.analysis_words import summary
from somnesium.questions.experiment.ran import Ran
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.version import model_version
from somnesium.sources import cite


class InstrumentUsed(Document):
    """An instrument: nights it read, its noise [unit], and the source of that."""

    instrument: str
    nights: int
    noise: Number
    known: bool
    source: str


class NightAnalysed(Document):
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
    beliefs: tuple[Belief, ...]
    baseline: Number
    persistence: Number
    evidence: Number
    may_stop: bool
    always_valid: tuple[Number | None, Number | None]
    more_nights: int | None
    more_nights_chance: Number | None
    checks: tuple[Check, ...]
    randomisation_p: Number
    randomisation_least: Number = Field(description="the smallest p these periods could give")
    sensitivity: tuple[Variation, ...]
    missing_undoes: Number | None = Field(
        description="missed nights on the plan would have to differ by this to undo the effect"
    )
    instruments: tuple[InstrumentUsed, ...]
    looks: int | None = Field(description="looks behind the seal so far; null without a store")
    preregistration: str | None = Field(description="SHA-256 of its text; null without a store")
    series: tuple[NightAnalysed, ...]
    notes: tuple[str, ...]
    summary: tuple[str, ...] = Field(description="the answer in plain sentences")


def analyse(ran: Ran) -> AnalysisAnswer:
    """Analyse an experiment; `InvalidInput` says why one cannot be analysed."""
    scale, series = scale_of(ran.measure), ran.series
    carry, plain = Carry((ran.half_life,), (1.0,)), ran.measure != "latency"
    choices = Choices(scale="plain" if plain else "log", carry=carry)
    scheme = Pairs(series.nights, ran.allocation.period_nights)
    question = Question(ran.worthwhile, choices, ran.forecast, ran.finished, scheme)
    analysis = analysed(series, question)
    needed, randomisation = analysis.needed, analysis.randomisation
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
        nights=analysis.nights,
        measured=analysis.measured,
        periods=analysis.periods,
        period_nights=ran.allocation.period_nights,
        half_life_nights=ran.half_life,
        verdict=analysis.verdict.word,
        why=analysis.verdict.why,
        beliefs=analysis.beliefs,
        baseline=analysis.baseline,
        persistence=analysis.persistence,
        evidence=analysis.look.evidence,
        may_stop=analysis.look.stop,
        always_valid=(_finite(analysis.always_valid[0]), _finite(analysis.always_valid[1])),
        more_nights=None if needed is None else needed.nights,
        more_nights_chance=None if needed is None else needed.chance,
        checks=analysis.checks,
        randomisation_p=1.0 if randomisation is None else randomisation.p,
        randomisation_least=1.0 if randomisation is None else randomisation.least,
        sensitivity=sensitivity(series, choices),
        missing_undoes=tipping_point(series, analysis.beliefs[0].mean),
        instruments=_instruments(ran),
        looks=None if ran.kept is None else len(ran.kept.looks),
        preregistration=None if ran.kept is None else ran.kept.hash,
        series=tuple(
            NightAnalysed(
                evening=series.evening(night),
                period=int(series.period[night]),
                on_plan=bool(series.assigned[night] == 1.0),
                taken=_finite(series.taken[night]),
                values=tuple(_finite(reading.values[night]) for reading in series.readings),
            )
            for night in range(series.nights)
        ),
        notes=(*ran.notes, *analysis.cautions),
        summary=summary(ran, analysis, scale),
    )


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _instruments(ran: Ran) -> tuple[InstrumentUsed, ...]:
    """What is known of the instruments that were used."""
    used = []
    for reading in ran.series.readings:
        error = instrument_error(reading.instrument, ran.measure)
        used.append(
            InstrumentUsed(
                instrument=reading.instrument,
                nights=int(np.isfinite(reading.values).sum()),
                noise=error.sd,
                known=error.known,
                source=error.source,
            )
        )
    return tuple(used)


def _sources(ran: Ran, spread: str) -> tuple[Source, ...]:
    """Where the figures and methods come from."""
    names = [reading.instrument for reading in ran.series.readings]
    keys = ["hendriksen2021", "judgement#sceptic", "judgement#replication", spread]
    keys += [instrument_error(name, ran.measure).source for name in names]
    keys += ["judgement#smallest-worthwhile-change"]
    return tuple(Source(**cite(key)) for key in dict.fromkeys(keys))
