"""B24–B25: the expected night against the mean of drawn nights, and five minutes against thirty
seconds."""

from functools import cache

import numpy as np

from somnesium.answers.qualification.benchmark import Check, Experiments
from somnesium.answers.qualification.laboratory import (
    MELANOPIC,
    Event,
    LaboratoryLife,
    Nights,
    add,
    live,
    magnesium_doses,
    set_input,
)
from somnesium.body.assembly import Body
from somnesium.engine.channels import MELATONIN
from somnesium.engine.tiles import STEP
from somnesium.simulation.individual import Covariates, reference_body

COPIES = 512
REST = 40
"""Nights until a body has come to rest."""
DRAWN = 100
"""Drawn nights of each copy that count."""
BATCHES = {"25 y": 4}
"""Runs of 51,200 nights that count; more where chance is large against the tolerance."""
FINE = 1.0 / 120
"""Thirty seconds [h]."""
_STAGES = ("n1", "n2", "n3", "rem")


def benchmark_persons() -> dict[str, Body]:
    """The healthy at 25, 45 and 70, and the elderly insomniac."""
    severe = Covariates().load_severe
    return {
        "25 y": reference_body(25),
        "45 y": reference_body(45),
        "70 y": reference_body(70),
        "insomniac": reference_body(70, severe),
    }


Means = dict[str, float]
"""Mean minutes of a night, by field."""


def _means(nights: Nights, first: int) -> Means:
    """Means over everyone's nights from `first` on."""
    means = {
        name: 60.0 * float(np.mean(nights.result.field(name)[first:]))
        for name in ("latency", "awake_after_onset", *_STAGES)
    }
    return means | {"duration": sum(means[stage] for stage in _STAGES)}


@cache
def _expected_and_drawn() -> tuple[tuple[str, Means, Means], ...]:
    """Of each person: name, the expected night, the mean of drawn nights, at equal steps.

    No two copies of anybody share a random number.
    """
    out = []
    first = 0
    for name, body in benchmark_persons().items():
        batches = []
        for _ in range(BATCHES.get(name, 1)):
            who = np.arange(first, first + COPIES)
            nights = live([body] * COPIES, REST + DRAWN, drawn=True, people=who)
            batches.append(_means(nights, REST))
            first += COPIES
        expected = _means(live(body, REST + DRAWN), REST)
        drawn = {field: float(np.mean([batch[field] for batch in batches])) for field in expected}
        out.append((name, expected, drawn))
    return tuple(out)


def _b24() -> tuple[Check, ...]:
    checks = []
    for name, expected, drawn in _expected_and_drawn():
        off = {field: expected[field] - drawn[field] for field in drawn}
        latency = max(1.0, 0.04 * drawn["latency"])
        awake = 100.0 * off["awake_after_onset"] / drawn["awake_after_onset"]
        rem = 100.0 * off["rem"] / drawn["rem"]
        checks += [
            Check(
                f"{name}: latency, expected less drawn", off["latency"], -latency, latency, "min"
            ),
            Check(f"{name}: awake after onset", awake, -2.5, 2.5, "%"),
            Check(f"{name}: duration", off["duration"], -2.0, 2.0, "min"),
            Check(f"{name}: N3", off["n3"], -1.5, 1.5, "min"),
            Check(f"{name}: REM", rem, -3.0, 3.0, "%"),
        ]
    return tuple(checks)


def _hard(day: int) -> list[Event]:
    """From a day on: caffeine, drink, stress; a night awake and a bright morning; recovery."""
    at = 24.0 * day
    return [
        add("caffeine.gut", at + 17.0, 200.0),
        set_input("drinking", at + 20.0, 14.0),
        set_input("stress", at + 20.0, 1.0),
        set_input("drinking", at + 23.0, 0.0),
        set_input("stress", at + 24.0, 0.0),
        set_input("light", at + 55.0, 5000.0),
        set_input("light", at + 59.0, MELANOPIC * 150.0),
        (at + 70.0, MELATONIN, 3.0),
        *magnesium_doses(365.0, (21.0,), day + 2, day + 3),
    ]


@cache
def _coarse_and_fine() -> tuple[Nights, Nights, Nights, Nights]:
    """Plain and hard nights at the usual step, then both at thirty seconds.

    Everybody starts at rest as far as `SETTLE` brings them, in each of the four runs by itself.
    The hard case has clock hours off the grid.
    """
    bodies = list(benchmark_persons().values())
    day = 21
    off_grid = LaboratoryLife(bed=23.0 + 2.0 / 60, rise=7.0 + 1.0 / 60)

    def plain(step: float) -> Nights:
        return live(bodies, day + 4, step=step)

    def hard(step: float) -> Nights:
        return live(
            bodies, day + 5, life=off_grid, events=_hard(day), waking_days=[day + 1], step=step
        )

    return plain(STEP), hard(STEP), plain(FINE), hard(FINE)


def _worst(coarse: Nights, fine: Nights, name: str, first: int) -> float:
    """Largest difference of a night [min] from row `first` on, over everybody."""
    if name == "duration":
        a, b = (sum(n.result.field(stage) for stage in _STAGES) for n in (coarse, fine))
    else:
        a, b = (n.result.field(name) for n in (coarse, fine))
    return 60.0 * float(np.max(np.abs(a - b)[first:]))


def _b25() -> tuple[Check, ...]:
    plain, hard, plain_fine, hard_fine = _coarse_and_fine()
    names = ("latency", "awake_after_onset", "duration", *_STAGES)
    checks = [
        Check(f"{case}: {name.replace('_', ' ')}", _worst(a, b, name, 20), 0.0, 0.3, "min")
        for case, a, b in (("plain", plain, plain_fine), ("hard", hard, hard_fine))
        for name in names
    ]
    wild = float(np.sum(~np.isfinite(hard.result.rows)))
    return (*checks, Check("hard: numbers that are not finite", wild, 0.0, 0.0))


EXPERIMENTS: Experiments = {"B24": _b24, "B25": _b25}
"""The experiments of this file by the number of their benchmark."""
