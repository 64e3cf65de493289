"""`somnesium population`: a million people on the command line, with progress and time left."""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.surfaces.command.window import table, write

if TYPE_CHECKING:
    from somnesium.population.manifest import Run
    from somnesium.population.stream import Report
    from somnesium.questions.population import PopulationAnswer


class Precision(StrEnum):
    """Numbers in which the body is computed."""

    float64 = "float64"
    float32 = "float32"


class Device(StrEnum):
    """What the body is computed on."""

    cpu = "cpu"
    gpu = "gpu"


class Format(StrEnum):
    """How the summary is told."""

    text = "text"
    json = "json"


def population(
    out: Annotated[Path | None, typer.Option(help="folder for the files")] = None,
    people: Annotated[int | None, typer.Option(help="virtual people drawn")] = None,
    days: Annotated[int | None, typer.Option(help="days to simulate")] = None,
    regimen: Annotated[
        Path | None, typer.Option(help="a regimen: everyone also lives with it")
    ] = None,
    document: Annotated[
        Path | None, typer.Option(help="who the people are; US adults if left out")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="seed of the random numbers")] = None,
    jobs: Annotated[int | None, typer.Option(help="threads; all cores if left out")] = None,
    max_memory: Annotated[str, typer.Option(help="memory to use, such as 1500MB")] = "2GB",
    scheduler: Annotated[
        str | None, typer.Option(help="Dask scheduler to compute on, such as tcp://host:8786")
    ] = None,
    precision: Annotated[Precision, typer.Option(help="float64 or float32")] = Precision.float64,
    device: Annotated[Device, typer.Option(help="cpu, or gpu (extra `gpu`)")] = Device.cpu,
    person: Annotated[
        int | None, typer.Option(help="pull out one person, as JSON; writes nothing")
    ] = None,
    format: Annotated[Format, typer.Option("--format", help="text or json")] = Format.text,
) -> None:
    """What happens to a million people? Nights and persons as Parquet, and a summary.

    Stop it at any time and give the same command again: finished files are kept.
    """
    from somnesium.questions.population import person_of, run_of
    from somnesium.questions.population import population as ask

    memory = memory_bytes(max_memory)
    spec = _spec(document, people, days, seed)
    run = run_of(spec, _regimen(regimen), precision.value, device.value)
    if person is not None:
        _warm(scheduler)
        sys.stdout.write(person_of(run, person).model_dump_json(indent=2) + "\n")
        return
    if out is None:
        raise InvalidInput.field("--out", "nothing", "a folder for the files", "name one")
    _warm(scheduler)
    _announce(run, out)
    try:
        with _shown(run) as report:
            answer = ask(run, out, jobs=jobs, max_memory=memory, scheduler=scheduler, report=report)
    except KeyboardInterrupt:
        _note(f"somnesium: stopped; finished files stay in {out}: the same command goes on")
        raise typer.Exit(130) from None
    if format is Format.json:
        sys.stdout.write(answer.model_dump_json(indent=2) + "\n")
    else:
        write(population_text(answer, out))


