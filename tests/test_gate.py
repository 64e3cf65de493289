"""One gate: no plan is simulated, designed, scheduled, shared or exported that it did not pass.

What may expand a regimen, swallow its doses or ask the rules is listed by file, and every door
takes a checked plan and nothing else.
"""

import ast
import copy
import pickle
from pathlib import Path
from typing import get_type_hints

import pytest
from pydantic import ValidationError

from ruled import request_of
from somnesium.answers.plan.lives import live
from somnesium.answers.safety import gate
from somnesium.answers.safety.gate import checked_plan, judge
from somnesium.answers.selftrial.design.kinetics import kinetics
from somnesium.answers.trial.doses import arm_week
from somnesium.errors import UnsafePlan
from somnesium.exchange.fhir_medicines import planned
from somnesium.exchange.life import life_of, lives_of
from somnesium.exchange.plan_calendar import plan_calendar
from somnesium.person.checked import CheckedPlan
from somnesium.person.person import Person
from somnesium.person.regimen import Regimen
from somnesium.population.chunk import live_chunk
from somnesium.population.individuals import individual
from somnesium.population.weeks import plan_week, weeks_of
from somnesium.questions.experiment.design import Begun, begin, design_of
from somnesium.questions.experiment.today import dose_moments
from somnesium.questions.forecast.forecast import forecast_of
from somnesium.simulation.worlds import live_worlds, typical_worlds

PACKAGE = Path(__file__).parents[1] / "src" / "somnesium"
TREES = {
    path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(PACKAGE.rglob("*.py"))
}

CLAIMS = {"answers/claims/harm.py", "answers/claims/gummies.py"}
"""Our own experiments on what is claimed: people and doses are ours, nothing is asked of them."""

ALLOWED = {
    # who makes a checked plan
    "let_through": {"answers/safety/gate.py"},
    # who asks the rules
    "evaluate": {"answers/safety/gate.py", "exchange/symbols.py"} | CLAIMS,  # there of formulas
    # who expands a regimen into doses
    "doses": {
        "person/taken.py",
        "answers/calibration/acute.py",  # published experiments on magnesium by mouth
        "answers/claims/lives.py",
        "answers/claims/gummies.py",
        "exchange/taking.py",  # what one serving holds
        "surfaces/web/forms.py",  # where the slider of a dose stands
    },
    "taken_of": {
        "answers/safety/gate.py",
        "questions/share.py",  # of an empty regimen: food alone
    }
    | CLAIMS,
    # who lets a body swallow doses
    "dose_events": {
        "answers/calibration/acute.py",
        "answers/plan/lives.py",
        "answers/trial/doses.py",
        "exchange/life.py",
        "population/weeks.py",
        "simulation/steady.py",  # the gate's own forecast, and risk
        "simulation/worlds.py",
    },
}

DOORS = (
    live_worlds,
    typical_worlds,
    kinetics,
    life_of,
    lives_of,
    plan_calendar,
    planned,
    dose_moments,
    arm_week,
    plan_week,
    weeks_of,
    live_chunk,
    individual,
    begin,
    design_of,
    forecast_of,
)
"""What simulates, designs, schedules, shares or exports what is taken."""

DANGEROUS = request_of(
    Person(age=74, sex="female", mass_kg=70, height_cm=165, egfr=32),
    Regimen.model_validate(
        {
            "intakes": [
                {
                    "form": "citrate",
                    "magnesium_mg": 1000.0,
                    "mass_is": "elemental",
                    "times": ["22:00"],
                }
            ]
        }
    ),
)


def called(tree: ast.AST, name: str) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            if getattr(function, "id", getattr(function, "attr", None)) == name:
                return True
    return False


@pytest.mark.parametrize("name", ALLOWED)
def test_no_other_file_goes_around_the_gate(name):
    defined = {
        file
        for file, tree in TREES.items()
        if any(isinstance(node, ast.FunctionDef) and node.name == name for node in ast.walk(tree))
    }
    callers = {file for file, tree in TREES.items() if called(tree, name)}
    assert callers - defined <= ALLOWED[name]


