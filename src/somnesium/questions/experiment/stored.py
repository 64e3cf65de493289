"""An experiment out of the store: nights by instrument, doses as taken, what was logged."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from somnesium.answers.safety.gate import judge
from somnesium.answers.selftrial.data import Series
from somnesium.answers.selftrial.design.allocation import read_sealed
from somnesium.answers.selftrial.design.kinetics import kinetics
from somnesium.answers.selftrial.design.question import DesignQuestion, scale_of
from somnesium.errors import InvalidInput
from somnesium.nights.recorded import Circumstance, DoseTaken, RecordedNight
from somnesium.nights.recorders import instrument_named
from somnesium.person.document import read_document
from somnesium.questions.experiment.ran import (
    AT_THE_END,
    EARLY_LOOK,
    Kept,
    Look,
    Ran,
    letters_told,
    readings_of,
    usable,
)
from somnesium.store.days import circumstances, doses_taken
from somnesium.store.experiments import Experiment, experiment, experiments, unblind
from somnesium.store.experiments import unblindings as looks_kept
from somnesium.store.nights import imports, nights
from somnesium.store.open import Store


def experiment_ran(
    store: Store,
    number: int | None,
    now: datetime,
    instruments: Sequence[str] = (),
    forecast: bool = True,
) -> Ran:
    """An experiment of the store as of `now`; the latest, if no number is given.

    The seal is opened for it, and that is written down as a look. `instruments` limits whose
    nights are used; `forecast` asks the body model what it expects. Raises `InvalidInput` if there
    is no such experiment, if it has not begun, or if its nights cannot be analysed.
    """
    found = experiment(store, number) if number is not None else _latest(store)
    plan = json.loads(found.preregistration)
    evenings = [date.fromisoformat(day) for day, _ in plan["bottles"]]
    zone = ZoneInfo(found.question["habits"]["time_zone"])
    today = now.astimezone(zone).date()
    over = sum(evening < today for evening in evenings)
    if not over:
        allowed = f"a day after {evenings[0]}"
        raise InvalidInput.field("today", today.isoformat(), allowed, "it has not begun")
    span = _Span(evenings[0], over)
    told = _readings(store, span, plan["design"]["measure"], instruments)
    finished = over == len(evenings)
    when = AT_THE_END if finished else EARLY_LOOK
    reason = f"{when}: analysis after {over} of {len(evenings)} nights"
    dealt = read_sealed(unblind(store, found.id, reason, now).sealed)
    given, period = letters_told(dealt)
    blind = plan["design"]["blinding"] == "capsules"
    taken, doubt = _taken(doses_taken(store), span, given[:over] if blind else None)
    series = Series(
        plan["design"]["measure"],
        span.first,
        given[:over],
        period[:over],
        taken,
        readings_of(told.values, span.first, over),
        _covariates(circumstances(store), span),
    )
    series, notes = usable(series, (*told.notes, *doubt))
    return Ran(
        name=found.name,
        plan=found.question["regimen"].get("name", "") or "the plan",
        comparison=next(arm for arm in dealt.letters.values() if arm != "the plan"),
        blinding=plan["design"]["blinding"],
        measure=series.measure,  # type: ignore[arg-type]
        worthwhile=plan["design"]["worthwhile"],
        series=series,
        allocation=dealt,
        planned=len(evenings),
        half_life=plan["design"]["half_life_nights"],
        finished=finished,
        forecast=forecast_of(found.question) if forecast else None,
        notes=notes,
        kept=_kept(store, found, plan, dealt.seed, told.imports),
    )


def forecast_of(question: Mapping[str, Any]) -> tuple[float, float] | None:
    """What the body model expects of the question's plan: mean and sd over people like this one.

    None where it expects nothing at all, which is no belief that could be weighed, and where the
    plan would be refused today.
    """
    asked = read_document(question, DesignQuestion)
    scale = scale_of(asked.trial.measure)
    size = float(asked.trial.worthwhile or scale.worthwhile)
    plan = judge(asked).plan
    if plan is None:
        return None
    found = kinetics(plan, asked.trial.measure, size, scale.better)
    return (found.gain, found.gain_sd) if found.gain_sd > 0.0 else None


class _Span(NamedTuple):
    """The nights of an experiment that are over: the first evening, and how many."""

    first: date
    nights: int

    def place(self, evening: date) -> int | None:
        """Which night an evening began; None outside."""
        night = (evening - self.first).days
        return night if 0 <= night < self.nights else None


class _Told(NamedTuple):
    """Values by evening, instrument and device; what was left out; imports they came from."""

    values: tuple[tuple[date, str, str, float], ...]
    notes: tuple[str, ...]
    imports: frozenset[int]


def _latest(store: Store) -> Experiment:
    """The experiment that was begun last."""
    found = experiments(store)
    if not found:
        fix = "begin one with somnesium design, or give --nights and --allocation"
        raise InvalidInput.field("experiment", "none", "one that was begun", fix)
    return found[-1]


def _readings(store: Store, span: _Span, measure: str, instruments: Sequence[str]) -> _Told:
    """What the store's nights tell of the measure; naps are no nights."""
    last = span.first + timedelta(days=span.nights - 1)
    kept = [one for one in nights(store, span.first, last) if not one.night.nap]
    named = {instrument_named(name) for name in instruments}
    there = {one.instrument or "wearable" for one in kept}
    if named - there:
        allowed = ", ".join(sorted(there)) or "none yet"
        raise InvalidInput.field("instrument", min(named - there), allowed)
    chosen = [one for one in kept if not named or (one.instrument or "wearable") in named]
    told = [
        (one.night.evening, one.instrument or "wearable", one.device, value)
        for one in chosen
        if (value := getattr(one.night, measure)) is not None
    ]
    return _Told(
        tuple(told),
        _twice(chosen),
        frozenset(one.import_id for one in chosen if one.import_id is not None),
    )


