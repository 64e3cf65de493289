"""Is my magnesium low? The use case and its answer."""

from typing import NamedTuple

import numpy as np
from pydantic import Field

from somnesium.answers.risk.factors import (
    Factor,
    Uncounted,
    factors,
    required_life,
    requirement_of,
    uncounted,
)
from somnesium.answers.risk.laboratory import (
    FEWEST,
    Crowd,
    Measured,
    effective,
    measured,
    readings,
    shortfall,
    weights,
)
from somnesium.answers.risk.signs import SignWorth, questionnaire, signs
from somnesium.answers.risk.status import (
    DEFINITIONS,
    Definition,
    Probability,
    Spread,
    probability,
    spread_of,
)
from somnesium.answers.safety.evaluate import SafetyAnswer
from somnesium.answers.safety.gate import Judgement, judge
from somnesium.answers.safety.laboratory import laboratory_questions
from somnesium.person.cautions import Caution, Refusal
from somnesium.person.checked import CheckedPlan
from somnesium.person.document import Document, Number
from somnesium.person.request import Request
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.risk.words import few_people, not_settled, risk_summary
from somnesium.questions.version import model_version
from somnesium.simulation.steady import MOST_DRIFT, Life, Steady, steady
from somnesium.sources import cite

_PEOPLE, _DOUBTS = 160, 20
_FACTOR_PEOPLE, _FACTOR_DOUBTS = 64, 8
_URGENT = ("emergency", "suicidal_thoughts", "mania", "gut_alarm", "general_alarm")


class Status(Document):
    """A definition of low or high magnesium, and the probability of meeting it, 0 to 1.

    `probability` counts the laboratory values, `before` does not (None if there are none).
    `on_plan` is with the magnesium of the regimen for good, None if there is none.
    """

    key: str
    label: str
    meaning: str
    probability: Probability
    before: Probability | None
    on_plan: Probability | None
    sources: tuple[str, ...]


class TestResult(Document):
    """A laboratory value, and what it tells.

    `expected` is one measurement in people like this one. `stores_low` is the probability of low
    stores with this value alone. `used` is False where we ask about the value first.
    """

    key: str
    label: str
    value: Number
    unit: str
    used: bool
    expected: Spread
    stores_low: Probability
    text: str
    clinician: str
    sources: tuple[str, ...]


class RiskAnswer(Answer):
    """How likely magnesium is low, by which definition, why, and what tests and signs add.

    The life is that of the document without its regimen, gone on with until nothing changes;
    `drift_per_week` is the largest relative change of serum anyone still shows in a week.
    """

    name: str
    requirement_mg: Number = Field(description="what the average person needs, mg a day (US)")
    people: int
    weeks: int
    drift_per_week: Number
    settled: bool
    status: tuple[Status, ...]
    serum: Spread
    shortfall: Spread = Field(description="soft tissue lacking against the requirement, share")
    urine: Spread
    serum_on_plan: Spread | None
    laboratory: tuple[TestResult, ...]
    effective_people: Number | None = Field(
        description="people left to speak once laboratory values count; None without values"
    )
    factors: tuple[Factor, ...]
    uncounted: tuple[Uncounted, ...]
    signs: tuple[SignWorth, ...]
    signs_together: str
    urgent: tuple[str, ...] = Field(description="what needs a doctor at once, in sentences")
    refusals: tuple[Refusal, ...] = Field(description="what the regimen would be refused for")
    summary: tuple[str, ...]


class _Found(NamedTuple):
    """The same people in their own life, on the requirement, and on the plan; and their weights."""

    crowd: Crowd
    on_plan: Steady | None
    values: tuple[Measured, ...]
    before: np.ndarray
    share: np.ndarray


def _lived(request: Request, plan: CheckedPlan | None, left_out: frozenset[str]) -> _Found:
    """Everyone in every life, and how much each counts."""
    person, seed = request.person, request.seed
    own = Life(person, request.habits, request.diet)
    lives = {"own": own, "required": required_life(request, seed, _DOUBTS)}
    taken = () if plan is None else plan.taken.heaviest_week()
    if taken:
        lives["plan"] = own._replace(taken=taken)
    found = steady(lives, _PEOPLE, _DOUBTS, seed)
    crowd = Crowd(found["own"], found["required"])
    values = measured(person, left_out)
    return _Found(crowd, found.get("plan"), values, weights((), crowd), weights(values, crowd))


def _status(one: Definition, found: _Found) -> Status:
    """One definition."""
    plan, crowd = found.on_plan, found.crowd
    met = one.met(crowd)
    on_plan = None
    if plan is not None:
        other = crowd._replace(own=plan)
        on_plan = probability(one.met(other), found.share, other)
    return Status(
        key=one.key,
        label=one.label,
        meaning=one.meaning,
        probability=probability(met, found.share, crowd),
        before=probability(met, found.before, crowd) if found.values else None,
        on_plan=on_plan,
        sources=one.sources,
    )


