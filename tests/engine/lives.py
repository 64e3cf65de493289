"""Lives to run through the engine: schedules of a few days, alone and in a crowd."""

import numpy as np

from somnesium.body.assembly import Body, Inputs, State
from somnesium.engine.channels import ADD, LIGHTS_OUT, MELATONIN, RISE, SET
from somnesium.engine.lanes import leaf_index, leaf_names, pack
from somnesium.engine.run import run_events, start_lanes
from somnesium.engine.schedule import merge
from somnesium.simulation.individual import draw_bodies

N_STATE = len(leaf_names(State))
BODY = pack([Body()], Body)
SECOND = 1.0 / 3600
PARTS = ("carried", "path", "time")
"""What of the lanes outlasts a run, the place in the schedule apart."""


def put(name, time, value):
    return time, SET + leaf_index(Inputs, name), value


def add(leaf, time, amount):
    return time, ADD + leaf_index(State, leaf), amount


def day(at, bed=23.0, rise=31.0):
    """One day and the night after it, on the grid."""
    return [
        put("light", at + 7.0, 92.64),
        add("gut.swallowed", at + 8.0, 2.8),
        add("caffeine.gut", at + 9.0, 80.0),
        add("gut.swallowed", at + 12.5, 4.2),
        put("light", at + 19.0, 40.0),
        add("gut.swallowed", at + 19.0, 7.0),
        (at + bed, LIGHTS_OUT, 0.0),
        put("light", at + bed, 0.0),
        (at + rise, RISE, 0.0),
    ]


def more(at):
    """What a livelier day holds, off the grid."""
    return [
        put("exercise", at + 17.11, 0.6),
        put("exercise", at + 17.93, 0.0),
        put("drinking", at + 20.2, 12.0),
        put("drinking", at + 21.4, 0.0),
        put("stress", at + 21.03, 0.5),
        add("gut.swallowed", at + 21.37, 10.0),
        add("gut.solid", at + 21.37, 5.0),
        (at + 21.61, MELATONIN, 2e6),
        put("stress", at + 23.5, 0.0),
    ]


LIFE = day(0.0, bed=23.0 + 2 * 60 * SECOND + 17 * SECOND) + day(24.0, bed=22.8) + more(0.0)


def live(events=LIFE, until=56.0, bodies=BODY, lanes=None, **options):
    """Run one schedule for everyone; the lanes at the end and the result."""
    lanes = start_lanes(bodies, 0.0, 4.0) if lanes is None else lanes
    schedules = [merge(events)]
    of = np.zeros(bodies.shape[1], np.int64)
    return lanes, run_events(lanes, bodies, schedules, of, until, **options)


def assert_same(a, b, who=slice(None)):
    """Lanes `a` are lanes `b`, or those of `b` that `who` names, to the last bit."""
    for part in PARTS:
        assert np.array_equal(getattr(a, part), getattr(b, part)[..., who]), part


def crowd_of_40(**options):
    """Forty people with four schedules: a function that lives some of them by themselves."""
    bodies = draw_bodies(Body(), 40, 1, seed=2).values
    schedules = [merge(LIFE + day(k + 0.5)[:5] + more(0.07 * k)) for k in range(4)]
    of = np.arange(40) % 4

    def some(who):
        who = np.asarray(who)
        lanes = start_lanes(np.ascontiguousarray(bodies[:, who]), 0.0, 4.0)
        result = run_events(lanes, bodies[:, who], schedules, of[who], 56.0, people=who, **options)
        return lanes, result

    return some
