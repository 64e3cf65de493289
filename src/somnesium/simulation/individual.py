"""People into bodies' numbers: one person's document, or columns of many people.

`typical_bodies` gives the typical body of someone of this age, sex, size and health, for many at
once; `individualise` for one document; both carry the centre of what trials have taught
(`simulation.gains`). `draw_bodies` gives bodies that differ from it as people differ (`Par.cv`,
`Par.sd`) and as our knowledge is unsure (`Par.doubt`, and the posterior of the gains), kept
apart: every column says which draw of each it carries. `spread_bodies` gives each of many people
their own body.
"""

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, NamedTuple, cast

import numpy as np
from numba import njit, prange

from somnesium.body.assembly import Body
from somnesium.engine import compiled  # noqa: F401 - sets the cache folder first
from somnesium.engine.lanes import column, leaf_names, pack
from somnesium.engine.randomness import DRAW, normal, normals
from somnesium.person.medicines import Medicine, find_medicines
from somnesium.person.person import Person, egfr_of, fat_free_mass_kg
from somnesium.quantity import Par, declared
from somnesium.simulation.gains import centre, drawn_rows, multiplied, posterior


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


WASTING_CLASSES = frozenset(
    {
        "calcineurin_inhibitor",
        "platinum",
        "aminoglycoside",
        "amphotericin",
        "egfr_antibody",
        "magnesium_wasting",
    }
)
"""Classes of medicines that make the kidney lose magnesium (tucker2020)."""


_CONDITIONS = (
    *("gut_disease", "bowel_resection", "bariatric_surgery", "chronic_diarrhoea"),
    *("prediabetes", "alcohol_use_disorder"),
)
_MEDICINES = ("ppi", "thiazide", "potassium_sparing")
"""Traits that are conditions, and classes of medicines, of the same name."""


class Traits(NamedTuple):
    """What a typical body depends on, one entry a person in each column (all of one length)."""

    age: np.ndarray
    """Years."""
    female: np.ndarray
    """Booleans, as are all conditions below."""
    mass_kg: np.ndarray
    height_cm: np.ndarray
    egfr: np.ndarray
    """mL/min/1.73 m²; NaN where nothing was measured."""
    insomnia: np.ndarray
    """0 none, 1 mild, 2 moderate, 3 severe."""
    chronotype_hours: np.ndarray
    light_sensitivity: np.ndarray
    """-1 low, 0 average, 1 high."""
    smoker: np.ndarray
    pregnant: np.ndarray
    gut_disease: np.ndarray
    bowel_resection: np.ndarray
    bariatric_surgery: np.ndarray
    chronic_diarrhoea: np.ndarray
    diabetes: np.ndarray
    prediabetes: np.ndarray
    alcohol_use_disorder: np.ndarray
    ppi: np.ndarray
    thiazide: np.ndarray
    potassium_sparing: np.ndarray
    wasting_medicine: np.ndarray
    """A medicine that makes the kidney lose magnesium (calcineurin inhibitors, platinum, …)."""


def traits_of(person: Person, medicines: tuple[Medicine, ...] | None = None) -> Traits:
    """The columns of one person's document, of length 1; `medicines` if recognised already."""
    has = set(person.conditions)
    recognised = find_medicines(person.medicines) if medicines is None else medicines
    classes = {name for medicine in recognised for name in medicine.classes}
    known = egfr_of(person)
    traits: dict[str, float] = {
        "age": person.age,
        "female": person.sex == "female",
        "mass_kg": person.mass_kg,
        "height_cm": person.height_cm,
        "egfr": np.nan if known is None else known,
        "insomnia": ("none", "mild", "moderate", "severe").index(person.insomnia),
        "chronotype_hours": person.chronotype_hours,
        "light_sensitivity": ("low", "average", "high").index(person.light_sensitivity) - 1,
        "smoker": person.smoker,
        "pregnant": person.pregnant,
        "diabetes": bool(has & {"diabetes_type_1", "diabetes_type_2"}),
        "wasting_medicine": bool(classes & WASTING_CLASSES),
        **{name: name in has for name in _CONDITIONS},
        **{name: name in classes for name in _MEDICINES},
    }
    return Traits(**{name: np.array([trait]) for name, trait in traits.items()})


def reference_body(age: float = 45.0, insomnia: float = 0.0) -> Body:
    """The benchmark body of an age [y], reference size, kidneys and habits.

    `insomnia` is added to the trait of the arousal load; ages act as in `individualise`.
    """
    aged = _aged(Body(), np.array([age]), np.array([insomnia]), Covariates())
    return column(multiplied(_columns(aged, 1), centre()), Body, 0)