def _results(request: Request, found: _Found, left_out: frozenset[str]) -> tuple[TestResult, ...]:
    """What every laboratory value tells alone."""
    low = next(one for one in DEFINITIONS if one.key == "stores_low")
    met, told = low.met(found.crowd), []
    for one in measured(request.person):
        used, test = one.test.key not in left_out, one.test
        share = weights((one,), found.crowd) if used else found.before
        reading = readings(test, found.crowd, request.seed)
        told.append(
            TestResult(
                key=test.key,
                label=test.label,
                value=one.value,
                unit=test.unit,
                used=used,
                expected=spread_of(reading, found.before, test.unit, test.sources),
                stores_low=probability(met, share, found.crowd),
                text=test.text,
                clinician=test.clinician,
                sources=test.sources,
            )
        )
    return tuple(told)


def _urgent(safety: SafetyAnswer) -> tuple[str, ...]:
    """What a doctor should see at once or soon, of what was told."""
    said = (*safety.refusals, *safety.cautions)
    wanted = {f"{key}{end}" for key in _URGENT for end in ("", "_noted")}
    return tuple(dict.fromkeys(one.text for one in said if one.key in wanted))


def _warnings(found: _Found) -> tuple[Caution, ...]:
    """What makes the figures rough."""
    told = []
    left = effective(found.share)
    if found.values and left < FEWEST:
        told.append(few_people(left, FEWEST))
    drift = float(found.crowd.own.drift.max())
    if drift > MOST_DRIFT:
        told.append(not_settled(drift, found.crowd.own.weeks))
    return tuple(told)


def _keys(answer: RiskAnswer) -> list[str]:
    """Every source key the answer rests on."""
    parts = (*answer.status, *answer.laboratory, *answer.factors, *answer.uncounted)
    parts += (*answer.signs, *answer.cautions, *answer.refusals)
    keys = [key for one in parts for key in one.sources]
    spreads = (answer.serum, answer.shortfall, answer.urine, answer.serum_on_plan)
    keys += [key for one in spreads if one is not None for key in one.sources]
    keys += [questionnaire()[1], "judgement#steady", "judgement#food-tables", "wilson1927"]
    keys += [
        "judgement#how-much-it-acts",
        "judgement#requirement-doubt",
        "hunt2006",
        "judgement#words",
    ]
    return keys + (["kish1965", "judgement#fewest-people"] if answer.laboratory else [])


def risk(request: Request) -> RiskAnswer:
    """How likely is my magnesium low, why, and what do my tests and signs add?

    Nothing is recommended to be taken. Raises `InvalidInput` below one year of age.
    """
    requirement_of(request.person)  # refuses infants before the body is run
    return risk_of(judge(request))


def risk_of(judgement: Judgement) -> RiskAnswer:
    """The same of a request that the gate has judged already."""
    request, person = judgement.request, judgement.request.person
    need = requirement_of(person)
    _, left_out = laboratory_questions(person)
    safety = judgement.answer
    found = _lived(request, judgement.plan, left_out)
    own, share, plan = found.crowd.own, found.share, found.on_plan
    serum_sources = ("zhang2016", "schutten2022", "judgement#steady")
    store_sources = (*need.sources, "judgement#shortfall")
    answer = RiskAnswer(
        cautions=(*_warnings(found), *safety.cautions),
        sources=(),
        model_version=model_version(),
        name=request.name or person.name,
        requirement_mg=need.average_mg or 0.0,
        people=len(share),
        weeks=own.weeks,
        drift_per_week=float(own.drift.max()),
        settled=bool(own.drift.max() <= MOST_DRIFT),
        status=tuple(_status(one, found) for one in DEFINITIONS),
        serum=spread_of(own.serum, share, "mmol/L", serum_sources),
        shortfall=spread_of(shortfall(found.crowd), share, "1", store_sources),
        urine=spread_of(own.urine, share, "mmol/d", ("zhang2016", "schutten2022")),
        serum_on_plan=None
        if plan is None
        else spread_of(plan.serum, share, "mmol/L", serum_sources),
        laboratory=_results(request, found, left_out),
        effective_people=effective(share) if found.values else None,
        factors=factors(request, _FACTOR_PEOPLE, _FACTOR_DOUBTS, request.seed),
        uncounted=uncounted(person),
        signs=signs(person.signs),
        signs_together=questionnaire()[0],
        urgent=_urgent(safety),
        refusals=safety.refusals,
        summary=(),
    )
    cited = tuple(Source(**cite(key)) for key in dict.fromkeys(_keys(answer)))
    return answer.model_copy(update={"sources": cited, "summary": risk_summary(answer)})
