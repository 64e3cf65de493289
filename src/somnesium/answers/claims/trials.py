"""What trials say, as facts: pooled over the evidence table, or one published difference."""

import math
from typing import Literal

from somnesium.answers.claims.claim import Fact
from somnesium.answers.evidence.contrasts import differences_of
from somnesium.answers.evidence.measures import MEASURES
from somnesium.answers.evidence.pooling import pool
from somnesium.answers.evidence.studies import studies_of
from somnesium.answers.evidence.table import Contrast, Evidence, packaged
from somnesium.sources import exists


def _references(table: Evidence, trials: tuple[str, ...]) -> tuple[str, ...]:
    rows = [table.trial(name) for name in trials]
    found = [row.reference for row in rows if row is not None and exists(row.reference)]
    return tuple(dict.fromkeys(found))


def pooled(endpoint: str, key: str) -> tuple[Fact, ...]:
    """Magnesium alone against a control over every trial we do not distrust.

    Three facts: the mean with its 95 % interval, `<key>_next` where the true effect of a next trial
    may lie (the prediction interval), and `<key>_arms`, how many arms there are. The first two are
    unknown where no trial can be pooled, the second where there is one.
    """
    table, measure = packaged(), MEASURES[endpoint]
    kept = [
        one
        for one in differences_of(table, endpoint).kept
        if not one.blend and (row := table.trial(one.trial)) is not None and row.role != "distrust"
    ]
    trials = tuple(one.trial for one in kept)
    methods = ("viechtbauer2005", "knapp2003") if kept else ("judgement#contrast-choice",)
    sources = (*_references(table, trials), *methods)
    label = f"{measure.meaning}, trials pooled"
    arms = Fact(
        key=f"{key}_arms",
        label=f"trial arms with {measure.meaning}",
        value=float(len(kept)),
        sources=sources,
    )
    mean = Fact(key=key, label=label, value=None, unit=measure.unit, sources=sources)
    ahead = Fact(
        key=f"{key}_next",
        label=f"{label}: a next trial",
        value=None,
        unit=measure.unit,
        sources=sources,
    )
    if kept:
        names = [one.name for one in kept]
        found = pool(studies_of(names, [d.yi for d in kept], [d.vi for d in kept]))
        mean = mean.model_copy(
            update={"value": found.estimate, "interval": found.used.interval, "level": "mean95"}
        )
        if found.used.prediction is not None:
            ahead = ahead.model_copy(
                update={
                    "value": found.estimate,
                    "interval": found.used.prediction,
                    "level": "mean95",
                }
            )
    return mean, ahead, arms


def _interval(row: Contrast, estimate: float) -> tuple[float, float] | None:
    """The published 95 % interval, or one from the standard error."""
    if row.low is not None and row.high is not None:
        return row.low, row.high
    if row.se is not None:
        return estimate - 1.96 * row.se, estimate + 1.96 * row.se
    return None


def published(trial: str, endpoint: str, key: str, arm: str = "", versus: str = "") -> Fact:
    """One published difference of a trial or review; unknown if it printed no figure."""
    table, measure = packaged(), MEASURES[endpoint]
    rows = [
        row
        for row in table.contrasts
        if (row.trial, row.endpoint) == (trial, endpoint)
        and arm in ("", row.arm)
        and versus in ("", row.versus)
    ]
    row = next((one for one in rows if one.estimate is not None), None)
    sources = _references(table, (trial,)) or ("judgement#evidence-table",)
    label = f"{measure.meaning}, {trial}"
    if row is None or row.estimate is None or not math.isfinite(row.estimate):
        return Fact(key=key, label=label, value=None, unit=measure.unit, sources=sources)
    interval = _interval(row, row.estimate)
    unit = {"smd": "SD", "ratio": "times"}.get(row.measure, row.unit)
    return Fact(
        key=key,
        label=label,
        value=row.estimate,
        unit=unit,
        interval=interval,
        level="exact" if interval is None else "mean95",
        sources=sources,
    )


def measured_in(endpoint: str, key: str) -> Fact:
    """How many trials of magnesium against a control measured an endpoint, figures told or not."""
    table = packaged()
    trials = {
        row.trial
        for row in table.contrasts
        if row.endpoint == endpoint
        and (one := table.trial(row.trial)) is not None
        and one.design != "synthesis"
    }
    return Fact(
        key=key,
        label=f"trials that measured {MEASURES[endpoint].meaning}",
        value=float(len(trials)),
        sources=_references(table, tuple(sorted(trials))) or ("judgement#evidence-table",),
    )


def named_in(key: str, label: str, word: str, *, endpoint: bool = False) -> Fact:
    """How many trials have a word among their endpoints, or else in their title."""
    table = packaged()
    rows = (*table.endpoints, *table.contrasts)
    if endpoint:
        trials = {row.trial for row in rows if word in row.endpoint}
    else:
        trials = {row.trial for row in table.trials if word in row.title_words.lower()}
    return Fact(
        key=key, label=label, value=float(len(trials)), sources=("judgement#evidence-table",)
    )


_SLEEP = frozenset({"sol", "tst", "waso", "se", "isi", "psqi", "n3"})


def arms_of(key: str, label: str, what: Literal["timing", "elemental_mg", "form"]) -> Fact:
    """How many trials that measured sleep compared clock times, doses or forms of magnesium.

    A trial counts if two of its magnesium arms differ in that column.
    """
    table = packaged()
    rows = (*table.endpoints, *table.contrasts)
    slept = {row.trial for row in rows if row.endpoint in _SLEEP}
    count = 0
    for name in slept:
        arms = [a for a in table.arms if a.trial == name and a.kind == "magnesium"]
        count += len({getattr(a, what) for a in arms} - {"", None}) > 1
    return Fact(key=key, label=label, value=float(count), sources=("judgement#evidence-table",))
