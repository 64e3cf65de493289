"""What a trial's arms come to on average: the same people in every arm, without measuring noise."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from somnesium.answers.safety.gate import plan_of_healthy_adult
from somnesium.answers.trial.assignment import losses
from somnesium.answers.trial.design import Trial
from somnesium.answers.trial.doses import NOTHING, arm_week, with_doses
from somnesium.answers.trial.living import live_weeks
from somnesium.answers.trial.measures import read, screening, true_means
from somnesium.answers.trial.response import complaint, mean_responses
from somnesium.engine.run import Precision, copy_lanes
from somnesium.engine.schedule import Events
from somnesium.population.lives import Settled, settle
from somnesium.population.people import People, bodies_of, draw_people
from somnesium.population.weeks import Weeks, weeks_of
from somnesium.simulation.gains import GAINS, centre, multiplied

_OXIDE = [gain.name for gain in GAINS].index("oxide")
_SCREENED = 8
"""People looked at for each one kept, where entry is by what is measured."""


class Prepared(NamedTuple):
    """A trial and the people whose lives stand for it: numbers, bodies (leaves, people), weeks."""

    trial: Trial
    person: np.ndarray
    bodies: np.ndarray
    weeks: Weeks


class Expectation(NamedTuple):
    """Means over the people, by endpoint and arm in the trial's order, in the endpoints' units.

    `baseline` (endpoints) is of the untreated; `post` (arms, visits, endpoints) the body's own,
    to which `response` (arms, endpoints), expectation and regression, is to be added;
    `difference` (endpoints) is arm minus versus at the last visit, by the body; `spread`
    (endpoints) the standard deviation of that difference between people, `between` that of
    the untreated reading.
    """

    baseline: np.ndarray
    post: np.ndarray
    response: np.ndarray
    difference: np.ndarray
    spread: np.ndarray
    between: np.ndarray


def prepare(trial: Trial, people: int = 128, seed: int = 1) -> Prepared:
    """Draw the people who stand for a trial, once for all gains.

    Where entry is by what is measured, those of many who come nearest to the ranges are kept, by
    what the instruments read without noise and with the body's typical gains.
    """
    asked = trial.volunteers.measured
    count = people * (_SCREENED if asked else 1)
    drawn = draw_people(trial.volunteers.spec(count, seed), 0, count)
    bodies, own = bodies_of(drawn, seed), weeks_of(drawn, None)
    person = drawn.person
    if asked:
        rows = _untreated_week(person, bodies, own, seed)
        outside = np.zeros(count)
        for name, (low, high) in asked.items():
            found = _screened(rows, bodies, name, trial)
            outside += np.maximum(0.0, np.maximum(low - found, found - high)) / (high - low + 1e-9)
        kept = np.sort(np.argsort(outside, kind="stable")[:people])
        bodies, person = bodies[:, kept], person[kept]
        own = weeks_of(People(*(column[kept] for column in drawn)), None)
    return Prepared(trial, person, bodies, own)


def _untreated_week(person: np.ndarray, bodies: np.ndarray, own: Weeks, seed: int) -> np.ndarray:
    """Rows of a week of settled life."""
    lanes = settle(person, bodies, own).lanes
    return live_weeks(lanes, person, bodies, own, 1, seed, "float32")


def _screened(rows: np.ndarray, bodies: np.ndarray, name: str, trial: Trial) -> np.ndarray:
    """What screening reads, by the trial's own instrument for the measure or its usual one."""
    one = screening(name, trial.endpoints)
    return read(true_means(rows, bodies, one.nights or 7), name, one.instrument)


def expected(
    prepared: Prepared,
    gains: np.ndarray | None = None,
    seed: int = 1,
    precision: Precision = "float64",
) -> Expectation:
    """What the arms of a trial come to on average if the body had these gains.

    `gains` are factors in the order of `GAINS`, 1 as the body was built; those the bodies carry
    already, the centre of our knowledge, if None. Every arm is lived for its weeks by the same
    people from the same state with the same chance arousal, so that arms without anything differ
    by exactly zero; doses are missed and people stop taking them as in the trial, nobody leaves.
    Carry-over of a crossover is left out.
    """
    trial, own = prepared.trial, prepared.weeks
    bodies, oxide = prepared.bodies, None
    if gains is not None:
        bodies = multiplied(bodies, np.asarray(gains) / centre())
        oxide = float(gains[_OXIDE])
    settled = settle(prepared.person, bodies, own, precision)
    worlds = {NOTHING: _visits(prepared, settled, bodies, None, seed, precision)}
    for k, arm in enumerate(trial.arms):
        if arm.regimen.intakes:
            week = arm_week(plan_of_healthy_adult(arm.regimen), oxide)
            worlds[k] = _visits(prepared, settled, bodies, week, seed, precision)
    return _summed_up(trial, worlds)


class _World(NamedTuple):
    """Readings (visits, endpoints, people) of one arm, and the severity index at the last visit."""

    readings: np.ndarray
    severity: np.ndarray


def _weeks(prepared: Prepared, doses: Events, week: int, seed: int) -> Weeks:
    """Everyone's week with the doses that they take in it."""
    trial, person = prepared.trial, prepared.person
    _, stops = losses(trial, person, trial.weeks, seed)
    arm = np.where(week - 1 < stops, 0, NOTHING)
    taken = 1.0 - trial.loss.missed_doses
    return with_doses(prepared.weeks, (doses,), arm, person, taken, week, seed)


def _visits(
    prepared: Prepared,
    start: Settled,
    bodies: np.ndarray,
    doses: Events | None,
    seed: int,
    precision: Precision,
) -> _World:
    """Everyone through the weeks of one arm, with a week's `doses`, read at each visit."""
    trial, lanes = prepared.trial, copy_lanes(start.lanes)
    whole = trial.loss.missed_doses == 0.0 and trial.loss.stopped == 0.0
    found, severity, rows, weeks = [], np.empty(0), np.empty(0), prepared.weeks
    for week in range(1, trial.visit_weeks[-1] + 1):
        near = week in trial.visit_weeks or week + 1 in trial.visit_weeks
        if (doses is None or whole) and not near:
            continue
        if doses is not None:
            weeks = _weeks(prepared, doses, week, seed)
        rows = live_weeks(lanes, prepared.person, bodies, weeks, week, seed, precision)
        if week in trial.visit_weeks:
            readings = []
            for one, nights in zip(trial.endpoints, trial.nights, strict=True):
                means = true_means(rows, bodies, nights)
                readings.append(read(means, one.measure, one.instrument))
            severity = read(true_means(rows, bodies, 7), "isi", "questionnaire")
            found.append(readings)
    return _World(np.array(found), severity)


def _summed_up(trial: Trial, worlds: Mapping[int, _World]) -> Expectation:
    """Means over people, differences within each, and the response of each arm."""
    lived = [worlds[k if k in worlds else NOTHING] for k in range(len(trial.arms))]
    untreated = worlds[NOTHING]
    change = lived[trial.arm].readings[-1] - lived[trial.versus].readings[-1]
    return Expectation(
        baseline=untreated.readings[-1].mean(axis=-1),
        post=np.array([world.readings.mean(axis=-1) for world in lived]),
        response=mean_responses(trial, float(complaint(untreated.severity).mean())),
        difference=change.mean(axis=-1),
        spread=change.std(axis=-1, ddof=1),
        between=untreated.readings[-1].std(axis=-1, ddof=1),
    )
