"""Open mHealth data points: sleep episodes, doses taken and doses not taken.

Schemas `omh:sleep-episode:1.1`, `omh:single-medication-dose-taken:1.0`,
`omh:reason-single-medication-dose-not-taken:1.0`, `omh:data-point:1.0` and `omh:header:1.2`. A
sleep episode of theirs reaches from falling asleep to the last waking, not from lights-out to
rise; so the time awake and the efficiency told are those of that span.
"""

import json
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Literal, NamedTuple

from somnesium.exchange.records import Records, identity, printable
from somnesium.exchange.taking import substance
from somnesium.nights.recorded import DoseTaken, RecordedNight
from somnesium.nights.stretches import ASLEEP

Body = dict[str, Any]
Modality = Literal["sensed", "self-reported"]

_EPISODE = ("sleep-episode", "1.1")
_TAKEN = ("single-medication-dose-taken", "1.0")
_MISSED = ("reason-single-medication-dose-not-taken", "1.0")
_NOT_TOLD = "not told"


class Points(NamedTuple):
    """Data points as a JSON array, and what could not be told in this format."""

    content: bytes
    points: int
    left_out: tuple[str, ...]


class _Span(NamedTuple):
    """From falling asleep to the last waking; `arising` is minutes from then to rise, if known."""

    onset: datetime
    waking: datetime
    arising: float | None
    whole: bool


def _unit(value: float, unit: str) -> Body:
    return {"value": round(value, 3), "unit": unit}


def _interval(begin: datetime, end: datetime) -> Body:
    times = (begin.isoformat(timespec="seconds"), end.isoformat(timespec="seconds"))
    return {"time_interval": {"start_date_time": times[0], "end_date_time": times[1]}}


def _after(at: datetime, minutes: float) -> datetime:
    """A moment so many minutes later, clock changes included."""
    return (at.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(at.tzinfo)


def _span(recorded: RecordedNight) -> _Span:
    """The sleep itself, from its stages if they were told, or else from latency and rise."""
    night = recorded.night
    slept = [stretch for stretch in recorded.stages if stretch.stage in ASLEEP]
    if slept:
        last = max(slept, key=lambda stretch: stretch.until)
        first = min(slept, key=lambda stretch: stretch.since)
        arising = (night.rise.timestamp() - last.until) / 60.0
        return _Span(first.begin, last.end, max(arising, 0.0), True)
    if night.latency is not None:
        waited = min(night.latency, night.time_in_bed)
        return _Span(_after(night.lights_out, waited), night.rise, None, True)
    return _Span(night.lights_out, night.rise, None, False)


def _episode(recorded: RecordedNight) -> Body:
    """A night or nap; what is not known is left out."""
    night, span = recorded.night, _span(recorded)
    length = (span.waking.timestamp() - span.onset.timestamp()) / 60.0
    body: Body = {
        "effective_time_frame": _interval(span.onset, span.waking),
        "is_main_sleep": not night.nap,
    }
    if night.latency is not None:
        body["latency_to_sleep_onset"] = _unit(night.latency, "min")
    if span.arising is not None:
        body["latency_to_arising"] = _unit(span.arising, "min")
    if night.duration is not None:
        body["total_sleep_time"] = _unit(night.duration, "min")
        if span.whole and length > 0.0 and 0.0 < night.duration <= length + 0.5:
            awake = max(length - night.duration, 0.0)
            body["wake_after_sleep_onset"] = _unit(awake, "min")
            share = min(100.0 * night.duration / length, 100.0)
            body["sleep_maintenance_efficiency_percentage"] = _unit(share, "%")
    if night.awakenings is not None and night.awakenings == int(night.awakenings):
        body["number_of_awakenings"] = int(night.awakenings)
    return body


def _day(day: date, zone: tzinfo) -> Body:
    """A whole day as a time frame, where no clock time was told."""
    begin = datetime(day.year, day.month, day.day, tzinfo=zone)
    interval = {"start_date_time": begin.isoformat(timespec="seconds"), "duration": _unit(1, "d")}
    return {"time_interval": interval}


def _dose(dose: DoseTaken, zone: tzinfo) -> Body | None:
    """A dose taken or not; None for one taken whose amount was not told."""
    strength = _unit(dose.amount_mg or 0.0, "mg")
    strength["ingredient_name"] = dose.what if dose.form is None else "magnesium (elemental)"
    known = dose.amount_mg is not None
    medicine = {
        "generic_name": substance(dose.what, dose.form),
        "strength": [strength] if known else [],
    }
    at = {"date_time": dose.taken_at.isoformat(timespec="seconds")} if dose.taken_at else None
    body: Body = {"medication": medicine, "effective_time_frame": at or _day(dose.evening, zone)}
    if not dose.taken:
        return {**body, "reason_for_missing_dose": _NOT_TOLD}
    return {**body, "dose": _unit(dose.amount_mg, "mg")} if dose.amount_mg is not None else None


def _point(
    records: Records,
    key: str,
    schema: tuple[str, str],
    body: Body,
    made: datetime,
    source: str,
    modality: Modality,
) -> Body:
    name, version = schema
    header = {
        "id": str(identity(records, name, key)),
        "creation_date_time": made.astimezone(UTC).isoformat(timespec="seconds"),
        "schema_id": {"namespace": "omh", "name": name, "version": version},
        "acquisition_provenance": {"source_name": source, "modality": modality},
    }
    return {"header": header, "body": body}


def _nights(records: Records) -> list[Body]:
    points = []
    for recorded in records.nights:
        modality: Modality = "self-reported" if recorded.instrument == "diary" else "sensed"
        source = recorded.device or recorded.source
        made = recorded.recorded_at or recorded.night.rise
        points.append(
            _point(records, recorded.key, _EPISODE, _episode(recorded), made, source, modality)
        )
    return points


def data_points(records: Records, zones: dict[str, tzinfo], now: datetime) -> Points:
    """All nights and doses as data points; `zones` are those named by the doses.

    A dose taken has an amount in this format, so one without is left out, and said so.
    """
    points, unknown = _nights(records), 0
    for dose in records.doses:
        body = _dose(dose, zones[dose.zone])
        if body is None:
            unknown += 1
            continue
        schema, key = (_TAKEN if dose.taken else _MISSED), f"{dose.evening}/{dose.what}"
        points.append(_point(records, key, schema, body, now, "Somnesium diary", "self-reported"))
    text = json.dumps(printable(points), ensure_ascii=False) + "\n"
    doses = "dose" if unknown == 1 else "doses"
    left = (f"{unknown} {doses} taken of an amount not told",) if unknown else ()
    return Points(text.encode(), len(points), left)
