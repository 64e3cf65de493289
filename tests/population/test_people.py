"""Virtual people: the margins come out, nobody depends on who is drawn beside them."""

import numpy as np
import pytest

from somnesium import sources
from somnesium.population.covariates import COVARIATES
from somnesium.population.margins import age_pyramid, margin
from somnesium.population.pattern import cup_times, pattern_of
from somnesium.population.people import People, bodies_of, draw_people, traits_of_people
from somnesium.population.spec import PopulationSpec
from somnesium.sources import packaged_toml

SPEC = PopulationSpec(people=20_000, seed=11)
N = 20_000
SIGMAS = 4.5
"""Monte Carlo errors allowed: one test in 100,000 fails by chance, and the seed is fixed."""


@pytest.fixture(scope="module")
def people() -> People:
    return draw_people(SPEC, 0, N)


def near(share, expected, number):
    """Whether a share lies within Monte Carlo error of an expected one."""
    error = SIGMAS * np.sqrt(expected * (1 - expected) / number)
    return abs(share - expected) <= error


def test_columns_are_the_covariates(people):
    assert People._fields == ("person", "weight", *COVARIATES)
    for name, column in people._asdict().items():
        assert column.shape == (N,), name
        assert np.all(np.isfinite(column.astype(float))), name
    for name, what in COVARIATES.items():
        column = getattr(people, name)
        assert column.min() >= what.low, name
        assert column.max() <= what.high, name


@pytest.mark.parametrize("name", packaged_toml("population/margins.toml"))
def test_every_margin_has_a_source_and_as_many_values_as_bands(name):
    entry = packaged_toml("population/margins.toml")[name]
    assert sources.exists(entry["source"]), entry["source"]
    if name != "loadings":
        found = margin(name)
        assert len(found.female) == len(found.male) == len(found.from_age)
        assert np.all(np.diff(found.from_age) > 0)
        assert found.from_age[0] == 18


def test_ages_are_those_of_the_adults_of_each_sex(people):
    pyramid = age_pyramid()
    assert near(np.mean(people.sex == 0), pyramid.female_share, N)
    for code, below in enumerate((pyramid.female, pyramid.male)):
        ages = people.age[people.sex == code]
        for edge, count in zip(pyramid.edges[1:-1], below[1:-1], strict=True):
            assert near(np.mean(ages < edge), count / below[-1], len(ages))


@pytest.mark.parametrize("sex", [0, 1])
@pytest.mark.parametrize("band", range(4))
def test_size_is_that_of_nhanes(people, sex, band):
    edges = [*margin("height").from_age, 200]
    here = (people.sex == sex) & (people.age >= edges[band]) & (people.age < edges[band + 1])
    mass, height = np.log(people.mass_kg[here]), people.height_cm[here]
    number = here.sum()
    assert number > 500

    def of(name):
        found = margin(name)
        return (found.female if sex == 0 else found.male)[band]

    for column, mean, sd in (
        (mass, of("log_mass"), of("log_mass_sd")),
        (height, of("height"), of("height_sd")),
    ):
        assert abs(column.mean() - mean) <= SIGMAS * sd / np.sqrt(number)
        assert abs(column.std() / sd - 1) <= SIGMAS / np.sqrt(2 * number)
    r = np.corrcoef(mass, height)[0, 1]
    # Heights and masses at the ends of the allowed range make it no more than a trace weaker.
    away = np.arctanh(r) - np.arctanh(of("mass_height_correlation"))
    assert abs(away) <= SIGMAS / np.sqrt(number)


FLAGS = [name for name, what in COVARIATES.items() if what.kind == "flag"]


def expected_share(name, people):
    return margin(name).at(people.age, people.sex == 0).mean()


@pytest.mark.parametrize("name", FLAGS)
def test_prevalence_of_conditions_and_medicines(people, name):
    assert near(getattr(people, name).mean(), expected_share(name, people), N)


def test_prevalence_of_diabetes(people):
    first = expected_share("diabetes_type_1", people)
    total, before = expected_share("diabetes_total", people), expected_share("prediabetes", people)
    assert near(np.mean(people.diabetes == 3), first, N)
    # Of those whom chance gives type 1, some had the score of type 2 as well.
    assert near(np.mean(people.diabetes >= 2), total - first + first * (1 - total + first), N)
    assert abs(np.mean(people.diabetes == 1) - before * (1 - first)) < 0.015
    heavy = people.mass_kg / (people.height_cm / 100) ** 2 > 35
    assert people.diabetes[heavy].mean() > people.diabetes[~heavy].mean() + 0.1


