"""The report of a virtual trial in words: aims, data, estimand, methods, and a short summary."""

from collections.abc import Sequence

from somnesium import say
from somnesium.answers.trial.design import Trial
from somnesium.answers.trial.measures import MEASURES
from somnesium.answers.trial.power import Performance
from somnesium.answers.trial.response import regressing
from somnesium.person.document import Document


class Ademp(Document):
    """How a simulation study is told (morris2019); its performance stands in the answer."""

    aims: str
    data: tuple[str, ...]
    estimand: str
    methods: tuple[str, ...]


_DESIGNS = {
    "parallel": "each person lives one arm",
    "crossover": "each person lives every arm, in the order of a Latin square",
    "n_of_1": "each person lives both arms again and again, in an order drawn for them",
}
_METHODS = {
    "ancova": "Least squares of the last visit on arm and baseline, of those with both.",
    "change": "Student's t test of change from baseline, with a common variance.",
    "t_test": "Student's t test of the last visit, with a common variance.",
    "mixed": "A mixed model with an intercept for each person, by restricted likelihood.",
    "paired": "Each person's mean difference between arms, by Student's t test against zero.",
    "period": "Student's t test of period differences between the two orders (hills1979).",
}


def _taken(trial: Trial) -> list[str]:
    """What each arm is given."""
    lines = []
    for arm in trial.arms:
        taken = [
            f"{say.figures(one.servings)} × {say.figures(one.magnesium_mg)} mg of magnesium "
            f"({one.mass_is}) as {one.form} at {', '.join(one.times)}"
            if one.form is not None and one.magnesium_mg is not None
            else f"{say.figures(one.servings)} × {one.product.name if one.product else 'nothing'} "
            f"at {', '.join(one.times)}"
            for one in arm.regimen.intakes
        ]
        what = "; ".join(taken) or {"placebo": "a pill with nothing in it"}.get(arm.role, "nothing")
        lines.append(f"Arm {arm.name}: {what}.")
    return lines


def ademp(trial: Trial, done: int, asked: int, target_error: float | None) -> Ademp:
    """The report's words. `done` of `asked` replicates were lived."""
    primary, loss = trial.endpoints[0], trial.loss
    arm, versus = trial.arms[trial.arm].name, trial.arms[trial.versus].name
    entry = [
        f"{name} from {say.figures_span((low, high))} {MEASURES[name].unit} at screening"
        for name, (low, high) in trial.volunteers.measured.items()
    ]
    entry += [f"{name}: {value}" for name, value in trial.volunteers.filters.items()]
    washout = f", {trial.washout_weeks} weeks of wash-out" if trial.washout_weeks else ""
    regress = (
        "Regression to the mean is added as published."
        if regressing(trial)
        else "Regression to the mean comes from entry by a noisy reading."
    )
    stop = (
        ""
        if target_error is None
        else f" It stops at an error of the power of {say.figures(target_error)}"
    )
    return Ademp(
        aims=f"How often would this trial find {arm} to differ from {versus} in "
        f"{MEASURES[primary.measure].label}, and how well would it tell by how much?",
        data=(
            f"{trial.design}: {_DESIGNS[trial.design]}; {trial.people} people, "
            f"{trial.weeks} weeks an arm or period{washout}; {trial.blinding} blinding.",
            *_taken(trial),
            "Entry: " + ("; ".join(entry) or "any adult") + ".",
            f"{say.figures(100 * loss.dropout)} % leave, {say.figures(100 * loss.stopped)} % stop "
            f"taking, {say.figures(100 * loss.missed_doses)} % of doses are missed.",
            "Everyone has a body and habits of their own, fresh people in each replicate; "
            "nights differ by chance arousal, readings by the instrument.",
            f"Who believes to take something responds as in placebo arms. {regress}",
            f"{say.count(done)} of {say.count(asked)} replicates, seed {trial.seed}.{stop}",
        ),
        estimand=f"Mean of {arm} minus {versus} in {primary.label} at the end, everyone who is "
        "enrolled having taken what people in the trial take; from paired lives of 1,024 people.",
        methods=(
            _METHODS[trial.method],
            f"Two-sided at {say.figures(trial.analysis.alpha)}; a fit that fails counts as not "
            "significant and is told.",
            "Monte-Carlo errors are those of replicates that are independent of each other.",
        ),
    )


def summary(
    found: Sequence[Performance], people: int | None, power: float | None
) -> tuple[str, ...]:
    """What came out, in plain sentences."""
    first = found[0]
    lines = []
    truth, chance = first.truth.value or 0.0, first.power.value or 0.0
    error = first.truth.error
    lines.append(
        f"The true mean effect on {first.endpoint} is "
        f"{say.with_error(truth, error, say.decimals(error))} {first.unit} in these people."
    )
    lines.append(f"The trial finds it {say.number(100 * chance)} times in 100.")
    if first.exaggeration is not None and first.exaggeration > 1.1:
        lines.append(
            f"When it does, the effect looks {say.number(first.exaggeration, 1)} times as big as "
            "it is."
        )
    if first.failed:
        lines.append(f"{first.failed} of {first.replicates} fits failed: they count as misses.")
    if power is not None:
        lines.append(
            f"No size we can try finds it {say.number(100 * power)} times in 100."
            if people is None
            else f"To find it {say.number(100 * power)} times in 100 takes {say.count(people)} "
            "people."
        )
    return tuple(lines)
