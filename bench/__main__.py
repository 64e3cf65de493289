"""`python -m bench`: ours and our peers on one core, at the same accuracy.

`--quick` takes less than five minutes; without it the problem is larger, people go up to a
million, and the page `docs/benchmarks.md` is written.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from bench.timing import begun, one_thread, pin, quiet

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.report import Measured

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def machine() -> str:
    """The processor and what runs on it; no name of the machine."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    packages = ", ".join(f"{p} {version(p)}" for p in ("numba", "llvmlite", "numpy", "somnesium"))
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()}, Python "
        f"{platform.python_version()}, {packages}."
    )


def measure(quick: bool, say: "Callable[[str], None]") -> "Measured":
    """Run everything; `say` hears what is being done."""
    import numba

    from bench import candidates, scaling
    from bench.ours import MANY
    from bench.peers import NAMES
    from bench.problem import problem
    from bench.report import Measured
    from bench.roofline import roof

    begin = time.perf_counter()
    cores = os.sched_getaffinity(0)
    repeats = 3 if quick else 7
    say("the people and the truth about their nights")
    people = problem(6 if quick else 13, 2 if quick else 4)
    growth = {days: problem(days, 1) for days in ((1, 4) if quick else (1, 3, 7, 13, 27, 55))}
    pin(1)
    numba.set_num_threads(1)
    ours = {}
    for precision in ("float64", "float32"):
        say(f"ours in {precision}")
        ours[precision] = candidates.rate_ours(people, precision, repeats)
    rated = []
    for name in NAMES:
        say(name)
        with quiet():
            rated.append(candidates.rate_peer(name, people, repeats))
        if isinstance(rated[-1], candidates.Missing):
            say(f"{name} skipped: {rated[-1].why}")
    met = ours["float64"].setting
    step = met.options["step"] if met else 1.0 / 30
    say("growth")
    numbers = (1, 16, MANY, 16_384) if quick else (*scaling.PEOPLE, 2**20)
    by_people = scaling.by_people(people, step, numbers)
    by_days = scaling.by_days(growth, step)
    roofs = {p: roof(people.lives, step, p) for p in ours}
    in_step = {p: candidates.share_in_step(people, step, p) for p in ours}
    say("new processes")
    with tempfile.TemporaryDirectory() as folder:
        candidates.lay_out(people, Path(folder))
        names = ["ours", *(r.name for r in rated if isinstance(r, candidates.Rated))]
        names = [name for name in names if name != "roadrunner_segments"]
        starts = {name: begun(name, folder) for name in names}
    os.sched_setaffinity(0, cores)
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    say("cores")
    return Measured(
        machine=machine(),
        people=len(people.lives),
        nights=people.nights,
        ours=ours,
        peers=tuple(r for r in rated if isinstance(r, candidates.Rated)),
        missing=tuple(r for r in rated if isinstance(r, candidates.Missing)),
        begun=starts,
        roofs=roofs,
        in_step=in_step,
        by_people=by_people,
        by_days=by_days,
        by_cores=scaling.by_cores(people, step),
        seconds=time.perf_counter() - begin,
    )


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="within five minutes")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument("--output", type=Path, default=PAGE, help="where the page goes")
    asked = parser.parse_args()
    one_thread()
    from bench.report import document, page

    found = measure(asked.quick, lambda what: print(what, file=sys.stderr, flush=True))
    if asked.format == "json":
        print(json.dumps(document(found), indent=2))
    else:
        print(page(found))
    if not asked.quick:
        asked.output.write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
