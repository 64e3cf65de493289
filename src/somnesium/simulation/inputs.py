"""Habits, meals and doses into events on one absolute time line.

Hours run from local midnight `LEAD` days before the start date, in universal time, so a clock
change or a journey shifts local events and nothing else. Events are sorted by time, channel and
value: the order in which a document lists simultaneous things changes nothing.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from somnesium.body.assembly import Body, Inputs, State
from somnesium.engine.channels import ADD, LIGHTS_OUT, MELATONIN, RISE, SET, SETTLE
from somnesium.engine.lanes import leaf_index
from somnesium.person.diet import Diet, meal_intakes
from somnesium.person.habits import Habits, light_steps, night_window, occurs, zone_on
from somnesium.person.regimen import Dose
from somnesium.person.supplements import find_form
from somnesium.quantity import clock_hours, mg_to_mmol

LEAD = 28
"""Days of the same life before the start, so that the body is settled: 21 hastened, 7 plain."""
_SETTLED = 21
_HASTE = 4.0

_MELATONIN_PMOL_PER_MG = 1e9 / 232.28
"""pmol in a mg of melatonin (molar mass 232.28 g/mol)."""


@cache
def _input(name: str) -> int:
    return SET + leaf_index(Inputs, name)


@cache
def _state(name: str) -> int:
    return ADD + leaf_index(State, name)


Event = tuple[float, int, float]
"""Absolute time [h], channel and value."""


class Timeline(NamedTuple):
    """Where absolute hours lie on the calendar."""

    habits: Habits
    start: date

    def hours(self, day: int, clock: float) -> float:
        """Absolute hours of a local clock time [h, may pass 24] on a day; day 0 is the start."""
        whole = int(clock // 24.0)
        local = self.start + timedelta(days=day + whole)
        zone = ZoneInfo(zone_on(self.habits, max(day, 0)))
        midnight = datetime(local.year, local.month, local.day)
        moment = (midnight + timedelta(hours=clock - 24.0 * whole)).replace(tzinfo=zone)
        return (moment.astimezone(UTC) - self.zero).total_seconds() / 3600.0

    @property
    def zero(self) -> datetime:
        """The moment of hour 0, in universal time."""
        first = self.start - timedelta(days=LEAD)
        zone = ZoneInfo(self.habits.time_zone)
        return datetime(first.year, first.month, first.day, tzinfo=zone).astimezone(UTC)

    @property
    def begin(self) -> float:
        """Absolute hours of local midnight at the start of day 0."""
        return self.hours(0, 0.0)

    def local(self, hours: float) -> datetime:
        """The local date and time of absolute hours."""
        moment = self.zero + timedelta(hours=hours)
        day = (moment.date() - self.start).days
        zone = ZoneInfo(zone_on(self.habits, max(day, 0)))
        there = moment.astimezone(zone)
        day = (there.date() - self.start).days
        return moment.astimezone(ZoneInfo(zone_on(self.habits, max(day, 0))))


class Window(NamedTuple):
    """A sleep opportunity [h]; `nap` 1 or 0."""

    lights_out: float
    rise: float
    nap: float


def sleep_windows(line: Timeline, first: int, last: int) -> list[Window]:
    """Nights and naps of days `first` to `last` - 1, in order, never overlapping.

    After a journey a night that would begin before the last one ended begins half an hour after
    it; what is left of less than two hours, and naps that meet a night, are dropped.
    """
    habits = line.habits
    nights: list[Window] = []
    naps: list[Window] = []
    for day in range(first, last):
        weekday = (line.start.weekday() + day) % 7
        bed, rise = night_window(habits, weekday)
        nights.append(Window(line.hours(day, bed), line.hours(day, rise), 0.0))
        for nap in habits.naps:
            if occurs(nap.days, weekday):
                at = line.hours(day, clock_hours(nap.at))
                naps.append(Window(at, at + nap.minutes / 60.0, 1.0))
    windows: list[Window] = []
    for night in sorted(nights):
        begin = max(night.lights_out, windows[-1].rise + 0.5) if windows else night.lights_out
        if night.rise - begin >= 2.0 or (begin == night.lights_out and night.rise > begin):
            windows.append(Window(begin, night.rise, 0.0))
    for nap in naps:
        if all(nap.rise < w.lights_out or nap.lights_out > w.rise for w in windows):
            windows.append(nap)
    return sorted(windows)


def _steps(
    spans: Iterable[tuple[float, float, float]], join: Callable[[list[float]], float]
) -> list[tuple[float, float]]:
    """Step function (time, value) of spans (begin, end, value), joined where they overlap."""
    spans = list(spans)
    edges = sorted({edge for span in spans for edge in span[:2]})
    out: list[tuple[float, float]] = []
    for edge in edges:
        value = join([v for begin, end, v in spans if begin <= edge < end] or [0.0])
        if not out or out[-1][1] != value:
            out.append((edge, value))
    return out


def _light(line: Timeline, windows: list[Window], first: int, last: int) -> list[Event]:
    """Melanopic light events: by the habits out of bed, none in bed."""
    steps = [
        (line.hours(day, step.clock_hours), step.melanopic_edi)
        for day in range(first, last)
        for step in light_steps(line.habits, (line.start.weekday() + day) % 7)
    ]
    steps.sort()
    times = np.array([time for time, _ in steps])
    out: dict[float, float] = {}
    begins = np.array([w.lights_out for w in windows])
    ends = np.array([w.rise for w in windows])
    for time, lux in steps:
        k = int(np.searchsorted(begins, time, "right")) - 1
        if k < 0 or time >= ends[k]:
            out[time] = lux
    for window in windows:
        out[window.lights_out] = 0.0
        before = max(int(np.searchsorted(times, window.rise, "right")) - 1, 0)
        out[window.rise] = steps[before][1]
    return [(time, _input("light"), lux) for time, lux in out.items()]


def _days(line: Timeline, entries: Iterable, first: int, last: int):  # noqa: ANN202
    """Each entry on each day it occurs."""
    entries = tuple(entries)
    for day in range(first, last):
        weekday = (line.start.weekday() + day) % 7
        for entry in entries:
            if occurs(entry.days, weekday):
                yield day, entry


def _stress(line: Timeline, first: int, last: int) -> list[Event]:
    """Stress events, with a tail of a half for an hour and a quarter for another."""
    spans = []
    for day, entry in _days(line, line.habits.stress, first, last):
        begin = clock_hours(entry.from_)
        length = (clock_hours(entry.to) - begin) % 24.0
        end = line.hours(day, begin + length)
        spans += [
            (line.hours(day, begin), end, entry.level),
            (end, end + 1.0, 0.5 * entry.level),
            (end + 1.0, end + 2.0, 0.25 * entry.level),
        ]
    return [(time, _input("stress"), level) for time, level in _steps(spans, max)]


def life_events(line: Timeline, diet: Diet, days: int) -> list[Event]:
    """Events of the life without supplements from day -LEAD to `days`, unsorted."""
    habits, first, last = line.habits, -LEAD, days + 1
    windows = sleep_windows(line, first - 1, last)
    out = _light(line, windows, first, last + 1) + _stress(line, first, last)
    for window in windows:
        out += [(window.lights_out, LIGHTS_OUT, window.nap), (window.rise, RISE, 0.0)]
    exercise = [
        (at := line.hours(day, clock_hours(e.at)), at + e.minutes / 60.0, e.intensity)
        for day, e in _days(line, habits.exercise, first, last)
    ]
    out += [(time, _input("exercise"), value) for time, value in _steps(exercise, max)]
    drinks = [
        (at := line.hours(day, clock_hours(a.at)), at + a.over_hours, a.amount_g / a.over_hours)
        for day, a in _days(line, habits.alcohol, first, last)
    ]
    out += [(time, _input("drinking"), value) for time, value in _steps(drinks, sum)]
    for day, cup in _days(line, habits.caffeine, first, last):
        out.append((line.hours(day, clock_hours(cup.at)), _state("caffeine.gut"), cup.amount_mg))
    meals = {weekday: meal_intakes(diet, weekday) for weekday in range(7)}
    for day in range(first, last):
        for meal in meals[(line.start.weekday() + day) % 7]:
            if meal.magnesium_mg:
                amount = mg_to_mmol(meal.magnesium_mg)
                out.append((line.hours(day, meal.clock_hours), _state("gut.swallowed"), amount))
    for k in range(1, _SETTLED + 1):
        out.append((24.0 * k - 6.0, SETTLE, _HASTE))
    return [event for event in out if event[0] >= 0.0]


_STUDIED_MG = {"glycine": 3000.0, "theanine": 300.0, "tryptophan": 1000.0, "ashwagandha": 600.0}
"""Daily doses studied [mg]: yamadera2007, bulman2025, sutanto2022, cheah2021."""
_CALMING = {
    "glycine": ("calmatives.onset_gut", 1.0),
    "theanine": ("calmatives.onset_gut", 0.5),
    "tryptophan": ("calmatives.staying_gut", 1.0),
}
"""Where an acute co-ingredient acts, and its size against glycine's or tryptophan's."""


def _magnesium(dose: Dose, time: float, dissolved: float) -> list[Event]:
    """Events of one magnesium dose; `dissolved` is the share that ever dissolves."""
    form = find_form(dose.form or "")
    amount = mg_to_mmol(dose.amount_mg)
    share = dissolved * (1.0 if dose.with_food else Body().gut.fasting_share)
    where = "gut.solid" if form.slow else "gut.swallowed"
    return [
        (time, _state(where), amount * share),
        (time, _state("lost.stool"), amount * (1.0 - share)),
    ]


def dose_events(
    line: Timeline, doses: Iterable[Dose], dissolved: Callable[[str], float]
) -> list[Event]:
    """Events of what is taken, unsorted. `dissolved(form)` is the share that dissolves.

    Zinc, vitamin B6 and 5-hydroxytryptophan have no effect in the model; doses above the studied
    one count as it.
    """
    out: list[Event] = []
    for dose in doses:
        time = line.hours(dose.day, dose.clock_hours)
        if dose.substance == "magnesium":
            out += _magnesium(dose, time, dissolved(dose.form or ""))
        elif dose.substance == "melatonin":
            out.append((time, MELATONIN, dose.amount_mg * _MELATONIN_PMOL_PER_MG))
        elif dose.substance in _CALMING:
            where, size = _CALMING[dose.substance]
            share = min(dose.amount_mg / _STUDIED_MG[dose.substance], 1.0)
            out.append((time, _state(where), size * share))
        elif dose.substance == "ashwagandha":
            share = min(dose.amount_mg / _STUDIED_MG["ashwagandha"], 1.0)
            daily = 24.0 * Body().calmatives.adaptation
            out.append((time, _state("calmatives.adaptogen"), share * daily))
    return out
