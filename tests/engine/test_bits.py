"""What must hold to the last bit: company, order, threads, pauses, and how a week is written."""

import numba
import numpy as np
import pytest
from lives import LIFE, N_STATE, add, assert_same, crowd_of_40, day, live, more, put

from somnesium.body.assembly import Body, Inputs, State
from somnesium.engine.channels import LIGHTS_OUT, RISE, SET
from somnesium.engine.lanes import leaf_index
from somnesium.engine.randomness import UNREST, normals
from somnesium.engine.run import WEEK, copy_lanes, run_events, run_weeks, start_lanes
from somnesium.engine.schedule import Events, merge
from somnesium.simulation.individual import draw_bodies

both = pytest.mark.parametrize("precision", ["float64", "float32"])
UNREST_INPUT = SET + leaf_index(Inputs, "unrest")


def assert_same_rows(a, b, who=slice(None)):
    """Rows, epochs and trace of `a` are those of `b` that `who` names; fewer nights end earlier."""
    nights = len(a.rows)
    assert np.array_equal(a.rows, b.rows[:nights, :, who], equal_nan=True)
    assert np.isnan(b.rows[nights:, :, who]).all()
    assert np.array_equal(a.epochs, b.epochs[who])
    assert np.array_equal(a.trace, b.trace[:, :, who], equal_nan=True)


# --- company ---------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("drawn", [False, True])
def test_company_and_place_change_nobody_s_bits(drawn, precision):
    some = crowd_of_40(drawn=drawn, seed=9, unrest=0.7, precision=precision)
    lanes, result = some(np.arange(40))
    assert len(np.unique(result.field("latency")[0])) == 40
    for who in ([0], [17], [39], [5, 38], list(range(39, 19, -1))):
        alone, own = some(who)
        assert_same(alone, lanes, who)
        assert_same_rows(own, result, who)


@both
@pytest.mark.parametrize("size", [1, 7, 33])
def test_any_chunks_in_any_order_are_the_whole(size, precision):
    """Whoever is in a tile in place of them, the same people have the same nights."""
    some = crowd_of_40(precision=precision, seed=5, unrest=1.1, trace=True)
    lanes, result = some(np.arange(40))
    order = np.random.default_rng(size).permutation(40)
    for begin in range(0, 40, size):
        who = order[begin : begin + size]
        alone, own = some(who)
        assert_same(alone, lanes, who)
        assert_same_rows(own, result, who)


@both
def test_the_number_of_threads_changes_nothing(precision):
    if numba.config.NUMBA_NUM_THREADS < 2:  # type: ignore[attr-defined]
        pytest.skip("one thread is all there is")
    some = crowd_of_40(precision=precision, seed=2, unrest=0.5)
    found, before = [], numba.get_num_threads()
    try:
        for threads in (1, 2):
            numba.set_num_threads(threads)
            found.append(some(np.tile(np.arange(40), 3)))
    finally:
        numba.set_num_threads(before)
    (lanes, result), (again, once_more) = found
    assert_same(lanes, again)
    assert_same_rows(result, once_more)


# --- pauses ----------------------------------------------------------------------------------


def halves(cut, **options):
    """The same life in one go, and cut in two."""
    bodies = draw_bodies(Body(), 20, 1, seed=6).values
    whole = live(bodies=bodies, **options)
    lanes, first = live(bodies=bodies, until=cut, **options)
    lanes, second = live(bodies=bodies, lanes=copy_lanes(lanes), **options)
    return whole, lanes, np.concatenate([first.rows, second.rows]), (first, second)


@both
@pytest.mark.parametrize("cut", [12.0, 24.0, 36.0, 48.0])
def test_a_run_cut_at_noon_or_midnight_has_the_same_bits(cut, precision):
    """Midnight is in the middle of the night."""
    whole, lanes, rows, _ = halves(cut, precision=precision, seed=4, unrest=0.8)
    assert_same(whole[0], lanes)
    assert np.array_equal(whole[0].cursor, lanes.cursor)
    assert np.array_equal(whole[1].rows, rows)


