"""How big a part does magnesium play in sleep? The use case and its answer."""

from collections.abc import Callable
from typing import Literal

import numpy as np
from pydantic import Field

from somnesium import say
from somnesium.answers.attribution.days import LEVERS
from somnesium.answers.attribution.inputs import GROUPS, MAGNESIUM, doubts_of
from somnesium.answers.attribution.intervals import interval90, shares
from somnesium.answers.attribution.lives import OUTCOMES, PLAN_DAYS
from somnesium.answers.attribution.nights import NIGHT_LIVES, NightGame, alone_and_last, night_game
from somnesium.answers.attribution.people import PeopleGame, lives_of_walks, people_game
from somnesium.answers.attribution.sobol import Sobol, sobol
from somnesium.answers.safety.evaluate import Caution
from somnesium.answers.safety.gate import plan_of_healthy_adult
from somnesium.errors import InvalidInput
from somnesium.person.document import Document, Number
from somnesium.person.regimen import Intake, Regimen
from somnesium.questions.attribution.words import headline, summary
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.population import cautions_of
from somnesium.questions.version import model_version
from somnesium.sources import cite

PEOPLE = 1000
"""Walks between two virtual people, and people whose nights are compared, unless asked."""
_FEWEST, _MOST = 40, 100_000
PLAN = Regimen(
    name="250 mg of magnesium as bisglycinate at 21:00, every day",
    intakes=(
        Intake(form="bisglycinate", magnesium_mg=250.0, mass_is="elemental", times=("21:00",)),
    ),
)
"""The plan whose effect is shared out (definition#plan-of-the-attribution)."""

Scope = Literal["people", "nights", "change"]
"""Between people, between nights of one person, and of change on the plan."""
SCOPES: dict[Scope, str] = {
    "people": "how people differ in their usual sleep",
    "nights": "how one person's nights differ",
    "change": f"how people differ in what 250 mg a day changes in {PLAN_DAYS // 7} weeks",
}
"""Scopes in words."""
_SOURCES = (
    "song2016",
    "goda2021",
    "saltelli2010",
    "iom2000",
    "judgement#population-of-virtual-people",
    "judgement#evening-light-day-to-day",
    "judgement#caffeine-day-to-day",
    "judgement#stress-day-to-day",
    "judgement#small-eaters",
    "fitted#B38-knutson2007",
    "definition#plan-of-the-attribution",
)

Interval = tuple[Number, Number]


class Share(Document):
    """An input's share of a variance, 0 to 1; the shares of all inputs sum to one.

    `interval90` holds chance of drawing and our doubts about the effects of magnesium (shares of
    a change are means over those doubts), `sampling90` chance alone. `alone` is the share with
    this input alone differing (first-order Sobol index), `last` what is lost when it alone is held
    (total index). A share near zero may come out a little below it by chance.
    """

    input: str
    label: str
    share: Number
    interval90: Interval
    sampling90: Interval
    alone: Number
    alone_interval90: Interval
    last: Number
    last_interval90: Interval


class Part(Document):
    """Several inputs' shares together, 0 to 1, with intervals as in `Share`."""

    share: Number
    interval90: Interval
    sampling90: Interval


class Variance(Document):
    """The spread of an outcome in a scope, and whose it is; `magnesium` is all that is its own."""

    scope: Scope
    outcome: str
    label: str
    unit: str
    sd: Number
    magnesium: Part
    shares: tuple[Share, ...]


class AttributionAnswer(Answer):
    """How big a part each input plays, and the sentence that answers for magnesium."""

    people: int
    seed: int
    lives: int = Field(description="lives simulated")
    plan: str
    headline: str
    summary: tuple[str, ...]
    variances: tuple[Variance, ...]
    command: str = Field(description="the command that gives this answer again")

    def of(self, scope: Scope, outcome: str) -> Variance:
        """One variance by scope and outcome."""
        return next(v for v in self.variances if v.scope == scope and v.outcome == outcome)


Report = Callable[[int, int], None]
"""Told how many lives have been lived, of how many."""


def lives_of(people: int) -> int:
    """How many lives an answer takes."""
    return lives_of_walks(people) + people * NIGHT_LIVES


