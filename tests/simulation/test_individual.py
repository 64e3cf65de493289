"""People into bodies: the rules person by person, and the same for many at once."""

import math

import numpy as np
import pytest

from somnesium.body.assembly import Body
from somnesium.engine.lanes import leaf_index, pack
from somnesium.engine.randomness import DRAW, normals
from somnesium.person.medicines import find_medicines
from somnesium.person.person import Person, egfr_of, fat_free_mass_kg
from somnesium.simulation.gains import GAINS, centre, multiplied
from somnesium.simulation.individual import (
    Covariates,
    Traits,
    draw_bodies,
    individualise,
    parameters,
    reference_body,
    spread_bodies,
    traits_of,
    typical_bodies,
)

PEOPLE = [
    Person(age=45, sex="male", mass_kg=75, height_cm=178),
    Person(
        age=23.5,
        sex="female",
        mass_kg=61,
        height_cm=168,
        chronotype_hours=1.5,
        light_sensitivity="high",
        smoker=True,
    ),
    Person(
        age=59,
        sex="male",
        mass_kg=96,
        height_cm=176,
        creatinine_umol_l=88.0,
        insomnia="mild",
        conditions=("diabetes_type_2", "hypertension"),
        medicines=("omeprazole 20 mg", "hydrochlorothiazide 25 mg"),
    ),
    Person(
        age=95,
        sex="female",
        mass_kg=52,
        height_cm=155,
        insomnia="severe",
        chronotype_hours=-2.0,
        light_sensitivity="low",
        medicines=("spironolactone", "tacrolimus"),
        conditions=(
            "gut_disease",
            "bowel_resection",
            "bariatric_surgery",
            "chronic_diarrhoea",
            "alcohol_use_disorder",
            "prediabetes",
        ),
    ),
    Person(
        age=31,
        sex="female",
        mass_kg=74,
        height_cm=165,
        pregnant=True,
        egfr=112.0,
        insomnia="moderate",
        conditions=("diabetes_type_1", "prediabetes"),
    ),
]


def expected(person):
    """Leaves that differ from the default body, each by its rule, one person at a time."""
    c, b = Covariates(), Body()
    decades = (min(max(person.age, 18.0), 90.0) - 45.0) / 10.0
    loads = {"none": 0.0, "mild": c.load_mild, "moderate": c.load_moderate, "severe": c.load_severe}
    female = person.sex == "female"
    size = fat_free_mass_kg(person) / c.fat_free
    flux = size**c.flux_exponent
    known = egfr_of(person)
    aged = max(0.4, 1.0 - c.gfr_age * max(0.0, person.age - 40.0) / 10.0)
    has = set(person.conditions)
    takes = {name for medicine in find_medicines(person.medicines) for name in medicine.classes}
    light = {"low": c.light_more, "average": 1.0, "high": 1.0 / c.light_more}
    absorption = b.gut.absorption
    absorption *= c.absorption_gut if "gut_disease" in has else 1.0
    absorption *= c.absorption_resection if "bowel_resection" in has else 1.0
    absorption *= c.absorption_bariatric if "bariatric_surgery" in has else 1.0
    absorption *= c.absorption_ppi if "ppi" in takes else 1.0
    threshold = b.kidney.threshold
    threshold += c.threshold_thiazide if "thiazide" in takes else 0.0
    threshold += c.threshold_sparing if "potassium_sparing" in takes else 0.0
    if has & {"diabetes_type_1", "diabetes_type_2"}:
        threshold += c.threshold_diabetes
    elif "prediabetes" in has:
        threshold += c.threshold_prediabetes
    leak = b.kidney.leak
    leak += c.leak_alcohol if "alcohol_use_disorder" in has else 0.0
    leak += c.leak_wasting if "calcineurin_inhibitor" in takes else 0.0
    burn = b.caffeine.elimination
    burn *= c.caffeine_smoker if person.smoker else 1.0
    burn *= c.caffeine_pregnant if person.pregnant else 1.0
    return {
        "chain.wakefulness": b.chain.wakefulness * math.exp(c.wake_age * decades),
        "chain.slow_wave": b.chain.slow_wave * math.exp(c.slow_wave_age * decades),
        "nerves.trait": c.load_age * decades + loads[person.insomnia],
        "nerves.rmssd_typical": b.nerves.rmssd_typical * math.exp(c.rmssd_age * decades),
        "pineal.synthesis": b.pineal.synthesis * math.exp(c.melatonin_age * decades),
        "pineal.half_light": b.pineal.half_light * light[person.light_sensitivity],
        "pineal.volume": c.melatonin_volume * person.mass_kg,
        "clock.period": b.clock.period
        + (c.period_female if female else c.period_male)
        + c.period_per_hour * person.chronotype_hours,
        "stores.volume": b.stores.volume * size,
        "stores.tissue_size": b.stores.tissue_size * size,
        "stores.slow_size": b.stores.slow_size * size,
        "kidney.slope": b.kidney.slope * flux,
        "kidney.obligatory": b.kidney.obligatory * flux,
        "kidney.endogenous": b.kidney.endogenous * flux,
        "kidney.gfr": aged if known is None else known / 100.0,
        "kidney.threshold": threshold,
        "kidney.leak": leak,
        "alcohol.volume": (c.water_female if female else c.water_male) * person.mass_kg,
        "gut.absorption": absorption,
        "gut.passage": b.gut.passage * (c.passage_diarrhoea if "chronic_diarrhoea" in has else 1.0),
        "caffeine.elimination": burn,
    }


