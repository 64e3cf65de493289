"""What a document tells of blood, urine and food, in FHIR R4.

A document has no dates of its laboratory values, so the observations have none either; each says
so. Values go out in the unit in which they were told.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from somnesium import say
from somnesium.exchange.codes import LABORATORY, Code
from somnesium.exchange.fhir import Resource, moment, observation, quantity
from somnesium.exchange.records import Records, identity
from somnesium.person.person import Person, egfr_of

_CODES = {code.key: code for code in LABORATORY}
_UNDATED = "date not told"
_CREATININE = ("creatinine_umol_l", "creatinine_mg_dl")


class Eaten(NamedTuple):
    """Magnesium in food and water a day [mg]: the estimate, and its 90 % interval if there is."""

    mg: float
    interval90: tuple[float, float] | None


def _laboratory(code: Code, value: float, patient: Resource) -> Resource:
    return observation("told", "laboratory", code, patient) | {
        "valueQuantity": quantity(value, code.unit),
        "note": [{"text": _UNDATED}],
    }


def _values(person: Person) -> Iterator[tuple[Code, float]]:
    """Every value that was told, in its own unit."""
    for key, code in _CODES.items():
        holder = person if hasattr(person, key) else person.laboratory
        value = getattr(holder, key, None)
        if value is not None:
            yield code, float(value)


def _worked_out(person: Person, records: Records, patient: Resource) -> Resource | None:
    """eGFR from the creatinine told; None without one."""
    creatinine = next((key for key in _CREATININE if getattr(person, key) is not None), None)
    rate = egfr_of(person)
    if creatinine is None or rate is None:
        return None
    code = _CODES["egfr_ckd_epi_2021"]
    source = identity(records, "other", f"laboratory/{creatinine}")
    return observation("estimated", "laboratory", code, patient) | {
        "valueQuantity": quantity(round(rate, 1), code.unit),
        "derivedFrom": [{"reference": f"urn:uuid:{source}"}],
        "note": [{"text": _UNDATED}],
    }


def _intake(eaten: Eaten, patient: Resource, now: datetime) -> Resource:
    code = _CODES["magnesium_intake"]
    words = "estimated from the foods told and a food table; supplements are not in it"
    if eaten.interval90 is not None:
        low, high = eaten.interval90
        words += f"; 90 % interval {say.span((low, high))} mg"
    amount = quantity(round(eaten.mg, 1), code.unit, "mg elemental magnesium a day")
    return observation("estimated", "social-history", code, patient) | {
        "effectiveDateTime": moment(now),
        "valueQuantity": amount,
        "note": [{"text": words}],
    }


def laboratory_and_intake(
    person: Person, eaten: Eaten | None, records: Records, patient: Resource, now: datetime
) -> Iterator[tuple[str, Resource]]:
    """Observations of laboratory values and of magnesium eaten, by their keys."""
    for code, value in _values(person):
        yield f"laboratory/{code.key}", _laboratory(code, value, patient)
    rate = _worked_out(person, records, patient)
    if rate is not None:
        yield "laboratory/egfr_ckd_epi_2021", rate
    if eaten is not None:
        yield "intake", _intake(eaten, patient, now)
