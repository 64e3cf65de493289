"""How a person lives: bed and rise times, light, caffeine, alcohol, exercise, stress, naps, travel.

Clock times are local, `HH:MM`. `days` says on which weekdays an entry occurs: a list of `mon` …
`sun`, or "weekdays", "weekend", "every day". Weekdays are counted from 0, Monday.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple, Self, cast

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from somnesium import say
from somnesium.errors import InvalidInput
from somnesium.person.document import Document, Number, Whole, near_miss, refuse
from somnesium.quantity import clock_hours, clock_text

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Weekday keys in order; index 0 is Monday."""

_GROUPS = {"weekdays": WEEKDAYS[:5], "weekend": WEEKDAYS[5:], "every day": WEEKDAYS}
_LONG = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

MELANOPIC_RATIOS = {
    "daylight": 1.0,  # brown2022: the reference illuminant, D65
    "led": 0.62,  # judgement#melanopic-ratio: white LED near 4100 K, 0.6176 in body.md
    "fluorescent": 0.58,  # judgement#melanopic-ratio: near 4000 K
    "incandescent": 0.48,  # judgement#melanopic-ratio: 2700-2856 K
    "screen": 0.85,  # judgement#melanopic-ratio: display white near 6500 K
    "candle": 0.30,  # judgement#melanopic-ratio: flame near 1900 K
}
"""Melanopic equivalent daylight illuminance [lux] per photopic lux, by kind of light."""

CAFFEINE_MG = {
    "coffee": 95.0,  # usda_sr24: brewed, 8 fl oz (237 g)
    "instant_coffee": 62.0,  # usda_sr24: 8 fl oz
    "decaf_coffee": 2.4,  # usda_sr24: brewed, 8 fl oz
    "espresso": 64.0,  # usda_sr24: 1 fl oz (30 g)
    "black_tea": 47.0,  # usda_sr24: brewed, 8 fl oz
    "green_tea": 28.0,  # judgement#caffeine: 8 fl oz, label range 25-30
    "cola": 34.0,  # judgement#caffeine: 12 fl oz can, label range 30-38
    "energy_drink": 80.0,  # judgement#caffeine: 250 mL can at 32 mg/100 mL
    "dark_chocolate": 23.0,  # usda_sr24: 28 g at 70-85 % cacao
}
"""Caffeine in one serving of a drink, mg."""

GRAMS_PER_DRINK = 14.0
"""Alcohol in one US standard drink, g (definition#us-standard-drink)."""

INTENSITIES = {
    "light": 0.40,  # judgement#exercise-intensity: ACSM 2011 gives 37-45 % of maximal uptake
    "moderate": 0.55,  # judgement#exercise-intensity: 46-63 %
    "vigorous": 0.75,  # judgement#exercise-intensity: 64-90 %
}
"""Exercise intensity, fraction of maximal oxygen uptake."""


def _clock(text: str) -> str:
    """Check a clock time and write it as `HH:MM`."""
    try:
        return clock_text(clock_hours(text))
    except InvalidInput:
        raise refuse("a clock time from 00:00 to 23:59", 'write it as "22:30"') from None


ClockTime = Annotated[str, AfterValidator(_clock), Field(description="a clock time HH:MM")]
"""A local clock time, 00:00 to 23:59."""


def _weekday(name: object) -> str:
    """`Monday`, `MON`, `mon` to `mon`."""
    text = str(name).strip().lower()
    if text in WEEKDAYS or text in _LONG:
        return text[:3]
    fix = near_miss(text, (*_LONG, *_GROUPS))
    raise refuse("mon, tue, wed, thu, fri, sat, sun", fix, given=str(name))


def _expand_days(value: object) -> tuple[str, ...]:
    """`"weekend"` or `["mon", "weekend"]` to weekday keys in order."""
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not names:
        raise refuse('a list of mon … sun, or "weekdays", "weekend", "every day"')
    days: set[str] = set()
    for name in cast("Sequence[object]", names):
        group = _GROUPS.get(str(name).strip().lower())
        days.update(group or (_weekday(name),))
    return tuple(day for day in WEEKDAYS if day in days)


