"""A range of people, lived: the same bits however it is cut, and honest columns."""

import re
from pathlib import Path

import numba
import numpy as np
import pytest
from samples import CHECKED, SPEC

from somnesium.engine.channels import RISE, SETTLE
from somnesium.engine.run import WEEK, Result, run_events, start_lanes
from somnesium.engine.schedule import Events, merge
from somnesium.nights.night import MEASURES as NIGHT_MEASURES
from somnesium.nights.night import measure
from somnesium.population.chunk import live_chunk
from somnesium.population.columns import COLUMNS, MEASURES, join, measured, rows_of
from somnesium.population.covariates import COVARIATES, WORDS
from somnesium.population.lives import BEGIN, live, settle, use_threads
from somnesium.population.people import bodies_of, draw_people
from somnesium.population.spec import PopulationSpec
from somnesium.population.weeks import weeks_of

PEOPLE = 23


def same(a, b):
    """Whether two tables are the same to the bit."""
    return list(a) == list(b) and all(
        a[name].dtype == b[name].dtype and a[name].tobytes() == b[name].tobytes() for name in a
    )


@pytest.fixture(scope="module")
def whole():
    return live_chunk(SPEC, 0, PEOPLE, CHECKED)


@pytest.mark.parametrize("size", [1, 7, 1024])
def test_the_size_of_a_chunk_changes_no_bit(whole, size):
    parts = [live_chunk(SPEC, k, min(size, PEOPLE - k), CHECKED) for k in range(0, PEOPLE, size)]
    for pieces, table in zip(zip(*parts, strict=True), whole, strict=True):
        assert same(join(pieces), table)


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one core")
def test_the_number_of_threads_changes_no_bit(whole):
    for threads in (1, 2):
        use_threads(threads)
        again = live_chunk(SPEC, 0, PEOPLE, CHECKED)
        assert same(again.nights, whole.nights)
        assert same(again.persons, whole.persons)
    use_threads(None)


def test_columns_are_those_documented_person_and_night_first(whole):
    kinds = {name: column.dtype.type for name, column in whole.nights.items()}
    assert kinds == {name: column.kind for name, column in COLUMNS.items()}
    assert list(whole.nights) == list(COLUMNS)
    assert list(whole.nights)[:2] == ["person", "night"]
    assert next(iter(whole.persons)) == "person"


def test_every_person_has_every_night_in_every_world_once(whole):
    nights = [row for row in rows_of(whole.nights) if not row["nap"]]
    keys = {(row["person"], row["night"], row["world"]) for row in nights}
    wanted = {
        (p, n, w)
        for p in range(PEOPLE)
        for n in range(1, SPEC.days + 1)
        for w in ("without", "with")
    }
    # Someone may go to bed on both sides of 06:00, and so twice or never on one date.
    assert len(keys - wanted) == 0
    assert len(keys) >= 0.98 * len(wanted)
    order = [(row["person"], row["world"]) for row in nights]
    assert order == sorted(order, key=lambda pair: (pair[0], pair[1] != "without"))


def test_an_empty_plan_changes_nothing_exactly():
    from somnesium.answers.safety.gate import plan_of_healthy_adult
    from somnesium.person.regimen import Regimen

    both = live_chunk(SPEC, 0, 5, plan_of_healthy_adult(Regimen()))
    for name in MEASURES:
        assert not np.nan_to_num(both.persons[f"{name}_difference"]).any()


def test_a_plan_adds_magnesium_to_the_blood(whole):
    difference = whole.persons["serum_magnesium_difference"]
    assert np.all(difference > 0.0)


def test_means_are_those_of_the_nights(whole):
    night = ~whole.nights["nap"]
    person, world = whole.nights["person"][night], whole.nights["world"][night]
    for name in ("duration", "serum_magnesium", "rmssd"):
        values = whole.nights[name][night].astype(float)
        for k, where in enumerate(WORDS["world"]):
            found = whole.persons[f"{name}_{where}"]
            means = [values[(person == p) & (world == k)].mean() for p in range(PEOPLE)]
            np.testing.assert_allclose(found, means, rtol=1e-12)


def test_usual_sleep_is_that_of_nights_before_work(whole):
    nights = [row for row in rows_of(whole.nights) if not row["nap"] and row["world"] == "without"]
    for person in range(PEOPLE):
        lived = [row for row in nights if row["person"] == person]
        hours = [row["duration"] / 60.0 for row in lived if (row["night"] - 1) % 7 not in (4, 5)]
        slow = [row["latency"] > 30.0 for row in lived]
        persons = {name: column[person] for name, column in whole.persons.items()}
        assert persons["work_night_hours_without"] == pytest.approx(np.mean(hours), rel=1e-9)
        assert persons["slow_nights_without"] == pytest.approx(np.mean(slow), rel=1e-9)


