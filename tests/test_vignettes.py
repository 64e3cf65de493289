"""Clinical vignettes: a person and a plan, and exactly the cautions and refusals they must meet.

Recall of dangerous plans is 100 % and a plan with nothing wrong raises nothing, since every
answer must be exactly the one written. Every rule and row stands in two vignettes or more: met in
one at least, and just missed in another, or met both with and without a dose.
"""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from reading import grade
from ruled import ruled
from somnesium.answers.safety.evaluate import SafetyAnswer
from somnesium.answers.safety.rules import interactions, rules
from somnesium.answers.safety.separation import mended
from somnesium.person.document import read_document
from somnesium.person.medicines import find_medicines
from somnesium.person.person import Person
from somnesium.person.regimen import Regimen

FOLDER = Path(__file__).parent / "vignettes"
HEALTHY = {"age": 40, "sex": "female", "mass_kg": 70, "height_cm": 170, "egfr": 95.0}
VIGNETTES = [
    {**one, "file": path.stem}
    for path in sorted(FOLDER.glob("*.toml"))
    for one in tomllib.loads(path.read_text(encoding="utf-8"))["vignette"]
]
ENTRIES = [*(rule.key for rule in rules()), *(row.key for row in interactions())]

every = pytest.mark.parametrize(
    "vignette", [pytest.param(one, id=f"{one['file']}: {one['name']}") for one in VIGNETTES]
)


def mended_for(who, regimen, **window):
    return mended(find_medicines(who.medicines), regimen, **window)


def person(vignette: dict) -> Person:
    fields = {**HEALTHY, **vignette["person"]}
    if not fields.pop("measured", True):
        del fields["egfr"]
    return read_document(fields, Person)


def regimen(vignette: dict) -> Regimen:
    plan = dict(vignette["plan"])
    times, form = plan.pop("at", ["21:00"]), plan.pop("form", "citrate")
    parts = [
        {"substance": name, "amount_mg": mg}
        | ({"form": form, "mass_is": "elemental"} if name == "magnesium" else {})
        for name, mg in plan.items()
    ]
    product = {"name": "what is planned", "ingredients": parts}
    return read_document({"intakes": [{"product": product, "times": times}] * bool(parts)}, Regimen)


def answered(vignette: dict) -> SafetyAnswer:
    return ruled(
        person(vignette),
        regimen(vignette),
        vignette.get("region"),
        serum_high=vignette.get("forecast_serum"),
    )


def test_there_are_a_hundred_and_more():
    names = Counter(one["name"] for one in VIGNETTES)
    assert len(VIGNETTES) >= 100
    assert [name for name, count in names.items() if count > 1] == []
    page = (FOLDER.parents[1] / "docs" / "safety.md").read_text(encoding="utf-8")
    assert f"{len(VIGNETTES)} vignettes" in page


def test_every_entry_is_met_and_just_missed():
    met = Counter(key for one in VIGNETTES for key in {*one["refusals"], *one["cautions"]})
    near = Counter(key for one in VIGNETTES for key in one.get("near", ()))
    assert set(met) == set(ENTRIES)
    assert set(near) <= set(ENTRIES)
    assert [key for key in ENTRIES if met[key] < 1 or met[key] + near[key] < 2] == []
    assert sorted(set(ENTRIES) - set(near)) == []


@every
def test_answer_is_the_one_written(vignette):
    answer = answered(vignette)
    assert sorted(one.key for one in answer.refusals) == sorted(vignette["refusals"])
    assert sorted(one.key for one in answer.cautions) == sorted(vignette["cautions"])
    assert not {*vignette.get("near", ())} & {*vignette["refusals"], *vignette["cautions"]}


@every
def test_hours_apart_are_those_written(vignette):
    told = {c.key: c.hours_apart for c in answered(vignette).cautions if c.hours_apart is not None}
    assert told == pytest.approx(vignette.get("hours_apart", {}))


@every
def test_every_sentence_said_is_plain(vignette):
    answer = answered(vignette)
    for one in (*answer.refusals, *answer.cautions):
        told = one.subject[:1].upper() + one.subject[1:]
        text = one.text
        for name in filter(None, (one.subject, told)):
            text = text.replace(name, "this drug")
        assert grade(text) <= 9.0, text


@every
def test_moving_doses_solves_what_is_told_or_says_so(vignette):
    who, plan = person(vignette), regimen(vignette)
    found = mended_for(who, plan)
    left = ruled(who, found.regimen, vignette.get("region")).cautions
    still = [one for one in left if one.action == "separate"]
    assert not still or found.unsolved
    assert bool(found.moves) == (found.regimen != plan)
    for text in (*found.unsolved, *(move.text for move in found.moves)):
        plain = text
        for name in who.medicines:
            plain = plain.replace(name.split(" at ")[0], "this drug")
        assert grade(plain) <= 9.0, plain
