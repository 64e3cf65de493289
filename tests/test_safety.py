"""Invariant 6: every safety rule fires just past its limits and not on or before them.

The cases are made from the rules themselves: a rule, a field or a medicine class that no case can
be made for fails here.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from reading import grade, syllables
from ruled import ruled
from somnesium.answers.safety.rules import Interaction, Rule, When, interactions, rules
from somnesium.person.cautions import Caution, Refusal
from somnesium.person.medicines import medicine_classes
from somnesium.person.person import Person
from somnesium.person.regimen import SUBSTANCES, Dose
from somnesium.sources import exists, packaged_toml

STEP = 0.01
"""How far past a limit the nearest case is."""

HARMLESS = "paracetamol"
MISSPELT = "omeprazzole"
UNKNOWN = "zzyxolimumab"

RULES = {rule.key: rule for rule in rules()}
ROWS = {row.key: row for row in interactions()}


def named(group: str) -> str:
    """A name of a medicine of a class, or the medicine itself."""
    table = packaged_toml("medicines.toml")
    if group in table:
        return group.replace("_", " ")
    return next(key.replace("_", " ") for key, entry in table.items() if group in entry["classes"])


# A case is {"person": {...}, "doses": [(substance, mg, hours)], "region": …, "forecast": …}. The
# two tables say, for each field of a condition, how to make it hold and all the nearest ways to
# make it fail.


def with_dose(case: dict, substance: str, amount: float, hours: float = 21.0) -> dict:
    others = [d for d in case["doses"] if d[0] != substance]
    return {**case, "doses": [*others, (substance, amount, hours)]}


def with_person(case: dict, **fields: object) -> dict:
    return {**case, "person": {**case["person"], **fields}}


def plus(case: dict, *keys: str) -> dict:
    held = case["person"].get("conditions", ())
    return with_person(case, conditions=tuple(dict.fromkeys((*held, *keys))))


def feeling(case: dict, *keys: str) -> dict:
    held = case["person"].get("symptoms", ())
    return with_person(case, symptoms=tuple(dict.fromkeys((*held, *keys))))


def well(case: dict, *keys: str) -> dict:
    held = case["person"].get("symptoms", ())
    return with_person(case, symptoms=tuple(key for key in held if key not in keys))


def minus(case: dict, *keys: str) -> dict:
    held = case["person"].get("conditions", ())
    return with_person(case, conditions=tuple(key for key in held if key not in keys))


def dosed(case: dict, when: When) -> dict:
    """The case with the substances' amounts just over the limits."""
    daily, single = when.daily_mg_above, when.single_mg_above
    limit = max(daily or 0.0, single or 0.0)
    for name in when.substances_any or ():
        case = with_dose(case, name, limit + STEP)
    return case


def in_two(case: dict, name: str, each: float) -> dict:
    others = [d for d in case["doses"] if d[0] != name]
    return {**case, "doses": [*others, (name, each, 8.0), (name, each, 21.0)]}


HOLDS = {
    "age_below": lambda c, v, w: with_person(c, age=v - STEP),
    "age_from": lambda c, v, w: with_person(c, age=v),
    "egfr_below": lambda c, v, w: with_person(c, egfr=v - STEP),
    "egfr_from": lambda c, v, w: with_person(c, egfr=v),
    "egfr_unknown": lambda c, v, w: with_person(c, egfr=None),
    "serum_below": lambda c, v, w: with_person(c, serum_magnesium_mmol_l=v - STEP),
    "serum_above": lambda c, v, w: with_person(c, serum_magnesium_mmol_l=v + STEP),
    "forecast_above": lambda c, v, w: {**c, "forecast": v + STEP},
    "pregnant": lambda c, v, w: with_person(c, pregnant=True),
    "lactating": lambda c, v, w: with_person(c, lactating=True),
    "conditions_any": lambda c, v, w: plus(c, v[0]),
    "conditions_all": lambda c, v, w: plus(c, *v),
    "conditions_none": lambda c, v, w: minus(c, *v),
    "symptoms_any": lambda c, v, w: feeling(c, v[0]),
    "insomnia_any": lambda c, v, w: with_person(c, insomnia=v[0]),
    "isi_from": lambda c, v, w: with_person(c, isi=v),
    "medicine_classes_any": lambda c, v, w: with_person(c, medicines=(named(v[0]),)),
    "medicine_unknown": lambda c, v, w: with_person(c, medicines=(UNKNOWN,)),
    "medicine_respelt": lambda c, v, w: with_person(c, medicines=(MISSPELT,)),
    "region": lambda c, v, w: {**c, "region": v},
    "any_dose": lambda c, v, w: with_dose(c, "glycine", 1.0) if v else {**c, "doses": []},
    "substances_any": lambda c, v, w: dosed(c, w),
    "substances_none": lambda c, v, w: {**c, "doses": [d for d in c["doses"] if d[0] not in v]},
    "daily_mg_above": lambda c, v, w: dosed(c, w),
    "single_mg_above": lambda c, v, w: dosed(c, w),
    "any_of": lambda c, v, w: holding(v[0], c),
}

