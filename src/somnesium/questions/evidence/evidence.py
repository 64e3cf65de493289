"""What do the trials say? Endpoint by endpoint, with how sure one can be and why."""

from collections.abc import Sequence
from typing import NamedTuple

from somnesium import say
from somnesium.answers.evidence.bayes import Outcome
from somnesium.answers.evidence.contrasts import (
    CORRELATION,
    Difference,
    Differences,
    Measured,
    differences_of,
)
from somnesium.answers.evidence.grade import Bias, Grade, TrialFacts, grade, worst_bias
from somnesium.answers.evidence.heterogeneity import Method
from somnesium.answers.evidence.lints import Reviewed, reviewed
from somnesium.answers.evidence.measures import MEASURES, Measure
from somnesium.answers.evidence.pooling import IntervalKind, pool, shares
from somnesium.answers.evidence.small_study import asymmetry
from somnesium.answers.evidence.studies import Studies, studies_of
from somnesium.answers.evidence.table import Evidence, Trial
from somnesium.errors import InvalidInput
from somnesium.person.document import near_miss
from somnesium.questions.evidence.answer import (
    EndpointEvidence,
    EvidenceAnswer,
    Flagged,
    Note,
    Omitted,
    OtherPooling,
    Sensitivity,
    Synthesis,
    TrialEffect,
)
from somnesium.questions.evidence.synthesis import cited, synthesis, synthesis_sources
from somnesium.questions.version import model_version
from somnesium.sources import exists, packaged_toml

_LOW_CORRELATION, _HIGH_CORRELATION = 0.2, 0.8
_ISI_WORTH = 6.0  # yang2009
_SEEN_SELF = ("paper", "abstract")


class _Way(NamedTuple):
    """How to pool: what the caller chose."""

    method: Method
    interval: IntervalKind
    measure: Measured


def _worth(endpoint: str, way: _Way) -> tuple[float | None, str]:
    """The smallest change worth having in the endpoint's unit, and its source."""
    least = packaged_toml("plan.toml")["worthwhile"]
    known = {
        "sol": (least["latency_min"], least["source"]),
        "tst": (least["duration_min"], least["source"]),
        "se": (least["efficiency_percent"], least["source"]),
        "isi": (_ISI_WORTH, "yang2009"),
    }
    return known.get(endpoint, (None, "")) if way.measure == "md" else (None, "")


def _bias(trial: Trial) -> Bias:
    """Worst risk of bias over the domains of a trial."""
    return worst_bias(
        (
            trial.rob_randomisation,
            trial.rob_deviations,
            trial.rob_missing,
            trial.rob_measurement,
            trial.rob_selection,
        )
    )


def _studies(kept: Sequence[Difference]) -> Studies:
    return studies_of([one.name for one in kept], [d.yi for d in kept], [d.vi for d in kept])


def _outcome(kept: Sequence[Difference]) -> Outcome:
    measured = {one.instrument for one in kept}
    return "marker" if measured <= {"assay", "monitor"} else "rated"


def _trial_of(table: Evidence, name: str) -> Trial:
    found = table.trial(name)
    if found is None:
        raise InvalidInput.field("trial", name, "a trial of the table")
    return found


def _graded(
    table: Evidence, kept: Sequence[Difference], untold: int, worth: float | None, way: _Way
) -> Grade:
    """GRADE of a pooled endpoint."""
    studies = _studies(kept)
    pooled = pool(studies, way.method, way.interval)
    facts = []
    for one, share in zip(kept, shares(studies, pooled), strict=True):
        trial = _trial_of(table, one.trial)
        facts.append(
            TrialFacts(
                one.trial,
                float(share),
                one.people,
                _bias(trial),
                trial.sponsor_kind == "industry",
                trial.age_mean,
            )
        )
    return grade(pooled, facts, asymmetry(studies, way.method), worth, untold)


def _told(table: Evidence, one: Difference) -> TrialEffect:
    """One difference with what stands behind it."""
    trial, arm = _trial_of(table, one.trial), table.arm(one.trial, one.arm)
    return TrialEffect(
        study=one.name,
        trial=one.trial,
        arm=one.arm,
        control=one.control,
        instrument=one.instrument,
        form=arm.form if arm else "",
        elemental_mg=arm.elemental_mg if arm else None,
        weeks=one.weeks,
        n=one.n,
        n_control=one.n_versus,
        crossover=one.crossover,
        how=one.how,
        se_from=one.se_from,
        correlation=one.correlation,
        seen=one.seen,
        risk_of_bias=_bias(trial),
        role=trial.role,
    )


def _again(key: str, text: str, kept: Sequence[Difference], way: _Way) -> Sensitivity:
    """The pool of other trials, or by another method."""
    found = pool(_studies(kept), way.method, way.interval)
    return Sensitivity(
        key=key,
        text=text,
        k=found.k,
        estimate=found.estimate,
        interval95=found.used.interval,
        tau2=found.between.tau2 if found.between else None,
    )


