"""The engine on a GPU, against its peak and against the processor: `python -m bench.gpu`.

Everyone lives the same plain days; bodies differ. Prints JSON, and the row for docs/benchmarks.md.
Without a GPU it says what is missing and leaves with 5.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from bench.operations import step_operations
from somnesium.body.assembly import Body, Inputs, State
from somnesium.engine import run as simulate
from somnesium.engine.channels import ADD, LIGHTS_OUT, RISE, SET
from somnesium.engine.cuda import THREADS, require_gpu, run_on_gpu
from somnesium.engine.lanes import leaf_index
from somnesium.engine.run import Precision, run_events, start_lanes
from somnesium.engine.schedule import Events, merge
from somnesium.engine.tiles import STEP
from somnesium.errors import MissingPart
from somnesium.simulation.individual import draw_bodies

BED, MORNING = 23.0, 31.0
"""Hours of a day from which to which everyone is in bed."""
BEGIN = 7.0
"""Hour of the day at which the runs begin."""
FUSED = 8
"""Multiply-adds in one round of the kernel that measures the peak."""
ROUNDS = 4096
"""Its rounds."""


class Measured(NamedTuple):
    """One precision and crowd, measured; rates in person-nights a second."""

    precision: Precision
    people: int
    nights: int
    rate: float
    """With the copies to the GPU and back."""
    kernel_rate: float
    """Of the kernel alone."""
    processor_rate: float
    """Of the engine on all cores of the same machine."""
    operations: float
    """Floating-point operations of a person-night."""
    peak: float
    """Operations a second of a kernel of nothing but multiply-adds."""
    worst: float
    """Largest difference from the processor's nights, as a share of the largest of its column."""

    @property
    def fraction_of_peak(self) -> float:
        """Operations a second of the kernel over the peak."""
        return self.kernel_rate * self.operations / self.peak


def days(nights: int) -> Events:
    """So many days of light, meals and coffee, each with its night."""
    events: list[tuple[float, int, float]] = []
    light, gut = SET + leaf_index(Inputs, "light"), ADD + leaf_index(State, "gut.swallowed")
    coffee = ADD + leaf_index(State, "caffeine.gut")
    for at in 24.0 * np.arange(nights):
        events += [
            *((at + hour, light, lux) for hour, lux in ((7.0, 90.0), (19.0, 40.0), (BED, 0.0))),
            *((at + hour, gut, mmol) for hour, mmol in ((8.0, 2.8), (12.5, 4.2), (19.0, 7.0))),
            (at + 9.0, coffee, 80.0),
            (at + BED, LIGHTS_OUT, 0.0),
            (at + MORNING, RISE, 0.0),
        ]
    return merge(events)


def operations(precision: Precision) -> float:
    """Operations of a person-night: steps in bed and out of it (every event lies on the grid)."""
    awake, in_bed = step_operations(precision)
    hours = MORNING - BED
    return ((24.0 - hours) * awake + hours * in_bed) / STEP


def lived(bodies: np.ndarray, nights: int, precision: Precision) -> tuple[np.ndarray, float]:
    """The rows of everyone's nights with the engine now in use, and its seconds."""
    people = bodies.shape[1]
    lanes = start_lanes(bodies, BEGIN, 4.0)
    lanes.time[:] = BEGIN
    end = 24.0 * (nights - 1) + MORNING + STEP
    begin = time.perf_counter()
    result = run_events(
        lanes, bodies, [days(nights)], np.zeros(people, np.int64), end, precision=precision
    )
    return result.rows, time.perf_counter() - begin


class Timed:
    """A kernel that notes how long it runs."""

    def __init__(self, kernel: Any) -> None:
        """Wrap a kernel."""
        self.kernel, self.seconds = kernel, 0.0

    def __getitem__(self, grid: tuple[int, int]) -> Callable[..., None]:
        """The kernel over a grid of blocks and threads."""
        from numba import cuda

        def launch(*arguments: object) -> None:
            cuda.synchronize()
            begin = time.perf_counter()
            self.kernel[grid](*arguments)
            cuda.synchronize()
            self.seconds += time.perf_counter() - begin

        return launch


def on_gpu(
    bodies: np.ndarray, nights: int, precision: Precision
) -> tuple[np.ndarray, float, float]:
    """The rows of everyone's nights on the GPU; seconds in all, and of the kernel."""
    from somnesium.engine import cuda_kernel

    run, live = simulate.run, cuda_kernel.live
    simulate.run, cuda_kernel.live = run_on_gpu, Timed(live)
    try:
        rows, seconds = lived(bodies, nights, precision)
        return rows, seconds, cuda_kernel.live.seconds
    finally:
        simulate.run, cuda_kernel.live = run, live


