"""Studies pooled in every way we know, as one document; and the pooling of a user's table."""

from somnesium import say
from somnesium.answers.evidence.bayes import Outcome, posterior, priors_for
from somnesium.answers.evidence.heterogeneity import Method, q_profile
from somnesium.answers.evidence.pooling import (
    MOST_LEFT_OUT,
    IntervalKind,
    Pooled,
    leave_one_out,
    mean_of,
    pool,
    shares,
)
from somnesium.answers.evidence.small_study import ENOUGH, Test, asymmetry, begg, trim_and_fill
from somnesium.answers.evidence.studies import Studies
from somnesium.errors import InvalidInput
from somnesium.quantity import require_finite
from somnesium.questions.evidence.answer import (
    Note,
    PooledEffect,
    SmallStudies,
    StudyEffect,
    Synthesis,
    TableAnswer,
)
from somnesium.questions.forecast.answer import cited
from somnesium.questions.version import model_version

METHOD_SOURCES: dict[Method, tuple[str, ...]] = {
    "REML": ("viechtbauer2005",),
    "ML": ("viechtbauer2005",),
    "DL": ("dersimonian1986",),
    "PM": ("paule1982",),
    "EB": ("morris1983",),
    "SJ": ("sidik2005",),
    "HE": ("hedges1985",),
    "HS": ("hunter2004",),
    "FE": ("hedges1985",),
}
"""Where each method of estimating the variance between trials is described."""

_ALWAYS = ("higgins2019", "higgins2002", "viechtbauer2007", "viechtbauer2010")
_SMALL = ("egger1997", "begg1994", "duval2000", "sterne2011")
_LARGEST_SD = 1e9


def _pooled(studies: Studies, pooled: Pooled) -> PooledEffect:
    """The mean and its intervals as a document."""
    used, between = pooled.used, pooled.between
    ends = q_profile(studies) if between is not None and pooled.method != "FE" else None
    return PooledEffect(
        k=pooled.k,
        method=pooled.method,
        interval=used.kind,
        estimate=pooled.estimate,
        se=used.se,
        interval95=used.interval,
        statistic=used.statistic,
        df=used.df,
        p=used.p,
        tau2=between.tau2 if between else None,
        tau2_se=between.tau2_se if between else None,
        tau2_interval95=ends,
        I2=between.i2 if between else None,
        H2=between.h2 if between else None,
        Q=between.q if between else None,
        Q_df=between.q_df if between else None,
        Q_p=between.q_p if between else None,
        prediction95=used.prediction,
        prediction_method=used.prediction_method,
        normal_se=pooled.z.se,
        normal_interval95=pooled.z.interval,
    )


def _studies(studies: Studies, pooled: Pooled) -> tuple[StudyEffect, ...]:
    """Every study with its normal interval and share."""
    effects = []
    for name, yi, vi, share in zip(*studies, shares(studies, pooled), strict=True):
        alone = mean_of(float(yi), float(vi) ** 0.5, None, "z", None)
        effect = {"yi": float(yi), "vi": float(vi), "se": alone.se, "share": float(share)}
        effects.append(StudyEffect(study=name, interval95=alone.interval, **effect))
    return tuple(effects)


def _small(studies: Studies, method: Method) -> SmallStudies:
    """The tests of small-study effects, with their warning."""
    egger, reliable = asymmetry(studies, method), studies.k >= ENOUGH
    warning = (
        f"With {studies.k} of the {ENOUGH} studies these tests ask for, "
        "they cannot tell bias from chance."
    )
    return SmallStudies(
        egger=Test(estimate=egger.slope, statistic=egger.z, p=egger.p) if egger else None,
        begg=begg(studies),
        trim_and_fill=trim_and_fill(studies, method),
        reliable=reliable,
        warning="" if reliable else warning,
    )


