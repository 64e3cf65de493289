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
    studies_of_differences,
)
from somnesium.answers.evidence.grade import Bias, Grade, TrialFacts, grade, worst_bias
from somnesium.answers.evidence.heterogeneity import Method
from somnesium.answers.evidence.lints import Reviewed, reviewed
from somnesium.answers.evidence.measures import MEASURES, Measure
from somnesium.answers.evidence.pooling import IntervalKind, pool, shares
from somnesium.answers.evidence.small_study import asymmetry
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
from somnesium.questions.evidence.synthesis import synthesis, synthesis_sources
from somnesium.questions.forecast.answer import cited
from somnesium.questions.version import model_version
from somnesium.sources import exists, packaged_toml

_LOW_CORRELATION, _HIGH_CORRELATION = 0.2, 0.8
_ISI_WORTH = 6.0  # yang2009
_SEEN_SELF = {"paper", "abstract"}


class _Pooling(NamedTuple):
    """How to pool: what the caller chose."""

    method: Method
    interval: IntervalKind
    measure: Measured


def _worth(endpoint: str, pooling: _Pooling) -> tuple[float | None, str]:
    """The smallest change worth having in the endpoint's unit, and its source."""
    least = packaged_toml("plan.toml")["worthwhile"]
    known = {
        "sol": (least["latency_min"], least["source"]),
        "tst": (least["duration_min"], least["source"]),
        "se": (least["efficiency_percent"], least["source"]),
        "isi": (_ISI_WORTH, "yang2009"),
    }
    return known.get(endpoint, (None, "")) if pooling.measure == "md" else (None, "")


def _bias(trial: Trial) -> Bias:
    """Worst risk of bias over the domains of a trial."""
    domains = ("randomisation", "deviations", "missing", "measurement", "selection")
    return worst_bias([getattr(trial, f"rob_{domain}") for domain in domains])


def _outcome(differences: Sequence[Difference]) -> Outcome:
    instruments = {difference.instrument for difference in differences}
    return "marker" if instruments <= {"assay", "monitor"} else "rated"


def _trial_of(table: Evidence, name: str) -> Trial:
    trial = table.trial(name)
    if trial is None:
        raise InvalidInput.field("trial", name, "a trial of the table")
    return trial


def _read_by_us(difference: Difference) -> bool:
    """Whether figures were read in the paper or its abstract."""
    return set(difference.seen.split(", ")) <= _SEEN_SELF


def _graded(
    table: Evidence,
    differences: Sequence[Difference],
    untold: int,
    worth: float | None,
    pooling: _Pooling,
) -> Grade:
    """GRADE of a pooled endpoint."""
    studies = studies_of_differences(differences)
    pooled = pool(studies, pooling.method, pooling.interval)
    facts = []
    for difference, share in zip(differences, shares(studies, pooled), strict=True):
        trial = _trial_of(table, difference.trial)
        facts.append(
            TrialFacts(
                trial=trial.trial,
                share=float(share),
                people=difference.people,
                bias=_bias(trial),
                industry=trial.sponsor_kind == "industry",
                age_mean=trial.age_mean,
            )
        )
    return grade(pooled, facts, asymmetry(studies, pooling.method), worth, untold)


def _trial_effect(table: Evidence, difference: Difference) -> TrialEffect:
    """One difference with what stands behind it."""
    trial = _trial_of(table, difference.trial)
    arm = table.arm(difference.trial, difference.arm)
    return TrialEffect(
        study=difference.name,
        trial=difference.trial,
        arm=difference.arm,
        control=difference.control,
        instrument=difference.instrument,
        form=arm.form if arm else "",
        elemental_mg=arm.elemental_mg if arm else None,
        weeks=difference.weeks,
        n=difference.n,
        n_control=difference.n_versus,
        crossover=difference.crossover,
        how=difference.how,
        se_from=difference.se_from,
        correlation=difference.correlation,
        seen=difference.seen,
        risk_of_bias=_bias(trial),
        role=trial.role,
    )


def _pooled_again(
    key: str, text: str, differences: Sequence[Difference], pooling: _Pooling
) -> Sensitivity:
    """The pool of other trials, or by another method."""
    pooled = pool(studies_of_differences(differences), pooling.method, pooling.interval)
    return Sensitivity(
        key=key,
        text=text,
        k=pooled.k,
        estimate=pooled.estimate,
        interval95=pooled.used.interval,
        tau2=pooled.between.tau2 if pooled.between else None,
    )