def test_no_file_but_one_builds_a_checked_plan_by_hand():
    makers = {
        file
        for file, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "__new__"
    }
    assert makers == {"person/checked.py"}


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_every_door_takes_a_checked_plan(door):
    hints = get_type_hints(door)
    plans = [str(hint) for name, hint in hints.items() if name == "plan"]
    assert plans
    assert "CheckedPlan" in plans[0]
    assert "regimen" not in hints


def test_an_experiment_that_was_begun_holds_its_checked_plan():
    assert "CheckedPlan" in str(get_type_hints(Begun)["plan"])
    assert "Request" not in str(get_type_hints(live)["lives"])


def test_a_checked_plan_cannot_be_forged():
    plan = checked_plan(request_of(Person(age=40, sex="female", mass_kg=70, height_cm=170)))
    with pytest.raises(TypeError, match="safety gate"):
        CheckedPlan()
    with pytest.raises(TypeError):
        type("Forged", (CheckedPlan,), {})
    with pytest.raises(AttributeError):
        plan.request = DANGEROUS
    with pytest.raises(AttributeError):
        del plan.request
    with pytest.raises(ValidationError):
        plan.request.regimen = DANGEROUS.regimen
    assert copy.copy(plan) is plan
    assert copy.deepcopy(plan) is plan


def test_a_checked_plan_sent_elsewhere_is_checked_there(monkeypatch):
    plan = checked_plan(request_of(Person(age=40, sex="female", mass_kg=70, height_cm=170)))
    sent = pickle.dumps(plan)
    again = pickle.loads(sent)
    assert again.request == plan.request
    assert again.taken == plan.taken
    with pytest.raises(UnsafePlan):
        plan.__reduce__()[0](DANGEROUS)


def test_the_regimen_is_expanded_once_and_each_medicine_recognised_once(monkeypatch):
    from somnesium.person import medicines, taken
    from somnesium.questions.report.report import report

    counts = {"expanded": 0, "recognised": 0}
    expand, recognise = taken.doses, medicines._recognised

    def counted_doses(*args):
        counts["expanded"] += 1
        return expand(*args)

    def counted_names(text):
        counts["recognised"] += 1
        return recognise(text)

    monkeypatch.setattr(taken, "doses", counted_doses)
    monkeypatch.setattr(medicines, "_recognised", counted_names)
    medicines._of_line.cache_clear()
    person = Person(
        age=45,
        sex="female",
        mass_kg=70,
        height_cm=165,
        medicines=("levothyroxine at 07:00", "hydrochlorothiazide"),
    )
    regimen = DANGEROUS.regimen.intakes[0].model_copy(update={"magnesium_mg": 200.0})
    request = request_of(person, Regimen(intakes=(regimen,)), days=14, people=32)
    report(request, request.start)
    assert counts["expanded"] == 1
    assert counts["recognised"] == 2 * 2  # each line whole, to see if it is one name, and its part


def test_the_dangerous_plan_is_refused_after_the_body_was_run():
    judgement = judge(DANGEROUS)
    assert judgement.plan is None
    assert judgement.answer.refusals
    assert gate.needs_forecast(DANGEROUS, judgement.taken)


def test_what_virtual_people_take_is_checked_on_a_healthy_adult():
    usual = Regimen(
        intakes=(DANGEROUS.regimen.intakes[0].model_copy(update={"magnesium_mg": 200.0}),)
    )
    plan = gate.plan_of_healthy_adult(usual)
    assert plan is gate.plan_of_healthy_adult(usual)
    assert plan.taken.first_weekday == 0
    assert gate.plan_of_healthy_adult(Regimen()).taken.doses == ()


@pytest.mark.parametrize(
    ("field", "value", "keys"),
    [
        ("serum_magnesium_mg_dl", 0.9, ["serum_unit"]),
        ("serum_magnesium_mmol_l", 2.0, ["serum_unit"]),
        ("serum_magnesium_mmol_l", 0.85, []),
        ("serum_magnesium_mg_dl", 2.0, []),
    ],
)
def test_the_gate_asks_about_a_doubtful_unit(field, value, keys):
    person = Person(age=40, sex="female", mass_kg=70, height_cm=165, **{field: value})
    asked = [one.key for one in judge(request_of(person)).answer.cautions]
    assert [key for key in asked if key == "serum_unit"] == keys
