"""What happens to a million people? A population lived, written to a folder and summarised."""

import math
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import Field

from somnesium.answers.safety.gate import plan_of_healthy_adult
from somnesium.engine.compiled import cache_folder
from somnesium.engine.run import Device, Precision
from somnesium.errors import InvalidInput
from somnesium.person.cautions import Caution
from somnesium.person.checked import CheckedPlan
from somnesium.person.document import Document, Number
from somnesium.person.regimen import Regimen
from somnesium.person.request import Request
from somnesium.population import cluster
from somnesium.population.cells import groups
from somnesium.population.chunk import live_chunk, worlds_of
from somnesium.population.columns import DIFFERENCE, MEASURES, join, rows_of
from somnesium.population.files import arrow, columns_of, write_whole
from somnesium.population.individuals import request_of
from somnesium.population.lives import most_threads, use_threads
from somnesium.population.manifest import FilePlan, Run, files_of, identity_of, persons_per_file
from somnesium.population.people import draw_people
from somnesium.population.prevalence import prevalence
from somnesium.population.spec import PopulationSpec
from somnesium.population.stream import (
    Made,
    Progress,
    Report,
    Streamed,
    chunk_size,
    expected_bytes,
    live_file,
    produce_here,
    stream,
)
from somnesium.population.summary import QUANTILES, Key, Summary, distribution
from somnesium.population.weeks import weeks_of
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.version import model_version
from somnesium.sources import cite

if TYPE_CHECKING:
    from distributed import Client

MAX_MEMORY = 2e9
"""Bytes the program takes at most, unless asked otherwise."""
_SOURCES = (
    "boulos2019",
    "nhanes2009",
    "lauderdale2008",
    "lichstein2003",
    "judgement#population-of-virtual-people",
)


class Spread(Document):
    """How a measure is spread over a group of people: weighted mean, SD and quantiles."""

    number: int = Field(description="nights, or persons")
    mean: Number
    sd: Number
    quantiles: dict[str, Number]


class Group(Document):
    """Distributions over some people, by world and measure; `group` is what they have in common.

    `nights` are of single nights; `means` of each person's mean; the world `difference` is with
    the plan minus without it, in the same person.
    """

    group: dict[str, str]
    nights: dict[str, dict[str, Spread]]
    means: dict[str, dict[str, Spread]]


class PrevalenceRow(Document):
    """An outcome among people of one sex and age without the plan, and what Americans told."""

    outcome: str
    of: str = Field(description="slept, or told by a published relation")
    sex: str
    ages: str
    people: int
    share: Number | None
    interval95: tuple[Number, Number] | None
    reported: Number = Field(description="NHANES 2009-2012, of what people told")
    reporters: int


class PopulationAnswer(Answer):
    """What happened to a population. `identity` names the run: same identity, same files."""

    identity: str
    people: int
    days: int
    seed: int
    worlds: tuple[str, ...]
    precision: Precision
    device: Device
    files: int
    nights: int
    bytes: int
    units: dict[str, str]
    groups: tuple[Group, ...]
    prevalence: tuple[PrevalenceRow, ...]


class PersonAnswer(Answer):
    """One virtual person pulled out: covariates and means (`persons/`), nights (`nights/`), and
    the request document of someone who lives like this."""

    person: int
    covariates: dict[str, Any]
    nights: tuple[dict[str, Any], ...]
    request: Request


class Size(NamedTuple):
    """What a run will be: pairs of files, nights, and about how many bytes on disk."""

    files: int
    nights: int
    bytes: float


def run_of(
    spec: PopulationSpec,
    regimen: Regimen | None = None,
    precision: Precision = "float64",
    device: Device = "cpu",
    persons: int | None = None,
) -> Run:
    """Everything the numbers of a population depend on; `persons` is how many a file holds.

    Raises `UnsafePlan` if the regimen would be refused for a healthy adult.
    """
    if persons is not None and persons < 1:
        raise InvalidInput.field("persons_per_file", persons, "1 or more")
    version = f"{model_version()}.{cache_folder().name}"
    plan = None if regimen is None else plan_of_healthy_adult(regimen)
    each = persons or persons_per_file(spec, plan)
    return Run(
        spec=spec, plan=plan, precision=precision, device=device, version=version, persons=each
    )


def size_of(run: Run) -> Size:
    """What a run will be, known before it starts."""
    people = run.spec.people
    nights = people * run.spec.days * len(worlds_of(run.plan))
    return Size(len(files_of(run)), nights, expected_bytes(run, people))


def population(
    run: Run,
    out: Path,
    *,
    jobs: int | None = None,
    max_memory: float = MAX_MEMORY,
    chunk: int | None = None,
    scheduler: str | None = None,
    report: Report = lambda _: None,
) -> PopulationAnswer:
    """Live a population and write it to `out`, from where an earlier call was stopped.

    `jobs` threads (all cores if None), about `max_memory` bytes, `chunk` people at a time (as
    many as fit if None), or on the Dask cluster of `scheduler`: none of these changes a bit of
    the result. Raises `InvalidInput` (bad input, a folder of another run, a full disk, nobody at
    the scheduler), `UnsafePlan` for a plan unsafe for anyone, `MissingPart` without pyarrow or
    Dask.
    """
    arrow()
    found = cautions_of(run.plan)
    weeks_of(draw_people(run.spec, 0, 1), run.plan)  # refuses what nobody can live
    use_threads(jobs if scheduler is None else None)
    most = chunk_size(run, max_memory)
    size = most if chunk is None else max(1, min(chunk, most))
    if scheduler is None:
        streamed = stream(run, out, produce_here(run, size, jobs, report), report)
    else:
        with cluster.connect(scheduler) as client:
            task = partial(_task, run, size, jobs)
            streamed = stream(run, out, partial(_produce, client, task, report), report)
    answer = _answer(run, out, streamed, found)
    write_whole(out / "summary.json", (answer.model_dump_json(indent=1) + "\n").encode())
    return answer


