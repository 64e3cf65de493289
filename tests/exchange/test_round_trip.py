"""Other tools simulate our file and find our nights.

libRoadRunner (CVODE) and COPASI (LSODA) run the exported events at tight tolerance; the engine
runs the same events at 15-second steps. Beyond the first night, which hour 0 cuts in two, latency
and duration agree within 0.1 min, and plasma magnesium at rise and every hour within 1e-4 of it.
"""

import locale

import antimony
import basico
import libsbml
import numpy as np
import pytest
import roadrunner

from somnesium.body.assembly import State
from somnesium.engine.channels import ADD, MELATONIN
from somnesium.engine.lanes import leaf_index
from somnesium.engine.run import run_events
from somnesium.engine.schedule import merge
from somnesium.exchange.antimony import antimony_of
from somnesium.exchange.life import lanes_of
from somnesium.exchange.sbml import sbml_of

locale.setlocale(locale.LC_ALL, "")  # COPASI sets it to C as it is imported

PEOPLE = ("stressed_45", "gummies", "shift_worker")
WANTED = ("night_latency", "night_duration", "night_awake_after_onset", "stores_plasma")
JUST_BEFORE = 1e-7
MINUTES = 60.0
GLYCINE = ADD + leaf_index(State, "calmatives.onset_gut")


def by_roadrunner(text, times):
    """Wanted values at times [h]."""
    runner = roadrunner.RoadRunner(text)
    runner.integrator.relative_tolerance = 1e-9
    runner.integrator.absolute_tolerance = 1e-12
    runner.timeCourseSelections = ["time", *WANTED]
    return np.asarray(runner.simulate(times=[0.0, *times]))[1:, 1:]


def by_copasi(text, times):
    """Wanted values at times [h]."""
    model = basico.load_model_from_string(text)
    parameters, species = basico.get_parameters(model=model), basico.get_species(model=model)
    names = {row.sbml_id: f"Values[{name}]" for name, row in parameters.iterrows()}
    names |= {row.sbml_id: f"[{name}]" for name, row in species.iterrows()}
    found = basico.run_time_course_with_output(
        [names[name] for name in WANTED],
        values=[0.0, *times],
        start_time=0.0,
        duration=times[-1],
        use_initial_values=True,
        r_tol=1e-9,
        a_tol=1e-12,
        max_steps=10**7,
        model=model,
    )
    basico.remove_datamodel(model)
    return found.to_numpy()[1:]


@pytest.mark.filterwarnings("ignore")  # those tools' own
@pytest.mark.parametrize("simulated", [by_roadrunner, by_copasi])
@pytest.mark.parametrize("name", PEOPLE)
def test_another_tool_finds_our_nights(lives, engine_runs, simulated, name):
    rise, result = engine_runs(name)
    times = (rise - JUST_BEFORE).tolist()
    found = simulated(sbml_of(lives(name)), times)
    asleep = sum(result.field(stage)[:, 0] for stage in ("n1", "n2", "n3", "rem"))
    whole = slice(1, None)
    assert len(rise[whole]) >= 3
    expected = (result.field("latency")[:, 0], asleep, result.field("awake_after_onset")[:, 0])
    for k, engine in enumerate(expected):
        wrong = np.abs(found[whole, k] - engine[whole]) * MINUTES
        assert wrong.max() < 0.1, WANTED[k]
    plasma = result.field("serum")[:, 0] * lives(name).body.stores.volume
    assert found[:, 3] == pytest.approx(plasma, rel=1e-4)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("simulated", [by_roadrunner, by_copasi])
def test_melatonin_and_its_like_act_the_same_there(lives, simulated):
    """Melatonin is the one dose that the body's own parameters turn into a concentration."""
    life = lives("stressed_45")
    taken = [(21.5, MELATONIN, 2e6), (45.5, MELATONIN, 2e6), (45.5, GLYCINE, 0.8)]
    life = life._replace(events=merge(life.events, taken))
    lanes, bodies = lanes_of([life])
    result = run_events(
        lanes, bodies, [life.events], np.zeros(1, np.int64), life.hours, step=1.0 / 240
    )
    times = (result.field("rise")[:, 0] - JUST_BEFORE).tolist()
    found = simulated(sbml_of(life), times)[1:, 0] * MINUTES
    latency = result.field("latency")[1:, 0] * MINUTES
    assert np.abs(found - latency).max() < 0.1
    without = simulated(sbml_of(lives("stressed_45")), times)[1:, 0] * MINUTES
    assert (without - found)[:2].min() > 2.0  # it does help


@pytest.mark.filterwarnings("ignore")
def test_plasma_magnesium_agrees_hour_by_hour(lives, engine_runs):
    """On the hours of a day with meals, doses and drinks, away from the events themselves."""
    _, result = engine_runs("stressed_45")
    hours = np.arange(0.4, 72.0, 1.0)
    marks = np.rint(hours * 240).astype(int)
    engine = result.trace[marks, leaf_index(State, "stores.plasma"), 0]
    assert np.isfinite(engine).all()
    found = by_roadrunner(sbml_of(lives("stressed_45")), hours.tolist())
    assert found[:, 3] == pytest.approx(engine, rel=1e-4)
    assert np.ptp(engine) > 0.5  # it does move


def said(text):
    """What an SBML text says: every equation, value, unit and event."""
    model = libsbml.readSBMLFromString(text).getModel()
    math = libsbml.formulaToL3String
    rules = {rule.getVariable(): math(rule.getMath()) for rule in model.getListOfRules()}
    starts = {
        item.getSymbol(): math(item.getMath()) for item in model.getListOfInitialAssignments()
    }
    values = {
        p.getId(): (p.getValue() if p.isSetValue() else None, p.getUnits(), p.getConstant())
        for p in model.getListOfParameters()
    } | {
        s.getId(): (s.getInitialAmount(), s.getSubstanceUnits(), s.getHasOnlySubstanceUnits())
        for s in model.getListOfSpecies()
    }
    events = {
        e.getId(): (
            math(e.getTrigger().getMath()),
            e.getTrigger().getInitialValue(),
            {a.getVariable(): math(a.getMath()) for a in e.getListOfEventAssignments()},
        )
        for e in model.getListOfEvents()
    }
    return {"rules": rules, "starts": starts, "values": values, "events": events}


@pytest.mark.parametrize("name", PEOPLE)
def test_antimony_and_back_says_the_same(lives, name):
    text = antimony_of(lives(name))
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(text) >= 0, antimony.getLastError()
    back = said(antimony.getSBMLString(antimony.getMainModuleName()))
    there = said(sbml_of(lives(name)))
    assert back["rules"] == there["rules"]
    assert back["starts"] == there["starts"]
    assert back["events"] == there["events"]
    assert len(back["rules"]) > 90
    assert len(back["events"]) > 50
    assert back["values"].keys() == there["values"].keys()
    for what, (number, *rest) in there["values"].items():
        found, *other = back["values"][what]
        assert other == rest, what
        assert (found is None) == (number is None), what
        assert found is None or found == pytest.approx(number, rel=1e-13), what
