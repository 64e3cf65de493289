"""My nights: what is kept of a month, night by night, how whole each is, and who recorded it."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import Field

from somnesium.errors import InvalidInput
from somnesium.nights.instrument_error import instrument_error
from somnesium.nights.night import MEASURES
from somnesium.nights.recorded import DoseTaken, RecordedNight
from somnesium.person.document import Document, Number
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.version import model_version
from somnesium.sources import cite
from somnesium.store.days import circumstances, doses_taken, notes, ratings
from somnesium.store.nights import Span, nights, spans
from somnesium.store.open import Store

_TREND = 90
"""Evenings of the course over time, up to the end of the month (judgement#a-season)."""
_MEASURES = ("duration", "latency", "awake_after_onset", "slow_wave")

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
    recorded = nights(store, begin, last) if store else ()
    days = _days(recorded, doses_taken(store) if store else ())
    known = spans(store) if store else ()
    recorders = _recorders(known)
    every = [first + timedelta(days=k) for k in range((last - first).days + 1)]
    return NightsAnswer(
        cautions=(),
        sources=_sources(recorders),
        model_version=model_version(),
        month=month,
        days=tuple(days.get(day) or _day(day, (), ()) for day in every),
        course=tuple(day for _, day in sorted(days.items()) if day.nights),
        recorders=recorders,
        nights=sum(span.nights for span in known if not span.nap),
        first=min((span.first for span in known), default=None),
        last=max((span.last for span in known), default=None),
    )


def day_kept(store: Store | None, evening: date) -> DayAnswer:
    """What is kept of the night of `evening`, each recorder's night apart."""
    recorded = nights(store, evening, evening) if store else ()
    doses = [dose for dose in (doses_taken(store) if store else ()) if dose.evening == evening]
    instruments = {night.instrument for night in recorded}
    known = spans(store) if store else ()
    recorders = _recorders(span for span in known if span.instrument in instruments)
    mornings = {night.wake_date for night in recorded} or {evening + timedelta(days=1)}
    logged = circumstances(store) if store else ()
    rated = ratings(store) if store else ()
    written = notes(store) if store else ()
    return DayAnswer(
        cautions=(),
        sources=_sources(recorders),
        model_version=model_version(),
        day=_day(evening, recorded, doses),
        doses=tuple(DoseKept(what=one.what, taken=one.taken, at=one.taken_at) for one in doses),
        circumstances={
            one.name: one.value if one.value is not None else one.text or ""
            for one in logged
            if one.evening == evening
        },
        ratings={rating.name: rating.value for rating in rated if rating.day in mornings},
        note=next((note.text for note in written if note.evening == evening), ""),
        recorders=recorders,
    )


def _days(recorded: Sequence[RecordedNight], doses: Sequence[DoseTaken]) -> dict[date, DayKept]:
    """Evenings with a night or a word about a dose."""
    by_night: defaultdict[date, list[RecordedNight]] = defaultdict(list)
    by_dose: defaultdict[date, list[DoseTaken]] = defaultdict(list)
    for night in recorded:
        by_night[night.night.evening].append(night)
    for dose in doses:
        by_dose[dose.evening].append(dose)
    return {day: _day(day, by_night[day], by_dose[day]) for day in {*by_night, *by_dose}}


def _day(evening: date, recorded: Sequence[RecordedNight], doses: Sequence[DoseTaken]) -> DayKept:
    documents = tuple(_night(night) for night in recorded)
    known = [night for night in documents if not night.nap and night.duration is not None]
    best = min(known, key=lambda night: _scatter(night.instrument), default=None)
    dose: Taken = "not told"
    if doses:
        dose = "taken" if any(dose.taken for dose in doses) else "not taken"
    return DayKept(
        evening=evening,
        nights=documents,
        dose=dose,
        asleep=best.duration if best else None,
        by=best.instrument if best else "",
    )


def _scatter(instrument: str) -> tuple[float, str]:
    """How much an instrument's sleep time scatters; one without a figure comes last."""
    error = instrument_error(instrument, "duration")
    unknown = error.sd == 0.0 and instrument != "psg"
    return (float("inf") if unknown else error.sd, instrument)


def _night(recorded: RecordedNight) -> NightKept:
    fields = recorded.night._asdict() | recorded._asdict()
    fields |= {"time_in_bed": recorded.night.time_in_bed, "import_number": recorded.import_id}
    return NightKept(**{name: fields[name] for name in NightKept.model_fields})


def _recorders(spans: Iterable[Span]) -> tuple[Recorder, ...]:
    by_instrument: defaultdict[str, list[Span]] = defaultdict(list)
    for span in spans:
        by_instrument[span.instrument].append(span)
    return tuple(
        Recorder(
            instrument=name,
            first=min(span.first for span in every),
            last=max(span.last for span in every),
            nights=sum(span.nights for span in every if not span.nap),
            naps=sum(span.nights for span in every if span.nap),
            errors=_errors(name),
        )
        for name, every in sorted(by_instrument.items())
    )


def _errors(instrument: str) -> tuple[ReadingError, ...]:
    """The errors of an instrument for which any figure is known."""
    errors = (instrument_error(instrument, name)._asdict() for name in _MEASURES)
    return tuple(
        ReadingError(
            unit=MEASURES[error["measure"]][2],
            **{name: error[name] for name in ReadingError.model_fields if name != "unit"},
        )
        for error in errors
        if error["sd"] > 0.0
    )


def _sources(recorders: Sequence[Recorder]) -> tuple[Source, ...]:
    keys = dict.fromkeys(error.source for one in recorders for error in one.errors)
    return tuple(Source(**cite(key)) for key in ("judgement#least-scatter", *keys))