def _other_choices(
    table: Evidence,
    endpoint: str,
    trusted: Sequence[Difference],
    every: Sequence[Difference],
    pooling: _Pooling,
) -> tuple[Sensitivity, ...]:
    """The pool with each choice made otherwise, where that changes which figures go in."""
    trials = {each.trial: _trial_of(table, each.trial) for each in trusted}
    fewer = (
        (
            "not_high_bias",
            "without trials at high risk of bias",
            [d for d in trusted if _bias(trials[d.trial]) != "high"],
        ),
        (
            "blind_placebo",
            "double-blind against placebo only",
            [d for d in trusted if d.control == "placebo" and trials[d.trial].blinding == "double"],
        ),
        (
            "read_by_us",
            "figures read in the paper or its abstract only",
            [d for d in trusted if _read_by_us(d)],
        ),
    )
    choices = [choice for choice in fewer if 0 < len(choice[2]) < len(trusted)]
    if len(every) > len(trusted):
        choices.insert(0, ("with_distrusted", "with the trials we distrust", list(every)))
    if any(each.correlation is not None for each in trusted):
        names = {each.name for each in trusted}
        for r in (_LOW_CORRELATION, _HIGH_CORRELATION):
            usable = differences_of(table, endpoint, pooling.measure, r).usable
            some = [each for each in usable if each.name in names]
            choices.append((f"correlation_{r}", f"assuming a correlation of {r}", some))
    pools = [_pooled_again(key, text, some, pooling) for key, text, some in choices]
    for method in ("DL", "PM", "FE"):
        if len(trusted) > 1 and method != pooling.method:
            other = pooling._replace(method=method)
            pools.append(_pooled_again(f"method_{method}", f"by {method}", trusted, other))
    return tuple(pools)


def _choice_notes(differences: Sequence[Difference]) -> tuple[Note, ...]:
    """What was assumed or is second-hand in the figures that were pooled."""
    cases = (
        (
            "assumed_correlation",
            [d.name for d in differences if d.correlation is not None],
            f"Correlation {CORRELATION} within people was assumed for",
            "judgement#within-person-correlation",
        ),
        (
            "p_bound",
            [d.name for d in differences if d.se_from == "p_bound"],
            "The standard error was worked out from a bound of p, so it is too wide, for",
            "higgins2019",
        ),
        (
            "shared_people",
            [d.name for d in differences if d.n_shared],
            "The sizes of the arms were not told and taken as equal for",
            "judgement#equal-arms",
        ),
        (
            "second_hand",
            [d.name for d in differences if not _read_by_us(d)],
            "Figures are from memory or quoted by others for",
            "judgement#seen",
        ),
    )
    notes = [
        Note(key=key, sources=(source,), text=f"{text} {', '.join(names)}.")
        for key, names, text, source in cases
        if names
    ]
    arms, trials = len(differences), len({each.trial for each in differences})
    if trials < arms:
        text = f"The {arms} arms are of {trials} trials, so they tell less than it seems."
        notes.insert(0, Note(key="arms_of_one_trial", text=text, sources=("higgins2019",)))
    return tuple(notes)


def _others(table: Evidence, endpoint: str, pooling: _Pooling) -> tuple[OtherPooling, ...]:
    """What others pooled of magnesium, as the table holds it."""
    poolings = []
    for row in table.contrasts:
        trial, arm = table.trial(row.trial), table.arm(row.trial, row.arm)
        if trial is None or trial.design != "synthesis" or arm is None or arm.kind != "magnesium":
            continue
        fits = row.endpoint == endpoint and row.measure == pooling.measure
        if fits and row.estimate is not None:
            both = row.low is not None and row.high is not None
            poolings.append(
                OtherPooling(
                    trial=row.trial,
                    estimate=row.estimate,
                    interval95=(row.low or 0.0, row.high or 0.0) if both else None,
                    sources=(trial.reference,) if exists(trial.reference) else (),
                )
            )
    return tuple(poolings)


def _sentences(
    measure: Measure,
    unit: str,
    whole: Synthesis | None,
    graded: Grade | None,
    untold: int,
    others: Sequence[OtherPooling],
) -> str:
    """An endpoint in plain sentences."""
    if whole is None or graded is None:
        line = f"{measure.meaning}: no trial can be pooled."
        if untold:
            arms = "One trial arm" if untold == 1 else f"{untold} trial arms"
            line += f" {arms} measured it but told no figures to use."
    else:
        pooled = whole.pooled
        arms = "one trial arm" if pooled.k == 1 else f"{pooled.k} trial arms"
        line = (
            f"{measure.meaning}: {say.figures(pooled.estimate, 3, sign=True)} {unit} in {arms}. It "
            f"could well be from {say.figures_span(pooled.interval95, 3, sign=True)}. How sure we "
            f"are: {graded.certainty}."
        )
    for other in others:
        estimate = say.figures(other.estimate, 3, sign=True)
        line += f" Others pooled {estimate} {unit} ({other.trial})."
    return line


