"""The parts of a forecast that figures are drawn from."""

import numpy as np

from somnesium.app.schema import Curves, Hypnogram, Intake, NightSummary
from somnesium.nights.hypnogram import hypnogram
from somnesium.nights.night import nights_of
from somnesium.person.diet import day_total
from somnesium.person.regimen import Dose
from somnesium.person.request import Request
from somnesium.simulation.trajectory import UNITS, trajectory
from somnesium.simulation.worlds import Worlds

__all__ = ["SIGNALS", "curves", "daily_intake", "hypnograms", "last_nights"]

SIGNALS = (
    "serum", "melatonin", "cortisol", "vagal", "sympathetic", "heart_rate", "pressure",
    "wake_drive", "arousal", "sleepiness", "light", "in_bed", "awake", "n1", "n2", "n3", "rem",
)
"""Signals of the day-and-night picture."""


def daily_intake(request: Request, taken: tuple[Dose, ...]) -> Intake:
    """Mean magnesium a day from food and from the plan, with the food's 90 % interval."""
    days = [day_total(request.diet, weekday) for weekday in range(7)]
    known = [day.magnesium_mg for day in days if day.magnesium_mg is not None]
    missing = tuple(dict.fromkeys(name for day in days for name in day.missing))
    supplement = sum(d.amount_mg for d in taken if d.substance == "magnesium") / request.days
    if not known:
        return Intake(
            food_mg=None, food_interval90=None, supplement_mg=supplement, missing=missing
        )
    mean = float(np.mean(known))
    error = 1.645 * float(np.mean([day.cv for day in days])) * mean
    return Intake(
        food_mg=mean,
        food_interval90=(max(0.0, mean - error), mean + error),
        supplement_mg=supplement,
        missing=missing,
    )


def last_nights(worlds: Worlds) -> tuple[NightSummary, ...]:
    """The typical person's last night in each world."""
    out = []
    for world, result in worlds.results.items():
        night = [n for n in nights_of(result, worlds.line) if not n.nap][-1]
        names = [name for name in NightSummary.model_fields if name != "world"]
        out.append(NightSummary(world=world, **{name: getattr(night, name) for name in names}))
    return tuple(out)


def curves(worlds: Worlds) -> Curves:
    """Signals from noon to noon around the last night, every 15 minutes."""
    hours: np.ndarray = np.array([])
    found = {}
    for world, result in worlds.results.items():
        data = trajectory(result, worlds.line, worlds.draws.values, every=3)
        last = np.floor((float(data.hours[-1]) - 12.0) / 24.0) * 24.0 - 12.0
        part = data.isel(time=np.flatnonzero((data.hours >= last) & (data.hours <= last + 24.0)))
        hours = part.hours.values - last + 12.0
        found[world] = {name: tuple(map(float, part[name].values)) for name in SIGNALS}
    return Curves(
        hours=tuple(map(float, hours)),
        units={name: UNITS[name][0] for name in SIGNALS},
        worlds=found,
    )


def hypnograms(worlds: Worlds) -> tuple[Hypnogram, ...]:
    """One drawn night, the same chance in every world: the last."""
    out = []
    for world, result in worlds.results.items():
        begin, end = result.field("lights_out")[:, 0], result.field("rise")[:, 0]
        night = np.flatnonzero(np.isfinite(begin) & (result.field("nap")[:, 0] < 0.5))[-1]
        bouts = hypnogram(result.epochs[0], float(begin[night]), float(end[night]))
        out.append(
            Hypnogram(
                world=world,
                minutes=tuple(bout.minute for bout in bouts),
                stages=tuple(bout.stage for bout in bouts),
                length=60.0 * float(end[night] - begin[night]),
            )
        )
    return tuple(out)