FAILS = {
    "age_below": lambda c, v, w: [with_person(c, age=v)],
    "age_from": lambda c, v, w: [with_person(c, age=v - STEP)],
    "egfr_below": lambda c, v, w: [with_person(c, egfr=v), with_person(c, egfr=None)],
    "egfr_from": lambda c, v, w: [with_person(c, egfr=v - STEP), with_person(c, egfr=None)],
    "egfr_unknown": lambda c, v, w: [with_person(c, egfr=90.0)],
    "serum_below": lambda c, v, w: [with_person(c, serum_magnesium_mmol_l=v)],
    "serum_above": lambda c, v, w: [with_person(c, serum_magnesium_mmol_l=v)],
    "forecast_above": lambda c, v, w: [{**c, "forecast": v}, {**c, "forecast": None}],
    "pregnant": lambda c, v, w: [with_person(c, pregnant=False)],
    "lactating": lambda c, v, w: [with_person(c, lactating=False)],
    "conditions_any": lambda c, v, w: [minus(c, *v)],
    "conditions_all": lambda c, v, w: [minus(c, key) for key in v],
    "conditions_none": lambda c, v, w: [plus(c, key) for key in v],
    "symptoms_any": lambda c, v, w: [well(c, *v)],
    "insomnia_any": lambda c, v, w: [with_person(c, insomnia="mild")],
    "isi_from": lambda c, v, w: [with_person(c, isi=v - 1)],
    "medicine_classes_any": lambda c, v, w: [with_person(c, medicines=(HARMLESS,))],
    "medicine_unknown": lambda c, v, w: [with_person(c, medicines=(HARMLESS, MISSPELT))],
    "medicine_respelt": lambda c, v, w: [with_person(c, medicines=(HARMLESS, UNKNOWN))],
    "region": lambda c, v, w: [{**c, "region": "eu" if v == "us" else "us"}],
    "any_dose": lambda c, v, w: [with_dose(c, "glycine", 1.0) if not v else {**c, "doses": []}],
    "substances_any": lambda c, v, w: (
        [{**c, "doses": []}, {**c, "doses": [(s, 0.0, 21.0) for s in v]}]
    ),
    "substances_none": lambda c, v, w: [with_dose(c, s, 1.0) for s in v],
    "daily_mg_above": lambda c, v, w: (
        [with_dose(c, w.substances_any[0], v), in_two(c, w.substances_any[0], v / 2)]
    ),
    "single_mg_above": lambda c, v, w: (
        [with_dose(c, w.substances_any[0], v), in_two(c, w.substances_any[0], v)]
    ),
    "any_of": lambda c, v, w: [bare(v, c)],
}

ALTERNATIVES = {
    "conditions_any": lambda c, v, w: [plus(minus(c, *v), key) for key in v],
    "symptoms_any": lambda c, v, w: [feeling(well(c, *v), key) for key in v],
    "insomnia_any": lambda c, v, w: [with_person(c, insomnia=level) for level in v],
    "medicine_classes_any": lambda c, v, w: [with_person(c, medicines=(named(g),)) for g in v],
    "region": lambda c, v, w: [{**c, "region": None}],
    "substances_any": lambda c, v, w: [dosed({**c, "doses": []}, _only(w, s)) for s in v],
    "daily_mg_above": lambda c, v, w: [in_two(c, w.substances_any[0], v / 2 + STEP)],
    "any_of": lambda c, v, w: [holding(one, bare(v, c)) for one in v],
}


