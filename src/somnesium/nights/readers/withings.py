"""Withings: `sleep.csv` of an account archive, in seconds, its first headers in the user's tongue.

The first columns are known by their order: from, to, then light, deep, REM (newer devices) and
awake, each ending in `(s)`, then the number of wakings.
"""

import csv
import re

from somnesium.nights.readers.clocks import moment
from somnesium.nights.readers.opening import Part
from somnesium.nights.readers.reader import Hints, Items, Reader, each
from somnesium.nights.readers.tables import Row, header_of, rows, text_of
from somnesium.nights.session import Session

_ORDERS = {3: ("light", "deep", "awake"), 4: ("light", "deep", "rem", "awake")}
_WHEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


def _timed(names: tuple[str, ...]) -> int:
    """How many columns after the first two are seconds, in one run."""
    count = 0
    for name in names[2:]:
        if not name.endswith("(s)"):
            break
        count += 1
    return count


def _session(row: Row, hints: Hints, names: tuple[str, ...]) -> Session:
    order = _ORDERS[_timed(names)]

    def minutes(name: str) -> float | None:
        if name not in order:
            return None
        seconds = row.number(names[2 + order.index(name)])
        return None if seconds is None else seconds / 60.0

    begin = moment(row.text(names[0]), hints.zone)
    end = moment(row.text(names[1]), hints.zone)
    light, deep, rem = minutes("light"), minutes("deep"), minutes("rem")
    known = [value for value in (light, deep, rem) if value is not None]
    waited = row.number("duration to sleep (s)")
    return Session(
        source="withings",
        device="Withings",
        where=row.where,
        begin=begin,
        end=end,
        latency=None if waited is None else waited / 60.0,
        duration=sum(known) if known else None,
        light=light,
        slow_wave=deep,
        rem=rem,
        awakenings=row.number(names[2 + len(order)]),
        heart_rate=row.number("average heart rate") or None,
    )


def _read(parts: tuple[Part, ...], hints: Hints) -> Items:
    for part in parts:
        names = header_of(part.head)
        yield from each(rows(part), lambda row, names=names: _session(row, hints, names))


def _recognised(head: bytes) -> bool:
    names = header_of(head)
    if _timed(names) not in _ORDERS or len(names) < 3 + _timed(names):
        return False
    if names[:2] == ("from", "to"):
        return True
    body = [line for line in text_of(head).splitlines()[1:3] if line.strip()]
    try:
        cells = next(csv.reader(body[:1]), [])
    except csv.Error:
        return False
    return len(cells) > 2 and all(_WHEN.match(cell) for cell in cells[:2])


WITHINGS = Reader("withings", "Withings, CSV", _recognised, _read)
"""`sleep.csv` of the account archive, in any language."""
