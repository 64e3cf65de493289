"""One dose and the day after it: what reaches the urine.

A typical person of the trial's kind settles, is filled up for days if the trial's people were,
and takes one dose at eight in the morning; what is counted runs from that rise to the next.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from somnesium.answers.calibration.designs import Comparison, Design
from somnesium.answers.evidence.table import Evidence
from somnesium.body.assembly import Body
from somnesium.engine.lanes import pack
from somnesium.engine.run import Result
from somnesium.engine.schedule import Events, merge
from somnesium.person.regimen import doses
from somnesium.person.request import Request, read_request
from somnesium.simulation.gains import GAINS, centre, dissolved_share, multiplied
from somnesium.simulation.individual import individualise
from somnesium.simulation.inputs import Timeline, dose_events, life_events
from somnesium.simulation.worlds import run_worlds

_DAYS = 9
_DOSE_DAY = 7
_SOLUBLE = "chloride"


def _request(row: Mapping[str, Any], form: str, dose_mg: float) -> Request:
    """The person filled up to the day before, and the dose on its day."""

    def taken(mg: float, first: int, last: int, kind: str) -> dict[str, Any]:
        return {
            "form": kind,
            "magnesium_mg": mg,
            "mass_is": "elemental",
            "times": ["08:00"],
            "start_day": first,
            "end_day": last,
            "with_food": row["with_food"],
        }

    intakes = [taken(dose_mg, _DOSE_DAY + 1, _DOSE_DAY + 1, form)]
    if row["saturation_mg"]:
        intakes.append(taken(row["saturation_mg"], 1, _DOSE_DAY, _SOLUBLE))
    return read_request(
        {
            "person": row["person"],
            "habits": {"bedtime": "23:00", "rise": "07:00"},
            "diet": {"magnesium_mg_per_day": row["diet_mg"]},
            "days": _DAYS,
            "regimen": {"intakes": intakes},
        }
    )


def _lived(request: Request, factors: np.ndarray) -> Result:
    """The same person with the gains at each of `factors` (points, gains)."""
    line = Timeline(request.habits, request.start)
    plain = merge(life_events(line, request.diet, request.days))
    oxide = [gain.name for gain in GAINS].index("oxide")
    values = np.repeat(pack([individualise(request.person)], Body), len(factors), axis=1)
    bodies = multiplied(values, (factors / centre()).T)
    swallowed = doses(request.regimen, request.start.weekday(), request.days)
    events: list[Events] = []
    for point in factors:

        def share(form: str, factor: float = float(point[oxide])) -> float:
            return dissolved_share(form, oxide=factor)

        extra = dose_events(line, swallowed, share)
        events.append(merge(plain, extra) if extra else plain)
    of = np.arange(len(factors))
    worlds = {"plan": events}
    own = [plain] * len(factors)
    return run_worlds(line, request.days, 1, bodies, own, of, worlds)["plan"]


def _of_the_day(result: Result, field: str) -> np.ndarray:
    """Amount [mmol] from the rise of the dose's day to the next, by point."""
    total, rise = result.field(field), result.field("rise")
    # The night before day 0 comes first, so that row k ends with the rise of day k.
    return (
        (total[_DOSE_DAY + 1] - total[_DOSE_DAY]) * 24.0 / (rise[_DOSE_DAY + 1] - rise[_DOSE_DAY])
    )


def live_acute(
    design: Design, table: Evidence, asked: tuple[Comparison, ...], factors: np.ndarray
) -> np.ndarray:
    """Each comparison of an acute design at each of `factors`: (points, comparisons).

    Urine in mmol over the day, one form less the other.
    """
    known: dict[str, np.ndarray] = {}
    for name in {name for one in asked for name in (one.arm, one.versus)}:
        arm = table.arm(design.trial, name)
        form = arm.form if arm is not None and arm.form else _SOLUBLE
        result = _lived(_request(design.row, form, design.row["dose_mg"]), factors)
        known[name] = _of_the_day(result, "urine")
    return np.stack([known[one.arm] - known[one.versus] for one in asked], axis=1)
