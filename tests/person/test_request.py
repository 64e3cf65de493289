from datetime import date
from pathlib import Path

import pytest

from somnesium.errors import InvalidInput
from somnesium.person.diet import day_total
from somnesium.person.medicines import find_medicines
from somnesium.person.person import egfr_of
from somnesium.person.regimen import doses
from somnesium.person.request import Request, read_request

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))
SMALL = {
    "person": {"age": 40, "sex": "female", "mass_kg": 65, "height_cm": 165},
    "habits": {"bedtime": "23:00", "rise": "07:00"},
    "diet": {"magnesium_mg_per_day": 250},
}


def example(name: str) -> Request:
    return read_request(next(path for path in EXAMPLES if path.stem == name))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_reads_and_survives_being_written(path):
    request = read_request(path)
    assert path.read_text(encoding="utf-8").startswith("# ")
    assert request.days == 56
    assert doses(request.regimen, request.start.weekday(), request.days)
    assert day_total(request.diet, 0).missing == ()
    assert all(found.key for found in find_medicines(request.person.medicines))
    assert read_request(request.model_dump_json()) == request
    assert read_request(request.model_dump()) == request


def test_examples_are_what_they_say():
    assert len(EXAMPLES) >= 8
    assert day_total(example("healthy_30").diet, 0).magnesium_mg > 400
    assert 200 < day_total(example("stressed_45").diet, 0).magnesium_mg < 240
    assert day_total(example("insomnia_68").diet, 0).magnesium_mg == pytest.approx(180, abs=5)
    assert egfr_of(example("kidney_egfr25").person) == 25
    assert 80 < egfr_of(example("diabetes_ppi_thiazide").person) < 90


def test_defaults():
    request = Request(**SMALL)
    assert (request.days, request.people, request.seed) == (56, 256, 1)
    assert request.start == date(2026, 1, 5)
    assert request.start.weekday() == 0
    assert request.regimen.intakes == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"days": 6}, "days: got 6; allowed: a whole number from 7 to 366"),
        ({"days": 367}, "days: got 367"),
        ({"people": 4}, "people: got 4"),
        ({"seed": -1}, "seed: got -1"),
        ({"start": 5}, "start: got 5; allowed: a date"),
        ({"start": "2026-02-30"}, "start: got '2026-02-30'"),
        ({"start": "1066-10-14"}, "a date from 1970 to 2100"),
        ({"dayz": 56}, "dayz: unknown field; allowed: name, person"),
        ({"person": 3}, "person: got 3; allowed: a table with name, age"),
        ({"person": {**SMALL["person"], "age": float("nan")}}, "person.age: got nan"),
        ({"habits": {"bedtime": "23:00", "rise": "23:00"}}, "habits.rise: got"),
        (
            {"habits": {**SMALL["habits"], "travel": [{"day": 99, "to": "UTC"}]}},
            "habits.travel[0].day: got 99; allowed: a day from 1 to 56",
        ),
        (
            {
                "regimen": {
                    "intakes": [
                        {"product": "melatonin_tablet", "times": ["22:00"], "start_day": 57}
                    ]
                }
            },
            "regimen.intakes[0].start_day: got 57",
        ),
        (
            {
                "regimen": {
                    "intakes": [{"form": "glycinate", "magnesium_mg": 2000, "times": ["22:00"]}]
                }
            },
            "regimen.intakes[0].mass_is",
        ),
    ],
)
def test_wrong_requests_are_named_by_their_path(change, words):
    with pytest.raises(InvalidInput) as caught:
        read_request({**SMALL, **change})
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_truncated_example_is_refused_in_one_line():
    text = EXAMPLES[0].read_text(encoding="utf-8")
    lines = []
    for cut in range(400, len(text), 97):
        try:
            read_request(text[:cut])
        except InvalidInput as error:
            lines.append(str(error))
    assert lines
    assert not any("\n" in line for line in lines)


def test_the_json_schema_names_every_field():
    schema = Request.model_json_schema()
    assert set(schema["properties"]) == set(Request.model_fields)
    product = schema["$defs"]["Intake"]["properties"]["product"]
    assert {"$ref": "#/$defs/Product"} in product["anyOf"]
