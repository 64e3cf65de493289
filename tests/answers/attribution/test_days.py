"""Weeks with levers: all of them on is a person's own week, all held is the same day every day."""

import numpy as np
import pytest

from somnesium.answers.attribution.days import LEVERS, factors_of, varied_weeks
from somnesium.answers.attribution.inputs import (
    bodies_at,
    doubts_of,
    inputs_of_people,
    normals_of,
    people_at,
)
from somnesium.answers.attribution.lives import OUTCOMES, nightly, outcomes_at
from somnesium.answers.attribution.nights import alone_and_last, night_game
from somnesium.answers.attribution.people import lives_of_walks, people_game
from somnesium.answers.safety.gate import plan_of_healthy_adult
from somnesium.body.assembly import State
from somnesium.engine.channels import ADD
from somnesium.engine.lanes import leaf_index
from somnesium.engine.run import Result
from somnesium.nights.night import measure
from somnesium.person.regimen import Regimen
from somnesium.population.lives import live, settle
from somnesium.population.weeks import weeks_of
from somnesium.questions.attribution.attribution import PLAN

PEOPLE = 24
SEED = 5


@pytest.fixture(scope="module")
def people():
    return people_at(inputs_of_people().mixing @ normals_of(np.arange(PEOPLE), SEED))


def on(value, **changed):
    return {name: np.full(PEOPLE, changed.get(name, value)) for name in LEVERS}


def even():
    return {name: np.ones((PEOPLE, 7)) for name in ("magnesium", "light", "caffeine", "stress")}


def silent(_lives):
    pass


def test_all_levers_and_even_factors_are_the_week_of_the_population(people):
    """Marks of no stress that repeat what is so anyway are added; nothing else differs."""
    found, own = varied_weeks(people, on(True), even()), weeks_of(people, None)

    def rows(weeks, k):
        part = slice(weeks.begins[k], weeks.begins[k + 1])
        return {
            (round(60 * t), int(c), round(v, 9))
            for t, c, v in zip(
                weeks.time[part], weeks.channel[part], weeks.value[part], strict=True
            )
        }

    for k in range(PEOPLE):
        assert rows(own, k) <= rows(found, k)
        assert all(value == 0.0 for _, _, value in rows(found, k) - rows(own, k))


def test_held_levers_make_every_day_the_same(people):
    weeks = varied_weeks(people, on(False), factors_of(people, SEED))
    for k in range(PEOPLE):
        part = slice(weeks.begins[k], weeks.begins[k + 1])
        day, clock = np.divmod(np.round(60.0 * weeks.time[part]).astype(int), 1440)
        days = [
            sorted(
                zip(
                    clock[day == d],
                    weeks.channel[part][day == d],
                    weeks.value[part][day == d].round(9),
                    strict=True,
                )
            )
            for d in range(7)
        ]
        assert all(one == days[0] for one in days)


def test_a_lever_changes_no_weekly_sum_of_magnesium_but_its_own(people):
    channel = ADD + leaf_index(State, "gut.swallowed")

    def eaten(weeks):
        who = np.repeat(np.arange(PEOPLE), np.diff(weeks.begins))
        here = weeks.channel == channel
        return np.bincount(who[here], weeks.value[here], PEOPLE)

    own = eaten(weeks_of(people, None))
    factors = factors_of(people, SEED)
    assert eaten(varied_weeks(people, on(False), factors)) == pytest.approx(own)
    assert eaten(varied_weeks(people, on(True, magnesium=False), factors)) == pytest.approx(own)
    assert not np.allclose(eaten(varied_weeks(people, on(True), factors)), own)


def test_factors_have_a_mean_of_one_and_are_above_zero(people):
    several = [factors_of(people, seed) for seed in range(40)]
    for name in several[0]:
        every = np.stack([one[name] for one in several])
        assert np.all(every > 0.0)
        assert every.mean() == pytest.approx(1.0, abs=0.05)


@pytest.fixture(scope="module")
def game():
    return night_game(PEOPLE, doubts_of(PEOPLE, SEED), SEED, silent)


def test_parts_between_nights_sum_to_the_whole_variance(game):
    assert game.parts.sum(axis=1) == pytest.approx(game.whole)
    assert np.all(game.alone >= 0.0)


def test_chance_and_bedtimes_are_most_of_the_variance_between_nights(game):
    found = alone_and_last(game, list(OUTCOMES).index("duration"), SEED)
    most = np.argsort(found.first)[-2:]
    assert {list(LEVERS)[k] for k in most} == {"chance", "schedule"}
    assert np.all(found.first_half >= 0.0)


def test_nightly_outcomes_are_those_of_nights(people):
    points = inputs_of_people().mixing @ normals_of(np.arange(PEOPLE), SEED)
    weeks = weeks_of(people, None)
    settled = settle(people.person, bodies_at(points, people, doubts_of(PEOPLE, SEED)), weeks)
    rows = live(settled, weeks, 7, SEED)
    found = nightly(rows, 1, 7)
    assert not np.isnan(found).any()
    result = Result(rows, np.zeros(0), np.zeros(0))
    for k, name in enumerate(OUTCOMES):
        if name != "isi":
            every = measure(result, name)
            for person in range(PEOPLE):
                apart = np.abs(found[:, k, person, None] - every[None, :, person])
                assert np.all(np.nanmin(apart, axis=1) < 1e-9)
                assert np.all(np.diff(np.nanargmin(apart, axis=1)) == 1)


def test_no_plan_changes_nothing_at_all():
    points = inputs_of_people().mixing @ normals_of(np.arange(PEOPLE), SEED)
    found = outcomes_at(
        points, doubts_of(PEOPLE, SEED), SEED, plan_of_healthy_adult(Regimen()), silent
    )
    assert np.all(found[1] == 0.0)
    assert np.all(found[0] > 0.0)


def test_the_people_game_counts_its_lives_and_shares_half_squared_differences():
    lived = []
    game = people_game(6, doubts_of(6, SEED), SEED, plan_of_healthy_adult(PLAN), lived.append)
    assert sum(lived) == lives_of_walks(6)
    assert np.all(game.parts.sum(axis=2) >= -1e-9)
    assert game.at_exchanged.shape == (14, 2, len(OUTCOMES), 3)
