"""What a store adds to a report: the last weeks' nights by recorder, and an experiment.

A blinded experiment that still runs is told as far as anyone may know: its seal stays shut.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from pydantic import Field

from somnesium.answers.selftrial.design.question import scale_of
from somnesium.errors import InvalidInput
from somnesium.nights.recorded import RecordedNight
from somnesium.person.document import Document, Number
from somnesium.questions.experiment.analyse import AnalysisAnswer, analyse
from somnesium.questions.experiment.stored import experiment_ran
from somnesium.store.experiments import Experiment, experiment, experiments
from somnesium.store.nights import nights
from somnesium.store.open import Store

EVENINGS = 28
"""Evenings a report looks back over, from the last night kept (judgement#report-weeks)."""

_MEASURES = {
    "duration": ("sleep", "min"),
    "latency": ("time to fall asleep", "min"),
    "awake_after_onset": ("awake after first falling asleep", "min"),
    "efficiency": ("share of the time in bed asleep", "%"),
    "slow_wave": ("deep sleep (N3)", "min"),
}


class Mean(Document):
    """The mean of a measure over the `nights` that tell it, and their standard deviation."""

    measure: str
    label: str
    unit: str
    nights: int
    mean: Number
    sd: Number | None = Field(description="between nights; null of a single night")


class RecorderTold(Document):
    """One recorder's nights: how many of the evenings it has, and its means.

    Two devices of one make are two recorders. `device` is empty where the file named none.
    """

    instrument: str
    device: str
    nights: int
    missing: int
    means: tuple[Mean, ...]


class Read(Document):
    """A night's sleep [min] as a recorder told it; `recorder` is its place in the list."""

    evening: date
    recorder: int
    duration: Number


class NightsTold(Document):
    """The last weeks of nights in the store, as measured, by recorder."""

    first: date
    last: date
    evenings: int
    recorders: tuple[RecorderTold, ...]
    series: tuple[Read, ...]


class ExperimentTold(Document):
    """An experiment in one person: how far it is, and its analysis once it is over.

    `why_not` says why there is no analysis: it still runs and is sealed, or cannot be analysed.
    """

    number: int
    name: str
    plan: str
    measure: str
    label: str
    blinding: Literal["capsules", "open"]
    first: date
    last: date
    nights_over: int
    planned: int
    analysis: AnalysisAnswer | None
    why_not: str


class Stored(NamedTuple):
    """What a store tells; None where it holds nothing of the kind."""

    nights: NightsTold | None = None
    experiment: ExperimentTold | None = None


def stored_for_report(
    store: Store, now: datetime, zone: str, number: int | None = None, forecast: bool = True
) -> Stored:
    """Nights up to `now` in a time zone, and an experiment (the latest, if no number is given).

    Raises `InvalidInput` for a number that is not there. `forecast` asks the body model beside an
    analysis. An analysis opens the seal of a finished experiment, and that is written down.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    return Stored(_nights(store, today), _experiment(store, now, number, forecast))


# --- nights ----------------------------------------------------------------------------------


def _nights(store: Store, today: date) -> NightsTold | None:
    """The four weeks that end with the last night kept before today."""
    kept = [one for one in nights(store, last=today) if not one.night.nap]
    if not kept:
        return None
    last = max(one.night.evening for one in kept)
    first = last - timedelta(days=EVENINGS - 1)
    found: dict[tuple[str, str], dict[date, RecordedNight]] = {}
    for one in kept:
        if one.night.evening >= first:  # told twice, the later one counts
            who = (one.instrument or "wearable", one.device)
            found.setdefault(who, {})[one.night.evening] = one
    order = sorted(found, key=lambda who: (who[0] != "diary", who))
    return NightsTold(
        first=first,
        last=last,
        evenings=EVENINGS,
        recorders=tuple(_recorder(who, tuple(found[who].values())) for who in order),
        series=tuple(
            Read(evening=evening, recorder=k, duration=one.night.duration)
            for k, who in enumerate(order)
            for evening, one in sorted(found[who].items())
            if one.night.duration is not None
        ),
    )


def _recorder(who: tuple[str, str], kept: Sequence[RecordedNight]) -> RecorderTold:
    """One recorder's means."""
    means = []
    for name, (label, unit) in _MEASURES.items():
        told = [getattr(one.night, name) for one in kept]
        values = [value for value in told if value is not None]
        if values:
            sd = float(np.std(values, ddof=1)) if len(values) > 1 else None
            means.append(
                Mean(
                    measure=name,
                    label=label,
                    unit=unit,
                    nights=len(values),
                    mean=float(np.mean(values)),
                    sd=sd,
                )
            )
    return RecorderTold(
        instrument=who[0],
        device=who[1],
        nights=len(kept),
        missing=EVENINGS - len(kept),
        means=tuple(means),
    )


# --- experiment ------------------------------------------------------------------------------


def _experiment(
    store: Store, now: datetime, number: int | None, forecast: bool
) -> ExperimentTold | None:
    """The experiment that is meant; None if there is none and none was named."""
    kept = experiments(store) if number is None else (experiment(store, number),)
    return _told(store, kept[-1], now, forecast) if kept else None


def finished_experiments(store: Store, now: datetime) -> tuple[tuple[int, str], ...]:
    """Number and name of every experiment of which all nights are over."""
    told = []
    for one in experiments(store):
        evenings = _evenings(one)
        if _over(one, evenings, now) == len(evenings):
            told.append((one.id, one.name))
    return tuple(told)


def _evenings(kept: Experiment) -> list[date]:
    """The evenings of an experiment, as preregistered."""
    return [date.fromisoformat(day) for day, _ in json.loads(kept.preregistration)["bottles"]]


def _over(kept: Experiment, evenings: Sequence[date], now: datetime) -> int:
    """How many of them are over where the person lives."""
    today = now.astimezone(ZoneInfo(kept.question["habits"]["time_zone"])).date()
    return sum(evening < today for evening in evenings)


def _told(store: Store, kept: Experiment, now: datetime, forecast: bool) -> ExperimentTold:
    """An experiment, analysed only once all its nights are over."""
    plan, evenings = json.loads(kept.preregistration), _evenings(kept)
    over = _over(kept, evenings, now)
    analysis, why_not = None, _running(kept.state, over, len(evenings), plan)
    if not why_not:
        try:
            analysis = analyse(experiment_ran(store, kept.id, now, forecast=forecast))
        except InvalidInput as error:
            why_not = f"It is over but could not be analysed: {error}"
    measure = plan["design"]["measure"]
    return ExperimentTold(
        number=kept.id,
        name=kept.name,
        plan=kept.question["regimen"].get("name", "") or "the plan",
        measure=measure,
        label=scale_of(measure).label,
        blinding=plan["design"]["blinding"],
        first=evenings[0],
        last=evenings[-1],
        nights_over=over,
        planned=len(evenings),
        analysis=analysis,
        why_not=why_not,
    )


def _running(state: str, over: int, planned: int, plan: Mapping) -> str:
    """Why it is not analysed yet; empty once it is over."""
    if over >= planned:
        return ""
    how = "was stopped" if state == "stopped" else "runs" if over else "has not begun"
    sealed = "; its order is sealed" if plan["design"]["blinding"] == "capsules" else ""
    return f"It {how}, {over} of {planned} nights over{sealed}. No result is looked at before."
