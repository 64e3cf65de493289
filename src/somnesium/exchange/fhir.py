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
from somnesium.exchange.records import Records, identity, printable
from somnesium.nights.recorded import Rating, RecordedNight

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


def patient_of(records: Records) -> Resource:
    """The reference to the person whom a bundle is about."""
    return {"reference": f"urn:uuid:{identity(records, 'patient', '')}"}


def entry(records: Records, kind: str, key: str, resource: Resource) -> Resource:
    """A resource in its place in the bundle, under a name that stays the same."""
    name = str(identity(records, kind, key))
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
    patient: Resource = {"resourceType": "Patient"}
    if subject.name:
        patient["name"] = [{"text": subject.name}]
    if subject.sex:
        patient["gender"] = subject.sex
    if subject.born is not None:
        patient["birthDate"] = f"{subject.born:04d}"
    return patient


def _device(name: str, kind: str) -> Resource:
    return {
        "resourceType": "Device",
        "deviceName": [{"name": name, "type": "user-friendly-name"}],
        "type": {"text": kind},
    }


def _period(recorded: RecordedNight) -> Resource:
    """Lights-out to rise, with offset, and with the zone's name where it has one."""
    night, zone = recorded.night, recorded.zone
    period: Resource = {"start": moment(night.lights_out), "end": moment(night.rise)}
    if zone == "UTC" or not zone.startswith("UTC"):  # no mere offset
        extension = {"extension": [{"url": _ZONE, "valueCode": zone}]}
        period |= {"_start": extension, "_end": extension}
    return period


def _components(recorded: RecordedNight) -> Iterator[Resource]:
    """Everything the night tells beside its duration; what is not known is left out."""
    for code in MEASURES[1:]:
        value = recorded.measure(code.key)
        if value is not None:
            yield {"code": coded(code), "valueQuantity": quantity(value, code.unit)}
    nap = Code("nap", "whether it was a nap", "")
    yield {"code": coded(nap), "valueBoolean": recorded.night.nap}


def _recorder(instrument: str) -> str:
    return instrument.replace("_", " ") or "sleep recorder"


def _night(recorded: RecordedNight, patient: Resource, device: Resource | None) -> Resource:
    """A night or nap as one observation."""
    duration = recorded.night.duration
    observed = observation("recorded", "activity", MEASURES[0], patient)
    method = f"{_recorder(recorded.instrument)}, file: {recorded.source}"
    observed |= {
        "identifier": [{"system": "urn:somnesium:night", "value": recorded.key}],
        "effectivePeriod": _period(recorded),
        "issued": moment((recorded.recorded_at or recorded.night.rise).astimezone(UTC)),
        "method": {"text": "sleep diary" if recorded.instrument == _SELF else method},
    }
    if duration is None:
        observed["dataAbsentReason"] = {"coding": [{"system": _ABSENT, "code": "unknown"}]}
    else:
        observed["valueQuantity"] = quantity(duration, "min")
    if device is None:
        observed["performer"] = [patient]
    else:
        observed["device"] = device
    if recorded.lacks:
        observed["note"] = [{"text": "; ".join(recorded.lacks)}]
    observed["component"] = list(_components(recorded))
    return observed


def _rating(rating: Rating, patient: Resource) -> Resource:
    named = Code(rating.name, rating.name.replace("_", " "), "{score}")
    code = {code.key: code for code in RATINGS}.get(rating.name, named)
    return observation("recorded", "survey", code, patient) | {
        "effectiveDateTime": rating.day.isoformat(),
        "performer": [patient],
        "valueQuantity": quantity(rating.value, code.unit),
    }


def _provenance(targets: Iterable[str], maker: str, now: datetime) -> Resource:
    assembler = {"coding": [{"system": _AGENT, "code": "assembler"}]}
    return {
        "resourceType": "Provenance",
        "target": [{"reference": target} for target in targets],
        "recorded": moment(now.astimezone(UTC)),
        "agent": [{"type": assembler, "who": {"reference": maker}}],
    }


def _of_nights(records: Records, patient: Resource) -> Iterator[Resource]:
    """Recorders, each once, and the nights they told."""
    devices: dict[tuple[str, str], str] = {}
    for night in records.nights:
        recorder = (night.instrument, night.device)
        if night.instrument != _SELF and recorder not in devices:
            kind = _recorder(night.instrument)
            # A recorder without a name of its own has that of its kind, which may be empty.
            name = night.device or night.instrument.replace("_", " ")
            resource = entry(records, "device", "\0".join(recorder), _device(name, kind))
            devices[recorder] = resource["fullUrl"]
            yield resource
        device = {"reference": devices[recorder]} if recorder in devices else None
        yield entry(records, "night", night.key, _night(night, patient, device))


def bundle(
    records: Records,
    subject: Subject,
    version: str,
    now: datetime,
    others: Iterable[tuple[str, Resource]] = (),
) -> bytes:
    """The bundle as JSON: patient, recorders, nights, ratings, and `others` by their keys.

    `others` are about `patient_of(records)`. `version` is that of Somnesium and `now` the moment of
    writing.
    """
    patient = patient_of(records)
    resources = list(_of_nights(records, patient))
    for rating in records.ratings:
        key = f"{rating.day.isoformat()}/{rating.name}"
        resources.append(entry(records, "rating", key, _rating(rating, patient)))
    resources += [entry(records, "other", key, resource) for key, resource in others]
    software = _device("Somnesium", "software") | {"version": [{"value": version}]}
    maker = entry(records, "maker", version, software)
    urls = [r["fullUrl"] for r in resources if r["resource"]["resourceType"] != "Device"]
    entries = [entry(records, "patient", "", _patient(subject)), maker, *resources]
    if urls:
        source = _provenance(urls, maker["fullUrl"], now)
        entries.append(entry(records, "provenance", moment(now), source))
    contents = {
        "resourceType": "Bundle",
        "identifier": {
            "system": "urn:ietf:rfc:3986",
            "value": f"urn:uuid:{identity(records, 'bundle', _contents(records, now))}",
        },
        "type": "collection",
        "timestamp": moment(now.astimezone(UTC)),
        "entry": entries,
    }
    return (json.dumps(printable(contents), ensure_ascii=False) + "\n").encode()


def _contents(records: Records, now: datetime) -> str:
    days = [recorded.night.evening.isoformat() for recorded in records.nights]
    days += [dose.evening.isoformat() for dose in records.doses]
    return f"{min(days, default='')}/{max(days, default='')}/{moment(now)}"