def _only(when: When, substance: str) -> When:
    return when.model_copy(update={"substances_any": (substance,)})


def given(when: When) -> dict[str, object]:
    return {name: value for name in HOLDS if (value := getattr(when, name)) is not None}


def holding(when: When, case: dict) -> dict:
    """The case changed so that every field of the condition holds."""
    for name, value in given(when).items():
        case = HOLDS[name](case, value, when)
    return case


def bare(alternatives: tuple[When, ...], case: dict) -> dict:
    """The case changed so that none of the alternatives holds."""
    for one in alternatives:
        for name, value in given(one).items():
            case = FAILS[name](case, value, one)[0]
    return case


def start() -> dict:
    """A healthy adult woman with good kidneys who takes nothing."""
    person = {"age": 40.0, "sex": "female", "mass_kg": 70.0, "height_cm": 170.0, "egfr": 95.0}
    return {"person": person, "doses": [], "region": None, "forecast": None}


def keys_of(case: dict) -> dict[str, Caution | Refusal]:
    taken = [Dose(0, hours, name, mg, None, False) for name, mg, hours in case["doses"]]
    answer = ruled(Person(**case["person"]), taken, case["region"], serum_high=case["forecast"])
    return {one.key: one for one in (*answer.refusals, *answer.cautions)}


def firing(rule: Rule) -> Iterator[dict]:
    case = holding(rule.when, start())
    yield case
    for name, value in given(rule.when).items():
        yield from ALTERNATIVES.get(name, lambda *_: [])(case, value, rule.when)


def silent(rule: Rule) -> Iterator[dict]:
    case = holding(rule.when, start())
    for name, value in given(rule.when).items():
        yield from FAILS[name](case, value, rule.when)


def test_every_field_of_a_condition_has_a_case():
    assert set(HOLDS) == set(FAILS) == set(When.model_fields)


def test_keys_are_unique():
    entries = (
        packaged_toml("safety.toml")["rule"] + packaged_toml("interactions.toml")["interaction"]
    )
    assert len(entries) == len(RULES) + len(ROWS) == len(RULES | ROWS)


@pytest.mark.parametrize("key", RULES)
def test_rule_fires_just_past_its_limits(key):
    for case in firing(RULES[key]):
        found = keys_of(case)
        assert key in found, case
        assert found[key].severity == RULES[key].severity


@pytest.mark.parametrize("key", RULES)
def test_rule_is_silent_on_its_limits(key):
    cases = list(silent(RULES[key]))
    assert cases
    for case in cases:
        assert key not in keys_of(case), case


@pytest.mark.parametrize("key", ROWS)
def test_interaction_fires_for_each_medicine_and_substance(key):
    row = ROWS[key]
    for group in row.medicines_any:
        person = with_person(start(), medicines=(_meeting(row, group),))
        for substance in row.substances_any:
            found = keys_of(with_dose(person, substance, STEP))
            assert key in found, (group, substance)
            assert found[key].severity == row.severity
            assert found[key].subject == person["person"]["medicines"][0]


@pytest.mark.parametrize("key", ROWS)
def test_interaction_is_silent_without_its_medicine_or_its_substance(key):
    row = ROWS[key]
    name = _meeting(row, row.medicines_any[0])
    others = [s for s in SUBSTANCES if s not in row.substances_any]
    without = with_person(start(), medicines=(name,))
    for substance in others:
        without = with_dose(without, substance, STEP)
    zero = {**without, "doses": [(s, 0.0, 21.0) for s in row.substances_any]}
    for case in (without, zero):
        assert (key in keys_of(case)) == row.without_dose
    for medicines in ((), (HARMLESS,), *((named(group),) for group in row.medicines_none)):
        case = with_person(start(), medicines=medicines)
        for substance in SUBSTANCES:
            case = with_dose(case, substance, STEP)
        assert key not in keys_of(case)


