"""A ward of its own: any hours of sleep, steady light, shifts of the clock against a control."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from somnesium.answers.qualification.laboratory import (
    MEALS,
    MELANOPIC,
    PMOL_PER_MG,
    Event,
    add,
    clock_at,
    set_input,
)
from somnesium.body.assembly import Body, State
from somnesium.engine.channels import LIGHTS_OUT, MELATONIN, RISE, Lanes
from somnesium.engine.lanes import leaf_index, pack
from somnesium.engine.run import run_events, start_lanes
from somnesium.engine.schedule import Events, merge
from somnesium.quantity import mg_to_mmol
from somnesium.simulation.individual import reference_body

DAY = 30
"""The day of the experiment, counted from the start; the body has come to rest."""
BASELINE = 21
"""Ordinary days before the ward."""
Episode = tuple[float, float]
"""Rise and bed of one waking episode [h from the start]."""


def _awake(episode: Episode, lux: float) -> list[Event]:
    """One waking episode in steady photopic light, with a day's magnesium at its meals."""
    rise, bed = episode
    share = (bed - rise) / 16.0
    eaten = [(rise + share * (hour - 7.0), part) for hour, part in MEALS]
    return [
        (rise, RISE, 0.0),
        set_input("light", rise, MELANOPIC * lux),
        *(add("gut.swallowed", at, mg_to_mmol(340.0 * share * part)) for at, part in eaten),
        (bed, LIGHTS_OUT, 0.0),
        set_input("light", bed, 0.0),
    ]


class Ward(NamedTuple):
    """Several persons whose life is told by the hour."""

    lanes: Lanes
    bodies: np.ndarray
    schedules: list[Events]

    def follow(self, first: float, hours: int, every: int = 1) -> np.ndarray:
        """Live to `first` and on; angles of the clocks every so many hours: (times, persons)."""
        angles, of = [], np.arange(len(self.schedules))
        for hour in range(0, hours, every):
            run_events(self.lanes, self.bodies, self.schedules, of, first + hour)
            x, y = (self.lanes.state[leaf_index(State, f"clock.{name}")] for name in "xy")
            angles.append(np.arctan2(x, y))
        return np.array(angles)

    def advances(self, first: float, treated: np.ndarray, control: np.ndarray) -> np.ndarray:
        """Hours by which the clocks of the treated lead their controls, mean of a day.

        Not by single temperature minima: a life of naps has days longer than 24 h, and a late
        minimum may be held against one of the day before.
        """
        angles = self.follow(first, 24)
        lead = np.exp(1j * (angles[:, treated] - angles[:, control])).mean(axis=0)
        return np.angle(lead) / Body().clock.hour_angle


def ward_of(
    bodies: Sequence[Body],
    episodes: Sequence[Iterable[Episode]],
    lux: float,
    extra: Sequence[Iterable[Event]],
) -> Ward:
    """`BASELINE` ordinary days, then each person's episodes in light of `lux`, and extra events.

    An extra event must not coincide with a change of the ward's own light.
    """
    usual = ((clock_at(7.0, day), clock_at(23.0, day)) for day in range(BASELINE))
    before = [event for episode in usual for event in _awake(episode, 150.0)]
    schedules = [
        merge(before, [event for episode in stay for event in _awake(episode, lux)], more)
        for stay, more in zip(episodes, extra, strict=True)
    ]
    values = pack(list(bodies), Body)
    return Ward(lanes=start_lanes(values, 0.0, 4.0), bodies=values, schedules=schedules)


def _pulse_stay(centre: float) -> list[Episode]:
    """Awake until 16 h before a pulse, slept, awake 16 h about it, slept, awake 40 h, slept."""
    return [
        (clock_at(7.0, BASELINE), centre - 16.0),
        (centre - 8.0, centre + 8.0),
        (centre + 16.0, centre + 56.0),
        (centre + 64.0, centre + 80.0),
    ]


def pulsed(centres: Sequence[float], pulses: Sequence[tuple[float, float]]) -> np.ndarray:
    """Advance [h] by each pulse (hours, photopic lux) at each centre, (pulses, centres)."""
    dim, count = 10.0, len(centres)
    extra: list[list[Event]] = [[] for _ in centres]
    for hours, lux in pulses:
        for centre in centres:
            ends = ((centre - hours / 2, lux), (centre + hours / 2, dim))
            extra.append([set_input("light", at, MELANOPIC * light) for at, light in ends])
    persons = len(extra)
    stays = [_pulse_stay(centres[k % count]) for k in range(persons)]
    ward = ward_of([reference_body(25)] * persons, stays, dim, extra)
    treated = np.arange(count, persons)
    return ward.advances(max(centres) + 24.0, treated, treated % count).reshape(-1, count)


def pills(clocks: Sequence[float]) -> np.ndarray:
    """Advance [h] by 3 mg of melatonin at each clock hour on three days of short naps.

    Ultradian life of burgess2008, 2.5 h up and 1.5 h in bed, against placebo.
    """
    first, dose = clock_at(10.0, BASELINE), 3.0 * PMOL_PER_MG
    naps = [(clock_at(7.0, BASELINE), first - 1.5)]
    naps += [(first + 4.0 * k, first + 4.0 * k + 2.5) for k in range(37)]
    extra = [
        [(clock_at(clock % 24.0, BASELINE + day), MELATONIN, dose) for day in (1, 2, 3)]
        for clock in clocks
    ]
    persons = 1 + len(extra)
    ward = ward_of([reference_body(25)] * persons, [naps] * persons, 100.0, [[], *extra])
    return ward.advances(first + 120.0, np.arange(1, persons), np.zeros(persons - 1, int))
