"""Garmin Connect: replies with a `dailySleepDTO`, and the account export's `…sleepData.json`.

Times named GMT are milliseconds since 1970 or ISO texts without a zone; those named Local are the
same shifted by the offset, so their difference is the offset. Empty nights are there with nulls.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from somnesium.nights.readers.cells import child, listed, minutes, value, words
from somnesium.nights.readers.clocks import epoch, wall
from somnesium.nights.readers.documents import Item, is_json, items
from somnesium.nights.readers.reader import Hints, Reader, Unreadable, by_row, required_zone
from somnesium.nights.session import Session
from somnesium.nights.stretches import Stage, Stretch, flat

_LEVELS: dict[float, Stage] = {0.0: "deep", 1.0: "light", 2.0: "rem", 3.0: "awake"}


def _moment(table: Mapping[str, object], name: str, zone: tzinfo) -> datetime | None:
    """A universal time in milliseconds or as text; None if it is null."""
    found = table.get(name)
    if found is None or found == "":
        return None
    if isinstance(found, str):
        return wall(found.removesuffix("Z")).replace(tzinfo=UTC).astimezone(zone)
    return epoch(value(table, name) or 0.0, zone)


def _zone(table: Mapping[str, object], hints: Hints) -> tzinfo:
    """The zone named, or the offset that Local less GMT tells."""
    if hints.zone is not None:
        return hints.zone
    moments = [_moment(table, f"sleepStartTimestamp{name}", UTC) for name in ("GMT", "Local")]
    if moments[0] is None or moments[1] is None:
        return required_zone(hints, "this Garmin export")
    minutes = round((moments[1] - moments[0]) / timedelta(minutes=1))
    if abs(minutes) > 18 * 60:
        raise Unreadable("its local time is not that of any place")
    return timezone(timedelta(minutes=minutes)) if minutes else UTC


def _stages(levels: list[Mapping[str, object]], zone: tzinfo) -> tuple[Stretch, ...]:
    found = []
    for level in levels:
        stage = _LEVELS.get(value(level, "activityLevel") or 0.0)
        begin, end = (_moment(level, name, zone) for name in ("startGMT", "endGMT"))
        if stage is not None and begin is not None and end is not None:
            found.append(Stretch(stage, begin, end))
    return flat(found)


def _session(item: Item, hints: Hints) -> Session:
    outer = item.table
    table = child(outer, "dailySleepDTO") or outer
    if table.get("sleepStartTimestampGMT") is None:
        raise Unreadable("a day without a night")
    zone = _zone(table, hints)
    begin = _moment(table, "sleepStartTimestampGMT", zone)
    end = _moment(table, "sleepEndTimestampGMT", zone)
    if begin is None or end is None:
        raise Unreadable("a day without a night")
    staged = {
        name: minutes(table, key)
        for name, key in (
            ("light", "lightSleepSeconds"),
            ("slow_wave", "deepSleepSeconds"),
            ("rem", "remSleepSeconds"),
        )
    }
    known = [found for found in staged.values() if found is not None]
    slept = minutes(table, "sleepTimeSeconds")
    return Session(
        source="garmin",
        device="Garmin",
        where=item.where,
        begin=begin,
        end=end,
        key=words(table, "calendarDate"),
        nap=False,
        opportunity=False,
        duration=slept if slept is not None else sum(known) if known else None,
        awakenings=value(table, "awakeCount"),
        heart_rate=value(table, "avgHeartRate"),
        stages=_stages(listed(outer, "sleepLevels"), zone),
    )._replace(**staged)


def _recognised(head: bytes) -> bool:
    return is_json(head, "dailySleepDTO") or is_json(head, "sleepStartTimestampGMT")


GARMIN = Reader("garmin", "Garmin Connect, JSON", _recognised, by_row(items(), _session))
"""Daily sleep of the API, or `…_sleepData.json` of an account export."""
