"""A morning as it was told, out of the store again: to be looked at, corrected, or repeated."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from somnesium.errors import InvalidInput
from somnesium.person.document import read_document
from somnesium.questions.nights.diary import Morning, last_morning
from somnesium.store.days import circumstances, doses_taken, notes, ratings
from somnesium.store.nights import nights
from somnesium.store.open import Store

_FLAGS = ("travel", "illness")


def morning_kept(store: Store, day: date) -> dict[str, Any] | None:
    """The fields of `Morning` as they were told for a day of getting up; None if nothing was.

    Lying awake at the end is part of `awake`, as it is kept.
    """
    near = nights(store, day - timedelta(days=1), day)
    recorded = next((one for one in near if one.key == f"diary/{day.isoformat()}"), None)
    if recorded is None:
        return None
    night, evening = recorded.night, recorded.night.evening
    fields: dict[str, Any] = {
        "day": day.isoformat(),
        "zone": recorded.zone,
        "bed": f"{night.lights_out:%H:%M}",
        "rise": f"{night.rise:%H:%M}",
        "latency": night.latency,
        "awake": night.awake_after_onset,
    }
    if night.awakenings is not None:
        fields["awakenings"] = round(night.awakenings)
    for rating in ratings(store):
        if rating.day == day and rating.name in ("sleepiness", "isi", "psqi"):
            fields[rating.name] = round(rating.value)
    for dose in doses_taken(store):
        if dose.evening == evening:
            fields["dose"] = {"taken": dose.taken, "what": dose.what}
            if dose.taken_at is not None:
                fields["dose"]["at"] = f"{dose.taken_at:%H:%M}"
    for logged in circumstances(store):
        if logged.evening == evening:
            value = bool(logged.value) if logged.name in _FLAGS else logged.value
            fields[logged.name] = logged.text if logged.value is None else value
    for note in notes(store):
        if note.evening == evening:
            fields["note"] = note.text
    return {name: value for name, value in fields.items() if name in Morning.model_fields}


def usual_morning(store: Store, day: date, zone: str) -> Morning | None:
    """What the last morning told, as the morning of a day: times, minutes and dose, no more.

    None before the first, or where those clock times cannot be on that day.
    """
    last = last_morning(store)
    if last is None:
        return None
    table: Mapping[str, Any] = {
        "day": day.isoformat(),
        "zone": zone,
        "bed": last.bed,
        "rise": last.rise,
        "latency": last.latency,
        "awake": last.awake,
    }
    if last.dose_at:
        table = {**table, "dose": {"taken": True, "at": last.dose_at, "what": last.what}}
    try:
        return read_document(table, Morning)
    except InvalidInput:
        return None
