"""The document of a trial: who is asked, what they take, what is measured and how it is judged."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from somnesium.answers.trial.measures import DEFAULT_NIGHTS, MEASURES, Endpoint
from somnesium.errors import InvalidInput
from somnesium.person.document import Document, Number, Whole, refuse, refuse_as
from somnesium.person.regimen import Regimen
from somnesium.population.spec import PopulationSpec
from somnesium.population.weeks import require_same_weeks

ANALYSES: dict[str, tuple[str, ...]] = {
    "parallel": ("ancova", "change", "t_test", "mixed"),
    "crossover": ("paired", "period", "mixed"),
    "n_of_1": ("paired", "mixed"),
}
"""Analyses that go with each design, the default first."""
_ROWS = 100


class Volunteers(Document):
    """Who can enter: adults of the United States but for what is said here.

    `filters` and `spreads` are those of a population's document; `female_share` fixes the mix;
    `measured` lets in by what the instruments say before the trial, such as `isi = [15, 28]`.
    """

    filters: dict[str, Any] = Field(
        default={}, description="covariates and what is let in: [low, high], words, true or false"
    )
    spreads: dict[str, Any] = Field(
        default={}, description="mean and SD in place of the margin of a covariate"
    )
    female_share: Number | None = Field(default=None, ge=0, le=1, description="share of women")
    measured: dict[str, tuple[Number, Number]] = Field(
        default={}, description="measures at screening and the range let in"
    )

    @model_validator(mode="after")
    def _possible(self) -> Self:
        """Refuse what no population is made of, as it would be refused there."""
        for name, (low, high) in self.measured.items():
            if name not in MEASURES:
                raise refuse(", ".join(MEASURES), "", "measured", name)
            if low > high:
                fix = "the range is upside down: swap them"
                raise refuse("[low, high]", fix, f"measured.{name}", [low, high])
        if self.female_share is not None and "sex" in self.filters:
            raise refuse(
                "nothing beside female_share", "remove it", "filters.sex", self.filters["sex"]
            )
        try:
            self.spec(1, 1)
        except InvalidInput as error:
            raise refuse_as(error) from None
        return self

    def spec(self, people: int, seed: int) -> PopulationSpec:
        """The population that `people` volunteers are drawn from."""
        given: dict[str, Any] = {"filters": self.filters, "spreads": self.spreads}
        if self.female_share is not None:
            share = round(self.female_share * _ROWS)
            # Spread evenly, so that any few people hold about the share.
            mix = [((k + 1) * share) // _ROWS > (k * share) // _ROWS for k in range(_ROWS)]
            given["table"] = {"sex": ["female" if one else "male" for one in mix]}
        return PopulationSpec(people=people, days=7, seed=seed, **given)


class Arm(Document):
    """What one group, or everyone for a while, is given.

    `kind` is `active` where something is taken, `placebo` for a pill without anything, `nothing`
    for no pill at all.
    """

    name: str = Field(min_length=1, max_length=100)
    regimen: Regimen = Regimen()
    kind: Literal["active", "placebo", "nothing"] | None = None

    @model_validator(mode="after")
    def _weekly(self) -> Self:
        """Refuse regimens whose weeks differ, and pills that hold what their kind denies."""
        if (self.kind in ("placebo", "nothing")) and self.regimen.intakes:
            raise refuse("active, since something is taken", "remove one", "kind", self.kind)
        if self.kind == "active" and not self.regimen.intakes:
            raise refuse(
                "placebo or nothing, since nothing is taken", "add a regimen", "kind", self.kind
            )
        try:
            require_same_weeks(self.regimen)
        except InvalidInput as error:
            raise refuse_as(error) from None
        return self

    @property
    def role(self) -> Literal["active", "placebo", "nothing"]:
        """The kind, said or read from the regimen."""
        return self.kind or ("active" if self.regimen.intakes else "placebo")


class Loss(Document):
    """Who is lost and what is not taken, as shares.

    `dropout` leave before the end, at any time alike, and are not measured afterwards;
    `stopped` stop taking their pills but are measured; `missed_doses` of the others are not
    taken, by chance.
    """

    dropout: Number = Field(default=0.10, ge=0, lt=1, description="people who leave")
    stopped: Number = Field(default=0.05, ge=0, le=1, description="people who stop taking")
    missed_doses: Number = Field(default=0.10, ge=0, le=1, description="doses not taken")


class Analysis(Document):
    """How the trial is judged, fixed before it begins. `arm` is compared with `versus`."""

    method: Literal["ancova", "change", "t_test", "mixed", "paired", "period"] | None = None
    alpha: Number = Field(default=0.05, gt=0, lt=1, description="two-sided level")
    arm: str | None = None
    versus: str | None = None


def _endpoints(given: object) -> object:
    """One endpoint alone is a list of one."""
    return [given] if isinstance(given, dict) else given


class Trial(Document):
    """A trial: parallel arms, a crossover with wash-out, or a series in single persons.

    `weeks` are of an arm or period. In a crossover everyone lives through every arm, in the order
    of a Latin square; in a series of N-of-1 everyone lives `cycles` times through both, in an
    order drawn for each. The first endpoint is the primary one.
    """

    name: str = Field(default="", max_length=200)
    design: Literal["parallel", "crossover", "n_of_1"] = "parallel"
    people: Whole = Field(default=100, ge=2, le=20_000, description="people randomised")
    weeks: Whole = Field(default=8, ge=1, le=52, description="weeks of an arm or period")
    washout_weeks: Whole = Field(default=0, ge=0, le=26, description="weeks between periods")
    run_in_weeks: Whole = Field(default=0, ge=0, le=12, description="weeks before the baseline")
    cycles: Whole = Field(default=3, ge=1, le=26, description="pairs of periods of an N-of-1")
    visits: tuple[Annotated[Whole, Field(ge=1, le=52)], ...] = Field(
        default=(), description="weeks measured; the last of an arm or period if left out"
    )
    blinding: Literal["double", "single", "open"] = "double"
    volunteers: Volunteers = Volunteers()
    arms: tuple[Arm, ...] = Field(min_length=1, max_length=8)
    endpoints: Annotated[tuple[Endpoint, ...], BeforeValidator(_endpoints)] = Field(
        min_length=1, max_length=12
    )
    loss: Loss = Loss()
    analysis: Analysis = Analysis()
    seed: Whole = Field(default=1, ge=0, le=2**32 - 1, description="seed of the random numbers")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        """Arms with names of their own, visits within the weeks, an analysis that fits."""
        names = [arm.name for arm in self.arms]
        if len(set(names)) < len(names):
            raise refuse("a name of its own for each arm", "", "arms", names)
        if self.design != "parallel" and len(names) < 2:
            raise refuse("two arms or more", "everyone lives through each", "arms", names)
        if self.design == "n_of_1" and len(names) > 2:
            raise refuse("two arms", "a series alternates between two", "arms", names)
        if self.visits and (max(self.visits) > self.weeks or self.design != "parallel"):
            allowed = f"weeks 1 to {self.weeks} of a parallel trial"
            raise refuse(allowed, "leave it out otherwise", "visits", list(self.visits))
        if list(self.visits) != sorted(set(self.visits)):
            raise refuse("weeks in order, each once", "", "visits", list(self.visits))
        if self.people < len(names):
            raise refuse(f"at least {len(names)}, one an arm", "", "people", self.people)
        self._check_analysis(names)
        return self

    def _check_analysis(self, names: list[str]) -> None:
        method = self.analysis.method
        allowed = ANALYSES[self.design]
        if method is not None and method not in allowed:
            raise refuse(", ".join(allowed), f"of a {self.design} trial", "analysis.method", method)
        if method == "period" and len(names) != 2:
            raise refuse("two arms", "choose paired or mixed", "analysis.method", method)
        for field in ("arm", "versus"):
            given = getattr(self.analysis, field)
            if given is not None and given not in names:
                raise refuse(", ".join(names), "", f"analysis.{field}", given)
        if self.arm == self.versus and len(names) > 1:
            raise refuse("two arms that differ", "", "analysis.versus", self.versus)

    @property
    def method(self) -> str:
        """The analysis, said or the usual one of the design."""
        return self.analysis.method or ANALYSES[self.design][0]

    @property
    def arm(self) -> int:
        """Number of the arm asked about: the first active one unless said."""
        names = [arm.name for arm in self.arms]
        if self.analysis.arm is not None:
            return names.index(self.analysis.arm)
        taken = [k for k, arm in enumerate(self.arms) if arm.role == "active"]
        return taken[0] if taken else 0

    @property
    def versus(self) -> int:
        """Number of the arm it is compared with: the first without anything unless said."""
        names = [arm.name for arm in self.arms]
        if self.analysis.versus is not None:
            return names.index(self.analysis.versus)
        others = [k for k in range(len(names)) if k != self.arm]
        plain = [k for k in others if self.arms[k].role != "active"]
        return (plain or others or [0])[0]

    @property
    def visit_weeks(self) -> tuple[int, ...]:
        """Weeks of an arm or period at whose end is measured."""
        return self.visits or (self.weeks,)

    @property
    def nights(self) -> tuple[int, ...]:
        """Nights that each endpoint is read over."""
        return tuple(one.nights or DEFAULT_NIGHTS[one.instrument] for one in self.endpoints)