def _note(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _warm(scheduler: str | None) -> None:
    """Say so when the body has to be compiled first."""
    from somnesium.engine.compiled import is_compiled

    if scheduler is None and not is_compiled():
        _note("Compiling the body for this machine: about half a minute, only this once.")


def _spec(document: Path | None, people: int | None, days: int | None, seed: int | None) -> Any:  # noqa: ANN401 - a PopulationSpec, whose module is loaded late
    """The population's document with what the options change."""
    from somnesium.person.document import read_document
    from somnesium.population.spec import PopulationSpec

    spec = read_document({} if document is None else document, PopulationSpec)
    changed = {"people": people, "days": days, "seed": seed}
    table = spec.model_dump(exclude_unset=True)
    table |= {name: value for name, value in changed.items() if value is not None}
    return read_document(table, PopulationSpec)


def _regimen(path: Path | None) -> Any:  # noqa: ANN401 - a Regimen, likewise
    """The regimen of a file."""
    from somnesium.person.document import read_document
    from somnesium.person.regimen import Regimen

    return None if path is None else read_document(path, Regimen)


_UNITS = {"MB": 1e6, "GB": 1e9, "TB": 1e12, "MIB": 2.0**20, "GIB": 2.0**30, "TIB": 2.0**40}


def memory_bytes(text: str) -> float:
    """Bytes of a text such as `2GB` or `800 MiB`, or `InvalidInput`."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*", text)
    if found is None or found[2].upper() not in _UNITS:
        allowed = 'a number with MB, GB, MiB or GiB, such as "2GB"'
        raise InvalidInput.field("--max-memory", text, allowed)
    return float(found[1]) * _UNITS[found[2].upper()]


def _announce(run: "Run", out: Path) -> None:
    """What will be written, before it is."""
    from somnesium.questions.population import size_of

    size = size_of(run)
    _note(
        f"{say.count(run.spec.people)} people, {say.count(size.nights)} nights, in "
        f"{say.count(size.files)} files of each, about {say.size(size.bytes)}, to {out}"
    )


class _Course:
    """How far a run is, and how fast: people kept and lived since it began."""

    def __init__(self, run: "Run") -> None:
        from somnesium.questions.population import size_of

        self.people = run.spec.people
        self.each = size_of(run).nights // self.people
        self.kept = self.lived = 0
        self.began = time.monotonic()

    @property
    def done(self) -> int:
        """People whose nights are known."""
        return self.kept + self.lived

    def line(self) -> str:
        """Rate and time left in words."""
        if not self.lived:
            return ""
        each = (time.monotonic() - self.began) / self.lived
        left = round(each * (self.people - self.done))
        rate = self.each / max(each, 1e-9)
        clock = f"{left // 3600}:{left // 60 % 60:02d}:{left % 60:02d}"
        return f"{say.number(rate, thousands=True)} person-nights/s, {clock} left"


_EVERY = 10.0
"""Seconds between lines of progress where there is no terminal."""


@contextmanager
def _shown(run: "Run") -> "Iterator[Report]":
    """Show progress on standard error: a bar on a terminal, else a line now and then."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    course, console = _Course(run), Console(stderr=True)
    bar = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("people  {task.fields[line]}"),
        console=console,
        disable=not console.is_terminal,
    )
    task = bar.add_task("", total=course.people, line="")
    said = course.began

    def report(news: Any) -> None:  # noqa: ANN401 - a Progress of the stream
        nonlocal said
        course.kept += news.kept
        course.lived += news.lived
        bar.update(task, completed=course.done, line=course.line())
        if news.note:
            console.print(news.note, highlight=False, markup=False, soft_wrap=True)
        if bar.disable and (time.monotonic() - said > _EVERY or course.done == course.people):
            said = time.monotonic()
            _note(f"{say.count(course.done)} of {say.count(course.people)} people  {course.line()}")

    with bar:
        yield report


_TOLD = (
    "duration",
    "latency",
    "awake_after_onset",
    "efficiency",
    "slow_wave",
    "rem",
    "serum_magnesium",
    "tissue_magnesium",
)


def population_text(answer: "PopulationAnswer", out: Path) -> str:
    """The answer in words: who, where the files are, and how everyone's means are spread."""
    everyone = answer.groups[0]
    rows = []
    for name in _TOLD:
        for world, measures in everyone.means.items():
            if name not in measures:
                continue
            one = measures[name]
            digits = 3 if answer.units[name] == "mmol/L" else 1
            quantiles = (one.quantiles[p] for p in ("p05", "p25", "p50", "p75", "p95"))
            cells = [say.number(value, digits) for value in (one.mean, one.sd, *quantiles)]
            rows.append((name, world, answer.units[name], *cells))
    beside = _prevalence_rows(answer)
    head = ("person's mean", "world", "unit", "mean", "SD", "5 %", "25 %", "50 %", "75 %", "95 %")
    lines = [
        f"{say.count(answer.people)} people, {say.count(answer.nights)} nights "
        f"({say.size(answer.bytes)} in {say.count(answer.files)} files of each), model "
        f"{answer.model_version}",
        "",
        table(head, rows),
        "",
        *([table(_PREVALENCE, beside), "", _BESIDE, ""] if beside else []),
        *(caution.text for caution in answer.cautions),
        f"All groups and measures: {out / 'summary.json'}",
    ]
    return "\n".join(lines) + "\n"


_PREVALENCE = ("without the plan", "sex", "age", "slept", "told", "NHANES told")
_BESIDE = (
    "Shares of people. `slept` is simulated; `told` what they would tell an interviewer by a "
    "published\nrelation (people tell 0.8 h more than they sleep); NHANES 2009-2012 is what "
    "Americans told. Trouble is\nsimulated as over 30 min to fall asleep on 3 nights a week; "
    "NHANES asked whether a doctor had been told."
)


def _prevalence_rows(answer: "PopulationAnswer") -> list[tuple[str, ...]]:
    """A line an outcome, sex and age of whom there are at least a hundred."""
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    for row in answer.prevalence:
        if row.share is None or row.interval95 is None or row.people < 100:
            continue
        low, high = row.interval95
        cells = found.setdefault((row.outcome, row.sex, row.ages), {})
        cells[row.of] = say.estimate(row.share, (low, high), 2)
        cells["reported"] = say.number(row.reported, 2)
    return [
        (*key, cells["slept"], cells.get("told", "–"), cells["reported"])
        for key, cells in found.items()
    ]
