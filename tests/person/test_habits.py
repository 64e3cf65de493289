import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from somnesium.errors import InvalidInput
from somnesium.person.habits import (
    CAFFEINE_MG,
    GRAMS_PER_DRINK,
    INTENSITIES,
    MELANOPIC_RATIOS,
    WEEKDAYS,
    Alcohol,
    Caffeine,
    Exercise,
    Habits,
    Light,
    Nap,
    Stress,
    light_steps,
    night_window,
    occurs,
    zone_on,
)
from somnesium.quantity import clock_hours, clock_text

USUAL = {"bedtime": "23:00", "rise": "07:00"}


@pytest.mark.parametrize(
    ("bedtime", "rise", "window"),
    [
        ("23:00", "07:00", (23, 31)),
        ("22:30", "06:15", (22.5, 30.25)),
        ("00:30", "08:00", (24.5, 32)),
        ("05:59", "12:00", (29 + 59 / 60, 36)),
        ("06:00", "12:00", (6, 12)),
        ("08:30", "15:30", (8.5, 15.5)),
        ("17:59", "01:59", (17 + 59 / 60, 25 + 59 / 60)),
        ("18:00", "02:00", (18, 26)),
        ("20:00", "22:00", (20, 22)),
        ("20:00", "12:00", (20, 36)),
    ],
)
def test_night_window(bedtime, rise, window):
    assert night_window(Habits(bedtime=bedtime, rise=rise), 0) == pytest.approx(window)


clock = st.integers(0, 1439).map(lambda minutes: clock_text(minutes / 60))


@settings(deadline=None)
@given(clock, clock, st.integers(0, 13))
def test_rise_is_later_and_two_to_sixteen_hours_away(bedtime, rise, weekday):
    length = (clock_hours(rise) - clock_hours(bedtime)) % 24
    if not 2 - 1e-9 <= length <= 16 + 1e-9:
        with pytest.raises(InvalidInput, match="2 to 16 h in bed"):
            Habits(bedtime=bedtime, rise=rise)
        return
    habits = Habits(bedtime=bedtime, rise=rise)
    bed, up = night_window(habits, weekday)
    assert 6 <= bed < 30
    assert 2 - 1e-9 <= up - bed <= 16 + 1e-9
    assert (clock_text(bed), clock_text(up)) == (bedtime, rise)


def test_each_weekday_has_its_night():
    habits = Habits(
        bedtime={"default": "23:00", "fri": "01:00"}, rise={"default": "07:00", "fri": "10:00"}
    )
    assert night_window(habits, 3) == (23, 31)
    assert night_window(habits, 4) == (25, 34)
    seven = Habits(bedtime=dict.fromkeys(WEEKDAYS, "22:00"), rise="06:00")
    assert night_window(seven, 6) == (22, 30)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rise": "23:00"}, "2 to 16 h in bed; check bedtime and rise of mon; they may not be"),
        ({"rise": "00:59"}, "2 to 16 h in bed"),
        ({"rise": "15:01"}, "2 to 16 h in bed"),
        ({"bedtime": "40:00"}, "bedtime: got '40:00'; allowed: a clock time from 00:00 to 23:59"),
        ({"bedtime": "24:00"}, 'write it as "22:30"'),
        ({"bedtime": 23}, "bedtime: got 23; allowed: a table with default, mon, tue, wed"),
        ({"bedtime": {"mon": "23:00"}}, "add tue, wed, thu, fri, sat, sun or default"),
        ({"bedtime": {}}, "a time for each of mon … sun, or a default"),
        ({"bedtime": {"default": "23:00", "mno": "22:00"}}, "bedtime.mno: unknown field"),
        ({"bedtime": {"default": "23:00", "mon": 3}}, "bedtime.mon: got 3"),
        ({"bedtime": {"default": "23:00", "Monday": "1:00"}}, 'did you mean "mon"?'),
        (
            {
                "bedtime": {"default": "23:00", "tue": "06:30"},
                "rise": {"default": "07:00", "tue": "12:00"},
            },
            "rise.mon: got '23:00 to 07:00'; allowed: 0.5 to 40 h awake; -0.5 h lie between",
        ),
        (
            {
                "bedtime": {"default": "05:30", "mon": "06:00"},
                "rise": {"default": "14:00", "mon": "08:00"},
            },
            "0.5 to 40 h awake",
        ),
        ({"time_zone": "Europe/Berlim"}, 'did you mean "Europe/Berlin"?'),
        ({"time_zone": "../../etc/passwd"}, "an IANA time zone"),
        ({"time_zone": ""}, "an IANA time zone"),
        ({"light": [{"from": "22:00", "to": "22:00", "lux": 5}]}, "light[0].to"),
        ({"light": [{"from": "22:00", "to": "23:00", "lux": -1}]}, "a number from 0 to 120000"),
        ({"light": [{"from": "22:00", "to": "23:00", "lux": 1, "source": "tv"}]}, "daylight, led"),
        ({"caffeine": [{"at": "08:00"}]}, "either mg or drink"),
        ({"caffeine": [{"at": "08:00", "mg": 3, "drink": "cola"}]}, "either mg or drink"),
        ({"caffeine": [{"at": "08:00", "drink": "cofee"}]}, 'did you mean "coffee"?'),
        ({"alcohol": [{"at": "20:00", "drinks": 21}]}, "US standard drinks of 14 g"),
        (
            {"exercise": [{"at": "8:00", "minutes": 30, "intensity": "hard"}]},
            "light, moderate, vig",
        ),
        ({"exercise": [{"at": "8:00", "minutes": 30, "intensity": 1.1}]}, "a number from 0 to 1"),
        ({"stress": [{"from": "08:00", "to": "09:00", "level": 2}]}, "a number from 0 to 1"),
        ({"naps": [{"at": "14:00", "minutes": 300}]}, "a number from 5 to 240"),
        ({"naps": [{"at": "14:00", "minutes": 30, "days": ["moonday"]}]}, '"monday"?'),
        ({"naps": [{"at": "14:00", "minutes": 30, "days": []}]}, "a list of mon … sun"),
        ({"travel": [{"day": 0, "to": "UTC"}]}, "a whole number from 1 to 366"),
        ({"travel": [{"day": 3, "to": "UTC"}, {"day": 3, "to": "Asia/Tokyo"}]}, "one journey"),
        ({"bedtme": "23:00"}, 'did you mean "bedtime"?'),
    ],
)
def test_wrong_habits_are_named(change, words):
    with pytest.raises(InvalidInput) as caught:
        Habits(**{**USUAL, **change})
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_days_in_words():
    def days(value):
        return Nap(at="14:00", minutes=20, days=value).days

    assert days("weekend") == ("sat", "sun")
    assert days("Every day") == WEEKDAYS
    assert days(["sun", "Tuesday", "weekend"]) == ("tue", "sat", "sun")
    assert occurs(days("weekdays"), 4)
    assert not occurs(days("weekdays"), 5)
    assert occurs(days("weekdays"), 7)