def individualise(person: Person, medicines: tuple[Medicine, ...] | None = None) -> Body:
    """The typical body of someone like this person; `medicines` if recognised already."""
    return column(typical_bodies(traits_of(person, medicines)), Body, 0)


def typical_bodies(traits: Traits) -> np.ndarray:
    """The typical body of someone like each person: float64 (leaves of Body, people)."""
    c = Covariates()
    loads = np.array([0.0, c.load_mild, c.load_moderate, c.load_severe])
    body = _aged(Body(), traits.age, loads[traits.insomnia], c)
    body = _conditions(_size(_clock(body, traits, c), traits, c), traits, c)
    return multiplied(_columns(body, len(traits.age)), centre())


def _columns(body: Body, people: int) -> np.ndarray:
    """A body of numbers and columns as an array (leaves, people)."""
    out = np.empty((len(leaf_names(Body)), people))
    for row, value in zip(out, _leaves(body), strict=True):
        row[:] = value
    return out


def _leaves(value: tuple) -> Iterator[Any]:
    """The leaves of nested tuples, in order."""
    for item in value:
        if isinstance(item, tuple):
            yield from _leaves(item)
        else:
            yield item


def _aged(body: Body, age: Any, insomnia: Any, c: Covariates) -> Body:  # noqa: ANN401
    """Age slopes of Boulos 2019 and our own, linear or exponential in decades from 45."""
    decades = (np.clip(age, 18.0, 90.0) - 45.0) / 10.0
    chain = body.chain._replace(
        wakefulness=body.chain.wakefulness * np.exp(c.wake_age * decades),
        slow_wave=body.chain.slow_wave * np.exp(c.slow_wave_age * decades),
    )
    nerves = body.nerves._replace(
        trait=c.load_age * decades + insomnia,
        rmssd_typical=body.nerves.rmssd_typical * np.exp(c.rmssd_age * decades),
    )
    pineal = body.pineal._replace(
        synthesis=body.pineal.synthesis * np.exp(c.melatonin_age * decades)
    )
    return body._replace(chain=chain, nerves=nerves, pineal=pineal)


def _clock(body: Body, traits: Traits, c: Covariates) -> Body:
    """Sex, chronotype and sensitivity to light."""
    by_sex = np.where(traits.female, c.period_female, c.period_male)
    period = body.clock.period + by_sex + c.period_per_hour * traits.chronotype_hours
    factor = np.array([c.light_more, 1.0, 1.0 / c.light_more])
    half = body.pineal.half_light * factor[traits.light_sensitivity + 1]
    return body._replace(
        clock=body.clock._replace(period=period),
        pineal=body.pineal._replace(half_light=half, volume=c.melatonin_volume * traits.mass_kg),
    )


class _Sized(NamedTuple):
    """What `fat_free_mass_kg` reads of a person, as columns."""

    sex: str
    mass_kg: np.ndarray
    height_cm: np.ndarray


def _fat_free_mass_kg(traits: Traits) -> np.ndarray:
    """Fat-free mass [kg] of each, by the one formula of `person`."""
    of = {
        sex: fat_free_mass_kg(cast("Person", _Sized(sex, traits.mass_kg, traits.height_cm)))
        for sex in ("female", "male")
    }
    return np.where(traits.female, of["female"], of["male"])


def _size(body: Body, traits: Traits, c: Covariates) -> Body:
    """Stores in proportion to fat-free mass, fluxes to its three-quarter power; body water."""
    size = _fat_free_mass_kg(traits) / c.fat_free
    flux = size**c.flux_exponent
    water = np.where(traits.female, c.water_female, c.water_male)
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
            gfr=_relative_gfr(traits, c),
        ),
        alcohol=body.alcohol._replace(volume=water * traits.mass_kg),
    )


def _relative_gfr(traits: Traits, c: Covariates) -> np.ndarray:
    """eGFR over 100 mL/min/1.73 m²; the typical one of the age if it is not known."""
    typical = np.maximum(0.4, 1.0 - c.gfr_age * np.maximum(0.0, traits.age - 40.0) / 10.0)
    return np.where(np.isnan(traits.egfr), typical, traits.egfr / 100.0)


