"""`somnesium analyse`: did it work for me? Text, JSON, figures, a report, a summary to share."""

import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.surfaces.command.window import table, write

if TYPE_CHECKING:
    from somnesium.questions.experiment.analyse import AnalysisAnswer
    from somnesium.questions.experiment.pooling import PoolAnswer
    from somnesium.questions.experiment.ran import Ran


class Format(StrEnum):
    """How the answer is written."""

    text = "text"
    json = "json"


def analyse(
    experiment: Annotated[
        int | None, typer.Argument(help="number of the experiment; else the latest")
    ] = None,
    nights: Annotated[
        Path | None, typer.Option(help="without a store: a table of evening, value, …")
    ] = None,
    allocation: Annotated[
        Path | None, typer.Option(help="with --nights: a document of periods and order")
    ] = None,
    example: Annotated[bool, typer.Option("--example", help="a bundled experiment")] = False,
    pool: Annotated[
        list[Path] | None, typer.Option(help="put summaries together (CSV or JSON); repeatable")
    ] = None,
    instrument: Annotated[
        list[str] | None, typer.Option(help="whose nights; repeatable; else all")
    ] = None,
    forecast: Annotated[
        bool, typer.Option("--forecast/--no-forecast", help="ask the body model beside it")
    ] = True,
    figures: Annotated[Path | None, typer.Option(help="write figures to this folder")] = None,
    cent: Annotated[
        Path | None, typer.Option(help="write a CENT 2015 report (.md or .json)")
    ] = None,
    summary: Annotated[
        Path | None, typer.Option(help="write what may be shared (.json): effect and error")
    ] = None,
    store: Annotated[str | None, typer.Option("--store", help="a file, or postgresql://…")] = None,
    format: Annotated[Format, typer.Option("--format", help="text or json")] = Format.text,
) -> None:
    """Did it work for me? A verdict from my own nights, and what speaks against it."""
    _one_source(experiment, nights, allocation, example, pool)
    if pool:
        _pooled(pool, (figures, cent, summary), format)
        return
    if cent is not None and cent.suffix not in (".md", ".json"):
        raise InvalidInput.field("--cent", cent.name, "a file that ends in .md or .json")
    ran = _ran(experiment, nights, allocation, example, instrument, forecast, store)
    from somnesium.questions.experiment.analyse import analyse as ask

    answer = ask(ran)
    if figures is not None:
        from somnesium.surfaces.figures.analysis import save_analysis_figures

        for path in save_analysis_figures(answer, figures):
            sys.stderr.write(f"wrote {path}\n")
    if cent is not None:
        _report(ran, answer, cent)
    if summary is not None:
        from somnesium.questions.experiment.pooling import summary_of

        _write(summary, summary_of(answer).model_dump_json(indent=2) + "\n", "--summary")
    if format is Format.json:
        sys.stdout.write(answer.model_dump_json(indent=2) + "\n")
    else:
        write(analysis_text(answer))


def _one_source(
    experiment: int | None,
    nights: Path | None,
    allocation: Path | None,
    example: bool,
    pool: list[Path] | None,
) -> None:
    """Refuse a question that names two sources of nights, or half of one."""
    given = [
        experiment is not None,
        nights is not None or allocation is not None,
        example,
        bool(pool),
    ]
    if sum(given) > 1:
        allowed = "one of: a number, --nights with --allocation, --example, --pool"
        raise InvalidInput.field("analyse", "several sources of nights", allowed)
    if (nights is None) != (allocation is None):
        missing = "--allocation" if allocation is None else "--nights"
        raise InvalidInput.field(missing, "nothing", "a file", "the two belong together")


def _ran(
    experiment: int | None,
    nights: Path | None,
    allocation: Path | None,
    example: bool,
    instrument: list[str] | None,
    forecast: bool,
    store: str | None,
) -> "Ran":
    """The experiment that is meant, from files, the package or the store."""
    from somnesium.questions.experiment.ran import with_instruments
    from somnesium.questions.experiment.table import example_ran, table_ran

    if example:
        return with_instruments(example_ran(), instrument or ())
    if nights is not None and allocation is not None:
        return with_instruments(table_ran(nights, allocation), instrument or ())
    from somnesium.engine.compiled import is_compiled
    from somnesium.questions.experiment.stored import experiment_ran
    from somnesium.store.open import is_there, opened

    if not is_there(store):
        fix = "begin an experiment with somnesium design, or see --example"
        raise InvalidInput.field("store", "none yet", "a store with an experiment", fix)
    if forecast and not is_compiled():
        sys.stderr.write("Compiling the body for this machine: about half a minute, once.\n")
    with opened(store) as kept:
        return experiment_ran(kept, experiment, datetime.now(UTC), instrument or (), forecast)


