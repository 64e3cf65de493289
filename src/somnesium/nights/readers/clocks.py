"""Dates, clock times and zones as exports write them, into moments that know their zone."""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from somnesium.nights.readers.reader import Unreadable

_YEARS = (1990, 2100)
_LONGEST = 80
"""Characters of the longest date or time anybody writes."""
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*(?:Z|([+-])(\d{1,2}):?(\d{2})?)?", re.IGNORECASE)
_SPACED = re.compile(r"\s+(?=(?:[+-]\d{2}:?\d{2}|Z)$)")


def _likely(when: datetime, text: object) -> datetime:
    if not _YEARS[0] <= when.year <= _YEARS[1]:
        raise Unreadable(f"its date cannot be: {_shown(text)}")
    return when


def _shown(text: object) -> str:
    words = str(text)
    return repr(words if len(words) <= 40 else words[:37] + "...")


def _short(text: str) -> str:
    """A text stripped, if it is short enough to be a time."""
    if len(text) > _LONGEST:
        raise Unreadable(f"no date or time: {_shown(text)}")
    return text.strip()


def zone_named(name: str) -> ZoneInfo:
    """The IANA zone of a name; `Unreadable` if there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Unreadable(f"no such time zone: {_shown(name)}") from None


def offset(text: str) -> timezone:
    """An offset such as `UTC+01:00`, `+0100`, `-05:00`, `UTCZ` or `Z`."""
    parts = _OFFSET.fullmatch(_short(text))
    if not text.strip() or parts is None:
        raise Unreadable(f"no offset from universal time: {_shown(text)}")
    sign, hours, minutes = parts.groups()
    if sign is None:
        return UTC
    span = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if span > timedelta(hours=18):
        raise Unreadable(f"no offset from universal time: {_shown(text)}")
    return timezone(span if sign == "+" else -span)


def moment(text: str, zone: tzinfo | None) -> datetime:
    """An ISO time with an offset, shown in `zone` if one is known."""
    when = _iso(text)
    if when.tzinfo is None:
        raise Unreadable(f"a time without a zone: {_shown(text)}")
    return when.astimezone(zone) if zone is not None else _fixed(when)


def _fixed(when: datetime) -> datetime:
    """The same moment with a plain offset."""
    span = when.utcoffset() or timedelta(0)
    return when.replace(tzinfo=timezone(span) if span else UTC)


def _iso(text: str) -> datetime:
    try:
        when = datetime.fromisoformat(_SPACED.sub("", _short(text)))
    except ValueError:
        raise Unreadable(f"no date and time: {_shown(text)}") from None
    return _likely(when, text)


def wall(text: str, *formats: str) -> datetime:
    """A clock time with its date and no zone: ISO, or the first of `formats` that fits."""
    for format in formats:
        try:
            when = datetime.strptime(_short(text), format)
        except ValueError:
            continue
        return _likely(when.replace(tzinfo=None), text)
    when = _iso(text)
    if when.tzinfo is not None:
        raise Unreadable(f"a time with an offset where none belongs: {_shown(text)}")
    return when


def epoch(value: float, zone: tzinfo | None, per_second: float = 1000.0) -> datetime:
    """A moment counted from 1970 in universal time, in milliseconds unless told otherwise."""
    try:
        when = datetime.fromtimestamp(value / per_second, UTC)
    except (OverflowError, ValueError, OSError):
        raise Unreadable(f"its date cannot be: {_shown(value)}") from None
    return _likely(when, value).astimezone(zone or UTC)


def day(text: str) -> date:
    """An ISO date."""
    try:
        found = date.fromisoformat(_short(text))
    except ValueError:
        raise Unreadable(f"no date: {_shown(text)}") from None
    if not _YEARS[0] <= found.year <= _YEARS[1]:
        raise Unreadable(f"its date cannot be: {_shown(text)}")
    return found


def clock(text: str) -> timedelta:
    """A clock time such as `22:45`, `22:45:30`, `10:45 PM` or `7.05`, since midnight."""
    parts = re.fullmatch(
        r"(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?\s*([ap])?\.?m?\.?", _short(text).lower()
    )
    if parts is None:
        raise Unreadable(f"no clock time: {_shown(text)}")
    hour, minute, second = int(parts[1]), int(parts[2]), int(parts[3] or 0)
    if parts[4]:
        if not 1 <= hour <= 12:
            raise Unreadable(f"no clock time: {_shown(text)}")
        hour = hour % 12 + (12 if parts[4] == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise Unreadable(f"no clock time: {_shown(text)}")
    return timedelta(hours=hour, minutes=minute, seconds=second)


def placed(when: datetime, zone: tzinfo, later: bool = False) -> datetime:
    """A wall-clock time in its zone; one that a clock change skipped is moved past the gap.

    An hour that comes twice is read as its first coming, or as its second if `later`.
    """
    aware = when.replace(tzinfo=zone, fold=1 if later else 0)
    return aware.astimezone(UTC).astimezone(zone)


def between(
    begin: datetime, end: datetime, zone: tzinfo, minutes: float | None = None
) -> tuple[datetime, datetime]:
    """Two wall-clock times in their zone. `minutes` between them, if told, settles a double hour.

    Without it an hour that comes twice is read so that the end follows the beginning.
    """
    pairs = [
        (placed(begin, zone, first), placed(end, zone, second))
        for first in (False, True)
        for second in (False, True)
    ]
    lengths = [(b.timestamp() - a.timestamp()) / 60.0 for a, b in pairs]
    if minutes is not None:
        best = min(range(4), key=lambda k: abs(lengths[k] - minutes))
    else:
        best = next((k for k in range(4) if lengths[k] > 0.0), 0)
    return pairs[best]
