"""How do I find out if it works for me? The use case: design, and begin what was designed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import Field

from somnesium import say
from somnesium.answers.safety.gate import checked_plan
from somnesium.answers.selftrial.design.allocation import (
    Allocation,
    allocate,
    read_sealed,
    sealed_text,
)
from somnesium.answers.selftrial.design.kinetics import Kinetics, kinetics
from somnesium.answers.selftrial.design.plan import (
    Planned,
    PowerRow,
    Verdict,
    planned,
    spread_summary,
)
from somnesium.answers.selftrial.design.question import DesignQuestion, Kind, Measure, scale_of
from somnesium.errors import InvalidInput, UnsafePlan
from somnesium.person.checked import CheckedPlan
from somnesium.person.document import Document, Number
from somnesium.questions.experiment.preregistration import preregistration_text
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.version import model_version
from somnesium.sources import cite, packaged_toml
from somnesium.store.experiments import Experiment, allocation, keep_experiment
from somnesium.store.nights import nights
from somnesium.store.open import Store


class StopRule(Document):
    """When to stop, in a sentence."""

    key: str
    text: str
    sources: tuple[str, ...]


class DesignAnswer(Answer):
    """An experiment for one person: how it runs, what it can show, whether to start it.

    Periods of `period_nights` nights come in `blocks` of two; before them are `run_in_nights`
    nights without anything. `night_sd` is the spread of single nights in `unit`, `night_ar` how
    one resembles the next, told from `own_nights` nights (0: from people in general).
    `carry_over_nights` pass until less than a tenth of the effect is left. `seen_share` of the
    body model's effect shows between the periods. `washout` says what is done about it.
    """

    name: str
    plan: str
    question: Literal["acute", "stores"]
    measure: Measure
    label: str
    unit: str
    better: Literal["more", "less"]
    worthwhile: Number
    blinding: Literal["capsules", "open"]
    first_run_in: date
    first_evening: date
    last_evening: date
    run_in_nights: int
    period_nights: int
    blocks: int
    weeks: int
    half_life_nights: Number
    carry_over_nights: int | None
    washout: str
    seen_share: Number
    kinetics: Kinetics
    own_nights: int
    night_sd: Number
    night_sd_interval90: tuple[Number, Number]
    night_ar: Number
    power: tuple[PowerRow, ...] = Field(description="weeks until a change would be seen")
    verdict: Verdict
    reasons: tuple[str, ...]
    expectation: str
    stop_rules: tuple[StopRule, ...]
    summary: tuple[str, ...]


class Begun(NamedTuple):
    """An experiment that was begun: its plan, and its allocation as it was written."""

    plan: CheckedPlan[DesignQuestion]
    experiment: Experiment
    allocation: Allocation


def own_nights(store: Store, measure: Measure, before: date) -> tuple[float | None, ...]:
    """The diary's own nights of a measure up to an evening, one a night; None where missing."""
    kept = [
        one.night
        for one in nights(store, last=before - timedelta(days=1))
        if one.instrument == "diary" and not one.night.nap
    ]
    if not kept:
        return ()
    values = {night.evening: getattr(night, measure) for night in kept}
    first = min(values)
    return tuple(
        values.get(first + timedelta(days=k)) for k in range((max(values) - first).days + 1)
    )


def arms(question: DesignQuestion) -> tuple[str, str]:
    """What is compared: the plan, and what stands beside it."""
    blind = question.trial.blinding == "capsules"
    return ("the plan", "placebo") if blind else ("the plan", "nothing")


def expectation(question: DesignQuestion) -> tuple[str, tuple[str, ...]]:
    """What expecting an effect does, and the sources of that."""
    table = packaged_toml("selftrial.toml")["expectation"]
    sources = tuple(table["sources"])
    if question.trial.blinding == "capsules":
        return (
            "Bottles A and B look alike, and a helper fills them. So what you expect works on "
            "both alike. Write down at the end which you think was which.",
            sources,
        )
    change = table.get(f"{question.trial.measure}_min")
    size = (
        ""
        if change is None
        else (
            f" On placebo in trials this changed by {say.number(abs(change))} min; about "
            f"{say.number(abs(change) * table['share'])} min of it may be what people hoped for."
        )
    )
    return (
        "You will know what you take, so what you expect is part of the result."
        + size
        + " A gain of that size cannot be told from hope here. Capsules filled by a helper can.",
        sources,
    )


def _summary(found: Planned, unit: str, size: float) -> tuple[str, ...]:
    layout = found.layout
    weeks = next(row.weeks for row in found.rows if row.change == size)
    lines = [
        f"{found.verdict.capitalize()}.",
        f"{2 * layout.blocks} periods of {layout.period_nights} "
        f"{'night' if layout.period_nights == 1 else 'nights'}, {found.weeks} weeks in all"
        + (f", after {found.run_in} nights with nothing but the diary." if found.run_in else "."),
        f"To see {say.figures(size)} {unit} takes "
        + (f"about {weeks} weeks." if weeks is not None else "more than a year."),
    ]
    if not found.spread.nights:
        lines.append(
            "This is from nights of people in general. Keep the diary for 14 nights, and ask "
            "again: yours may differ less, or more."
        )
    return (*lines, *found.reasons)


