import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from somnesium.errors import InvalidInput
from somnesium.person.medicines import (
    SPELLING_THRESHOLD,
    find_medicine,
    find_medicines,
    medicine_classes,
    stated_times,
)
from somnesium.sources import packaged_toml

# Every drug or group named in evidence.md 8.4, and the class its rule is made for
NAMED_IN_8_4 = {
    "alendronate": "bisphosphonate",
    "risedronate": "bisphosphonate",
    "ibandronate": "bisphosphonate",
    "doxycycline": "tetracycline",
    "ciprofloxacin": "fluoroquinolone",
    "levofloxacin": "fluoroquinolone",
    "moxifloxacin": "fluoroquinolone",
    "levothyroxine": "levothyroxine",
    "gabapentin": "gabapentinoid",
    "digoxin": "digoxin",
    "iron": "iron",
    "penicillamine": "penicillamine",
    "mycophenolate": "mycophenolate",
    "rosuvastatin": "rosuvastatin",
    "fexofenadine": "fexofenadine",
    "chlorpromazine": "phenothiazine",
    "lisinopril": "ace_inhibitor",
    "itraconazole": "azole",
    "nitrofurantoin": "nitrofurantoin",
    "chloroquine": "chloroquine",
    "isoniazid": "isoniazid",
    "dolutegravir": "integrase_inhibitor",
    "raltegravir": "integrase_inhibitor",
    "bictegravir": "integrase_inhibitor",
    "baloxavir": "baloxavir",
    "eltrombopag": "eltrombopag",
    "deferiprone": "deferiprone",
    "atazanavir": "atazanavir",
    "spironolactone": "potassium_sparing",
    "trimethoprim": "trimethoprim",
    "furosemide": "loop_diuretic",
    "hydrochlorothiazide": "thiazide",
    "omeprazole": "ppi",
    "tacrolimus": "calcineurin_inhibitor",
    "cisplatin": "platinum",
    "gentamicin": "aminoglycoside",
    "amphotericin": "amphotericin",
    "cetuximab": "egfr_antibody",
    "rocuronium": "neuromuscular_blocker",
    "amlodipine": "calcium_channel_blocker",
    "losartan": "antihypertensive",
    "sodium polystyrene sulfonate": "polystyrene_sulfonate",
    "zolpidem": "z_drug",
    "diazepam": "sedative",
}


@pytest.mark.parametrize(("name", "kind"), NAMED_IN_8_4.items())
def test_every_drug_of_the_interaction_table_is_known(name, kind):
    found = find_medicine(name)
    assert found.matched_how == "name"
    assert kind in found.classes


def test_at_least_sixty_and_no_name_twice():
    table = packaged_toml("medicines.toml")
    assert len(table) >= 60
    names = [n.lower() for key, entry in table.items() for n in (key, *entry["names"])]
    assert [n for n in set(names) if names.count(n) > 1] == []
    for entry in table.values():
        assert entry["classes"]
        assert set(entry["classes"]) <= medicine_classes()


@pytest.mark.parametrize(
    ("text", "key", "how"),
    [
        ("Nexium 40mg", "esomeprazole", "name"),
        ("OMEPRAZOLE 20 mg daily", "omeprazole", "name"),
        ("metoprolol succinate ER 50 mg", "metoprolol", "word"),
        ("my blood pressure tablet", "any_antihypertensive", "word"),
        ("PPI", "any_ppi", "name"),
        ("metfromin", "metformin", "spelling"),
        ("hydrochlorthiazide", "hydrochlorothiazide", "spelling"),
        ("levothyroxin 50 mcg", "levothyroxine", "spelling"),
        ("penicillin", "penicillin", "name"),  # not penicillamine
        ("prednisone", "prednisone", "name"),  # not prednisolone
        ("St John's wort", "st_johns_wort", "name"),
        ("Clozaril 100mg", "clozapine", "name"),
        ("Xarelto", "rivaroxaban", "name"),
        ("Sortis 20 mg", "atorvastatin", "name"),
        ("Marcumar", "phenprocoumon", "name"),
        ("dabigatrane", "dabigatran", "spelling"),
        ("bergamot oil", None, "unknown"),
        ("zzz", None, "unknown"),
        ("", None, "unknown"),
    ],
)
def test_recognition_says_how(text, key, how):
    found = find_medicine(text)
    assert (found.name_given, found.key, found.matched_how) == (text, key, how)
    if how == "spelling":
        assert SPELLING_THRESHOLD <= found.similarity < 100
    if key is None:
        assert found.classes == ()


def test_a_name_between_two_medicines_is_neither():
    # One letter from prednisolone and one from prednisone: guessing would be silent
    assert find_medicine("prednisolne").key is None
    assert find_medicine("prednisolonee").key == "prednisolone"


def test_combinations_are_taken_apart():
    both = find_medicines(["lisinopril/hydrochlorothiazide 20/12.5", "iron and zinc", "Bactrim"])
    keys = [found.key for found in both]
    assert keys == ["lisinopril", "hydrochlorothiazide", "iron", None, "trimethoprim"]
    assert [found.key for found in find_medicines([""])] == [None]


@pytest.mark.parametrize(
    ("text", "name", "times"),
    [
        ("levothyroxine 75 mcg at 07:00", "levothyroxine 75 mcg", (7.0,)),
        ("Cipro 500 mg at 20:00 and 8:00", "Cipro 500 mg", (8.0, 20.0)),
        ("iron at 8 am, 2 pm and 8.30 p.m.", "iron", (8.0, 14.0, 20.5)),
        ("iron at 8:00, and at 21:15", "iron", (8.0, 21.25)),
        ("Fosamax (at 6:30)", "Fosamax", (6.5,)),
        ("zolpidem at 12 am", "zolpidem", (0.0,)),
        ("zolpidem at 12 pm daily", "zolpidem", (12.0,)),
        ("metformin at 500 mg", "metformin at 500 mg", ()),
        ("zolpidem at 10 mg", "zolpidem at 10 mg", ()),
        ("zolpidem at bedtime", "zolpidem at bedtime", ()),
        ("lisinopril 20/12.5", "lisinopril 20/12.5", ()),
    ],
)
def test_times_are_read_and_taken_off_the_name(text, name, times):
    assert stated_times(text) == (name, times)
    found = find_medicine(text)
    assert (found.name_given, found.times) == (name, times)


@pytest.mark.parametrize(
    "text",
    [
        "iron at 25:00",
        "iron at 08:00 and 19",
        "iron at 08:60",
        "iron at 13 pm",
        "iron at 0 am",
        "iron at 08:00 and omeprazole at 07:00",
    ],
)
def test_a_time_that_cannot_be_read_is_not_lost(text):
    with pytest.raises(InvalidInput, match="medicines: got"):
        find_medicines([text])


def test_both_parts_of_a_combination_have_its_times():
    both = find_medicines(["lisinopril/hydrochlorothiazide at 7 am"])
    assert [(one.key, one.times) for one in both] == [
        ("lisinopril", (7.0,)),
        ("hydrochlorothiazide", (7.0,)),
    ]


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60).filter(lambda text: " at " not in text))
def test_any_text_is_answered(text):
    found = find_medicine(text)
    assert found.name_given == text
    assert (found.key is None) == (found.matched_how == "unknown")
