"""Virtual people by their inputs are the population's people, and follow each other as there."""

import numpy as np
import pytest

from somnesium.answers.attribution.inputs import (
    GROUPS,
    MAGNESIUM,
    Doubts,
    bodies_at,
    doubts_of,
    inputs_of_people,
    normals_of,
    people_at,
)
from somnesium.population.covariates import COVARIATES
from somnesium.population.drawing import SCORES
from somnesium.population.people import bodies_of, draw_people
from somnesium.population.spec import PopulationSpec
from somnesium.simulation.gains import GAINS, posterior
from somnesium.simulation.individual import parameters

PEOPLE = 400
SEED = 3

# Covariates by the scores they are drawn with, of those that follow another score.
FOLLOWERS = {
    "diabetes": ("diabetes", "diabetes_type_1"),
    "insomnia": ("insomnia",),
    "smoker": ("smoker",),
    "caffeine_mg": ("caffeine_user", "caffeine"),
    "bed_work": ("bed_work",),
    "bariatric_surgery": ("bariatric_surgery",),
    "chronic_diarrhoea": ("chronic_diarrhoea",),
    "ppi": ("ppi",),
    "thiazide": ("thiazide",),
    "food_mg": ("food",),
}


@pytest.fixture(scope="module")
def points():
    return inputs_of_people().mixing @ normals_of(np.arange(PEOPLE), SEED)


def no_doubts(count):
    return Doubts(np.ones((len(GAINS), count)), np.zeros(count))


def test_people_by_their_inputs_are_the_people_of_the_population(points):
    drawn = draw_people(PopulationSpec(people=PEOPLE, seed=SEED), 0, PEOPLE)
    found = people_at(points)
    assert np.array_equal(found.person, drawn.person)
    for name in COVARIATES:
        assert getattr(found, name) == pytest.approx(getattr(drawn, name), rel=1e-9), name


def test_bodies_by_their_inputs_are_those_of_the_population(points):
    drawn = draw_people(PopulationSpec(people=PEOPLE, seed=SEED), 0, PEOPLE)
    found = bodies_at(points, people_at(points), no_doubts(PEOPLE))
    assert found == pytest.approx(bodies_of(drawn, SEED), rel=1e-9)


@pytest.mark.parametrize("name", FOLLOWERS)
def test_a_covariate_stays_when_its_scores_stay_whatever_its_leaders_do(points, name):
    """Otherwise `inputs` would not know that it follows them, or how strongly."""
    kept = [SCORES.index(score) for score in ("age", "sex", *FOLLOWERS[name])]
    other = np.roll(points, 1, axis=1)
    other[kept] = points[kept]
    before, after = (getattr(people_at(p), name).astype(float) for p in (points, other))
    # Food follows mass by a correlation with height that differs a little with age.
    tolerance = 0.03 if name == "food_mg" else 1e-9
    assert after == pytest.approx(before, rel=tolerance)


def test_followers_are_standard_normal_too():
    mixing = inputs_of_people().mixing
    assert (mixing**2).sum(axis=1) == pytest.approx(1.0)


def test_every_input_has_a_group_and_every_group_an_input():
    inputs = inputs_of_people()
    assert set(inputs.group) == set(range(len(GROUPS)))
    differing = [p for p in parameters() if p.par.cv > 0.0 or p.par.sd > 0.0]
    assert len(inputs.group) == len(SCORES) + len(differing) + 1


def test_changing_the_magnesium_group_changes_nothing_else(points):
    inputs = inputs_of_people()
    rows = np.isin(inputs.group, [list(GROUPS).index(name) for name in MAGNESIUM])
    other = np.where(rows[:, None], np.roll(points, 1, axis=1), points)
    before, after = people_at(points), people_at(other)
    changed = {n for n in COVARIATES if not np.allclose(getattr(before, n), getattr(after, n))}
    assert changed == {
        "food_mg",
        "supplement_mg",
        "egfr",
        "diabetes",
        "gut_disease",
        "bowel_resection",
        "bariatric_surgery",
        "chronic_diarrhoea",
        "ppi",
        "thiazide",
        "potassium_sparing",
        "wasting_medicine",
    } - {n for n in COVARIATES if np.ptp(getattr(before, n).astype(float)) == 0.0}
    nobody = no_doubts(PEOPLE)
    bodies = [bodies_at(p, q, nobody) for p, q in ((points, before), (other, after))]
    leaves = {p.name for p, a, b in zip(parameters(), *bodies, strict=True) if np.any(a != b)}
    parts = {"gut", "stores", "kidney", "brain"}
    assert {name for name in leaves if name.split(".")[0] not in parts} == {
        "pineal.magnesium_gain",
        "adrenal.magnesium_gain",
        "nerves.magnesium_gain",
        "nerves.vagal_magnesium",
    }


def test_doubts_are_the_posterior_and_their_size_is_standard():
    doubts = doubts_of(3000, SEED)
    assert doubts.factor.shape == (len(GAINS), 3000)
    assert doubts.size.mean() == pytest.approx(0.0, abs=0.1)
    assert doubts.size.std() == pytest.approx(1.0, abs=0.1)
    gaba = [gain.name for gain in GAINS].index("gaba")
    assert np.corrcoef(doubts.factor[gaba], doubts.size)[0, 1] > 0.3
    assert len(np.unique(doubts.factor[gaba])) > len(posterior()) / 4
