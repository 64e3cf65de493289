"""The one gate: a person's whole request in, a checked plan out, or every reason why there is none.

The request's medicines are recognised and its regimen expanded here, once. The rules are asked;
where kidneys are slow, or may be, or much is taken, the body is run on the plan to its steady
state and the rules are told the serum that one in twenty people like this one would exceed. A
laboratory value that looks as if in another unit is asked about.

Everything that simulates, designs, schedules, shares or exports what a person takes accepts only
the `CheckedPlan` that is made here (ARCHITECTURE.md, "One gate"; a test holds it).
"""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Generic, NamedTuple

from somnesium.answers.safety.evaluate import SafetyAnswer, evaluate
from somnesium.answers.safety.laboratory import laboratory_questions
from somnesium.errors import UnsafePlan
from somnesium.person.checked import CheckedPlan, R_co, let_through
from somnesium.person.diet import Diet
from somnesium.person.habits import Habits
from somnesium.person.medicines import Medicine, find_medicines
from somnesium.person.person import Person, egfr_of
from somnesium.person.regimen import Regimen
from somnesium.person.request import Request
from somnesium.person.taken import Taken, taken_of

SLOW_EGFR = 60.0
"""Kidney filtration below which serum is forecast, mL/min/1.73 m² (judgement#ckd-stage-3)."""
OLD = 65.0
"""Age in years from which unmeasured kidneys may be slow (judgement#age-of-slow-kidneys)."""
MUCH_MG = 350.0
"""Elemental magnesium a day above which serum is forecast for everyone (iom1997#upper-limit)."""
_PEOPLE = 256


class Judgement(NamedTuple, Generic[R_co]):
    """What the gate says of a request: its `answer`, and the `plan`, None where it is refused."""

    request: R_co
    answer: SafetyAnswer
    plan: CheckedPlan[R_co] | None
    medicines: tuple[Medicine, ...]
    taken: Taken


def judge(request: R_co) -> Judgement[R_co]:
    """Every caution and refusal of a request's plan, and the checked plan if nothing refuses it.

    The body is run only if the rules alone do not refuse. Raises `InvalidInput`.
    """
    return judge_regimens(request, (request.regimen,))[0]


def judge_regimens(request: R_co, regimens: Sequence[Regimen]) -> tuple[Judgement[R_co], ...]:
    """The same for several regimens of one person, whose medicines are recognised once."""
    medicines = find_medicines(request.person.medicines)
    return tuple(
        _judged(
            request
            if regimen is request.regimen
            else request.model_copy(update={"regimen": regimen}),
            medicines,
        )
        for regimen in regimens
    )


def checked_plan(request: R_co) -> CheckedPlan[R_co]:
    """The request's plan, checked; `UnsafePlan` with the sentence of every refusal."""
    judgement = judge(request)
    if judgement.plan is None:
        raise UnsafePlan(tuple(refusal.text for refusal in judgement.answer.refusals))
    return judgement.plan


def plan_of_healthy_adult(regimen: Regimen) -> CheckedPlan:
    """A regimen checked on a healthy adult: what virtual people and the arms of trials take.

    Raises `UnsafePlan` if it would be refused for anyone. Equal regimens are checked once.
    """
    return _of_healthy_adult(regimen.model_dump_json())


@cache
def _of_healthy_adult(text: str) -> CheckedPlan:
    """The same of a regimen as text."""
    regimen = Regimen.model_validate_json(text)
    person = Person(age=40, sex="female", mass_kg=70, height_cm=168)
    habits = Habits.model_validate({"bedtime": "23:00", "rise": "07:00"})
    diet = Diet(magnesium_mg_per_day=300.0)
    days = max(7, *(intake.start_day for intake in regimen.intakes)) if regimen.intakes else 7
    start = date(2026, 1, 5)  # a Monday, as weeks of virtual people begin
    request = Request(
        person=person, habits=habits, diet=diet, regimen=regimen, days=days, start=start
    )
    return checked_plan(request)


def needs_forecast(request: Request, taken: Taken) -> bool:
    """Whether the body must be run before the plan can be called safe."""
    most = taken.largest_daily_mg.get("magnesium", 0.0)
    if most == 0.0:
        return False
    egfr = egfr_of(request.person)
    slow = request.person.age >= OLD if egfr is None else egfr < SLOW_EGFR
    return slow or most > MUCH_MG


def _judged(request: R_co, medicines: tuple[Medicine, ...]) -> Judgement[R_co]:
    """One request through the rules, and through the body where they need it."""
    taken = taken_of(request.regimen, request.start.weekday(), request.days)
    answer, high = evaluate(request.person, medicines, taken), None
    if not answer.refusals and needs_forecast(request, taken):
        from somnesium.answers.safety.serum import forecast_serum  # the engine is slow to load

        high = forecast_serum(request, taken.heaviest_week(), _PEOPLE).interval90[1]
        answer = evaluate(request.person, medicines, taken, serum_high=high)
    questions, _ = laboratory_questions(request.person)
    answer = answer.model_copy(update={"cautions": (*questions, *answer.cautions)})
    plan = None
    if not answer.refusals:
        plan = let_through(checked_plan, request, medicines, taken, answer.cautions, high)
    return Judgement(request, answer, plan, medicines, taken)
