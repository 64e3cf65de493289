"""What I recorded and plan, for others: files in formats that other programs read.

Only what was recorded, told, estimated from what was told, or planned goes out, each marked as
such; nothing simulated does, and no free note.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, NamedTuple, Self, get_args
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from somnesium.answers.intake.amounts import amounts
from somnesium.answers.safety.gate import checked_plan
from somnesium.errors import InvalidInput
from somnesium.exchange.fhir_laboratory import Eaten
from somnesium.exchange.records import Records
from somnesium.person.checked import CheckedPlan
from somnesium.person.document import Document, StartDate, Whole, read_document, refuse
from somnesium.person.record import IntakeQuestion
from somnesium.person.regimen import Regimen
from somnesium.person.request import Request
from somnesium.person.taken import taken_of
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.version import model_version
from somnesium.sources import cite
from somnesium.store.copies import guarded
from somnesium.store.days import circumstances, doses_taken, ratings
from somnesium.store.nights import nights, zone_named
from somnesium.store.open import Store, is_there, opened

Format = Literal["fhir", "open-mhealth", "ics", "csv", "parquet"]
"""What a file is written in."""

FORMATS: tuple[str, ...] = get_args(Format)
"""Every format that can be asked for."""

_FILES: dict[str, tuple[str, str]] = {
    "fhir": ("somnesium-fhir.json", "application/fhir+json"),
    "open-mhealth": ("somnesium-open-mhealth.json", "application/json"),
    "ics": ("somnesium-plan.ics", "text/calendar; charset=utf-8"),
    "csv": ("somnesium-csv.zip", "application/zip"),
    "parquet": ("somnesium-parquet.zip", "application/zip"),
}
_SOURCES: dict[str, tuple[str, ...]] = {
    "fhir": ("hl7fhir2019", "mcdonald2003", "definition#ucum"),
    "open-mhealth": ("openmhealth2024",),
    "ics": ("desruisseaux2009",),
    "csv": ("definition#table-schema",),
    "parquet": ("definition#table-schema",),
}
_DAY = timedelta(days=1)


class ShareDetails(Document):
    """Of which evenings, and about whom.

    `request` is the person's own document: `ics` needs it, `fhir` can do without, and the others
    hold only what was recorded. A calendar begins on `first`, or else on the document's own start
    or today, and ends on `last`, or else after the document's days. `name` and `born` (a year) go
    out only if told here.
    """

    first: StartDate | None = Field(default=None, description="first evening; all if left out")
    last: StartDate | None = Field(default=None, description="last evening")
    request: Request | None = None
    name: str = Field(default="", max_length=200, description="a name, only for fhir")
    born: Whole | None = Field(default=None, ge=1900, le=2100, description="year, only for fhir")


class ShareQuestion(ShareDetails):
    """What to write, and in which format."""

    format: Format = Field(description="fhir, open-mhealth, ics, csv or parquet")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """Refuse what the format cannot hold, and days the wrong way round."""
        if self.format == "ics" and self.request is None:
            raise refuse("a person's document with a plan", "give one", "request", "nothing")
        if self.format not in ("fhir", "ics") and self.request is not None:
            fix = f"{self.format} holds what was recorded: leave the document out"
            raise refuse("nothing", fix, "request", self.request.name or "a document")
        for field in ("name", "born"):
            if self.format != "fhir" and getattr(self, field):
                raise refuse("nothing, unless the format is fhir", "", field, getattr(self, field))
        if self.first is not None and self.last is not None and self.last < self.first:
            allowed = f"an evening from {self.first.isoformat()} on"
            raise refuse(allowed, "change one of them", "last", self.last.isoformat())
        return self


class ShareAnswer(Answer):
    """What a file holds: how many of each, and what the format could not hold."""

    format: Format
    file: str = Field(description="a name for the file")
    media_type: str
    counts: dict[str, int]
    left_out: tuple[str, ...]
    summary: tuple[str, ...]


class Shared(NamedTuple):
    """The file, and what is in it."""

    content: bytes
    answer: ShareAnswer


def _within(question: ShareQuestion, evening: date) -> bool:
    return (question.first or date.min) <= evening <= (question.last or date.max)


def _records(store: Store | None, question: ShareQuestion) -> Records:
    """What the store holds of the evenings asked for; ratings are of the morning after."""
    if store is None:
        return Records()
    every = nights(store)
    return Records(
        nights=tuple(one for one in every if _within(question, one.night.evening)),
        doses=tuple(dose for dose in doses_taken(store) if _within(question, dose.evening)),
        ratings=tuple(one for one in ratings(store) if _within(question, one.day - _DAY)),
        circumstances=tuple(one for one in circumstances(store) if _within(question, one.evening)),
        owner=min((one.recorded_at.isoformat() for one in every if one.recorded_at), default=""),
    )


def _eaten(plan: CheckedPlan) -> Eaten | None:
    """Magnesium in the food and water of a document, a day; None where none is known."""
    fields: dict[str, Any] = {
        name: getattr(plan.request, name) for name in ("person", "diet", "days", "start")
    }
    found = amounts(read_document(fields, IntakeQuestion), taken_of(Regimen(), 0))
    return Eaten(found.total_mg, found.total_interval90) if found.total_mg > 0.0 else None


def _fhir(
    question: ShareQuestion, plan: CheckedPlan | None, records: Records, now: datetime
) -> bytes:
    from somnesium.exchange.fhir import Resource, Subject, bundle, patient_of
    from somnesium.exchange.fhir_laboratory import laboratory_and_intake
    from somnesium.exchange.fhir_medicines import planned, taken

    patient, request = patient_of(records), None if plan is None else plan.request
    others: list[tuple[str, Resource]] = list(taken(records, patient))
    if plan is not None and request is not None:
        others += laboratory_and_intake(request.person, _eaten(plan), records, patient, now)
        start = request.start if "start" in request.model_fields_set else None
        others += planned(plan, patient, start)
    sex = "" if request is None else request.person.sex
    subject = Subject(sex, question.name, question.born)
    return bundle(records, subject, model_version(), now, others)


def _dated(question: ShareQuestion, now: datetime) -> Request:
    """The document of a calendar, moved to the days asked for."""
    request = question.request
    assert request is not None
    first = question.first
    if first is None:
        today = now.astimezone(ZoneInfo(request.habits.time_zone)).date()
        first = request.start if "start" in request.model_fields_set else today
    days = request.days if question.last is None else (question.last - first).days + 1
    changed = {"start": first.isoformat(), "days": days}
    return read_document(request.model_dump(exclude_unset=True) | changed, Request)


def _content(
    question: ShareQuestion, plan: CheckedPlan | None, records: Records, now: datetime
) -> tuple[bytes, tuple[str, ...]]:
    """The file in the format asked for, and what could not be told in it."""
    left: list[str] = []
    if question.format in ("fhir", "open-mhealth") and records.circumstances:
        left.append(f"{_many(len(records.circumstances), 'circumstance')}, as no code is agreed on")
    if question.format == "fhir":
        return _fhir(question, plan, records, now), tuple(left)
    if question.format == "open-mhealth":
        from somnesium.exchange.open_mhealth import data_points

        zones = {dose.zone: zone_named(dose.zone) for dose in records.doses}
        points = data_points(records, zones, now)
        if records.ratings:
            left.append(f"{_many(len(records.ratings), 'rating')}, as no schema fits")
        return points.content, (*left, *points.left_out)
    if question.format == "ics" and plan is not None:
        from somnesium.exchange.plan_calendar import plan_calendar

        return plan_calendar(plan, now.astimezone(UTC)), ()
    from somnesium.exchange.tables import csv_zip, parquet_zip, rows_of

    rows, version = rows_of(records), model_version()
    if question.format == "csv":
        return csv_zip(rows, version, guarded), ()
    return parquet_zip(rows, version), ()


def _require_something(question: ShareQuestion, counts: dict[str, int]) -> None:
    """Refuse an empty file: a document by itself is enough for a calendar or a bundle."""
    if question.request is None and not any(counts.values()):
        fix = "import or record nights first, or choose other evenings"
        raise InvalidInput.field("store", "nothing in these evenings", "nights or doses", fix)


def _plan(question: ShareQuestion, now: datetime) -> CheckedPlan | None:
    """The document's plan, checked; of a calendar on the days asked for."""
    if question.request is None:
        return None
    return checked_plan(_dated(question, now) if question.format == "ics" else question.request)


