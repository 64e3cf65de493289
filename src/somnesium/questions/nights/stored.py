"""My nights: what is kept of a month, night by night, how whole each is, and who recorded it."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import Field

from somnesium.errors import InvalidInput
from somnesium.nights.instrument_error import instrument_error
from somnesium.nights.night import MEASURES
from somnesium.person.document import Document, Number
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.version import model_version
from somnesium.sources import cite
from somnesium.store.days import DoseTaken, circumstances, doses_taken, notes, ratings
from somnesium.store.nights import KeptNight, Span, nights, spans
from somnesium.store.open import Store

_TREND = 90
"""Evenings of the course over time, up to the end of the month (judgement#a-season)."""
_TOLD = ("duration", "latency", "awake_after_onset", "slow_wave")

Taken = Literal["taken", "not taken", "not told"]


class ReadingError(Document):
    """How far one reading of an instrument lies from a sleep laboratory's [the measure's unit].

    A reading is bias + slope · true + noise of `sd`, the scatter of single nights. `known` is
    false where nobody measured this instrument and the figures are those of its kind.
    """

    measure: str
    unit: str
    bias: Number
    slope: Number
    sd: Number
    known: bool
    source: str


class Recorder(Document):
    """An instrument of kept nights, and its errors as far as any figure is known."""

    instrument: str
    nights: int
    naps: int
    first: date
    last: date
    errors: tuple[ReadingError, ...]


class NightKept(Document):
    """A night as one recorder told it [min, %]; null is unknown, `lacks` says what is missing."""

    evening: date
    wake_date: date
    lights_out: datetime
    rise: datetime
    zone: str
    nap: bool
    time_in_bed: Number
    latency: Number | None
    duration: Number | None
    awake_after_onset: Number | None
    efficiency: Number | None
    slow_wave: Number | None
    instrument: str
    device: str
    source: str
    lacks: tuple[str, ...]
    import_number: int | None


class DayKept(Document):
    """An evening: its nights and naps. `asleep` [min] is told by the recorder `by`, if any does.

    Of several recorders of one night that with the smallest scatter of single nights is taken
    (judgement#least-scatter).
    """

    evening: date
    nights: tuple[NightKept, ...]
    asleep: Number | None
    by: str
    dose: Taken


class NightsAnswer(Answer):
    """A month of nights, and the course of sleep over the evenings before its end."""

    month: str
    days: tuple[DayKept, ...] = Field(description="every evening of the month")
    course: tuple[DayKept, ...] = Field(description="evenings with nights, of the last 90")
    recorders: tuple[Recorder, ...]
    nights: int = Field(description="nights kept in all, naps left out")
    first: date | None
    last: date | None


class DoseKept(Document):
    """A dose of an evening as it was told; `at` as the clock showed it."""

    what: str
    taken: bool
    at: datetime | None


class DayAnswer(Answer):
    """Everything that is kept of one evening and the morning after it."""

    day: DayKept
    doses: tuple[DoseKept, ...]
    circumstances: dict[str, Number | str]
    ratings: dict[str, Number]
    note: str
    recorders: tuple[Recorder, ...]


def month_of(text: str) -> tuple[date, date]:
    """The first and the last day of a month written as `2026-11`, or `InvalidInput`."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise InvalidInput.field("month", text, "a month such as 2026-11") from None
    if not 1970 <= first.year <= 2100:
        raise InvalidInput.field("month", text, "a month from 1970 to 2100")
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def nights_kept(store: Store | None, month: str) -> NightsAnswer:
    """The nights of a month such as `2026-11`; None is a store that holds nothing yet."""
    first, last = month_of(month)
    begin = min(first, last - timedelta(days=_TREND - 1))
    kept = nights(store, begin, last) if store else ()
    days = _days(kept, doses_taken(store) if store else ())
    known = spans(store) if store else ()
    recorders = _recorders(known)
    every = [first + timedelta(days=k) for k in range((last - first).days + 1)]
    return NightsAnswer(
        cautions=(),
        sources=_sources(recorders),
        model_version=model_version(),
        month=month,
        days=tuple(days.get(day) or _day(day, (), ()) for day in every),
        course=tuple(one for _, one in sorted(days.items()) if one.nights),
        recorders=recorders,
        nights=sum(one.nights for one in known if not one.nap),
        first=min((one.first for one in known), default=None),
        last=max((one.last for one in known), default=None),
    )


def day_kept(store: Store | None, evening: date) -> DayAnswer:
    """What is kept of the night of `evening`, each recorder's night apart."""
    found = nights(store, evening, evening) if store else ()
    doses = [one for one in (doses_taken(store) if store else ()) if one.evening == evening]
    named = {one.instrument for one in found}
    known = spans(store) if store else ()
    recorders = _recorders(one for one in known if one.instrument in named)
    mornings = {one.recorded.wake_date for one in found} or {evening + timedelta(days=1)}
    said = [one for one in (circumstances(store) if store else ()) if one.evening == evening]
    rated = [one for one in (ratings(store) if store else ()) if one.day in mornings]
    noted = [one.text for one in (notes(store) if store else ()) if one.evening == evening]
    return DayAnswer(
        cautions=(),
        sources=_sources(recorders),
        model_version=model_version(),
        day=_day(evening, found, doses),
        doses=tuple(DoseKept(what=one.what, taken=one.taken, at=one.taken_at) for one in doses),
        circumstances={
            one.name: one.value if one.value is not None else one.text or "" for one in said
        },
        ratings={one.name: one.value for one in rated},
        note=noted[0] if noted else "",
        recorders=recorders,
    )


def _days(kept: Sequence[KeptNight], doses: Sequence[DoseTaken]) -> dict[date, DayKept]:
    """Evenings with a night or a word about a dose."""
    evenings = {one.recorded.night.evening for one in kept} | {one.evening for one in doses}
    by_night: dict[date, list[KeptNight]] = {day: [] for day in evenings}
    by_dose: dict[date, list[DoseTaken]] = {day: [] for day in evenings}
    for one in kept:
        by_night[one.recorded.night.evening].append(one)
    for dose in doses:
        by_dose[dose.evening].append(dose)
    return {day: _day(day, by_night[day], by_dose[day]) for day in evenings}


def _day(evening: date, kept: Sequence[KeptNight], doses: Sequence[DoseTaken]) -> DayKept:
    told = tuple(_night(one) for one in kept)
    known = [one for one in told if not one.nap and one.duration is not None]
    best = min(known, key=lambda one: _scatter(one.instrument), default=None)
    dose: Taken = "not told"
    if doses:
        dose = "taken" if any(one.taken for one in doses) else "not taken"
    return DayKept(
        evening=evening,
        nights=told,
        dose=dose,
        asleep=best.duration if best else None,
        by=best.instrument if best else "",
    )


def _scatter(instrument: str) -> tuple[float, str]:
    """How much an instrument's sleep time scatters; one without a figure comes last."""
    error = instrument_error(instrument, "duration")
    unknown = error.sd == 0.0 and instrument != "psg"
    return (float("inf") if unknown else error.sd, instrument)


def _night(one: KeptNight) -> NightKept:
    night = one.recorded.night
    return NightKept(
        evening=night.evening,
        wake_date=one.recorded.wake_date,
        lights_out=night.lights_out,
        rise=night.rise,
        zone=one.recorded.zone,
        nap=night.nap,
        time_in_bed=night.time_in_bed,
        latency=night.latency,
        duration=night.duration,
        awake_after_onset=night.awake_after_onset,
        efficiency=night.efficiency,
        slow_wave=night.slow_wave,
        instrument=one.instrument,
        device=one.recorded.device,
        source=one.recorded.source,
        lacks=one.recorded.lacks,
        import_number=one.import_id,
    )


def _recorders(known: Iterable[Span]) -> tuple[Recorder, ...]:
    found: dict[str, list[Span]] = {}
    for one in known:
        found.setdefault(one.instrument, []).append(one)
    return tuple(
        Recorder(
            instrument=name,
            first=min(one.first for one in own),
            last=max(o.last for o in own),
            nights=sum(one.nights for one in own if not one.nap),
            naps=sum(one.nights for one in own if one.nap),
            errors=_errors(name),
        )
        for name, own in sorted(found.items())
    )


def _errors(instrument: str) -> tuple[ReadingError, ...]:
    """The errors of an instrument for which any figure is known."""
    rows = [(name, instrument_error(instrument, name)) for name in _TOLD]
    return tuple(
        ReadingError(
            measure=name,
            unit=MEASURES[name][2],
            bias=one.bias,
            slope=one.slope,
            sd=one.sd,
            known=one.known,
            source=one.source,
        )
        for name, one in rows
        if one.sd > 0.0
    )


def _sources(recorders: Sequence[Recorder]) -> tuple[Source, ...]:
    keys = dict.fromkeys(error.source for one in recorders for error in one.errors)
    return tuple(Source(**cite(key)) for key in ("judgement#least-scatter", *keys))