def attribute(
    people: int = PEOPLE, seed: int = 1, report: Report = lambda _done, _of: None
) -> AttributionAnswer:
    """How big a part do magnesium and everything else play in sleep?

    `people` is the number of walks and of people whose nights are compared. The same people and
    seed give the same answer. Raises `InvalidInput`.
    """
    _check("people", people, _FEWEST, _MOST)
    _check("seed", seed, 0, 2**32 - 1)
    plan = plan_of_healthy_adult(PLAN)
    cautions = cautions_of(plan)
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        report(done, lives_of(people))

    doubts = doubts_of(people, seed)
    between = people_game(people, doubts, seed, plan, count)
    within = night_game(people, doubts, seed, count)
    variances = (
        *_between(between, doubts.size, seed, 0, "people"),
        *_within(within, doubts.size, seed),
        *_between(between, doubts.size, seed, 1, "change"),
    )
    return _answer(people, seed, cautions, variances)


def _check(field: str, given: int, low: int, high: int) -> None:
    if not low <= given <= high:
        raise InvalidInput.field(
            field, given, f"{low} to {say.count(high)}", "choose a number between"
        )


def _answer(
    people: int, seed: int, cautions: tuple[Caution, ...], variances: tuple[Variance, ...]
) -> AttributionAnswer:
    keys = (*_SOURCES, *(key for caution in cautions for key in caution.sources))
    return AttributionAnswer(
        cautions=cautions,
        sources=tuple(Source(**cite(key)) for key in dict.fromkeys(keys)),
        model_version=model_version(),
        people=people,
        seed=seed,
        lives=lives_of(people),
        plan=PLAN.name,
        headline=headline(variances),
        summary=summary(variances),
        variances=variances,
        command=f"somnesium attribute --people {people} --seed {seed}",
    )


def _pair(low: float, high: float) -> Interval:
    return float(low), float(high)


def _variance(
    scope: Scope, outcome: str, parts: np.ndarray, doubt: np.ndarray, seed: int, beside: Sobol
) -> Variance:
    """The variance of one outcome from the parts of walks or people (walks, inputs)."""
    names = LEVERS if scope == "nights" else GROUPS
    own = np.array([name in ("magnesium", *MAGNESIUM) for name in names])
    # The gains that we doubt scale every part of a change alike, and so no share of it.
    found = shares(parts, doubt, own & (scope != "change"), seed)
    rows = [
        Share(
            input=name,
            label=label,
            share=float(found.share[k]),
            interval90=_pair(*found.interval[:, k]),
            sampling90=_pair(*found.sampling[:, k]),
            alone=float(beside.first[k]),
            alone_interval90=_pair(
                beside.first[k] - beside.first_half[k], beside.first[k] + beside.first_half[k]
            ),
            last=float(beside.total[k]),
            last_interval90=_pair(
                beside.total[k] - beside.total_half[k], beside.total[k] + beside.total_half[k]
            ),
        )
        for k, (name, label) in enumerate(names.items())
    ]
    what = OUTCOMES[outcome]
    return Variance(
        scope=scope,
        outcome=outcome,
        label=what.label,
        unit=what.unit,
        sd=float(np.sqrt(max(found.variance, 0.0))),
        shares=tuple(rows),
        magnesium=Part(
            share=float(found.share[own].sum()),
            interval90=_pair(*interval90(found.resampled[:, own].sum(axis=1))),
            sampling90=_pair(*interval90(found.sampled[:, own].sum(axis=1))),
        ),
    )


def _between(
    game: PeopleGame, doubt: np.ndarray, seed: int, world: int, scope: Scope
) -> list[Variance]:
    """Variances of usual sleep (world 0) or of its change (world 1)."""
    return [
        _variance(
            scope,
            outcome,
            game.parts[world, :, :, k],
            doubt,
            seed,
            sobol(game.at_a[world, k], game.at_exchanged[:, world, k], game.at_b[world, k], seed),
        )
        for k, outcome in enumerate(OUTCOMES)
    ]


def _within(game: NightGame, doubt: np.ndarray, seed: int) -> list[Variance]:
    """Variances between nights; beside the shares, each lever alone and each held."""
    return [
        _variance(
            "nights", outcome, game.parts[:, :, k], doubt, seed, alone_and_last(game, k, seed)
        )
        for k, outcome in enumerate(OUTCOMES)
    ]
