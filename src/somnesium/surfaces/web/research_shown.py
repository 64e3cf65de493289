"""Answers of the researchers' pages as sentences, figures and tables."""

from typing import TYPE_CHECKING, NamedTuple

from somnesium import say
from somnesium.person.document import Document, read_document
from somnesium.surfaces.web.drawings import Drawing, Table, svg
from somnesium.surfaces.web.jobs import Job

if TYPE_CHECKING:
    from somnesium.answers.trial.power import Estimated
    from somnesium.questions.attribution.attribution import AttributionAnswer, Share
    from somnesium.questions.population import PopulationAnswer
    from somnesium.questions.trial.trial import TrialAnswer


class Section(NamedTuple):
    """A heading with sentences and a table under it."""

    title: str
    lines: tuple[str, ...] = ()
    table: Table | None = None


class Told(NamedTuple):
    """An answer as a page shows it; `answer` holds its cautions and sources."""

    answer: Document
    lines: tuple[str, ...]
    figures: tuple[Drawing, ...]
    sections: tuple[Section, ...]


def shown(job: Job) -> Told:
    """What a job that is done has to say."""
    if job.name == "population":
        from somnesium.questions.population import PopulationAnswer

        return _population(read_document(job.answer, PopulationAnswer))
    if job.name == "trial":
        from somnesium.questions.trial.trial import TrialAnswer

        return _trial(read_document(job.answer, TrialAnswer))
    from somnesium.questions.attribution.attribution import AttributionAnswer

    return _attribution(read_document(job.answer, AttributionAnswer))


_MEASURES = {
    "duration": "asleep",
    "latency": "time to fall asleep",
    "awake_after_onset": "awake after falling asleep",
    "slow_wave": "deep sleep",
    "rem": "REM",
    "serum_magnesium": "magnesium in blood",
}
_QUANTILES = ("p05", "p25", "p50", "p75", "p95")
_WORLDS = {"without": "without", "with": "with", "difference": "change"}


def _population(answer: "PopulationAnswer") -> Told:
    from somnesium.surfaces.figures.research import population_chart, population_rows

    everyone = answer.groups[0].means
    rows = []
    for name, words in _MEASURES.items():
        for world, spoken in _WORLDS.items():
            if world in everyone and name in everyone[world]:
                one, unit = everyone[world][name], answer.units[name]
                digits = 2 if unit == "mmol/L" else 1
                numbers = (one.mean, one.sd, *(one.quantiles[q] for q in _QUANTILES))
                cells = (say.number(value, digits, thousands=True) for value in numbers)
                rows.append((f"{words}, {unit}", spoken, *cells))
    head = ("mean of each person", "plan", "mean", "SD", "5 %", "25 %", "50 %", "75 %", "95 %")
    asleep = everyone["without"]["duration"]
    low, high = asleep.quantiles["p05"], asleep.quantiles["p95"]
    lines = [
        f"{say.count(answer.people)} virtual people lived {say.count(answer.nights)} nights.",
        f"They sleep {say.number(asleep.mean)} minutes a night on average; 9 of 10 people sleep "
        f"{say.span((low, high))}.",
    ]
    if "difference" in everyone:
        change = everyone["difference"]["duration"]
        low, high = change.quantiles["p05"], change.quantiles["p95"]
        lines.append(
            f"With the plan this changes by {say.signed(change.mean, 1)} minutes; in 9 of 10 "
            f"people by {say.span((low, high), 1, sign=True)}."
        )
    drawn = [
        (
            row["group"],
            row["world"],
            str(row["people"]),
            *(say.number(row[name], thousands=True) for name in _QUANTILES),
        )
        for row in population_rows(answer)
    ]
    title = "How people sleep, by group"
    table = Table(("group", "world", "people", "5 %", "25 %", "50 %", "75 %", "95 %"), tuple(drawn))
    figure = Drawing("population", title, svg(population_chart(answer), "population", title), table)
    return Told(
        answer, tuple(lines), (figure,), (Section("Everyone", table=Table(head, tuple(rows))),)
    )


def _estimate(found: "Estimated", digits: int) -> str:
    return "–" if found.value is None else say.with_error(found.value, found.error, digits)


def _trial(answer: "TrialAnswer") -> Told:
    report = answer.report
    rows = [
        (
            f"{one.endpoint}, {one.unit}",
            _estimate(one.truth, 2),
            _estimate(one.power, 3),
            _estimate(one.mean, 2),
            _estimate(one.bias, 2),
            _estimate(one.coverage, 3),
            f"{one.failed} of {one.replicates}",
        )
        for one in answer.performance
    ]
    head = ("endpoint", "true effect", "power", "mean estimate", "bias", "coverage", "failed")
    sections = [
        Section(
            "What it finds, and how often",
            ("± is the Monte-Carlo error.",),
            Table(head, tuple(rows)),
        ),
        Section("Aims and estimand", (report.aims, report.estimand)),
        Section("Data", report.data),
        Section("Methods", report.methods),
    ]
    return Told(answer, answer.summary, _of_trial(answer), tuple(sections))


def _of_trial(answer: "TrialAnswer") -> tuple[Drawing, ...]:
    """What such a trial finds, and the size it needs if that was asked."""
    from somnesium.surfaces.figures.research import found_chart, size_chart

    figures: tuple[Drawing, ...] = ()
    if (middle := answer.performance[0].middle95) is not None:
        one, title = answer.performance[0], "What such a trial finds"
        numbers = (one.mean.value, *middle, one.truth.value)
        cells = tuple(say.number(value, 2, missing="–") for value in numbers)
        head = ("endpoint", "mean estimate", "2.5 %", "97.5 %", "true effect")
        table = Table(head, ((f"{one.endpoint}, {one.unit}", *cells),))
        figures = (Drawing("found", title, svg(found_chart(answer), "found", title), table),)
    if answer.size is not None and answer.size.tried:
        title = f"People for a power of {say.figures(answer.size.power)}"
        tried = tuple(
            (say.count(one.people), say.with_error(one.power, one.error, 2), f"{one.replicates}")
            for one in answer.size.tried
        )
        table = Table(("people", "power", "trials lived"), tried)
        figures += (Drawing("size", title, svg(size_chart(answer), "size", title), table),)
    return figures


def _share(one: "Share") -> tuple[str, ...]:
    return one.label, say.share(one.share, ""), say.share_span(one.interval90)


def _attribution(answer: "AttributionAnswer") -> Told:
    from somnesium.questions.attribution.attribution import SCOPES
    from somnesium.surfaces.figures.attribution import attribution_chart

    title = "How big a part does magnesium play?"
    rows = tuple(
        (SCOPES[one.scope], *_share(share))
        for one in answer.variances
        if one.outcome == "duration"
        for share in sorted(one.shares, key=lambda share: -share.share)
    )
    table = Table(("of", "input", "share, %", "9 of 10"), rows)
    figure = Drawing("parts", title, svg(attribution_chart(answer), "parts", title), table)
    whole = tuple(
        (
            SCOPES[one.scope],
            one.label,
            say.share(one.magnesium.share, ""),
            say.share_span(one.magnesium.interval90),
        )
        for one in answer.variances
    )
    head = ("of", "outcome", "magnesium's share, %", "9 of 10")
    lines = (answer.headline, *answer.summary, f"{say.count(answer.lives)} lives were lived.")
    return Told(
        answer,
        lines,
        (figure,),
        (Section("Magnesium's part of everything", table=Table(head, whole)),),
    )
