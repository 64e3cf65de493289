"""Regimens that could be taken: form, dose, split, time, food and what is beside; and which fall.

A candidate falls when its clock times lie in sleep, when it cannot be kept apart from the
person's medicines, when the safety rules refuse it, warn against it or name an upper limit, when
the stomach would often suffer, or when it costs more than the person has. Nothing that falls is
ever simulated.
"""

from collections.abc import Iterator
from typing import NamedTuple

from somnesium import say
from somnesium.answers.plan.burden import Burden, burden_of, tablet
from somnesium.answers.plan.day import anchors, awake_quarters, waking_window
from somnesium.answers.safety.gate import Judgement, judge_regimens
from somnesium.answers.safety.separation import mended
from somnesium.answers.sideeffects import day_probability
from somnesium.person.checked import CheckedPlan
from somnesium.person.medicines import Medicine, find_medicines
from somnesium.person.regimen import Ingredient, Intake, Product, Regimen
from somnesium.person.request import Request
from somnesium.person.supplements import find_form
from somnesium.quantity import clock_hours, clock_text
from somnesium.sources import packaged_toml

_TIMINGS = (("breakfast",), ("dinner",), ("bed",), ("breakfast", "dinner"))


class Candidate(NamedTuple):
    """A checked plan to be taken, its name, what it asks, and what was moved to make it fit."""

    name: str
    plan: CheckedPlan
    burden: Burden
    moved: tuple[str, ...]


class Fallen(NamedTuple):
    """A regimen that may not be taken: its name, the kind of reason, the reason, sources."""

    name: str
    reason: str
    text: str
    sources: tuple[str, ...]


class _Idea(NamedTuple):
    form: str
    total_mg: float
    when: tuple[str, ...]
    beside: str | None


def _ideas() -> Iterator[_Idea]:
    """The whole grid; what is beside comes with bisglycinate before bed only."""
    table = packaged_toml("plan.toml")
    for row in table["forms"]:
        for total in table["doses_mg"]:
            for when in _TIMINGS:
                yield _Idea(row["key"], total, when, None)
    for row in table["beside"]:
        yield _Idea("bisglycinate", 200.0, ("bed",), row["substance"])


def _regimen(idea: _Idea, times: tuple[float, ...], name: str) -> Regimen:
    """The regimen of an idea at clock times [h]."""
    part = idea.total_mg / len(times)
    parts = [Ingredient(substance="magnesium", amount_mg=part, form=idea.form, mass_is="elemental")]
    if idea.beside is not None:
        rows = {row["substance"]: row for row in packaged_toml("plan.toml")["beside"]}
        amount = rows[idea.beside]["amount_mg"]
        parts.append(Ingredient.model_validate({"substance": idea.beside, "amount_mg": amount}))
    product = Product(name=name, ingredients=tuple(parts))
    food = "bed" not in idea.when
    clocks = tuple(clock_text(time) for time in times)
    return Regimen(name=name, intakes=(Intake(product=product, times=clocks, with_food=food),))


def _name(idea: _Idea) -> str:
    places = {"breakfast": "with breakfast", "dinner": "with dinner", "bed": "an hour before bed"}
    when = say.listed(places[place] for place in idea.when)
    beside = f" and {idea.beside}" if idea.beside else ""
    return f"{find_form(idea.form).name} {say.figures(idea.total_mg)} mg{beside}, {when}"


def _unsafe(judgement: Judgement) -> tuple[str, str, tuple[str, ...]] | None:
    """Why the gate speaks against a regimen, or None."""
    for refusal in judgement.answer.refusals:
        return "refused", refusal.text, refusal.sources
    for caution in judgement.answer.cautions:
        if caution.key.startswith("upper_limit"):
            return "upper limit", caution.text, caution.sources
        if caution.action in ("avoid", "separate"):
            return f"medicine {caution.subject}".strip(), caution.text, caution.sources
    return None


class _Fitted(NamedTuple):
    """A regimen kept apart from the medicines, of an idea, and what was moved."""

    idea: _Idea
    name: str
    regimen: Regimen
    moved: tuple[str, ...]


def _fitted(idea: _Idea, request: Request, medicines: tuple[Medicine, ...]) -> _Fitted | Fallen:
    """An idea at the person's own clock times, or why it falls."""
    habits = request.habits
    name, free, window = _name(idea), awake_quarters(habits), waking_window(habits)
    times = tuple(anchors(habits, request.diet)[place] for place in idea.when)
    if window is None or not set(times) <= set(free) or len(set(times)) < len(times):
        text = "One of its times is not while you are up on every day of the week."
        return Fallen(name, "time of day", text, (packaged_toml("plan.toml")["source"],))
    moved = mended(medicines, _regimen(idea, times, name), window)
    placed = {clock_hours(time) for time in moved.regimen.intakes[0].times}
    if moved.unsolved or not placed <= set(free):
        text = moved.unsolved[0] if moved.unsolved else "Its moved time would fall in sleep."
        return Fallen(name, "separation", text, ("judgement#divided-doses",))
    return _Fitted(idea, name, moved.regimen, tuple(move.text for move in moved.moves))


def _tried(fitted: _Fitted, judgement: Judgement, budget: float | None) -> Candidate | Fallen:
    """A regimen as a candidate, or why it falls."""
    idea, name, ours = fitted.idea, fitted.name, (packaged_toml("plan.toml")["source"],)
    against, plan = _unsafe(judgement), judgement.plan
    if against is not None:
        return Fallen(name, *against)
    assert plan is not None  # nothing refuses it
    stomach = day_probability(judgement.taken.within(1))
    most = packaged_toml("plan.toml")["most_stomach_probability"]
    if stomach[0] > most:
        text = f"Loose stools are likely: more than {say.number(100 * most)} in 100 people."
        return Fallen(name, "stomach", text, ("bashir1993", *ours))
    parts = (idea.total_mg / len(idea.when),) * len(idea.when)
    burden = burden_of(idea.form, parts, stomach, "bed" not in idea.when, idea.beside)
    if budget is not None and burden.dollars_a_month[1] > budget:
        text = f"It may cost more than {say.figures(budget)} dollars a month."
        return Fallen(name, "budget", text, ("judgement#retail-price",))
    if any(mg < tablet(idea.form).pill_mg / 2.0 - 1e-9 for mg in parts):
        return Fallen(name, "pill size", "A part would be less than half a usual pill.", ours)
    return Candidate(name, plan, burden, fitted.moved)


def candidates(
    request: Request, budget: float | None = None
) -> tuple[tuple[Candidate, ...], tuple[Fallen, ...]]:
    """Every regimen of the grid that a request's person may take, in place of the request's own,
    and every one that fell with its reason; `budget` is the most dollars a month."""
    medicines = find_medicines(request.person.medicines)
    fitted = [_fitted(idea, request, medicines) for idea in _ideas()]
    apart = [one for one in fitted if isinstance(one, _Fitted)]
    judged = dict(zip(apart, judge_regimens(request, [one.regimen for one in apart]), strict=True))
    tried = [one if isinstance(one, Fallen) else _tried(one, judged[one], budget) for one in fitted]
    accepted = tuple(one for one in tried if isinstance(one, Candidate))
    return accepted, tuple(one for one in tried if isinstance(one, Fallen))