def test_measures_are_those_of_a_night_record():
    people = draw_people(SPEC, 0, 4)
    bodies, weeks = bodies_of(people, SPEC.seed), weeks_of(people, None)
    rows = live(settle(people.person, bodies, weeks), weeks, SPEC.days, SPEC.seed)
    found = measured(rows, bodies, SPEC.days)
    result = Result(rows=rows, trace=np.empty(0), epochs=np.empty(0))
    evening = np.floor((result.field("lights_out") - BEGIN - 6.0) / 24.0) + 1
    inside = (evening >= 1) & (evening <= SPEC.days)
    shared = set(MEASURES) & set(NIGHT_MEASURES)
    assert len(shared) >= 14
    for name in shared:
        wanted = measure(result, name).T[inside.T]
        np.testing.assert_allclose(found.columns[name], wanted, rtol=2e-7, err_msg=name)
    clock = result.field("lights_out").T[inside.T] % 24.0
    np.testing.assert_allclose(found.columns["lights_out"], clock, atol=2e-6)


def test_a_life_repeats_every_week_but_for_chance():
    people = draw_people(SPEC, 0, 3)
    bodies, weeks = bodies_of(people, SPEC.seed), weeks_of(people, None)
    rows = live(settle(people.person, bodies, weeks), weeks, 15, SPEC.seed)
    result = Result(rows=rows, trace=np.empty(0), epochs=np.empty(0))
    for k in range(3):
        begins = result.field("lights_out")[:, k]
        begins = begins[(begins > BEGIN + 6.0) & (begins < BEGIN + 6.0 + 2 * WEEK)]
        half = len(begins) // 2
        np.testing.assert_allclose(begins[half:] - begins[:half], WEEK, atol=1e-6)
    duration = measure(result, "duration")
    assert np.nanstd(duration) > 1.0


def test_another_seed_gives_other_people():
    other = PopulationSpec(**{**SPEC.model_dump(exclude_unset=True), "seed": 2})
    a, b = live_chunk(SPEC, 0, 3), live_chunk(other, 0, 3)
    assert not same(a.nights, b.nights)


def test_the_page_documents_every_column(whole):
    page = (Path(__file__).parents[2] / "docs" / "population.md").read_text(encoding="utf-8")
    for name, column in COLUMNS.items():
        rest = rf"\| {column.unit} \| {re.escape(column.meaning)} \|"
        assert re.search(rf"^\| `{name}` \| \w+ {rest}$", page, re.MULTILINE), name
    ends = ("_without", "_with", "_difference")
    own = [name for name in whole.persons if not name.endswith(ends)]
    for name in own:
        what = COVARIATES.get(name)
        rest = rf"\| {re.escape(what.unit)} \| {re.escape(what.meaning)}" if what else ""
        assert re.search(rf"^\| `{name}` \| \w+ {rest}", page, re.MULTILINE), name


def test_covariates_are_those_drawn_in_words(whole):
    people = draw_people(SPEC, 0, PEOPLE)
    for name, what in COVARIATES.items():
        values, column = getattr(people, name), [row[name] for row in rows_of(whole.persons)]
        if what.kind == "grade":
            assert column == [what.names[int(v)] for v in values]
        else:
            assert column == list(values), name


def test_settling_is_that_of_the_same_life_on_the_calendar():
    people = draw_people(SPEC, 0, 6)
    bodies, weeks = bodies_of(people, SPEC.seed), weeks_of(people, None)
    settled = settle(people.person, bodies, weeks)
    hasten = [(24.0 * k - 6.0, SETTLE, 4.0) for k in range(1, 22)]
    for k in range(6):
        own = slice(weeks.begins[k], weeks.begins[k + 1])
        laps = WEEK * np.repeat(np.arange(4), own.stop - own.start)
        life = merge(
            Events(
                np.tile(weeks.time[own], 4) + laps,
                np.tile(weeks.channel[own], 4),
                np.tile(weeks.value[own], 4),
            ),
            hasten,
        )
        rises = weeks.time[own][weeks.channel[own] == RISE] * np.pi / 12.0
        mean = np.angle(np.mean(np.exp(1j * rises))) * 12.0 / np.pi
        lanes = start_lanes(bodies[:, [k]], 0.0, float(np.rint(mean - 3.0) % 24.0))
        run_events(lanes, bodies[:, [k]], [life], np.zeros(1, int), BEGIN)
        np.testing.assert_allclose(
            settled.lanes.state[:, k], lanes.state[:, 0], rtol=1e-8, atol=1e-8
        )


def test_float32_is_near_float64_and_other_than_it(whole):
    near = live_chunk(SPEC, 0, PEOPLE, CHECKED, "float32")
    assert not same(near.nights, whole.nights)
    for name, most in (("duration", 0.5), ("latency", 0.5), ("serum_magnesium", 1e-3)):
        apart = np.abs(near.nights[name] - whole.nights[name])
        assert apart.max() < most, name
