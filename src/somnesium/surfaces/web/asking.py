"""How each use case of the API is asked: from its document to the library, and the answer back.

Modules of the library are imported when a case is first asked, so that the server starts quickly.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic import BaseModel

from somnesium.errors import InvalidInput

_TOGETHER = 64
"""People of a population lived at once: few, so that progress is told often."""
Report = Callable[[int, int], None]
"""Told what is done, and of how much."""


class Place(NamedTuple):
    """Where and when something is asked: the store, the time in UTC, a folder for files."""

    store: str | None
    now: datetime
    folder: Path | None = None


class Asked(NamedTuple):
    """A question that was read, what is asked beside it, where, and who hears of progress."""

    question: Any
    options: dict[str, Any]
    place: Place
    report: Report


def _check(asked: Asked) -> BaseModel:
    from somnesium.questions.check import check

    return check(asked.question)


def _intake(asked: Asked) -> BaseModel:
    from somnesium.questions.intake.intake import intake

    return intake(asked.question)


def _risk(asked: Asked) -> BaseModel:
    from somnesium.questions.risk.risk import risk

    return risk(asked.question)


def _forecast(asked: Asked) -> BaseModel:
    from somnesium.questions.forecast.forecast import forecast

    return forecast(asked.question)


def _plan(asked: Asked) -> BaseModel:
    from somnesium.questions.plan import plan

    return plan(asked.question, **asked.options, report=asked.report)


def _trial(asked: Asked) -> BaseModel:
    from somnesium.questions.trial.trial import trial

    def told(done: int, total: int, *_: object) -> None:
        asked.report(done, total)

    return trial(asked.question, **asked.options, progress=told)


def _trial_published(asked: Asked) -> BaseModel:
    from somnesium.questions.trial.published import published

    def told(done: int, total: int, _name: str) -> None:
        asked.report(done, total)

    one = asked.question
    return published(one.replicates, one.seed, one.names, progress=told)


def _attribute(asked: Asked) -> BaseModel:
    from somnesium.questions.attribution.attribution import attribute

    return attribute(asked.question.people, asked.question.seed, asked.report)


def _claims(asked: Asked) -> BaseModel:
    from somnesium.questions.claims import answer_claims

    def told(done: int, total: int, _name: str) -> None:
        asked.report(done, total)

    return answer_claims(asked.question.names, asked.question.seed, told)


def _evidence(asked: Asked) -> BaseModel:
    from somnesium.answers.evidence.lints import reviewed
    from somnesium.questions.evidence.evidence import evidence

    one = asked.question
    with _trials_of(one) as path:
        review = reviewed(path)
    return evidence(one.endpoints, review, one.method, one.interval, one.measure)


def _evidence_table(asked: Asked) -> BaseModel:
    from somnesium.answers.evidence.studies import read_studies
    from somnesium.questions.evidence.synthesis import pool_table

    one = asked.question
    with text_file("table.csv", one.table) as path:
        studies = read_studies(path)
    return pool_table(studies, one.name, one.method, one.interval, one.sd, one.outcome)


def _qualify(asked: Asked) -> BaseModel:
    from somnesium.questions.qualify import qualification_document, qualify

    outcomes = []
    for done, total, outcome in qualify(asked.question.ids):
        outcomes.append(outcome)
        asked.report(done, total)
    return qualification_document(outcomes)


def _predicted(asked: Asked) -> BaseModel:
    from somnesium.questions.predicted import predicted_trials

    def told(_name: str, done: int, total: int) -> None:
        asked.report(done, total)

    return predicted_trials(seed=asked.question.seed, progress=told)


def _calibrate(asked: Asked) -> BaseModel:
    from somnesium.answers.evidence.lints import reviewed
    from somnesium.questions.calibration import calibrate

    def told(_name: str, done: int, total: int) -> None:
        asked.report(done, total)

    one, folder = asked.question, asked.place.folder
    with _trials_of(one) as path:
        table = reviewed(path).evidence
    return calibrate(
        folder,
        table=table,
        points=one.points,
        people=one.people,
        seed=one.seed,
        recoveries=one.recoveries,
        petab=folder and folder / "petab",
        progress=told,
    )


def _population(asked: Asked) -> BaseModel:
    from somnesium.questions.population import population, run_of

    one, done = asked.question, 0

    def told(news: Any) -> None:  # noqa: ANN401 - a Progress of the stream
        nonlocal done
        done += news.kept + news.lived
        asked.report(done, one.population.people)

    run = run_of(one.population, one.regimen, one.precision)
    if asked.place.folder is not None:
        return population(run, asked.place.folder, chunk=_TOGETHER, report=told)
    with TemporaryDirectory(prefix="somnesium-") as folder:
        return population(run, Path(folder), chunk=_TOGETHER, report=told)


def _population_person(asked: Asked) -> BaseModel:
    from somnesium.questions.population import person_of, run_of

    one = asked.question
    number = asked.options.get("person", 0)
    return person_of(run_of(one.population, one.regimen, one.precision), number)


def _intake_group(asked: Asked) -> BaseModel:
    from somnesium.questions.intake.group import group_intake

    with text_file("table.csv", asked.question.table) as path:
        return group_intake(path, asked.question.authority, asked.question.usual)


def _events(asked: Asked) -> str:
    from somnesium.questions.events import table_of_request

    return table_of_request(asked.question)


def _regimen(asked: Asked) -> BaseModel:
    from somnesium.questions.events import regimen_of_table

    with text_file("events.csv", asked.question.table) as path:
        found = regimen_of_table(path)
    return found.model_copy(update={"name": asked.question.name})


def _export(asked: Asked) -> str:
    from somnesium.questions.export import export_model

    days, events = asked.options.get("days"), asked.options.get("events", True)
    return export_model(asked.question, asked.options.get("language", "sbml"), days, events=events)


def _pool(asked: Asked) -> BaseModel:
    from somnesium.questions.experiment.pooling import pool

    return pool(asked.question.summaries)


@contextmanager
def text_file(name: str, text: str) -> Iterator[Path]:
    """A private file with the text of a table; errors name it without its folder."""
    with TemporaryDirectory(prefix="somnesium-") as folder:
        path = Path(folder) / name
        path.write_text(text, encoding="utf-8", errors="replace", newline="")
        try:
            yield path
        except InvalidInput as error:
            raise InvalidInput(str(error).replace(f"{folder}/", "")) from None


@contextmanager
def _trials_of(question: Any) -> Iterator[Path | None]:  # noqa: ANN401 - a document with `trials`
    """The trials of a question as a file, if it brings some."""
    if question.trials is None:
        yield None
        return
    with text_file(f"trials.{question.trials.format}", question.trials.text) as path:
        yield path


ANSWERS: Mapping[str, Callable[[Asked], BaseModel | str]] = MappingProxyType(
    {
        "check": _check,
        "intake": _intake,
        "risk": _risk,
        "forecast": _forecast,
        "plan": _plan,
        "trial": _trial,
        "trial_published": _trial_published,
        "attribute": _attribute,
        "claims": _claims,
        "evidence": _evidence,
        "evidence_table": _evidence_table,
        "qualify": _qualify,
        "predicted": _predicted,
        "calibrate": _calibrate,
        "population": _population,
        "population_person": _population_person,
        "intake_group": _intake_group,
        "events": _events,
        "regimen": _regimen,
        "export": _export,
        "pool": _pool,
    }
)
"""How each use case is answered that needs nothing kept, by its name."""
