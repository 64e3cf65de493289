"""A plan as a calendar (iCalendar, RFC 5545): what to take when, and when to sleep.

Every line of the regimen at every clock time is one repeating event in its own time zone, so that
it keeps its clock time when the clocks change; a journey begins new events in the new zone.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from somnesium import say
from somnesium.exchange.ics import CalendarEvent, calendar_bytes
from somnesium.exchange.taking import amount_words, at_once, compound
from somnesium.person.checked import CheckedPlan
from somnesium.person.habits import WEEKDAYS, night_window, zone_on
from somnesium.person.regimen import Intake
from somnesium.person.request import Request
from somnesium.quantity import clock_hours

_DOSE_MINUTES = 5
"""How long the event of a dose is shown (judgement#a-glance)."""
_WIND_DOWN = timedelta(minutes=30)
"""How long before lights-out the reminder comes (judgement#half-an-hour)."""


class _Stay(NamedTuple):
    """Days of the plan, first to last counted from 0, on which clocks are read in one zone."""

    first: int
    last: int
    zone: str


class _Series(NamedTuple):
    """An event that repeats: its key, days (from 0), minutes after midnight, length, and words."""

    key: str
    days: tuple[int, ...]
    minutes: int
    length: int
    summary: str
    about: str
    early: timedelta


def _stays(request: Request) -> Iterator[_Stay]:
    """The days of a request, by the zone in which their clock times are read."""
    first = 0
    for day in range(1, request.days + 1):
        zone = zone_on(request.habits, first)
        if day == request.days or zone_on(request.habits, day) != zone:
            yield _Stay(first, day - 1, zone)
            first = day


def _taken_on(intake: Intake, stay: _Stay, start: date) -> tuple[int, ...]:
    """Days of a stay on which an intake falls."""
    last = min(stay.last, (intake.end_day or stay.last + 1) - 1)
    return tuple(
        day
        for day in range(max(stay.first, intake.start_day - 1), last + 1)
        if WEEKDAYS[(start + timedelta(days=day)).weekday()] in intake.days
    )


def _dose_words(intake: Intake) -> tuple[str, str]:
    """What to take, in short and in full."""
    parts = [
        f"{amount_words(dose.amount_mg, dose.form)}, as {compound(dose.form)}"
        if dose.form
        else f"{amount_words(dose.amount_mg, None)} {dose.substance.replace('_', ' ')}"
        for dose in at_once(intake)
    ]
    name = intake.product.name if intake.product else "magnesium"
    first = next(iter(at_once(intake)), None)
    amount = (
        "" if intake.product or first is None else f", {say.typed(first.amount_mg)} mg elemental"
    )
    food = ", with food" if intake.with_food else ""
    return f"Take {say.typed(intake.servings)} × {name}{amount}{food}", "\n".join(parts)


def _dose_series(request: Request, stay: _Stay) -> Iterator[_Series]:
    for line, intake in enumerate(request.regimen.intakes):
        if not at_once(intake):
            continue
        days = _taken_on(intake, stay, request.start)
        summary, about = _dose_words(intake)
        for time in intake.times:
            minutes = round(clock_hours(time) * 60)
            key = f"dose/{line}/{time}/{stay.first}"
            yield _Series(key, days, minutes, _DOSE_MINUTES, summary, about, timedelta(0))


def _night_series(request: Request, stay: _Stay) -> Iterator[_Series]:
    """Nights of equal clock times together; one after midnight lies on the next date."""
    groups: dict[tuple[int, int], list[int]] = {}
    for day in range(stay.first, stay.last + 1):
        weekday = (request.start + timedelta(days=day)).weekday()
        bed, rise = (round(hours * 60) for hours in night_window(request.habits, weekday))
        groups.setdefault((bed, rise - bed), []).append(day + bed // 1440)
    for (bed, length), days in groups.items():
        key = f"night/{bed}/{length}/{stay.first}"
        yield _Series(key, tuple(days), bed % 1440, length, "Lights out", "", _WIND_DOWN)


def _moment(request: Request, day: int, minutes: int, zone: ZoneInfo) -> datetime:
    at = request.start + timedelta(days=day)
    return datetime(at.year, at.month, at.day, minutes // 60, minutes % 60, tzinfo=zone)


def _uid(request: Request, series: _Series) -> str:
    """The same for the same place in the same plan, so that a changed plan replaces the old."""
    parts = [request.name, request.person.name, request.start.isoformat(), series.key]
    return f"{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]}@somnesium"


def _event(
    request: Request, series: _Series, zone: ZoneInfo, missed: frozenset[int] = frozenset()
) -> CalendarEvent:
    days = [day for day in series.days if day not in missed]
    return CalendarEvent(
        _uid(request, series),
        [_moment(request, day, series.minutes, zone) for day in days],
        timedelta(minutes=series.length),
        series.summary,
        series.about,
        series.early,
    )


def plan_calendar(plan: CheckedPlan, stamp: datetime) -> bytes:
    """The calendar of a plan's doses and bedtimes over its days; `stamp` is when it is made."""
    request, events = plan.request, []
    for stay in _stays(request):
        zone = ZoneInfo(stay.zone)
        for series in _dose_series(request, stay):
            line = int(series.key.split("/")[1])
            missed = frozenset(day - 1 for day in request.regimen.intakes[line].missed_days)
            events.append(_event(request, series, zone, missed))
        events += [_event(request, series, zone) for series in _night_series(request, stay)]
    return calendar_bytes(
        "plan", f"Somnesium {request.regimen.name or request.name}", events, stamp
    )
