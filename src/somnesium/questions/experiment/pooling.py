"""Many people's self-trials put together from their summaries alone: no night leaves anyone."""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from somnesium import say
from somnesium.answers.selftrial.design.question import Measure, Scale, scale_of
from somnesium.answers.selftrial.pooled import PersonEffect, Pooled, pooled
from somnesium.errors import InvalidInput
from somnesium.person.document import MAX_BYTES, Document, Number, Whole, read_document
from somnesium.questions.experiment.analyse import AnalysisAnswer
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.version import model_version
from somnesium.sources import cite

_MOST = 100_000
_NORMAL = 1.959964
"""Half-width of a 95 % interval in standard errors (definition#normal)."""


class TrialSummary(Document):
    """One person's result, which is all that is shared: no name, no dates, no nights.

    `effect` is the plan minus its comparison and `error` its standard error [min, %].
    """

    kind: Literal["somnesium self-trial summary/1"] = "somnesium self-trial summary/1"
    measure: Measure
    effect: Number = Field(ge=-1440, le=1440)
    error: Number = Field(ge=1e-6, le=1440)
    nights: Whole | None = Field(default=None, ge=1)
    periods: Whole | None = Field(default=None, ge=1)
    blinding: Literal["capsules", "open"] | None = None
    model_version: str = Field(default="", max_length=200)


class PoolAnswer(Answer):
    """The effect in many people [min, %]: of the average one, of the next, and of each.

    `mean` is that of the average person; `between` the spread of true effects; `prediction95`
    holds the next person's effect; `better` is the probability that the next one gains at all.
    """

    measure: str
    label: str
    unit: str
    people: int
    mean: Number
    interval95: tuple[Number, Number]
    between: Number
    between95: tuple[Number, Number]
    prediction95: tuple[Number, Number]
    better: Number
    persons: tuple[PersonEffect, ...]
    open_label: int = Field(description="how many knew what they took")
    summary: tuple[str, ...]


def summary_of(answer: AnalysisAnswer) -> TrialSummary:
    """What of an analysis may be shared: the effect of the nights alone and its error."""
    alone = answer.beliefs[0]
    low, high = alone.interval95
    return TrialSummary(
        measure=answer.measure,  # type: ignore[arg-type] - of the same names
        effect=alone.mean,
        error=(high - low) / (2.0 * _NORMAL),
        nights=answer.measured,
        periods=answer.periods,
        blinding=answer.blinding,
        model_version=answer.model_version,
    )


def read_summaries(files: Iterable[Path | str]) -> tuple[TrialSummary, ...]:
    """Summaries from files: JSON of one or a list of them, or CSV with a column for each field.

    `measure`, `effect` and `error` are needed. Raises `InvalidInput` with the file's name.
    """
    summaries: list[TrialSummary] = []
    for file in map(Path, files):
        for place, row in enumerate(_rows(file), 1):
            try:
                summaries.append(read_document(row, TrialSummary))
            except InvalidInput as error:
                raise InvalidInput(f"{file.name}, summary {place}: {error}") from None
            if len(summaries) > _MOST:
                raise InvalidInput.field("--pool", f"{len(summaries)} summaries", f"up to {_MOST}")
    return tuple(summaries)


def pool(summaries: Sequence[TrialSummary]) -> PoolAnswer:
    """Put summaries of one measure together; `InvalidInput` for fewer than two, or for several."""
    measures = sorted({summary.measure for summary in summaries})
    if len(measures) > 1:
        raise InvalidInput.field("measure", ", ".join(measures), "one measure in all summaries")
    if len(summaries) < 2:
        raise InvalidInput.field("--pool", f"{len(summaries)} summaries", "two persons or more")
    scale = scale_of(summaries[0].measure)
    effects = pooled([(each.effect, each.error) for each in summaries], scale.worthwhile)
    better = effects.above_zero if scale.better > 0 else 1.0 - effects.above_zero
    open_label = sum(summary.blinding != "capsules" for summary in summaries)
    keys = ("judgement#spread-of-effects-like-the-smallest-worthwhile-change",)
    return PoolAnswer(
        cautions=(),
        sources=tuple(Source(**cite(key)) for key in keys),
        model_version=model_version(),
        measure=summaries[0].measure,
        label=scale.label,
        unit=scale.unit,
        people=len(summaries),
        mean=effects.mean,
        interval95=effects.interval,
        between=effects.between,
        between95=effects.between_interval,
        prediction95=effects.prediction,
        better=better,
        persons=effects.persons,
        open_label=open_label,
        summary=_words(effects, scale, better, open_label),
    )


def _words(effects: Pooled, scale: Scale, better: float, open_label: int) -> tuple[str, ...]:
    """The pool in plain sentences."""
    mean, low, high, least, most = (
        say.signed(change, unit=scale.unit)
        for change in (effects.mean, *effects.interval, *effects.prediction)
    )
    lines = [
        f"{len(effects.persons)} people tried it on themselves.",
        f"The mean change of {scale.label} is {mean} ({low} to {high}).",
        f"The next one can expect from {least} to {most}. The chance of any gain is "
        f"{say.number(100 * better)} in 100.",
        "People who share a result may not be like you, and some may share only good ones.",
    ]
    if open_label:
        lines.append(f"Of these, {open_label} knew what they took, or did not say.")
    return tuple(lines)


def _rows(file: Path) -> list[dict[str, object]]:
    """The summaries of a file as tables, not yet checked."""
    try:
        if file.stat().st_size > MAX_BYTES:
            raise InvalidInput.field("--pool", file.name, f"up to {MAX_BYTES} bytes")
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise InvalidInput.field("--pool", file.name, "a file of summaries", reason or "") from None
    return _of_json(text, file) if text.lstrip()[:1] in ("[", "{") else _of_csv(text, file)


def _of_json(text: str, file: Path) -> list[dict[str, object]]:
    """One summary, or a list of them."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidInput.field("--pool", file.name, "readable JSON") from None
    rows = content if isinstance(content, list) else [content]
    if not all(isinstance(row, dict) for row in rows):
        raise InvalidInput.field("--pool", file.name, "one summary, or a list of them")
    return rows


def _of_csv(text: str, file: Path) -> list[dict[str, object]]:
    """A summary a row; empty cells are left out."""
    numbers = {"effect": float, "error": float, "nights": int, "periods": int}
    try:
        return [
            {name: numbers.get(name, str)(cell) for name, cell in row.items() if name and cell}
            for row in csv.DictReader(text.splitlines())
        ]
    except (csv.Error, ValueError) as error:
        raise InvalidInput.field("--pool", file.name, "a table of numbers", str(error)) from None
