"""A morning's diary: when to bed and up, how long to fall asleep and awake, what was taken.

The questions are clock times and minutes in our own words; no questionnaire's text is used. The
same morning told again replaces the first, which stays in the history.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.nights.night import Night
from somnesium.nights.recorded import (
    Circumstance,
    DoseTaken,
    Note,
    Rating,
    RecordedNight,
    evening_of,
)
from somnesium.person.document import Document, Flag, Number, Whole, refuse, refuse_as
from somnesium.person.habits import ClockTime
from somnesium.person.request import StartDate
from somnesium.quantity import clock_hours, clock_text
from somnesium.questions.forecast.answer import Answer, Source
from somnesium.questions.version import model_version
from somnesium.sources import cite
from somnesium.store.days import doses_taken, keep_day_record
from somnesium.store.history import Outcome
from somnesium.store.nights import keep_night, nights
from somnesium.store.open import Store, writing

_SOURCE = _INSTRUMENT = "diary"
_LONGEST = 20.0
"""Hours in bed past which a clock time must be a slip (judgement#diary-night)."""


def _zone(name: str) -> str:
    """An IANA time zone that this machine knows."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise refuse("a time zone such as Europe/Berlin", given=name) from None
    return name


class DoseAnswer(Document):
    """Whether the dose was taken the evening before, and when; `what` in the person's words."""

    taken: Flag
    at: ClockTime | None = None
    what: str = Field(default="dose", min_length=1, max_length=200)

    @model_validator(mode="after")
    def _when_taken(self) -> Self:
        """A time only for what was taken."""
        if self.at is not None and not self.taken:
            raise refuse("nothing, if it was not taken", "remove it", "at", self.at)
        return self


class Morning(Document):
    """One morning. `day` is the date of getting up; clock times are what the clock showed.

    `bed` is when the light went out to sleep and `rise` when they got up. `latency` is minutes to
    fall asleep, `awake` minutes awake in the night together, `woke` the last waking, if they lay
    awake after it. `sleepiness` on rising is 0 (wide awake) to 10 (can hardly stay awake).
    """

    day: StartDate
    zone: Annotated[str, AfterValidator(_zone)]
    bed: ClockTime
    rise: ClockTime
    latency: Number = Field(ge=0, le=720, description="minutes to fall asleep")
    awake: Number = Field(ge=0, le=900, description="minutes awake in the night")
    woke: ClockTime | None = None
    awakenings: Whole | None = Field(default=None, ge=0, le=100, description="times awake")
    sleepiness: Whole | None = Field(default=None, ge=0, le=10, description="0 wide awake, 10")
    dose: DoseAnswer | None = None
    alcohol: Number | None = Field(default=None, ge=0, le=50, description="drinks last evening")
    caffeine: Number | None = Field(default=None, ge=0, le=50, description="cups after noon")
    travel: Flag | None = None
    illness: Flag | None = None
    phase: Literal["menstruation", "follicular", "ovulation", "luteal"] | None = None
    note: str = Field(default="", max_length=2000)
    isi: Whole | None = Field(default=None, ge=0, le=28, description="ISI total from elsewhere")
    psqi: Whole | None = Field(default=None, ge=0, le=21, description="PSQI total from elsewhere")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """Refuse clock times that do not exist, and more waking than time in bed."""
        try:
            diary_night(self)
        except InvalidInput as error:
            raise refuse_as(error) from None
        return self


class MorningAnswer(Answer):
    """What was kept: the night's numbers [min, %], whether it is new, and what changed."""

    evening: date
    day: date
    bed: datetime
    rise: datetime
    latency: Number
    duration: Number
    awake_after_onset: Number
    efficiency: Number
    dose: str
    outcome: Outcome = Field(description="new, changed (the earlier is kept) or unchanged")
    nights: int = Field(description="diary nights kept so far")
    summary: tuple[str, ...]


class LastMorning(NamedTuple):
    """What the last diary night said, as a start for the next: clock times and minutes."""

    bed: str
    rise: str
    latency: float
    awake: float
    dose_at: str
    what: str


def _moment(day: date, clock: str, zone: ZoneInfo, field: str) -> datetime:
    """A clock time on a day, or `InvalidInput` if the clocks skipped it."""
    hours = clock_hours(clock)
    minutes = round(hours * 60)
    local = datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=zone)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        allowed = f"a time that the clock showed on {day.isoformat()}"
        raise InvalidInput.field(field, clock, allowed, "the clocks were put forward over it")
    return local


def _before(rise: datetime, clock: str, field: str) -> datetime:
    """The last time before `rise` at which the clock showed `clock`."""
    zone = rise.tzinfo
    assert isinstance(zone, ZoneInfo)
    back = 1 if clock_hours(clock) >= rise.hour + rise.minute / 60.0 else 0
    return _moment(rise.date() - timedelta(days=back), clock, zone, field)


def _minutes(begin: datetime, end: datetime) -> float:
    """Minutes between two moments, clock changes included."""
    return (end.timestamp() - begin.timestamp()) / 60.0


