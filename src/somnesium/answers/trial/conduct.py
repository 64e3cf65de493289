"""A trial carried out: everyone enrolled, assigned, through their weeks, and measured."""

from typing import NamedTuple

import numpy as np

from somnesium.answers.safety.gate import plan_of_healthy_adult
from somnesium.answers.trial.assignment import Assignment, arms_by_week, assign, periods_of
from somnesium.answers.trial.design import Trial
from somnesium.answers.trial.doses import NOTHING, arm_week, with_doses
from somnesium.answers.trial.living import live_weeks
from somnesium.answers.trial.measures import read, true_means
from somnesium.answers.trial.people import Enrolled, enrol
from somnesium.answers.trial.readings import Responses, believing, noisy, responses
from somnesium.answers.trial.response import complaint
from somnesium.engine.run import Precision
from somnesium.engine.schedule import Events
from somnesium.population.weeks import Weeks


class Records(NamedTuple):
    """What a trial wrote down, replicate by replicate; NaN where nothing was.

    `sequence` (replicates, people); `arm` (visits, replicates, people) which arm a visit is of;
    `baseline` (endpoints, replicates, people); `post` (visits, endpoints, replicates, people), in
    the endpoints' units. `screened` people were looked at.
    """

    sequence: np.ndarray
    arm: np.ndarray
    baseline: np.ndarray
    post: np.ndarray
    screened: int


class _Visit(NamedTuple):
    """A visit: week of treatment at whose end it is, and its period."""

    week: int
    period: int


def _visits(trial: Trial) -> list[_Visit]:
    """The visits in order; weeks count from the start of treatment."""
    step = trial.weeks + trial.washout_weeks
    return [
        _Visit(period * step + week, period)
        for period in range(periods_of(trial))
        for week in trial.visit_weeks
    ]


def _readings(
    trial: Trial, rows: np.ndarray, enrolled: Enrolled, week: int, change: np.ndarray
) -> np.ndarray:
    """What is written down (endpoints, people) of a week's rows; `change` is added before noise."""
    found = []
    for k, (one, nights) in enumerate(zip(trial.endpoints, trial.nights, strict=True)):
        means = true_means(rows, enrolled.bodies, nights)
        seen = read(means, one.measure, one.instrument) + change[k]
        found.append(noisy(seen, one, nights, enrolled.person, week, trial.seed, k))
    return np.array(found)


def conduct(trial: Trial, first: int, count: int, precision: Precision = "float32") -> Records:
    """Carry out the replicates `first` to `first` + `count` - 1 of a trial.

    A replicate's records depend on the trial and its number alone, not on what else is run nor
    on threads. Raises `InvalidInput` if hardly anyone can enter.
    """
    enrolled = enrol(trial, first, count, precision)
    shape = (count, trial.people)
    assignment = assign(trial, enrolled.person.reshape(shape))
    lead = 1 + trial.run_in_weeks
    rows = enrolled.rows
    if trial.run_in_weeks:
        rows = _run(trial, enrolled, enrolled.own, lead - 1, lead, precision)
    nothing = np.zeros((len(trial.endpoints), len(enrolled.person)))
    baseline = _readings(trial, rows, enrolled, lead - 1, nothing)
    severity = read(true_means(rows, enrolled.bodies, 7), "isi", "questionnaire")
    answered = responses(trial, complaint(severity), enrolled.person, trial.seed)
    post = _treat(trial, enrolled, assignment, answered, lead, precision)
    per_person = (-1, len(trial.endpoints), *shape)
    visits = _visits(trial)
    return Records(
        sequence=assignment.sequence.reshape(shape),
        arm=np.array([assignment.arm[visit.period] for visit in visits]).reshape(-1, *shape),
        baseline=baseline.reshape(per_person[1:]),
        post=post.reshape(per_person),
        screened=enrolled.screened,
    )


def _run(
    trial: Trial, enrolled: Enrolled, weeks: Weeks, before: int, until: int, precision: Precision
) -> np.ndarray:
    """Rows of the last of the weeks up to `until`, the others being lived without a record."""
    rows = np.empty(0)
    for end in (until - 1, until):
        if end > before:
            rows = live_weeks(
                enrolled.lanes, enrolled.person, enrolled.bodies, weeks, end, trial.seed, precision
            )
    return rows


def _treat(
    trial: Trial,
    enrolled: Enrolled,
    assignment: Assignment,
    answered: Responses,
    lead: int,
    precision: Precision,
) -> np.ndarray:
    """Readings (visits, endpoints, people) of the weeks of treatment."""
    arms = tuple(arm_week(plan_of_healthy_adult(arm.regimen)) for arm in trial.arms)
    given = arms_by_week(trial, assignment)
    taking = np.where(np.arange(len(given))[:, None] < assignment.stops, given, NOTHING)
    visits = {visit.week: visit.period for visit in _visits(trial)}
    found, weeks = [], enrolled.own
    begun = 0
    for week in range(1, len(given) + 1):
        last = week == len(given) or week in visits or not _same(trial, taking, week)
        if not last:
            continue
        # Weeks begun + 1 to `week` are alike.
        weeks = _weeks(trial, enrolled, arms, taking[week - 1], week)
        rows = _run(trial, enrolled, weeks, lead + begun, lead + week, precision)
        if week in visits:
            arm = assignment.arm[visits[week]]
            change = answered.anyway + believing(trial, arm) * answered.expected
            seen = _readings(trial, rows, enrolled, lead + week - 1, change)
            found.append(np.where(assignment.leaves <= week, np.nan, seen))
        begun = week
    return np.array(found)


def _same(trial: Trial, taking: np.ndarray, week: int) -> bool:
    """Whether the week after is lived like this one by everyone."""
    return trial.loss.missed_doses == 0.0 and bool(np.all(taking[week - 1] == taking[week]))


def _weeks(
    trial: Trial, enrolled: Enrolled, arms: tuple[Events, ...], taking: np.ndarray, week: int
) -> Weeks:
    """Everyone's own week with the doses they take in it."""
    taken = 1.0 - trial.loss.missed_doses
    return with_doses(enrolled.own, arms, taking, enrolled.person, taken, week, trial.seed)