def washout(kind: Kind, half_life: float) -> str:
    """What is done about what lasts; `half_life` of the effect [nights]."""
    if kind == "acute":
        return (
            "No nights are left out: only what the same night brings is asked for, and what "
            "lasts longer is shared by both."
        )
    return (
        "No nights are left out: each night counts by how full the stores are in the body model, "
        f"which halve in {say.number(half_life, 1)} nights after the last dose."
    )


def tried_plan(question: DesignQuestion) -> CheckedPlan[DesignQuestion]:
    """The plan of an experiment, checked; `UnsafePlan` where it is refused, or in pregnancy."""
    plan = checked_plan(question)
    if question.person.pregnant:
        raise UnsafePlan((packaged_toml("selftrial.toml")["pregnant"]["text"],))
    return plan


def design(question: DesignQuestion, earlier: Sequence[float | None] = ()) -> DesignAnswer:
    """How do I find out if this plan works for me?

    `earlier` are own nights of the measure, used if the question brings none. Raises `UnsafePlan`
    when the plan is refused, or in pregnancy; nothing is simulated then.
    """
    return design_of(tried_plan(question), earlier)


def design_of(
    plan: CheckedPlan[DesignQuestion], earlier: Sequence[float | None] = ()
) -> DesignAnswer:
    """The same of a plan that is checked already."""
    question = plan.request
    trial, person = question.trial, question.person
    scale = scale_of(trial.measure)
    size = float(trial.worthwhile or scale.worthwhile)
    course = kinetics(plan, trial.measure, size, scale.better)
    found = planned(trial, scale, course, trial.nights or earlier, question.seed)
    layout, (sd, sd90, phi) = found.layout, spread_summary(found.spread)
    expecting, expected_keys = expectation(question)
    rules = tuple(StopRule(**row) for row in packaged_toml("selftrial.toml")["stop"])
    first = question.start + timedelta(days=found.run_in)
    keys = [key for one in (*plan.cautions, *rules) for key in one.sources] + [*expected_keys]
    keys += [scale.sd_source, "salmon2011", "judgement#power-80", "judgement#carry-over-tenth"]
    keys += ["judgement#smallest-worthwhile-change"]
    return DesignAnswer(
        cautions=plan.cautions,
        sources=tuple(Source(**cite(key)) for key in dict.fromkeys(keys)),
        model_version=model_version(),
        name=question.name or person.name,
        plan=question.regimen.name,
        question=found.kind,
        measure=trial.measure,
        label=scale.label,
        unit=scale.unit,
        better="more" if scale.better > 0 else "less",
        worthwhile=size,
        blinding=trial.blinding,
        first_run_in=question.start,
        first_evening=first,
        last_evening=first + timedelta(days=layout.nights - 1),
        run_in_nights=found.run_in,
        period_nights=layout.period_nights,
        blocks=layout.blocks,
        weeks=found.weeks,
        half_life_nights=layout.half_life,
        carry_over_nights=found.carry,
        washout=washout(found.kind, layout.half_life),
        seen_share=found.seen,
        kinetics=course,
        own_nights=found.spread.nights,
        night_sd=sd,
        night_sd_interval90=sd90,
        night_ar=phi,
        power=found.rows,
        verdict=found.verdict,
        reasons=found.reasons,
        expectation=expecting,
        stop_rules=rules,
        summary=_summary(found, scale.unit, size),
    )


def require_worth(answer: DesignAnswer, anyway: bool, field: str, how: str) -> None:
    """Refuse to begin what is not worth starting, unless it is wanted anyway; `how` says by what.

    Raises `InvalidInput` about `field`.
    """
    if answer.verdict == "not worth starting" and not anyway:
        fix = f"change the question, or {how}"
        raise InvalidInput.field(field, answer.verdict, "what is worth starting", fix)


def begin(
    store: Store, plan: CheckedPlan[DesignQuestion], answer: DesignAnswer, seed: int, now: datetime
) -> Begun:
    """Draw the allocation, seal it, and write it with the experiment's preregistration, once.

    `seed` is used where the question brings none. Raises `InvalidInput` if the run-in has begun
    already: what is written afterwards is no preregistration.
    """
    question = plan.request
    today = now.astimezone(ZoneInfo(question.habits.time_zone)).date()
    if answer.first_run_in < today:
        fix = "a plan is written down before it begins: use --start"
        raise InvalidInput.field("start", answer.first_run_in.isoformat(), "today or later", fix)
    own = seed if question.trial.seed is None else question.trial.seed
    drawn = allocate(own, answer.blocks, answer.period_nights, answer.first_evening, arms(question))
    sealed = sealed_text(drawn)
    asked = question.model_dump(mode="json", exclude={"trial": {"seed"}})
    text = preregistration_text(asked, answer, drawn, sealed, now)
    kept = keep_experiment(
        store, answer.name, answer.first_evening, asked, text, drawn.algorithm, own, sealed, now
    )
    return Begun(plan, kept, read_sealed(allocation(store, kept.id).sealed))