def _many(n: int, things: str) -> str:
    """`1 night`, `2 nights`; `things` may be the plural already."""
    one = things.removesuffix("s")
    return f"{n} {one if n == 1 else one + 's'}"


def _counted(question: ShareQuestion, plan: CheckedPlan | None, records: Records) -> dict[str, int]:
    if question.format == "ics" and plan is not None:
        return {"lines": len(plan.regimen.intakes), "days": plan.request.days}
    told = ("nights", "doses", "ratings", "circumstances")
    found = {name: len(getattr(records, name)) for name in told}
    if question.format in ("fhir", "open-mhealth"):
        del found["circumstances"]
    if question.format == "open-mhealth":
        del found["ratings"]
    return found


def share(store: Store | None, question: ShareQuestion, now: datetime) -> Shared:
    """The file asked for, out of a store (None: there is none yet) and a document.

    Raises `InvalidInput` where nothing was kept, and `UnsafePlan` for a document whose plan is
    refused. `now` is the moment of writing.
    """
    plan = _plan(question, now)
    cautions = () if plan is None else plan.cautions
    records = Records() if question.format == "ics" else _records(store, question)
    counts = _counted(question, plan, records)
    _require_something(question, counts)
    content, left = _content(question, plan, records, now)
    name, media_type = _FILES[question.format]
    held = ", ".join(_many(n, what) for what, n in counts.items())
    keys = [*_SOURCES[question.format], *(key for one in cautions for key in one.sources)]
    return Shared(
        content,
        ShareAnswer(
            cautions=cautions,
            sources=tuple(Source(**cite(key)) for key in dict.fromkeys(keys)),
            model_version=model_version(),
            format=question.format,
            file=name,
            media_type=media_type,
            counts=counts,
            left_out=left,
            summary=(
                f"In the file: {held}.",
                *(f"Left out: {one}." for one in left),
                "It holds health data. Give it only to people you trust.",
            ),
        ),
    )


def share_from(place: str | None, question: ShareQuestion, now: datetime) -> Shared:
    """The same out of the store at a place (None: one's own); no store is made for it."""
    if question.format == "ics" or not is_there(place):
        return share(None, question, now)
    with opened(place) as store:
        return share(store, question, now)
