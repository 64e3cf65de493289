"""What a new process needs up to its first night: `python -m bench.begin NAME FOLDER`.

FOLDER holds `life.xml` (with events), `body.xml` (without) and `lives.pickle`, made beforehand,
so that nothing but the candidate is loaded. Prints seconds and bytes as JSON.
"""

import json
import pickle
import sys
import time
from collections.abc import Callable
from pathlib import Path

NIGHT = 36.0
"""Hours simulated: a day and the night after it."""


def _roadrunner(folder: Path) -> Callable[[], object]:
    import roadrunner

    tool = roadrunner.RoadRunner((folder / "life.xml").read_text(encoding="utf-8"))
    return lambda: tool.simulate(0.0, NIGHT, 2)


def _copasi(folder: Path) -> Callable[[], object]:
    import basico

    model = basico.load_model_from_string((folder / "life.xml").read_text(encoding="utf-8"))
    return lambda: basico.run_time_course(duration=NIGHT, intervals=1, model=model)


def _myokit(folder: Path) -> Callable[[], object]:
    import myokit
    from myokit.formats import importer

    tool = myokit.Simulation(importer("sbml").model(str(folder / "body.xml")))
    return lambda: tool.run(NIGHT, log=myokit.LOG_NONE)


def _flat(name: str) -> Callable[[Path], Callable[[], object]]:
    """Peers that use our compiled derivative."""

    def load(folder: Path) -> Callable[[], object]:
        from importlib import import_module

        from bench.flat import flat
        from bench.problem import Problem

        lives = pickle.loads((folder / "lives.pickle").read_bytes())
        problem = Problem(lives, tuple(flat(life) for life in lives), ())
        simulate = import_module(f"bench.peers.{name}").prepare(problem)
        return lambda: simulate([0], {"rtol": 1e-3, "atol": 1e-3})

    return load


def _ours(folder: Path) -> Callable[[], object]:
    import numpy as np

    from somnesium.engine.run import run_events
    from somnesium.exchange.life import lanes_of

    lives = pickle.loads((folder / "lives.pickle").read_bytes())
    lanes, bodies = lanes_of(lives[:1])
    return lambda: run_events(lanes, bodies, [lives[0].events], np.zeros(1, np.int64), NIGHT)


CANDIDATES: dict[str, Callable[[Path], Callable[[], object]]] = {
    "ours": _ours,
    "roadrunner_events": _roadrunner,
    "copasi": _copasi,
    "myokit": _myokit,
    "numbalsoda": _flat("numbalsoda"),
    "scipy": _flat("scipy"),
    "diffrax": _flat("diffrax"),
}
"""How each candidate loads; what it gives simulates a first night."""


def main(name: str, folder: str) -> None:
    """Load, simulate, print seconds and the most bytes held."""
    begin = time.perf_counter()
    simulate = CANDIDATES[name](Path(folder))
    loaded = time.perf_counter()
    simulate()
    first = time.perf_counter() - loaded
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    held = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    found = {"load": loaded - begin, "first": first, "bytes": int(held.split()[1]) * 1024}
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
