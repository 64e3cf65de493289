"""How much magnesium do I get, and is it enough? The use case and its answer."""

from typing import Literal, NamedTuple

from pydantic import Field

from somnesium.answers.intake import amounts as sources_of
from somnesium.answers.intake.adequacy import (
    Difference,
    clear_deficit_below,
    difference,
    intake_for_confidence,
    standard_deviation_of_difference,
)
from somnesium.answers.intake.amounts import Amount, Amounts, record_days
from somnesium.answers.intake.gap import Suggestion, Suggestions, close_gap
from somnesium.answers.intake.requirements import (
    Kind,
    Reference,
    article_sources,
    conflicts,
    life_stage_of,
    reference,
    references,
)
from somnesium.answers.intake.usual import (
    STATED_USUAL_CV,
    Usual,
    day_to_day,
    margin_of,
    probability_adequate,
    usual_intake,
)
from somnesium.answers.safety.gate import Judgement, judge
from somnesium.person.cautions import Refusal
from somnesium.person.diet import Diet
from somnesium.person.document import Document, Number
from somnesium.person.foodtable import imported_label
from somnesium.person.habits import Habits
from somnesium.person.record import Authority, IntakeQuestion
from somnesium.person.request import Request
from somnesium.person.taken import Taken
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.intake.words import intake_summary, verdict
from somnesium.questions.version import model_version
from somnesium.sources import cite

WIDER = 1.25
"""Factor on the day-to-day standard deviation in the Institute's test of its own assumption."""


class UsualIntake(Document):
    """Usual magnesium a day [mg] from all sources, what was observed drawn to the population.

    `kept` is the share of the observed distance from the population that is left, 1 without a
    margin; `population_median_mg` is of food alone.
    """

    mg: Number
    interval90: tuple[Number, Number]
    kept: Number
    population_median_mg: Number | None
    day_to_day_sd_mg: Number


class Adequacy(Document):
    """Intake against what one authority sets [mg].

    `confidence` is the Institute's, 0 to 1: with an average requirement, that usual intake meets
    the own requirement; without one, only that it exceeds what is advised. `wider_confidence` is
    the same were days to differ by a quarter more. `probability` is of meeting the requirement
    once intake is drawn to the population; None without an average requirement. `enough_from_mg`
    and `too_little_below_mg` are the observed means from and below which one is 97.5 % sure.
    """

    authority: Authority
    name: str
    kind: Kind
    meaning: str
    average_mg: Number | None
    recommended_mg: Number
    supplement_limit_mg: Number | None
    difference_mg: Number
    sd_of_difference_mg: Number
    z: Number
    confidence: Number
    wider_confidence: Number
    probability: Number | None
    enough_from_mg: Number | None
    too_little_below_mg: Number | None
    verdict: str
    read: str = Field(description="how we know the authority's values")


class IntakeAnswer(Answer):
    """How much magnesium, from what, whether it is enough, and what would close the gap."""

    name: str
    stated_as: Literal["record", "often", "diet"]
    days: int | None = Field(description="days recorded; None where a habit was stated")
    amounts: tuple[Amount, ...]
    total_mg: Number
    total_interval90: tuple[Number, Number]
    food_mg: Number
    water_mg: Number
    supplement_mg: Number
    beside: dict[str, Number] = Field(description="what else the products hold, mg a day")
    data_confidence: Number | None
    imputed: tuple[str, ...]
    usual: UsualIntake
    authority: Authority
    adequacy: tuple[Adequacy, ...]
    conflicts: tuple[str, ...]
    gap_mg: Number
    together: tuple[Suggestion, ...]
    suggestions: tuple[Suggestion, ...]
    gap_left_mg: Number
    notes: tuple[str, ...]
    refusals: tuple[Refusal, ...] = Field(description="what the regimen would be refused for")
    summary: tuple[str, ...]


class _Observed(NamedTuple):
    """A question worked out as far as every authority needs it."""

    amounts: Amounts
    day_sd_mg: float
    mean_sd_mg: float
    usual: Usual
    days: int | None


def _sd_of_mean(found: Amounts, days: int | None, day_sd_mg: float) -> float:
    """Standard error [mg] of the observed mean as a measure of usual intake."""
    return STATED_USUAL_CV * found.food_mg if days is None else day_sd_mg / days**0.5


def _observed(question: IntakeQuestion, taken: Taken) -> _Observed:
    """Amounts, and the posterior of usual food intake."""
    stage = life_stage_of(question.person)
    found, days = sources_of.amounts(question, taken), len(record_days(question)) or None
    day_sd = day_to_day(stage).sd_mg
    sd = _sd_of_mean(found, days, day_sd)
    usual = usual_intake(found.food_mg, (sd**2 + found.food_sd_mg**2) ** 0.5, margin_of(stage))
    return _Observed(found, day_sd, sd, usual, days)


def _compared(observed: _Observed, against: Reference, factor: float) -> Difference:
    """The Institute's comparison; `factor` widens the day-to-day spread."""
    spread = against.requirement_sd_mg or 0.0
    # A mean with no spread at all (nothing eaten at all, as a habit) still needs a scale.
    mean_sd = max(factor * observed.mean_sd_mg, 1e-6)
    sd = standard_deviation_of_difference(spread, mean_sd, 1.0)
    level = against.recommended_mg if against.average_mg is None else against.average_mg
    return difference(observed.amounts.total_mg, level, sd)


