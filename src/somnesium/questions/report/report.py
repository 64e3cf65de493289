"""A report for a doctor or pharmacist: what other use cases answer, side by side, and what is
asked of them. Nothing is computed here that they do not answer, so their numbers are the same."""

from datetime import date
from typing import Literal

from pydantic import Field

from somnesium.answers.safety.evaluate import SafetyAnswer
from somnesium.answers.safety.gate import judge
from somnesium.answers.safety.separation import Mended, mended
from somnesium.person.cautions import Caution
from somnesium.person.document import read_document
from somnesium.person.record import IntakeQuestion
from somnesium.person.request import Request
from somnesium.questions.forecast.answer import Answer, ForecastAnswer, Source
from somnesium.questions.forecast.forecast import forecast_of
from somnesium.questions.intake.intake import IntakeAnswer, intake_of
from somnesium.questions.report.asks import Asked, asked_of
from somnesium.questions.report.plan import (
    Apart,
    Moment,
    Taken,
    by_the_clock,
    kept_apart,
    taken_lines,
)
from somnesium.questions.report.stored import ExperimentTold, NightsTold, Stored
from somnesium.questions.risk.risk import RiskAnswer, risk_of
from somnesium.questions.version import model_version
from somnesium.sources import cite

NOTHING_STORED = Stored()
"""What a report adds without a store."""

NoForecast = Literal["refused", "nothing taken", "not asked"]
"""Why a report has no forecast of the plan."""


class ReportAnswer(Answer):
    """What a doctor or pharmacist should know of one person, and what is asked of them.

    `intake`, `risk`, `check` and `forecast` are the answers of those use cases to the same
    document, whole. `made` is the day of the report. Simulated, but for `nights`, `experiment`
    and the laboratory values, which are measured.
    """

    made: date
    request: Request
    intake: IntakeAnswer
    risk: RiskAnswer
    check: SafetyAnswer
    forecast: ForecastAnswer | None = Field(description="null where `no_forecast` says why")
    no_forecast: NoForecast | None
    taken: tuple[Taken, ...]
    day: tuple[Moment, ...]
    apart: tuple[Apart, ...]
    mended: Mended
    nights: NightsTold | None = Field(description="measured nights; null without any")
    experiment: ExperimentTold | None
    asked: tuple[Asked, ...]


def report(
    request: Request, made: date, stored: Stored = NOTHING_STORED, plan: bool = True
) -> ReportAnswer:
    """The report of a document on a day; `stored` is what a store adds.

    A refused plan is reported as refused, and never simulated; without `plan` it is not simulated
    either. Raises `InvalidInput`.
    """
    asked_intake = read_document(
        request.model_dump(mode="json", exclude_unset=True), IntakeQuestion
    )
    judgement = judge(request)
    judged = judgement.answer
    eaten, low = intake_of(asked_intake, judgement), risk_of(judgement)
    taken = taken_lines(request)
    why_not = _no_forecast(judged, taken, plan)
    checked = judgement.plan if why_not is None else None
    expected = None if checked is None else forecast_of(checked)
    answers = [eaten, low, *([] if expected is None else [expected])]
    if stored.experiment is not None and stored.experiment.analysis is not None:
        answers.append(stored.experiment.analysis)
    cautions = _cautions(judged, answers)
    asked = asked_of((*judged.refusals, *cautions), low, judgement.taken.largest_daily_mg)
    apart = kept_apart(judgement)
    keys = [key for one in asked for reason in one.reasons for key in reason.sources]
    keys += [key for one in (*apart, *taken) for key in one.sources]
    keys += [source.key for answer in answers for source in answer.sources]
    keys += ["judgement#report-weeks"] if stored.nights is not None else []
    return ReportAnswer(
        cautions=cautions,
        sources=tuple(Source(**cite(key)) for key in dict.fromkeys(keys)),
        model_version=model_version(),
        made=made,
        request=request,
        intake=eaten,
        risk=low,
        check=judged,
        forecast=expected,
        no_forecast=why_not,
        taken=taken,
        day=by_the_clock(judgement),
        apart=apart,
        mended=mended(judgement.medicines, request.regimen),
        nights=stored.nights,
        experiment=stored.experiment,
        asked=asked,
    )


def _no_forecast(judged: SafetyAnswer, taken: tuple[Taken, ...], plan: bool) -> NoForecast | None:
    """Why the plan is not simulated; None if it is."""
    if judged.refusals:
        return "refused"
    if not taken:
        return "nothing taken"
    return None if plan else "not asked"


def _cautions(judged: SafetyAnswer, answers: list) -> tuple[Caution, ...]:
    """The check's cautions, then what the other answers add; each rule and subject once."""
    told = [*judged.cautions, *(one for answer in answers for one in answer.cautions)]
    found: dict[tuple[str, str], Caution] = {}
    for one in told:
        found.setdefault((one.key, one.subject), one)
    return tuple(found.values())
