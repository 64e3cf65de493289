"""Seconds and bytes: medians of repeats on one core, and what a new process costs."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple


def pin(cores: int) -> None:
    """Keep this process, and the threads of every library, to so many cores."""
    allowed = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, allowed[-cores:])


def one_thread() -> None:
    """Ask libraries for one thread each; before they are loaded."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing on standard output and error, not even from compiled code: solvers grumble."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = [os.dup(number) for number in (1, 2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for number in (1, 2):
            os.dup2(nowhere, number)
        yield
    finally:
        for number, copy in zip((1, 2), kept, strict=True):
            os.dup2(copy, number)
            os.close(copy)
        os.close(nowhere)


def median_seconds(work: Callable[[], object], repeats: int, least: float = 0.05) -> float:
    """Median processor seconds of `work` over `repeats`; short work is done often in each.

    Processor time of this process is what one core would need, whoever else is on the machine.
    """
    return _median(work, repeats, least, time.process_time)


def wall_seconds(work: Callable[[], object], repeats: int, least: float = 0.05) -> float:
    """The same of the clock on the wall, for work on several cores."""
    return _median(work, repeats, least, time.perf_counter)


def _median(
    work: Callable[[], object], repeats: int, least: float, clock: Callable[[], float]
) -> float:
    begin = clock()
    work()
    often = max(1, int(least / max(clock() - begin, 1e-9)))
    found = []
    for _ in range(repeats):
        begin = clock()
        for _ in range(often):
            work()
        found.append((clock() - begin) / often)
    return statistics.median(found)


class Begun(NamedTuple):
    """A new process up to its first night: seconds of loading, of the night, and bytes held."""

    load: float
    first: float
    bytes: int


def begun(name: str, folder: str) -> Begun | None:
    """Start `bench.begin` for one candidate; None if it does not get there."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.begin", name, folder], capture_output=True, check=False
    )
    if done.returncode:
        return None
    return Begun(**json.loads(done.stdout.splitlines()[-1]))
