"""A person's document into a body's numbers, and many bodies like one person.

`individualise` gives the typical body of someone of this age, sex, size and health. `draw_bodies`
gives bodies that differ from it as people differ (`Par.cv`, `Par.sd`) and as our knowledge is
unsure (`Par.doubt`), kept apart: every column says which draw of each it carries.
"""

import math
from functools import cache
from typing import Annotated, Any, NamedTuple, get_args, get_type_hints

import numpy as np

from somnesium.body.assembly import Body
from somnesium.person.medicines import find_medicines
from somnesium.person.person import Person, egfr_of, fat_free_mass_kg
from somnesium.quantity import Par
from somnesium.simulation.lanes import leaf_names, pack
from somnesium.simulation.randomness import DRAW, normals

__all__ = [
    "SHARED_DOUBT",
    "Covariates",
    "Draws",
    "Parameter",
    "draw_bodies",
    "individualise",
    "parameters",
    "reference_body",
]


class Covariates(NamedTuple):
    """How typical parameters follow age, sex, size, sleep, kidneys, conditions and medicines."""

    melatonin_age: Annotated[float, Par("1/decade", "judgement#age-slope")] = -0.12
    load_age: Annotated[float, Par("1/decade", "fitted#B4-boulos2019")] = 0.068
    wake_age: Annotated[float, Par("1/decade", "fitted#B4-boulos2019")] = 0.287
    slow_wave_age: Annotated[float, Par("1/decade", "fitted#B3-ohayon2004")] = -0.156
    rmssd_age: Annotated[float, Par("1/decade", "umetani1998")] = -0.12
    load_mild: Annotated[float, Par("1", "fitted#B35")] = 0.56
    load_moderate: Annotated[float, Par("1", "judgement#between-mild-and-severe")] = 0.90
    load_severe: Annotated[float, Par("1", "fitted#B5")] = 1.25
    period_female: Annotated[float, Par("h", "duffy2011")] = -0.05
    period_male: Annotated[float, Par("h", "duffy2011")] = 0.05
    period_per_hour: Annotated[float, Par("1", "judgement#chronotype")] = 0.15
    light_more: Annotated[float, Par("1", "phillips2019#spread")] = 2.5
    fat_free: Annotated[float, Par("kg", "avioli1966#70kg-20%fat")] = 56.0
    flux_exponent: Annotated[float, Par("1", "judgement#allometric-3/4")] = 0.75
    melatonin_volume: Annotated[float, Par("L/kg", "andersen2016")] = 1.2
    water_male: Annotated[float, Par("L/kg", "widmark1932")] = 0.68
    water_female: Annotated[float, Par("L/kg", "widmark1932")] = 0.55
    gfr_age: Annotated[float, Par("1/decade", "levey2009#about-0.8/y-after-40")] = 0.08
    threshold_thiazide: Annotated[float, Par("mmol/L", "kieboom2018")] = -0.018
    threshold_diabetes: Annotated[float, Par("mmol/L", "bertinato2017")] = -0.055
    threshold_prediabetes: Annotated[float, Par("mmol/L", "bertinato2017")] = -0.03
    threshold_sparing: Annotated[float, Par("mmol/L", "judgement#potassium-sparing")] = 0.02
    absorption_ppi: Annotated[float, Par("1", "srinutta2019#size-our-judgement")] = 0.85
    absorption_gut: Annotated[float, Par("1", "judgement#gut-disease")] = 0.7
    absorption_resection: Annotated[float, Par("1", "schuette1994")] = 0.5
    absorption_bariatric: Annotated[float, Par("1", "judgement#bypass")] = 0.75
    passage_diarrhoea: Annotated[float, Par("1", "judgement#fast-transit")] = 2.0
    leak_alcohol: Annotated[float, Par("mmol/h", "judgement#alcohol-use-disorder")] = 1.5 / 24
    leak_wasting: Annotated[float, Par("mmol/h", "tucker2020#size-our-judgement")] = 2.0 / 24
    caffeine_smoker: Annotated[float, Par("1", "judgement#cyp1a2")] = 1.6
    caffeine_pregnant: Annotated[float, Par("1", "judgement#cyp1a2")] = 0.4


