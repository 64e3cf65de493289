"""Published trials as trials that virtual people can live, and the differences compared.

`data/calibration/designs.toml` says who is drawn and when doses are taken; arms, forms, doses and
the published numbers come from the evidence table.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, NamedTuple

import numpy as np

from somnesium.answers.evidence.effect_sizes import se_from_interval, se_from_p
from somnesium.answers.evidence.table import Arm, Contrast, Endpoint, Evidence
from somnesium.answers.trial.design import Trial
from somnesium.errors import SomnesiumError
from somnesium.person.document import read_document
from somnesium.sources import packaged_toml

Told = Literal["", "null", "higher", "lower"]
_MISSED = 0.05
_CORRELATION = 0.6
"""Of a reading before with one after, where a paper does not print it (judgement#retest)."""


class Comparison(NamedTuple):
    """A published difference beside what is lived.

    `value` and `error` are None where no number was printed; `told` is then what the paper says.
    `measure` and `by` name what is read in the lived trial; `usual` turns its difference into
    percent of its own baseline where it is not None. `error_from` says where the error is from.
    """

    trial: str
    arm: str
    versus: str
    endpoint: str
    measure: str
    by: str
    unit: str
    value: float | None
    error: float | None
    error_from: str
    told: Told
    percent: bool
    high_risk: bool
    sources: tuple[str, ...]


class Design(NamedTuple):
    """How a trial is lived: `weeks` by a trial document, or `acute` by one dose and a day."""

    trial: str
    kind: Literal["weeks", "acute"]
    note: str
    row: Mapping[str, Any]


@cache
def designs() -> tuple[Design, ...]:
    """Every design of the packaged table, in its order."""
    rows = packaged_toml("calibration/designs.toml")["design"]
    return tuple(
        Design(row["trial"], row.get("kind", "weeks"), row.get("note", ""), row) for row in rows
    )


def scale_of(endpoint: str) -> float:
    """Scale of the discrepancy between trials in an endpoint, in its unit."""
    return float(packaged_toml("calibration/designs.toml")["scales"][endpoint])


_INSTRUMENT: dict[str, str] = {"monitor": "psg", "": "assay"}
"""Instruments of the evidence table that lived trials know by another name."""


def _regimen(arm: Arm, row: Mapping[str, Any]) -> dict[str, Any]:
    """An arm's regimen: its dose divided over the times of day."""
    if not arm.elemental_mg or arm.kind != "magnesium":
        return {}
    times = row["times"]
    part = {
        "form": arm.form,
        "mass_is": "elemental",
        "magnesium_mg": arm.elemental_mg / len(times),
        "times": times,
        "with_food": row["with_food"],
    }
    return {"regimen": {"intakes": [part]}}


def trial_document(design: Design, table: Evidence) -> Trial:
    """The trial that virtual people live; its endpoints are those compared, each once."""
    row = design.row
    used = {name for one in row["observed"] for name in (one["arm"], one["versus"])}
    arms = []
    for name in sorted(used):
        arm = table.arm(design.trial, name)
        if arm is None:
            raise SomnesiumError(f"designs.toml names arm {name!r} of {design.trial}: not in arms")
        arms.append({"name": name, **_regimen(arm, row)})
    read = dict.fromkeys(_read_as(one) for one in row["observed"])
    return read_document(
        {
            "name": design.trial,
            "weeks": row["weeks"],
            "arms": arms,
            "people": 2 * len(arms),
            "volunteers": row.get("volunteers", {}),
            "endpoints": [{"measure": measure, "instrument": by} for measure, by in read],
            "loss": {"dropout": 0.0, "stopped": 0.0, "missed_doses": _MISSED},
        },
        Trial,
    )


def _read_as(one: Mapping[str, Any]) -> tuple[str, str]:
    """Measure and instrument of a lived trial that stand for a published endpoint."""
    by = str(one["instrument"])
    return str(one.get("as", one["endpoint"])), _INSTRUMENT.get(by, by)


def _contrast(table: Evidence, trial: str, one: Mapping[str, Any]) -> Contrast | None:
    keys = ("arm", "versus", "endpoint", "instrument")
    for row in table.contrasts:
        if row.trial == trial and all(getattr(row, key) == one[key] for key in keys):
            return row
    return None


def _endpoint(table: Evidence, trial: str, arm: str, one: Mapping[str, Any]) -> Endpoint:
    for row in table.endpoints:
        if (row.trial, row.arm, row.endpoint) == (trial, arm, one["endpoint"]):
            return row
    raise SomnesiumError(f"designs.toml reads {one['endpoint']} of {trial}, {arm}: not there")


def _of_contrast(row: Contrast) -> tuple[float | None, float | None, str]:
    """Value, standard error and where it is from."""
    if row.estimate is None or row.se is not None:
        return row.estimate, row.se, "printed"
    if row.low is not None and row.high is not None:
        return row.estimate, se_from_interval(row.low, row.high), "95 % interval"
    if row.p is None:
        return row.estimate, None, ""
    df = None if row.n_arm is None else row.n_arm - 1.0 if row.kind == "crossover" else None
    bound = row.printed.get("p", "").startswith("<")
    said = "p at its bound" if bound else "p"
    return row.estimate, se_from_p(row.estimate, row.p, df), said


def _of_means(
    table: Evidence, trial: str, one: Mapping[str, Any]
) -> tuple[float | None, float | None, str]:
    """Difference of the arms' changes, or the mean of a single arm, and its standard error."""
    first = _endpoint(table, trial, one["arm"], one)
    if not one["versus"]:
        if first.post_mean is None or first.post_sd is None or not first.n:
            return first.post_mean, None, ""
        return first.post_mean, first.post_sd / np.sqrt(first.n), "SD over the root of n"
    total, variance = 0.0, 0.0
    for sign, row in ((1.0, first), (-1.0, _endpoint(table, trial, one["versus"], one))):
        if row.post_mean is None or row.baseline_mean is None:
            return None, None, ""
        total += sign * (row.post_mean - row.baseline_mean)
        if row.post_sd is None or row.baseline_sd is None or not row.n:
            variance = np.nan
            continue
        a, b = row.baseline_sd, row.post_sd
        variance += (a * a + b * b - 2.0 * _CORRELATION * a * b) / row.n
    return total, float(np.sqrt(variance)) if np.isfinite(variance) else None, "SDs of the arms"


def comparisons(design: Design, table: Evidence) -> tuple[Comparison, ...]:
    """What a design is compared by."""
    trial = table.trial(design.trial)
    if trial is None:
        raise SomnesiumError(f"designs.toml lives {design.trial}, which is not in trials.csv")
    domains = [value for name, value in trial._asdict().items() if name.startswith("rob_")]
    found = []
    for one in design.row["observed"]:
        row = _contrast(table, design.trial, one)
        value = error = None
        said = ""
        if one.get("from") == "means":
            value, error, said = _of_means(table, design.trial, one)
        elif row is not None:
            value, error, said = _of_contrast(row)
        factor = 100.0 / one["percent_of"] if "percent_of" in one else 1.0
        measure, by = _read_as(one)
        found.append(
            Comparison(
                trial=design.trial,
                arm=one["arm"],
                versus=one["versus"],
                endpoint=one["endpoint"],
                measure=measure,
                by=by,
                unit="%"
                if "percent_of" in one
                else (row.unit if row else _endpoint(table, design.trial, one["arm"], one).unit),
                value=None if value is None else factor * value,
                error=None if error is None else factor * error,
                error_from=said,
                told=one.get("told", ""),
                percent="percent_of" in one,
                high_risk="high" in domains,
                sources=tuple(filter(None, (trial.reference, one.get("percent_source")))),
            )
        )
    return tuple(found)
