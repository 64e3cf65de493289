"""A small population and a plan that the tests of streaming share."""

from somnesium.answers.safety.gate import plan_of_healthy_adult
from somnesium.person.regimen import Intake, Regimen
from somnesium.population.spec import PopulationSpec
from somnesium.questions.population import run_of

SPEC = PopulationSpec(people=40, days=7, seed=3)
PLAN = Regimen(
    intakes=(Intake(form="citrate", magnesium_mg=300.0, mass_is="elemental", times=("21:00",)),)
)
CHECKED = plan_of_healthy_adult(PLAN)
RUN = run_of(SPEC, PLAN, persons=8)
