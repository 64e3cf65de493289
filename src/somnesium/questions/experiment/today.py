"""What is to be done tonight? An experiment as it stands, without opening its seal."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import Field

from somnesium.answers.safety.gate import judge
from somnesium.answers.selftrial.design.allocation import Letter
from somnesium.answers.selftrial.design.question import DesignQuestion, scale_of
from somnesium.errors import InvalidInput
from somnesium.person.checked import CheckedPlan
from somnesium.person.document import Document, Number, read_document
from somnesium.person.habits import occurs
from somnesium.person.person import Person
from somnesium.quantity import clock_hours
from somnesium.questions.experiment.seal import unopened
from somnesium.questions.experiment.words import instruction, standing, to_ask
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.version import model_version
from somnesium.sources import cite, packaged_toml
from somnesium.store.days import doses_taken
from somnesium.store.experiments import Experiment, experiment, experiments
from somnesium.store.nights import nights
from somnesium.store.open import Store

_NIGHT_ENDS = 6.0
"""Clock times before this belong to the evening before [h]."""

Phase = Literal["to come", "run-in", "running", "over", "stopped"]
"""Where an experiment stands."""
Reading = Literal["kept", "due", "missing", "to come"]
"""What is known of a night: `due` is last night's, which can still be written down."""


class DoseDue(Document):
    """A moment at which something is taken, local, and how many servings."""

    at: datetime
    servings: Number


class NightMark(Document):
    """A night: whether it was read, and whether its dose was taken."""

    evening: date
    tonight: bool
    reading: Reading
    dose: Literal["taken", "not taken", "not told", "to come"]


class PeriodMarks(Document):
    """A period and its nights; number 0 without a letter is the run-in."""

    number: int
    letter: str
    nights: tuple[NightMark, ...]


class TodayAnswer(Answer):
    """An experiment tonight. `night` of `planned` and `period` of `periods` are counted from 1.

    `letter` is tonight's bottle; `takes` says of an open experiment whether the plan is taken.
    `stop` holds reasons to stop and ask first: then nothing is to be taken. `kept` and `missing`
    count nights of the periods that are over.
    """

    number: int
    name: str
    plan: str
    hash: str
    blinding: Literal["capsules", "open"]
    label: str
    phase: Phase
    evening: date
    first_run_in: date
    first_evening: date
    last_evening: date
    night: int | None
    planned: int
    period: int | None
    periods: int
    letter: Literal["A", "B"] | None
    takes: bool | None
    doses: tuple[DoseDue, ...]
    morning: Reading
    last_dose: Literal["taken", "not taken", "not told", "to come"]
    over: int
    kept: int
    missing: int
    marks: tuple[PeriodMarks, ...]
    stop: tuple[str, ...]
    stop_rules: tuple[str, ...]
    summary: tuple[str, ...] = Field(description="tonight in plain sentences")


class ExperimentTold(Document):
    """An experiment in a list: what it asks, when, and how far it is."""

    number: int
    name: str
    plan: str
    label: str
    phase: Phase
    first_evening: date
    last_evening: date
    over: int
    planned: int


