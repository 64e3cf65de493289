"""B12–B17, B22–B23: one evening of caffeine, melatonin, alcohol, a hypnotic, stress, exercise."""

from collections.abc import Sequence
from functools import cache

from somnesium.answers.qualification.benchmark import Check, Experiments
from somnesium.answers.qualification.laboratory import (
    PMOL_PER_MG,
    Event,
    Nights,
    add,
    clock_at,
    live,
    moment_of,
    set_input,
)
from somnesium.answers.qualification.norms import thirds
from somnesium.body.assembly import State, fix
from somnesium.body.readouts import drive
from somnesium.body.stages import Rates, transition_rates
from somnesium.engine.channels import MELATONIN
from somnesium.engine.lanes import leaf_names
from somnesium.engine.tiles import STEP
from somnesium.simulation.individual import Covariates, reference_body

DAY = 40
"""The evening of the experiment, counted from the start; the body has come to rest."""
HYPNOTIC = 0.5
"""A standard dose [log-hazard units]."""
GAIN = 0.1
"""The constant calming gain of B17 [log-hazard units]."""


def _for_a_while(name: str, begin: float, end: float, value: float) -> list[Event]:
    """An input on from `begin` to `end` on the evening of the experiment."""
    return [set_input(name, clock_at(begin, DAY), value), set_input(name, clock_at(end, DAY), 0.0)]


_EVENINGS: tuple[tuple[str, Sequence[Event]], ...] = (
    ("none", ()),
    ("caffeine 400 mg at bedtime", (add("caffeine.gut", clock_at(23.0, DAY), 400.0),)),
    ("caffeine 400 mg 3 h before", (add("caffeine.gut", clock_at(20.0, DAY), 400.0),)),
    ("caffeine 400 mg 6 h before", (add("caffeine.gut", clock_at(17.0, DAY), 400.0),)),
    ("caffeine 200 mg 2 h before", (add("caffeine.gut", clock_at(21.0, DAY), 200.0),)),
    ("alcohol", tuple(_for_a_while("drinking", 21.0, 24.0, 14.0))),
    ("stress", tuple(_for_a_while("stress", 20.0, 24.0, 1.0))),
    ("exercise", tuple(_for_a_while("exercise", 16.0, 17.0, 1.0))),
)
_NAMES = tuple(name for name, _ in _EVENINGS)


@cache
def _healthy() -> Nights:
    """A healthy 45-year-old in the evenings of `_EVENINGS`, side by side."""
    body = reference_body(45)
    return live([body] * len(_EVENINGS), DAY + 2, per_body=[e for _, e in _EVENINGS], trace=True)


def _evening(name: str, field: str) -> float:
    """Minutes by which an evening changes its night, against the same night without it."""
    return _healthy().change(field, DAY, _NAMES.index(name))


def _third(stage: str, which: int, person: int) -> float:
    """Expected minutes of a stage in a third of the night of the experiment."""
    nights = _healthy()
    field = "awake_after_onset" if stage == "wake" else stage
    return thirds(nights, stage, DAY, person)[which] / 100.0 * nights.minutes(field, DAY, person)


def _b12() -> tuple[Check, ...]:
    bedtime, three, six = (
        _evening(f"caffeine 400 mg {when}", "duration")
        for when in ("at bedtime", "3 h before", "6 h before")
    )
    return (
        Check("duration, at bedtime", bedtime, -80, -45, "min"),
        Check("duration, 3 h before", three, -68, -38, "min"),
        Check("duration, 6 h before", six, -55, -25, "min"),
        Check("duration, bedtime less 3 h", bedtime - three, -80, 0, "min"),
        Check("duration, 3 h less 6 h", three - six, -80, 0, "min"),
    )


def _b13() -> tuple[Check, ...]:
    evening = "caffeine 200 mg 2 h before"
    return (
        Check("duration", _evening(evening, "duration"), -50, -25, "min"),
        Check("latency", _evening(evening, "latency"), 4, 15, "min"),
        Check("N3", _evening(evening, "n3"), -18, -6, "min"),
    )


@cache
def _mild_insomnia() -> Nights:
    """Mild insomnia at 45: none, 2 mg and 5 mg of melatonin an hour before bed."""
    body = reference_body(45, Covariates().load_mild)
    doses = [
        [(clock_at(22.0, DAY), MELATONIN, mg * PMOL_PER_MG)] if mg else [] for mg in (0.0, 2.0, 5.0)
    ]
    return live([body] * 3, DAY + 2, per_body=doses)


