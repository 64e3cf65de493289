"""What should I do? Regimens and changes of habit, ranked by what they gain for what they ask."""

from collections.abc import Callable, Sequence
from typing import Literal

from pydantic import Field

from somnesium import say
from somnesium.answers.intake.gap import Suggestion
from somnesium.answers.plan.burden import Burden, effort_of
from somnesium.answers.plan.candidates import Candidate, Fallen, candidates
from somnesium.answers.plan.habit_changes import habit_changes
from somnesium.answers.plan.lives import Life, live
from somnesium.answers.plan.ranking import Gain, Measured, Verdict, gain_of, value_of, verdict_of
from somnesium.answers.safety.gate import judge_regimens
from somnesium.person.cautions import Refusal
from somnesium.person.diet import Diet, Meal
from somnesium.person.document import Document
from somnesium.person.record import IntakeQuestion
from somnesium.person.regimen import Ingredient, Intake, Product, Regimen
from somnesium.person.request import Request
from somnesium.quantity import require_finite
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.intake.intake import IntakeAnswer, intake_of
from somnesium.questions.version import model_version
from somnesium.sources import cite, packaged_toml

_SCREEN = (4, 8, 28)
"""People, doubts and days of the quick look at every regimen (judgement#plan-grid)."""
_FINAL = (8, 16, 42)
"""The same of the ranking: six weeks, of which the last two count."""
_FINALISTS = 4
_OWN = "own life"
_MOST_BUDGET = 10_000.0
_ALARMS = ("gut_alarm", "general_alarm", "pregnancy", "lactation")

Report = Callable[[int, int], None]
"""Told how many of the comparison's steps are done."""

Best = Literal["see someone first", "magnesium", "food only", "habits", "nothing"]


class Option(Document):
    """Something that could be done: what it gains, what it asks, and gain per burden.

    `ask` says that a professional is asked first; `to_do` says what was moved or is to be eaten.
    """

    key: str
    kind: Literal["magnesium", "food", "habit"]
    label: str
    gain: Gain
    burden: Burden
    value: Measured
    verdict: Verdict
    ask: bool
    regimen: Regimen | None
    to_do: tuple[str, ...]
    sources: tuple[str, ...]


class Rejected(Document):
    """Plans that fell for one reason: how many, which, and why in a sentence."""

    reason: str
    count: int
    names: tuple[str, ...]
    text: str
    sources: tuple[str, ...]


class PlanAnswer(Answer):
    """What is best, every option in order of gain per burden, and why the rest fell."""

    name: str
    best: Best
    people: int
    days: int
    options: tuple[Option, ...]
    foods: tuple[Suggestion, ...] = Field(description="foods that close the gap in magnesium")
    rejected: tuple[Rejected, ...]
    refusals: tuple[Refusal, ...]
    summary: tuple[str, ...]


def _any_pill() -> Regimen:
    """A trace of magnesium: what it is refused for, any magnesium pill is."""
    part = Ingredient(substance="magnesium", amount_mg=1.0, form="citrate", mass_is="elemental")
    product = Product(name="any", ingredients=(part,))
    return Regimen(intakes=(Intake(product=product, times=("12:00",), with_food=True),))


def _fed(diet: Diet, mg: float) -> Diet:
    """The diet with so much more magnesium a day."""
    if diet.magnesium_mg_per_day is not None:
        return diet.model_copy(update={"magnesium_mg_per_day": diet.magnesium_mg_per_day + mg})
    meal = Meal(at="18:00", name="foods that close the gap", magnesium_mg=min(mg, 2000.0))
    return diet.model_copy(update={"meals": (*diet.meals, meal)})


def _other_lives(request: Request, eaten: IntakeAnswer) -> dict[str, Life]:
    """Changes of habit and of food, as lives."""
    found = {
        key: Life(habits, request.diet)
        for key, habits in habit_changes(request.person, request.habits).items()
    }
    if eaten.together:
        mg = sum(one.magnesium_mg for one in eaten.together)
        found["food"] = Life(request.habits, _fed(request.diet, mg))
    return found


def _taken(request: Request, one: Candidate, days: int) -> Life:
    return Life(request.habits, request.diet, one.plan.taken.within(days))


def _finalists(
    request: Request, accepted: Sequence[Candidate]
) -> tuple[list[Candidate], list[Candidate]]:
    """The few of most gain per burden in a quick look at everyone, and the others."""
    if not accepted:
        return [], []
    people, doubts, days = _SCREEN
    own = {_OWN: Life(request.habits, request.diet)}
    lives = own | {one.name: _taken(request, one, days) for one in accepted}
    worlds = live(request, lives, people, doubts, days)
    value = {
        one.name: value_of(gain_of(worlds, one.name, _OWN), one.burden).mean for one in accepted
    }
    order = sorted(accepted, key=lambda one: (-value[one.name], one.name))
    return order[:_FINALISTS], order[_FINALISTS:]


def _option(key: str, gain: Gain, one: Candidate | None, eaten: IntakeAnswer) -> Option:
    """A life's gain as something to do."""
    if one is not None:
        burden, row = one.burden, {"label": one.name, "sources": ()}
        to_do = one.moved
    else:
        burden, row = effort_of(key), packaged_toml("plan.toml")["habits"][key]
        to_do = ()
        if key == "food":
            to_do = tuple(f"{food.food}: {food.portion}" for food in eaten.together)
    return Option(
        key=key,
        kind="magnesium" if one else "food" if key == "food" else "habit",
        label=row["label"],
        gain=gain,
        burden=burden,
        value=value_of(gain, burden),
        verdict=verdict_of(gain),
        ask=bool(row.get("ask", False)),
        regimen=one.plan.regimen if one else None,
        to_do=to_do,
        sources=tuple(
            dict.fromkeys(
                (*row["sources"], *burden.sources, *gain.combined.sources, *gain.duration.sources)
            )
        ),
    )


