"""What the rules alone say of a person and a plan, and requests around them, for tests."""

from collections.abc import Sequence

from somnesium.answers.safety.evaluate import SafetyAnswer, evaluate
from somnesium.person.diet import Diet
from somnesium.person.habits import Habits
from somnesium.person.medicines import find_medicines
from somnesium.person.person import Person
from somnesium.person.regimen import Dose, Regimen
from somnesium.person.request import Request
from somnesium.person.taken import Taken, taken_of


def ruled(
    person: Person,
    plan: Regimen | Sequence[Dose],
    region: str | None = None,
    *,
    first_weekday: int = 0,
    serum_high: float | None = None,
) -> SafetyAnswer:
    """The rules' answer without the body: the plan is a regimen, or doses of a fortnight."""
    if isinstance(plan, Regimen):
        taken = taken_of(plan, first_weekday)
    else:
        swallowed = tuple(dose for dose in plan if dose.amount_mg > 0.0)
        taken = Taken(swallowed, 14, first_weekday)
    return evaluate(person, find_medicines(person.medicines), taken, region, serum_high)


def request_of(person: Person, regimen: Regimen = Regimen(), **more: object) -> Request:  # noqa: B008
    """A person and a plan as a whole request, with ordinary nights and food."""
    habits = Habits.model_validate({"bedtime": "23:00", "rise": "07:00"})
    diet = Diet(magnesium_mg_per_day=300.0)
    fields = {"person": person, "habits": habits, "diet": diet, "regimen": regimen, **more}
    return Request.model_validate(fields)
