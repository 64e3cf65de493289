"""The weeks of many people, and one person pulled out: the same events by another way."""

import numpy as np
import pytest

from somnesium.answers.safety.gate import plan_of_healthy_adult
from somnesium.body.assembly import Body
from somnesium.engine.channels import LIGHTS_OUT, RISE, SETTLE
from somnesium.engine.lanes import pack
from somnesium.engine.schedule import merge
from somnesium.errors import InvalidInput
from somnesium.person.regimen import Intake, Regimen, doses
from somnesium.population.individuals import individual, request_of
from somnesium.population.people import bodies_of, draw_people
from somnesium.population.spec import PopulationSpec
from somnesium.population.weeks import require_same_weeks, weeks_of
from somnesium.simulation.gains import GAINS, dissolved_share
from somnesium.simulation.individual import draw_bodies, individualise, parameters
from somnesium.simulation.inputs import Timeline, dose_events, life_events

SPEC = PopulationSpec(people=5000, days=14, seed=3)
PLAN = Regimen(
    intakes=(
        Intake(form="citrate", magnesium_mg=300.0, mass_is="elemental", times=("21:00",)),
        Intake(product="magnesium_citrate_tablet", times=("07:30", "18:30"), days="weekend"),
    )
)
CHECKED = plan_of_healthy_adult(PLAN)


def week_of_documents(request):
    """Events of the first week by `simulation.inputs`, in hours from Monday."""
    line = Timeline(request.habits, request.start)
    assert request.start.weekday() == 0
    events = life_events(line, request.diet, 14)
    events += dose_events(line, doses(request.regimen, 0, request.days), dissolved_share)
    found = merge([event for event in events if event[1] != SETTLE])
    inside = (found.time >= line.begin - 1e-9) & (found.time < line.begin + 168.0 - 1e-9)
    # To the whole minute, so that simultaneous events sort alike.
    minutes = np.rint(60.0 * (found.time[inside] - line.begin))
    return merge(zip(minutes / 60.0, found.channel[inside], found.value[inside], strict=True))


@pytest.mark.parametrize("plan", [None, CHECKED], ids=["without", "with"])
@pytest.mark.parametrize("first", range(0, 100, 25))
def test_weeks_are_those_of_the_documents(first, plan):
    people = draw_people(SPEC, first, 25)
    weeks = weeks_of(people, plan)
    for k in range(25):
        own = slice(weeks.begins[k], weeks.begins[k + 1])
        wanted = week_of_documents(request_of(SPEC, first + k, plan))
        np.testing.assert_allclose(weeks.time[own], wanted.time, atol=1e-9)
        np.testing.assert_array_equal(weeks.channel[own], wanted.channel)
        np.testing.assert_allclose(weeks.value[own], wanted.value, rtol=1e-13)


EDGES = {
    "bed_work": [24.0, 29.9, 19.0, 25.0, 23.0, 24.5],
    "rise_work": [8.0, 16.0, 3.0, 5.0, 7.0, 9.0],
    "bed_free": [24.0, 29.0, 22.0, 26.0, 23.0, 24.0],
    "rise_free": [5.0, 12.0, 10.0, 16.0, 7.0, 8.0],
    "screen_hours": [1.0, 4.0, 0.0, 1.0, 4.0, 0.5],
    "stress": [0.0, 1.0, 0.5, 0.5, 0.0, 1.0],
    "exercise_days": [7, 0, 7, 1, 0, 3],
    "exercise_minutes": [180, 10, 60, 60, 60, 90],
    "alcohol_days": [7, 7, 0, 3, 1, 7],
    "alcohol_drinks": [20.0, 3.0, 3.0, 0.0, 1.5, 2.0],
    "caffeine_mg": [0.0, 1000.0, 90.0, 300.0, 600.0, 50.0],
    "supplement_mg": [0.0, 500.0, 0.0, 50.0, 100.0, 0.0],
}