def _other_choices(
    table: Evidence,
    endpoint: str,
    kept: Sequence[Difference],
    all_: Sequence[Difference],
    way: _Way,
) -> tuple[Sensitivity, ...]:
    """The pool with each choice made otherwise, where that changes which figures go in."""
    choices: list[tuple[str, str, Sequence[Difference]]] = []
    if len(all_) > len(kept):
        choices.append(("with_distrusted", "with the trials we distrust", all_))

    def only(key: str, text: str, fits: Sequence[Difference]) -> None:
        if 0 < len(fits) < len(kept):
            choices.append((key, text, fits))

    low = [d for d in kept if _bias(_trial_of(table, d.trial)) != "high"]
    only("not_high_bias", "without trials at high risk of bias", low)
    blind = [
        d for d in kept if d.control == "placebo" and _trial_of(table, d.trial).blinding == "double"
    ]
    only("blind_placebo", "double-blind against placebo only", blind)
    own = [d for d in kept if set(d.seen.split(", ")) <= set(_SEEN_SELF)]
    only("read_by_us", "figures read in the paper or its abstract only", own)
    found = [_again(key, text, some, way) for key, text, some in choices]
    if any(one.correlation is not None for one in kept):
        for r in (_LOW_CORRELATION, _HIGH_CORRELATION):
            names = {one.name for one in kept}
            again = differences_of(table, endpoint, way.measure, r).kept
            some = [one for one in again if one.name in names]
            found.append(_again(f"correlation_{r}", f"assuming a correlation of {r}", some, way))
    if len(kept) > 1:
        for method in ("DL", "PM", "FE"):
            if method != way.method:
                found.append(
                    _again(f"method_{method}", f"by {method}", kept, way._replace(method=method))
                )
    return tuple(found)


def _choice_notes(kept: Sequence[Difference]) -> tuple[Note, ...]:
    """What was assumed or is second-hand in the figures that were pooled."""
    cases = (
        (
            "assumed_correlation",
            [d for d in kept if d.correlation is not None],
            f"correlation {CORRELATION} within people was assumed for",
            "judgement#within-person-correlation",
        ),
        (
            "p_bound",
            [d for d in kept if d.se_from == "p_bound"],
            "the standard error was worked out from a bound of p, so it is too wide, for",
            "higgins2019",
        ),
        (
            "shared_people",
            [d for d in kept if d.n_shared],
            "the sizes of the arms were not told and taken as equal for",
            "judgement#equal-arms",
        ),
        (
            "second_hand",
            [d for d in kept if not set(d.seen.split(", ")) <= set(_SEEN_SELF)],
            "figures are from memory or quoted by others for",
            "judgement#seen",
        ),
    )
    trials = {one.trial for one in kept}
    notes = []
    if len(trials) < len(kept):
        text = f"The {len(kept)} arms are of {len(trials)} trials, so they tell less than it seems."
        notes.append(Note(key="arms_of_one_trial", text=text, sources=("higgins2019",)))
    return tuple(notes) + tuple(
        Note(
            key=key,
            sources=(source,),
            text=f"{text[0].upper()}{text[1:]} {', '.join(one.name for one in some)}.",
        )
        for key, some, text, source in cases
        if some
    )


def _others(table: Evidence, endpoint: str, way: _Way) -> tuple[OtherPooling, ...]:
    """What others pooled of magnesium, as the table holds it."""
    found = []
    for row in table.contrasts:
        trial, arm = table.trial(row.trial), table.arm(row.trial, row.arm)
        if arm is None or arm.kind != "magnesium":
            continue
        fits = row.endpoint == endpoint and row.measure == way.measure
        if trial is not None and trial.design == "synthesis" and fits and row.estimate is not None:
            both = row.low is not None and row.high is not None
            found.append(
                OtherPooling(
                    trial=row.trial,
                    estimate=row.estimate,
                    interval95=(row.low or 0.0, row.high or 0.0) if both else None,
                    sources=(trial.reference,) if exists(trial.reference) else (),
                )
            )
    return tuple(found)


def _said(
    one: Measure,
    unit: str,
    found: Synthesis | None,
    graded: Grade | None,
    untold: int,
    others: Sequence[OtherPooling],
) -> str:
    """An endpoint in plain sentences."""
    if found is None or graded is None:
        line = f"{one.meaning}: no trial can be pooled."
        if untold:
            arms = "One trial arm" if untold == 1 else f"{untold} trial arms"
            line += f" {arms} measured it but told no figures to use."
    else:
        pooled = found.pooled
        arms = "one trial arm" if pooled.k == 1 else f"{pooled.k} trial arms"
        line = (
            f"{one.meaning}: {say.figures(pooled.estimate, 3, sign=True)} {unit} in {arms}. It "
            f"could well be from {say.figures_span(pooled.interval95, 3, sign=True)}. How sure we "
            f"are: {graded.certainty}."
        )
    for other in others:
        line += (
            f" Others pooled {say.figures(other.estimate, 3, sign=True)} {unit} ({other.trial})."
        )
    return line