def _twice(kept: Sequence[RecordedNight]) -> tuple[str, ...]:
    """Says so where one device told an evening twice."""
    seen = Counter((one.night.evening, one.instrument, one.device) for one in kept)
    double = sum(count > 1 for count in seen.values())
    return (f"On {double} evenings one device told two nights. The later one counts.",) * (
        double > 0
    )


def _taken(
    doses: Sequence[DoseTaken], span: _Span, given: np.ndarray | None
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Share of the dose taken each night, NaN where nobody wrote it down, (nights,).

    `given` is the allocation of a blinded experiment, in which only a capsule of the right bottle
    holds any dose. Where doses of several things were logged the most frequent one is meant.
    """
    taken, notes = np.full(span.nights, np.nan), ()
    within = [one for one in doses if span.place(one.evening) is not None]
    names = Counter(one.what for one in within)
    if not names:
        return taken, notes
    what = names.most_common(1)[0][0]
    if len(names) > 1:
        notes = (f'Doses of {len(names)} things were logged. Those of "{what}" are used.',)
    for one in within:
        night = span.place(one.evening)
        if one.what == what and night is not None:
            taken[night] = float(one.taken)
    return (taken if given is None else taken * given), notes


def _covariates(logged: Sequence[Circumstance], span: _Span) -> dict[str, np.ndarray]:
    """Numbers logged of the days, by name; of words a column of 0 and 1 for each but the first."""
    found: dict[str, np.ndarray] = {}
    words: dict[str, dict[int, str]] = {}
    for one in logged:
        night = span.place(one.evening)
        if night is None:
            continue
        if one.value is not None:
            found.setdefault(one.name, np.full(span.nights, np.nan))[night] = one.value
        elif one.text:
            words.setdefault(one.name, {})[night] = one.text
    for name, said in words.items():
        for word in sorted(set(said.values()))[1:]:
            column = found.setdefault(f"{name}: {word}", np.full(span.nights, np.nan))
            for night, text in said.items():
                column[night] = float(text == word)
    return found


def _kept(
    store: Store, found: Experiment, plan: Mapping[str, Any], seed: int, used: frozenset[int]
) -> Kept:
    """What the store knows of how the experiment was kept."""
    counts: Counter[str] = Counter()
    for one in imports(store):
        if one.id in used:
            counts.update(one.ledger.counts)
    looks = tuple(Look(one.at, one.reason) for one in looks_kept(store, found.id))
    return Kept(found.id, found.made_at, found.state, plan, found.hash, seed, looks, dict(counts))
