"""A FHIR R4 (4.0.1) bundle of what a person recorded, and of what they told and plan.

The bundle is a collection: a document would need someone who attests it. Nothing simulated goes
into it. Every resource is tagged `recorded` (kept night by night), `told` (as the person told it,
undated), `estimated` (worked out by us from what was told) or `planned`.

A night is one observation with components, because one recorder told all of it about one period;
its code and value are those of the sleep duration, by which receivers look for sleep.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from somnesium.exchange.codes import LOINC, MEASURES, OURS, RATINGS, UCUM, Code
from somnesium.exchange.records import Kept, NightTold, RatingTold, identity, printable

Resource = dict[str, Any]
"""A FHIR resource, or a part of one, as JSON."""

Kind = Literal["recorded", "told", "estimated", "planned"]

_TAGS = "urn:somnesium:kind"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_AGENT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_ZONE = "http://hl7.org/fhir/StructureDefinition/tz-code"
_SELF = "diary"


class Subject(NamedTuple):
    """Whom the bundle is about, as far as it was told."""

    sex: str = ""
    name: str = ""
    born: int | None = None


def moment(at: datetime) -> str:
    """A moment as FHIR writes it, to the second, with its offset."""
    return at.isoformat(timespec="seconds")


def quantity(value: float, unit: str, words: str = "") -> Resource:
    """A number with its UCUM unit; `words` is the unit as people read it."""
    shown = round(value, 6)
    number = int(shown) if shown == int(shown) else shown
    return {"value": number, "unit": words or unit, "system": UCUM, "code": unit}


def coded(code: Code) -> Resource:
    """A concept under LOINC's code, if there is one, and under ours."""
    codings: list[Resource] = []
    if code.loinc:
        codings.append({"system": LOINC, "code": code.loinc})
        if code.display:
            codings[0]["display"] = code.display
    codings.append({"system": OURS, "code": code.key, "display": code.meaning})
    return {"coding": codings, "text": code.meaning}


def patient_of(kept: Kept) -> Resource:
    """The reference to the person whom a bundle is about."""
    return {"reference": f"urn:uuid:{identity(kept, 'patient', '')}"}


def entry(kept: Kept, kind: str, key: str, resource: Resource) -> Resource:
    """A resource in its place in the bundle, under a name that stays the same."""
    name = str(identity(kept, kind, key))
    head = {"resourceType": resource["resourceType"], "id": name}
    return {"fullUrl": f"urn:uuid:{name}", "resource": {**head, **resource}}


def tagged(kind: Kind) -> Resource:
    """The tag that keeps what was recorded apart from what was told, estimated or planned."""
    return {"tag": [{"system": _TAGS, "code": kind}]}


def observation(kind: Kind, category: str, code: Code, patient: Resource) -> Resource:
    """What every observation of ours begins with; value and time are still to be added."""
    return {
        "resourceType": "Observation",
        "meta": tagged(kind),
        "status": "final",
        "category": [{"coding": [{"system": _CATEGORY, "code": category}]}],
        "code": coded(code),
        "subject": patient,
    }


def _patient(subject: Subject) -> Resource:
    found: Resource = {"resourceType": "Patient"}
    if subject.name:
        found["name"] = [{"text": subject.name}]
    if subject.sex:
        found["gender"] = subject.sex
    if subject.born is not None:
        found["birthDate"] = f"{subject.born:04d}"
    return found


def _device(instrument: str, device: str) -> Resource:
    """A recorder under the name its file gave it, or under that of its kind."""
    words = instrument.replace("_", " ")
    return {
        "resourceType": "Device",
        "deviceName": [{"name": device or words, "type": "user-friendly-name"}],
        "type": {"text": words or "sleep recorder"},
    }


def _period(one: NightTold) -> Resource:
    """Lights-out to rise, with offset, and with the zone's name where it has one."""
    night = one.recorded.night
    found: Resource = {"start": moment(night.lights_out), "end": moment(night.rise)}
    if one.recorded.zone == "UTC" or not one.recorded.zone.startswith("UTC"):  # no mere offset
        zone = {"extension": [{"url": _ZONE, "valueCode": one.recorded.zone}]}
        found |= {"_start": zone, "_end": zone}
    return found


def _components(one: NightTold) -> Iterator[Resource]:
    """Everything the night tells beside its duration; what is not known is left out."""
    for code in MEASURES[1:]:
        value = one.recorded.light if code.key == "light" else getattr(one.recorded.night, code.key)
        if value is not None:
            yield {"code": coded(code), "valueQuantity": quantity(value, code.unit)}
    nap = Code("nap", "whether it was a nap", "")
    yield {"code": coded(nap), "valueBoolean": one.recorded.night.nap}


