"""A range of a population, lived: a pure function of the document and the range.

People are drawn, settled in their own life, and live each world from the same state with the same
random numbers. How a population is cut into ranges changes no bit of any person.
"""

from typing import NamedTuple

from somnesium.engine.run import Device, Precision
from somnesium.person.checked import CheckedPlan
from somnesium.population.columns import measured, nights_table, persons_table
from somnesium.population.covariates import Table
from somnesium.population.lives import live, settle
from somnesium.population.people import bodies_of, draw_people
from somnesium.population.spec import PopulationSpec
from somnesium.population.weeks import weeks_of


class ChunkResult(NamedTuple):
    """Nights and persons of a range of people, as `columns` describes them."""

    nights: Table
    persons: Table


def worlds_of(plan: CheckedPlan | None) -> tuple[str, ...]:
    """The worlds lived: `without` the plan and, where there is one, `with` it."""
    return ("without",) if plan is None else ("without", "with")


def live_chunk(
    spec: PopulationSpec,
    first: int,
    count: int,
    plan: CheckedPlan | None = None,
    precision: Precision = "float64",
    device: Device = "cpu",
) -> ChunkResult:
    """Live the people `first` to `first` + `count` - 1 for `spec.days` days, in every world.

    Raises `InvalidInput` for an impossible population and `NotConverged` if a body leaves its
    range.
    """
    people = draw_people(spec, first, count)
    bodies = bodies_of(people, spec.seed)
    own = weeks_of(people, None)
    settled = settle(people.person, bodies, own, precision, device)
    worlds = {}
    for world in worlds_of(plan):
        weeks = own if world == "without" else weeks_of(people, plan)
        rows = live(settled, weeks, spec.days, spec.seed, precision, device)
        worlds[world] = measured(rows, bodies, spec.days)
    return ChunkResult(nights_table(people.person, worlds), persons_table(people, worlds))