def _endpoint(
    table: Evidence, endpoint: str, differences: Differences, blend: bool, pooling: _Pooling
) -> EndpointEvidence:
    """One endpoint, magnesium alone or in blends."""
    measure = MEASURES[endpoint]
    unit = "SD" if pooling.measure == "smd" else measure.unit
    every = [each for each in differences.usable if each.blend == blend]
    trusted = [each for each in every if _trial_of(table, each.trial).role != "distrust"]
    blends = {(arm.trial, arm.arm) for arm in table.arms if arm.kind == "combination"}
    left = [each for each in differences.left_out if ((each.trial, each.arm) in blends) == blend]
    untold = sum(each.untold for each in left)
    whole = graded = None
    if trusted:
        sd = 1.0 if pooling.measure == "smd" else measure.usual_sd
        studies = studies_of_differences(trusted)
        whole = synthesis(studies, pooling.method, pooling.interval, sd, _outcome(trusted))
        whole = whole.model_copy(update={"notes": (*whole.notes, *_choice_notes(trusted))})
        graded = _graded(table, trusted, untold, _worth(endpoint, pooling)[0], pooling)
    names = {each.name for each in trusted}
    others = () if blend else _others(table, endpoint, pooling)
    return EndpointEvidence(
        endpoint=endpoint,
        meaning=measure.meaning,
        unit=unit,
        better=measure.better,
        blend=blend,
        synthesis=whole,
        grade=graded,
        trials=tuple(_trial_effect(table, each) for each in trusted),
        sensitivity=_other_choices(table, endpoint, trusted, every, pooling) if trusted else (),
        omitted=tuple(Omitted(trial=x.trial, arm=x.arm, reason=x.reason) for x in left),
        distrusted=tuple(each.name for each in every if each.name not in names),
        others=others,
        summary=_sentences(measure, unit, whole, graded, untold, others),
    )


def _endpoints(names: Sequence[str], table: Evidence) -> tuple[str, ...]:
    """The endpoints named, or all that any trial of the table measured."""
    for name in names:
        if name not in MEASURES:
            allowed = ", ".join(MEASURES)
            raise InvalidInput.field("endpoint", name, allowed, near_miss(name, MEASURES))
    if names:
        return tuple(dict.fromkeys(names))
    measured = {row.endpoint for row in (*table.endpoints, *table.contrasts)}
    return tuple(name for name in MEASURES if name in measured)


def _keys(table: Evidence, rows: Sequence[EndpointEvidence], pooling: _Pooling) -> list[str]:
    """Every source key the answer rests on; a user's own trials may have none."""
    keys = ["judgement#contrast-choice", "elbourne2002"]
    for row in rows:
        keys += synthesis_sources(row.synthesis) if row.synthesis else []
        keys += [key for r in (row.grade.reasons if row.grade else ()) for key in r.sources]
        references = [_trial_of(table, each.trial).reference for each in row.trials]
        keys += [key for key in references if exists(key)]
        keys += [key for each in row.others for key in each.sources]
        named = (_worth(row.endpoint, pooling)[1], MEASURES[row.endpoint].source)
        keys += [key for key in named if key]
    return [*keys, "hedges1981"] if pooling.measure == "smd" else keys


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
    pooling, review = _Pooling(method, interval, measure), review or reviewed()
    table, rows = review.evidence, []
    for name in _endpoints(endpoints, table):
        differences = differences_of(table, name, measure)
        rows.append(_endpoint(table, name, differences, False, pooling))
        if any(each.blend for each in differences.usable):
            rows.append(_endpoint(table, name, differences, True, pooling))
    flags = tuple(
        Flagged(**{name: getattr(lint, name) for name in Flagged.model_fields})
        for lint in review.lints
    )
    pooled = sum(row.synthesis is not None for row in rows)
    return EvidenceAnswer(
        cautions=(),
        sources=cited((*_keys(table, rows, pooling), *(flag.source for flag in flags))),
        model_version=model_version(),
        method=method,
        interval=interval,
        measure=measure,
        endpoints=tuple(rows),
        flags=flags,
        summary=(
            f"{len(table.trials)} trials and reviews are in the table. "
            f"{pooled} of {len(rows)} endpoints can be pooled.",
            *(row.summary for row in rows),
        ),
    )