_DAYS_SCHEMA = {
    "anyOf": [
        {"type": "array", "items": {"type": "string", "enum": list(WEEKDAYS)}},
        {"type": "string", "enum": list(_GROUPS)},
    ],
    "default": list(WEEKDAYS),
}
Days = Annotated[tuple[str, ...], BeforeValidator(_expand_days), WithJsonSchema(_DAYS_SCHEMA)]
"""Weekdays on which something occurs, in order from Monday."""


class WeekTimes(Document):
    """A clock time for each weekday; `default` stands for the weekdays not named."""

    default: ClockTime | None = None
    mon: ClockTime | None = None
    tue: ClockTime | None = None
    wed: ClockTime | None = None
    thu: ClockTime | None = None
    fri: ClockTime | None = None
    sat: ClockTime | None = None
    sun: ClockTime | None = None

    @model_validator(mode="after")
    def _every_day(self) -> Self:
        """Refuse a week with a weekday that has no time."""
        lacking = [day for day in WEEKDAYS if getattr(self, day) is None]
        if lacking and self.default is None:
            fix = f"add {', '.join(lacking)} or default"
            raise refuse("a time for each of mon … sun, or a default", fix)
        return self

    def on(self, weekday: int) -> str:
        """The clock time of a weekday (0 Monday)."""
        return getattr(self, WEEKDAYS[weekday % 7]) or str(self.default)


def _week(value: object) -> object:
    """One clock time to the same for every day."""
    return {"default": _clock(value)} if isinstance(value, str) else value


EveryDay = Annotated[WeekTimes, BeforeValidator(_week, json_schema_input_type=WeekTimes | str)]


def _zone(name: str) -> str:
    """Check an IANA time zone."""
    from zoneinfo import ZoneInfo, available_timezones

    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        known = available_timezones()
        fix = near_miss(name, known) or near_miss(name, (z.rpartition("/")[2] for z in known))
        raise refuse('an IANA time zone such as "Europe/Berlin"', fix) from None


Zone = Annotated[str, AfterValidator(_zone), Field(description="an IANA time zone")]


class _Span(Document):
    """A daily stretch of clock time; an end before the start is on the next day."""

    from_: ClockTime = Field(alias="from")
    to: ClockTime
    days: Days = WEEKDAYS

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        """Refuse a stretch of no length."""
        if self.from_ == self.to:
            raise refuse("an end that differs from the start", "change it", "to", self.to)
        return self


class Light(_Span):
    """Light at the eye from one clock time to another [photopic lux]; later entries win."""

    lux: Number = Field(ge=0, le=120_000, description="photopic lux at the eye")
    source: Literal["daylight", "led", "fluorescent", "incandescent", "screen", "candle"] = "led"

    @property
    def melanopic_edi(self) -> float:
        """Melanopic equivalent daylight illuminance, lux."""
        return self.lux * MELANOPIC_RATIOS[self.source]


class Stress(_Span):
    """A stressful stretch of the day; `level` from 0 (none) to 1 (the most)."""

    level: Number = Field(ge=0, le=1, description="0 calm to 1 the most stressful")


def _drink(name: str) -> str:
    """Refuse a drink whose caffeine is not in the table."""
    if name not in CAFFEINE_MG:
        raise refuse(", ".join(CAFFEINE_MG), near_miss(name, CAFFEINE_MG) or "or give mg")
    return name


Drink = Annotated[str, AfterValidator(_drink), Field(json_schema_extra={"enum": [*CAFFEINE_MG]})]


