"""Open mHealth data points: valid by their schemas, and the sleep's own span told rightly."""

import copy
import json
import os
from pathlib import Path
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from exchange_things import NOW, diary, everything, night, staged
from hypothesis import given
from hypothesis import strategies as st

from somnesium.exchange.open_mhealth import data_points
from somnesium.exchange.records import Records

OURS = json.loads(Path(__file__).with_name("schemas").joinpath("open_mhealth.json").read_text())
PUBLISHED = os.environ.get("SOMNESIUM_OMH_SCHEMAS", "")


def points(kept):
    zones = {dose.zone: ZoneInfo(dose.zone) for dose in kept.doses}
    return data_points(kept, zones, NOW)


def made(kept):
    return json.loads(points(kept).content)


def bodies(kept, name):
    return [p["body"] for p in made(kept) if p["header"]["schema_id"]["name"] == name]


def wrong(found):
    checker = jsonschema.Draft202012Validator(OURS, format_checker=jsonschema.FormatChecker())
    return [error.message for error in checker.iter_errors(found)]


def test_everything_is_valid():
    assert wrong(made(everything())) == []


@pytest.mark.parametrize(
    ("at", "to"),
    [
        (("body", "total_sleep_time", "unit"), "minutes"),
        (("body", "effective_time_frame"), {"date_time": "2026-03-10T23:00:00+01:00"}),
        (("body", "number_of_awakenings"), 2.5),
        (("header", "creation_date_time"), "yesterday"),
        (("header", "acquisition_provenance", "modality"), "guessed"),
    ],
)
def test_the_schema_refuses_what_is_wrong(at, to):
    found = copy.deepcopy(made(Records((staged(),))))
    place = found[0]
    for name in at[:-1]:
        place = place[name]
    place[at[-1]] = to
    assert wrong(found)


def _published(found):
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT4, DRAFT7

    folder = Path(PUBLISHED)
    held = {path.name: json.loads(path.read_text()) for path in folder.glob("*.json")}
    # The schemas of IEEE 1752.1 that they refer to are the same but for the place.
    held["https://w3id.org/ieee/ieee-1752-schema/unit-value-1.0.json"] = held["unit-value-1.0.json"]
    known = Registry().with_resources(
        (
            name,
            Resource.from_contents(
                {k: v for k, v in schema.items() if k != "$id"},
                default_specification=DRAFT7
                if "draft-07" in str(schema.get("$schema"))
                else DRAFT4,
            ),
        )
        for name, schema in held.items()
    )
    schema = found["header"]["schema_id"]
    asked = {
        "data-point-1.0.json": found,
        f"{schema['name']}-{schema['version']}.json": found["body"],
    }
    for name, part in asked.items():
        new = "draft-07" in held[name]["$schema"]
        kind = jsonschema.Draft7Validator if new else jsonschema.Draft4Validator
        checker = kind({"$ref": name}, registry=known, format_checker=jsonschema.FormatChecker())
        yield from (error.message for error in checker.iter_errors(part))


@pytest.mark.skipif(not PUBLISHED, reason="SOMNESIUM_OMH_SCHEMAS names no folder of the schemas")
def test_everything_is_valid_by_the_published_schemas():
    found = made(everything())
    assert [list(_published(one)) for one in found] == [[] for _ in found]
    broken = copy.deepcopy(found[0])
    del broken["body"]["effective_time_frame"]
    assert list(_published(broken))


def test_a_staged_night_reaches_from_its_first_sleep_to_its_last():
    body = bodies(Records((staged(),)), "sleep-episode")[0]
    assert body["effective_time_frame"]["time_interval"] == {
        "start_date_time": "2026-03-10T23:15:00+01:00",
        "end_date_time": "2026-03-11T06:40:00+01:00",
    }
    assert body["latency_to_arising"] == {"value": 20.0, "unit": "min"}
    assert body["wake_after_sleep_onset"]["value"] == 20.0
    share = body["sleep_maintenance_efficiency_percentage"]["value"]
    assert share == pytest.approx(100.0 * 425.0 / 445.0, abs=1e-3)


def test_without_stages_it_reaches_from_the_latency_to_the_rise_over_the_clock_change():
    body = bodies(Records((night(),)), "sleep-episode")[0]
    assert body["effective_time_frame"]["time_interval"] == {
        "start_date_time": "2026-03-28T23:30:00+01:00",
        "end_date_time": "2026-03-29T08:10:00+02:00",
    }
    assert "latency_to_arising" not in body
    assert body["wake_after_sleep_onset"]["value"] == pytest.approx(460.0 - 420.5)
    assert body["latency_to_sleep_onset"]["value"] == 20.0


def test_without_a_latency_nothing_that_needs_falling_asleep_is_told():
    body = bodies(Records((diary(latency=None),)), "sleep-episode")[0]
    assert set(body) == {"effective_time_frame", "is_main_sleep", "total_sleep_time"}


def test_a_nap_is_no_main_sleep():
    assert [body["is_main_sleep"] for body in bodies(everything(), "sleep-episode")] == [
        True,
        True,
        False,
        True,
    ]


def test_doses_taken_not_taken_and_of_unknown_amount():
    kept = everything()
    taken = bodies(kept, "single-medication-dose-taken")
    assert [body["dose"]["value"] for body in taken] == [200.0, 3000.0]
    assert taken[0]["medication"]["strength"][0]["ingredient_name"] == "magnesium (elemental)"
    assert taken[0]["effective_time_frame"] == {"date_time": "2026-03-28T21:30:00+01:00"}
    assert taken[1]["effective_time_frame"]["time_interval"]["duration"]["unit"] == "d"
    missed = bodies(kept, "reason-single-medication-dose-not-taken")
    assert [body["reason_for_missing_dose"] for body in missed] == ["not told"]
    assert points(kept).left_out == ("1 dose taken of an amount not told",)


def test_a_ring_senses_and_a_diary_is_self_reported():
    found = made(Records((night(), diary())))
    told = [one["header"]["acquisition_provenance"] for one in found]
    assert told == [
        {"source_name": "Ring 4", "modality": "sensed"},
        {"source_name": "diary", "modality": "self-reported"},
    ]


def test_names_are_the_same_when_written_again_and_used_once():
    names = [one["header"]["id"] for one in made(everything())]
    assert names == [one["header"]["id"] for one in made(everything())]
    assert len(set(names)) == len(names)


@given(
    latency=st.none() | st.floats(0.0, 480.0),
    duration=st.none() | st.floats(0.0, 480.0),
    wakes=st.none() | st.floats(0.0, 100.0),
)
def test_any_night_is_valid(latency, duration, wakes):
    one = night(latency=latency, duration=duration, awakenings=wakes)
    assert wrong(made(Records((one,)))) == []


def test_a_night_awake_to_its_end_has_no_share_of_sleep():
    body = bodies(Records((night(latency=480.0, duration=0.3),)), "sleep-episode")[0]
    assert body["total_sleep_time"]["value"] == 0.3
    assert "sleep_maintenance_efficiency_percentage" not in body