def _conditions(body: Body, traits: Traits, c: Covariates) -> Body:
    """Conditions and medicines that change magnesium or caffeine."""
    absorption: Any = body.gut.absorption
    for has, factor in (
        (traits.gut_disease, c.absorption_gut),
        (traits.bowel_resection, c.absorption_resection),
        (traits.bariatric_surgery, c.absorption_bariatric),
        (traits.ppi, c.absorption_ppi),
    ):
        absorption = absorption * np.where(has, factor, 1.0)
    threshold: Any = body.kidney.threshold
    for has, shift in (
        (traits.thiazide, c.threshold_thiazide),
        (traits.potassium_sparing, c.threshold_sparing),
        (traits.diabetes, c.threshold_diabetes),
        (traits.prediabetes & ~traits.diabetes, c.threshold_prediabetes),
    ):
        threshold = threshold + np.where(has, shift, 0.0)
    leak = body.kidney.leak + np.where(traits.alcohol_use_disorder, c.leak_alcohol, 0.0)
    leak = leak + np.where(traits.wasting_medicine, c.leak_wasting, 0.0)
    passage = body.gut.passage * np.where(traits.chronic_diarrhoea, c.passage_diarrhoea, 1.0)
    burn = body.caffeine.elimination * np.where(traits.smoker, c.caffeine_smoker, 1.0)
    burn = burn * np.where(traits.pregnant, c.caffeine_pregnant, 1.0)
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
    values = pack([Body()], Body)[:, 0]
    return tuple(
        Parameter(name, float(value), par)
        for (name, par), value in zip(declared(Body, Par).items(), values, strict=True)
    )


class Draws(NamedTuple):
    """Bodies drawn: leaves in `values` (leaves, people); which person and which doubt each is."""

    values: np.ndarray
    person: np.ndarray
    doubt: np.ndarray


_CLIP = 3.0


class _Spread(NamedTuple):
    """How leaves differ between people: log-normal sigma, and standard deviation of a normal."""

    sigma: np.ndarray
    sd: np.ndarray
    leaves: np.ndarray
    """Indices of the leaves that differ at all."""


@cache
def _spread() -> _Spread:
    """The spread of every leaf of `Body`."""
    pars = [parameter.par for parameter in parameters()]
    sigma = np.sqrt(np.log1p(np.array([par.cv for par in pars]) ** 2))
    sd = np.array([par.sd for par in pars])
    return _Spread(sigma, sd, np.flatnonzero((sigma > 0.0) | (sd > 0.0)))


@njit(cache=True, parallel=True)
def _differ(seed, people, leaves, sigma, sd, bodies):  # noqa: ANN001, ANN202 - numba types them
    """Spread typical bodies (leaves, people) in place; the normals are keyed by person."""
    for i in prange(len(people)):
        for leaf in leaves:
            z = min(max(normal(seed, people[i], DRAW, 0, leaf), -_CLIP), _CLIP)
            bodies[leaf, i] = bodies[leaf, i] * np.exp(sigma[leaf] * z) + sd[leaf] * z


def spread_bodies(typical: np.ndarray, people: np.ndarray, seed: int) -> np.ndarray:
    """Each person's own body (leaves of Body, people) around a typical one (leaves, people or 1).

    `people` are their numbers: person j differs from the typical in the same way whoever is drawn
    beside them, here and in `draw_bodies`. Standard normals are held within ±3.
    """
    bodies = np.array(np.broadcast_to(typical, (len(typical), len(people))))
    spread = _spread()
    who = np.asarray(people, np.int64)
    _differ(seed, who, spread.leaves, spread.sigma, spread.sd, bodies)
    return bodies


def draw_bodies(typical: Body, people: int, doubts: int, seed: int, first: int = 0) -> Draws:
    """Draw `people` · `doubts` bodies around a typical one, person varying fastest.

    Person j has the same body whatever the numbers of people and doubts; doubt 0 with person
    numbers is not special. Standard normals are held within ±3.
    """
    middle = pack([typical], Body)
    doubt_sd = np.array([parameter.par.doubt for parameter in parameters()])
    who = np.arange(first, first + people)
    d = np.clip(normals(seed, np.arange(doubts), DRAW, 1, len(doubt_sd)), -_CLIP, _CLIP)
    factors = posterior()[drawn_rows(seed, doubts)] / centre()
    centres = [
        multiplied(middle * (1.0 + doubt_sd * d[k])[:, None], factors[k]) for k in range(doubts)
    ]
    return Draws(
        values=np.hstack([spread_bodies(body, who, seed) for body in centres]),
        person=np.tile(who, doubts),
        doubt=np.repeat(np.arange(doubts), people),
    )
