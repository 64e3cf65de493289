"""A diary in the columns of the Consensus Sleep Diary (carney2012).

The night begins when they tried to sleep and ends when they got up. Minutes asleep are final
waking less trying to sleep, less falling asleep, less awake between; efficiency is over the whole
time in bed. Clock times cross midnight: each is the first after the one before it.
"""

from datetime import datetime, timedelta, tzinfo

from somnesium.errors import InvalidInput
from somnesium.nights.readers.clocks import clock, day, placed
from somnesium.nights.readers.opening import Part
from somnesium.nights.readers.reader import Hints, Items, Reader, Unreadable, each, required_zone
from somnesium.nights.readers.tables import Row, header_of, rows
from somnesium.nights.session import Session

_NEEDED = {"got_into_bed", "tried_to_sleep", "final_awakening", "got_out_of_bed"}
_DATES = ("wake_date", "date")
_PEOPLE = ("participant", "id", "subject")
_DAY = timedelta(days=1)


def _before(later: timedelta, text: str) -> timedelta:
    """The last time the clock showed `text` before `later`, both since the wake date's midnight."""
    at = clock(text)
    while at > later:
        at -= _DAY
    return at


def _session(row: Row, zone: tzinfo) -> Session:
    woke = datetime.combine(day(row.text(*_DATES)), datetime.min.time())
    out = clock(row.text("got_out_of_bed"))
    final = _before(out, row.text("final_awakening"))
    tried = _before(final, row.text("tried_to_sleep"))
    into = _before(tried, row.text("got_into_bed") or row.text("tried_to_sleep"))
    begin, end = placed(woke + tried, zone), placed(woke + out, zone, later=True)
    final_at, into_at = placed(woke + final, zone, later=True), placed(woke + into, zone)
    latency, awake = row.number("sol_min"), row.number("waso_min")
    duration = efficiency = None
    if latency is not None and awake is not None:
        span = (final_at.timestamp() - begin.timestamp()) / 60.0
        duration = span - latency - awake
        if duration < 0.0:
            raise Unreadable("more minutes awake than there were")
        bed = (end.timestamp() - into_at.timestamp()) / 60.0
        efficiency = 100.0 * duration / bed if bed > 0.0 else None
    return Session(
        source="sleep_diary",
        device="diary",
        where=row.where,
        begin=begin,
        end=end,
        key=f"{day(row.text(*_DATES))}",
        nap=False,
        latency=latency,
        duration=duration,
        efficiency=efficiency,
        awakenings=row.number("n_awakenings"),
    )


def one_person(people: set[str], hints: Hints, name: str) -> str:
    """Whose rows to read: the only person in a file, or the one asked for."""
    if hints.person:
        if hints.person not in people:
            allowed = ", ".join(sorted(people)[:5]) or "a person of the file"
            raise InvalidInput.field("person", hints.person, allowed, f"{name} has no such person")
        return hints.person
    if len(people) > 1:
        allowed = "one of " + ", ".join(sorted(people)[:5])
        fix = f"{name} holds {len(people)} people: add --person"
        raise InvalidInput.field("person", "nothing", allowed, fix)
    return next(iter(people), "")


def _read(parts: tuple[Part, ...], hints: Hints) -> Items:
    zone = required_zone(hints, "a diary")
    for part in parts:
        wanted = one_person({row.text(*_PEOPLE) for row in rows(part)}, hints, part.name)

        def read(row: Row, wanted: str = wanted) -> Session:
            if row.text(*_PEOPLE) != wanted:
                raise Unreadable("another person's row")
            return _session(row, zone)

        yield from each(rows(part), read)


def _recognised(head: bytes) -> bool:
    return set(header_of(head)) >= _NEEDED


SLEEP_DIARY = Reader("sleep_diary", "Consensus Sleep Diary, CSV", _recognised, _read)
"""`wake_date, got_into_bed, tried_to_sleep, sol_min, n_awakenings, waso_min, …`."""
