"""Google Health's Takeout tables of 2026: `UserSleeps_….csv`, and `sleep_score.csv` beside them.

Times are universal, and the sleeps carry their offset. A score tells its waking time alone, and
is joined to the sleep that ended then; -1 and blanks are missing.
"""

from datetime import datetime

from somnesium.nights.readers.clocks import moment, offset
from somnesium.nights.readers.opening import Part
from somnesium.nights.readers.reader import Hints, Items, Reader, Unreadable
from somnesium.nights.readers.tables import Row, header_of, rows
from somnesium.nights.session import Rejected, Session, checked

_SLEEPS = {"sleep_start", "sleep_end", "minutes_asleep"}
_SCORES = {"sleep_log_entry_id", "timestamp", "deep_sleep_in_minutes"}
_SAME = 60.0
"""Seconds within which a score's waking time is a sleep's end."""


def _known(row: Row, name: str) -> float | None:
    number = row.number(name)
    return None if number is None or number < 0.0 else number


def _session(row: Row, hints: Hints) -> Session:
    begin_offset = row.text("start_utc_offset")
    begin = moment(
        row.text("sleep_start"), hints.zone or (offset(begin_offset) if begin_offset else None)
    )
    end_offset = row.text("end_utc_offset")
    end = moment(
        row.text("sleep_end"), hints.zone or (offset(end_offset) if end_offset else begin.tzinfo)
    )
    return Session(
        source="google_csv",
        device=row.text("data_source") or "Google Health",
        where=row.where,
        begin=begin,
        end=end,
        key=row.text("sleep_id"),
        latency=_known(row, "minutes_to_fall_asleep"),
        duration=_known(row, "minutes_asleep"),
    )


class _Sleeps:
    """Sleeps by the minute in which they ended, for scores to be joined to."""

    def __init__(self) -> None:
        self.found: list[Session] = []
        self._ends: dict[int, int] = {}

    def add(self, session: Session) -> None:
        """Keep a sleep."""
        minute = int(session.end.timestamp() // _SAME)
        self._ends.setdefault(minute, len(self.found))
        self.found.append(session)

    def join(self, woke: datetime, deep: float | None) -> bool:
        """Add a score's row to the sleep that ended at `woke`; False if there is none."""
        second = woke.timestamp()
        minute = int(second // _SAME)
        known = [self._ends[m] for m in (minute - 1, minute, minute + 1) if m in self._ends]
        near = [k for k in known if abs(self.found[k].end.timestamp() - second) <= _SAME]
        if not near:
            return False
        session = self.found[near[0]]
        told = session.slow_wave if deep is None else deep
        self.found[near[0]] = session._replace(rows=session.rows + 1, slow_wave=told)
        return True


def _read(parts: tuple[Part, ...], hints: Hints) -> Items:
    sleeps = _Sleeps()
    scores = []
    for part in parts:
        if set(header_of(part.head)) >= _SCORES:
            scores.append(part)
            continue
        for row in rows(part):
            try:
                sleep = checked(_session(row, hints))
            except Unreadable as error:
                sleep = Rejected(row.where, str(error))
            if isinstance(sleep, Rejected):
                yield sleep
            else:
                sleeps.add(sleep)
    for part in scores:
        for row in rows(part):
            try:
                deep = _known(row, "deep_sleep_in_minutes")
                joined = sleeps.join(moment(row.text("timestamp"), None), deep)
                reason = "a score alone: the sleep it belongs to is not in the export"
            except Unreadable as error:
                joined, reason = False, str(error)
            if not joined:
                yield Rejected(row.where, reason)
    for session in sleeps.found:
        yield checked(session)


def _recognised(head: bytes) -> bool:
    names = set(header_of(head))
    return names >= _SLEEPS or names >= _SCORES


GOOGLE_CSV = Reader("google_csv", "Google Health Takeout, CSV", _recognised, _read)
"""The Takeout tables that came in 2026."""
