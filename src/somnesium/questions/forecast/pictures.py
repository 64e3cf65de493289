"""The parts of a forecast that figures are drawn from."""

import numpy as np

from somnesium.engine.run import Result
from somnesium.engine.tiles import STEP
from somnesium.nights.hypnogram import hypnogram
from somnesium.nights.night import measure, nights_of
from somnesium.person.diet import day_total
from somnesium.person.regimen import Dose
from somnesium.person.request import Request
from somnesium.questions.forecast.answer import Curves, Hypnogram, Intake, NightSummary
from somnesium.simulation.inputs import Timeline
from somnesium.simulation.trajectory import VARIABLES, readings
from somnesium.simulation.worlds import Worlds

SIGNALS = (
    "serum",
    "melatonin",
    "cortisol",
    "vagal",
    "sympathetic",
    "heart_rate",
    "pressure",
    "wake_drive",
    "arousal",
    "sleepiness",
    "light",
    "in_bed",
    "awake",
    "n1",
    "n2",
    "n3",
    "rem",
)
"""Signals of the day-and-night picture."""


def daily_intake(request: Request, taken: tuple[Dose, ...]) -> Intake:
    """Mean magnesium a day from food and from the plan, with the food's 90 % interval."""
    days = [day_total(request.diet, weekday) for weekday in range(7)]
    known = [day.magnesium_mg for day in days if day.magnesium_mg is not None]
    missing = tuple(dict.fromkeys(name for day in days for name in day.missing))
    supplement = sum(d.amount_mg for d in taken if d.substance == "magnesium") / request.days
    if not known:
        return Intake(food_mg=None, food_interval90=None, supplement_mg=supplement, missing=missing)
    mean = float(np.mean(known))
    error = 1.645 * float(np.mean([day.cv for day in days])) * mean
    return Intake(
        food_mg=mean,
        food_interval90=(max(0.0, mean - error), mean + error),
        supplement_mg=supplement,
        missing=missing,
    )


def _nights(result: Result) -> np.ndarray:
    """Rows of the nights that belong to the days asked about; the run goes on for a day more."""
    end = max(result.trace.shape[0] * STEP, result.epochs.shape[1] / 120.0)
    begin, nap = result.field("lights_out")[:, 0], result.field("nap")[:, 0]
    # A bedtime before 06:00 belongs to the evening before, and so still to the last day.
    return np.flatnonzero((begin < end - 18.0) & (nap < 0.5))


def last_nights(worlds: Worlds) -> tuple[NightSummary, ...]:
    """The typical person's last night in each world."""
    out = []
    for world, result in worlds.results.items():
        night = nights_of(result, worlds.line)[_nights(result)[-1]]
        names = [name for name in NightSummary.model_fields if name != "world"]
        out.append(NightSummary(world=world, **{name: getattr(night, name) for name in names}))
    return tuple(out)


def _around(result: Result, line: Timeline) -> tuple[float, float]:
    """Absolute hour, and local clock hour, at which the day around the last night begins.

    Noon for a night; midnight for a sleep by day, so that it is not cut in two.
    """
    row = _nights(result)[-1]
    middle = float(result.field("lights_out")[row, 0] + result.field("rise")[row, 0]) / 2.0
    local = line.local(middle)
    clock = local.hour + local.minute / 60.0 + local.second / 3600.0
    first = 0.0 if 6.0 <= clock < 18.0 else 12.0
    return middle - (clock - first) % 24.0, first


def curves(worlds: Worlds) -> Curves:
    """Signals of the day around the last night, every 15 minutes."""
    hours: np.ndarray = np.array([])
    found = {}
    for world, result in worlds.results.items():
        every, values = readings(result, worlds.line, worlds.draws.values, every=round(0.25 / STEP))
        begin, clock = _around(result, worlds.line)
        after = every + worlds.line.begin - begin
        part = np.flatnonzero((after > -0.01) & (after < 24.01))
        hours = np.round(after[part] + clock, 6)
        found[world] = {name: tuple(map(float, values[name][part])) for name in SIGNALS}
    return Curves(
        hours=tuple(map(float, hours)),
        units={name: VARIABLES[name].unit for name in SIGNALS},
        worlds=found,
    )


def _ordinary(worlds: Worlds) -> int:
    """The row of the drawn night nearest to the mean of the last four weeks.

    Only nights that begin and end at the same clock times as the last are looked at.
    """
    first = next(iter(worlds.results.values()))
    rows = _nights(first)[-28:]
    spans = np.column_stack([first.field("lights_out")[rows, 0], first.field("rise")[rows, 0]])
    clocks = [[worlds.line.local(float(t)).time() for t in span] for span in spans]
    rows = rows[[clock == clocks[-1] for clock in clocks]]
    far = np.zeros(len(rows))
    for result in worlds.results.values():
        for name in ("latency", "duration", "awake_after_onset"):
            value = measure(result, name)[rows, 0]
            far += ((value - value.mean()) / (value.std() + 1.0)) ** 2
    return int(rows[np.argmin(far)])


def hypnograms(worlds: Worlds) -> tuple[Hypnogram, ...]:
    """One drawn night, the same chance in every world: an ordinary one of the last four weeks."""
    row, out = _ordinary(worlds), []
    for world, result in worlds.results.items():
        begin, end = (float(result.field(name)[row, 0]) for name in ("lights_out", "rise"))
        bouts = hypnogram(result.epochs[0], begin, end)
        out.append(
            Hypnogram(
                world=world,
                minutes=tuple(bout.minute for bout in bouts),
                stages=tuple(bout.stage for bout in bouts),
                length=60.0 * (end - begin),
            )
        )
    return tuple(out)