def test_prevalence_of_insomnia_is_that_published(people):
    for least, name in ((1, "symptoms"), (2, "disorder"), (3, "severe")):
        share = np.mean(people.insomnia >= least)
        assert near(share, expected_share(f"insomnia_{name}", people), N)
    # morin2022: 10 % have the disorder, 20 % more symptoms; women more often
    assert np.mean(people.insomnia >= 2) == pytest.approx(0.10, abs=0.01)
    assert np.mean(people.insomnia == 1) == pytest.approx(0.20, abs=0.015)
    disorder = people.insomnia >= 2
    assert disorder[people.sex == 0].mean() > 1.2 * disorder[people.sex == 1].mean()


def test_kidneys_are_as_often_ill_as_published(people):
    # usrds2018: CKD stages 3 to 5, single measurements, about 6.8 % of adults
    assert np.mean(people.egfr < 60) == pytest.approx(0.068, abs=0.012)
    assert np.mean(people.egfr[people.age >= 70] < 60) > 0.2
    assert np.mean(people.egfr[people.age < 40] < 60) < 0.015


def test_magnesium_from_food_is_that_published(people):
    # means of men and women: 338 and 256 mg; supplements add 32 and 36 mg
    for sex, food, added in ((1, 338, 32), (0, 256, 36)):
        here = people.sex == sex
        assert people.food_mg[here].mean() == pytest.approx(food, rel=0.02)
        assert people.supplement_mg[here].mean() == pytest.approx(added, rel=0.08)
    logs = np.log(people.food_mg[(people.sex == 1) & (people.age < 70)])
    assert logs.std() == pytest.approx(0.325, rel=0.03)
    r = np.corrcoef(np.log(people.food_mg), np.log(people.mass_kg))[0, 1]
    assert r > 0.15


def test_bed_and_rise_are_those_published(people):
    # di2022: asleep 23:02 to 06:41 on work days, 23:25 to 07:41 on free days; lights out 15 min
    # before; a quarter asleep at midnight or later, 23.1 % and 12.9 % below 7 h
    for column, hours in (
        ("bed_work", 22.78),
        ("rise_work", 6.68),
        ("bed_free", 23.17),
        ("rise_free", 7.68),
    ):
        assert getattr(people, column).mean() == pytest.approx(hours, abs=0.1), column
    assert np.mean(people.bed_work + 0.25 >= 24.0) == pytest.approx(0.254, abs=0.03)
    # Hours are told by the half: less than 7 is below 6.75.
    asleep = people.rise_work + 24.0 - people.bed_work - 0.25
    assert np.mean(asleep < 6.75) == pytest.approx(0.231, abs=0.03)
    free = people.rise_free + 24.0 - people.bed_free - 0.25
    assert np.mean(free < 6.75) == pytest.approx(0.129, abs=0.03)


def test_caffeine_is_that_published(people):
    # fulgoni2015: 89 % take it, 211 mg a day of those who do
    users = people.caffeine_mg > 0
    assert near(users.mean(), 0.89, N)
    assert people.caffeine_mg[users].mean() == pytest.approx(211, rel=0.06)
    assert np.all((people.caffeine_cups > 0) == users)
    # lieberman2016: 71 % before noon
    pattern = pattern_of(people)
    cups = np.arange(6) < pattern.cups[:, None]
    early = (cup_times(pattern) < 12 * 60).transpose(1, 0, 2) & cups
    mg = pattern.cup_mg[:, None]
    before = (5 * (early[0] * mg).sum() + 2 * (early[1] * mg).sum()) / 7
    assert before / (cups * mg).sum() == pytest.approx(0.71, abs=0.02)


def test_exercise_and_alcohol_are_as_common_as_published(people):
    # schoenborn2013: 46.1 % reach 150 min a week, 64.9 % drink
    reached = people.exercise_days * people.exercise_minutes >= 150
    assert reached.mean() == pytest.approx(0.461, abs=0.02)
    assert np.mean(people.alcohol_drinks > 0) == pytest.approx(0.649, abs=0.02)
    # Those with a disorder are the heaviest drinkers.
    ill = people.alcohol_use_disorder
    assert people.alcohol_days[ill].min() >= people.alcohol_days[~ill].mean()


