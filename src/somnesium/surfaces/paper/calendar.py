"""The calendar of an experiment (iCalendar): what to take from which bottle, and the diary."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from somnesium import say
from somnesium.exchange.ics import CalendarEvent, calendar_bytes
from somnesium.quantity import clock_hours
from somnesium.questions.experiment.design import Begun
from somnesium.questions.experiment.today import dose_moments

_LENGTH = timedelta(minutes=5)


def _dose_words(begun: Begun, letter: str, servings: float) -> str:
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


def calendar_text(begun: Begun, run_in: date) -> bytes:
    """The calendar from the first night of the run-in on, with a reminder at every moment."""
    record, habits, events = begun.experiment, begun.plan.request.habits, []
    zone, name = ZoneInfo(habits.time_zone), record.hash[:12]
    first, last = begun.allocation.nights[0][0], begun.allocation.nights[-1][0]
    for evening, letter in begun.allocation.nights:
        for k, (at, servings) in enumerate(dose_moments(begun.plan, evening)):
            text = _dose_words(begun, letter, servings)
            uid = f"{name}-{evening.isoformat()}-{k}@somnesium"
            events.append(CalendarEvent(uid, [at], _LENGTH, text))
    for n in range((last - min(run_in, first)).days + 1):
        day = min(run_in, first) + timedelta(days=n + 1)
        minutes = round(clock_hours(habits.rise.on(day.weekday())) * 60)
        at = datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=zone)
        uid = f"{name}-{day.isoformat()}-diary@somnesium"
        events.append(CalendarEvent(uid, [at], _LENGTH, "Fill in the sleep diary"))
    title = f"Sleep experiment {record.name}"
    return calendar_bytes("self-experiment", title, events, record.made_at)
