"""B33–B37: what magnesium does to sleep, and where it does nothing."""

from functools import cache

from somnesium.answers.qualification.benchmark import Check, Experiments
from somnesium.answers.qualification.laboratory import (
    LaboratoryLife,
    Nights,
    live,
    magnesium_doses,
    oxide_doses,
)
from somnesium.nights.instruments import isi
from somnesium.simulation.individual import Covariates, reference_body

START = 60
WEEKS = 8
LOW, GENERAL, REPLETE = 0, 2, 4
GENERAL_LOAD = 0.75


@cache
def _eight_weeks() -> Nights:
    """Three people without and with: an elderly insomniac on 180 mg with 500 mg of oxide, a
    45-year-old insomniac on 300 mg and a healthy one on 480 mg with 300 mg of a soluble salt."""
    last = START + 7 * WEEKS
    old = reference_body(70, Covariates().load_severe)
    general, healthy = reference_body(45, GENERAL_LOAD), reference_body(45)
    oxide = oxide_doses(250.0, (8.0, 20.0), START, last)
    soluble = magnesium_doses(300.0, (21.0,), START, last)
    bodies = [old, old, general, general, healthy, healthy]
    lives = [LaboratoryLife(diet=diet) for diet in (180, 180, 300, 300, 480, 480)]
    doses = [[], oxide, [], soluble, [], soluble]
    return live(bodies, last, per_body=doses, lives=lives, settle=45)


def _change(field: str, person: int, night: int = START + 7 * WEEKS - 2) -> float:
    return _eight_weeks().change(field, night, person + 1, person)


def _b33() -> tuple[Check, ...]:
    """400 mg at 21:00 by an insomniac on 180 mg, the night after."""
    old = reference_body(70, Covariates().load_severe)
    dose = magnesium_doses(400.0, (21.0,), START, START + 1)
    nights = live(
        [old] * 2, START + 2, per_body=[[], dose], life=LaboratoryLife(diet=180.0), settle=45
    )
    return (
        Check("latency", nights.change("latency", START), -1, 1, "min"),
        Check("N3", nights.change("n3", START), -1, 1, "min"),
        Check("duration", nights.change("duration", START), -2, 2, "min"),
    )


def _b34() -> tuple[Check, ...]:
    nights = _eight_weeks()
    night = START + 7 * WEEKS - 2
    cortisol = nights.value("cortisol", night, LOW + 1) / nights.value("cortisol", night, LOW)
    return (
        Check("latency", _change("latency", LOW), -14, -6, "min"),
        Check("duration", _change("duration", LOW), 6, 20, "min"),
        Check("N3", _change("n3", LOW), 1, 6, "min"),
        Check("cortisol of the night", 100.0 * (cortisol - 1.0), -15, -5, "%"),
    )


def _severity(person: int, night: int) -> float:
    nights = _eight_weeks()
    return float(
        isi(
            nights.minutes("latency", night, person),
            nights.minutes("awake_after_onset", night, person),
            nights.value("load", night, person),
        )
    )


def _b35() -> tuple[Check, ...]:
    night = START + 7 * WEEKS - 2
    severity = _severity(GENERAL + 1, night) - _severity(GENERAL, night)
    return (
        Check("latency", _change("latency", GENERAL), -6, -1.5, "min"),
        Check("insomnia severity", severity, -2, -0.5, "points"),
    )


def _b36() -> tuple[Check, ...]:
    return (
        Check("latency", _change("latency", REPLETE), -1, 1, "min"),
        Check("duration", _change("duration", REPLETE), -3, 3, "min"),
    )


def _b37() -> tuple[Check, ...]:
    late, early = START + 7 * WEEKS - 2, START + 27
    ratio = _change("latency", LOW, late) / _change("latency", LOW, early)
    return (Check("effect at 8 weeks over 4 weeks", ratio, 0.95, 1.15),)


EXPERIMENTS: Experiments = {"B33": _b33, "B34": _b34, "B35": _b35, "B36": _b36, "B37": _b37}
"""The experiments of this file by the number of their benchmark."""
