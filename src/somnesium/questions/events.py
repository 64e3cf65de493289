"""NONMEM-style event tables in and out, beside the human form."""

from pathlib import Path

from somnesium.answers.safety.gate import checked_plan
from somnesium.errors import InvalidInput
from somnesium.person.regimen import Regimen, regimen_of_doses
from somnesium.person.request import Request
from somnesium.simulation.events import doses_of_events, events_of_doses, read_events, write_events


def table_of_request(request: Request) -> str:
    """Every dose of a request as a table; TIME in hours from local midnight of the start.

    Raises `UnsafePlan` when the plan is refused: a table goes to programs that ask nothing.
    """
    return write_events(events_of_doses(checked_plan(request).taken.within(request.days)))


def regimen_of_table(path: Path) -> Regimen:
    """The regimen of one person's table; `InvalidInput` names the row that is wrong."""
    rows = read_events(path)
    people = sorted({row.ID for row in rows})
    if len(people) > 1:
        raise InvalidInput.field(
            "events ID", people, "one person", "keep the rows of the person asked about"
        )
    return regimen_of_doses(doses_of_events(rows), name=path.stem)
