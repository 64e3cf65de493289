"""What would a trial find? A design lived many times over with virtual people: an ADEMP report."""

from collections.abc import Callable

import numpy as np
from pydantic import Field

from somnesium.answers.safety.evaluate import Caution
from somnesium.answers.safety.gate import plan_of_healthy_adult
from somnesium.answers.trial.design import Trial
from somnesium.answers.trial.expected import Expectation, expected, prepare
from somnesium.answers.trial.measures import MEASURES
from somnesium.answers.trial.power import Performance, Progress, performance, replicated
from somnesium.answers.trial.readings import NOISE
from somnesium.answers.trial.response import response
from somnesium.answers.trial.size import Tried, size_for
from somnesium.person.document import Document, Number
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.population import cautions_of
from somnesium.questions.trial.words import Ademp, ademp, summary
from somnesium.questions.version import model_version
from somnesium.sources import cite

_TRUTH_PEOPLE = 1024
"""People whose paired lives give the estimand (judgement#error-small-beside-a-trial)."""
_SIZE_REPLICATES = 400
_SOURCES = ("morris2019", "agresti1998", "muench2023", "yeung2018", "winkler2015")


class TriedSize(Document):
    """A size tried in the search: people, power, its Monte-Carlo error, replicates."""

    people: int
    power: Number
    error: Number
    replicates: int


class SizeAnswer(Document):
    """People needed for a power; none where no size that can be tried reaches it."""

    power: Number
    people: int | None
    interval95: tuple[int, int] | None
    tried: tuple[TriedSize, ...]


class TrialAnswer(Answer):
    """A virtual trial: aims, data, estimand, methods, and performance with its errors."""

    name: str
    design: str
    people: int
    replicates: int
    asked: int = Field(description="replicates asked for")
    stopped_early: bool = Field(description="whether the target error was reached before them")
    seed: int
    screened_per_person: Number = Field(description="people looked at for each one enrolled")
    report: Ademp
    performance: tuple[Performance, ...] = Field(description="by endpoint, the primary one first")
    significant_alone: Number | None = Field(
        description="share of people significant by themselves in a series of N-of-1"
    )
    size: SizeAnswer | None
    summary: tuple[str, ...]


def trial(
    document: Trial,
    replicates: int = 1000,
    *,
    target_error: float | None = None,
    size_power: float | None = None,
    progress: Progress | None = None,
    told: Callable[[Tried], None] | None = None,
) -> TrialAnswer:
    """What would this trial find, how often, and how many people does it need?

    Raises `InvalidInput`, or `UnsafePlan` when an arm's plan is refused for a healthy adult.
    """
    cautions = _cautions(document)
    truth = expected(prepare(document, _TRUTH_PEOPLE, document.seed), seed=document.seed)
    run = replicated(document, replicates, target_error, progress)
    performances = []
    for k, fits in enumerate((run.fits, *run.others)):
        one = document.endpoints[k]
        performances.append(
            performance(
                one.label,
                MEASURES[one.measure].unit,
                fits,
                document.analysis.alpha,
                _estimand(document, truth, k),
                float(truth.spread[k] / np.sqrt(_TRUTH_PEOPLE)),
            )
        )
    size = None if size_power is None else _size(document, size_power, told)
    done = len(run.fits)
    found = tuple(performances)
    return TrialAnswer(
        cautions=cautions,
        sources=_sources(document, cautions),
        model_version=model_version(),
        name=document.name,
        design=document.design,
        people=document.people,
        replicates=done,
        asked=replicates,
        stopped_early=run.early,
        seed=document.seed,
        screened_per_person=run.screened / (done * document.people),
        report=ademp(document, done, replicates, target_error),
        performance=found,
        significant_alone=None if np.isnan(run.alone) else run.alone,
        size=size,
        summary=summary(found, size.people if size else None, size_power),
    )


def _estimand(document: Trial, truth: Expectation, endpoint: int) -> float:
    """Mean difference that the trial is after: the body's, and belief where it differs."""
    belief = truth.response[document.arm, endpoint] - truth.response[document.versus, endpoint]
    return float(truth.difference[endpoint] + belief)


def _size(document: Trial, power: float, told: Callable[[Tried], None] | None) -> SizeAnswer:
    """The search for the number of people, as a document."""
    found = size_for(document, power, _SIZE_REPLICATES, told)
    return SizeAnswer(
        power=power,
        people=found.people,
        interval95=found.interval95,
        tried=tuple(TriedSize(**one._asdict()) for one in found.tried),
    )


def _cautions(document: Trial) -> tuple[Caution, ...]:
    """What must be said of every arm, each caution once."""
    found = [
        caution
        for arm in document.arms
        for caution in cautions_of(
            plan_of_healthy_adult(arm.regimen) if arm.regimen.intakes else None
        )
    ]
    return tuple({caution.key: caution for caution in found}.values())


def _sources(document: Trial, cautions: tuple[Caution, ...]) -> tuple[Source, ...]:
    """What is cited: methods, responses, noise and cautions."""
    keys = [*_SOURCES]
    for one in document.endpoints:
        keys += [
            response(one.measure, one.instrument).source,
            NOISE[one.measure, one.instrument].source,
        ]
    keys += [key for caution in cautions for key in caution.sources]
    return tuple(Source(**cite(key)) for key in dict.fromkeys(keys))