def dose_moments(plan: CheckedPlan, evening: date) -> Iterator[tuple[datetime, float]]:
    """When something is taken for the night of an evening, local, and how many servings."""
    zone = ZoneInfo(plan.request.habits.time_zone)
    for intake in plan.regimen.intakes:
        for time in intake.times:
            hours = clock_hours(time)
            day = evening + timedelta(days=1 if hours < _NIGHT_ENDS else 0)
            if occurs(intake.days, day.weekday()):
                minutes = round(hours * 60)
                at = datetime(day.year, day.month, day.day, minutes // 60, minutes % 60)
                yield at.replace(tzinfo=zone), intake.servings


def evening_now(kept: Mapping[str, Any], now: datetime) -> date:
    """The evening whose night `now` belongs to, where the person of a question lives."""
    local = now.astimezone(ZoneInfo(kept["habits"]["time_zone"]))
    return (local.replace(tzinfo=None) - timedelta(hours=_NIGHT_ENDS)).date()


class _Kept(NamedTuple):
    """What the store tells of the nights around an experiment, by evening."""

    read: frozenset[date]
    diary: frozenset[date]
    doses: Mapping[date, bool]


def _told(store: Store, first: date, last: date, measure: str) -> _Kept:
    """Nights with a reading of the measure, diary nights, and doses, naps left out."""
    own = [one for one in nights(store, first, last) if not one.night.nap]
    within = [one for one in doses_taken(store) if first <= one.evening <= last]
    names = Counter(one.what for one in within).most_common(1)
    return _Kept(
        frozenset(one.night.evening for one in own if getattr(one.night, measure) is not None),
        frozenset(one.night.evening for one in own if one.instrument == "diary"),
        {one.evening: one.taken for one in within if one.what == names[0][0]},
    )


def _mark(evening: date, tonight: date, told: _Kept) -> NightMark:
    """What is known of one night."""
    over = evening < tonight
    reading: Reading = "to come"
    if evening in told.read:
        reading = "kept"
    elif over:
        reading = "due" if evening == tonight - timedelta(days=1) else "missing"
    dose = told.doses.get(evening)
    said = "not told" if over or dose is not None else "to come"
    if dose is not None:
        said = "taken" if dose else "not taken"
    return NightMark(evening=evening, tonight=evening == tonight, reading=reading, dose=said)


def _phase(kept: Experiment, tonight: date) -> Phase:
    """Where an experiment stands."""
    bottles = unopened(kept).nights
    if kept.state == "stopped":
        return "stopped"
    if tonight > bottles[-1][0]:
        return "over"
    if tonight >= bottles[0][0]:
        return "running"
    return "run-in" if tonight >= date.fromisoformat(kept.question["start"]) else "to come"


def _periods(kept: Experiment, tonight: date, told: _Kept) -> tuple[PeriodMarks, ...]:
    """The run-in, if there is one, and every period."""
    dealt, start = unopened(kept), date.fromisoformat(kept.question["start"])
    first = dealt.nights[0][0]
    lead = [start + timedelta(days=k) for k in range((first - start).days)]
    found = [PeriodMarks(number=0, letter="", nights=_marks(lead, tonight, told))] if lead else []
    for number, letter in enumerate(dealt.periods):
        own = dealt.nights[number * dealt.period_nights : (number + 1) * dealt.period_nights]
        marks = _marks([evening for evening, _ in own], tonight, told)
        found.append(PeriodMarks(number=number + 1, letter=letter, nights=marks))
    return tuple(found)


def _marks(evenings: list[date], tonight: date, told: _Kept) -> tuple[NightMark, ...]:
    return tuple(_mark(one, tonight, told) for one in evenings)


def _sources() -> tuple[Source, ...]:
    """Where the stop rules come from, the drawing, and what a diary night is."""
    keys = [key for rule in packaged_toml("selftrial.toml")["stop"] for key in rule["sources"]]
    keys += ["salmon2011", "definition#sleep-diary"]
    return tuple(Source(**cite(key)) for key in dict.fromkeys(keys))


def today(store: Store, number: int, now: datetime, person: Person | None = None) -> TodayAnswer:
    """Which bottle tonight, when, how far it is, what is written down and what is not.

    `person` is who they say they are by now; what speaks against the plan for them, or is new
    since it began, is a reason to stop and ask. Raises `InvalidInput` for an unknown experiment.
    """
    kept = experiment(store, number)
    question = read_document(kept.question, DesignQuestion)
    dealt, tonight = unopened(kept), evening_now(kept.question, now)
    measure = question.trial.measure
    first, last = dealt.nights[0][0], dealt.nights[-1][0]
    told = _told(store, question.start, last, measure)
    marks, phase = _periods(kept, tonight, told), _phase(kept, tonight)
    place = (tonight - first).days if first <= tonight <= last else None
    letter: Letter | None = None if place is None else dealt.nights[place][1]
    before = _mark(tonight - timedelta(days=1), tonight, told)
    over = [one for mark in marks if mark.number for one in mark.nights if one.evening < tonight]
    judged = judge(question.model_copy(update={"person": person or question.person}))
    safe, plan = judged.answer, judged.plan
    stop = to_ask(safe.refusals, person, question.person)
    going = phase == "running" and not stop
    takes = dealt.letters[letter] == "the plan" if letter and dealt.letters else None
    due = tuple(dose_moments(plan, tonight)) if plan and going and takes is not False else ()
    counts = Counter(one.reading for one in over)
    within = question.start <= before.evening <= last
    fields: dict[str, Any] = {
        "number": kept.id,
        "name": kept.name,
        "plan": question.regimen.name or "the plan",
        "hash": kept.hash,
        "blinding": question.trial.blinding,
        "label": scale_of(measure).label,
        "phase": phase,
        "evening": tonight,
        "first_run_in": question.start,
        "first_evening": first,
        "last_evening": last,
        "night": None if place is None else place + 1,
        "planned": len(dealt.nights),
        "period": None if place is None else place // dealt.period_nights + 1,
        "periods": len(dealt.periods),
        "letter": letter if going else None,
        "takes": takes if going else None,
        "doses": tuple(DoseDue(at=at, servings=servings) for at, servings in due),
        "morning": "to come" if not within else "kept" if before.evening in told.diary else "due",
        "last_dose": before.dose if first <= before.evening <= last else "to come",
        "over": len(over),
        "kept": counts["kept"],
        "missing": counts["missing"],
        "stop": stop,
    }
    return TodayAnswer(
        **fields,
        marks=marks,
        cautions=safe.cautions,
        sources=_sources(),
        model_version=model_version(),
        summary=(*instruction(fields), *standing(fields)),
        stop_rules=tuple(json.loads(kept.preregistration)["stop_rules"]),
    )


def kept_experiments(store: Store, now: datetime) -> tuple[ExperimentTold, ...]:
    """Every experiment of a store, the newest first."""
    found = []
    for kept in reversed(experiments(store)):
        dealt, tonight = unopened(kept).nights, evening_now(kept.question, now)
        measure = json.loads(kept.preregistration)["design"]["measure"]
        found.append(
            ExperimentTold(
                number=kept.id,
                name=kept.name,
                label=scale_of(measure).label,
                plan=kept.question["regimen"].get("name", "") or "the plan",
                phase=_phase(kept, tonight),
                first_evening=dealt[0][0],
                last_evening=dealt[-1][0],
                over=sum(evening < tonight for evening, _ in dealt),
                planned=len(dealt),
            )
        )
    return tuple(found)


def require_free(store: Store, first: date) -> None:
    """Raise `InvalidInput` if an experiment still runs on a day: two at once tell nothing apart."""
    for kept in experiments(store):
        last = unopened(kept).nights[-1][0]
        if kept.state != "stopped" and first <= last:
            fix = f"experiment {kept.id} runs until then: stop it first, or begin later"
            raise InvalidInput.field("start", first.isoformat(), f"a day after {last}", fix)
