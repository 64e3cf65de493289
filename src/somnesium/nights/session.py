"""A sleep episode as a recorder told it, before it becomes a night; and a row that told none."""

import math
from datetime import datetime
from typing import NamedTuple

from somnesium.nights.stretches import Stretch, measures_of

MEASURED = ("latency", "duration", "awake_after_onset", "light", "slow_wave", "rem", "rem_latency")
"""The measures of a session that are minutes, and so fit into its time in bed."""

_LONGEST = 24 * 60.0
"""Minutes past which an episode is a mistake of the file (judgement#sleep-import)."""
_SLACK = 2.0
"""Minutes by which a recorder's own rounding may pass the time in bed (judgement#sleep-import)."""
_COVERED = 0.1
"""Share of the sleep by which its stages may differ from its sum (judgement#sleep-import)."""
_YEARS = (1990, 2100)
_HEART = (20.0, 250.0)
_RMSSD = (1.0, 500.0)


class Rejected(NamedTuple):
    """Rows of a file that became no sleep episode: where, why, and how many."""

    where: str
    reason: str
    rows: int = 1


class Session(NamedTuple):
    """A sleep episode as read. Durations in minutes; None is unknown.

    `source` is the format, `device` what recorded it, `key` the recorder's own number of the
    episode, `where` its place in the file and `rows` how many rows of the file told it. `begin`
    and `end` carry their zone. `opportunity` says that `begin` to `end` is the time in bed; where
    it is not, `begin` is about falling asleep. `nap` is None where the file does not say.
    `light` holds N1 and N2 together. `efficiency` [%] is set where the time in bed is another.
    `lacks` says in words what is missing or was left out.
    """

    source: str
    device: str
    where: str
    begin: datetime
    end: datetime
    rows: int = 1
    key: str = ""
    nap: bool | None = None
    opportunity: bool = True
    latency: float | None = None
    duration: float | None = None
    awake_after_onset: float | None = None
    efficiency: float | None = None
    light: float | None = None
    slow_wave: float | None = None
    rem: float | None = None
    rem_latency: float | None = None
    awakenings: float | None = None
    heart_rate: float | None = None
    rmssd: float | None = None
    stages: tuple[Stretch, ...] = ()
    lacks: tuple[str, ...] = ()

    @property
    def since(self) -> float:
        """When it begins, in seconds since 1970: by this sessions are compared, not by clocks."""
        return self.begin.timestamp()

    @property
    def until(self) -> float:
        """When it ends, in seconds since 1970."""
        return self.end.timestamp()

    @property
    def time_in_bed(self) -> float:
        """Minutes from `begin` to `end`, clock changes included."""
        return (self.until - self.since) / 60.0


def zone_of(moment: datetime) -> str:
    """The IANA name of a moment's zone, or its offset such as `UTC+01:00`."""
    key = getattr(moment.tzinfo, "key", None)
    return str(key or moment.tzinfo)


def checked(session: Session) -> Session | Rejected:
    """The session with what follows from it filled in and what cannot be left out.

    Rejected are episodes that end before they begin, last over a day, or lie in no likely year.
    """
    place = (session.where, session.rows)
    if not all(_YEARS[0] <= when.year <= _YEARS[1] for when in (session.begin, session.end)):
        return Rejected(place[0], f"its year, {session.begin.year}, cannot be", place[1])
    if session.time_in_bed <= 0.0:
        return Rejected(place[0], "it ends before it begins, or at once", place[1])
    if session.time_in_bed > _LONGEST:
        return Rejected(place[0], "it lasts longer than a day", place[1])
    return _named_lacks(_derived(_possible(_from_stages(session))))


def _from_stages(session: Session) -> Session:
    """Measures the file did not sum up, from the stages it told.

    Stages that cover too little of the sleep tell nothing but when it began.
    """
    if not session.stages:
        return session
    measures = measures_of(session.stages, session.begin)._asdict()
    if not session.opportunity:
        measures["latency"] = None
    slept, covered = session.duration, measures["duration"] or 0.0
    if slept is not None and abs(covered - slept) > _COVERED * slept + _SLACK:
        measures = {"latency": measures["latency"]}
    return session._replace(
        **{name: value for name, value in measures.items() if getattr(session, name) is None}
    )


def _possible(session: Session) -> Session:
    """Without values that cannot be: negative, not a number, or longer than the time in bed."""
    wrong: dict[str, None] = {}
    for name in MEASURED:
        value = getattr(session, name)
        if value is not None and not 0.0 <= value <= session.time_in_bed + _SLACK:
            wrong[name] = None
    ranges = {
        "heart_rate": _HEART,
        "rmssd": _RMSSD,
        "awakenings": (0.0, 1000.0),
        "efficiency": (0.0, 100.5),
    }
    for name, (low, high) in ranges.items():
        value = getattr(session, name)
        if value is not None and not low <= value <= high:
            wrong[name] = None
    staged = [getattr(session, name) for name in ("light", "slow_wave", "rem")]
    known = [value for value in staged if value is not None]
    if known and not math.fsum(known) <= session.time_in_bed + _SLACK:
        wrong |= dict.fromkeys(("light", "slow_wave", "rem"))
    if not wrong:
        return session
    names = ", ".join(name.replace("_", " ") for name in wrong)
    return session._replace(**wrong, lacks=(*session.lacks, f"impossible and left out: {names}"))


def _derived(session: Session) -> Session:
    """Duration from stages, time awake from what is left, efficiency from both."""
    bed, measures = session.time_in_bed, {}
    duration = session.duration
    staged = (session.light, session.slow_wave, session.rem)
    if duration is None and None not in staged:
        duration = min(math.fsum(staged), bed)  # type: ignore[arg-type]
    if duration is not None:
        measures["duration"] = duration = min(duration, bed)
        if session.opportunity and session.efficiency is None:
            measures["efficiency"] = 100.0 * duration / bed
        if session.awake_after_onset is None:
            waited = session.latency if session.opportunity else 0.0
            if waited is not None and duration > 0.0:
                measures["awake_after_onset"] = max(bed - waited - duration, 0.0)
    return session._replace(**measures)


def _named_lacks(session: Session) -> Session:
    """What an analysis of the night would miss, in words."""
    lacks = list(session.lacks)
    if session.duration is None:
        lacks.append("how long they slept is not told")
    if not session.opportunity:
        lacks.append("when they lay down is not told")
    return session._replace(lacks=tuple(dict.fromkeys(lacks)))
