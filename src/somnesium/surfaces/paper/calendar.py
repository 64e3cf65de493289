"""The calendar of an experiment (iCalendar): what to take from which bottle, and the diary."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from somnesium import say
from somnesium.quantity import clock_hours
from somnesium.questions.experiment.design import Begun
from somnesium.questions.experiment.today import dose_moments


def _said(begun: Begun, letter: str, servings: float) -> str:
    """What to do at one moment, without telling what is in a bottle."""
    if begun.plan.request.trial.blinding == "capsules":
        return f"Take {say.figures(servings)} from bottle {letter}"
    taken = begun.allocation.letters[letter] == "the plan"  # type: ignore[index]
    name = begun.plan.regimen.name or "the plan"
    return (
        f"Take {say.figures(servings)}: {name}"
        if taken
        else f"Take nothing tonight ({name} is left out)"
    )


def _event(uid: str, at: datetime, minutes: int, text: str, stamp: datetime):  # noqa: ANN202
    from icalendar import Alarm, Event

    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", stamp)
    event.add("dtstart", at)
    event.add("dtend", at + timedelta(minutes=minutes))
    event.add("summary", text)
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", text)
    alarm.add("trigger", timedelta(0))
    event.add_component(alarm)
    return event


def calendar_text(begun: Begun, run_in: date) -> bytes:
    """The calendar from the first night of the run-in on, with a reminder at every moment."""
    from icalendar import Calendar

    kept = begun.experiment
    calendar = Calendar()
    calendar.add("prodid", "-//Somnesium//self-experiment//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"Sleep experiment {kept.name}".strip())
    zone, name = ZoneInfo(begun.plan.request.habits.time_zone), kept.hash[:12]
    first, last = begun.allocation.nights[0][0], begun.allocation.nights[-1][0]
    for evening, letter in begun.allocation.nights:
        for k, (at, servings) in enumerate(dose_moments(begun.plan, evening)):
            text = _said(begun, letter, servings)
            uid = f"{name}-{evening.isoformat()}-{k}@somnesium"
            calendar.add_component(_event(uid, at, 5, text, kept.made_at))
    for n in range((last - min(run_in, first)).days + 1):
        day = min(run_in, first) + timedelta(days=n + 1)
        rise = begun.plan.request.habits.rise.on(day.weekday())
        minutes = round(clock_hours(rise) * 60)
        at = datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=zone)
        uid = f"{name}-{day.isoformat()}-diary@somnesium"
        calendar.add_component(_event(uid, at, 5, "Fill in the sleep diary", kept.made_at))
    calendar.add_missing_timezones(min(run_in, first), last + timedelta(days=2))
    return calendar.to_ical()