def test_light_is_melanopic_and_later_entries_win():
    # 1000 lux of daylight count in full; 100 lux of a 4100 K LED 62 (body.md 2)
    assert Light(from_="08:00", to="09:00", lux=1000, source="daylight").melanopic_edi == 1000
    habits = Habits(
        **USUAL,
        light=[
            {"from": "20:00", "to": "23:00", "lux": 100},
            {"from": "22:00", "to": "01:00", "lux": 10, "source": "candle", "days": "weekdays"},
        ],
    )
    led = MELANOPIC_RATIOS["led"]
    candle = 10 * MELANOPIC_RATIOS["candle"]
    assert light_steps(habits, 0) == (
        (0.0, 130 * led),
        (5.0, 150 * led),
        (19.0, 130 * led),
        (20.0, 100 * led),
        (22.0, candle),
    )
    assert light_steps(habits, 5)[0] == (0.0, candle)  # Friday's goes on until 01:00
    assert light_steps(habits, 5)[1] == (1.0, 130 * led)
    assert light_steps(habits, 6)[0] == (0.0, 130 * led)


@settings(deadline=None)
@given(st.lists(st.tuples(clock, clock, st.floats(0, 1000)), max_size=5), st.integers(0, 6))
def test_light_steps_cover_the_day_in_order(spans, weekday):
    light = [{"from": a, "to": b, "lux": lux} for a, b, lux in spans if a != b]
    steps = light_steps(Habits(**USUAL, light=light), weekday)
    hours = [step.clock_hours for step in steps]
    assert hours[0] == 0
    assert hours == sorted(set(hours))
    assert hours[-1] < 24


def test_amounts():
    assert Caffeine(at="08:00", drink="coffee", servings=2).amount_mg == 2 * CAFFEINE_MG["coffee"]
    assert Caffeine(at="08:00", mg=0).amount_mg == 0
    assert Alcohol(at="20:00", drinks=1.5).amount_g == 1.5 * GRAMS_PER_DRINK == 21
    assert Alcohol(at="20:00", grams=10, over_hours=2).amount_g == 10
    vigorous = Exercise(at="18:00", minutes=30, intensity="vigorous").intensity
    assert vigorous == INTENSITIES["vigorous"]
    assert Exercise(at="18:00", minutes=30, intensity=0).intensity == 0
    assert Stress(from_="09:00", to="17:00", level=0.5).days == WEEKDAYS


def test_the_zone_changes_on_the_day_of_travel():
    moves = [{"day": 10, "to": "Europe/Berlin"}, {"day": 3, "to": "Asia/Tokyo"}]
    habits = Habits(**USUAL, time_zone="Europe/Berlin", travel=moves)
    zones = [zone_on(habits, day) for day in (0, 1, 2, 8, 9, 99)]
    assert zones == ["Europe/Berlin"] * 2 + ["Asia/Tokyo"] * 2 + ["Europe/Berlin"] * 2


def test_habits_survive_being_written_and_read():
    habits = Habits(**USUAL, stress=[{"from": "09:00", "to": "17:00", "level": 0.2}])
    assert '"from":' in habits.model_dump_json()
    assert Habits.model_validate_json(habits.model_dump_json()) == habits
