"""Laboratory values as likelihoods: how likely each virtual person makes what was measured.

A value is what the body model expects of a person, times the spread of a single measurement. The
virtual people are then counted by how well they fit (importance weights); `effective` says how
many of them are left to speak. Every test is poor at telling what the body holds, and says so.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from somnesium.engine.randomness import DRAW, normals
from somnesium.person.laboratory import ionised_of, red_cell_of, urine_of
from somnesium.person.person import Person, serum_magnesium_of
from somnesium.simulation.steady import Steady

FEWEST = 20.0
"""Effective number of virtual people below which a posterior is not to be relied on
(judgement#fewest-people)."""

_IONISED_SHARE = 0.53 / 0.8525  # middles of newhouse2002 0.46–0.60 and lowenstein1986 0.75–0.955
_RED_CELL, _RED_CELL_SLOPE = 2.15, 0.5  # judgement#evidence1.1, judgement#red-cell-half
_KEPT, _KEPT_SD = 6.3, 10.3  # gullestad1994, % of the load
_KEPT_SLOPE = (85.0 - _KEPT) / 0.29  # judgement#loading-line: ryzen1985 at a serum of 0.60


class Crowd(NamedTuple):
    """The same people twice at steady state: in their own life, and healthy on the requirement."""

    own: Steady
    required: Steady


def shortfall(crowd: Crowd) -> np.ndarray:
    """Share of soft-tissue magnesium lacking against the same body, healthy, on the requirement.

    Negative where there is more.
    """
    return 1.0 - crowd.own.tissue / crowd.required.tissue


class Test(NamedTuple):
    """A laboratory test: what is expected of every person, and how one measurement scatters.

    `scatter` is a standard deviation, of the logarithm if `logarithmic`, else in `unit`. `text`
    says in plain words how little the test tells.
    """

    key: str
    label: str
    unit: str
    logarithmic: bool
    scatter: float
    expected: Callable[[Crowd], np.ndarray]
    value: Callable[[Person], float | None]
    text: str
    clinician: str
    sources: tuple[str, ...]


def _kept(crowd: Crowd) -> np.ndarray:
    """Share of a loading test that is kept [%]: more, the more soft tissue lacks."""
    return np.minimum(_KEPT + _KEPT_SLOPE * np.maximum(shortfall(crowd), 0.0), 100.0)


TESTS = (
    Test(
        "serum",
        "magnesium in blood (serum)",
        "mmol/L",
        True,
        0.041,
        lambda crowd: crowd.own.serum,
        serum_magnesium_of,
        "A blood test sees less than 1 % of the magnesium in your body. Your kidneys hold it "
        "steady while your stores fall. So a normal value does not rule out a lack. A low value "
        "counts for more.",
        "Total serum holds 0.3 % of body magnesium. Within-person CV 3.6 %, assay about 2 %: one "
        "value is known to about ±8 %. Poor sensitivity for depleted stores.",
        ("razzaque2018", "ricos1999", "ismail2010", "judgement#assay"),
    ),
    Test(
        "ionised",
        "free (ionised) magnesium in blood",
        "mmol/L",
        True,
        0.068,
        lambda crowd: _IONISED_SHARE * crowd.own.serum,
        lambda person: ionised_of(person.laboratory),
        "Free magnesium is the part that acts, but it shifts by some per cent from hour to hour. "
        "It tells little more than the plain blood test.",
        "Within-person CV 4 % (3–7 %), assay 2.3 %; the ionised share differs between people and "
        "with pH and protein (5 % assumed).",
        ("newhouse2002", "lowenstein1986", "judgement#ionised-share"),
    ),
    Test(
        "red_cell",
        "magnesium in red blood cells",
        "mmol/L",
        True,
        0.125,
        lambda crowd: _RED_CELL * crowd.own.tissue**_RED_CELL_SLOPE,
        lambda person: red_cell_of(person.laboratory),
        "Red cells keep the magnesium they were born with for months, and people differ a lot in "
        "it. A low value hints at a lack, no more. A normal one proves little.",
        "Between-person CV about 12 %, weakly tied to serum or muscle; red cells carry the state "
        "of some 120 days ago.",
        ("elin1987", "arnaud2008", "judgement#evidence1.1", "judgement#red-cell-half"),
    ),
    Test(
        "urine",
        "magnesium in 24-hour urine",
        "mmol/d",
        True,
        0.30,
        lambda crowd: crowd.own.urine,
        lambda person: urine_of(person.laboratory),
        "Urine shows what you ate these days more than what your body holds. It is easy to miss "
        "a part of it. Little in the urine fits a lack. A lot can mean that the kidneys lose it.",
        "Reflects recent intake; low with low intake or conservation, high in renal wasting even "
        "when depleted. Day-to-day and collection error about 30 %.",
        ("schutten2022", "tucker2020", "judgement#collection"),
    ),
    Test(
        "loading",
        "share kept in a loading test",
        "%",
        False,
        _KEPT_SD,
        _kept,
        lambda person: person.laboratory.loading_retained_percent,
        "This is the best test we have, but healthy people differ widely in it. It means little "
        "if your kidneys are weak or lose magnesium.",
        "Healthy adults keep 6.3 ± 10.3 % of 30 mmol (95 % −19.5 to 27.5 %). Retention rises with "
        "depletion; invalid with renal impairment or wasting.",
        ("gullestad1994", "ryzen1985", "rob1999", "judgement#loading-line"),
    ),
)
"""Every test that can be given, in the order in which it is told."""


class Measured(NamedTuple):
    """A test with the value given, in the test's unit."""

    test: Test
    value: float


def measured(person: Person, left_out: frozenset[str] = frozenset()) -> tuple[Measured, ...]:
    """Every test this person has a value of, without those whose keys are left out."""
    found = ((test, test.value(person)) for test in TESTS if test.key not in left_out)
    return tuple(Measured(test, value) for test, value in found if value is not None)


def readings(test: Test, crowd: Crowd, seed: int) -> np.ndarray:
    """One measurement of each person, scatter and all, in the test's unit."""
    expected = test.expected(crowd)
    scatter = test.scatter * normals(seed, np.arange(len(expected)), DRAW, 4, 1)[:, 0]
    return expected * np.exp(scatter) if test.logarithmic else expected + scatter


def _log_likelihood(one: Measured, crowd: Crowd) -> np.ndarray:
    """Log-likelihood of a value in each person, but for a constant."""
    expected = one.test.expected(crowd)
    miss = np.log(one.value / expected) if one.test.logarithmic else one.value - expected
    return -0.5 * (miss / one.test.scatter) ** 2


def weights(values: Sequence[Measured], crowd: Crowd) -> np.ndarray:
    """How much each person counts once the values are known, summing to 1; equal without any.

    The values are taken as independent given the person.
    """
    total = np.zeros(len(crowd.own.serum))
    for one in values:
        total = total + _log_likelihood(one, crowd)
    share = np.exp(total - total.max())
    return share / share.sum()


def effective(share: np.ndarray) -> float:
    """Effective number of people behind weights: 1 / Σ w² of weights that sum to 1 (kish1965)."""
    return float(1.0 / np.sum(share**2))
