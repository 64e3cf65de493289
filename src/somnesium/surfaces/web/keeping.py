"""The use cases of the API that read or change what is kept on this machine."""

import secrets
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from somnesium.errors import InvalidInput
from somnesium.person.document import read_document
from somnesium.surfaces.web.asking import Asked, text_file

if TYPE_CHECKING:
    from somnesium.answers.selftrial.design.question import DesignQuestion
    from somnesium.person.checked import CheckedPlan
    from somnesium.questions.experiment.design import DesignAnswer
    from somnesium.questions.experiment.ran import Ran


def _record(asked: Asked) -> BaseModel:
    from somnesium.questions.nights.diary import record
    from somnesium.store.open import opened

    with opened(asked.place.store) as store:
        return record(store, asked.question, asked.place.now)


def _dated(asked: Asked) -> "DesignQuestion":
    """The question of a design; it starts today, where it says nothing else."""
    from somnesium.answers.selftrial.design.question import DesignQuestion

    question = asked.question
    if "start" in question.model_fields_set:
        return question
    today = asked.place.now.astimezone(ZoneInfo(question.habits.time_zone)).date()
    table = question.model_dump(exclude_unset=True) | {"start": today.isoformat()}
    return read_document(table, DesignQuestion)


def _design(asked: Asked) -> BaseModel:
    from somnesium.questions.experiment.design import tried_plan

    return _design_of(asked, tried_plan(_dated(asked)))


def _design_of(asked: Asked, plan: "CheckedPlan[DesignQuestion]") -> "DesignAnswer":
    from somnesium.questions.experiment.design import design_of, own_nights
    from somnesium.store.open import is_there, opened

    question = plan.request
    earlier: tuple[float | None, ...] = ()
    if is_there(asked.place.store):
        with opened(asked.place.store) as store:
            earlier = own_nights(store, question.trial.measure, question.start)
    return design_of(plan, earlier)


def _begin(asked: Asked) -> BaseModel:
    from somnesium.questions.experiment.design import begin, require_worth, tried_plan
    from somnesium.store.open import opened
    from somnesium.surfaces.web.questions import BegunAnswer

    plan = tried_plan(_dated(asked))
    found = _design_of(asked, plan)
    require_worth(found, asked.options.get("anyway", False), "begin", "ask with anyway=true")
    with opened(asked.place.store) as store:
        begun = begin(store, plan, found, secrets.randbits(63), asked.place.now)
    kept = begun.experiment
    return BegunAnswer(
        experiment=kept.id,
        name=kept.name,
        made_at=kept.made_at,
        first_evening=kept.start,
        hash=kept.hash,
        preregistration=kept.preregistration,
    )


def _unseal(asked: Asked) -> BaseModel:
    from somnesium.answers.selftrial.design.allocation import read_sealed
    from somnesium.store.experiments import unblind
    from somnesium.store.open import opened
    from somnesium.surfaces.web.questions import UnsealedAnswer

    _require_store(asked)
    one = asked.question
    with opened(asked.place.store) as store:
        found = unblind(store, one.experiment, one.reason, asked.place.now)
    return UnsealedAnswer(experiment=one.experiment, letters=read_sealed(found.sealed).letters)


def _require_store(asked: Asked) -> None:
    """Refuse to look for an experiment where nothing is kept yet."""
    from somnesium.store.open import is_there

    if not is_there(asked.place.store):
        fix = "begin an experiment first, or ask for the example"
        raise InvalidInput.field("store", "none yet", "a store with an experiment", fix)


def _ran(asked: Asked) -> "Ran":
    """The experiment that is meant, from a table, the package or the store."""
    from somnesium.questions.experiment.ran import with_instruments
    from somnesium.questions.experiment.stored import experiment_ran
    from somnesium.questions.experiment.table import example_ran, table_ran
    from somnesium.store.open import opened

    one, place = asked.question, asked.place
    if one.example:
        return with_instruments(example_ran(), one.instruments)
    if one.nights is not None:
        with text_file("nights.csv", one.nights) as path:
            return with_instruments(table_ran(path, one.allocation), one.instruments)
    _require_store(asked)
    with opened(place.store) as store:
        return experiment_ran(store, one.experiment, place.now, one.instruments, one.forecast)


def _analyse(asked: Asked) -> BaseModel:
    from somnesium.questions.experiment.analyse import analyse

    return analyse(_ran(asked))


def _cent(asked: Asked) -> BaseModel:
    from somnesium.questions.experiment.analyse import analyse
    from somnesium.questions.experiment.cent import cent

    ran = _ran(asked)
    return cent(ran, analyse(ran))


def _trial_summary(asked: Asked) -> BaseModel:
    from somnesium.questions.experiment.analyse import analyse
    from somnesium.questions.experiment.pooling import summary_of

    return summary_of(analyse(_ran(asked)))


def _delete(asked: Asked) -> BaseModel:
    from somnesium.store.copies import delete_everything
    from somnesium.store.open import is_there, opened
    from somnesium.surfaces.web.questions import DeletedAnswer

    if not is_there(asked.place.store):
        return DeletedAnswer(deleted={})
    with opened(asked.place.store) as store:
        return DeletedAnswer(deleted=delete_everything(store))


ANSWERS: Mapping[str, Callable[[Asked], BaseModel]] = MappingProxyType(
    {
        "record": _record,
        "design": _design,
        "begin": _begin,
        "unseal": _unseal,
        "analyse": _analyse,
        "cent": _cent,
        "trial_summary": _trial_summary,
        "delete": _delete,
    }
)
"""How each of these use cases is answered, by its name."""