def _meeting(row: Interaction, group: str) -> str:
    """A medicine of the group that the row does not leave out."""
    table = packaged_toml("medicines.toml")
    if group in table:
        return group.replace("_", " ")
    return next(
        key.replace("_", " ")
        for key, entry in table.items()
        if group in entry["classes"] and not {key, *entry["classes"]} & set(row.medicines_none)
    )


def test_medicines_named_in_the_rules_exist():
    known = medicine_classes() | set(packaged_toml("medicines.toml"))
    used = {name for row in ROWS.values() for name in (*row.medicines_any, *row.medicines_none)}
    for rule in RULES.values():
        for when in (rule.when, *(rule.when.any_of or ())):
            used |= set(when.medicine_classes_any or ())
    assert used <= known


def test_issue_floor():
    refusals = {key for key, rule in RULES.items() if rule.severity == "refusal"}
    floor = {"kidney_severe", "heart_block", "myasthenia", "bowel_obstruction", "minor"}
    assert floor <= refusals
    assert RULES["kidney_severe"].when.egfr_below == 30
    assert RULES["minor"].when.age_below == 18
    assert RULES["upper_limit_us"].when.daily_mg_above == 350
    assert RULES["upper_limit_eu"].when.daily_mg_above == 250
    assert (RULES["kidney_moderate"].when.egfr_from, RULES["kidney_moderate"].when.egfr_below) == (
        30,
        60,
    )
    assert RULES["kidney_moderate_dose"].when.daily_mg_above == 200
    assert RULES["vitamin_b6_eu"].when.daily_mg_above == 12
    assert RULES["zinc_us"].when.daily_mg_above == 40
    assert len(ROWS) >= 25


@pytest.mark.parametrize("key", [*RULES, *ROWS])
def test_entry_has_sources_and_sentences(key):
    entry = (RULES | ROWS)[key]
    assert all(exists(source) for source in entry.sources), entry.sources
    assert entry.text.endswith((".", ")."))
    assert entry.clinician
    assert entry.clinician.endswith(".")
    assert entry.text != entry.clinician


def test_tables_say_when_they_were_reviewed():
    for name in ("safety.toml", "interactions.toml"):
        assert packaged_toml(name)["reviewed"].isoformat() >= "2026-11-21"


@pytest.mark.parametrize("key", [*RULES, *ROWS])
def test_lay_sentence_is_plain(key):
    text = (RULES | ROWS)[key].text
    words = {"medicine": "this drug", "matched": "that drug", "daily_mg": "360", "single_mg": "360"}
    assert grade(text.format(**words, symptom="trouble breathing")) <= 9.0


def test_every_entry_has_a_date_of_review():
    for entry in (*RULES.values(), *ROWS.values()):
        assert entry.reviewed.isoformat() >= "2026-11-21"


def test_a_row_is_no_surer_than_its_references():
    held = packaged_toml("references.toml")
    for row in ROWS.values():
        reads = [held[key.split("#")[0]]["read"] for key in row.sources if not own(key)]
        seen = any(read in ("full text", "section", "abstract") for read in reads)
        assert seen or row.evidence != "read", row.key
        assert row.evidence != "judgement" or any(map(own, row.sources)) or seen, row.key
    assert [row.key for row in ROWS.values() if row.evidence == "memory"] == []


def own(key: str) -> bool:
    return key.split("#", maxsplit=1)[0] in ("judgement", "fitted", "definition")


def test_grade_of_known_text():
    assert syllables("magnesium") == 4
    assert syllables("pregnant") == 2
    assert syllables("melatonin") == 4
    assert grade("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 - 15.59)


def test_the_page_tells_how_many_there_are():
    text = (Path(__file__).parents[1] / "docs" / "safety.md").read_text(encoding="utf-8")
    sure = Counter(row.evidence for row in ROWS.values())
    assert f"{len(RULES)} rules" in text
    assert f"{len(ROWS)} rows" in text
    assert f"{sure['read']} were read" in text
    assert f"{sure['secondary']} are quoted" in text
    assert f"{sure['judgement']} are by analogy" in text
