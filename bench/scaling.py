"""How our cost grows with people, days and cores."""

import os
import time

import numba

from bench.ours import Crowd
from bench.problem import Problem
from bench.timing import median_seconds, wall_seconds

PEOPLE = (1, 16, 256, 4096, 65_536)
"""Numbers of people, before the million."""
BATCH = 65_536
"""Most people in memory at once; more are lived batch by batch."""


def by_people(problem: Problem, step: float, people: tuple[int, ...]) -> dict[int, float]:
    """Person-nights per second on one core, by number of people."""
    found = {}
    for number in people:
        batches, size = max(1, number // BATCH), min(number, BATCH)
        crowd = Crowd(problem, size)
        seconds = processor_seconds(crowd, step, batches)
        found[number] = crowd.nights * batches / seconds
    return found


def processor_seconds(crowd: Crowd, step: float, batches: int) -> float:
    """Processor seconds of living some people batch by batch; a median where that is quick."""
    if len(crowd.of) <= 4096:
        return batches * median_seconds(lambda: crowd.run(step, "float64"), 3)
    begin = time.process_time()
    for _ in range(batches):
        crowd.run(step, "float64")
    return time.process_time() - begin


def by_days(problems: dict[int, Problem], step: float) -> dict[int, float]:
    """Seconds per thousand person-nights on one core, by number of days."""
    found = {}
    for days, problem in problems.items():
        crowd = Crowd(problem, 1024)
        seconds = median_seconds(lambda crowd=crowd: crowd.run(step, "float64"), 3)
        found[days] = 1000.0 * seconds / crowd.nights
    return found


def by_cores(problem: Problem, step: float) -> dict[int, float]:
    """Person-nights per second of wall time, by cores; every core this process may use."""
    allowed = sorted(os.sched_getaffinity(0))
    most = min(len(allowed), numba.config.NUMBA_NUM_THREADS)
    crowd = Crowd(problem, 8192)
    found = {}
    before = numba.get_num_threads()
    for cores in sorted({1, 2, most} & set(range(1, most + 1))):
        numba.set_num_threads(cores)
        found[cores] = crowd.nights / wall_seconds(lambda: crowd.run(step, "float64"), 5)
    numba.set_num_threads(before)
    return found
