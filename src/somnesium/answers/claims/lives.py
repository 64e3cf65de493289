"""The standard sleeper of the claims, in many lives side by side, and facts read from them.

A woman of 55 with mild insomnia who eats 220 mg of magnesium a day, in bed from 23:00 to 07:00,
with two coffees, a screen and some stress in the evening (definition#standard-sleeper).
"""

from collections.abc import Mapping
from functools import cache

import numpy as np

from somnesium.answers.claims.claim import Fact, Point
from somnesium.answers.effect import QUANTITIES, WINDOW, nightly
from somnesium.answers.plan.lives import Life, live
from somnesium.engine.run import Result
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


def sleeper(
    seed: int,
    days: int = DAYS,
    diet_mg: float = 220.0,
    person: Mapping[str, object] | None = None,
    habits: Mapping[str, object] | None = None,
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
            "seed": seed,
        }
    )


def diet(mg: float) -> Diet:
    """A diet with so much magnesium a day [mg]."""
    return read_document({"magnesium_mg_per_day": mg}, Diet)


def taking(
    request: Request, mg: float, form: str = "citrate", at: str = "22:00"
) -> tuple[Dose, ...]:
    """Doses of magnesium [mg elemental at a clock time] on every day of a request."""
    intake = {"form": form, "magnesium_mg": mg, "mass_is": "elemental", "times": [at]}
    regimen = read_document({"intakes": [intake]}, Regimen)
    return doses(regimen, request.start.weekday(), request.days)


def lived(
    request: Request, lives: Mapping[str, Life], people: int = _PEOPLE, doubts: int = _DOUBTS
) -> Worlds:
    """The own life, and each of these lives, of people like the request's, over its days."""
    usual = Life(request.habits, request.diet)
    return live(request, {OWN: usual, **lives}, people, doubts, request.days)


def lived_taking(
    request: Request,
    plans: Mapping[str, tuple[Dose, ...]],
    people: int = _PEOPLE,
    doubts: int = _DOUBTS,
) -> Worlds:
    """The own life, and the own life with each of these plans of doses."""
    lives = {name: Life(request.habits, request.diet, plan) for name, plan in plans.items()}
    return lived(request, lives, people, doubts)


@cache
def effect(seed: int, mg: float) -> Worlds:
    """The standard sleeper with a dose of citrate at 22:00 every day (`taken`), and without."""
    request = sleeper(seed)
    return lived_taking(request, {"taken": taking(request, mg)})


def changed(worlds: Worlds, name: str, world: str, against: str = OWN) -> np.ndarray:
    """Change of a quantity over the last fortnight in each body, (people · doubts,)."""
    taken, plain = (nightly(worlds, each, name)[-WINDOW:].mean(axis=0) for each in (world, against))
    return taken - plain


def mean_serum(worlds: Worlds) -> np.ndarray:
    """Serum [mmol/L] of the own life in each body, mean of its second fortnight."""
    return worlds.results[OWN].field("serum")[14:28].mean(axis=0)


def between_rises(result: Result, field: str, first: int, last: int) -> tuple[np.ndarray, ...]:
    """Amount [mmol] by which a running total grows between two rises, and the hours between."""
    amount, hours = (
        np.diff(result.field(name)[[first, last]], axis=0)[0] for name in (field, "rise")
    )
    return amount, hours


def middle90(values: np.ndarray) -> tuple[float, float]:
    """Where the middle 90 % of values lie."""
    low, high = np.quantile(values, [0.05, 0.95])
    return float(low), float(high)


def spread(
    key: str, label: str, unit: str, values: np.ndarray, doubt: np.ndarray, sources: tuple[str, ...]
) -> Fact:
    """A fact of values in each body: where 90 % of them lie, and 90 % of the doubts' means."""
    means = np.array([values[doubt == k].mean() for k in np.unique(doubt)])
    return Fact(
        key=key,
        label=label,
        value=float(values.mean()),
        unit=unit,
        interval=middle90(values),
        level="people90",
        average90=middle90(means),
        sources=tuple(dict.fromkeys(sources)),
    )


def change(worlds: Worlds, key: str, label: str, name: str, world: str, against: str = OWN) -> Fact:
    """Change of a quantity of `effect.QUANTITIES`, as a fact."""
    what = QUANTITIES[name]
    values = changed(worlds, name, world, against)
    return spread(key, label, what.unit, values, worlds.draws.doubt, (*what.sources, *STANDARD))


def band(series: str, x: float | str, values: np.ndarray) -> Point:
    """Mean and middle 90 % of values in each body, as a point of a picture."""
    low, high = middle90(values)
    return Point(series=series, x=x, y=float(values.mean()), low=low, high=high)


def every_third_night(values: Mapping[str, np.ndarray]) -> tuple[Point, ...]:
    """Bands of a quantity by world (nights, bodies), where it is known."""
    return tuple(
        band(world, float(night + 1), rows[night])
        for world, rows in values.items()
        for night in range(0, len(rows), 3)
        if not np.isnan(rows[night]).any()
    )


def serum_by_night(worlds: Worlds) -> tuple[Point, ...]:
    """Serum [mmol/L] of every third night in every world."""
    rows = {
        name: result.field("serum")[1 : worlds.days + 1] for name, result in worlds.results.items()
    }
    return every_third_night(rows)