def diary_night(morning: Morning) -> RecordedNight:
    """The night a morning tells of. Waking in the night and lying awake at its end are one.

    Raises `InvalidInput` if a clock time did not exist, or the parts do not fit into the night.
    """
    zone = ZoneInfo(morning.zone)
    rise = _moment(morning.day, morning.rise, zone, "rise")
    bed = _before(rise, morning.bed, "bed")
    length = _minutes(bed, rise)
    if length > 60.0 * _LONGEST:
        allowed = f"at most {say.figures(_LONGEST)} hours in bed"
        raise InvalidInput.field("bed", morning.bed, allowed, "is it of the evening before?")
    late = 0.0
    if morning.woke is not None:
        woke = _moment(morning.day, morning.woke, zone, "woke")
        if woke > rise:
            woke = _before(rise, morning.woke, "woke")
        late = _minutes(woke, rise)
    awake = morning.awake + late
    duration = length - morning.latency - awake
    if duration < 0.0 or late > length:
        allowed = (
            f"at most the {say.number(length)} minutes in bed, with latency and waking at the end"
        )
        raise InvalidInput.field("awake", morning.awake, allowed, "check the clock times")
    night = Night(
        kind="measured",
        evening=evening_of(bed),
        lights_out=bed,
        rise=rise,
        nap=False,
        latency=float(morning.latency),
        duration=duration,
        awake_after_onset=awake,
        efficiency=100.0 * duration / length,
        awakenings=None if morning.awakenings is None else float(morning.awakenings),
    )
    key = f"{_SOURCE}/{morning.day.isoformat()}"
    return RecordedNight(night, morning.day, _SOURCE, "", morning.zone, key, instrument=_INSTRUMENT)


def _dose(morning: Morning, recorded: RecordedNight) -> DoseTaken | None:
    """The dose of the day before the night: the last such clock time before getting up."""
    if morning.dose is None:
        return None
    at = None
    if morning.dose.at is not None:
        at = _before(recorded.night.rise, morning.dose.at, "dose.at")
    evening = recorded.night.evening
    return DoseTaken(evening, morning.dose.what, morning.dose.taken, at, morning.zone)


def _day_records(
    morning: Morning, evening: date, dose: DoseTaken | None
) -> Iterator[DoseTaken | Rating | Circumstance | Note]:
    """What else was told: dose, ratings of the morning, circumstances of the day before, note."""
    if dose is not None:
        yield dose
    for name in ("sleepiness", "isi", "psqi"):
        value = getattr(morning, name)
        if value is not None:
            yield Rating(morning.day, name, float(value))
    for name in ("alcohol", "caffeine", "travel", "illness"):
        value = getattr(morning, name)
        if value is not None:
            yield Circumstance(evening, name, float(value), None)
    if morning.phase is not None:
        yield Circumstance(evening, "phase", None, morning.phase)
    if morning.note:
        yield Note(evening, morning.note)


def record(store: Store, morning: Morning, now: datetime) -> MorningAnswer:
    """Keep a morning: all of it or none.

    Raises `InvalidInput` for a morning that has not come yet.
    """
    recorded = diary_night(morning)
    night = recorded.night
    if night.rise > now:
        fix = "record it when you are up"
        raise InvalidInput.field("rise", night.rise.isoformat(), "a time gone by", fix)
    dose = _dose(morning, recorded)
    with writing(store) as connection:
        outcome = keep_night(connection, recorded, now)
        others = {
            keep_day_record(connection, one, now)
            for one in _day_records(morning, night.evening, dose)
        }
    if outcome == "unchanged" and others - {"unchanged"}:
        outcome = "changed"
    return _answer(store, recorded, dose, outcome)


def _answer(
    store: Store, recorded: RecordedNight, dose: DoseTaken | None, outcome: Outcome
) -> MorningAnswer:
    night = recorded.night
    assert night.latency is not None
    assert night.duration is not None
    assert night.awake_after_onset is not None
    assert night.efficiency is not None
    count = len(nights(store, source=_SOURCE))
    taken = "not told" if dose is None else "taken" if dose.taken else "not taken"
    if dose is not None and dose.taken_at is not None:
        taken += f" at {dose.taken_at:%H:%M}"
    words = {
        "new": "Kept",
        "changed": "Changed (the earlier one is in the history)",
        "unchanged": "Nothing new",
    }
    return MorningAnswer(
        cautions=(),
        sources=(Source(**cite("definition#sleep-diary")), Source(**cite("judgement#diary"))),
        model_version=model_version(),
        evening=night.evening,
        day=recorded.wake_date,
        bed=night.lights_out,
        rise=night.rise,
        latency=night.latency,
        duration=night.duration,
        awake_after_onset=night.awake_after_onset,
        efficiency=night.efficiency,
        dose=taken,
        outcome=outcome,
        nights=count,
        summary=(
            f"{words[outcome]}: the night of {night.evening.isoformat()}.",
            f"You slept {say.hours(night.duration)}, {say.number(night.efficiency)} % of the time "
            "in bed.",
            f"The dose: {taken}. Nights in the diary: {count}.",
        ),
    )


def last_morning(store: Store) -> LastMorning | None:
    """What the last diary night said; None before the first."""
    mornings = nights(store, source=_SOURCE)
    if not mornings:
        return None
    night = mornings[-1].night
    taken = [dose for dose in doses_taken(store) if dose.taken]
    at = next((d.taken_at for d in reversed(taken) if d.taken_at is not None), None)
    return LastMorning(
        bed=clock_text(night.lights_out.hour + night.lights_out.minute / 60.0),
        rise=clock_text(night.rise.hour + night.rise.minute / 60.0),
        latency=night.latency or 0.0,
        awake=night.awake_after_onset or 0.0,
        dose_at=f"{at:%H:%M}" if at is not None else "",
        what=taken[-1].what if taken else "dose",
    )