@pytest.mark.parametrize("cut", [26.25, 40.0, 50.0417])
def test_a_run_cut_elsewhere_is_as_good(cut):
    """The slow part is worked out anew at the cut, no more. At 26.25 h and 50.04 h the clock is
    about to turn: the cut does not hide its minimum."""
    whole, lanes, rows, _ = halves(cut)
    np.testing.assert_allclose(lanes.state, whole[0].state, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(rows, whole[1].rows, rtol=1e-2, atol=1e-3)


@both
def test_a_drawn_run_cut_in_two_has_the_same_bits(precision):
    for cut in (24.0, 36.0):
        whole, lanes, rows, (first, second) = halves(
            cut, drawn=True, seed=4, unrest=0.8, precision=precision
        )
        assert_same(whole[0], lanes)
        assert np.array_equal(whole[1].rows, rows)
        joined = second.epochs.copy()
        until = first.epochs.shape[1]
        joined[:, :until] = np.maximum(joined[:, :until], first.epochs)
        assert np.array_equal(whole[1].epochs, joined)
        assert (joined >= 0).any(axis=1).all()


def test_a_trace_changes_nothing():
    some = crowd_of_40(seed=3)
    with_trace = crowd_of_40(seed=3, trace=True)
    (lanes, result), (same, traced) = some(np.arange(40)), with_trace(np.arange(40))
    assert_same(lanes, same)
    assert np.array_equal(result.rows, traced.rows)


# --- weeks -----------------------------------------------------------------------------------


def a_week(k):
    """Seven days of person k, the last night going over into the next week; below 168 h."""
    events = []
    for n in range(7):
        bed, rise = 22.6 + 0.17 * k + 0.3 * (n % 3), 30.3 + 0.11 * n
        events += day(24.0 * n, bed, rise)
    events += [*more(24.0 * (k % 5)), add("caffeine.gut", 24.0 * k + 15.003, 33.0)]
    return merge([(time % WEEK, channel, value) for time, channel, value in events])


WEEKS = [a_week(k) for k in range(5)]
BEGINS = np.cumsum([0, *(len(week.time) for week in WEEKS)])
WEEK_EVENTS = Events(*(np.concatenate(column) for column in zip(*WEEKS, strict=True)))
FIVE = draw_bodies(Body(), 5, 1, seed=12).values
KEYS = {"people": np.array([40, 3, 7, 0, 22]), "seed": 8, "unrest": 0.9}


def by_hand(weeks):
    """Schedules in which the weeks are written out one after the other."""
    return [
        merge(*(week._replace(time=WEEK * k + week.time) for k in range(weeks))) for week in WEEKS
    ]


@both
@pytest.mark.parametrize("drawn", [False, True])
def test_a_week_over_and_over_is_the_week_written_out(precision, drawn):
    """Two weeks and a half, to the last bit."""
    options = {**KEYS, "precision": precision, "drawn": drawn, "trace": True}
    until = 2.5 * WEEK
    around, out = start_lanes(FIVE, 0.0, 4.0), start_lanes(FIVE, 0.0, 4.0)
    found = run_weeks(around, FIVE, BEGINS, WEEK_EVENTS, until, **options)
    written = run_events(out, FIVE, by_hand(3), np.arange(5), until, **options)
    assert_same(around, out)
    assert_same_rows(found, written)
    assert len(found.rows) == 18  # 17 nights, and before them a rising without one


def test_weeks_go_on_where_they_were_left():
    whole = start_lanes(FIVE, 0.0, 4.0)
    found = run_weeks(whole, FIVE, BEGINS, WEEK_EVENTS, 420.0, **KEYS)
    parts, lanes = [], start_lanes(FIVE, 0.0, 4.0)
    for until in (60.0, WEEK, 192.0, 420.0):
        parts.append(run_weeks(lanes, FIVE, BEGINS, WEEK_EVENTS, until, **KEYS).rows)
        lanes = copy_lanes(lanes)
    assert_same(whole, lanes)
    assert np.array_equal(found.rows, np.concatenate(parts))


def test_people_without_events_live_on():
    """A week without events, beside weeks with them."""
    begins = np.array([0, 0, BEGINS[1], BEGINS[1]])
    week = Events(*(column[: BEGINS[1]] for column in WEEK_EVENTS))
    bodies = FIVE[:, [1, 0, 2]]
    keys = {"people": np.array([3, 40, 7]), "seed": 8, "unrest": 0.9}
    lanes = start_lanes(bodies, 0.0, 4.0)
    result = run_weeks(lanes, bodies, begins, week, 200.0, **keys)
    alone = start_lanes(FIVE[:, :1], 0.0, 4.0)
    own = run_weeks(
        alone, FIVE[:, :1], begins[1:3], week, 200.0, **{**keys, "people": np.array([40])}
    )
    assert_same(alone, lanes, [1])
    assert np.array_equal(own.rows, result.rows[:, :, [1]])
    assert np.isnan(result.rows[:, :, [0, 2]]).all()
    assert np.isfinite(lanes.state).all()


def test_nobody_s_week_at_all():
    bodies = FIVE[:, :2]
    none = Events(np.empty(0), np.empty(0, np.int64), np.empty(0))
    lanes = start_lanes(bodies, 0.0, 4.0)
    keys = {**KEYS, "people": np.array([0, 1])}
    result = run_weeks(lanes, bodies, np.zeros(3, np.int64), none, 24.0, **keys)
    assert len(result.rows) == 0
    assert np.all(lanes.time == 24.0)


# --- chance ----------------------------------------------------------------------------------


def unrest_at(until, people, seed=8, spread=1.1, precision="float64"):
    """The chance arousal that the people have at an hour [h]."""
    bodies = draw_bodies(Body(), len(people), 1, seed=1).values
    lanes, result = live(
        bodies=bodies,
        until=until,
        people=np.array(people),
        seed=seed,
        unrest=spread,
        precision=precision,
    )
    return lanes.inputs[leaf_index(Inputs, "unrest")], result


def test_unrest_is_drawn_by_person_and_night():
    """At lights-out of the first night and of the second."""
    for night, until in enumerate((24.0, 48.0)):
        found, _ = unrest_at(until, [5, 31, 0])
        drawn = normals(8, np.array([5, 31, 0]), UNREST, night, 1)[:, 0]
        np.testing.assert_allclose(found, 1.1 * drawn, rtol=1e-12)
        np.testing.assert_allclose(
            unrest_at(until, [5, 31, 0], precision="float32")[0], 1.1 * drawn, rtol=1e-6
        )


def test_unrest_is_the_same_again_and_another_by_another_key():
    here, rows = unrest_at(48.0, [5, 31])
    again, same = unrest_at(48.0, [5, 31])
    assert np.array_equal(here, again)
    assert np.array_equal(rows.rows, same.rows)
    assert not np.isin(unrest_at(48.0, [5, 31], seed=9)[0], here).any()
    assert not np.isin(unrest_at(48.0, [6, 30])[0], here).any()
    assert not np.isin(unrest_at(24.0, [5, 31])[0], here).any()
    assert unrest_at(48.0, [31, 5])[0].tolist() == here[::-1].tolist()
    assert unrest_at(48.0, [31])[0][0] == here[1]


def test_unrest_goes_with_its_spread_and_lengthens_or_shortens():
    little, much = unrest_at(24.0, range(30), spread=0.5)[0], unrest_at(24.0, range(30))[0]
    np.testing.assert_allclose(much, 2.2 * little, rtol=1e-12)
    chance, result = unrest_at(34.0, range(30))
    plain = unrest_at(34.0, range(30), spread=0.0)[1]
    longer = result.field("latency")[0] > plain.field("latency")[0]
    assert np.array_equal(longer, chance > 0.0)


def test_without_unrest_the_input_is_left_alone():
    set_by_hand = live([*LIFE, put("unrest", 1.0, 0.37)])[0]
    assert set_by_hand.inputs[leaf_index(Inputs, "unrest"), 0] == 0.37
    assert live()[0].inputs[leaf_index(Inputs, "unrest"), 0] == 0.0


def test_unrest_is_what_an_event_would_set():
    """Drawn by the engine, or set by an event at every lights-out: the same bits."""
    people = np.array([5])
    drawn = live(people=people, seed=8, unrest=1.1)
    nights = sorted(time for time, channel, _ in LIFE if channel == LIGHTS_OUT)
    values = [1.1 * normals(8, people, UNREST, n, 1)[0, 0] for n in range(len(nights))]
    events = [(t, UNREST_INPUT, v) for t, v in zip(nights, values, strict=True)]
    by_event = live([*LIFE, *events])
    np.testing.assert_allclose(drawn[0].state, by_event[0].state, rtol=1e-12)
    np.testing.assert_allclose(drawn[1].rows, by_event[1].rows, rtol=1e-10)


def test_a_nap_is_a_night_of_its_own():
    """Whatever ends with a rising counts as one: the next draw is another."""
    nap = [(14.0, LIGHTS_OUT, 1.0), (15.0, RISE, 0.0)]
    found = live([*LIFE, *nap], until=24.0, people=np.array([5]), seed=8, unrest=1.1)[0]
    drawn = normals(8, np.array([5]), UNREST, 1, 1)[0, 0]
    assert found.inputs[leaf_index(Inputs, "unrest"), 0] == pytest.approx(1.1 * drawn, rel=1e-12)
    assert found.path[2, 0] == 1
    assert N_STATE == len(found.state) == leaf_index(State, "lost.endogenous") + 1
