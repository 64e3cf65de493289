"""Sessions into nights: one source for each night, pieces joined, naps apart, nothing twice."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import UTC, date, timedelta
from itertools import pairwise
from typing import NamedTuple

from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.nights.ledger import Ledger, LedgerEntry, balanced
from somnesium.nights.night import Night
from somnesium.nights.recorded import RecordedNight, evening_of
from somnesium.nights.session import MEASURED, Rejected, Session, checked, zone_of
from somnesium.nights.stretches import Stretch, overlaid

GAP = timedelta(minutes=60)
"""Sessions of one recorder at most so far apart are one night (vanhees2018)."""

_WIDE_GAP, _LONG = timedelta(hours=3), timedelta(minutes=90)
"""Two long pieces of one evening are one broken night up to so far apart.

Our judgement (judgement#sleep-import).
"""

_MOST_ROWS = 2_000_000
"""A life has thirty thousand nights (definition#import-limits)."""

_DAY = (9, 20)
"""Hours between which a short sleep begins that is a nap although nobody said so."""
_SHORT = timedelta(hours=3)
"""Shorter daytime sleeps are naps where the file does not say (judgement#sleep-import)."""


class Merged(NamedTuple):
    """Nights and naps by time, and what became of every row."""

    nights: tuple[RecordedNight, ...]
    ledger: Ledger


class _Piece(NamedTuple):
    """Sessions joined into one sleep of one recorder, and where they stood in the file."""

    session: Session
    places: tuple[tuple[str, int], ...]


def merge(items: Iterable[Session | Rejected]) -> Merged:
    """Nights out of what a reader yields, in any order, and the ledger of every row.

    Naps are kept apart. Of the recorders that tell one night, the one that tells most is taken;
    the others' rows are rejected with that reason, and nothing is summed over recorders.
    """
    entries: list[LedgerEntry] = []
    sessions: list[Session] = []
    rows = 0
    for item in items:
        rows += item.rows
        if len(entries) + len(sessions) >= _MOST_ROWS:
            fix = "export a shorter time"
            raise InvalidInput.field(
                "file", "too many rows", f"at most {say.count(_MOST_ROWS)}", fix
            )
        if isinstance(item, Rejected):
            entries.append(LedgerEntry(item.where, item.rows, "rejected", item.reason, None))
        else:
            sessions.append(item)
    unique, repeated = _unique(sessions)
    entries += repeated
    pieces, lost = _joined(_naps_decided(unique))
    entries += lost
    chosen, refused = _chosen(pieces)
    entries += refused
    nights = []
    for piece in chosen:
        session = piece.session
        evening = evening_of(session.begin)
        verdict, reason = ("partial" if session.lacks else "accepted"), "; ".join(session.lacks)
        entries += [LedgerEntry(where, n, verdict, reason, evening) for where, n in piece.places]
        nights.append(_recorded(session))
    return Merged(tuple(nights), balanced(rows, entries))


def _unique(sessions: Sequence[Session]) -> tuple[list[Session], list[LedgerEntry]]:
    """Each episode once: the last told of one recorder's number, the first of equal times."""
    entries: list[LedgerEntry] = []
    numbered: dict[tuple, Session] = {}
    for session in sessions:
        name = (session.source, session.device)
        key = (*name, session.key, "" if session.key else session.where)
        if key in numbered:
            entries.append(_again(numbered[key]))
        numbered[key] = session
    timed: dict[tuple, Session] = {}
    for session in numbered.values():
        key = (session.source, session.device, session.since, session.until)
        if key in timed:
            entries.append(_again(session))
        else:
            timed[key] = session
    return list(timed.values()), entries


def _again(session: Session) -> LedgerEntry:
    return LedgerEntry(
        session.where, session.rows, "rejected", "the same sleep is told again", None
    )


def _naps_decided(sessions: Sequence[Session]) -> list[Session]:
    """Sessions of which nobody said whether they are naps, decided by their hour and length."""
    return [
        session._replace(nap=_is_short_by_day(session)) if session.nap is None else session
        for session in sessions
    ]


def _is_short_by_day(session: Session) -> bool:
    by_day = _DAY[0] <= session.begin.hour < _DAY[1]
    return by_day and session.time_in_bed < _SHORT / timedelta(minutes=1)


# --- one recorder's pieces of one night ------------------------------------------------------


def _joined(sessions: Sequence[Session]) -> tuple[list[_Piece], list[LedgerEntry]]:
    """Pieces of one recorder that overlap or nearly touch, as one sleep; the rest as they are."""
    ordered = sorted(sessions, key=lambda s: (s.source, s.device, bool(s.nap), s.since))
    groups: list[list[Session]] = []
    latest = 0.0
    for session in ordered:
        if groups and _one_sleep(groups[-1], latest, session):
            groups[-1].append(session)
            latest = max(latest, session.until)
        else:
            groups.append([session])
            latest = session.until
    pieces, entries = [], []
    for group in groups:
        places = tuple((session.where, session.rows) for session in group)
        sleep = _one(group)
        if isinstance(sleep, Rejected):
            entries += [LedgerEntry(at, n, "rejected", sleep.reason, None) for at, n in places]
        else:
            pieces.append(_Piece(sleep, places))
    return _one_night_an_evening(pieces), entries


def _one_night_an_evening(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Of one recorder's sleeps of one evening the longest is the night, the rest are naps."""
    longest: dict[tuple, _Piece] = {}
    for piece in pieces:
        session = piece.session
        key = (session.source, session.device, evening_of(session.begin))
        best = longest.get(key)
        if not session.nap and (best is None or session.time_in_bed > best.session.time_in_bed):
            longest[key] = piece
    main = set(map(id, longest.values()))
    return [
        piece if id(piece) in main else piece._replace(session=piece.session._replace(nap=True))
        for piece in pieces
    ]


def _one_sleep(before: Sequence[Session], latest: float, session: Session) -> bool:
    """Whether a session goes on with the pieces before it, the last of which ended at `latest`."""
    if not _kin(before[0], session):
        return False
    gap = timedelta(seconds=session.since - latest)
    long = min(before[-1].time_in_bed, session.time_in_bed) >= _LONG / timedelta(minutes=1)
    same = evening_of(before[0].begin) == evening_of(session.begin)
    return gap <= GAP or (gap <= _WIDE_GAP and long and same and not session.nap)


def _kin(one: Session, other: Session) -> bool:
    return (one.source, one.device, one.nap) == (other.source, other.device, other.nap)


def _one(group: Sequence[Session]) -> Session | Rejected:
    """Several sessions as one: never summed where they overlap, awake between them."""
    if len(group) == 1:
        return group[0]
    first, last = group[0], max(group, key=lambda one: one.until)
    if any(a.until > b.since for a, b in pairwise(group)):
        best = max(group, key=_worth)
        lack = "sessions of one recorder overlap: the one that tells most is taken"
        return best._replace(lacks=(*best.lacks, lack))
    sums = {name: _summed(group, name) for name in ("duration", "light", "slow_wave", "rem")}
    breaks = len(group) - 1
    awakenings = _summed(group, "awakenings")
    stages = tuple(stretch for session in group for stretch in session.stages)
    if stages:
        between = [
            Stretch("awake", a.end, b.begin) for a, b in pairwise(group) if b.since > a.until
        ]
        stages = overlaid(stages, between)
    return checked(
        first._replace(
            **sums,
            end=last.end,
            rows=sum(one.rows for one in group),
            stages=stages,
            awake_after_onset=None,
            efficiency=None,
            rem_latency=None,
            awakenings=None if awakenings is None else awakenings + breaks,
            heart_rate=_averaged(group, "heart_rate"),
            rmssd=_averaged(group, "rmssd"),
            lacks=tuple(dict.fromkeys(text for one in group for text in one.lacks)),
        )
    )


def _summed(group: Sequence[Session], name: str) -> float | None:
    """A sum over the pieces; None if any piece does not tell it."""
    values = [getattr(session, name) for session in group]
    return None if None in values else sum(values)


def _averaged(group: Sequence[Session], name: str) -> float | None:
    """A mean over the pieces that tell it, by their length."""
    pairs = [(getattr(session, name), session.time_in_bed) for session in group]
    weighed = [(value, length) for value, length in pairs if value is not None]
    if not weighed:
        return None
    return sum(value * length for value, length in weighed) / sum(length for _, length in weighed)


# --- one source for each night ---------------------------------------------------------------


def _worth(session: Session) -> tuple[bool, bool, bool, int, float, str]:
    """How much a session tells: asleep at all, stages, time in bed, measures, length."""
    known = sum(getattr(session, name) is not None for name in MEASURED)
    return (
        session.duration is not None,
        session.slow_wave is not None,
        session.opportunity,
        known,
        session.time_in_bed,
        f"{session.source} {session.device}",
    )


def _chosen(pieces: Sequence[_Piece]) -> tuple[list[_Piece], list[LedgerEntry]]:
    """The best teller of each night first; what another has told already is refused."""
    order = sorted(pieces, key=lambda one: one.session.since)
    order.sort(key=lambda one: _worth(one.session), reverse=True)
    order.sort(key=lambda one: bool(one.session.nap))
    taken = _Taken()
    chosen, entries = [], []
    for piece in order:
        session, evening = piece.session, evening_of(piece.session.begin)
        rival = taken.rival(session, evening)
        if rival is None:
            taken.add(session, evening)
            chosen.append(piece)
            continue
        same = (rival.source, rival.device) == (session.source, session.device)
        by = rival.device or rival.source
        reason = "it overlaps another sleep" if same else f"this time is told better by {by}"
        entries += [LedgerEntry(where, n, "rejected", reason, evening) for where, n in piece.places]
    return sorted(chosen, key=lambda one: one.session.since), entries


class _Taken:
    """Sleeps already chosen, none of which overlap, in order and by evening."""

    def __init__(self) -> None:
        self._begins: list[float] = []
        self._sleeps: list[Session] = []
        self._evenings: dict[date, Session] = {}

    def rival(self, session: Session, evening: date) -> Session | None:
        """A chosen sleep at the same time, or another recorder's of the same night."""
        if not session.nap:
            other = self._evenings.get(evening)
            if other is not None and not _kin(other, session):
                return other
        at = bisect_left(self._begins, session.until)
        before = self._sleeps[at - 1] if at else None
        return before if before is not None and session.since < before.until else None

    def add(self, session: Session, evening: date) -> None:
        """Keep a chosen sleep."""
        at = bisect_left(self._begins, session.since)
        self._begins.insert(at, session.since)
        self._sleeps.insert(at, session)
        if not session.nap:
            self._evenings.setdefault(evening, session)


def _recorded(session: Session) -> RecordedNight:
    """A session as a night of our own record."""
    measured = {name: getattr(session, name) for name in Night._fields if name in Session._fields}
    night = Night(
        kind="measured",
        evening=evening_of(session.begin),
        lights_out=session.begin,
        rise=session.end,
        **measured | {"nap": bool(session.nap)},
    )
    number = session.key or session.begin.astimezone(UTC).isoformat(timespec="seconds")
    return RecordedNight(
        night=night,
        wake_date=session.end.date(),
        source=session.source,
        device=session.device,
        zone=zone_of(session.begin),
        key=f"{session.source}/{session.device}/{number}",
        light=session.light,
        stages=session.stages,
        lacks=session.lacks,
    )
