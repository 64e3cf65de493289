"""The FHIR bundle: valid by the published structure, rightly coded, and nothing mixed up."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from exchange_things import NOW, diary, everything, night
from hypothesis import given
from hypothesis import strategies as st

from somnesium.answers.safety.gate import plan_of_healthy_adult
from somnesium.exchange.codes import LABORATORY, LOINC, MEASURES, RATINGS
from somnesium.exchange.fhir import Subject, bundle, patient_of
from somnesium.exchange.fhir_laboratory import Eaten, laboratory_and_intake
from somnesium.exchange.fhir_medicines import planned, taken
from somnesium.exchange.records import Records
from somnesium.person.document import read_document
from somnesium.person.person import Person
from somnesium.person.regimen import Regimen

ROOT = Path(__file__).parents[2]
PLAN = {
    "intakes": [
        {
            "form": "citrate",
            "magnesium_mg": 1000,
            "mass_is": "compound",
            "times": ["21:30", "08:00"],
            "days": ["mon", "sat"],
            "with_food": True,
        },
        {
            "product": {
                "name": "Sleep well",
                "ingredients": [
                    {
                        "substance": "magnesium",
                        "form": "oxide",
                        "amount_mg": 100,
                        "mass_is": "elemental",
                    },
                    {"substance": "glycine", "amount_mg": 3000},
                ],
            },
            "times": ["22:00"],
        },
    ]
}
PERSON = {"age": 45, "sex": "male", "mass_kg": 80, "height_cm": 180}


def person(**others):
    return read_document(PERSON | others, Person)


NOBODY = Subject()


def made(kept=None, subject=NOBODY, **others):
    kept = everything() if kept is None else kept
    patient = patient_of(kept)
    more = list(taken(kept, patient))
    if "person" in others:
        who, eaten = others["person"], others.get("eaten")
        more += laboratory_and_intake(who, eaten, kept, patient, NOW)
    if "plan" in others:
        more += planned(
            plan_of_healthy_adult(read_document(others["plan"], Regimen)),
            patient,
            others.get("start"),
        )
    return json.loads(bundle(kept, subject, "0.1.0+test", NOW, more))


def whole():
    laboratory = {
        "ionised_mmol_l": 0.55,
        "red_cell_mmol_l": 2.1,
        "urine_mg_day": 90,
        "loading_retained_percent": 12,
    }
    who = person(serum_magnesium_mg_dl=1.9, creatinine_mg_dl=1.0, laboratory=laboratory)
    eaten = Eaten(310.04, (250.0, 370.0))
    subject = Subject("male", "A. B.", 1980)
    return made(person=who, eaten=eaten, plan=PLAN, start=date(2026, 6, 1), subject=subject)


def of_type(found, kind):
    return [one["resource"] for one in found["entry"] if one["resource"]["resourceType"] == kind]


def nights_of(found):
    return [one for one in of_type(found, "Observation") if "effectivePeriod" in one]


def code_of(concept):
    return concept["coding"][-1]["code"]


def test_the_bundle_is_valid_by_the_library_of_the_standard():
    r4 = pytest.importorskip("fhir.resources.R4B.bundle")
    read = r4.Bundle.model_validate(whole())
    assert read.type == "collection"
    kinds = {one.resource.__class__.__name__ for one in read.entry}
    assert kinds == {"Patient", "Device", "Observation", "MedicationStatement", "Provenance"}
    assert shape(json.loads(read.model_dump_json())) == shape(whole())


def shape(part):
    """What there is, without how a number or moment is written."""
    if isinstance(part, dict):
        return {name: shape(one) for name, one in part.items()}
    return [shape(one) for one in part] if isinstance(part, list) else type(part) is str


@pytest.mark.parametrize(
    "break_it",
    [
        lambda one: one.pop("status"),
        lambda one: one.update(valueQuantity={"value": "7 h"}),
        lambda one: one.update(status=["final"]),
    ],
)
def test_that_library_refuses_a_broken_observation(break_it):
    r4 = pytest.importorskip("fhir.resources.R4B.observation")
    broken = nights_of(whole())[0]
    break_it(broken)
    with pytest.raises(ValueError, match=r"status|value"):
        r4.Observation.model_validate(broken)


def test_every_reference_leads_to_an_entry_and_every_name_is_used_once():
    found = whole()
    names = [one["fullUrl"] for one in found["entry"]]
    assert len(set(names)) == len(names)
    referred = set()

    def walk(part):
        if isinstance(part, dict):
            if "reference" in part:
                referred.add(part["reference"])
            for one in part.values():
                walk(one)
        elif isinstance(part, list):
            for one in part:
                walk(one)

    walk(found["entry"])
    assert referred
    assert referred <= set(names)


def test_a_night_is_its_sleep_duration_with_the_rest_as_components():
    first = nights_of(made(Records((night(),))))[0]
    assert first["code"]["coding"][0] == {
        "system": LOINC,
        "code": "93832-4",
        "display": "Sleep duration",
    }
    assert first["valueQuantity"] == {
        "value": 420.5,
        "unit": "min",
        "system": "http://unitsofmeasure.org",
        "code": "min",
    }
    parts = {code_of(one["code"]): one for one in first["component"]}
    assert parts["rem"]["code"]["coding"][0]["code"] == "93829-0"
    assert parts["slow_wave"]["valueQuantity"]["value"] == 80.25
    assert parts["time_in_bed"]["valueQuantity"]["value"] == 480
    assert parts["efficiency"]["code"]["coding"][0]["system"] == "urn:somnesium:measure"
    assert "n1" not in parts
    assert "duration" not in parts


def test_the_period_has_the_offset_of_either_side_of_the_clock_change_and_the_zone():
    period = nights_of(made(Records((night(),))))[0]["effectivePeriod"]
    assert period["start"] == "2026-03-28T23:10:00+01:00"
    assert period["end"] == "2026-03-29T08:10:00+02:00"
    assert period["_start"]["extension"][0]["valueCode"] == "Europe/Berlin"


def test_a_zone_that_is_only_an_offset_has_no_name():
    zone = datetime.fromisoformat("2026-03-01T23:00:00+05:30").tzinfo
    one = night(datetime(2026, 3, 1, 23, 0, tzinfo=zone))
    assert "_start" not in nights_of(made(Records((one,))))[0]["effectivePeriod"]


def test_an_unknown_duration_is_absent_and_not_zero():
    nap = next(one for one in nights_of(made()) if "dataAbsentReason" in one)
    assert "valueQuantity" not in nap
    assert nap["note"][0]["text"] == "how long they slept is not told"
    assert {code_of(one["code"]): one for one in nap["component"]}["nap"]["valueBoolean"] is True


def test_a_diary_is_told_by_the_person_and_a_ring_by_a_device_named_once():
    found = made()
    by_diary = [one for one in nights_of(found) if "performer" in one]
    assert [one["method"]["text"] for one in by_diary] == ["sleep diary"]
    assert "device" not in by_diary[0]
    named = [one["deviceName"][0]["name"] for one in of_type(found, "Device")]
    assert sorted(named) == ["Ring 4", "Somnesium"]


def test_doses_are_completed_or_not_taken_and_their_milligrams_elemental():
    found = of_type(made(), "MedicationStatement")
    assert [one["status"] for one in found] == ["completed", "not-taken", "completed", "completed"]
    first = found[0]
    assert "elemental" in first["medicationCodeableConcept"]["text"]
    assert first["dosage"][0]["doseAndRate"][0]["doseQuantity"] == {
        "value": 200,
        "unit": "mg elemental magnesium",
        "system": "http://unitsofmeasure.org",
        "code": "mg",
    }
    assert first["effectiveDateTime"] == "2026-03-28T21:30:00+01:00"
    assert found[1]["effectiveDateTime"] == "2026-03-29"
    assert [("dosage" in one) for one in found] == [True, False, False, True]


def test_a_plan_is_intended_and_its_compound_mass_becomes_elemental():
    found = [
        one
        for one in of_type(made(plan=PLAN), "MedicationStatement")
        if one["status"] == "intended"
    ]
    assert len(found) == 3
    dose = found[0]["dosage"][0]
    assert dose["doseAndRate"][0]["doseQuantity"]["value"] == pytest.approx(161.6, abs=0.5)
    assert dose["timing"]["repeat"] == {
        "frequency": 2,
        "period": 1,
        "periodUnit": "d",
        "dayOfWeek": ["mon", "sat"],
        "timeOfDay": ["08:00:00", "21:30:00"],
    }
    names = [one["medicationCodeableConcept"]["text"] for one in found]
    assert names[0].startswith("Magnesium (mg are elemental), as magnesium citrate")
    assert sorted(names[1:])[1] == "glycine"
    assert {one["meta"]["tag"][0]["code"] for one in found} == {"planned"}


@pytest.mark.parametrize(
    ("start", "bounds"),
    [
        (date(2026, 6, 1), {"boundsPeriod": {"start": "2026-06-03", "end": "2026-06-30"}}),
        (
            None,
            {
                "boundsDuration": {
                    "value": 28,
                    "unit": "d",
                    "code": "d",
                    "system": "http://unitsofmeasure.org",
                }
            },
        ),
    ],
)
def test_a_plan_says_from_when_to_when_and_which_days_are_left_out(start, bounds):
    line = {
        "form": "citrate",
        "magnesium_mg": 200,
        "mass_is": "elemental",
        "times": ["21:30"],
        "start_day": 3,
        "end_day": 30,
        "missed_days": [5, 6],
    }
    found = of_type(made(Records(), plan={"intakes": [line]}, start=start), "MedicationStatement")
    repeat = found[0]["dosage"][0]["timing"]["repeat"]
    assert {name: repeat[name] for name in repeat if name.startswith("bounds")} == bounds
    assert found[0]["note"] == [{"text": "left out on days 5, 6 of the plan"}]


@pytest.mark.parametrize(
    ("told_as", "loinc", "unit"),
    [
        ({"serum_magnesium_mmol_l": 0.8}, "2601-3", "mmol/L"),
        ({"serum_magnesium_mg_dl": 1.9}, "19123-9", "mg/dL"),
        ({"creatinine_umol_l": 88.0}, "14682-9", "umol/L"),
        ({"creatinine_mg_dl": 1.0}, "2160-0", "mg/dL"),
        ({"laboratory": {"urine_mmol_day": 4.0}}, "2599-9", "mmol/(24.h)"),
        ({"laboratory": {"urine_mg_day": 90.0}}, "24447-5", "mg/(24.h)"),
    ],
)
def test_a_laboratory_value_goes_out_in_its_own_unit_under_the_code_of_that_unit(
    told_as, loinc, unit
):
    found = of_type(made(Records(), person=person(**told_as)), "Observation")
    one = found[0]
    assert one["code"]["coding"][0]["code"] == loinc
    assert one["valueQuantity"]["code"] == unit
    assert not any(name.startswith("effective") for name in one)
    assert one["meta"]["tag"][0]["code"] == "told"


def test_a_rate_worked_out_is_estimated_and_derived_and_one_told_is_neither():
    found = of_type(made(Records(), person=person(creatinine_mg_dl=1.0)), "Observation")
    assert [one["meta"]["tag"][0]["code"] for one in found] == ["told", "estimated"]
    assert found[1]["code"]["coding"][0]["code"] == "98979-8"
    assert found[1]["valueQuantity"]["value"] == pytest.approx(94.6, abs=0.2)
    assert "derivedFrom" in found[1]
    given_rate = of_type(made(Records(), person=person(egfr=60)), "Observation")
    assert [code_of(one["code"]) for one in given_rate] == ["egfr"]
    assert [one["system"] for one in given_rate[0]["code"]["coding"]] == ["urn:somnesium:measure"]


def test_food_is_an_estimate_a_day_with_its_interval():
    found = of_type(made(person=person(), eaten=Eaten(310.04, (250.0, 370.0))), "Observation")
    one = next(one for one in found if code_of(one["code"]) == "magnesium_intake")
    assert one["code"]["coding"][0]["code"] == "81005-1"
    assert one["valueQuantity"]["value"] == 310
    assert "250 to 370 mg" in one["note"][0]["text"]
    assert one["meta"]["tag"][0]["code"] == "estimated"


def test_the_patient_is_only_what_was_told():
    assert set(of_type(made(), "Patient")[0]) == {"resourceType", "id"}
    told_of = of_type(made(subject=Subject("female", "", 1980)), "Patient")[0]
    assert (told_of["gender"], told_of["birthDate"]) == ("female", "1980")
    assert "name" not in told_of


def test_codes_are_from_the_value_sets_that_r4_requires():
    found = whole()
    assert {one["status"] for one in of_type(found, "Observation")} == {"final"}
    categories = {one["category"][0]["coding"][0]["code"] for one in of_type(found, "Observation")}
    assert categories == {"activity", "survey", "laboratory", "social-history"}
    statements = of_type(found, "MedicationStatement")
    assert {one["status"] for one in statements} == {"completed", "not-taken", "intended"}
    kinds = {one["category"]["coding"][0]["code"] for one in statements}
    assert kinds == {"patientspecified"}
    names = {one["deviceName"][0]["type"] for one in of_type(found, "Device")}
    assert names == {"user-friendly-name"}


def test_the_same_things_keep_their_names_and_two_people_share_none():
    again = [one["fullUrl"] for one in made()["entry"]]
    assert again == [one["fullUrl"] for one in made()["entry"]]
    first, second = (
        {one["fullUrl"] for one in made(Records((diary(),), owner=owner))["entry"]}
        for owner in ("mine", "yours")
    )
    assert not first & second


def test_the_provenance_names_every_thing_told_and_what_wrote_it():
    found = made()
    source = of_type(found, "Provenance")[0]
    told_things = [
        one["fullUrl"]
        for one in found["entry"]
        if one["resource"]["resourceType"] in ("Observation", "MedicationStatement")
    ]
    assert [one["reference"] for one in source["target"]] == told_things
    assert source["recorded"] == "2026-04-02T08:30:00+00:00"


def test_control_characters_do_not_go_out():
    one = night(device="Ring\x00 4\x1b", lacks=("a\tb\nc\x0b",))
    found = made(Records((one,)))
    assert of_type(found, "Device")[1]["deviceName"][0]["name"] == "Ring 4"
    assert nights_of(found)[0]["note"] == [{"text": "a\tb\nc"}]


def _used(part, found):
    if isinstance(part, dict):
        if part.get("system") == LOINC:
            found.add(part["code"])
        for one in part.values():
            _used(one, found)
    elif isinstance(part, list):
        for one in part:
            _used(one, found)
    return found


def test_every_code_used_is_in_the_table_and_the_table_is_in_the_docs():
    known = {code.loinc for code in (*MEASURES, *LABORATORY, *RATINGS)} - {""}
    assert _used(whole(), set()) <= known
    text = (ROOT / "docs" / "sharing.md").read_text(encoding="utf-8")
    for code in (*MEASURES, *LABORATORY, *RATINGS):
        row = next(line for line in text.splitlines() if line.startswith(f"| `{code.key}` |"))
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells[1] == code.meaning
        assert cells[2] == f"`{code.unit}`"
        assert cells[3] == (code.loinc or "ours")
        assert cells[4] == (code.confirmed or "–")


@given(minutes=st.none() | st.floats(0.0, 900.0), beats=st.none() | st.floats(20.0, 250.0))
def test_any_night_is_written_without_losing_or_inventing_a_number(minutes, beats):
    one = night(duration=minutes, heart_rate=beats)
    found = nights_of(made(Records((one,))))[0]
    value = found.get("valueQuantity", {}).get("value")
    assert value == (None if minutes is None else pytest.approx(minutes, abs=1e-6))
    parts = {code_of(part["code"]): part for part in found["component"]}
    assert ("heart_rate" in parts) == (beats is not None)
