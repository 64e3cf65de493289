"""A population written to a folder, file by file, as it is lived; go on after any stop.

Files are made in any place but taken in the order of persons: written whole, entered in the
manifest, added to the summary, forgotten. A finished file is kept and checked; what is missing or
damaged is made again, and is the same.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.population.chunk import ChunkResult, live_chunk, worlds_of
from somnesium.population.columns import join
from somnesium.population.files import Damaged, digest_of, parquet_bytes, read_held, write_whole
from somnesium.population.folder import begin, one_at_a_time, paths_of, require_room
from somnesium.population.lives import use_threads
from somnesium.population.manifest import (
    FilePlan,
    Run,
    Written,
    files_of,
    identity_of,
    write_manifest,
)
from somnesium.population.summary import Summary, merge_all, summarise


class Made(NamedTuple):
    """A pair of files as bytes, the rows of nights in it, and its sketches."""

    nights: bytes
    persons: bytes
    rows: int
    summary: Summary


class Progress(NamedTuple):
    """What has just happened: people whose finished files were kept, people lived, and a note."""

    kept: int = 0
    lived: int = 0
    note: str = ""


Report = Callable[[Progress], None]
"""Takes what has just happened."""


class Streamed(NamedTuple):
    """What stands in the folder in the end: the summary, number of files, nights and bytes."""

    summary: Summary
    files: int
    nights: int
    size: int


class Kept(NamedTuple):
    """What stands of an earlier call: a pair's entry and sketches, or none and why."""

    entry: Written | None = None
    summary: Summary = MappingProxyType({})
    note: str = ""


Produce = Callable[[tuple[FilePlan, ...]], Iterable[Made]]
"""Makes pairs of files in the order asked for: on this machine, or on a cluster."""

# Measured (docs/population.md): bytes on disk, and bytes of memory of what is held for a file and
# of what is being lived.
_DISK_NIGHT, _DISK_PERSON = 62.0, 500.0
_HELD_NIGHT, _HELD_PERSON = 700.0, 3000.0
_LIVING_NIGHT, _LIVING_PERSON = 1200.0, 20e3
_PROGRAM = 400e6
_MOST = 2048


def _nights(run: Run) -> int:
    """Nights of one person in all worlds, naps apart."""
    return run.spec.days * len(worlds_of(run.plan))


def expected_bytes(run: Run, people: int) -> float:
    """About how many bytes on disk the files of so many people take."""
    return people * (_nights(run) * _DISK_NIGHT + _DISK_PERSON)