def _b14() -> tuple[Check, ...]:
    nights = _mild_insomnia()
    checks = [Check("latency without", nights.minutes("latency", DAY, 0), 20, 35, "min")]
    for person, name in ((1, "2 mg"), (2, "5 mg")):
        checks += [
            Check(f"latency, {name}", nights.change("latency", DAY, person), -9.8, -4.4, "min"),
            Check(f"duration, {name}", nights.change("duration", DAY, person), 1.7, 14.8, "min"),
        ]
    return tuple(checks)


def _b15() -> tuple[Check, ...]:
    drunk = _NAMES.index("alcohol")
    deep = _third("n3", 0, drunk) - _third("n3", 0, 0)
    awake = _third("wake", 2, drunk) - _third("wake", 2, 0)
    return (
        Check("latency", _evening("alcohol", "latency"), -60, -0.1, "min"),
        Check("N3 in the first third", deep, 0.1, 60, "min"),
        Check("REM", _evening("alcohol", "rem"), -20, -5, "min"),
        Check("awake in the last third", awake, 3, 60, "min"),
    )


@cache
def _medicated() -> Nights:
    """An elderly insomniac, without and with a hypnotic in blood all night."""
    body = reference_body(70, Covariates().load_severe)
    dose = _for_a_while("hypnotic", 23.0, 31.0, HYPNOTIC)
    return live([body] * 2, DAY + 2, per_body=[[], dose], trace=True)


def _rates(nights: Nights, clock: float, hypnotic: float) -> Rates:
    """Rates of the chain in the state of the unmedicated at `clock`, under a hypnotic."""
    body = reference_body(70, Covariates().load_severe)
    state, _, inputs = moment_of(nights.result.trace[round(clock_at(clock, DAY) / STEP), :, 0])
    medicated = inputs._replace(hypnotic=hypnotic)
    return transition_rates(drive(state, medicated, body, fix(body)), body.chain)


def _b16() -> tuple[Check, ...]:
    nights = _medicated()
    plain, dosed = (_rates(nights, 27.0, dose) for dose in (0.0, HYPNOTIC))
    up, down = (1.01, 10.0), (0.1, 0.99)
    return (
        *(
            Check(
                f"rate {name}, with over without",
                getattr(dosed, field) / getattr(plain, field),
                *limits,
            )
            for name, field, limits in (
                ("waiting to N1", "waiting_n1", up),
                ("awake to N1", "wake_n1", up),
                ("N1 to awake", "n1_wake", down),
                ("N2 to awake", "n2_wake", down),
                ("N3 to awake", "n3_wake", down),
                ("N2 to N1", "n2_n1", down),
            )
        ),
        Check("latency", nights.change("latency", DAY), -60, -0.1, "min"),
        Check("awake after onset", nights.change("awake_after_onset", DAY), -90, -0.1, "min"),
        Check("N1", nights.change("n1", DAY), -40, -0.1, "min"),
        Check("N3", nights.change("n3", DAY), -5, 5, "min"),
    )


@cache
def _calm_nights() -> Nights:
    """A healthy 45-year-old without and, from the evening of `DAY` on, with a constant gain."""
    gain = [set_input("hypnotic", clock_at(12.0, DAY), GAIN)]
    return live([reference_body(45)] * 2, DAY + 62, per_body=[[], gain])


def _b17() -> tuple[Check, ...]:
    first, *later = (_calm_nights().change("duration", DAY + night - 1) for night in (1, 4, 14, 60))
    return (
        Check("duration, night 1", first, 0.1, 60, "min"),
        *(
            Check(f"duration, night {night} over night 1", 100.0 * value / first, 80, 120, "%")
            for night, value in zip((4, 14, 60), later, strict=True)
        ),
    )


def _b22() -> tuple[Check, ...]:
    at = round(clock_at(23.0, DAY) / STEP)
    row = leaf_names(State).index("cortisol.plasma")
    trace = _healthy().result.trace
    ratio = float(trace[at, row, _NAMES.index("stress")] / trace[at, row, 0])
    return (
        Check("cortisol at 23:00, with over without", ratio, 2, 10),
        Check("latency", _evening("stress", "latency"), 5, 25, "min"),
        Check("N3", _evening("stress", "n3"), -10, -1, "min"),
    )


def _b23() -> tuple[Check, ...]:
    return (
        Check("latency", _evening("exercise", "latency"), -3, 0, "min"),
        Check("N3", _evening("exercise", "n3"), 0, 5, "min"),
    )


EXPERIMENTS: Experiments = {
    "B12": _b12,
    "B13": _b13,
    "B14": _b14,
    "B15": _b15,
    "B16": _b16,
    "B17": _b17,
    "B22": _b22,
    "B23": _b23,
}
"""The experiments of this file by the number of their benchmark."""