def _adequacy(observed: _Observed, against: Reference) -> Adequacy:
    """Intake against one authority."""
    found = _compared(observed, against, 1.0)
    average, spread = against.average_mg, against.requirement_sd_mg
    probability = enough = too_little = None
    if average is not None and spread is not None:
        rest = observed.amounts.water_mg + observed.amounts.supplement_mg
        rest_sd = observed.amounts.rest_sd_mg
        probability = probability_adequate(observed.usual, rest, rest_sd, average, spread)
        enough = intake_for_confidence(average, found.sd_mg)
        too_little = clear_deficit_below(average, found.sd_mg)
    return Adequacy(
        authority=against.authority,
        name=against.name,
        kind=against.kind,
        meaning=against.meaning,
        average_mg=average,
        recommended_mg=against.recommended_mg,
        supplement_limit_mg=against.supplement_limit_mg,
        difference_mg=found.difference_mg,
        sd_of_difference_mg=found.sd_mg,
        z=found.z,
        confidence=found.confidence,
        wider_confidence=_compared(observed, against, WIDER).confidence,
        probability=probability,
        enough_from_mg=enough,
        too_little_below_mg=too_little,
        verdict=verdict(found.confidence, average is not None),
        read=against.read,
    )


def _usual(question: IntakeQuestion, observed: _Observed) -> UsualIntake:
    """Usual intake from all sources, with its interval."""
    found, margin = observed.amounts, margin_of(life_stage_of(question.person))
    rest, low = found.water_mg + found.supplement_mg, observed.usual.quantile(0.05)
    high, middle = observed.usual.quantile(0.95), observed.usual.mean_mg
    below = ((middle - low) ** 2 + (1.645 * found.rest_sd_mg) ** 2) ** 0.5
    above = ((high - middle) ** 2 + (1.645 * found.rest_sd_mg) ** 2) ** 0.5
    mean = middle + rest
    return UsualIntake(
        mg=mean,
        interval90=(max(0.0, mean - below), mean + above),
        kept=1.0 if observed.usual.observed_share is None else observed.usual.observed_share,
        population_median_mg=None if margin is None else margin.median_mg,
        day_to_day_sd_mg=observed.day_sd_mg,
    )


def _gap(
    question: IntakeQuestion, usual: UsualIntake, against: Reference | None
) -> tuple[float, Suggestions]:
    """What is missing from the usual intake to what is advised, and foods for it."""
    gap = max(0.0, against.recommended_mg - usual.mg) if against is not None else 0.0
    return gap, close_gap(question.person, question.avoid, gap)


def _keys(question: IntakeQuestion, found: tuple[Reference, ...]) -> list[str]:
    """Every source key the answer rests on."""
    stage = life_stage_of(question.person)
    margin, label = margin_of(stage), imported_label()
    keys = ["usda_sr24", *([f"usda_fdc#{label}"] if label else []), "iom2000"]
    keys += [day_to_day(stage).source, *([] if margin is None else [margin.source])]
    keys += [key for one in found for key in one.sources] + list(article_sources())
    ours = ("stated-intake", "stated-usual", "food-cv", "label-tolerance", "data-confidence")
    return keys + [f"judgement#{what}" for what in ours]


def intake(question: IntakeQuestion) -> IntakeAnswer:
    """How much magnesium do I get, is it enough, and what would close the gap?

    Nothing is recommended to be taken; what the regimen would be refused for is said in
    `refusals`.
    """
    return intake_of(question, judge(_request(question)))


def _request(question: IntakeQuestion) -> Request:
    """The question as the gate asks it: with usual nights, and food as far as it is known.

    Journeys are left out: they move no magnesium, and may lie after the days that are asked about.
    """
    eaten = min(3000.0, sources_of.eaten_mg(question))  # what a diet can hold
    usual = Habits.model_validate({"bedtime": "23:00", "rise": "07:00"})
    habits = (question.habits or usual).model_copy(update={"travel": ()})
    return Request(
        person=question.person,
        habits=habits,
        diet=question.diet or Diet(magnesium_mg_per_day=eaten),
        regimen=question.regimen,
        days=question.days,
        start=question.start,
    )


def intake_of(question: IntakeQuestion, judgement: Judgement) -> IntakeAnswer:
    """The same of a question that the gate has judged already."""
    stage, person = life_stage_of(question.person), question.person
    observed, found = _observed(question, judgement.taken), references(stage)
    usual = _usual(question, observed)
    gap, suggested = _gap(question, usual, reference(stage, question.authority))
    adequacy = tuple(_adequacy(observed, one) for one in found)
    safety = judgement.answer
    cautions = safety.cautions
    keys = _keys(question, found)
    keys += [key for one in (*cautions, *safety.refusals) for key in one.sources]
    total = observed.amounts
    return IntakeAnswer(
        cautions=cautions,
        sources=tuple(Source(**cite(key)) for key in dict.fromkeys(keys)),
        model_version=model_version(),
        name=question.name or person.name,
        stated_as="record" if question.record else "often" if question.often else "diet",
        days=observed.days,
        amounts=total.sources,
        total_mg=total.total_mg,
        total_interval90=total.total_interval90,
        food_mg=total.food_mg,
        water_mg=total.water_mg,
        supplement_mg=total.supplement_mg,
        beside=total.beside,
        data_confidence=total.data_confidence,
        imputed=tuple(one.name for one in total.sources if one.origin == "imputed"),
        usual=usual,
        authority=question.authority,
        adequacy=adequacy,
        conflicts=conflicts(stage),
        gap_mg=gap,
        together=suggested.together,
        suggestions=suggested.each,
        gap_left_mg=suggested.left_mg,
        notes=suggested.notes,
        refusals=safety.refusals,
        summary=intake_summary(
            total, observed.days, usual.mg, usual.interval90, adequacy, question.authority
        ),
    )
