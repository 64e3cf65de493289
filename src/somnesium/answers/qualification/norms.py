"""B1–B6: ordinary nights of the healthy at 25, 45 and 70, and of an elderly insomniac."""

from functools import cache

import numpy as np

from somnesium.answers.qualification.benchmark import Check, Experiments
from somnesium.answers.qualification.laboratory import Nights, live, state_trace
from somnesium.engine.tiles import STEP
from somnesium.simulation.individual import Covariates, reference_body

LAST = -1
YOUNG, MIDDLE, OLD, INSOMNIAC = range(4)


@cache
def ordinary_nights() -> Nights:
    """Forty nights of the four benchmark persons; the last is theirs."""
    severe = Covariates().load_severe
    bodies = [reference_body(age) for age in (25, 45, 70)] + [reference_body(70, severe)]
    return live(bodies, 40, trace=True)


def _continuity(person: int) -> dict[str, float]:
    nights = ordinary_nights()
    return {
        "latency": nights.minutes("latency", LAST, person),
        "awake after onset": nights.minutes("awake_after_onset", LAST, person),
        "efficiency": nights.efficiency(LAST, person),
        "N1": nights.share("n1", LAST, person),
        "N2": nights.share("n2", LAST, person),
        "N3": nights.share("n3", LAST, person),
        "REM": nights.share("rem", LAST, person),
    }


def _within(person: int, ranges: dict[str, tuple[float, float]]) -> tuple[Check, ...]:
    values = _continuity(person)
    units = {"latency": "min", "awake after onset": "min"}
    return tuple(
        Check(name, values[name], low, high, units.get(name, "%"))
        for name, (low, high) in ranges.items()
    )


def _b1() -> tuple[Check, ...]:
    return _within(
        YOUNG, {"latency": (10, 17), "awake after onset": (22, 37), "efficiency": (88, 94)}
    )


def _b2() -> tuple[Check, ...]:
    return _within(
        MIDDLE,
        {
            "latency": (12, 19),
            "awake after onset": (40, 56),
            "efficiency": (84, 90),
            "N1": (6, 9.5),
            "N2": (49, 58),
            "N3": (15, 21),
            "REM": (17, 22),
        },
    )


def _b3() -> tuple[Check, ...]:
    return _within(OLD, {"awake after onset": (60, 85), "efficiency": (77, 84), "N3": (9, 20)})


def _b4() -> tuple[Check, ...]:
    nights = ordinary_nights()
    young, old = _continuity(YOUNG), _continuity(OLD)
    slept, decades = nights.change("duration", LAST, OLD, YOUNG), 4.5
    return (
        Check("duration per decade", slept / decades, -14, -6, "min"),
        Check(
            "awake after onset per decade",
            (old["awake after onset"] - young["awake after onset"]) / decades,
            6.5,
            13,
            "min",
        ),
        Check("latency per decade", (old["latency"] - young["latency"]) / decades, 0.3, 1.9, "min"),
        Check("N1 per decade", (old["N1"] - young["N1"]) / decades, 0.3, 1.0, "%"),
    )


def _b5() -> tuple[Check, ...]:
    return _within(
        INSOMNIAC, {"latency": (45, 60), "awake after onset": (60, 110), "efficiency": (65, 75)}
    )


def thirds(nights: Nights, stage: str, night: int, person: int) -> tuple[float, float, float]:
    """Share [%] of a night's stage in each third of the time in bed, from a traced run."""
    bed = nights.value("lights_out", night, person)
    rise = nights.value("rise", night, person)
    hours = np.arange(nights.result.trace.shape[0]) * STEP
    chance = state_trace(nights, f"stages.{stage}", person)
    ends = [bed + k * (rise - bed) / 3 for k in range(4)]
    parts = [float(np.sum(chance[(hours >= ends[k]) & (hours < ends[k + 1])])) for k in range(3)]
    first, second, third = (100.0 * part / sum(parts) for part in parts)
    return first, second, third


def _b6() -> tuple[Check, ...]:
    nights = ordinary_nights()
    night = nights.result.rows.shape[0] - 1
    deep = thirds(nights, "n3", night, MIDDLE)
    dreaming = thirds(nights, "rem", night, MIDDLE)
    return (
        Check("N3 in the first third", deep[0], 50, 100, "%"),
        Check("N3 in the last third", deep[2], 0, 18, "%"),
        Check("REM in the first third", dreaming[0], 0, 22, "%"),
        Check("REM in the last third", dreaming[2], 40, 100, "%"),
    )


EXPERIMENTS: Experiments = {"B1": _b1, "B2": _b2, "B3": _b3, "B4": _b4, "B5": _b5, "B6": _b6}
"""The experiments of this file by the number of their benchmark."""