def _notes(pooled: Pooled) -> tuple[Note, ...]:
    """What the number of studies and the choice of interval ask a reader to know."""
    k, hk = pooled.k, pooled.hk
    normal = (
        "The common-effect model has no Knapp–Hartung interval: the normal one is told."
        if pooled.method == "FE"
        else "All studies found the same: the normal interval is told."
    )
    notes = (
        (
            k == 1,
            "one_study",
            "One study only: how studies differ is not known, and nothing is predicted.",
            "higgins2019",
        ),
        (
            k == 2,
            "two_studies",
            "Two studies only: any interval that allows for how they differ is very wide.",
            "rover2015",
        ),
        (
            1 < k < ENOUGH,
            "few_studies",
            f"Fewer than {ENOUGH} studies: small-study bias cannot be tested.",
            "sterne2011",
        ),
        (
            k > MOST_LEFT_OUT,
            "no_leave_one_out",
            f"More than {MOST_LEFT_OUT} studies: none is left out in turn.",
            "judgement#few-seconds",
        ),
        (
            hk is not None and pooled.used is hk and hk.se < pooled.z.se,
            "narrow_hk",
            "The Knapp–Hartung standard error is smaller than the normal one, which can be by "
            "chance: both intervals are told; rely on the wider.",
            "rover2015",
        ),
        (pooled.wanted == "hk" and hk is None and k > 1, "normal_instead", normal, "knapp2003"),
    )
    return tuple(
        Note(key=key, text=text, sources=(source,)) for holds, key, text, source in notes if holds
    )


def synthesis(
    studies: Studies, method: Method, interval: IntervalKind, sd: float | None, outcome: Outcome
) -> Synthesis:
    """Studies pooled, in the unit of their differences.

    `sd` is the standard deviation between people in that unit, which scales the priors; None if
    not known. Raises `NotConverged` if a likelihood does not settle.
    """
    pooled = pool(studies, method, interval)
    return Synthesis(
        pooled=_pooled(studies, pooled),
        studies=_studies(studies, pooled),
        leave_one_out=leave_one_out(studies, method, interval),
        small_studies=_small(studies, method),
        bayes=tuple(posterior(studies, prior) for prior in priors_for(studies, sd, outcome)),
        notes=_notes(pooled),
    )


def synthesis_sources(of: Synthesis) -> list[str]:
    """Every source key a synthesis rests on."""
    keys = [*_ALWAYS, *METHOD_SOURCES[of.pooled.method], *_SMALL, "rover2020"]
    keys += ["knapp2003"] if of.pooled.interval == "hk" else []
    keys += [effect.source for effect in of.bayes]
    return keys + [key for note in of.notes for key in note.sources]


def _summary(of: Synthesis) -> tuple[str, ...]:
    """The pool in plain sentences."""
    pooled = of.pooled
    lines = [
        f"{say.count(pooled.k, 'study', 'studies')}: the mean difference is "
        f"{say.figures(pooled.estimate, 3)}, and it could well be from "
        f"{say.figures_span(pooled.interval95, 3)}."
    ]
    if pooled.prediction95 is not None:
        ahead = say.figures_span(pooled.prediction95, 3)
        lines.append(f"The true effect in a next study could be from {ahead}.")
    return (*lines, *(note.text for note in of.notes))


def pool_table(
    studies: Studies,
    name: str = "table",
    method: Method = "REML",
    interval: IntervalKind = "hk",
    sd: float | None = None,
    outcome: Outcome = "rated",
) -> TableAnswer:
    """Pool a table of studies, any outcome in any unit.

    `sd` is the outcome's standard deviation between people in the table's unit (1 for standardised
    differences and log ratios): priors for Bayes are scaled by it; without it one prior is used
    that needs no unit. Raises `InvalidInput` or `NotConverged`.
    """
    if sd is not None:
        require_finite("sd", sd, 0.0, _LARGEST_SD, "the unit of the table")
        if sd <= 0.0:
            raise InvalidInput.field("sd", sd, "a standard deviation above 0")
    whole = synthesis(studies, method, interval, sd, outcome)
    return TableAnswer(
        cautions=(),
        sources=cited(synthesis_sources(whole)),
        model_version=model_version(),
        table=name,
        summary=_summary(whole),
        **dict(whole),
    )