@pytest.mark.parametrize("person", range(6))
def test_unusual_weeks_are_those_of_the_documents(person):
    # midnight exactly, lights-out after midnight, rise in the afternoon, seven days of everything
    spec = PopulationSpec(table=EDGES, days=14)
    weeks = weeks_of(draw_people(spec, person, 1), CHECKED)
    wanted = week_of_documents(request_of(spec, person, CHECKED))
    np.testing.assert_allclose(weeks.time, wanted.time, atol=1e-9)
    np.testing.assert_array_equal(weeks.channel, wanted.channel)
    np.testing.assert_allclose(weeks.value, wanted.value, rtol=1e-13)


def test_weeks_are_sorted_within_the_week_and_have_seven_nights():
    people = draw_people(SPEC, 0, 2000)
    weeks = weeks_of(people, None)
    assert weeks.begins[0] == 0
    assert weeks.begins[-1] == len(weeks.time) == len(weeks.channel) == len(weeks.value)
    assert weeks.time.min() >= 0
    assert weeks.time.max() < 168
    who = np.repeat(np.arange(2000), np.diff(weeks.begins))
    order = np.lexsort((weeks.value, weeks.channel, weeks.time, who))
    np.testing.assert_array_equal(order, np.arange(len(who)))
    for channel in (LIGHTS_OUT, RISE):
        counts = np.bincount(who[weeks.channel == channel], minlength=2000)
        assert set(counts) == {7}


@pytest.mark.parametrize("size", [1, 7, 1024])
def test_the_size_of_a_chunk_changes_no_bit(size):
    number = min(20 * size, 1500)
    whole = weeks_of(draw_people(SPEC, 0, number), CHECKED)
    parts = [
        weeks_of(draw_people(SPEC, begin, min(size, number - begin)), CHECKED)
        for begin in range(0, number, size)
    ]
    for name in ("time", "channel", "value"):
        joined = np.concatenate([getattr(part, name) for part in parts])
        np.testing.assert_array_equal(joined, getattr(whole, name))


def test_nobody_has_no_week():
    weeks = weeks_of(draw_people(SPEC, 0, 0), None)
    np.testing.assert_array_equal(weeks.begins, [0])
    assert len(weeks.time) == 0


@pytest.mark.parametrize(
    ("field", "value"), [("start_day", 3), ("end_day", 10), ("missed_days", (2,))]
)
def test_a_plan_that_changes_between_weeks_is_refused(field, value):
    intake = PLAN.intakes[0].model_copy(update={field: value})
    with pytest.raises(InvalidInput, match=rf"regimen.intakes\[0\].{field}"):
        require_same_weeks(Regimen(intakes=(intake,)))


@pytest.mark.parametrize("person", [0, 7, 63])
def test_an_individual_has_the_same_numbers(person):
    people = draw_people(SPEC, 0, 64)
    one = individual(SPEC, person, CHECKED)
    own = pack([one.body], Body)[:, 0]
    np.testing.assert_array_equal(own, bodies_of(people, SPEC.seed)[:, person])
    assert one.request.person.age == people.age[person]
    assert one.request.seed == SPEC.seed
    # A forecast of the documents draws the same person: the same typical body, and the same
    # differences from it, but for what our doubt shifts.
    drawn = draw_bodies(individualise(one.request.person), 1, 1, SPEC.seed, first=person)
    learnt = {gain.parameter for gain in GAINS}
    sure = np.array([p.par.doubt == 0.0 and p.name not in learnt for p in parameters()])
    np.testing.assert_allclose(drawn.values[sure, 0], own[sure], rtol=1e-14)


def test_an_individual_takes_their_own_supplement_before_the_plan():
    spec = PopulationSpec(people=400, filters={"supplement_mg": [20, 1000]})
    request = request_of(spec, 5, CHECKED)
    own, *plan = request.regimen.intakes
    assert own.form == "oxide"
    assert own.with_food
    assert tuple(plan) == PLAN.intakes
    assert request_of(spec, 5).regimen.intakes == (own,)


@pytest.mark.parametrize("person", [-1, 5000])
def test_someone_outside_the_population_is_refused(person):
    with pytest.raises(InvalidInput, match="0 to 4999"):
        request_of(SPEC, person)