_WASTING = {"calcineurin_inhibitor", "platinum", "aminoglycoside", "amphotericin", "anti_egfr"}


def reference_body(age: float = 45.0, insomnia: float = 0.0) -> Body:
    """The benchmark body of an age [y], reference size, kidneys and habits.

    `insomnia` is added to the trait of the arousal load; ages act as in `individualise`.
    """
    return _aged(Body(), age, insomnia, Covariates())


def _aged(body: Body, age: float, insomnia: float, c: Covariates) -> Body:
    """Age slopes of Boulos 2019 and our own, linear or exponential in decades from 45."""
    decades = (min(max(age, 18.0), 90.0) - 45.0) / 10.0
    chain = body.chain._replace(
        wakefulness=body.chain.wakefulness * math.exp(c.wake_age * decades),
        slow_wave=body.chain.slow_wave * math.exp(c.slow_wave_age * decades),
    )
    nerves = body.nerves._replace(
        trait=c.load_age * decades + insomnia,
        rmssd_typical=body.nerves.rmssd_typical * math.exp(c.rmssd_age * decades),
    )
    pineal = body.pineal._replace(
        synthesis=body.pineal.synthesis * math.exp(c.melatonin_age * decades)
    )
    return body._replace(chain=chain, nerves=nerves, pineal=pineal)


def individualise(person: Person) -> Body:
    """The typical body of someone like this person."""
    c = Covariates()
    loads = {"none": 0.0, "mild": c.load_mild, "moderate": c.load_moderate}
    body = _aged(Body(), person.age, loads.get(person.insomnia, c.load_severe), c)
    return _conditions(_size(_clock(body, person, c), person, c), person, c)


def _clock(body: Body, person: Person, c: Covariates) -> Body:
    """Sex, chronotype and sensitivity to light."""
    by_sex = c.period_female if person.sex == "female" else c.period_male
    period = body.clock.period + by_sex + c.period_per_hour * person.chronotype_hours
    factor = {"low": c.light_more, "average": 1.0, "high": 1.0 / c.light_more}
    half = body.pineal.half_light * factor[person.light_sensitivity]
    return body._replace(
        clock=body.clock._replace(period=period),
        pineal=body.pineal._replace(
            half_light=half, volume=c.melatonin_volume * person.mass_kg
        ),
    )


def _size(body: Body, person: Person, c: Covariates) -> Body:
    """Stores in proportion to fat-free mass, fluxes to its three-quarter power; body water."""
    size = fat_free_mass_kg(person) / c.fat_free
    flux = size**c.flux_exponent
    water = c.water_female if person.sex == "female" else c.water_male
    stores, kidney = body.stores, body.kidney
    return body._replace(
        stores=stores._replace(
            volume=stores.volume * size,
            tissue_size=stores.tissue_size * size,
            slow_size=stores.slow_size * size,
        ),
        kidney=kidney._replace(
            slope=kidney.slope * flux,
            obligatory=kidney.obligatory * flux,
            endogenous=kidney.endogenous * flux,
            gfr=_relative_gfr(person, c),
        ),
        alcohol=body.alcohol._replace(volume=water * person.mass_kg),
    )


def _relative_gfr(person: Person, c: Covariates) -> float:
    """eGFR over 100 mL/min/1.73 m²; the typical one of the age if it is not known."""
    known = egfr_of(person)
    if known is not None:
        return known / 100.0
    return max(0.4, 1.0 - c.gfr_age * max(0.0, person.age - 40.0) / 10.0)