def chunk_size(run: Run, max_memory: float) -> int:
    """Most people to live at once so that the program takes about `max_memory` bytes at most.

    Raises `InvalidInput` if a finished file would not fit beside the program.
    """
    held = 2 * min(run.persons, run.spec.people) * (_nights(run) * _HELD_NIGHT + _HELD_PERSON)
    each = run.spec.days * _LIVING_NIGHT + _LIVING_PERSON
    most = int((max_memory - _PROGRAM - held) // each) // 16 * 16
    if most < 16:
        least = (_PROGRAM + held + 16 * each) / 1e9
        given, allowed = (
            f"{say.number(max_memory / 1e9, 2)} GB",
            f"at least {say.number(least, 2)} GB here",
        )
        raise InvalidInput.field("max_memory", given, allowed)
    return min(most, run.persons, _MOST)


def live_file(
    run: Run, plan: FilePlan, chunk: int, threads: int | None, report: Report = lambda _: None
) -> Made:
    """Live the people of a pair of files and make its bytes; depends on `run` and `plan` alone.

    `chunk` people at a time on `threads` threads (all if None).
    """
    use_threads(threads)
    return _made(run, plan, _lived(run, plan, chunk, report))


def _lived(run: Run, plan: FilePlan, chunk: int, report: Report) -> list[ChunkResult]:
    """The people of a pair of files, lived."""
    parts = []
    for first in range(plan.first, plan.first + plan.people, chunk):
        count = min(chunk, plan.first + plan.people - first)
        parts.append(live_chunk(run.spec, first, count, run.plan, run.precision, run.device))
        report(Progress(lived=count))
    return parts


def _made(run: Run, plan: FilePlan, parts: list[ChunkResult]) -> Made:
    """Their files' bytes, and the summary."""
    nights, persons = (join(tables) for tables in zip(*parts, strict=True))
    held = plan.held(identity_of(run))
    return Made(
        nights=parquet_bytes(nights, held),
        persons=parquet_bytes(persons, held),
        rows=len(nights["person"]),
        summary=summarise(nights, persons),
    )


def produce_here(run: Run, chunk: int, threads: int | None, report: Report) -> Produce:
    """Make files on this machine, each written to bytes while the next one's people live."""

    def produce(plans: tuple[FilePlan, ...]) -> Iterator[Made]:
        use_threads(threads)
        with ThreadPoolExecutor(1) as clerk:
            waiting: Future[Made] | None = None
            for plan in plans:
                parts = _lived(run, plan, chunk, report)
                before, waiting = waiting, clerk.submit(_made, run, plan, parts)
                if before is not None:
                    yield before.result()
            if waiting is not None:
                yield waiting.result()

    return produce


def stream(run: Run, out: Path, produce: Produce, report: Report) -> Streamed:
    """Make what is missing of a run's files in `out`, check what is there, and summarise all.

    Raises `InvalidInput` for a folder of another run or a disk without room. Whenever it stops,
    finished files stay, and calling it again goes on.
    """
    plans, identity = files_of(run), identity_of(run)
    with one_at_a_time(out, run):
        written = begin(out, run)
        missing = [p for p in plans if not all(path.is_file() for path in paths_of(out, p))]
        require_room(out, expected_bytes(run, sum(plan.people for plan in missing)))
        fresh = iter(produce(tuple(missing)))
        awaited = {plan.name for plan in missing}
        whole: Summary = {}
        for plan in plans:
            known = None if plan.name in awaited else written.get(plan.name)
            kept = Kept() if plan.name in awaited else _kept(out, plan, identity, known)
            entry, found = kept.entry, kept.summary
            if entry or kept.note:
                report(Progress(kept=plan.people if entry else 0, note=kept.note))
            if entry is None:
                made = next(fresh if plan.name in awaited else iter(produce((plan,))))
                entry, found = _write(out, plan, made), made.summary
            if written.get(plan.name) != entry:
                written[plan.name] = entry
                write_manifest(out, run, written)
            whole = merge_all(whole, found)
        size = sum(path.stat().st_size for plan in plans for path in paths_of(out, plan))
        return Streamed(whole, len(plans), sum(e.nights for e in written.values()), size)


def _write(out: Path, plan: FilePlan, made: Made) -> Written:
    """Write a pair of files; its entry in the manifest."""
    nights, persons = paths_of(out, plan)
    write_whole(nights, made.nights)
    write_whole(persons, made.persons)
    return Written(
        name=plan.name,
        first=plan.first,
        people=plan.people,
        nights=made.rows,
        nights_sha256=digest_of(made.nights),
        persons_sha256=digest_of(made.persons),
    )


def _kept(out: Path, plan: FilePlan, identity: str, known: Written | None) -> Kept:
    """A finished pair of files, read and checked against its footers and what is `known`.

    A file that is not what it should be is moved aside as `.corrupt`, and nothing is kept.
    """
    hashes = (None, None) if known is None else (known.nights_sha256, known.persons_sha256)
    tables, digests = [], []
    for path, said in zip(paths_of(out, plan), hashes, strict=True):
        data = path.read_bytes()
        digests.append(digest_of(data))
        try:
            tables.append(read_held(data, plan.held(identity), said))
        except Damaged as damage:
            aside = path.with_name(path.name + ".corrupt")
            path.replace(aside)
            name = f"{path.parent.name}/{path.name}"
            return Kept(note=f"{name} is damaged ({damage}): kept as {aside.name}, made again")
    nights, persons = tables
    entry = Written(plan.name, plan.first, plan.people, len(nights["person"]), *digests)
    return Kept(entry, summarise(nights, persons))
