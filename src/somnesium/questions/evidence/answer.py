"""The documents in which pooled evidence is told; the same for a table and for our own trials."""

from pydantic import Field

from somnesium.answers.evidence.bayes import BayesEffect
from somnesium.answers.evidence.grade import Grade
from somnesium.answers.evidence.heterogeneity import Method
from somnesium.answers.evidence.pooling import IntervalKind, WithoutOne
from somnesium.answers.evidence.small_study import Test, TrimAndFill
from somnesium.person.document import Document, Number, Whole
from somnesium.questions.forecast.answer import Answer

Pair = tuple[Number, Number]


class PooledEffect(Document):
    """The mean effect of `k` studies, in the unit of their differences.

    `se`, `interval95`, `statistic`, `p` and `prediction95` are of the `interval` named (`hk`:
    Knapp–Hartung, `z`: normal); `normal_se` and `normal_interval95` are the normal ones beside it.
    Variance between trials and what follows from it are None for one study, and `prediction95`
    also for the common-effect model.
    """

    k: Whole
    method: Method
    interval: IntervalKind
    estimate: Number
    se: Number
    interval95: Pair
    statistic: Number
    df: Whole | None
    p: Number
    tau2: Number | None
    tau2_se: Number | None
    tau2_interval95: Pair | None = Field(description="by the Q-profile")
    I2: Number | None = Field(description="share of the spread that is between trials, %")
    H2: Number | None
    Q: Number | None
    Q_df: Whole | None
    Q_p: Number | None
    prediction95: Pair | None = Field(description="true effect of a next trial like these")
    prediction_method: str
    normal_se: Number
    normal_interval95: Pair


class StudyEffect(Document):
    """One study: difference, sampling variance, 95 % interval, and its share of the mean (0–1)."""

    study: str
    yi: Number
    vi: Number
    se: Number
    interval95: Pair
    share: Number


class SmallStudies(Document):
    """Tests of small-study effects; `reliable` is false under ten studies, `warning` says so."""

    egger: Test | None
    begg: Test | None
    trim_and_fill: TrimAndFill | None
    reliable: bool
    warning: str


class Note(Document):
    """Something to know when reading a pooled effect; `key` is for machines."""

    key: str
    text: str
    sources: tuple[str, ...]


class Synthesis(Document):
    """Studies pooled, by weights and by Bayes, and how far the answer hangs on choices."""

    pooled: PooledEffect
    studies: tuple[StudyEffect, ...]
    leave_one_out: tuple[WithoutOne, ...]
    small_studies: SmallStudies
    bayes: tuple[BayesEffect, ...] = Field(description="by prior, the main one first")
    notes: tuple[Note, ...]


class TableAnswer(Synthesis, Answer):
    """A table of studies pooled."""

    table: str
    summary: tuple[str, ...]


class TrialEffect(Document):
    """Where a trial's difference comes from; `n` of a crossover trial are the same people twice.

    `how` it was found: `published`, `post` or `change` of the arms, or two `periods`; `se_from`
    what its standard error was worked out from; `seen` how we know the figures.
    """

    study: str
    trial: str
    arm: str
    control: str
    instrument: str
    form: str
    elemental_mg: Number | None
    weeks: Number | None
    n: Number
    n_control: Number
    crossover: bool
    how: str
    se_from: str
    correlation: Number | None
    seen: str
    risk_of_bias: str
    role: str


class Sensitivity(Document):
    """The pool with one choice made otherwise."""

    key: str
    text: str
    k: Whole
    estimate: Number
    interval95: Pair
    tau2: Number | None


class Omitted(Document):
    """A trial arm whose endpoint could not be pooled, and why."""

    trial: str
    arm: str
    reason: str


class OtherPooling(Document):
    """What others pooled for the same endpoint, as they published it."""

    trial: str
    estimate: Number
    interval95: Pair | None
    sources: tuple[str, ...]


class EndpointEvidence(Document):
    """What trials say of one endpoint: `synthesis` is None where nothing can be pooled.

    Differences are magnesium minus control in `unit`; `better` is the sign of an improvement, 0
    where there is none. `blend` says that magnesium came with other active ingredients.
    """

    endpoint: str
    meaning: str
    unit: str
    better: Whole
    blend: bool
    synthesis: Synthesis | None
    grade: Grade | None
    trials: tuple[TrialEffect, ...]
    sensitivity: tuple[Sensitivity, ...]
    omitted: tuple[Omitted, ...]
    distrusted: tuple[str, ...] = Field(description="trials left out as not to be trusted")
    others: tuple[OtherPooling, ...]
    summary: str


class Flagged(Document):
    """A value of the evidence table that looks odd, and why it is asked about."""

    trial: str
    row: str
    field: str
    reason: str
    source: str


class EvidenceAnswer(Answer):
    """What the trials say of magnesium, endpoint by endpoint."""

    method: Method
    interval: IntervalKind
    measure: str
    endpoints: tuple[EndpointEvidence, ...]
    flags: tuple[Flagged, ...]
    summary: tuple[str, ...]