def _conditions(body: Body, person: Person, c: Covariates) -> Body:
    """Conditions and medicines that change magnesium or caffeine."""
    has = set(person.conditions)
    classes = {name for medicine in find_medicines(person.medicines) for name in medicine.classes}
    absorption = body.gut.absorption
    for key, factor in (
        ("gut_disease", c.absorption_gut),
        ("bowel_resection", c.absorption_resection),
        ("bariatric_surgery", c.absorption_bariatric),
    ):
        absorption *= factor if key in has else 1.0
    absorption *= c.absorption_ppi if "ppi" in classes else 1.0
    threshold = body.kidney.threshold
    threshold += c.threshold_thiazide if "thiazide" in classes else 0.0
    threshold += c.threshold_sparing if "potassium_sparing" in classes else 0.0
    if has & {"diabetes_type_1", "diabetes_type_2"}:
        threshold += c.threshold_diabetes
    elif "prediabetes" in has:
        threshold += c.threshold_prediabetes
    leak = body.kidney.leak
    leak += c.leak_alcohol if "alcohol_use_disorder" in has else 0.0
    leak += c.leak_wasting if classes & _WASTING else 0.0
    passage = body.gut.passage * (c.passage_diarrhoea if "chronic_diarrhoea" in has else 1.0)
    burn = body.caffeine.elimination
    burn *= c.caffeine_smoker if person.smoker else 1.0
    burn *= c.caffeine_pregnant if person.pregnant else 1.0
    return body._replace(
        gut=body.gut._replace(absorption=absorption, passage=passage),
        kidney=body.kidney._replace(threshold=threshold, leak=leak),
        caffeine=body.caffeine._replace(elimination=burn),
    )


class Parameter(NamedTuple):
    """One leaf of `Body`: dotted name, default value, and what `Par` says of it."""

    name: str
    value: float
    par: Par


@cache
def parameters() -> tuple[Parameter, ...]:
    """Every parameter of the body, in the order of its leaves."""
    found = []
    for part, kind in get_type_hints(Body).items():
        hints: dict[str, Any] = get_type_hints(kind, include_extras=True)
        for field, hint in hints.items():
            par = next(extra for extra in get_args(hint)[1:] if isinstance(extra, Par))
            value = float(kind._field_defaults[field])
            found.append(Parameter(f"{part}.{field}", value, par))
    return tuple(found)


class Draws(NamedTuple):
    """Bodies drawn: leaves in `values` (leaves, people); which person and which doubt each is."""

    values: np.ndarray
    person: np.ndarray
    doubt: np.ndarray


_CLIP = 3.0
SHARED_DOUBT = 0.7
"""Correlation of our doubts about magnesium's gains, which rest on the same few trials
(judgement#same-trials)."""


def _doubts(seed: int, doubts: int) -> np.ndarray:
    """Standard normals (doubts, parameters); those of magnesium's gains share a common part."""
    names = [parameter.name for parameter in parameters()]
    own = normals(seed, np.arange(doubts), DRAW, 1, len(names))
    common = normals(seed, np.arange(doubts), DRAW, 3, 1)
    shared = np.array([not name.startswith("calmatives.") for name in names])
    mixed = np.sqrt(SHARED_DOUBT) * common + np.sqrt(1.0 - SHARED_DOUBT) * own
    return np.where(shared, mixed, own)


def draw_bodies(typical: Body, people: int, doubts: int, seed: int, first: int = 0) -> Draws:
    """Draw `people` · `doubts` bodies around a typical one, person varying fastest.

    Person j has the same body whatever the numbers of people and doubts; doubt 0 with person
    numbers is not special. Standard normals are held within ±3.
    """
    centre = pack([typical], Body)[:, 0]
    pars = [parameter.par for parameter in parameters()]
    cv = np.array([par.cv for par in pars])
    sigma = np.sqrt(np.log1p(cv**2))
    sd = np.array([par.sd for par in pars])
    doubt_sd = np.array([par.doubt for par in pars])
    count = len(leaf_names(Body))
    who = np.arange(first, first + people)
    z = np.clip(normals(seed, who, DRAW, 0, count), -_CLIP, _CLIP)
    d = np.clip(_doubts(seed, doubts), -_CLIP, _CLIP)
    values = np.empty((count, doubts * people))
    for k in range(doubts):
        shifted = centre * (1.0 + doubt_sd * d[k])
        values[:, k * people : (k + 1) * people] = (
            shifted[:, None] * np.exp(sigma[:, None] * z.T) + sd[:, None] * z.T
        )
    return Draws(
        values=values,
        person=np.tile(who, doubts),
        doubt=np.repeat(np.arange(doubts), people),
    )
