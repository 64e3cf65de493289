"""Trials are lived as designed, by the same bits whoever lives them and on how many threads."""

import numba
import numpy as np
import pytest

from somnesium.answers.safety.gate import plan_of_healthy_adult
from somnesium.answers.trial.assignment import arms_by_week, assign, latin_square
from somnesium.answers.trial.conduct import conduct
from somnesium.answers.trial.doses import NOTHING, arm_week, with_doses
from somnesium.answers.trial.expected import expected, prepare
from somnesium.answers.trial.living import live_weeks
from somnesium.errors import InvalidInput, NotConverged
from somnesium.population.people import draw_people
from somnesium.population.spec import PopulationSpec
from somnesium.population.weeks import weeks_of
from somnesium.simulation.gains import GAINS

from .designs import ACTIVE, DOSE, ISI, SERUM, design


def same(one, other) -> bool:
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))


def test_a_replicate_is_the_same_whatever_runs_beside_it_and_on_any_thread():
    trial = design(volunteers={"measured": {"isi": [6, 28]}})
    several = conduct(trial, 0, 3)
    alone = conduct(trial, 2, 1)
    assert np.array_equal(several.post[:, :, 2:], alone.post, equal_nan=True)
    assert np.array_equal(several.baseline[:, 2:], alone.baseline)
    numba.set_num_threads(1)
    try:
        again = conduct(trial, 0, 3)
    finally:
        numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    assert same(several, again)
    assert not np.array_equal(several.post[:, :, 0], several.post[:, :, 1], equal_nan=True)


def test_entry_holds_readings_to_their_range_and_readings_fall_back_to_the_mean():
    trial = design(
        people=60,
        volunteers={"measured": {"isi": [14, 28]}},
        arms=[{"name": "nothing"}],
        loss={"dropout": 0, "stopped": 0},
        blinding="open",
        endpoints=[ISI],
    )
    found = conduct(trial, 0, 3)
    assert found.baseline.min() >= 14.0
    assert found.screened > 180
    # Nobody takes anything, nobody believes anything, no response is added: selection alone.
    assert found.post.mean() < found.baseline.mean() - 0.3


def test_hardly_anyone_let_in_is_refused_with_the_ranges(monkeypatch):
    monkeypatch.setattr("somnesium.answers.trial.people.MOST_SCREENED", 6)
    with pytest.raises(InvalidInput, match=r"volunteers\.measured"):
        conduct(design(people=2, volunteers={"measured": {"serum": [3.0, 4.0]}}), 0, 1)


def test_whoever_leaves_is_not_measured_and_the_share_is_that_asked_for():
    trial = design(people=400, loss={"dropout": 0.25, "stopped": 0, "missed_doses": 0})
    gone = np.isnan(conduct(trial, 0, 1).post[-1, 0])
    assert abs(gone.mean() - 0.25) < 4.0 * np.sqrt(0.25 * 0.75 / 400)


def test_groups_are_balanced_and_orders_are_latin_squares():
    trial = design(people=13)
    sequence = assign(trial, np.arange(26).reshape(2, 13)).sequence.reshape(2, 13)
    assert [np.bincount(row).tolist() for row in sequence] == [[7, 6], [7, 6]]
    assert not np.array_equal(sequence[0], sequence[1])
    square = latin_square(4)
    assert all(sorted(line) == [0, 1, 2, 3] for line in (*square, *square.T))
    many = design(design="n_of_1", cycles=5, people=40)
    arm = assign(many, np.arange(40).reshape(1, 40)).arm
    assert np.array_equal(arm[0::2] + arm[1::2], np.ones((5, 40)))
    assert 0.3 < arm[0::2].mean() < 0.7


def test_weeks_of_wash_out_hold_no_doses():
    trial = design(design="crossover", weeks=2, washout_weeks=1)
    weeks = arms_by_week(trial, assign(trial, np.arange(4).reshape(1, 4)))
    assert (weeks[2] == NOTHING).all()
    assert sorted(set(weeks[[0, 1, 3, 4]].ravel())) == [0, 1]


def test_doses_are_merged_as_by_sorting_and_missed_as_often_as_said():
    people = draw_people(PopulationSpec(people=300, seed=5), 0, 300)
    own = weeks_of(people, None)
    plan = plan_of_healthy_adult(design().arms[0].regimen)
    arm = np.where(np.arange(300) % 3 == 0, NOTHING, 0)
    whole = with_doses(own, (arm_week(plan),), arm, people.person, 1.0, 1, 5)
    everyone = weeks_of(people, plan)
    for k in (0, 1, 2):
        a, b = whole.begins[k : k + 2]
        source = own if arm[k] == NOTHING else everyone
        c, d = source.begins[k : k + 2]
        assert np.array_equal(whole.time[a:b], source.time[c:d])
        assert np.array_equal(whole.value[a:b], source.value[c:d])
    some = with_doses(own, (arm_week(plan),), arm, people.person, 0.7, 1, 5)
    given = np.diff(some.begins) - np.diff(own.begins)
    taken = given[arm == 0].sum() / (np.diff(whole.begins) - np.diff(own.begins)).sum()
    assert abs(taken - 0.7) < 4.0 * np.sqrt(0.21 / (200 * 7))
    other = with_doses(own, (arm_week(plan),), arm, people.person, 0.7, 2, 5)
    assert not np.array_equal(some.begins, other.begins)