def _night(one: NightTold, patient: Resource, device: Resource | None) -> Resource:
    """A night or nap as one observation."""
    recorded, duration = one.recorded, one.recorded.night.duration
    found = observation("recorded", "activity", MEASURES[0], patient)
    found |= {
        "identifier": [{"system": "urn:somnesium:night", "value": recorded.key}],
        "effectivePeriod": _period(one),
        "issued": moment(one.kept_at.astimezone(UTC)),
        "method": {
            "text": "sleep diary"
            if one.instrument == _SELF
            else f"{one.instrument.replace('_', ' ') or 'sleep recorder'}, file: {recorded.source}"
        },
    }
    if duration is None:
        found["dataAbsentReason"] = {"coding": [{"system": _ABSENT, "code": "unknown"}]}
    else:
        found["valueQuantity"] = quantity(duration, "min")
    if device is None:
        found["performer"] = [patient]
    else:
        found["device"] = device
    if recorded.lacks:
        found["note"] = [{"text": "; ".join(recorded.lacks)}]
    found["component"] = list(_components(one))
    return found


def _rating(one: RatingTold, patient: Resource) -> Resource:
    known = {code.key: code for code in RATINGS}
    code = known.get(one.name) or Code(one.name, one.name.replace("_", " "), "{score}")
    found = observation("recorded", "survey", code, patient)
    found["effectiveDateTime"] = one.day.isoformat()
    found["performer"] = [patient]
    found["valueQuantity"] = quantity(one.value, code.unit)
    return found


def _provenance(targets: Iterable[str], maker: str, now: datetime) -> Resource:
    assembler = {"coding": [{"system": _AGENT, "code": "assembler"}]}
    return {
        "resourceType": "Provenance",
        "target": [{"reference": target} for target in targets],
        "recorded": moment(now.astimezone(UTC)),
        "agent": [{"type": assembler, "who": {"reference": maker}}],
    }


def _of_nights(kept: Kept, patient: Resource) -> Iterator[Resource]:
    """Recorders, each once, and the nights they told."""
    devices: dict[tuple[str, str], str] = {}
    for one in kept.nights:
        recorder = (one.instrument, one.recorded.device)
        if one.instrument != _SELF and recorder not in devices:
            made = entry(kept, "device", "\0".join(recorder), _device(*recorder))
            devices[recorder] = made["fullUrl"]
            yield made
        device = {"reference": devices[recorder]} if recorder in devices else None
        yield entry(kept, "night", one.recorded.key, _night(one, patient, device))


def bundle(
    kept: Kept,
    subject: Subject,
    version: str,
    now: datetime,
    others: Iterable[tuple[str, Resource]] = (),
) -> bytes:
    """The bundle as JSON: patient, recorders, nights, ratings, and `others` by their keys.

    `others` are about `patient_of(kept)`. `version` is that of Somnesium and `now` the moment of
    writing.
    """
    first = entry(kept, "patient", "", _patient(subject))
    patient = patient_of(kept)
    told = list(_of_nights(kept, patient))
    for rating in kept.ratings:
        key = f"{rating.day.isoformat()}/{rating.name}"
        told.append(entry(kept, "rating", key, _rating(rating, patient)))
    told += [entry(kept, "other", key, resource) for key, resource in others]
    made = entry(
        kept,
        "maker",
        version,
        {
            "resourceType": "Device",
            "deviceName": [{"name": "Somnesium", "type": "user-friendly-name"}],
            "type": {"text": "software"},
            "version": [{"value": version}],
        },
    )
    targets = [one["fullUrl"] for one in told if one["resource"]["resourceType"] != "Device"]
    shown = [first, made, *told]
    if targets:
        source = _provenance(targets, made["fullUrl"], now)
        shown.append(entry(kept, "provenance", moment(now), source))
    found = {
        "resourceType": "Bundle",
        "identifier": {
            "system": "urn:ietf:rfc:3986",
            "value": f"urn:uuid:{identity(kept, 'bundle', _contents(kept, now))}",
        },
        "type": "collection",
        "timestamp": moment(now.astimezone(UTC)),
        "entry": shown,
    }
    return (json.dumps(printable(found), ensure_ascii=False) + "\n").encode()


def _contents(kept: Kept, now: datetime) -> str:
    days = [one.recorded.night.evening.isoformat() for one in kept.nights]
    days += [dose.evening.isoformat() for dose in kept.doses]
    return f"{min(days, default='')}/{max(days, default='')}/{moment(now)}"
