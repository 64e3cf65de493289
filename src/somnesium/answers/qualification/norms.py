"""B1–B6: ordinary nights of the healthy at 25, 45 and 70, and of an elderly insomniac."""

from functools import cache

import numpy as np

from somnesium.answers.qualification.benchmark import Benchmark, Check
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


def _held(person: int, ranges: dict[str, tuple[float, float]]) -> tuple[Check, ...]:
    found = _continuity(person)
    units = {"latency": "min", "awake after onset": "min"}
    return tuple(
        Check(name, found[name], low, high, units.get(name, "%"))
        for name, (low, high) in ranges.items()
    )


def _b1() -> tuple[Check, ...]:
    return _held(
        YOUNG, {"latency": (10, 17), "awake after onset": (22, 37), "efficiency": (88, 94)}
    )


def _b2() -> tuple[Check, ...]:
    return _held(
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
    return _held(OLD, {"awake after onset": (60, 85), "efficiency": (77, 84), "N3": (9, 20)})


def _b4() -> tuple[Check, ...]:
    nights = ordinary_nights()
    young, old = _continuity(YOUNG), _continuity(OLD)
    slept = nights.duration(LAST, OLD) - nights.duration(LAST, YOUNG)
    decades = 4.5
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
    return _held(
        INSOMNIAC, {"latency": (45, 60), "awake after onset": (60, 110), "efficiency": (65, 75)}
    )


def thirds(nights: Nights, stage: str, night: int, person: int) -> tuple[float, float, float]:
    """Share [%] of a night's stage in each third of the time in bed, from a traced run."""
    bed = nights.value("lights_out", night, person)
    rise = nights.value("rise", night, person)
    hours = np.arange(nights.result.trace.shape[0]) * STEP
    chance = state_trace(nights, f"stages.{stage}", person)
    parts = [
        float(
            np.sum(
                chance[
                    (hours >= bed + k * (rise - bed) / 3)
                    & (hours < bed + (k + 1) * (rise - bed) / 3)
                ]
            )
        )
        for k in range(3)
    ]
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


BENCHMARKS = (
    Benchmark(
        "B1",
        "A night at 25",
        "latency ~13 min, awake after onset ~29 min",
        ("boulos2019",),
        "fitted",
        _b1,
        "pooled means taken at 25 by the published slopes",
    ),
    Benchmark(
        "B2",
        "A night at 45",
        "latency 15.4, awake 48.2 min, efficiency 85.7 %, N1/N2/N3/REM 7.9/51.4/20.4/19.0 %",
        ("boulos2019",),
        "fitted",
        _b2,
    ),
    Benchmark(
        "B3",
        "A night at 70",
        "as at 45 plus slopes; N3 10–20 %",
        ("boulos2019", "ohayon2004"),
        "fitted",
        _b3,
        "the two sources disagree on N3",
    ),
    Benchmark(
        "B4",
        "Ageing, per decade",
        "duration −10.1, awake +9.7, latency +1.1 min, N1 +0.5 %",
        ("boulos2019",),
        "fitted",
        _b4,
    ),
    Benchmark(
        "B5",
        "An elderly insomniac's night",
        "latency 45–60, awake 60–110 min, efficiency 65–75 %",
        ("muench2023", "baglioni2014"),
        "fitted",
        _b5,
        "typical trial baselines, from memory",
    ),
    Benchmark(
        "B6",
        "Deep sleep early, REM late",
        "thirds about 60/30/10 % and 15/35/50 %",
        ("dijk2009",),
        "fitted",
        _b6,
    ),
)
"""The benchmarks of this file."""
