"""The standard sleeper of the claims, in many lives side by side, and facts read from them.

A woman of 55 with mild insomnia who eats 220 mg of magnesium a day, in bed from 23:00 to 07:00,
with two coffees, a screen and some stress in the evening (definition#standard-sleeper).
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from somnesium.answers.claims.claim import Fact, Point
from somnesium.answers.effect import QUANTITIES, WINDOW, nightly
from somnesium.answers.plan.lives import Life, live
from somnesium.person.diet import Diet
from somnesium.person.document import read_document
from somnesium.person.regimen import Dose, Regimen, doses
from somnesium.person.request import Request, read_request
from somnesium.simulation.worlds import Worlds

DAYS = 56
"""Days a plan is lived, eight weeks."""
OWN = "own life"
"""The world in which nothing changes."""
STANDARD = ("definition#standard-sleeper",)
"""What every number of these lives rests on, beside the source of its quantity."""
_PEOPLE, _DOUBTS = 40, 16


class Ask(NamedTuple):
    """What an answer depends on beside the claim."""

    seed: int = 1


def sleeper(
    ask: Ask,
    days: int = DAYS,
    diet_mg: float = 220.0,
    person: Mapping[str, Any] | None = None,
    habits: Mapping[str, Any] | None = None,
) -> Request:
    """The standard sleeper, with what differs of the person [fields of `Person`] and habits."""
    who = {"age": 55, "sex": "female", "mass_kg": 70, "height_cm": 166, "insomnia": "mild"}
    how = {
        "bedtime": "23:00",
        "rise": "07:00",
        "light": [{"from": "20:00", "to": "23:00", "lux": 80, "source": "screen"}],
        "caffeine": [{"at": "07:30", "mg": 95}, {"at": "15:30", "mg": 95}],
        "alcohol": [{"at": "20:00", "drinks": 1.5, "over_hours": 1.5, "days": ["fri", "sat"]}],
        "stress": [{"from": "20:00", "to": "22:30", "level": 0.4}],
    }
    return read_request(
        {
            "person": who | dict(person or {}),
            "habits": how | dict(habits or {}),
            "diet": {"magnesium_mg_per_day": diet_mg},
            "days": days,
            "seed": ask.seed,
        }
    )


def diet(mg: float) -> Diet:
    """A diet with so much magnesium a day [mg]."""
    return read_document({"magnesium_mg_per_day": mg}, Diet)


def taking(
    request: Request,
    mg: float,
    form: str = "citrate",
    at: tuple[str, ...] = ("22:00",),
    with_food: bool = False,
) -> tuple[Dose, ...]:
    """Doses of magnesium [mg elemental at each time] on every day of a request."""
    intake = {
        "form": form,
        "magnesium_mg": mg,
        "mass_is": "elemental",
        "times": list(at),
        "with_food": with_food,
    }
    regimen = read_document({"intakes": [intake]}, Regimen)
    return doses(regimen, request.start.weekday(), request.days)


def lived(
    request: Request, lives: Mapping[str, Life], people: int = _PEOPLE, doubts: int = _DOUBTS
) -> Worlds:
    """The own life, and each life given, of people like the request's, over its days."""
    own = Life(request.habits, request.diet)
    return live(request, {OWN: own, **lives}, people, doubts, request.days)


def changed(worlds: Worlds, name: str, world: str, against: str = OWN) -> np.ndarray:
    """Change of a quantity over the last fortnight in each body, (people · doubts,)."""
    taken, plain = (nightly(worlds, one, name)[-WINDOW:].mean(axis=0) for one in (world, against))
    return taken - plain


def spread(
    key: str, label: str, unit: str, values: np.ndarray, doubt: np.ndarray, sources: tuple[str, ...]
) -> Fact:
    """A fact of values in each body: where 90 % of them lie, and 90 % of the doubts' means."""
    low, high = (float(v) for v in np.quantile(values, [0.05, 0.95]))
    means = [values[doubt == k].mean() for k in np.unique(doubt)]
    least, most = (float(v) for v in np.quantile(means, [0.05, 0.95]))
    return Fact(
        key=key,
        label=label,
        value=float(values.mean()),
        unit=unit,
        interval=(low, high),
        level="people90",
        average90=(least, most),
        sources=tuple(dict.fromkeys(sources)),
    )


def change(worlds: Worlds, key: str, label: str, name: str, world: str, against: str = OWN) -> Fact:
    """Change of a quantity of `effect.QUANTITIES`, as a fact."""
    what = QUANTITIES[name]
    values = changed(worlds, name, world, against)
    return spread(key, label, what.unit, values, worlds.draws.doubt, (*what.sources, *STANDARD))


@cache
def effect(seed: int, mg: float, form: str = "citrate", diet_mg: float = 220.0) -> Worlds:
    """The standard sleeper with a dose at 22:00 every day (`taken`), and without."""
    request = sleeper(Ask(seed), diet_mg=diet_mg)
    life = Life(request.habits, request.diet, taking(request, mg, form))
    return lived(request, {"taken": life})


def point(series: str, x: float | str, fact: Fact, average: bool = False) -> Point:
    """A fact as a point of a picture, with its interval, or with that of the average."""
    low, high = (fact.average90 if average else fact.interval) or (None, None)
    value = 0.0 if fact.value is None else fact.value
    return Point(series=series, x=x, y=value, low=low, high=high)
