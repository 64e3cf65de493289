"""Forms of the researchers' pages into the documents that the API reads too."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from somnesium.errors import InvalidInput
from somnesium.surfaces.web.forms import Fields, number


class Kind(NamedTuple):
    """A question of the researchers' pages: its `case` of the API, and what is filled in at first.

    `options` are fields that are asked beside the document.
    """

    case: str
    title: str
    about: str
    first: Mapping[str, str]
    options: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "population": Kind(
            "population",
            "A population",
            "Virtual adults, drawn as people are, live their nights. You get how they sleep, by "
            "age and sex, and every night as a Parquet file.",
            {
                "people": "500",
                "days": "28",
                "seed": "1",
                "sex": "",
                "youngest": "18",
                "oldest": "80",
                "dose": "",
                "form": "citrate",
                "time": "21:00",
            },
        ),
        "trial": Kind(
            "trial",
            "A virtual trial",
            "A trial is lived many times. You get how often it finds the effect, what it finds, "
            "and how many people it would need.",
            {
                "design": "parallel",
                "people": "100",
                "weeks": "8",
                "dose": "250",
                "form": "citrate",
                "time": "21:00",
                "endpoint": "isi questionnaire",
                "blinding": "double",
                "replicates": "200",
                "seed": "1",
                "size_power": "",
            },
            ("replicates", "size_power"),
        ),
        "attribution": Kind(
            "attribute",
            "How big a part",
            "The spread of sleep is shared out: between people, between nights, and of what a plan "
            "changes. You get magnesium's part and that of all the rest.",
            {"people": "200", "seed": "1"},
        ),
    }
)
"""What can be asked, by its address."""


def endpoints() -> dict[str, str]:
    """Measures with their instruments as one word, and in words."""
    from somnesium.answers.trial.measures import MEASURES

    return {
        f"{name} {by}": f"{one.label}, {by}"
        for name, one in MEASURES.items()
        for by in one.instruments
    }


def _regimen(fields: Fields) -> dict[str, Any] | None:
    """A dose every day; none without milligrams."""
    if not str(fields.get("dose", "")).strip():
        return None
    intake = {
        "form": fields.get("form", ""),
        "magnesium_mg": number(fields["dose"]),
        "mass_is": "elemental",
        "times": [fields.get("time", "")],
    }
    return {"intakes": [intake]}


def _population(fields: Fields) -> dict[str, Any]:
    filters: dict[str, Any] = {
        "age": [number(fields.get("youngest", "")), number(fields.get("oldest", ""))]
    }
    if fields.get("sex"):
        filters["sex"] = [fields["sex"]]
    spec = {name: number(fields.get(name, "")) for name in ("people", "days", "seed")}
    found: dict[str, Any] = {"population": {**spec, "filters": filters}}
    regimen = _regimen(fields)
    return found | ({"regimen": regimen} if regimen else {})


def _trial(fields: Fields) -> dict[str, Any]:
    measure, _, instrument = str(fields.get("endpoint", "")).partition(" ")
    regimen = _regimen(fields)
    if regimen is None:
        raise InvalidInput.field("dose", "nothing", "milligrams a day", "a trial gives something")
    return {
        **{name: number(fields.get(name, "")) for name in ("people", "weeks", "seed")},
        "design": fields.get("design", ""),
        "blinding": fields.get("blinding", ""),
        "arms": [{"name": "magnesium", "regimen": regimen}, {"name": "placebo"}],
        "endpoints": [{"measure": measure, "instrument": instrument}],
    }


def _attribution(fields: Fields) -> dict[str, Any]:
    return {name: number(fields.get(name, "")) for name in ("people", "seed")}


_DOCUMENTS = {"population": _population, "trial": _trial, "attribution": _attribution}


def document_of(kind: str, fields: Fields) -> tuple[bytes, dict[str, str]]:
    """The document of a form, or the file in its place, and what is asked beside it."""
    given = fields.get("file") or b""
    text = (
        given
        if isinstance(given, bytes) and given
        else json.dumps(_DOCUMENTS[kind](fields)).encode()
    )
    asked = {name: str(fields.get(name, "")).strip() for name in KINDS[kind].options}
    return text, {name: value.replace(",", ".") for name, value in asked.items() if value}