def _ranked(
    request: Request, finalists: Sequence[Candidate], eaten: IntakeAnswer
) -> tuple[Option, ...]:
    """Every option, most gain per burden first."""
    people, doubts, days = _FINAL
    others = _other_lives(request, eaten)
    taken = {one.name: _taken(request, one, days) for one in finalists}
    if not others and not taken:
        return ()
    own = {_OWN: Life(request.habits, request.diet)}
    worlds = live(request, own | taken | others, people, doubts, days)
    named = {one.name: one for one in finalists}
    found = [
        _option(key, gain_of(worlds, key, _OWN), named.get(key), eaten) for key in taken | others
    ]
    return tuple(sorted(found, key=lambda one: (-one.value.mean, one.key)))


def _rejected(fallen: Sequence[Fallen], behind: Sequence[Candidate]) -> tuple[Rejected, ...]:
    """What fell, grouped by reason."""
    all_ = list(fallen)
    text = "Others gain as much or more for what they ask."
    all_ += [Fallen(one.name, "behind", text, ("judgement#plan-burden",)) for one in behind]
    groups: dict[tuple[str, str], list[Fallen]] = {}
    for one in all_:
        groups.setdefault((one.reason, one.text), []).append(one)
    return tuple(
        Rejected(
            reason=reason,
            count=len(same),
            names=tuple(one.name for one in same),
            text=said,
            sources=same[0].sources,
        )
        for (reason, said), same in groups.items()
    )


def _best(options: Sequence[Option], stop: bool, gap_mg: float) -> Best:
    """What is best in a word."""
    if stop:
        return "see someone first"
    worth = [one for one in options if one.verdict == "worthwhile" and not one.ask]
    if worth:
        top = worth[0].kind
        return "magnesium" if top == "magnesium" else "food only" if top == "food" else "habits"
    return "food only" if gap_mg > 0.0 and any(one.kind == "food" for one in options) else "nothing"


def _summary(best: Best, options: Sequence[Option], refusals: Sequence[Refusal]) -> list[str]:
    """The answer in plain sentences."""
    said = {
        "see someone first": "See a doctor or pharmacist first; we propose no pills.",
        "magnesium": "A magnesium plan comes first by what it gains for what it asks.",
        "food only": "Food first: it can close your gap in magnesium. No pill is surely worth it.",
        "habits": "A change of habit does more for what it asks than any pill.",
        "nothing": "Take nothing: no pill is sure to change your nights enough to notice.",
    }
    lines = [said[best], *(one.text for one in refusals)]
    for one in options[:3]:
        low, high = one.gain.duration.interval90
        lines.append(
            f"{one.label}: {say.signed(one.gain.duration.mean)} min of sleep "
            f"({say.span((low, high), sign=True)}); {one.verdict}."
            + (" Ask a sleep professional first." if one.ask else "")
        )
    return lines


def plan(
    request: Request, budget: float | None = None, report: Report = lambda _done, _of: None
) -> PlanAnswer:
    """What should I do for my nights: which magnesium, food, a habit, nothing, or see someone?

    Everything is compared with taking nothing, whatever the document's own regimen holds; if that
    is refused, someone is to be seen first, and no pill is proposed. `budget` is the most a plan
    may cost, dollars a month. `report` hears of four steps: every regimen drawn up, looked at
    quickly, the best lived, what to know of them. Raises `InvalidInput`.
    """
    if budget is not None:
        require_finite("budget", budget, 0.0, _MOST_BUDGET, "dollars a month")
    person = request.person
    own, untreated, pill = judge_regimens(request, (request.regimen, Regimen(), _any_pill()))
    nothing = untreated.answer
    refused = (*pill.answer.refusals, *own.answer.refusals)
    refusals = tuple({(one.key, one.subject): one for one in refused}.values())
    stop = bool(refusals) or person.pregnant or person.lactating or bool(person.symptoms)
    stop = stop or any(one.key in _ALARMS for one in nothing.cautions)
    question = IntakeQuestion(
        person=person, diet=request.diet, avoid=request.avoid, start=request.start
    )
    eaten = intake_of(question, untreated)
    if stop:
        eaten = eaten.model_copy(update={"together": ()})
    accepted, fallen = ((), ()) if stop else candidates(request, budget)
    report(1, 4)
    finalists, behind = _finalists(request, accepted)
    report(2, 4)
    options = _ranked(request, finalists, eaten) if person.age >= 18 else ()
    report(3, 4)
    best, rejected = _best(options, stop, eaten.gap_mg), _rejected(fallen, behind)
    plans = {one.name: one.plan for one in finalists}
    held = [nothing.cautions] + [plans[one.key].cautions for one in options if one.key in plans]
    cautions = tuple({(c.key, c.subject): c for group in held for c in group}.values())
    keys = [key for one in (*options, *rejected, *cautions, *refusals) for key in one.sources]
    keys += [packaged_toml("plan.toml")["source"], "usda_sr24", "iom2000"]
    return PlanAnswer(
        cautions=cautions,
        sources=tuple(Source(**cite(key)) for key in dict.fromkeys(keys)),
        model_version=model_version(),
        name=request.name or person.name,
        best=best,
        people=_FINAL[0] * _FINAL[1],
        days=_FINAL[2],
        options=options,
        foods=eaten.together,
        rejected=rejected,
        refusals=refusals,
        summary=tuple(_summary(best, options, refusals)),
    )
