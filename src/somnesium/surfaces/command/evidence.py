"""`somnesium evidence`: what the trials say, or a table of studies pooled, as text or JSON."""

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.surfaces.command.window import table, write

if TYPE_CHECKING:
    from somnesium.questions.evidence.answer import (
        EndpointEvidence,
        EvidenceAnswer,
        PooledEffect,
        Synthesis,
        TableAnswer,
    )


class Format(StrEnum):
    """How the answer is written."""

    text = "text"
    json = "json"
    md = "md"


class Estimator(StrEnum):
    """How the variance between trials is estimated."""

    REML = "REML"
    DL = "DL"
    PM = "PM"
    ML = "ML"
    EB = "EB"
    SJ = "SJ"
    HE = "HE"
    HS = "HS"
    FE = "FE"


class Interval(StrEnum):
    """How the interval of the mean is made."""

    hk = "hk"
    z = "z"


class Scale(StrEnum):
    """Differences in the endpoint's unit, or standardised."""

    md = "md"
    smd = "smd"


class Outcome(StrEnum):
    """What a table of studies measured, as far as the prior of its spread differs."""

    rated = "rated"
    marker = "marker"
    events = "events"


def evidence(
    endpoints: Annotated[
        list[str] | None, typer.Argument(help="endpoints, such as sol or isi; all if left out")
    ] = None,
    table: Annotated[
        Path | None, typer.Option(help="pool this CSV instead: columns study, yi, vi")
    ] = None,
    trials: Annotated[
        Path | None, typer.Option(help="your own trials, added to ours: .csv or .toml")
    ] = None,
    method: Annotated[
        Estimator, typer.Option(case_sensitive=False, help="estimator of the variance between")
    ] = Estimator.REML,
    interval: Annotated[Interval, typer.Option(help="hk: Knapp–Hartung; z: normal")] = Interval.hk,
    measure: Annotated[
        Scale, typer.Option(help="md: in the endpoint's unit; smd: standardised")
    ] = Scale.md,
    sd: Annotated[
        float | None,
        typer.Option(help="with --table: SD between people, 1 if standardised; scales priors"),
    ] = None,
    outcome: Annotated[
        Outcome, typer.Option(help="with --table and --sd: rated, marker or events")
    ] = Outcome.rated,
    format: Annotated[Format, typer.Option("--format", help="text, json or md")] = Format.text,
    figures: Annotated[
        Path | None, typer.Option(help="write forest and funnel plots to this folder")
    ] = None,
) -> None:
    """What do the trials say? Pooled by endpoint, with how sure one can be; or pool a table."""
    if table is not None:
        if endpoints or trials is not None or measure is Scale.smd:
            fix = "pool the table alone; its differences are taken as they are"
            raise InvalidInput.field("--table", str(table), "no endpoints or --trials beside", fix)
        from somnesium.answers.evidence.studies import read_studies
        from somnesium.questions.evidence.synthesis import pool_table

        found = pool_table(
            read_studies(table), table.name, method.value, interval.value, sd, outcome.value
        )
        text = table_text(found, format is Format.md)
    else:
        if sd is not None:
            raise InvalidInput.field("--sd", sd, "only with --table", "leave it out")
        from somnesium.answers.evidence.lints import reviewed
        from somnesium.questions.evidence.evidence import evidence as ask

        review = reviewed(trials)
        found = ask(endpoints or (), review, method.value, interval.value, measure.value)
        text = evidence_text(found, format is Format.md)
    if format is Format.text:
        write(text)
    else:
        as_json = found.model_dump_json(indent=2) + "\n"
        sys.stdout.write(as_json if format is Format.json else text)
    if figures is not None:
        from somnesium.surfaces.figures.evidence import save_evidence_figures

        for path in save_evidence_figures(found, figures):
            sys.stderr.write(f"wrote {path}\n")


def _number(value: float | None, sign: bool = False) -> str:
    return say.figures(value, 4, sign=sign, missing="–")


def _range(pair: tuple[float, float] | None) -> str:
    return "–" if pair is None else f"{_number(pair[0])} to {_number(pair[1])}"


def _pooled_rows(pooled: "PooledEffect") -> list[tuple[str, str]]:
    """The pool, a line a figure."""
    name = "Knapp–Hartung" if pooled.interval == "hk" else "normal"
    percent = "–" if pooled.I2 is None else f"{say.number(pooled.I2, 1)} %"
    rows = [
        ("mean difference", _number(pooled.estimate)),
        (f"standard error, {name}", _number(pooled.se)),
        (f"95 % interval, {name}", _range(pooled.interval95)),
        ("p", say.p_value(pooled.p)),
    ]
    if pooled.k == 1:
        return rows
    return [
        *rows,
        ("standard error, normal", _number(pooled.normal_se)),
        ("95 % interval, normal", _range(pooled.normal_interval95)),
        (f"variance between studies, {pooled.method}", _number(pooled.tau2)),
        ("its 95 % interval (Q-profile)", _range(pooled.tau2_interval95)),
        ("I²", percent),
        ("Cochran's Q", f"{_number(pooled.Q)}, p {say.p_value(pooled.Q_p)}"),
        ("95 % prediction of a next study", _range(pooled.prediction95)),
        ("prediction by", pooled.prediction_method),
    ]