@pytest.mark.parametrize("person", PEOPLE, ids=lambda p: f"{p.sex}-{p.age:g}")
def test_every_covariate_acts_by_its_rule_and_on_nothing_else(person):
    body = pack([individualise(person)], Body)[:, 0]
    wanted = pack([Body()], Body)[:, 0]
    for name, value in expected(person).items():
        wanted[leaf_index(Body, name)] = value
    wanted = multiplied(wanted[:, None], centre())[:, 0]
    np.testing.assert_allclose(body, wanted, rtol=5e-16)
    assert all(type(leaf) is float for leaf in individualise(person).kidney)


def test_many_at_once_are_each_as_alone():
    traits = Traits(*(np.concatenate(c) for c in zip(*map(traits_of, PEOPLE), strict=True)))
    together = typical_bodies(traits)
    for k, person in enumerate(PEOPLE):
        np.testing.assert_array_equal(together[:, k], pack([individualise(person)], Body)[:, 0])


def test_the_reference_body_ages_as_people_do():
    plain = reference_body()
    assert plain.nerves.trait == 0.0
    assert plain.chain == Body().chain
    old = reference_body(70.0, insomnia=0.3)
    assert old.nerves.trait == pytest.approx(0.3 + 2.5 * Covariates().load_age, rel=1e-15)


def test_people_differ_by_their_own_numbers_and_their_spread():
    typical = individualise(PEOPLE[2])
    centre = pack([typical], Body)
    people = np.array([3, 0, 900_000])
    bodies = spread_bodies(centre, people, 7)
    for k, person in enumerate(people):
        z = np.clip(normals(7, np.array([person]), DRAW, 0, len(parameters()))[0], -3, 3)
        for leaf, parameter in enumerate(parameters()):
            sigma = math.sqrt(math.log1p(parameter.par.cv**2))
            wanted = centre[leaf, 0] * math.exp(sigma * z[leaf]) + parameter.par.sd * z[leaf]
            assert bodies[leaf, k] == pytest.approx(wanted, rel=1e-14)


def test_draws_are_the_same_whatever_their_number():
    typical = individualise(PEOPLE[0])
    many = draw_bodies(typical, 6, 3, 5)
    few = draw_bodies(typical, 2, 3, 5, first=4)
    for doubt in range(3):
        here = many.values[:, (many.doubt == doubt) & (many.person >= 4)]
        np.testing.assert_array_equal(here, few.values[:, few.doubt == doubt])
    learnt = {gain.parameter for gain in GAINS}
    sure = np.array([p.par.doubt == 0.0 and p.name not in learnt for p in parameters()])
    first, second = (many.values[sure][:, many.doubt == k] for k in (0, 1))
    np.testing.assert_array_equal(first, second)
