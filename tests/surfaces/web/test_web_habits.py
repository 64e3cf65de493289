"""The page Me: rows of coffee, alcohol, exercise, stress, naps and journeys."""

import json
import re

import pytest

from somnesium.person.request import read_request
from somnesium.surfaces.web.habit_forms import KINDS, habit_rows, with_habits

NEW = {
    "caffeine": (
        {"at": "15:00", "drink": "espresso", "servings": "2", "days": "weekdays"},
        {"at": "15:00", "drink": "espresso", "servings": 2.0},
    ),
    "alcohol": (
        {"at": "20:00", "drinks": "1,5", "days": "weekend"},
        {"at": "20:00", "drinks": 1.5, "days": ("sat", "sun")},
    ),
    "exercise": (
        {"at": "18:00", "minutes": "40", "intensity": "0.75", "days": "mon, thu"},
        {"intensity": 0.75, "days": ("mon", "thu")},
    ),
    "stress": (
        {"from": "09:00", "to": "17:00", "level": "0.6", "days": "every day"},
        {"from_": "09:00", "level": 0.6},
    ),
    "naps": ({"at": "14:00", "minutes": "20", "days": "every day"}, {"minutes": 20.0}),
    "travel": ({"day": "10", "to": "Asia/Tokyo"}, {"day": 10, "to": "Asia/Tokyo"}),
}


def _fields(rows):
    return {
        f"{kind}{place}_{name}": value
        for kind, told in rows.items()
        for place, row in enumerate(told)
        for name, value in row.items()
    }


def _table(path):
    return read_request(path).model_dump(mode="json", exclude_unset=True)


def test_every_kind_of_habit_has_rows():
    assert [kind.name for kind in KINDS] == list(NEW)


def test_rows_left_alone_change_nothing(example):
    habits = _table(example)["habits"]
    assert with_habits(habits, _fields(habit_rows(habits))) == habits


@pytest.mark.parametrize("kind", NEW)
def test_a_new_row_is_in_the_document(known, kind):
    row, wanted = NEW[kind]
    person = {"age": "45", "sex": "male", "bedtime": "23:30", "rise": "06:45"}
    said = known.tell(
        "/me", **person, height_cm="180", mass_kg="80", time_zone="UTC", **_fields({kind: [row]})
    )
    assert said.headers["location"] == "/me?saved=1"
    told = read_request(json.loads(known.get("/me/document.json").text))
    entry = getattr(told.habits, kind)[0]
    assert {name: getattr(entry, name) for name in wanted} == wanted
    assert f'name="{kind}1_' in known.get("/me").text


def test_what_a_row_cannot_show_is_kept():
    habits = {"alcohol": [{"at": "19:00", "grams": 30.0, "over_hours": 3.0}]}
    rows = habit_rows(habits)
    rows["alcohol"][1] |= {"at": "22:00", "drinks": "1"}
    told = with_habits(habits, _fields(rows))["alcohol"]
    assert told[0] == habits["alcohol"][0]
    assert told[1]["drinks"] == 1


def test_a_row_without_its_time_is_gone():
    habits = {"naps": [{"at": "14:00", "minutes": 20.0}]}
    rows = habit_rows(habits)
    rows["naps"][0]["at"] = ""
    assert with_habits(habits, _fields(rows)) == {}


def test_a_wrong_row_is_told_and_kept_as_typed(known):
    person = {"age": "45", "sex": "male", "bedtime": "23:30", "rise": "06:45"}
    row = {"at": "18:00", "minutes": "many", "intensity": "0.55", "days": "every day"}
    said = known.tell(
        "/me",
        **person,
        height_cm="180",
        mass_kg="80",
        time_zone="UTC",
        **_fields({"exercise": [row]}),
    )
    assert said.status_code == 422
    assert "minutes" in said.text
    assert re.search(r'name="exercise0_minutes"[^>]*value="many"', said.text)