def person_of(run: Run, person: int) -> PersonAnswer:
    """Pull person `person` of a population out: to the bit as in its files.

    Raises `InvalidInput` if there is no such person.
    """
    if not 0 <= person < run.spec.people:
        allowed = f"0 to {run.spec.people - 1}, the persons of this population"
        raise InvalidInput.field("person", person, allowed)
    found = cautions_of(run.plan)
    lived = live_chunk(run.spec, person, 1, run.plan, run.precision, run.device)
    return PersonAnswer(
        cautions=found,
        sources=_sources(found),
        model_version=model_version(),
        person=person,
        covariates=rows_of(lived.persons)[0],
        nights=tuple(rows_of(lived.nights)),
        request=request_of(run.spec, person, run.plan),
    )


def _produce(
    client: "Client", task: Callable[[FilePlan], Made], report: Report, plans: tuple[FilePlan, ...]
) -> Iterator[Made]:
    """Files made on a cluster, said as they come."""
    for plan, made in zip(plans, cluster.in_order(client, task, plans), strict=True):
        report(Progress(lived=plan.people))
        yield made


def _task(run: Run, chunk: int, threads: int | None, plan: FilePlan) -> Made:
    """One file on a worker, whose model must be ours."""
    own = f"{model_version()}.{cache_folder().name}"
    if own != run.version:
        fix = "install the same version of somnesium and numba on every worker"
        raise InvalidInput.field("scheduler", own, f"workers with version {run.version}", fix)
    most = min(cluster.worker_threads(), most_threads())
    with cluster.alone():
        return live_file(run, plan, chunk, min(threads or most, most))


def cautions_of(plan: CheckedPlan | None) -> tuple[Caution, ...]:
    """What must be said of a population and its plan."""
    virtual = Caution(
        key="virtual-people",
        text="These are virtual people. What happens to them is not advice for anyone.",
        clinician="A simulation of drawn covariates and physiology; not evidence of an effect.",
        sources=("judgement#population-of-virtual-people",),
    )
    if plan is None:
        return (virtual,)
    unchecked = Caution(
        key="plan-not-checked-person-by-person",
        text="Everyone takes the plan, even those for whom it would be refused.",
        clinician="Safety rules were applied to a healthy adult only; among the virtual people "
        "are some with kidney disease or interacting medicines.",
        sources=("judgement#population-of-virtual-people",),
    )
    return (virtual, unchecked, *plan.cautions)


def _sources(cautions: tuple[Caution, ...]) -> tuple[Source, ...]:
    """What is cited."""
    keys = (*_SOURCES, *(key for caution in cautions for key in caution.sources))
    return tuple(Source(**cite(key)) for key in dict.fromkeys(keys))


def _answer(
    run: Run, out: Path, streamed: Streamed, cautions: tuple[Caution, ...]
) -> PopulationAnswer:
    """The answer of a finished run."""
    return PopulationAnswer(
        cautions=cautions,
        sources=_sources(cautions),
        model_version=model_version(),
        identity=identity_of(run),
        people=run.spec.people,
        days=run.spec.days,
        seed=run.spec.seed,
        worlds=worlds_of(run.plan),
        precision=run.precision,
        device=run.device,
        files=streamed.files,
        nights=streamed.nights,
        bytes=streamed.size,
        units={name: column.unit for name, column in MEASURES.items()},
        groups=tuple(
            Group(
                group=group,
                nights=_spreads(run, streamed.summary, "nights", members),
                means=_spreads(run, streamed.summary, "means", members),
            )
            for group, members in groups()
        ),
        prevalence=_prevalence(out),
    )


def _prevalence(out: Path) -> tuple[PrevalenceRow, ...]:
    """Short and troubled sleep among the persons of a finished run, beside NHANES."""
    names = ["age", "sex", "weight", "work_night_hours_without", "slow_nights_without"]
    read = arrow().parquet.read_table
    files = sorted((out / "persons").glob("*.parquet"))
    persons = join([columns_of(read(path, columns=names)) for path in files])
    return tuple(
        PrevalenceRow(
            outcome=row.outcome,
            of=row.of,
            sex=row.sex,
            ages=row.ages,
            people=row.people,
            share=None if math.isnan(row.share) else row.share,
            interval95=None if math.isnan(row.share) else (row.low, row.high),
            reported=row.reported,
            reporters=row.reporters,
        )
        for row in prevalence(persons)
    )


def _spreads(
    run: Run,
    summary: Summary,
    of: str,
    members: Any,  # noqa: ANN401 - an array
) -> dict[str, dict[str, Spread]]:
    """Distributions over a group's cells; worlds and measures nobody has are left out."""
    worlds = worlds_of(run.plan)
    if of == "means" and len(worlds) > 1:
        worlds = (*worlds, DIFFERENCE)
    found: dict[str, dict[str, Spread]] = {}
    for world in worlds:
        for name in MEASURES:
            key = Key(of, world, name)
            one = distribution(key, summary[key], members) if key in summary else None
            if one is not None:
                names = (f"p{round(100 * share):02d}" for share in QUANTILES)
                found.setdefault(world, {})[name] = Spread(
                    number=one.number,
                    mean=one.mean,
                    sd=one.sd,
                    quantiles=dict(zip(names, one.quantiles, strict=True)),
                )
    return found