class Caffeine(Document):
    """Caffeine at a clock time: `mg`, or so many `servings` of a `drink`."""

    at: ClockTime
    mg: Number | None = Field(default=None, ge=0, le=1000, description="caffeine in mg")
    drink: Drink | None = None
    servings: Number = Field(default=1.0, ge=0, le=10, description="servings of the drink")
    days: Days = WEEKDAYS

    @model_validator(mode="after")
    def _one_amount(self) -> Self:
        """Exactly one of mg and drink."""
        return _exactly_one(self, "mg", "drink")

    @property
    def amount_mg(self) -> float:
        """Caffeine, mg."""
        if self.drink is not None:
            return CAFFEINE_MG[self.drink] * self.servings
        return self.mg or 0.0


class Alcohol(Document):
    """Alcohol from a clock time on: `grams`, or US standard `drinks`, over some hours."""

    at: ClockTime
    grams: Number | None = Field(default=None, ge=0, le=300, description="alcohol in g")
    drinks: Number | None = Field(
        default=None, ge=0, le=20, description="US standard drinks of 14 g"
    )
    over_hours: Number = Field(default=1.0, ge=0.25, le=12, description="hours of drinking")
    days: Days = WEEKDAYS

    @model_validator(mode="after")
    def _one_amount(self) -> Self:
        """Exactly one of grams and drinks."""
        return _exactly_one(self, "grams", "drinks")

    @property
    def amount_g(self) -> float:
        """Alcohol, g."""
        return (self.drinks or 0.0) * GRAMS_PER_DRINK if self.grams is None else self.grams


def _intensity(value: object) -> object:
    """Words to a fraction; numbers pass."""
    if isinstance(value, str):
        if value not in INTENSITIES:
            allowed = ", ".join(INTENSITIES) + ", or a number from 0 to 1"
            raise refuse(allowed, near_miss(value, INTENSITIES))
        return INTENSITIES[value]
    return value


class Exercise(Document):
    """Exercise at a clock time; intensity in words or as a fraction of the person's maximum."""

    at: ClockTime
    minutes: Number = Field(gt=0, le=600, description="length in minutes")
    intensity: Annotated[Number, BeforeValidator(_intensity)] = Field(
        default=0.55, ge=0, le=1, description="0 to 1, or light, moderate, vigorous"
    )
    days: Days = WEEKDAYS


class Nap(Document):
    """A nap: lying down at a clock time for some minutes."""

    at: ClockTime
    minutes: Number = Field(ge=5, le=240, description="length in minutes")
    days: Days = WEEKDAYS


class Travel(Document):
    """From this day of the simulation (the first is 1) clock times are read in another zone."""

    day: Whole = Field(ge=1, le=366, description="day of the simulation, the first is 1")
    to: Zone


class Habits(Document):
    """A person's days and nights.

    `bedtime` and `rise` are keyed by the weekday of the evening: a bedtime of 00:30 on `fri`
    and a rise of 09:00 on `fri` are the night from Friday to Saturday. A bedtime from 06:00 to
    17:59 is a day sleep on that date. Time in bed is 2 to 16 h.
    """

    bedtime: EveryDay
    rise: EveryDay
    time_zone: Zone = "UTC"
    indoor_lux: Number = Field(
        default=150.0, ge=0, le=20_000, description="other light, 05-19 h, lux"
    )
    evening_lux: Number = Field(
        default=130.0, ge=0, le=20_000, description="other light, 19-05 h, lux"
    )
    light: tuple[Light, ...] = Field(default=(), max_length=100)
    caffeine: tuple[Caffeine, ...] = Field(default=(), max_length=50)
    alcohol: tuple[Alcohol, ...] = Field(default=(), max_length=50)
    exercise: tuple[Exercise, ...] = Field(default=(), max_length=50)
    stress: tuple[Stress, ...] = Field(default=(), max_length=50)
    naps: tuple[Nap, ...] = Field(default=(), max_length=20)
    travel: tuple[Travel, ...] = Field(default=(), max_length=50)

    @model_validator(mode="after")
    def _nights_fit(self) -> Self:
        """Refuse nights that are too short, too long, or overlap; and travel twice on a day."""
        windows = [night_window(self, day) for day in range(7)]
        for day, (bed, rise) in enumerate(windows):
            given = f"{self.bedtime.on(day)} to {self.rise.on(day)}"
            if not 2.0 <= round(rise - bed, 6) <= 16.0:
                fix = f"check bedtime and rise of {WEEKDAYS[day]}; they may not be the same"
                raise refuse("2 to 16 h in bed", fix, "rise", given)
            awake = windows[(day + 1) % 7][0] + 24.0 - rise
            if not 0.5 <= round(awake, 6) <= 40.0:
                fix = f"{say.typed(awake)} h lie between this rise and the next bedtime: change one"
                raise refuse("0.5 to 40 h awake", fix, f"rise.{WEEKDAYS[day]}", given)
        if len({move.day for move in self.travel}) < len(self.travel):
            raise refuse("one journey a day", "remove one", "travel", len(self.travel))
        return self


