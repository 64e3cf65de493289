"""What trials say, as facts: pooled over the evidence table, or one published difference."""

import math
from collections.abc import Iterable
from typing import Literal

from somnesium.answers.claims.claim import Fact, fact
from somnesium.answers.evidence.contrasts import differences_of, studies_of_differences
from somnesium.answers.evidence.measures import MEASURES
from somnesium.answers.evidence.pooling import pool
from somnesium.answers.evidence.reading import packaged
from somnesium.answers.evidence.table import Contrast, Evidence
from somnesium.sources import exists

_TABLE = ("judgement#evidence-table",)


def _references(table: Evidence, trials: Iterable[str]) -> tuple[str, ...]:
    """Sources of trials of the table, as far as we hold them."""
    rows = [table.trial(name) for name in trials]
    keys = [row.reference for row in rows if row is not None and exists(row.reference)]
    return tuple(dict.fromkeys(keys))


def pooled(endpoint: str, key: str) -> tuple[Fact, ...]:
    """Magnesium alone against a control over every trial we do not distrust.

    Three facts: the mean with its 95 % interval, `<key>_next` where the true effect of a next trial
    may lie (the prediction interval), and `<key>_arms`, how many arms there are. The first two are
    unknown where no trial can be pooled, the second where there is one.
    """
    table, measure = packaged(), MEASURES[endpoint]
    arms = [
        arm
        for arm in differences_of(table, endpoint).usable
        if not arm.blend and (row := table.trial(arm.trial)) is not None and row.role != "distrust"
    ]
    methods = ("viechtbauer2005", "knapp2003") if arms else ("judgement#contrast-choice",)
    sources = (*_references(table, [arm.trial for arm in arms]), *methods)
    label = f"{measure.meaning}, trials pooled"
    mean = fact(key, label, None, measure.unit, sources)
    ahead = fact(f"{key}_next", f"{label}: a next trial", None, measure.unit, sources)
    if arms:
        together = pool(studies_of_differences(arms))
        known = {"value": together.estimate, "level": "mean95"}
        mean = mean.model_copy(update=known | {"interval": together.used.interval})
        if together.used.prediction is not None:
            ahead = ahead.model_copy(update=known | {"interval": together.used.prediction})
    count = fact(f"{key}_arms", f"trial arms with {measure.meaning}", float(len(arms)), "", sources)
    return mean, ahead, count


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
    row = next((each for each in rows if each.estimate is not None), None)
    sources = _references(table, (trial,)) or _TABLE
    label = f"{measure.meaning}, {trial}"
    if row is None or row.estimate is None or not math.isfinite(row.estimate):
        return fact(key, label, None, measure.unit, sources)
    interval = _interval(row, row.estimate)
    unit = {"smd": "SD", "ratio": "times"}.get(row.measure, row.unit)
    level = "exact" if interval is None else "mean95"
    return fact(key, label, row.estimate, unit, sources, interval, level)


def measured_in(endpoint: str, key: str) -> Fact:
    """How many trials of magnesium against a control measured an endpoint, figures told or not."""
    table = packaged()
    named = {row.trial for row in table.contrasts if row.endpoint == endpoint}
    trials = {
        name
        for name in named
        if (row := table.trial(name)) is not None and row.design != "synthesis"
    }
    label = f"trials that measured {MEASURES[endpoint].meaning}"
    sources = _references(table, sorted(trials)) or _TABLE
    return fact(key, label, float(len(trials)), "", sources)


def named_in(key: str, label: str, word: str, *, endpoint: bool = False) -> Fact:
    """How many trials have a word among their endpoints, or else in their title."""
    table = packaged()
    rows = (*table.endpoints, *table.contrasts)
    if endpoint:
        trials = {row.trial for row in rows if word in row.endpoint}
    else:
        trials = {row.trial for row in table.trials if word in row.title_words.lower()}
    return fact(key, label, float(len(trials)), "", _TABLE)


_SLEEP = frozenset({"sol", "tst", "waso", "se", "isi", "psqi", "n3"})


def arms_of(key: str, label: str, what: Literal["timing", "elemental_mg", "form"]) -> Fact:
    """How many trials that measured sleep compared clock times, doses or forms of magnesium.

    A trial counts if two of its magnesium arms differ in that column.
    """
    table = packaged()
    rows = (*table.endpoints, *table.contrasts)
    count = 0
    for name in {row.trial for row in rows if row.endpoint in _SLEEP}:
        arms = [arm for arm in table.arms if arm.trial == name and arm.kind == "magnesium"]
        count += len({getattr(arm, what) for arm in arms} - {"", None}) > 1
    return fact(key, label, float(count), "", _TABLE)
