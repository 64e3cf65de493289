"""Every published trial beside what the calibrated body predicts for it, fitted or held out."""

from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from somnesium.answers.calibration.lived import Progress
from somnesium.answers.calibration.predicted import Prediction, coverage, predictions
from somnesium.answers.calibration.problem import asked_of, live_all
from somnesium.answers.evidence.reading import packaged
from somnesium.answers.evidence.table import Evidence
from somnesium.answers.safety.evaluate import Caution
from somnesium.errors import InvalidInput
from somnesium.person.document import Document, Number
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.version import body_version, model_version
from somnesium.simulation.gains import discrepancy, posterior, to_normal
from somnesium.sources import cite


class PredictedRow(Document):
    """A published difference beside its prediction.

    `published` is null where the paper prints none; `told` is then what it says. `expected90` is
    our doubt about the expected difference, `predicted90` what such a trial would publish.
    `detectable` is the least difference it could see. `held` says that the published number lies
    in `predicted90`, or that a null was predicted smaller than the trial could see; `sign_chance`
    is the chance of the sign told.
    """

    trial: str
    role: str
    comparison: str
    endpoint: str
    instrument: str
    unit: str
    published: Number | None
    error: Number | None
    told: str
    mean: Number
    expected90: tuple[Number, Number]
    predicted90: tuple[Number, Number]
    detectable: Number | None
    held: bool | None
    sign_chance: Number | None
    sources: tuple[str, ...]


class CoverageRow(Document):
    """How many published numbers lie in their 90 % predictive interval, and how wide these are
    in scales of their endpoint (sharpness)."""

    role: str
    number: int
    inside: int
    mean_width: Number | None


class TrialsAnswer(Answer):
    """Predicted against observed, trial by trial."""

    rows: tuple[PredictedRow, ...]
    coverage: tuple[CoverageRow, ...]
    nulls: int = Field(description="null results told without a number, by trials of known size")
    nulls_held: int = Field(description="of these, predicted smaller than could be seen")
    draws: int
    people: int
    seed: int
    command: str
    summary: tuple[str, ...]


def _row(one: Prediction) -> PredictedRow:
    asked = one.comparison
    return PredictedRow(
        trial=asked.trial,
        role=one.role,
        comparison=f"{asked.arm} – {asked.versus}",
        endpoint=asked.endpoint,
        instrument=asked.by,
        unit=asked.unit,
        published=asked.value,
        error=asked.error,
        told=asked.told,
        mean=one.mean,
        expected90=one.expected90,
        predicted90=one.predicted90,
        detectable=one.detectable,
        held=one.held,
        sign_chance=one.sign,
        sources=asked.sources,
    )


def _summary(rows: tuple[CoverageRow, ...], nulls: int, held: int) -> tuple[str, ...]:
    said = {"calibrate": "Of the trials that were fitted", "held_out": "Of the trials held out"}
    lines = [
        f"{said[row.role]}, {row.inside} of {row.number} published numbers lie in their 90 % "
        "intervals."
        for row in rows
    ]
    return (*lines, f"Of {nulls} null results, {held} are forecast too small to be seen.")


def predicted_trials(
    folder: Path | None = None,
    *,
    table: Evidence | None = None,
    draws: int = 32,
    people: int = 48,
    seed: int = 1,
    progress: Progress | None = None,
) -> TrialsAnswer:
    """Live every trial that can be lived at `draws` draws of the posterior, and compare.

    What was lived is kept in `folder`. Raises `InvalidInput`.
    """
    if not 8 <= draws <= len(posterior()):
        raise InvalidInput.field("draws", draws, f"8 to {len(posterior())}")
    table = packaged() if table is None else table
    asked = asked_of(table, "calibrate", "held_out", "describe", "distrust")
    chosen = np.linspace(0, len(posterior()) - 1, draws).astype(int)
    z = to_normal(posterior()[chosen])
    run: dict[str, Any] = {"people": people, "seed": seed, "model": body_version()}
    lived = live_all(asked, table, z, folder=folder, progress=progress, **run)
    found = predictions(asked.rows, lived, discrepancy()[chosen], table, seed)
    told = [coverage(found, "calibrate"), coverage(found, "held_out")]
    rows = tuple(
        CoverageRow(
            role=one.role,
            number=one.number,
            inside=one.inside,
            mean_width=one.width if one.number else None,
        )
        for one in told
    )
    nulls = [one for one in found if one.comparison.told == "null" and one.held is not None]
    held = sum(bool(one.held) for one in nulls)
    keys = [key for one in found for key in one.comparison.sources] + ["judgement#between-trials"]
    text = "Trials are few, and most of their numbers were seen in abstracts only."
    caution = Caution(
        key="trials_thin",
        text=text,
        sources=("judgement#same-trials",),
        clinician="Coverage over a handful of contrasts; see role and source of each.",
    )
    return TrialsAnswer(
        cautions=(caution,),
        sources=tuple(Source(**cite(key)) for key in dict.fromkeys(keys)),
        model_version=model_version(),
        rows=tuple(_row(one) for one in found),
        coverage=rows,
        nulls=len(nulls),
        nulls_held=held,
        draws=draws,
        people=people,
        seed=seed,
        command=f"somnesium qualify --trials --seed {seed}",
        summary=_summary(rows, len(nulls), held),
    )
