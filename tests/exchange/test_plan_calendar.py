"""The calendar of a plan: parsed by a library of the standard, and right when the clocks change."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from exchange_things import NOW
from icalendar import Calendar

from somnesium.answers.safety.gate import checked_plan
from somnesium.exchange.plan_calendar import plan_calendar
from somnesium.person.document import read_document
from somnesium.person.request import Request
from somnesium.sources import example_path

BERLIN = ZoneInfo("Europe/Berlin")


def request(intakes=(), days=28, start="2026-03-16", **habits):
    base = read_document(example_path("stressed_45"), Request).model_dump(exclude_unset=True)
    base["habits"] = {"bedtime": "23:00", "rise": "07:00", "time_zone": "Europe/Berlin", **habits}
    base |= {
        "regimen": {"name": "Plan, of; mine", "intakes": list(intakes)},
        "days": days,
        "start": start,
    }
    return read_document(base, Request)


def intake(**others):
    return {
        "form": "citrate",
        "magnesium_mg": 200,
        "mass_is": "elemental",
        "times": ["21:30"],
        **others,
    }


def events(asked):
    found = Calendar.from_ical(plan_calendar(checked_plan(asked), NOW))
    return found, list(found.walk("VEVENT"))


def occurrences(event):
    """Moments of an event: its rule followed by the wall clock, without its exceptions."""
    first = event["dtstart"].dt
    if "rrule" not in event:
        return [first]
    rule = event["rrule"]
    until = rule["UNTIL"][0].astimezone(first.tzinfo).replace(tzinfo=None)
    bare = dict(rule)
    del bare["UNTIL"]
    text = event["rrule"].__class__(bare).to_ical().decode()
    wall = rrulestr(text, dtstart=first.replace(tzinfo=None)).between(
        first.replace(tzinfo=None), until, inc=True
    )
    gone = set()
    if "exdate" in event:
        held = event["exdate"] if isinstance(event["exdate"], list) else [event["exdate"]]
        gone = {one.dt.replace(tzinfo=None) for part in held for one in part.dts}
    return [at.replace(tzinfo=first.tzinfo) for at in wall if at not in gone]


def doses_of(asked):
    return [e for e in events(asked)[1] if str(e["summary"]).startswith("Take")]


def test_a_daily_dose_keeps_its_clock_time_over_the_change_of_clocks():
    event = doses_of(request([intake()]))[0]
    found = occurrences(event)
    assert len(found) == 28
    assert {(at.hour, at.minute) for at in found} == {(21, 30)}
    assert {at.utcoffset() for at in found} == {timedelta(hours=1), timedelta(hours=2)}
    assert (found[0].date(), found[-1].date()) == (date(2026, 3, 16), date(2026, 4, 12))
    assert str(event["summary"]) == "Take 1 × magnesium, 200 mg elemental"


def test_the_time_zone_is_defined_with_both_its_offsets():
    found, _ = events(request([intake()]))
    zone = next(one for one in found.walk("VTIMEZONE"))
    assert str(zone["tzid"]) == "Europe/Berlin"
    offsets = {one["tzoffsetto"].td for one in zone.walk() if "tzoffsetto" in one}
    assert offsets == {timedelta(hours=1), timedelta(hours=2)}


def test_weekdays_missed_days_and_the_last_day_hold():
    told = intake(days=["mon", "thu"], start_day=3, end_day=18, missed_days=[11])
    found = occurrences(doses_of(request([told]))[0])
    assert [at.date() for at in found] == [
        date(2026, 3, 19),
        date(2026, 3, 23),
        date(2026, 3, 30),
        date(2026, 4, 2),
    ]


def test_after_a_journey_the_clock_is_read_in_the_new_zone():
    asked = request([intake()], travel=[{"day": 8, "to": "America/New_York"}])
    first, second = doses_of(asked)
    assert occurrences(first)[-1] == datetime(2026, 3, 22, 21, 30, tzinfo=BERLIN)
    there = occurrences(second)[0]
    assert there.isoformat() == "2026-03-23T21:30:00-04:00"
    assert len(occurrences(first)) + len(occurrences(second)) == 28


def test_nights_are_grouped_and_one_after_midnight_is_on_the_next_date():
    asked = request(
        bedtime={"default": "23:00", "fri": "00:30"}, rise={"default": "07:00", "fri": "09:00"}
    )
    _, found = events(asked)
    nights = [e for e in found if str(e["summary"]) == "Lights out"]
    assert [(e["dtstart"].dt.hour, len(occurrences(e))) for e in nights] == [(23, 24), (0, 4)]
    late = occurrences(nights[1])
    assert {at.weekday() for at in late} == {5}
    assert nights[1]["duration"].dt == timedelta(hours=8.5)


def test_every_event_reminds_once_and_names_are_used_once():
    _, found = events(request([intake(), intake(times=["08:00", "22:00"])]))
    assert len(found) == 4
    for event in found:
        assert len(event.walk("VALARM")) == 1
        assert event["dtstamp"].dt == NOW
    names = [str(event["uid"]) for event in found]
    assert len(set(names)) == 4


def test_a_changed_dose_keeps_its_name_so_that_the_calendar_is_replaced():
    one, other = (doses_of(request([intake(magnesium_mg=mg)]))[0] for mg in (200, 300))
    assert one["uid"] == other["uid"]
    assert one["summary"] != other["summary"]


def test_lines_are_folded_and_special_characters_escaped():
    product = {
        "name": "A; very, long\nname " + "ä" * 90,
        "ingredients": [{"substance": "glycine", "amount_mg": 3000}],
    }
    asked = request([{"product": product, "times": ["21:30"]}])
    text = plan_calendar(checked_plan(asked), NOW)
    assert max(len(line) for line in text.split(b"\r\n")) <= 75
    assert b"\n" not in text.replace(b"\r\n", b"")
    assert product["name"] in str(doses_of(asked)[0]["summary"])


def test_control_characters_do_not_go_out():
    product = {"name": "Calm\x00\x1b", "ingredients": [{"substance": "glycine", "amount_mg": 1}]}
    text = plan_calendar(checked_plan(request([{"product": product, "times": ["21:30"]}])), NOW)
    assert not set(text) & ({*range(32)} - {9, 10, 13})
    assert b"Take 1" in text


def test_nothing_taken_makes_a_calendar_of_nights_only():
    _, found = events(request())
    assert [str(event["summary"]) for event in found] == ["Lights out"]


@pytest.mark.parametrize("start", ["2026-10-12", "2026-03-09"])
def test_nights_over_either_change_of_clocks_are_one_a_day(start):
    _, found = events(request(start=start))
    days = [at.date() for at in occurrences(found[0])]
    assert days == [date.fromisoformat(start) + timedelta(days=k) for k in range(28)]
