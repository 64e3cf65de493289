"""Every candidate at the loosest setting that is good enough: rate, accuracy, memory, start."""

import pickle
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from bench.matched import Setting, fastest, wrong_by
from bench.ours import MANY, STEPS, Crowd
from bench.peers import Options
from bench.problem import Problem
from bench.roofline import roof
from bench.timing import median_seconds
from somnesium.engine.run import Precision
from somnesium.exchange.sbml import sbml_of

PACKAGES = {
    "numbalsoda": "numbalsoda",
    "scipy": "scipy",
    "roadrunner_segments": "libroadrunner",
    "roadrunner_events": "libroadrunner",
    "copasi": "copasi-basico",
    "myokit": "myokit",
    "diffrax": "diffrax",
}
"""Which package brings each peer."""
COMPILED = ("numbalsoda",)
"""Peers without a wheel, which the extra `bench` leaves out."""


class Rated(NamedTuple):
    """A candidate at its best: person-nights per second of one core, many people and one."""

    name: str
    label: str
    version: str
    setting: Setting | None
    many: float
    one: float


class Missing(NamedTuple):
    """A peer that could not be run, and why."""

    name: str
    why: str


def _version(name: str) -> str:
    try:
        return version(PACKAGES[name])
    except PackageNotFoundError:
        return ""


def _words(options: Options) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in options.items())


def rate_peer(name: str, problem: Problem, repeats: int) -> Rated | Missing:
    """Prepare one peer, walk its ladder, time its best setting."""
    try:
        peer = import_module(f"bench.peers.{name}")
    except ImportError as error:
        extra = "bench-compiled" if name in COMPILED else "bench"
        return Missing(name, f"{error.name} is not installed: pip install -e '.[{extra}]'")
    try:
        simulate = peer.prepare(problem)
    except Exception as error:  # any way a peer cannot start is a reason to name
        return Missing(name, f"did not start: {type(error).__name__}: {str(error)[:80]}")
    everyone = range(len(problem.lives))

    def score(options: Options) -> Setting | None:
        try:
            found = simulate(everyone, options)
            wrong = wrong_by(found, problem.truth)
        except Exception:  # a solver that gives up at a tolerance has not met it
            return None
        seconds = median_seconds(lambda: simulate(everyone, options), 1) if wrong.good else 0.0
        return Setting(_words(options), options, wrong, seconds)

    best = fastest(peer.LADDER, score)
    if best is None:
        return Rated(name, peer.LABEL, _version(name), None, 0.0, 0.0)
    crowd = _batch(peer, problem)
    nights = sum(problem.lives[k].hours for k in crowd) / 24.0
    many = nights / median_seconds(lambda: simulate(crowd, best.options), repeats)
    alone = median_seconds(lambda: simulate([0], best.options), repeats)
    return Rated(
        name, peer.LABEL, _version(name), best, many, problem.lives[0].hours / 24.0 / alone
    )


def _batch(peer: object, problem: Problem) -> list[int]:
    """People to time a peer on: everyone once, or as often as a peer of batches likes."""
    lives = len(problem.lives)
    return [k % lives for k in range(max(getattr(peer, "BATCH", lives), lives))]


def rate_ours(problem: Problem, precision: Precision, repeats: int) -> Rated:
    """Our engine at its longest step that is good enough."""
    small, crowd = Crowd(problem, len(problem.lives)), Crowd(problem, MANY)

    def score(options: Options) -> Setting:
        wrong = small.wrong(options["step"], precision)
        seconds = 0.0
        if wrong.good:
            seconds = median_seconds(lambda: small.run(options["step"], precision), 1)
        return Setting(f"step {options['step'] * 60:.2g} min", options, wrong, seconds)

    best = fastest([[{"step": step} for step in STEPS]], score)
    if best is None:
        return Rated("ours", f"somnesium {precision}", version("somnesium"), None, 0.0, 0.0)
    step = best.options["step"]
    many = crowd.nights / median_seconds(lambda: crowd.run(step, precision), repeats)
    alone = Crowd(problem._replace(lives=problem.lives[:1]), 1)
    one = alone.nights / median_seconds(lambda: alone.run(step, precision), repeats)
    return Rated("ours", f"somnesium {precision}", version("somnesium"), best, many, one)


def share_in_step(problem: Problem, step: float, precision: Precision) -> float:
    """Share of the machine's peak where everyone in a tile is the problem's first person."""
    first = problem._replace(lives=problem.lives[:1])
    crowd = Crowd(first, MANY)
    seconds = median_seconds(lambda: crowd.run(step, precision), 3)
    return roof(first.lives, step, precision).fraction(crowd.nights / seconds)


def lay_out(problem: Problem, folder: Path) -> None:
    """Files from which `bench.begin` starts each candidate."""
    life = problem.lives[0]
    (folder / "life.xml").write_text(sbml_of(life), encoding="utf-8")
    (folder / "body.xml").write_text(sbml_of(life, events=False), encoding="utf-8")
    (folder / "lives.pickle").write_bytes(pickle.dumps(problem.lives[:1]))