def test_nothing_taken_makes_no_difference_at_all_and_more_gain_makes_more():
    nothing = {"name": "zero", "regimen": {"intakes": [DOSE | {"magnesium_mg": 0.0}]}}
    prepared = prepare(design(arms=[nothing, {"name": "placebo"}]), people=16)
    assert np.array_equal(expected(prepared).difference, np.zeros(2))
    prepared = prepare(design(volunteers={"filters": {"food_mg": [60, 200]}}), people=16)
    gains = np.ones(len(GAINS))
    plain = expected(prepared, gains)
    gains[[gain.name for gain in GAINS].index("load")] = 2.0
    more = expected(prepared, gains)
    assert more.difference[0] < plain.difference[0] < 0.0
    assert plain.difference[1] > 0.0
    assert np.array_equal(plain.post, expected(prepared, np.ones(len(GAINS))).post)


def test_expectation_and_trial_tell_of_the_same_effect():
    trial = design(people=400, endpoints=[SERUM], analysis={"method": "change"})
    records = conduct(trial, 0, 1)
    change = (records.post[0] - records.baseline)[0, 0]
    arm = records.arm[0, 0]
    found = np.nanmean(change[arm == 0]) - np.nanmean(change[arm == 1])
    error = np.sqrt(sum(np.nanvar(change[arm == k]) / 180 for k in (0, 1)))
    wanted = expected(prepare(trial, people=200))
    assert abs(found - wanted.difference[0]) < 4.0 * (error + wanted.spread[0] / np.sqrt(200))


def test_whoever_overflows_lives_the_week_again_and_nobody_else_changes(monkeypatch):
    from somnesium.answers.trial import living
    from somnesium.answers.trial.people import enrol

    trial = design()
    found = enrol(trial, 0, 1)
    plain = live_weeks(
        living.copy_lanes(found.lanes), found.person, found.bodies, found.own, 2, 3, "float32"
    )
    run, used = living._run, []

    def overflow(lanes, person, bodies, weeks, until, seed, precision):
        if 7 in person and precision == "float32":
            raise NotConverged("person 7 overflowed")
        used.append((tuple(person), precision))
        return run(lanes, person, bodies, weeks, until, seed, precision)

    monkeypatch.setattr(living, "_run", overflow)
    lanes = living.copy_lanes(found.lanes)
    rows = live_weeks(lanes, found.person, found.bodies, found.own, 2, 3, "float32")
    others = np.arange(12) != 7
    assert ((7,), "float64") in used
    assert np.array_equal(rows[..., others], plain[..., others], equal_nan=True)
    assert np.allclose(rows[..., 7], plain[..., 7], rtol=1e-3, atol=1e-2, equal_nan=True)
    monkeypatch.setattr(living, "_run", lambda *_: (_ for _ in ()).throw(NotConverged("all")))
    with pytest.raises(NotConverged):
        live_weeks(lanes, found.person, found.bodies, found.own, 3, 3, "float32")


def test_belief_moves_both_arms_when_blind_and_one_when_open():
    arms = [
        ACTIVE | {"regimen": {"intakes": [DOSE | {"magnesium_mg": 1.0}]}},
        {"name": "nothing", "kind": "nothing"},
    ]
    trial = design(
        people=400,
        arms=arms,
        blinding="open",
        endpoints=[ISI],
        volunteers={"filters": {"insomnia": ["severe"]}},
    )
    records = conduct(trial, 0, 1)
    arm = records.arm[0, 0]
    change = (records.post[0] - records.baseline)[0, 0]
    difference = np.nanmean(change[arm == 0]) - np.nanmean(change[arm == 1])
    error = np.sqrt(sum(np.nanvar(change[arm == k]) / 180 for k in (0, 1)))
    wanted = expected(prepare(trial, people=64)).response
    assert wanted[0, 0] - wanted[1, 0] < -0.8
    assert abs(difference - (wanted[0, 0] - wanted[1, 0])) < 4.0 * error + 0.15


def test_a_run_in_measures_the_baseline_again_so_that_it_has_fallen_back_already():
    volunteers = {"measured": {"isi": [14, 28]}}
    arms = [{"name": "nothing", "kind": "nothing"}]
    trial = design(people=60, volunteers=volunteers, arms=arms, endpoints=[ISI], run_in_weeks=2)
    found = conduct(trial, 0, 3)
    assert found.baseline.min() < 14.0
    assert abs(np.nanmean(found.post[0] - found.baseline)) < 4.0 * 3.0 / np.sqrt(160)