def _endpoint(
    table: Evidence, endpoint: str, found: Differences, blend: bool, way: _Way
) -> EndpointEvidence:
    """One endpoint, magnesium alone or in blends."""
    measure = MEASURES[endpoint]
    unit = "SD" if way.measure == "smd" else measure.unit
    all_ = [one for one in found.kept if one.blend == blend]
    kept = [one for one in all_ if _trial_of(table, one.trial).role != "distrust"]
    blends = {(a.trial, a.arm) for a in table.arms if a.kind == "combination"}
    left = [one for one in found.left_out if ((one.trial, one.arm) in blends) == blend]
    untold = sum(1 for one in left if one.untold)
    worth, _ = _worth(endpoint, way)
    whole = graded = None
    if kept:
        sd = 1.0 if way.measure == "smd" else measure.usual_sd
        whole = synthesis(_studies(kept), way.method, way.interval, sd, _outcome(kept))
        whole = whole.model_copy(update={"notes": (*whole.notes, *_choice_notes(kept))})
        graded = _graded(table, kept, untold, worth, way)
    kept_names = {one.name for one in kept}
    others = () if blend else _others(table, endpoint, way)
    return EndpointEvidence(
        endpoint=endpoint,
        meaning=measure.meaning,
        unit=unit,
        better=measure.better,
        blend=blend,
        synthesis=whole,
        grade=graded,
        trials=tuple(_told(table, one) for one in kept),
        sensitivity=_other_choices(table, endpoint, kept, all_, way) if kept else (),
        omitted=tuple(Omitted(trial=x.trial, arm=x.arm, reason=x.reason) for x in left),
        distrusted=tuple(one.name for one in all_ if one.name not in kept_names),
        others=others,
        summary=_said(measure, unit, whole, graded, untold, others),
    )


def _asked(endpoints: Sequence[str], table: Evidence) -> tuple[str, ...]:
    """The endpoints asked for, or all that any trial of the table measured."""
    for name in endpoints:
        if name not in MEASURES:
            allowed = ", ".join(MEASURES)
            raise InvalidInput.field("endpoint", name, allowed, near_miss(name, MEASURES))
    if endpoints:
        return tuple(dict.fromkeys(endpoints))
    measured = {row.endpoint for row in (*table.endpoints, *table.contrasts)}
    return tuple(name for name in MEASURES if name in measured)


def _keys(table: Evidence, told: Sequence[EndpointEvidence], way: _Way) -> list[str]:
    """Every source key the answer rests on; a user's own trials may have none."""
    keys = ["judgement#contrast-choice", "elbourne2002"]
    for one in told:
        keys += synthesis_sources(one.synthesis) if one.synthesis else []
        keys += [key for r in (one.grade.reasons if one.grade else ()) for key in r.sources]
        references = [_trial_of(table, each.trial).reference for each in one.trials]
        keys += [key for key in references if exists(key)]
        keys += [key for each in one.others for key in each.sources]
        named = (_worth(one.endpoint, way)[1], MEASURES[one.endpoint].source)
        keys += [key for key in named if key]
    return [*keys, "hedges1981"] if way.measure == "smd" else keys


def evidence(
    endpoints: Sequence[str] = (),
    review: Reviewed | None = None,
    method: Method = "REML",
    interval: IntervalKind = "hk",
    measure: Measured = "md",
) -> EvidenceAnswer:
    """What trials say of magnesium against a control.

    `endpoints` are words of the evidence table; all that were measured if left out. `review` is the
    table with its lints, ours if left out. Blends with other active ingredients are pooled apart;
    distrusted trials come in only in a line of sensitivity. `measure` `smd` gives differences in
    standard deviations between people. Raises `InvalidInput` or `NotConverged`.
    """
    way, review = _Way(method, interval, measure), review or reviewed()
    table, told = review.evidence, []
    for name in _asked(endpoints, table):
        found = differences_of(table, name, measure)
        told.append(_endpoint(table, name, found, False, way))
        if any(one.blend for one in found.kept):
            told.append(_endpoint(table, name, found, True, way))
    flags = tuple(
        Flagged(trial=one.trial, row=one.row, field=one.field, reason=one.reason, source=one.source)
        for one in review.lints
    )
    pooled = sum(1 for one in told if one.synthesis is not None)
    summary = (
        f"{len(table.trials)} trials and reviews are in the table. "
        f"{pooled} of {len(told)} endpoints can be pooled.",
        *(one.summary for one in told),
    )
    keys = _keys(table, told, way) + [one.source for one in flags]
    return EvidenceAnswer(
        cautions=(),
        sources=cited(keys),
        model_version=model_version(),
        method=method,
        interval=interval,
        measure=measure,
        endpoints=tuple(told),
        flags=flags,
        summary=summary,
    )
