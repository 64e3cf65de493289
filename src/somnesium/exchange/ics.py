"""The one writer of calendars (iCalendar, RFC 5545): events that may repeat, with reminders."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from icalendar import Alarm, Calendar, Event

from somnesium.exchange.records import printable
from somnesium.person.habits import WEEKDAYS


class CalendarEvent(NamedTuple):
    """An event at moments of one clock time and zone, in order, with a reminder `early` before.

    `uid` stays the same when the same event is written again, so that it replaces the old one.
    """

    uid: str
    at: Sequence[datetime]
    length: timedelta
    summary: str
    description: str = ""
    early: timedelta = timedelta(0)


def _rule(at: Sequence[datetime]) -> tuple[dict[str, object], list[datetime]]:
    """The rule that repeats on these days, and moments that it makes and that are none of them.

    All weekdays that occur are repeated.
    """
    weekdays = sorted({moment.weekday() for moment in at})
    rule: dict[str, object] = {"until": at[-1].astimezone(UTC)}
    if len(weekdays) == len(WEEKDAYS):
        rule["freq"] = "daily"
    else:
        rule |= {"freq": "weekly", "byday": [WEEKDAYS[k][:2].upper() for k in weekdays]}
    wanted, day, exceptions = set(at), at[0], []
    while day <= at[-1]:
        if day.weekday() in weekdays and day not in wanted:
            exceptions.append(day)
        day += timedelta(days=1)  # by the wall clock, as the rule counts
    return rule, exceptions


def _component(event: CalendarEvent, stamp: datetime) -> Event:
    component, alarm = Event(), Alarm()
    component.add("uid", event.uid)
    component.add("dtstamp", stamp)
    component.add("dtstart", event.at[0])
    component.add("duration", event.length)
    if len(event.at) > 1:
        rule, exceptions = _rule(event.at)
        component.add("rrule", rule)
        if exceptions:
            component.add("exdate", exceptions)
    component.add("summary", printable(event.summary))
    if event.description:
        component.add("description", printable(event.description))
    component.add("transp", "TRANSPARENT")
    alarm.add("action", "DISPLAY")
    alarm.add("description", printable(event.summary))
    alarm.add("trigger", -event.early)
    component.add_component(alarm)
    return component


def calendar_bytes(
    maker: str, name: str, events: Iterable[CalendarEvent], stamp: datetime
) -> bytes:
    """An .ics file: lines folded, special characters escaped, time zones defined.

    `maker` is the part of Somnesium that writes it and `stamp` when; events without a moment are
    left out.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//Somnesium//{maker}//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", printable(name.strip()))
    events = [event for event in events if event.at]
    for event in events:
        calendar.add_component(_component(event, stamp))
    if events:
        first = min(event.at[0].date() for event in events)
        last = max(event.at[-1].date() for event in events)
        calendar.add_missing_timezones(first - timedelta(days=1), last + timedelta(days=2))
    return calendar.to_ical()
