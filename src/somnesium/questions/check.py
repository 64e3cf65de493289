"""Is this plan safe for this person? The rules, with serum forecast by the body where it matters.

Where kidneys are slow, or may be, the body is run on the plan to its steady state, and the rules
are told the serum that one in twenty people like this one would exceed.
"""

from somnesium.answers.safety.evaluate import Caution, SafetyAnswer, check
from somnesium.errors import UnsafePlan
from somnesium.person.person import egfr_of
from somnesium.person.regimen import doses
from somnesium.person.request import Request

SLOW_EGFR = 60.0
"""Kidney filtration below which serum is forecast, mL/min/1.73 m² (judgement#ckd-stage-3)."""
OLD = 65.0
"""Age in years from which unmeasured kidneys may be slow (judgement#age-of-slow-kidneys)."""
MUCH_MG = 350.0
"""Elemental magnesium a day above which serum is forecast for everyone (iom1997#upper-limit)."""
_PEOPLE = 256


def needs_forecast(request: Request) -> bool:
    """Whether the body must be run before the plan can be called safe."""
    taken = doses(request.regimen, request.start.weekday(), request.days)
    daily: dict[int, float] = {}
    for dose in taken:
        if dose.substance == "magnesium":
            daily[dose.day] = daily.get(dose.day, 0.0) + dose.amount_mg
    if not any(daily.values()):
        return False
    egfr = egfr_of(request.person)
    slow = request.person.age >= OLD if egfr is None else egfr < SLOW_EGFR
    return slow or max(daily.values()) > MUCH_MG


def safety(request: Request) -> SafetyAnswer:
    """All cautions and refusals of a request's plan; the body is run only if nothing refuses it.

    Raises `InvalidInput`.
    """
    weekday = request.start.weekday()
    found = check(request.person, request.regimen, first_weekday=weekday)
    if found.refusals or not needs_forecast(request):
        return found
    from somnesium.answers.risk.steady import forecast_serum

    high = forecast_serum(request, _PEOPLE).interval90[1]
    return check(request.person, request.regimen, first_weekday=weekday, forecast_serum=high)


def require_safe_plan(request: Request) -> tuple[Caution, ...]:
    """The cautions of a request's plan, or `UnsafePlan` with the sentences of all refusals."""
    answer = safety(request)
    if answer.refusals:
        raise UnsafePlan(tuple(refusal.text for refusal in answer.refusals))
    return answer.cautions
