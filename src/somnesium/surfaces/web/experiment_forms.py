"""The form of an experiment into the library's question."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from somnesium import say
from somnesium.answers.selftrial.design.question import MEASURES, DesignQuestion, scale_of
from somnesium.person.document import read_document
from somnesium.person.request import Request
from somnesium.surfaces.web.forms import number

USUAL = {
    "measure": "latency",
    "worthwhile": "",
    "question": "",
    "blinding": "capsules",
    "most_weeks": "12",
    "start": "",
    "name": "",
}
"""The form as it stands at first; an empty `start` is today."""
_WORDS = {
    "latency": "Time to fall asleep",
    "duration": "Hours of sleep",
    "awake_after_onset": "Time awake in the night",
    "efficiency": "Share of bedtime asleep",
}


def measures() -> list[tuple[str, str, str]]:
    """What can be looked at: key, words, and the change that is worth it if none is told."""
    found = []
    for key in MEASURES:
        scale = scale_of(key)
        found.append((key, _WORDS[key], f"{say.figures(scale.worthwhile)} {scale.unit}"))
    return found


def design_question(request: Request, fields: Mapping[str, Any], today: date) -> DesignQuestion:
    """The question of an experiment on the plan of a document; refused in the library's words."""
    table = request.model_dump(mode="json", exclude_unset=True)
    name = str(fields.get("name", "")).strip()
    trial = {key: fields.get(key, "") for key in ("measure", "blinding")}
    trial |= {
        key: number(fields[key])
        for key in ("worthwhile", "most_weeks")
        if fields.get(key, "") != ""
    }
    if fields.get("question", "") != "":
        trial["question"] = fields["question"]
    table |= {"start": fields.get("start") or today.isoformat(), "trial": trial}
    return read_document(table | ({"name": name} if name else {}), DesignQuestion)