def _exactly_one(entry: Any, first: str, second: str) -> Any:  # noqa: ANN401
    """Refuse an entry with both or neither of two fields."""
    both = [getattr(entry, first), getattr(entry, second)]
    if (both[0] is None) == (both[1] is None):
        raise refuse(f"either {first} or {second}", "give one of them", given=tuple(both))
    return entry


def occurs(days: Sequence[str], weekday: int) -> bool:
    """Whether an entry with these `days` occurs on a weekday (0 Monday; counted modulo 7)."""
    return WEEKDAYS[weekday % 7] in days


def night_window(habits: Habits, weekday: int) -> tuple[float, float]:
    """Lights-out and rise of the sleep of a weekday (0 Monday), local hours after its 00:00.

    A bedtime before 06:00 is after midnight (+ 24 h); from 06:00 to 17:59 it is a day sleep on
    that date. Rise is always later than lights-out.
    """
    bed = clock_hours(habits.bedtime.on(weekday))
    length = (clock_hours(habits.rise.on(weekday)) - bed) % 24.0
    bed += 24.0 if bed < 6.0 else 0.0
    return bed, bed + length


class LightStep(NamedTuple):
    """From this local hour on, this melanopic light [lux] reaches the eye of someone out of bed."""

    clock_hours: float
    melanopic_edi: float


def light_steps(habits: Habits, weekday: int) -> tuple[LightStep, ...]:
    """Melanopic light out of bed over a weekday (0 Monday), as steps from hour 0 to 24.

    Indoor light (LED) where no entry says otherwise; later entries win; an entry that crosses
    midnight goes on into the next day. Light in bed is not considered here.
    """
    spans: list[tuple[float, float, float]] = []
    for entry in habits.light:
        start, end = clock_hours(entry.from_), clock_hours(entry.to)
        today, yesterday = occurs(entry.days, weekday), occurs(entry.days, weekday - 1)
        if today:
            spans.append((start, end if end > start else 24.0, entry.melanopic_edi))
        if yesterday and end < start:
            spans.append((0.0, end, entry.melanopic_edi))
    edges = sorted({0.0, 5.0, 19.0, *(e for s in spans for e in s[:2] if e < 24.0)})
    steps: list[LightStep] = []
    for edge in edges:
        lux = habits.indoor_lux if 5.0 <= edge < 19.0 else habits.evening_lux
        edi = lux * MELANOPIC_RATIOS["led"]
        edi = next((s[2] for s in reversed(spans) if s[0] <= edge < s[1]), edi)
        if not steps or steps[-1].melanopic_edi != edi:
            steps.append(LightStep(edge, edi))
    return tuple(steps)


def zone_on(habits: Habits, day: int) -> str:
    """IANA zone in which clock times are read on a day of the simulation (the first is 0)."""
    moves = sorted((move for move in habits.travel if move.day - 1 <= day), key=lambda m: m.day)
    return moves[-1].to if moves else habits.time_zone