def _pooled(files: list[Path], others: tuple[Path | None, ...], format: Format) -> None:
    """The pool, as text or JSON."""
    from somnesium.questions.experiment.pooling import pool, read_summaries

    if any(one is not None for one in others):
        allowed = "nothing more to write"
        raise InvalidInput.field("--pool", "with --figures, --cent or --summary", allowed)
    answer = pool(read_summaries(files))
    if format is Format.json:
        sys.stdout.write(answer.model_dump_json(indent=2) + "\n")
    else:
        write(pool_text(answer))


def _report(ran: "Ran", answer: "AnalysisAnswer", path: Path) -> None:
    """The CENT 2015 report as Markdown or JSON."""
    from somnesium.questions.experiment.cent import cent, cent_text

    report = cent(ran, answer)
    text = cent_text(report) if path.suffix == ".md" else report.model_dump_json(indent=2) + "\n"
    _write(path, text, "--cent")


def _write(path: Path, text: str, option: str) -> None:
    """A whole file or none."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        allowed = "a file in a folder you can write to"
        raise InvalidInput.field(option, str(path), allowed, str(error.strerror)) from None
    sys.stderr.write(f"wrote {path}\n")


def analysis_text(answer: "AnalysisAnswer") -> str:
    """Verdict and sentences, priors side by side, checks, other choices, notes, sources."""
    digits = 0 if answer.unit == "min" else 1
    priors = [
        (
            one.prior,
            say.estimate(one.mean, one.interval95, digits, sign=True),
            say.chance(one.better),
            say.chance(one.enough),
            one.verdict,
        )
        for one in answer.beliefs
    ]
    varied = [
        (one.what, say.estimate(one.mean, one.interval95, digits, sign=True))
        if one.mean is not None and one.interval95 is not None
        else (one.what, one.why_not)
        for one in answer.sensitivity
    ]
    failed = [one.about for one in answer.checks if not one.passed]
    used = ", ".join(f"{one.instrument} {one.nights}" for one in answer.instruments)
    lines = [
        f"{answer.name or 'Experiment'}: {answer.plan}, against {answer.comparison}.",
        f"{answer.nights} of {answer.planned_nights} planned nights, {answer.measured} with a "
        f"reading ({used}), in {answer.periods} periods.",
        "",
        *answer.summary,
        "",
        table(
            (
                f"change of {answer.label}, {answer.unit}",
                "mean, 95 %",
                "any gain",
                f"gain of {say.figures(answer.worthwhile)} or more",
                "verdict",
            ),
            priors,
        ),
        "",
        table(("with another choice", "mean, 95 %"), varied),
        "",
        f"Evidence so far: {say.figures(answer.evidence, 2)} to 1. To stop early takes 200 to 1.",
        "The model fits these nights." if not failed else f"Does not fit: {', '.join(failed)}.",
        *answer.notes,
    ]
    if answer.missing_undoes is not None:
        lines.append(
            "To undo the effect, missed nights on the plan would have to differ by "
            f"{say.signed(answer.missing_undoes)} {answer.unit}."
        )
    if answer.looks is not None:
        lines.append(f"Looks behind the seal so far, this one with them: {answer.looks}.")
    lines += ["", "Sources: " + ", ".join(source.key for source in answer.sources)]
    lines += [f"Model {answer.model_version}. This is no diagnosis and no treatment."]
    return "\n".join(lines) + "\n"


def pool_text(answer: "PoolAnswer") -> str:
    """The pool in sentences, and each person before and after the others were heard."""
    rows = [
        (
            f"{k}",
            f"{say.signed(one.effect, 1)} ± {say.number(one.error, 1)}",
            say.estimate(one.mean, one.interval95, 1, sign=True),
        )
        for k, one in enumerate(answer.persons, 1)
    ]
    between = say.estimate(answer.between, answer.between95, 1)
    lines = [
        *answer.summary,
        "",
        table(("person", f"alone, {answer.unit}", "with the others, 95 %"), rows),
        "",
        f"True effects differ between people by {between} {answer.unit}.",
        "",
        "Sources: " + ", ".join(source.key for source in answer.sources),
        f"Model {answer.model_version}. This is no diagnosis and no treatment.",
    ]
    return "\n".join(lines) + "\n"