def multiply_adds() -> Callable[[np.ndarray, float, float], None]:
    """A kernel of chains of multiply-adds, as many as hide each other's latency."""
    from numba import cuda

    def kernel(out: np.ndarray, scale: float, shift: float) -> None:
        k = cuda.grid(1)  # type: ignore[call-arg]
        a = out[k]
        b, c, d, e = a + scale, a + shift, a - scale, a - shift
        f, g, h = b + scale, b + shift, c + shift
        for _ in range(ROUNDS):
            a, b, c, d = a * scale + shift, b * scale + shift, c * scale + shift, d * scale + shift
            e, f, g, h = e * scale + shift, f * scale + shift, g * scale + shift, h * scale + shift
        out[k] = a + b + c + d + e + f + g + h

    return kernel


def peak(precision: Precision, repeats: int) -> float:
    """Operations a second that the GPU reaches with nothing but multiply-adds."""
    from numba import cuda

    threads, blocks = 256, 64 * cuda.get_current_device().MULTIPROCESSOR_COUNT
    there: Any = cuda.to_device(np.linspace(1.0, 2.0, threads * blocks, dtype=precision))
    kind = np.dtype(precision).type
    kernel = Timed(cuda.jit(multiply_adds()))
    kernel[blocks, threads](there, kind(0.999), kind(1e-3))
    seconds = []
    for _ in range(repeats):
        kernel.seconds = 0.0
        kernel[blocks, threads](there, kind(0.999), kind(1e-3))
        seconds.append(kernel.seconds)
    return 2.0 * FUSED * ROUNDS * threads * blocks / statistics.median(seconds)


def measure(people: int, nights: int, precision: Precision, repeats: int) -> Measured:
    """Medians of `repeats` runs after one to compile and warm up."""
    bodies = draw_bodies(Body(), people, 1, seed=3).values
    here, _ = lived(bodies, nights, precision)
    processor = [lived(bodies, nights, precision)[1] for _ in range(repeats)]
    there, *_ = on_gpu(bodies, nights, precision)
    runs = [on_gpu(bodies, nights, precision)[1:] for _ in range(repeats)]
    scale = np.abs(here).max(axis=(0, 2), keepdims=True) + 1e-12
    person_nights = people * nights
    return Measured(
        precision=precision,
        people=people,
        nights=nights,
        rate=person_nights / statistics.median(run[0] for run in runs),
        kernel_rate=person_nights / statistics.median(run[1] for run in runs),
        processor_rate=person_nights / statistics.median(processor),
        operations=operations(precision),
        peak=peak(precision, repeats),
        worst=float((np.abs(there - here) / scale).max()),
    )


def card() -> dict[str, Any]:
    """Which GPU, and what the kernel takes of it."""
    from numba import cuda

    from somnesium.engine.cuda_kernel import live

    kernel: Any = live
    device = cuda.get_current_device()
    name = device.name.decode() if isinstance(device.name, bytes) else device.name
    return {
        "gpu": name,
        "multiprocessors": device.MULTIPROCESSOR_COUNT,
        "threads_of_a_block": THREADS,
        "registers_of_a_thread": sorted(set(kernel.get_regs_per_thread().values())),
        "local_bytes_of_a_thread": sorted(set(kernel.get_local_mem_per_thread().values())),
    }


def row(name: str, m: Measured) -> str:
    """The row of docs/benchmarks.md."""
    return (
        f"| {name} | {m.precision} | {m.people:,} × {m.nights} | {m.rate:,.0f} | "
        f"{m.kernel_rate:,.0f} | {m.operations:,.0f} | {m.peak / 1e12:.1f} | "
        f"{m.fraction_of_peak:.0%} | {m.rate / m.processor_rate:.1f} × | {m.worst:.0e} |"
    )


def main(arguments: list[str]) -> int:
    """Measure both precisions and print what came out."""
    parser = argparse.ArgumentParser(prog="python -m bench.gpu", description=__doc__)
    parser.add_argument("--people", type=int, default=262_144)
    parser.add_argument("--nights", type=int, default=14)
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args(arguments)
    if min(given.people, given.nights, given.repeats) < 1:
        parser.error("--people, --nights and --repeats must be 1 or more")
    try:
        require_gpu()
    except MissingPart as missing:
        print(missing, file=sys.stderr)
        return missing.exit_code
    kinds: tuple[Precision, Precision] = ("float64", "float32")
    found = [measure(given.people, given.nights, kind, given.repeats) for kind in kinds]
    facts = card()
    told = [m._asdict() | {"fraction_of_peak": m.fraction_of_peak} for m in found]
    print(json.dumps(facts | {"measured": told}, indent=2))
    print(*(row(facts["gpu"], m) for m in found), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