def test_habits_follow_the_clock_and_troubles_follow_stress(people):
    assert np.corrcoef(people.chronotype_hours, people.bed_work)[0, 1] > 0.3
    assert np.corrcoef(people.chronotype_hours, people.bed_free)[0, 1] > 0.35
    assert np.corrcoef(people.bed_work, people.rise_work + 24 - people.bed_work)[0, 1] < -0.2
    tense = people.stress > np.quantile(people.stress, 0.75)
    assert np.mean(people.insomnia[tense] > 0) > np.mean(people.insomnia[~tense] > 0) + 0.1


@pytest.mark.parametrize("size", [1, 7, 1024])
@pytest.mark.parametrize(
    "change", [{}, {"filters": {"age": [70, 90], "insomnia": ["moderate", "severe"]}}]
)
def test_the_size_of_a_chunk_changes_no_bit(size, change):
    spec = PopulationSpec(people=5000, seed=4, **change)
    number = min(40 * size, 2048)
    whole = draw_people(spec, 3, number)
    bodies = bodies_of(whole, spec.seed)
    for begin in range(0, number, size):
        count = min(size, number - begin)
        part = draw_people(spec, 3 + begin, count)
        for name, column in part._asdict().items():
            np.testing.assert_array_equal(column, getattr(whole, name)[begin : begin + count], name)
        own = bodies_of(part, spec.seed)
        np.testing.assert_array_equal(own, bodies[:, begin : begin + count])


def test_another_seed_gives_other_people(people):
    other = draw_people(PopulationSpec(people=20, seed=12), 0, 20)
    assert not np.any(other.mass_kg == people.mass_kg[:20])


def test_filters_keep_only_whom_they_let_through_and_keep_the_rest_of_the_margins():
    spec = PopulationSpec(
        people=4000, filters={"age": [60, 90], "sex": "female", "ppi": True, "food_mg": [0, 300]}
    )
    found = draw_people(spec, 0, 2000)
    assert found.age.min() >= 60
    assert set(found.sex) == {0}
    assert found.ppi.all()
    assert found.food_mg.max() <= 300
    # What is not filtered is as in everyone like them.
    assert near(found.thiazide.mean(), expected_share("thiazide", found), 2000)


def test_a_filtered_person_is_the_first_attempt_that_passes():
    everyone = draw_people(PopulationSpec(people=300), 0, 300)
    filtered = draw_people(PopulationSpec(people=300, filters={"sex": "male"}), 0, 300)
    male = everyone.sex == 1
    np.testing.assert_array_equal(filtered.mass_kg[male], everyone.mass_kg[male])
    assert not np.any(filtered.mass_kg[~male] == everyone.mass_kg[~male])


def test_a_spread_replaces_the_margin():
    spec = PopulationSpec(
        people=N,
        spreads={
            "age": {"mean": 50, "sd": 5},
            "food_mg": {"mean": 200, "sd": 40},
            "rise_work": {"mean": 6.0, "sd": 0.5},
        },
    )
    found = draw_people(spec, 0, N)
    assert found.age.mean() == pytest.approx(50, abs=0.2)
    assert found.age.std() == pytest.approx(5, rel=0.03)
    assert found.food_mg.mean() == pytest.approx(200, rel=0.01)
    assert found.food_mg.std() == pytest.approx(40, rel=0.05)
    assert found.rise_work.mean() == pytest.approx(6.0, abs=0.02)
    # The night moves with its end: people do not sleep longer or shorter for it.
    assert np.mean(found.rise_work + 24 - found.bed_work) == pytest.approx(7.85, abs=0.15)
    # Correlations stay: those who eat more are heavier.
    assert np.corrcoef(np.log(found.food_mg), np.log(found.mass_kg))[0, 1] > 0.1


def test_a_truncated_spread_stays_inside_the_range():
    spec = PopulationSpec(people=5000, spreads={"stress": {"mean": 0.9, "sd": 0.3}})
    stress = draw_people(spec, 0, 5000).stress
    assert stress.min() >= 0
    assert stress.max() <= 1
    assert stress.std() < 0.3


def test_bodies_take_their_covariates(people):
    traits = traits_of_people(people)
    assert np.all(traits.diabetes == (people.diabetes >= 2))
    assert np.all(traits.prediabetes == (people.diabetes == 1))
    assert not traits.pregnant.any()
    bodies = bodies_of(people, SPEC.seed)
    assert bodies.shape[1] == N
    assert np.all(np.isfinite(bodies))