def _synthesis_lines(found: "Synthesis", markdown: bool) -> list[str]:
    """Everything of a pool: studies, mean, priors, and the pool without each study."""
    rows = [
        (one.study, _number(one.yi), _range(one.interval95), say.percent(one.share, 1))
        for one in found.studies
    ]
    lines = [table(("study", "difference", "95 % interval", "share"), rows, markdown), ""]
    lines += [table(("pooled", ""), _pooled_rows(found.pooled), markdown), ""]
    priors = [
        (
            one.prior,
            _number(one.median),
            _range(one.interval95),
            _range(one.prediction95),
            say.chance(one.chance_below_zero),
            _number(one.tau_median),
        )
        for one in found.bayes
    ]
    head = (
        "prior of the spread between",
        "median",
        "95 % credible",
        "next study",
        "chance below 0",
        "SD between",
    )
    lines += [table(head, priors, markdown), ""]
    if found.pooled.k > 2:
        left = [
            (one.study, _number(one.estimate), _range(one.interval95))
            for one in found.leave_one_out
        ]
        lines += [table(("without", "mean", "95 % interval"), left, markdown), ""]
    return lines + _small_lines(found)


def _small_lines(found: "Synthesis") -> list[str]:
    """Small-study tests and notes, a line each."""
    small, lines = found.small_studies, []
    if small.egger is not None:
        lines.append(
            f"Egger's test: z {_number(small.egger.statistic)}, p {say.p_value(small.egger.p)}."
        )
    if small.begg is not None:
        lines.append(
            f"Begg's test: tau {_number(small.begg.estimate)}, p {say.p_value(small.begg.p)}."
        )
    if small.trim_and_fill is not None:
        filled = small.trim_and_fill
        lines.append(
            f"Trim and fill: {filled.missing} missing on the {filled.side}; "
            f"with them the mean is {_number(filled.estimate)}."
        )
    return lines + [f"Note: {note.text}" for note in found.notes]


def _ending(answer: "TableAnswer | EvidenceAnswer") -> list[str]:
    return [
        "",
        "Sources: " + ", ".join(source.key for source in answer.sources),
        f"Model {answer.model_version}. This is no diagnosis and no treatment.",
    ]


def table_text(answer: "TableAnswer", markdown: bool = False) -> str:
    """A pooled table of studies."""
    heading = f"{'# ' if markdown else ''}{answer.table}: {answer.pooled.k} studies pooled"
    lines = [heading, "", *answer.summary[:2], "", *_synthesis_lines(answer, markdown)]
    return "\n".join([*lines, *_ending(answer)]) + "\n"


def _endpoint_lines(one: "EndpointEvidence", markdown: bool) -> list[str]:
    """One endpoint whole."""
    title = f"{one.meaning} ({one.endpoint}, {one.unit}){', blends' if one.blend else ''}"
    lines = [f"{'## ' if markdown else ''}{title}", ""]
    lines += [one.summary, ""]
    if one.synthesis is not None:
        lines += [*_synthesis_lines(one.synthesis, markdown), ""]
    if one.sensitivity:
        rows = [
            (s.text, str(s.k), _number(s.estimate), _range(s.interval95)) for s in one.sensitivity
        ]
        lines += [table(("otherwise", "k", "mean", "95 % interval"), rows, markdown), ""]
    if one.grade is not None:
        rows = [(r.domain.replace("_", " "), str(r.steps), r.text) for r in one.grade.reasons]
        lines += [table((f"GRADE: {one.grade.certainty}", "steps", "why"), rows, markdown), ""]
    lines += [f"Not pooled: {o.trial}, {o.arm}: {o.reason}." for o in one.omitted]
    lines += [f"Distrusted, left out: {name}." for name in one.distrusted]
    lines += [
        f"Others pooled: {o.trial} {_number(o.estimate)} ({_range(o.interval95)})."
        for o in one.others
    ]
    return [*lines, ""]


def _overview(told: "Sequence[EndpointEvidence]", markdown: bool) -> list[str]:
    """Every endpoint that can be pooled in one table, and the names of the others."""
    rows = []
    for one in told:
        if one.synthesis is not None and one.grade is not None:
            pooled = one.synthesis.pooled
            name = one.endpoint + (" (blend)" if one.blend else "")
            rows.append(
                (
                    name,
                    one.unit,
                    str(pooled.k),
                    _number(pooled.estimate, True),
                    _range(pooled.interval95),
                    _range(pooled.prediction95),
                    one.grade.certainty,
                )
            )
    head = ("endpoint", "unit", "k", "mean", "95 % interval", "next trial", "how sure")
    lines = [table(head, rows, markdown), ""] if rows else []
    none = [one.endpoint for one in told if one.synthesis is None]
    return lines + ([f"Cannot be pooled: {', '.join(none)}.", ""] if none else [])


def evidence_text(answer: "EvidenceAnswer", markdown: bool = False) -> str:
    """What the trials say, an overview first, then the endpoints one by one."""
    lines = [f"{'# ' if markdown else ''}Magnesium against a control: what the trials say", ""]
    lines += [answer.summary[0], ""]
    lines += _overview(answer.endpoints, markdown)
    for one in answer.endpoints:
        lines += _endpoint_lines(one, markdown)
    if answer.flags:
        lines += [f"{len(answer.flags)} values of the table look odd and were kept:"]
        lines += [f"- {f.trial} ({f.row}), {f.field}: {f.reason}" for f in answer.flags]
    return "\n".join([*lines, *_ending(answer)]) + "\n"
